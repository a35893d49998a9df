"""Where a value was written: a place in a file, and the text around it (docs/contract.md 6, "Places")."""

from array import array
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Generic, Self, TypeVar

T_co = TypeVar("T_co", covariant=True)


@dataclass(frozen=True, slots=True)
class SourceText:
    """The text of one file that was read, kept so that a report can show the line it speaks of."""

    path: str  # relative to the root, `/` between folders
    text: str  # decoded, without a leading byte order mark
    # Where each line begins; a string per line would take fifty times the file.
    starts: "array[int]" = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Cut the text into lines at LF and CRLF only: as editors and GitHub count them."""
        object.__setattr__(self, "starts", array("I", _line_starts(self.text)))

    def line(self, number: int) -> str | None:
        """Return a line without its end, or None where the text has no such line.

        Args:
            number: counted from 1.
        """
        if not 0 < number <= len(self.starts):
            return None
        end = self.starts[number] - 1 if number < len(self.starts) else len(self.text)
        return self.text[self.starts[number - 1] : end].removesuffix("\r")


def _line_starts(text: str) -> Iterator[int]:
    yield 0
    start = 0
    while start := text.find("\n", start) + 1:
        yield start


class Pointer(str):
    """A JSON Pointer (RFC 6901) that knows which of its segments index a list: `/a/0` may also be the key `0`."""

    __slots__ = ("indexes",)
    indexes: tuple[int, ...]  # which segments, counted from 0

    def __new__(cls, text: str, indexes: tuple[int, ...] = ()) -> Self:
        """Make a pointer of its text and the segments that index a list."""
        pointer = super().__new__(cls, text)
        pointer.indexes = indexes
        return pointer


def stable_pointer(pointer: str) -> str:
    """Return a pointer without the segments that index a list, so that it stays while items change their order.

    Of text that is no `Pointer` every segment is a key.
    """
    if not isinstance(pointer, Pointer) or not pointer.indexes:
        return str(pointer)
    segments = pointer.split("/")[1:]
    return "".join(f"/{segment}" for index, segment in enumerate(segments) if index not in pointer.indexes)


@dataclass(frozen=True, slots=True)
class Location:
    """A range in a file: the value as written, quotes included, keys never."""

    path: str  # relative to the root, `/` between folders
    line: int  # from 1
    column: int  # from 1, in Unicode code points; a leading BOM counts nothing
    end_line: int  # from 1
    end_column: int  # exclusive
    pointer: str = ""  # a JSON Pointer into the file; one that parse made is a `Pointer`
    text: SourceText | None = field(default=None, repr=False, compare=False)  # what the range lies in, where known

    @property
    def on_one_line(self) -> bool:
        """Whether the range starts and ends on the same line."""
        return self.line == self.end_line

    def __str__(self) -> str:
        """Write the place as `path:line:column`, raw: a renderer escapes it."""
        return f"{self.path}:{self.line}:{self.column}"


@dataclass(frozen=True, slots=True)
class Located(Generic[T_co]):
    """A value and where it was written."""

    value: T_co
    at: Location


def start_of(path: str, text: SourceText | None = None) -> Location:
    """Return the empty range 1:1 of a file: where a thing stands that is missing altogether."""
    return Location(path, 1, 1, 1, 1, "", text)
