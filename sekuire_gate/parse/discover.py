"""Globs and excludes become the definitions to read (docs/contract.md 3, rows `definitions` and `exclude`)."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from sekuire_gate.errors import DefinitionError
from sekuire_gate.model.manifest import Search
from sekuire_gate.model.problem import Problem
from sekuire_gate.model.source import start_of
from sekuire_gate.parse import globs
from sekuire_gate.parse.folder import MAX_FILES, EntryKind, Folder, FolderEntry, shown_path, symlink

NAMES = ("sekuire.yml", "sekuire.yaml", "sekuire.json")
MAX_DEFINITIONS = 10_000


@dataclass(frozen=True, slots=True)
class Found:
    """What a search found and what it left out."""

    paths: tuple[str, ...]  # of definitions to read; sorted, each once
    problems: tuple[Problem, ...]  # why there is none, or why one is not read
    excluded: int  # folders that were not walked, and definitions left out by themselves


def discover(folder: Folder, search: Search) -> Found:
    """Find the definitions below a folder; what is wrong becomes a problem, nothing is raised.

    An `exclude` applies to a line that names a file, too: that line has then no match. A definition that is a link,
    or whose path is no text, counts as found and is a problem.
    """
    finder = _Finder(folder, tuple(_trimmed(pattern) for pattern in search.exclude))
    lines = tuple(_Line(pattern, _trimmed(pattern)) for pattern in search.patterns)
    try:
        finder.look(lines or (_ANYWHERE,))
        paths = finder.readable()
    except DefinitionError as error:  # the search itself came to no end
        return Found((), (error.problem,), len(finder.excluded))
    missed = [_no_match(line) for line in lines if line not in finder.answered]
    if not (lines or finder.answered or search.allow_none):
        missed.append(_none())
    return Found(paths, (*finder.problems, *(error.problem for error in missed)), len(finder.excluded))


@dataclass(frozen=True, slots=True)
class _Line:
    """One line of `definitions`."""

    written: str
    path: str  # without `./` and a final `/`; "" is the root

    @property
    def is_glob(self) -> bool:
        return globs.has_wildcards(self.path)

    @property
    def start(self) -> str:
        """The folder that all it can find lies in, or the file."""
        is_relative_glob = self.is_glob and not self.path.startswith("/")
        return globs.fixed_folder(self.path) if is_relative_glob else self.path

    def takes(self, path: str) -> bool:
        """Whether a file is a definition by this line."""
        if self.is_glob:
            return globs.matches(self.path, path)
        return path.rpartition("/")[2] in NAMES and _is_below(path, self.path)


_ANYWHERE = _Line("", "")


@dataclass(slots=True)
class _Finder:
    """The state of one search."""

    folder: Folder
    exclude: tuple[str, ...]
    files: set[str] = field(default_factory=set)
    excluded: set[str] = field(default_factory=set)
    answered: set[_Line] = field(default_factory=set)  # lines that found something, a problem included
    problems: list[Problem] = field(default_factory=list)
    walked: Counter[bool] = field(default_factory=Counter)  # by whether it is a folder

    def look(self, lines: tuple[_Line, ...]) -> None:
        """Look for all lines, going over no folder twice."""
        to_walk = []
        for line in lines:
            kind = self._kind(line)
            if kind is EntryKind.FOLDER:
                to_walk.append(line)
            elif kind is not None:
                self._take(FolderEntry(line.start, kind), [line])
        for start in _outermost(line.start for line in to_walk):
            inside = [line for line in to_walk if _is_below(line.start, start)]
            for entry in self._walk(start):
                takers = [line for line in inside if line.takes(entry.path)]
                if takers and entry.kind is not EntryKind.FOLDER and not self._leaves_out(entry.path):
                    self._take(entry, takers)

    def readable(self) -> tuple[str, ...]:
        """Return the paths that can be opened and reported, sorted; the others become problems.

        Raises:
            DefinitionError: `definition.too_many`.
        """
        if len(self.files) > MAX_DEFINITIONS:
            raise _too_many(f"more than {MAX_DEFINITIONS:,} definitions lie below the root.")
        paths = sorted(self.files)
        self.problems.extend(_not_text(path).problem for path in paths if not _is_text(path))
        return tuple(path for path in paths if _is_text(path))

    def _kind(self, line: _Line) -> EntryKind | None:
        """Return what a line starts at; None where that is nothing, left out, or a problem."""
        if not line.start:
            return EntryKind.FOLDER  # the root: where it is none, listing it says so
        parts = line.start.split("/")
        if any(self._leaves_out("/".join(parts[:length])) for length in range(1, len(parts) + 1)):
            return None
        try:
            kind = self.folder.kind(line.start)
        except DefinitionError as error:
            self.answered.add(line)
            self.problems.append(error.problem)
            return None
        return None if line.is_glob and kind is not EntryKind.FOLDER else kind

    def _take(self, entry: FolderEntry, lines: list[_Line]) -> None:
        self.answered.update(lines)
        if entry.kind is EntryKind.LINK:
            self.problems.append(symlink(entry.path).problem)
        else:
            self.files.add(entry.path)

    def _walk(self, start: str) -> Iterator[FolderEntry]:
        """Go over all that lies below a folder; what is left out is not gone into, what cannot be is a problem."""
        waiting = [start]
        while waiting:
            folder = waiting.pop()
            try:
                entries = self.folder.entries(folder)
            except DefinitionError as error:
                self.problems.append(error.problem)
                continue
            for entry in entries:
                self._count(entry)
                yield entry
            folders = (entry.path for entry in reversed(entries) if entry.kind is EntryKind.FOLDER)
            waiting.extend(path for path in folders if not self._leaves_out(path))

    def _count(self, entry: FolderEntry) -> None:
        is_folder = entry.kind is EntryKind.FOLDER
        self.walked[is_folder] += 1
        if self.walked[is_folder] > MAX_FILES:
            raise _too_many(f"more than {MAX_FILES:,} files lie below the root.")

    def _leaves_out(self, path: str) -> bool:
        if any(globs.matches(pattern, path) for pattern in self.exclude):
            self.excluded.add(path)
            return True
        return False


def _trimmed(pattern: str) -> str:
    """Return a line without `.`, empty parts and a final `/`; an absolute one stays one, to be refused."""
    trimmed = "/".join(part for part in pattern.split("/") if part not in {"", "."})
    return f"/{trimmed}" if pattern.startswith("/") else trimmed


def _outermost(starts: Iterable[str]) -> list[str]:
    kept: list[str] = []
    for start in sorted(set(starts)):
        if not any(_is_below(start, outer) for outer in kept):
            kept.append(start)
    return kept


def _is_below(path: str, folder: str) -> bool:
    return not folder or path == folder or path.startswith(f"{folder}/")


def _is_text(path: str) -> bool:
    return shown_path(path) == path


def _none() -> DefinitionError:
    return DefinitionError(
        "no definition lies below the root; expected sekuire.yml, sekuire.yaml or sekuire.json.",
        kind="definition.none",
        fix="Name them with 'definitions', or set 'allow-no-definitions'.",
    )


def _no_match(line: _Line) -> DefinitionError:
    return DefinitionError(
        f"no definition matches '{shown_path(line.written)}'.",
        kind="definition.no_match",
        fix="Correct the line of 'definitions', or remove it; look at 'exclude' too.",
    )


def _too_many(message: str) -> DefinitionError:
    return DefinitionError(
        message,
        kind="definition.too_many",
        fix="Name folders with 'definitions', or leave some out with 'exclude'.",
    )


def _not_text(path: str) -> DefinitionError:
    return DefinitionError(
        f"the path '{shown_path(path)}' is not UTF-8.",
        kind="definition.encoding",
        at=start_of(shown_path(path)),
        fix="Rename the file or its folder.",
    )
