"""Who provides a model, where that is not written beside it (docs/protocol.md 4, "Provider of a model").

The first of: `provider` in the same map; the model's own prefix; the provider beside another place that names the
same model; the only provider the definition names; the model's family. A provider found at another place is judged
there; one from a prefix or a family is a claim of its own, at the model's range.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import NamedTuple

from sekuire_gate.model.manifest import Claim, Manifest
from sekuire_gate.model.variables import default_of, is_dynamic
from sekuire_gate.rules.lists import Lists, Named
from sekuire_gate.rules.names import MAX_NAME_LENGTH, fold
from sekuire_gate.rules.patterns import pattern_of
from sekuire_gate.rules.wording import quoted


class Family(NamedTuple):
    """Models that one provider makes, known by their names."""

    pattern: str
    provider: str


_FAMILIES = (
    Family("gpt-*", "openai"),
    Family("chatgpt-*", "openai"),
    Family("o1*", "openai"),
    Family("o3*", "openai"),
    Family("o4*", "openai"),
    Family("claude-*", "anthropic"),
    Family("gemini-*", "google"),
)
_PATTERNS = tuple((pattern_of(family.pattern), family) for family in _FAMILIES)
_FAMILY_PROVIDERS = frozenset(family.provider for family in _FAMILIES)
_RESOURCE_PREFIX = "models"  # Google's resource names, `models/gemini-pro`: no provider
_VARIABLE_OR_SLASH = re.compile(r"\$\{[^}]*\}|/")
MAX_PREFIXES = MAX_NAME_LENGTH // 2  # claims of one model: a name of plain length has no more


@dataclass(frozen=True, slots=True)
class Providers:
    """The providers of a definition, written and inferred, and the models that nobody answers for."""

    named: tuple[Named, ...]  # in order of place
    unanswered: tuple[Claim[str], ...]


def family_of(model: str) -> Family | None:
    """Return the family that a model's name, as written, belongs to.

    One that is known at run time only belongs to none: `gpt-${X}` begins like OpenAI's, and is anybody's.
    """
    if is_dynamic(model):
        return None
    return next((family for pattern, family in _PATTERNS if pattern.matches(model)), None)


def prefix_of(model: str) -> str | None:
    """Return the `provider/` prefix that a model's name begins with."""
    prefix, _, rest = model.partition("/")
    # A slash inside `${…}` divides the default, not the name.
    inside_variable = "${" in prefix.rpartition("}")[2]
    return None if not prefix or not rest or prefix == _RESOURCE_PREFIX or inside_variable else prefix


def prefixes_of(model: str) -> tuple[str, ...]:
    """Return all of a model's prefixes, each once; they are stacked in practice (`openrouter/anthropic/claude-3`).

    What is no provider hides none behind it: neither `models/` nor a doubled slash.
    """
    *prefixes, name = _divided(model)
    if not name:
        prefixes = prefixes[:-1]  # `openai/` is a name that ends in a slash
    return tuple(dict.fromkeys(prefix for prefix in prefixes if prefix not in {"", _RESOURCE_PREFIX}))


def _divided(model: str) -> Iterator[str]:
    """Divide a name at its slashes, but for those inside `${…}`."""
    variables_end = model.rfind("}") + 1
    start = 0
    for found in _VARIABLE_OR_SLASH.finditer(model, 0, variables_end):
        if found.group() == "/":
            yield model[start : found.start()]
            start = found.end()
    # No variable ends behind the last brace, so that every slash there divides.
    first, *others = model[variables_end:].split("/")
    yield model[start:variables_end] + first
    yield from others


def by_map(claims: Iterable[Claim[str]]) -> dict[tuple[str, str], Claim[str]]:
    """Return the claims by the map they stand in (`map_of`)."""
    return {map_of(claim): claim for claim in claims}


def map_of(claim: Claim[str]) -> tuple[str, str]:
    """Return which map a claim stands in: its file, and the pointer without the last segment."""
    return claim.at.path, claim.at.pointer.rpartition("/")[0]


def providers_of(manifest: Manifest, lists: Lists) -> Providers:
    """Find the provider of every model of a definition; the lists are the policy's on providers."""
    beside = by_map(manifest.providers)
    # (1) A prefix is known without looking elsewhere.
    named = [Named(provider) for provider in manifest.providers]
    written = {provider.value for provider in manifest.providers}
    for model in manifest.models:
        for text in _texts(model):
            prefixes = _bounded(text, _counting_prefixes(text, lists, beside=map_of(model) in beside))
            named += (_inferred(model, prefix, "the prefix") for prefix in prefixes)
            written.update(prefixes if text == model.value else ())
    # (2) What the definition names answers for the models that stand alone; a family, only where that does not.
    alone = [model for model in manifest.models if map_of(model) not in beside and len(written) != 1]
    answered = {model.value for model in manifest.models if map_of(model) in beside}
    unanswered: dict[Claim[str], None] = {}
    for model in alone:
        for text in _texts(model):
            if text in answered or prefixes_of(text):
                continue
            if family := family_of(text):
                named.append(_inferred(model, family.provider, f"the family {quoted(family.pattern)}"))
            else:
                unanswered[model] = None
    return Providers(tuple(sorted(named, key=_place)), tuple(unanswered))


def _counting_prefixes(text: str, lists: Lists, *, beside: bool) -> Iterator[str]:
    """Go over the prefixes that are claims.

    The first is the provider where none stands beside the model; every other one counts where somebody knows it.
    """
    for index, prefix in enumerate(prefixes_of(text)):
        known = prefix.strip()  # a blank beside a slash makes a name odd, and not another provider
        if (index == 0 and not beside) or fold(known) in _FAMILY_PROVIDERS or lists.name(known):
            yield prefix


def _bounded(text: str, prefixes: Iterator[str]) -> tuple[str, ...]:
    """Take the prefixes that are claims; of more than a plain name has, the first ones, and all of them as one."""
    first = tuple(islice(prefixes, MAX_PREFIXES))
    # Too long for a plain name: a policy that restricts providers refuses it.
    return first if next(prefixes, None) is None else (*first, text.rpartition("/")[0])


def _texts(model: Claim[str]) -> Iterable[str]:
    """Return what a model's name can be: as written, and its default where it is known at run time only."""
    default = default_of(model.value) if is_dynamic(model.value) else None
    return (model.value,) if default is None else (model.value, default)


def _inferred(model: Claim[str], provider: str, source: str) -> Named:
    claim = Claim(provider, model.at, model.agent, inferred=True)
    return Named(claim, origin=f"{source} of model {quoted(model.value)}")


def _place(name: Named) -> tuple[int, int]:
    return name.claim.at.line, name.claim.at.column
