"""Rules on the models that an agent names."""

from collections.abc import Iterator

from sekuire_gate.model.manifest import Claim, Manifest
from sekuire_gate.model.policy import Policy
from sekuire_gate.model.report import Subject
from sekuire_gate.model.source import start_of
from sekuire_gate.model.variables import is_dynamic, judged_text
from sekuire_gate.rules.inference import by_map, family_of, map_of, prefix_of
from sekuire_gate.rules.lists import Lists, Named
from sekuire_gate.rules.memory import remembered
from sekuire_gate.rules.rule import Observation
from sekuire_gate.rules.wording import quoted


@remembered
def lists(policy: Policy) -> Lists:
    """Return the policy's lists of models."""
    return Lists("model", Subject.MODEL, policy.models)


def models(manifest: Manifest) -> Iterator[Named]:
    """Yield the models; a prefix that is the model's provider may be left out in the policy's allow-lists."""
    beside = by_map(manifest.providers)
    written = frozenset(provider.value for provider in manifest.providers)
    for model in manifest.models:
        text = judged_text(model.value) or ""
        prefix = prefix_of(text)
        provider = beside.get(map_of(model))
        own = prefix is not None and (provider is None or provider.value == prefix)
        # An entry `openai/*` of a deny-list speaks of OpenAI's models, however they are written.
        owner = _owner_of(text, provider, written)
        yield Named(
            model,
            bare=text.partition("/")[2] if own else None,
            full=f"{owner}/{text}" if owner and text else None,
        )


def _owner_of(text: str, provider: Claim[str] | None, written: frozenset[str]) -> str | None:
    """Return whose a model is, beside what its own prefix says.

    Args:
        text: the model's name.
        provider: the one beside it, if any.
        written: all providers that the definition writes.
    """
    if provider is not None:
        return judged_text(provider.value)
    if prefix_of(text) is not None:
        return None
    if len(written) == 1:
        return min(written)
    # As loosely as deny-lists look at names.
    family = family_of(text.casefold().removeprefix("models/"))
    return family.provider if family else None


def not_allowed(policy: Policy, manifest: Manifest) -> Iterator[Observation]:
    """A model is not in the workspace's allow-list.

    Every place that names a model counts: `identity.model`, `llm.model`, each agent's, each of `llm_providers`.
    Names are compared exactly, letter case included; `*` in the policy stands for any run of characters. A prefix
    that is the model's provider (`openai/gpt-4o`) may stand in the policy or be missing there. Where several lists
    exist, all of them bind.

    For example, under `"allowed_models": ["gpt-4o"]`:

        agent:
          model: gpt-4      # refused: another model than gpt-4o

    Write a model that the policy lists, or ask the security team to list this one.
    """
    return lists(policy).not_allowed(models(manifest))


def blocked(policy: Policy, manifest: Manifest) -> Iterator[Observation]:
    """A model is on the workspace's deny-list.

    Deny wins over allow. A deny-list is also matched loosely: letter case, `-`, `_`, `.` and spaces, and a prefix
    before `/` make no difference, so that `azure/GPT_4` does not slip past an entry `gpt-4`; the message says so.

    For example, under `"denied_models": ["gpt-3.5*"]`:

        llm:
          model: gpt-3.5-turbo      # refused

    Use another model, or ask the security team to change the policy.
    """
    return lists(policy).blocked(models(manifest))


def undetermined(policy: Policy, manifest: Manifest) -> Iterator[Observation]:
    """The policy restricts models, and the model cannot be determined.

    Either it is a variable that only the agent's environment resolves (`${MODEL}`), or the definition names no
    model at all, so that the model which runs is chosen elsewhere. What cannot be decided is not passed.

    For example:

        llm:
          provider: openai
          model: ${MODEL:-gpt-4o}      # the default is judged too, but decides nothing

    Write the model's name.
    """
    judge = lists(policy)
    yield from judge.undetermined(models(manifest))
    yield from _of_unknown_providers(policy, manifest)
    if policy.models.restricts and not manifest.models:
        message = "the definition names no model, and the workspace restricts models."
        yield Observation(start_of(manifest.path, manifest.text), message, "Write 'model' under 'llm'.")


def _of_unknown_providers(policy: Policy, manifest: Manifest) -> Iterator[Observation]:
    """Yield models whose provider is known at run time only, where the deny-list speaks of providers' models."""
    if not any("/" in entry.text for entry in policy.models.blocked):
        return
    judge = lists(policy)
    beside = by_map(manifest.providers)
    for named in models(manifest):
        provider = beside.get(map_of(named.claim))
        if provider and is_dynamic(provider.value) and not is_dynamic(named.claim.value) and not judge.refuses(named):
            message = (
                f"model {quoted(named.claim.value)} is served by {quoted(provider.value)}, which is known at run time "
                "only, and the workspace denies models by their provider."
            )
            yield Observation(named.claim, message, "Write the provider's name in place of the variable.")
