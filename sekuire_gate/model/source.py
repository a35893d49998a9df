"""Where a value was written: a place in a file, and the text around it (docs/contract.md 6, "Places")."""

from dataclasses import dataclass, field
from typing import Generic, TypeVar

T_co = TypeVar("T_co", covariant=True)


@dataclass(frozen=True, slots=True)
class SourceText:
    """The text of one file that was read, kept so that a report can show the line it speaks of."""

    path: str  # relative to the root, `/` between folders
    lines: tuple[str, ...]  # without their line ends; line 1 is lines[0]


@dataclass(frozen=True, slots=True)
class Location:
    """A range in a file: the value as written, quotes included, keys never."""

    path: str  # relative to the root, `/` between folders
    line: int  # from 1
    column: int  # from 1, in Unicode code points; a leading BOM counts nothing
    end_line: int  # from 1
    end_column: int  # exclusive
    pointer: str = ""  # a JSON Pointer (RFC 6901) into the file
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
