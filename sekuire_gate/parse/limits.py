"""How much a definition, a run and a search may hold: every limit is a refusal, never a quiet stop."""

from collections.abc import Iterable, Iterator
from typing import TypeVar

from sekuire_gate.canonical import MAX_DEPTH
from sekuire_gate.errors import DefinitionError
from sekuire_gate.model.manifest import Claim
from sekuire_gate.model.source import Location

T = TypeVar("T")

MAX_NODES = 50_000  # maps, lists, keys and scalars of a YAML file, what aliases stand for included
MAX_REFERENCES = 1_000  # aliases in one file
MAX_KEY = 1_024  # characters of a key in JSON; libyaml refuses longer ones by itself
MAX_CHARACTERS = (
    16_777_216  # 16 Mi, of all JSON Pointers of a file (each value has its own) and all that aliases repeat
)
MAX_CLAIM_CHARACTERS = 16_777_216  # 16 Mi, of all claims of a run: a report writes value, pointer and agent of each
MAX_CLAIMS = 20_000  # of one definition; those of a tools file count for each agent that names it
MAX_CLAIMS_IN_ALL = 100_000  # of one run: many definitions may name one long tools file
MAX_BEHIND_LINKS = 1_000_000  # names looked at behind links to folders, each as often as a link leads to it


TOO_MANY = "definition.too_many"


class ClaimBudget:
    """Counts the claims of one definition, so that a small file cannot become a report without end."""

    def __init__(self, left: int = MAX_CLAIMS_IN_ALL) -> None:
        """Allow as many claims as a definition may make, and no more than are left of the run's."""
        self._left = left
        self.made = 0

    def counted(self, claims: Iterable[Claim[T]]) -> Iterator[Claim[T]]:
        """Go over claims, counting each.

        Raises:
            DefinitionError: `definition.too_many`, at the claim that is one too many.
        """
        for claim in claims:
            self.refuse_more(1, claim.at)
            self.made += 1
            yield claim

    def refuse_more(self, claims: int, at: Location) -> None:
        """Refuse so many further claims where they would be too many, without counting them.

        Raises:
            DefinitionError: `definition.too_many`, at this place.
        """
        if self.made + claims > MAX_CLAIMS:
            raise DefinitionError(
                f"the definition makes over {MAX_CLAIMS:,} claims; those of a tools file count for each that names it.",
                kind=TOO_MANY,
                at=at,
                fix="Split the definition, or let fewer agents name a long tools file.",
            )
        if self.made + claims > self._left:
            raise DefinitionError(
                f"the definitions make over {MAX_CLAIMS_IN_ALL:,} claims together.",
                kind=TOO_MANY,
                at=at,
                fix="Check the definitions in several runs.",
            )


class Budget:
    """Counts what is built of one file, so that a small file cannot become a big tree."""

    def __init__(self, nodes: int) -> None:
        """Allow so many nodes."""
        self._nodes = nodes
        self._characters = MAX_CHARACTERS

    def spend(self, at: Location, *, repeated: int = 0) -> None:
        """Count one more node.

        Args:
            at: its place, whose pointer counts.
            repeated: characters of it that stand in the file once and are built again.

        Raises:
            DefinitionError: `definition.too_large`, it is one too many.
        """
        self._nodes -= 1
        self._characters -= len(at.pointer) + repeated
        if self._nodes < 0 or self._characters < 0:
            raise too_many_values(at)


def too_many_values(at: Location) -> DefinitionError:
    """Return the error for a file that holds too many maps, lists and scalars."""
    return DefinitionError(
        "the file holds more values, or longer keys, than a definition may; what aliases stand for counts.",
        kind="definition.too_large",
        at=at,
        fix="Keep fewer maps, lists, values and aliases in one file.",
    )


def too_many(message: str) -> DefinitionError:
    """Return the error for a search that has no end in sight."""
    return DefinitionError(
        message,
        kind=TOO_MANY,
        fix="Name folders with 'definitions', or leave some out with 'exclude'.",
    )


def too_deep(at: Location) -> DefinitionError:
    """Return the error for a map or list below `MAX_DEPTH` others."""
    return DefinitionError(
        f"maps and lists are nested more than {MAX_DEPTH} deep.",
        kind="definition.too_deep",
        at=at,
        fix=f"Move inner values up: at most {MAX_DEPTH} levels are read.",
    )
