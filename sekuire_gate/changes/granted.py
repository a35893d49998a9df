"""How much of what an entry stands for a list of hosts, paths or extensions holds, and leaves (docs/protocol.md 3.1).

Allow-lists follow the letter, deny-lists are wider (`sekuire_gate.rules.hosts`, `paths`), so that one text may stand
for more in a deny-list. What is claimed may hold stars itself: an allow-list's `a*b` permits that one claim.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

from sekuire_gate.changes.extents import Asked, Extent
from sekuire_gate.model.policy import Entry
from sekuire_gate.rules import hosts, paths
from sekuire_gate.rules.pattern_index import starting_with
from sekuire_gate.rules.patterns import Patterns, exact


class Forms(NamedTuple):
    """What an entry stands for, spelt as claims are; nothing: no claim is matched by it."""

    patterns: tuple[str, ...] = ()  # a star stands for any run
    literal: tuple[str, ...] = ()  # one claim, whose stars are itself: the whole, and what else it reaches

    @property
    def telling(self) -> tuple[str, ...]:
        """The patterns that stand for names which no other entry speaks of; without stars, all."""
        return tuple(form for form in self.patterns if "*" in form) or self.patterns


@dataclass(frozen=True, slots=True)
class Grant:
    """How the entries of a subject match."""

    forms: Callable[[Asked], Forms]
    listed: Callable[[Iterable[Entry]], Patterns]
    denied: Callable[[Iterable[Entry]], Patterns]
    fold: Callable[[str], str] = str  # how a deny-list sees a claim
    place: Callable[[str], str] | None = None  # what a deny-list's entry denies the folders above of
    spellings: Callable[[str], tuple[str, ...]] = lambda form: (form,)  # of what is claimed without stars


class AllowedGrants:
    """An allow-list."""

    def __init__(self, entries: Iterable[Entry], grant: Grant) -> None:
        """Prepare the list."""
        self._forms = grant.forms
        entries = tuple(entries)
        forms = [(self._forms(Asked(entry.text)), entry) for entry in entries]
        self._all = grant.listed(entries)
        # A pattern is asked about with its star as text, which an entry that spells one would take for its own.
        self._matching = grant.listed(entry for known, entry in forms if not known.literal)
        self._folded = Patterns(
            (grant.fold(form), entry) for known, entry in forms for form in (*known.patterns, *known.literal)
        )

    def covered(self, asked: Asked) -> Extent:
        """Return how much the list holds of what an entry stands for."""
        patterns, literal = self._forms(asked)
        held = [self._matching.covering(form) is not None for form in patterns]
        held += [self._all.covering(form) is not None for form in literal[:1]]
        if held and all(held):
            return Extent.ALL
        return Extent.SOME if any(held) or any(map(self._all.touching, patterns)) else Extent.NONE

    def spells(self, form: str) -> bool:
        """Whether the list may hold a claim that is of this form to a deny-list."""
        return self._folded.touching(form) is not None


class DeniedGrants:
    """A deny-list."""

    def __init__(self, entries: Iterable[Entry], grant: Grant) -> None:
        """Prepare the list."""
        self._grant = grant
        entries = tuple(entries)
        self._denied = grant.denied(entries)
        self._places = sorted(grant.place(entry.text) for entry in entries) if grant.place else []

    def left(self, asked: Asked) -> Extent:
        """Return how much the list leaves of what an entry stands for."""
        patterns, literal = self._folded(asked)
        if literal:
            return Extent.NONE if any(map(self._touches, literal)) else Extent.ALL
        if all(map(self._covers, patterns)):
            return Extent.NONE
        return Extent.SOME if any(map(self._touches, patterns)) else Extent.ALL

    def spares(self, asked: Asked) -> bool:
        """Whether the list leaves, of what an entry stands for, the names that no other entry speaks of."""
        forms = self._folded(asked)
        if forms.literal:
            return not any(map(self._touches, forms.literal))
        return not all(self._covers(spelt) for form in forms.telling for spelt in self._grant.spellings(form))

    def uncovered(self, text: str) -> Iterator[str]:
        """Yield the forms in which another deny-list's entry blocks, and which this list leaves."""
        return (form for form in self._folded(Asked(text, is_denial=True)).patterns if not self._covers(form))

    def _folded(self, asked: Asked) -> Forms:
        return Forms(*(tuple(map(self._grant.fold, forms)) for forms in self._grant.forms(asked)))

    def _covers(self, form: str) -> bool:
        return self._denied.covering(form) is not None or ("*" not in form and self._lies_above(form))

    def _touches(self, form: str) -> bool:
        return self._denied.touching(form) is not None or ("*" not in form and self._lies_above(form))

    def _lies_above(self, folder: str) -> bool:
        """Whether it is a folder above a denied path, which does not pass either (`filesystem.undetermined`)."""
        return next(starting_with(f"{folder.rstrip('/')}/", self._places), None) is not None


def _host_forms(asked: Asked) -> Forms:
    """Return what a domain of the policy stands for; an allow-list's that is no host's name matches none."""
    domain = (hosts.read(asked.text).name if asked.is_denial else "") or hosts.normal(asked.text)
    base = domain.removeprefix("*.")
    if asked.is_denial or asked.text == "*" or (base != domain and "*" not in base):
        return Forms(tuple(dict.fromkeys((domain, base))))
    if hosts.read(domain).name != domain:
        return Forms()
    return Forms(literal=tuple(dict.fromkeys((domain, base)))) if "*" in domain else Forms((domain,))


def _path_forms(asked: Asked) -> Forms:
    """Return what a path of the policy stands for; one that `..` leads nobody knows where matches none."""
    reach = paths.reach(asked.text)
    if reach is None:
        return Forms()
    is_literal = "*" in reach.whole.rstrip("*") and not asked.is_denial
    return Forms(literal=reach.parts) if is_literal else Forms(reach.parts)


def _at_any_place(form: str) -> tuple[str, ...]:
    """Return a pattern as paths without stars are spelt: absolute, or behind `./`."""
    return (f"/{form}", f"./{form}") if form.startswith("*") else (form,)


def _extension_forms(asked: Asked) -> Forms:
    """Return what an extension of the policy stands for, without its dot: a file's own holds no other."""
    before, dot, rest = asked.text.partition(".")
    if not dot:
        return Forms((asked.text,))
    return Forms() if before.strip("*") or "." in rest else Forms((rest,))


def _extensions_listed(entries: Iterable[Entry]) -> Patterns:
    return Patterns((form, entry) for entry in entries for form in _extension_forms(Asked(entry.text)).patterns)


def folded_path(text: str) -> str:
    """Return a path as a deny-list sees it; "" where `..` leads nobody knows where."""
    return (paths.normal(text) or "").casefold()


def folders_above(text: str) -> Iterator[str]:
    """Yield the folders above a denied path, as a deny-list sees them, up to its first star; but for denied ones."""
    place = _place(text)
    own = {form.casefold() for form in _path_forms(Asked(text, is_denial=True)).patterns}
    for index, character in enumerate(place):
        # The root, and the folder that relative paths are in, keep their slash.
        folder = place[: index + (place[:index] in {"", "."})]
        if character == "/" and folder not in own:
            yield folder


def _place(text: str) -> str:
    return paths.fixed_part(text).casefold()


_HOSTS = Grant(_host_forms, hosts.listed, hosts.denied)
_PATHS = Grant(_path_forms, paths.listed, paths.loosely_denied, str.casefold, _place, _at_any_place)
_EXTENSIONS = Grant(_extension_forms, _extensions_listed, exact)


def hosts_allowed(entries: Iterable[Entry]) -> AllowedGrants:
    """Prepare an allow-list of domains."""
    return AllowedGrants(entries, _HOSTS)


def hosts_denied(entries: Iterable[Entry]) -> DeniedGrants:
    """Prepare a deny-list of domains."""
    return DeniedGrants(entries, _HOSTS)


def paths_allowed(entries: Iterable[Entry]) -> AllowedGrants:
    """Prepare an allow-list of paths."""
    return AllowedGrants(entries, _PATHS)


def paths_denied(entries: Iterable[Entry]) -> DeniedGrants:
    """Prepare a deny-list of paths."""
    return DeniedGrants(entries, _PATHS)


def extensions_allowed(entries: Iterable[Entry]) -> AllowedGrants:
    """Prepare a list of extensions."""
    return AllowedGrants(entries, _EXTENSIONS)


def extensions_denied(entries: Iterable[Entry]) -> DeniedGrants:
    """Prepare a deny-list of extensions: policies have none."""
    return DeniedGrants(entries, _EXTENSIONS)
