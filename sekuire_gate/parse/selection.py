"""Which paths a search takes and which it leaves out (docs/contract.md 3, rows `definitions` and `exclude`); pure."""

import re
from dataclasses import dataclass

from sekuire_gate.model.manifest import Search
from sekuire_gate.parse import globs

NAMES = ("sekuire.yml", "sekuire.yaml", "sekuire.json")

_BY_NAME = re.compile(r"\*\*/(?:(?!\*\*)[^/])+")  # a pattern that looks at the last name of a path alone


@dataclass(frozen=True, slots=True)
class Line:
    """One line of `definitions`."""

    written: str
    path: str  # without `./` and a final `/`; "" is the root

    @property
    def is_glob(self) -> bool:
        """Whether it is a pattern; else it is the path of a file or of a folder."""
        return globs.has_wildcards(self.path)

    @property
    def start(self) -> str:
        """The folder that all it can find lies in, or the file."""
        is_relative_glob = self.is_glob and not self.path.startswith("/")
        return globs.fixed_folder(self.path) if is_relative_glob else self.path

    @property
    def folder(self) -> str | None:
        """The folder in which it takes files by their name alone, at any depth; None if more of the path counts."""
        if not self.is_glob:
            return self.path
        return self.start if _BY_NAME.fullmatch(self.path.removeprefix(self.start).lstrip("/")) else None

    def takes(self, path: str) -> bool:
        """Whether a file is a definition by this line."""
        if self.is_glob:
            return globs.matches(self.path, path)
        return path.rpartition("/")[2] in NAMES and is_below(path, self.path)

    def may_take_named(self, name: str) -> bool:
        """Whether a file of this name could be a definition by this line, in some folder."""
        return globs.matches(self.path.rpartition("/")[2], name) if self.is_glob else name in NAMES

    def may_take_below(self, folder: str) -> bool:
        """Whether a file in a folder, at any depth, could be a definition by this line."""
        return globs.may_match_below(self.path, folder) if self.is_glob else is_below(folder, self.path)


ANYWHERE = Line("", "")


@dataclass(frozen=True, slots=True)
class Selection:
    """The lines of one search, and what it leaves out."""

    lines: tuple[Line, ...]  # never none: without a line given, `ANYWHERE`
    exclude: tuple[str, ...]

    def leaves_out(self, path: str) -> bool:
        """Whether an exclude fits a file or a folder; those above it are not looked at."""
        return any(globs.matches(pattern, path) for pattern in self.exclude)

    def depends_on_place(self, folder: str) -> bool:
        """Whether for files in a folder, at any depth, more than their own name and those of folders counts."""
        return any(line.folder is None for line in self.lines_below(folder)) or any(
            not _BY_NAME.fullmatch(pattern) and globs.may_match_below(pattern, folder) for pattern in self.exclude
        )

    def lines_below(self, folder: str) -> list[Line]:
        """Return the lines that could take a file in a folder, at any depth."""
        return [line for line in self.lines if line.may_take_below(folder)]

    def leaves_out_by_name(self, path: str) -> bool:
        """Whether an exclude fits that would fit the same name in any other folder."""
        return any(_BY_NAME.fullmatch(pattern) and globs.matches(pattern, path) for pattern in self.exclude)


def selection_of(search: Search) -> Selection:
    """Return what the lines and excludes of a search say."""
    lines = tuple(Line(pattern, _trimmed(pattern)) for pattern in search.patterns)
    return Selection(lines or (ANYWHERE,), tuple(_trimmed(pattern) for pattern in search.exclude))


def is_below(path: str, folder: str) -> bool:
    """Whether a path lies in a folder, or is that folder; "" is the root."""
    return not folder or path == folder or path.startswith(f"{folder}/")


def _trimmed(pattern: str) -> str:
    """Return a line without `.`, empty parts and a final `/`; an absolute one stays one, to be refused."""
    trimmed = "/".join(part for part in pattern.split("/") if part not in {"", "."})
    return f"/{trimmed}" if pattern.startswith("/") else trimmed
