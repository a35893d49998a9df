"""Rules on what was found below the root."""

from collections.abc import Iterator

from sekuire_gate.model.manifest import Definitions
from sekuire_gate.model.policy import Policy
from sekuire_gate.rules.rule import Observation


def absent(policy: Policy, definitions: Definitions) -> Iterator[Observation]:  # noqa: ARG001 - one signature for all
    """No agent definition was found, and that is permitted.

    With `allow-no-definitions` a repository without definitions passes. The notice keeps a green check from being
    mistaken for a judged one; the policy was fetched and verified all the same.

    For example: a repository that holds libraries only.

    Nothing is to be changed; where there should be a definition, look at `definitions` and `exclude`.
    """
    if not definitions.manifests and not definitions.problems:
        message = "no agent definition was found; nothing was judged."
        yield Observation(None, message, "Look at 'definitions' and 'exclude', if there should be one.")
