"""How much of what a pattern stands for a list of hosts or paths holds (docs/protocol.md 3.1, "Domains", "Paths")."""

from collections.abc import Callable, Iterable, Iterator

from sekuire_gate.changes.extents import Extent
from sekuire_gate.model.policy import Entry
from sekuire_gate.rules import hosts, paths


def host_list(entries: Iterable[Entry]) -> "NestedList":
    """Prepare a list of domains."""
    return NestedList(entries, holds_hosts)


def path_list(entries: Iterable[Entry]) -> "NestedList":
    """Prepare a list of path patterns."""
    return NestedList(entries, holds_paths)


class NestedList:
    """A list of patterns one of which holds the other, or which have nothing in common: hosts, and paths."""

    def __init__(self, entries: Iterable[Entry], holds: Callable[[str, str], bool]) -> None:
        """Prepare the list.

        Args:
            entries: of the policy.
            holds: whether the first pattern holds all that the second stands for.
        """
        self._texts = tuple(entry.text for entry in entries)
        self._holds = holds

    def covered(self, text: str) -> Extent:
        """Return how much the list holds of what a pattern stands for."""
        if any(self._holds(known, text) for known in self._texts):
            return Extent.ALL
        return Extent.SOME if any(self._holds(text, known) for known in self._texts) else Extent.NONE

    def left(self, text: str) -> Extent:
        """Return how much the list leaves of what a pattern stands for."""
        return {Extent.ALL: Extent.NONE, Extent.NONE: Extent.ALL}.get(self.covered(text), Extent.SOME)

    def spares(self, text: str) -> bool:
        """Whether the list leaves, of what a pattern stands for, the names that no other entry speaks of."""
        return self.covered(text) is not Extent.ALL

    def spells(self, form: str) -> bool:  # noqa: ARG002 - one signature for all
        """Nothing is matched loosely here."""
        return False

    def uncovered(self, text: str) -> Iterator[str]:  # noqa: ARG002 - one signature for all
        """Nothing is matched loosely here."""
        return iter(())


def holds_hosts(domain: str, other: str) -> bool:
    """Whether one domain of the policy covers all that another covers."""
    if "*" in {domain, other}:
        return domain == "*"
    base, other_base = (hosts.normal(text).removeprefix("*.") for text in (domain, other))
    if other_base == hosts.normal(other):
        return hosts.matches(domain, other)
    # What lies below is never one host.
    return base != hosts.normal(domain) and (other_base == base or other_base.endswith(f".{base}"))


def holds_paths(pattern: str, other: str) -> bool:
    """Whether one path pattern of the policy covers all that another covers."""
    if not other.endswith("*"):
        resolved = paths.normal(other)
        return resolved is not None and paths.matches(pattern, resolved)
    prefix = other[:-1]
    folder = prefix.rstrip("/") if prefix.endswith("/") else ""
    # `/tmp/*` is `/tmp` too.
    return pattern.endswith("*") and prefix.startswith(pattern[:-1]) and (not folder or paths.matches(pattern, folder))
