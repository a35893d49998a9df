"""How much of what an entry stands for a policy permits, by all lists of a subject together."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property

from sekuire_gate.changes import granted
from sekuire_gate.changes.extents import Allowed, AllowedNames, Asked, Denied, DeniedNames, Extent
from sekuire_gate.model.policy import Entry, NameRules
from sekuire_gate.rules.inference import prefix_of
from sekuire_gate.rules.names import fold, loose_forms
from sekuire_gate.rules.patterns import Patterns
from sekuire_gate.rules.wording import list_name


@dataclass(frozen=True, slots=True)
class Matching:
    """How the lists of a subject match."""

    allowed: Callable[[Iterable[Entry]], Allowed]
    denied: Callable[[Iterable[Entry]], Denied]
    bare: Callable[[str], str | None] = lambda _: None  # another form of a name that may count for allow-lists
    # Whether a deny-list's entry may block more than names that are of its forms, of what a policy permits.
    beyond: Callable[["Permitted", str], bool] = lambda _permitted, _text: False
    further: str = "other spellings, prefixes, the provider of a model"  # what a deny-list looks at beside its texts


class Permitted:
    """What one policy's lists permit of one subject."""

    def __init__(self, rules: NameRules, matching: Matching) -> None:
        """Prepare the lists."""
        self.lists = {list_name(entries[0]): entries for entries in rules.allowed}
        assert len(self.lists) == len(rules.allowed)  # a list that is not asked would be one that does not bind
        self.blocked: dict[str, Entry] = {}  # by text, in document order; of equal ones the first
        for entry in rules.blocked:
            self.blocked.setdefault(entry.text, entry)
        self._allowed = {name: matching.allowed(entries) for name, entries in self.lists.items()}
        self._denied = matching.denied(rules.blocked)
        self._matching = matching

    @property
    def shortest_list(self) -> tuple[Entry, ...]:
        """The allow-list with the fewest entries; what is permitted stands in each list, so in this one too."""
        return min(self.lists.values(), key=len, default=())

    def reached_by(self, denied: Entry) -> tuple[tuple[Entry, ...], tuple[Entry, ...]]:
        """Return the entries of the shortest allow-list that a deny-list's entry takes away, and those it touches."""
        alone = self._matching.denied((denied,))
        reached = [entry for entry in self.shortest_list if alone.left(Asked(entry.text)) is not Extent.ALL]
        taken = tuple(entry for entry in reached if not alone.spares(Asked(entry.text)))
        return taken, tuple(entry for entry in reached if alone.spares(Asked(entry.text)))

    def listed(self, asked: Asked) -> Extent:
        """Return how much of what an entry stands for all allow-lists hold; where there is none, all of it."""
        held = self._held(asked)
        return Extent.SOME if held is Extent.NONE and self.may_list_bare(asked.text) else held

    def may_list_bare(self, text: str) -> bool:
        """Whether what an entry stands for may be permitted in the form that counts for some claims only."""
        bare = self._matching.bare(text)
        return bare is not None and self._held(Asked(bare)) is not Extent.NONE

    def _held(self, asked: Asked) -> Extent:
        return min((self.held_by(name, asked) for name in self.lists), default=Extent.ALL)

    def held_by(self, name: str, asked: Asked) -> Extent:
        """Return how much of what an entry stands for the allow-list of that name holds."""
        return self._allowed[name].covered(asked)

    def permits(self, asked: Asked) -> Extent:
        """Return how much of what an entry stands for is permitted; deny wins."""
        return min(self._denied.left(asked), self.listed(asked))

    def permits_new(self, asked: Asked) -> bool:
        """Whether, of what an entry stands for, the names are permitted that no other entry speaks of."""
        return self._denied.spares(asked) and all(self.held_by(name, asked) is Extent.ALL for name in self.lists)

    def blocks(self, asked: Asked) -> bool:
        """Whether the deny-list holds all that an entry stands for."""
        return self._denied.left(asked) is Extent.NONE

    def blocks_provider_of(self, text: str) -> bool:
        """Whether the deny-list holds all models of the providers that an entry names, in whatever way it says so."""
        return self._by_provider.covering(fold(text)) is not None

    @cached_property
    def _by_provider(self) -> Patterns:
        return Patterns((fold(text), entry) for text, entry in self.blocked.items() if "/" in text)

    def permits_more(self, text: str) -> bool:
        """Whether a name may be permitted that another deny-list's entry blocks, though it is written otherwise."""
        forms = self._denied.uncovered(text)
        return any(map(self.spells, forms)) or self.reaches_beyond(text)

    def spells(self, form: str) -> bool:
        """Whether all allow-lists may hold a name that is of this form to a deny-list."""
        return all(known.spells(form) for known in self._allowed.values())

    def reaches_beyond(self, text: str) -> bool:
        """Whether another deny-list's entry may block more than names of its forms, of what is permitted here."""
        return self._matching.beyond(self, text)


def _bare_model(text: str) -> str | None:
    """Return a model without its prefix: it may be left out in the policy where it is the model's provider."""
    return text.partition("/")[2] if prefix_of(text) else None


def _beyond_models(permitted: Permitted, text: str) -> bool:
    """Whether an entry may block models by the provider beside them, `openai/*`, that nothing else blocks."""
    rest = loose_forms(text)[1:]  # what such a model may be called
    return any(not permitted.blocks(Asked(form)) for form in rest) and not permitted.blocks_provider_of(text)


def _beyond_providers(permitted: Permitted, text: str) -> bool:
    """Whether an entry makes a prefix known that stands beside another provider (docs/protocol.md 4)."""
    return not permitted.blocks(Asked(text))


def _beyond_paths(permitted: Permitted, text: str) -> bool:
    """Whether a folder above a denied path is permitted, but by an entry that is told instead of the denied one.

    Nothing says whether who is granted a folder is granted what lies below it (`filesystem.undetermined`).
    """
    is_told_whole = permitted.listed(Asked(text, is_denial=True)) is Extent.ALL
    own = {granted.folded_path(entry.text) for entry in (() if is_told_whole else permitted.shortest_list)}
    folders = (folder for folder in granted.folders_above(text) if folder not in own)
    return any(permitted.spells(folder) and not permitted.blocks(Asked(folder)) for folder in folders)


NAMES = Matching(AllowedNames, DeniedNames)
PROVIDERS = Matching(AllowedNames, DeniedNames, beyond=_beyond_providers)
MODELS = Matching(AllowedNames, DeniedNames, _bare_model, _beyond_models)
HOSTS = Matching(granted.hosts_allowed, granted.hosts_denied, further="hosts with '*'")
PATHS = Matching(
    granted.paths_allowed,
    granted.paths_denied,
    beyond=_beyond_paths,
    further="letter case, paths with '*', folders above a path",
)
EXTENSIONS = Matching(granted.extensions_allowed, granted.extensions_denied)
