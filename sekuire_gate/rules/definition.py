"""Rules on what was found below the root, and on what no rule looks at."""

from collections import defaultdict
from collections.abc import Iterator

from sekuire_gate.model.manifest import Definitions, Manifest
from sekuire_gate.model.policy import Policy
from sekuire_gate.model.source import start_of
from sekuire_gate.rules.rule import Observation
from sekuire_gate.rules.wording import listed, quoted

# In the order that the CLI looks for them (docs/protocol.md 4).
_READ_BY_CLI = ("sekuire.yml", "sekuire.yaml", "sekuire.json")


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


def several(policy: Policy, definitions: Definitions) -> Iterator[Observation]:  # noqa: ARG001 - one signature for all
    """A folder holds more than one definition file, of which the `sekuire` CLI reads the first alone.

    It takes `sekuire.yml`, then `sekuire.yaml`, then `sekuire.json`. The gate judges all of them, so nothing slips
    through; but the others are probably leftovers, and what is changed there changes no agent.

    For example: `sekuire.yml` and `sekuire.json` side by side.

    Keep one of them.
    """
    by_folder: defaultdict[str, set[str]] = defaultdict(set)
    for path in definitions.found:
        folder, slash, name = path.rpartition("/")
        by_folder[folder + slash].add(name)
    texts = {manifest.path: manifest.text for manifest in definitions.manifests}
    for folder, names in sorted(by_folder.items()):
        first, *others = [name for name in _READ_BY_CLI if name in names] or [""]
        if others:
            message = f"the CLI reads {quoted(first)} alone of this folder; all are judged, {listed(others)} too."
            path = f"{folder}{first}"
            yield Observation(start_of(path, texts.get(path)), message, "Keep one of them.", value=", ".join(others))


def unusual_name(policy: Policy, definitions: Definitions) -> Iterator[Observation]:  # noqa: ARG001 - as above
    """A file is named like a definition, but for letter case: nobody reads it.

    `SEKUIRE.YML` is a definition to its author and to a system that does not tell letter case apart. The `sekuire`
    CLI and this gate look for `sekuire.yml`, `sekuire.yaml` and `sekuire.json` as they are written.

    For example: `agents/mail/Sekuire.yml`

    Rename the file, or name it in `definitions`.
    """
    for path in definitions.unusual:
        name = path.rpartition("/")[2]
        message = f"{quoted(name)} is not read: a definition is called {listed(_READ_BY_CLI)}."
        yield Observation(start_of(path), message, "Rename the file, or name it in 'definitions'.", value=name)


def unknown_claim(policy: Policy, manifest: Manifest) -> Iterator[Observation]:  # noqa: ARG001 - one signature for all
    """A key sounds like a claim and stands in a place that is not documented, so that no rule looks at it.

    `model`, `provider`, `llm` and `tools`, and their plurals, name what an agent runs. Somewhere else than in the
    documented places some program may read them, and the gate cannot know which. Below `memory` and `deployment` such
    keys are about other things. It does not block.

    For example:

        runtime:
          model: gpt-4-32k      # whose?

    Move it to a documented place (`llm.model`, `llm.provider`, `agent.tools`, those of `agents`), or rename the key.
    """
    for key in manifest.unknown:
        place = ".".join(key.at.pointer.split("/")[1:]).replace("~1", "/").replace("~0", "~")
        message = (
            f"{quoted(place)} sounds like a claim, and stands in a place that is not documented: nothing judges it."
        )
        fix = "Move it to a documented place, such as 'llm.model' or 'agent.tools', or rename the key."
        yield Observation(key, message, fix)
