"""The permitted name that was probably meant, for the fix of a finding."""

from collections.abc import Iterable
from itertools import islice

from sekuire_gate.rules.names import fold, loose_forms

# The pairs that are compared letter by letter have a bound: policies may be long, and definitions are an attacker's.
MAX_LENGTH = 64  # characters of a name
MAX_CANDIDATES = 300
MAX_ASKED = 25  # different names; a report with more of them is not read that closely


class Nearest:
    """Names to choose from, asked for one that is like another."""

    def __init__(self, names: Iterable[str]) -> None:
        """Keep the first names; those with a star name nothing by themselves."""
        usable = (name for name in names if "*" not in name and len(name) <= MAX_LENGTH)
        self._by_fold: dict[str, str] = {}
        for name in islice(usable, MAX_CANDIDATES):
            self._by_fold.setdefault(fold(name), name)
        self._known: dict[str, str | None] = {}

    def to(self, name: str) -> str | None:
        """Return the name that differs least, if it differs by a slip: letter case, a prefix, some letters."""
        if name not in self._known:
            if len(name) > MAX_LENGTH or "*" in name or len(self._known) >= MAX_ASKED:
                return None
            self._known[name] = self._nearest(name)
        return self._known[name]

    def _nearest(self, name: str) -> str | None:
        for form in loose_forms(name):
            if form in self._by_fold:
                return self._by_fold[form]
        asked = fold(name)
        limit = min(3, (len(asked) + 1) // 4)
        best = None
        for folded, candidate in self._by_fold.items():
            if (slips := distance(asked, folded, limit)) <= limit:
                best, limit = candidate, slips - 1
        return best


def distance(one: str, other: str, limit: int) -> int:
    """Count the letters that were changed, added, left out or swapped with the next one; past the limit no further."""
    if abs(len(one) - len(other)) > limit:
        return limit + 1
    before: list[int] = []
    last = list(range(len(other) + 1))
    for row, letter in enumerate(one, 1):
        current = [row]
        for column, opposite in enumerate(other, 1):
            cost = min(last[column] + 1, current[-1] + 1, last[column - 1] + (letter != opposite))
            swapped = row > 1 and column > 1 and (letter, one[row - 2]) == (other[column - 2], opposite)
            current.append(min(cost, before[column - 2] + 1) if swapped else cost)
        if min(current) > limit:
            return limit + 1
        before, last = last, current
    return min(last[-1], limit + 1)
