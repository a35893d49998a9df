"""Rules on what a definition says of its own identity: the model, the SekuireID, the hashes (docs/protocol.md 4)."""

from collections.abc import Iterator

from sekuire_gate.model.manifest import Claim, Manifest
from sekuire_gate.model.policy import Policy
from sekuire_gate.model.variables import is_dynamic, judged_text
from sekuire_gate.rules.inference import prefix_of
from sekuire_gate.rules.rule import Observation
from sekuire_gate.rules.wording import listed, quoted

_MODEL = "/identity/model"  # where it stands: a JSON Pointer
_TOOLS = "/identity/tools"  # how the pointers of a tools file's path begin; the other paths are a prompt's


def model_mismatch(policy: Policy, manifest: Manifest) -> Iterator[Observation]:  # noqa: ARG001 - one signature for all
    """The model of `identity` is none of the models that the definition runs.

    The SekuireID is computed from `identity.model`. Where that line was forgotten when the model was changed, the id
    names an agent that does not exist. A provider's prefix makes no difference. It does not block: both models are
    judged by the lists anyway.

    For example:

        identity:
          model: gpt-4o
        llm:
          model: gpt-4o-mini      # what runs

    Write the model that runs, and register the agent's new id.
    """
    declared = [model for model in manifest.models if model.at.pointer == _MODEL and not is_dynamic(model.value)]
    others = [model for model in manifest.models if model.at.pointer != _MODEL]
    if not others or any(judged_text(model.value) is None for model in others):
        return  # of a model that is known at run time only nobody can say that it is another
    names = {name for model in others for name in _names(judged_text(model.value) or "")}
    for model in declared:
        if names.isdisjoint(_names(model.value)):
            other = listed(tuple(dict.fromkeys(other.value for other in others)))
            message = f"'identity.model' is {quoted(model.value)}, and the definition runs {other}."
            yield Observation(model, message, "Write the model that runs, and register the agent's new id.")


def _names(model: str) -> tuple[str, ...]:
    return (model,) if prefix_of(model) is None else (model, model.partition("/")[2])


def stale_id(policy: Policy, manifest: Manifest) -> Iterator[Observation]:  # noqa: ARG001 - one signature for all
    """The declared SekuireID is not the one of the model, prompt and tools that are here.

    Something of the three was changed and the id was not. Whoever trusts the declared id trusts another agent than
    the one in this repository. It does not block.

    For example:

        project:
          sekuire_id: 31f9…      # of the prompt as it was last month

    Write what `sekuire-gate id` prints, once the change is meant.
    """
    yield from _stale("SekuireID", manifest.sekuire_id, manifest.computed.sekuire_id)


def stale_hash(policy: Policy, manifest: Manifest) -> Iterator[Observation]:  # noqa: ARG001 - one signature for all
    """A declared hash is not the one of the system prompt, or of the tools file, that is here.

    The file was changed and its hash was not. The prompt is hashed without white space at both ends, the tools file
    as canonical JSON. It does not block.

    For example:

        identity:
          system_prompt_path: prompt.md
          system_prompt_hash: b8c5…      # of the prompt as it was last month

    Write what `sekuire-gate id --json` prints, once the change is meant.
    """
    yield from _stale("hash of the system prompt", manifest.prompt_hash, manifest.computed.prompt_hash)
    yield from _stale("hash of the tools file", manifest.tools_hash, manifest.computed.tools_hash)


def _stale(what: str, declared: Claim[str] | None, computed: str | None) -> Iterator[Observation]:
    if declared and computed and not is_dynamic(declared.value) and declared.value != computed:
        message = f"the declared {what} is {quoted(declared.value)}, and the computed one is '{computed}'."
        yield Observation(declared, message, f"Write '{computed}', if the change is meant.")


def not_computed(policy: Policy, manifest: Manifest) -> Iterator[Observation]:  # noqa: ARG001 - one signature for all
    """The definition speaks of its identity, and the SekuireID cannot be computed.

    A model, a prompt and a tools file are needed, each without doubt: a missing file, a variable in a path, or JSON
    that two programs read differently leaves the id open. Nothing else depends on it, so it does not block; a
    declared id was not compared with anything.

    For example:

        identity:
          model: gpt-4o
          system_prompt_path: prompt.md      # there is no such file

    Mend what the message names, or leave the identity out.
    """
    about = next(_blamed(manifest), None)
    if about and manifest.computed.sekuire_id is None:
        reasons = "; ".join(reason.removesuffix(".") for reason in manifest.computed.reasons)
        message = f"the SekuireID is not computed: {reasons}."
        yield Observation(about, message, "Mend that, or leave the identity out.")


def _blamed(manifest: Manifest) -> Iterator[Claim[str]]:
    """Go over what may be at fault, the likeliest first: a path whose part is missing, the id, any path."""
    computed = manifest.computed
    for path in manifest.identity_paths:
        if (computed.tools_hash if path.at.pointer.startswith(_TOOLS) else computed.prompt_hash) is None:
            yield path
    if manifest.sekuire_id:
        yield manifest.sekuire_id
    yield from manifest.identity_paths
