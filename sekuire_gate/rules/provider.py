"""Rules on the providers that an agent's models are served by."""

from collections.abc import Iterator

from sekuire_gate.model.manifest import Manifest
from sekuire_gate.model.policy import Policy
from sekuire_gate.model.report import Subject
from sekuire_gate.model.source import start_of
from sekuire_gate.model.variables import judged_text
from sekuire_gate.rules.inference import Providers, by_map, family_of, map_of, providers_of
from sekuire_gate.rules.lists import Lists
from sekuire_gate.rules.memory import remembered
from sekuire_gate.rules.names import fold
from sekuire_gate.rules.rule import Observation
from sekuire_gate.rules.wording import described, quoted


@remembered
def lists(policy: Policy) -> Lists:
    """Return the policy's lists of providers."""
    return Lists("provider", Subject.PROVIDER, policy.providers)


@remembered
def providers(policy: Policy, manifest: Manifest) -> Providers:
    """Return the providers that a definition names, and those it leaves open."""
    return providers_of(manifest, lists(policy))


def not_allowed(policy: Policy, manifest: Manifest) -> Iterator[Observation]:
    """A provider is not in the workspace's allow-list.

    Every place that names a provider counts, not the first: `llm.provider`, each agent's, each of
    `llm_providers`, and the prefix of a model (`openai/gpt-4o`). Names are compared exactly, letter case included;
    `*` in the policy stands for any run of characters. Where no provider is written, it is inferred from the
    model's family (`gpt-*`, `claude-*`, `gemini-*`) and stands at the model.

    For example, under `"allowed_providers": ["openai"]`:

        llm:
          provider: mistral      # refused
          model: mistral-large

    Write a provider that the policy lists, or ask the security team to list this one.
    """
    return lists(policy).not_allowed(providers(policy, manifest).named)


def blocked(policy: Policy, manifest: Manifest) -> Iterator[Observation]:
    """A provider is on the workspace's deny-list.

    Deny wins over allow. A deny-list is also matched loosely: letter case, `-`, `_`, `.` and spaces, and a prefix
    before `/` make no difference, so that `Evil_Corp` does not slip past an entry `evil-corp`; the message says so.

    For example, under `"denied_providers": ["deepseek"]`:

        llm:
          model: DeepSeek/deepseek-chat      # refused

    Use another provider, or ask the security team to change the policy.
    """
    return lists(policy).blocked(providers(policy, manifest).named)


def undetermined(policy: Policy, manifest: Manifest) -> Iterator[Observation]:
    """The policy restricts providers, and a provider cannot be determined.

    Either it is a variable that only the agent's environment resolves (`${LLM_PROVIDER}`), or nothing says who
    serves a model: no provider beside it, no prefix, no other place, no known family. What cannot be decided is
    not passed.

    For example:

        llm:
          model: my-finetune-7b      # whose?

    Write `provider` beside the model. A default (`${LLM_PROVIDER:-openai}`) is judged too, but decides nothing.
    """
    found = providers(policy, manifest)
    yield from lists(policy).undetermined(found.named)
    if not policy.providers.restricts:
        return
    for model in found.unanswered:
        message = f"nothing says which provider serves model {quoted(model.value)}, and the workspace restricts them."
        yield Observation(model, message, "Write 'provider' beside the model.")
    if not manifest.providers and not manifest.models:
        message = "the definition names neither provider nor model, and the workspace restricts providers."
        fix = "Write 'provider' and 'model' under 'llm'."
        yield Observation(start_of(manifest.path, manifest.text), message, fix)


def model_mismatch(policy: Policy, manifest: Manifest) -> Iterator[Observation]:  # noqa: ARG001 - one signature for all
    """A declared provider and the family of its own model disagree.

    One of the two lines is probably a leftover, and the one that is not meant may be the one that runs. A model
    that another company resells (`provider: azure`, `model: gpt-4o`) gives this warning too. It does not block.

    For example:

        llm:
          provider: anthropic
          model: gpt-4o      # the family of openai

    Correct the line that is wrong; behind a reseller write the model with its prefix (`openai/gpt-4o`).
    """
    models = by_map(manifest.models)
    for provider in manifest.providers:
        model = models.get(map_of(provider))
        family = family_of(model.value) if model else None
        text = judged_text(provider.value)
        if model and family and text is not None and fold(family.provider) != fold(text):
            message = (
                f"{described('provider', provider.value, text)} stands beside model {quoted(model.value)}, "
                f"and {quoted(family.pattern)} is the family of {quoted(family.provider)}."
            )
            yield Observation(provider, message, "Correct the line that is wrong.")
