"""Keeps patterns where few of them have to be tried for a name, however many there are.

Policies may hold thousands of entries and definitions claim thousands of names: to try each for each takes minutes.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from itertools import accumulate
from typing import Generic, TypeVar

T = TypeVar("T")


class ByBeginning(Generic[T]):
    """Things by what they begin with."""

    __slots__ = ("_lengths", "_texts", "_things")

    def __init__(self, things: Sequence[tuple[str, T]]) -> None:
        """Keep each thing with its beginning."""
        self._things: dict[str, list[T]] = {}
        for beginning, thing in things:
            self._things.setdefault(beginning, []).append(thing)
        self._texts = sorted(self._things)
        self._lengths = sorted({len(text) for text in self._texts})

    def begun_by(self, name: str) -> Iterator[T]:
        """Go over the things whose beginning the name has too."""
        for length in self._lengths:
            if length > len(name):
                return
            yield from self._things.get(name[:length], ())

    def alike(self, beginning: str) -> Iterator[T]:
        """Go over the things of which one beginning is the other's, either way round."""
        yield from self.begun_by(beginning)
        for text in starting_with(beginning, self._texts):
            if text != beginning:
                yield from self._things[text]

    def count_longer(self, beginning: str) -> int:
        """Count the beginnings that begin so themselves."""
        return bisect_left(self._texts, f"{beginning}\U0010ffff") - bisect_left(self._texts, beginning)


class ByEnds(Generic[T]):
    """Things by what they begin and what they end with."""

    __slots__ = ("_by_head", "_by_tail")

    def __init__(self, things: Sequence[tuple[str, str, T]]) -> None:
        """Keep each thing with its beginning and its end."""
        self._by_head = _nested([(head, tail[::-1], thing) for head, tail, thing in things])
        self._by_tail = _nested([(tail[::-1], head, thing) for head, tail, thing in things])

    def alike(self, head: str, tail: str) -> Iterator[T]:
        """Go over the things of which one beginning is the other's and one end is the other's, either way round."""
        ending = tail[::-1]
        # First by whichever end leaves fewer.
        if self._by_head.count_longer(head) <= self._by_tail.count_longer(ending):
            groups, other = self._by_head.alike(head), ending
        else:
            groups, other = self._by_tail.alike(ending), head
        for group in groups:
            yield from group.alike(other)


def _nested(things: Sequence[tuple[str, str, T]]) -> ByBeginning[ByBeginning[T]]:
    groups: dict[str, list[tuple[str, T]]] = {}
    for first, second, thing in things:
        groups.setdefault(first, []).append((second, thing))
    return ByBeginning([(first, ByBeginning(group)) for first, group in groups.items()])


class ByPart(Generic[T]):
    """Things by something that stands in them somewhere, never nothing."""

    __slots__ = ("_by_length",)

    def __init__(self, things: Sequence[tuple[str, T]]) -> None:
        """Keep each thing with its part."""
        self._by_length: dict[int, dict[str, list[T]]] = {}
        for part, thing in things:
            self._by_length.setdefault(len(part), {}).setdefault(part, []).append(thing)

    def inside(self, name: str) -> Iterator[T]:
        """Go over the things whose part stands in the name, each once."""
        for length, things in self._by_length.items():
            # Not a set of the name's own: what is named first must not depend on the run.
            parts = dict.fromkeys(name[start : start + length] for start in range(len(name) - length + 1))
            for part in filter(things.__contains__, parts):
                yield from things[part]


class Texts:
    """Texts by how they begin, how they end, and what stands in them."""

    __slots__ = ("_joined", "_reversed", "_sorted", "_starts")

    def __init__(self, texts: Sequence[str]) -> None:
        """Keep the texts."""
        self._sorted = sorted(texts)
        self._reversed = sorted(text[::-1] for text in texts)
        self._joined = "\0".join(self._sorted)
        self._starts = [0, *accumulate(len(text) + 1 for text in self._sorted)]

    def beginning_with(self, head: str) -> Iterator[str]:
        """Go over the texts that begin so."""
        return starting_with(head, self._sorted)

    def ending_with(self, tail: str) -> Iterator[str]:
        """Go over the texts that end so."""
        return (text[::-1] for text in starting_with(tail[::-1], self._reversed))

    def containing(self, part: str) -> Iterator[str]:
        """Go over the texts in which a part stands."""
        found = self._joined.find(part)
        while 0 <= found < self._starts[-1] and self._sorted:
            index = bisect_right(self._starts, found) - 1
            yield self._sorted[index]
            found = self._joined.find(part, self._starts[index + 1])

    def contain(self, *parts: str) -> bool:
        """Whether each part stands in some text."""
        return all(part in self._joined for part in parts)


def starting_with(head: str, texts: Sequence[str]) -> Iterator[str]:
    """Yield those of the sorted texts that begin with a head."""
    for index in range(bisect_left(texts, head), len(texts)):
        if not texts[index].startswith(head):
            return
        yield texts[index]
