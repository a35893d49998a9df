"""Globs and excludes become the definitions to read (docs/contract.md 3, rows `definitions` and `exclude`)."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

from sekuire_gate.errors import DefinitionError
from sekuire_gate.model.manifest import Search
from sekuire_gate.model.problem import Problem
from sekuire_gate.model.source import start_of
from sekuire_gate.parse.folder import MAX_FILES, EntryKind, Folder, FolderEntry, shown_path, symlink
from sekuire_gate.parse.limits import too_many
from sekuire_gate.parse.links import LinkCheck, Searched
from sekuire_gate.parse.selection import NAMES, Line, Selection, is_below, selection_of

MAX_DEFINITIONS = 10_000

Step = Callable[[int, int | None], None]  # files walked and None; then definitions read, and of how many


@dataclass(frozen=True, slots=True)
class Found:
    """What a search found and what it left out."""

    paths: tuple[str, ...]  # of definitions to read; sorted, each once
    problems: tuple[Problem, ...]  # why there is none, or why one is not read
    excluded: int  # folders that were not walked, and definitions left out by themselves
    linked: tuple[str, ...] = ()  # of definitions that are links and not read; sorted
    unusual: tuple[str, ...] = ()  # of files named like definitions but for letter case, which nobody reads; sorted


def unwatched(_done: int, _of: int | None) -> None:
    """Take a step that nobody watches."""


def discover(folder: Folder, search: Search, step: Step = unwatched) -> Found:
    """Find the definitions below a folder; what is wrong becomes a problem, nothing is raised.

    An `exclude` applies to a line that names a file, too: that line has then no match. A definition that is a link,
    lies behind one, or whose path is no text, counts as found and is a problem.

    Args:
        folder: the root.
        search: what is asked for.
        step: called for every file and folder that is walked.
    """
    selection = selection_of(search)
    finder = _Finder(folder, selection, step)
    try:
        finder.look()
        finder.look_behind_links()
        paths = finder.readable()
    except DefinitionError as error:  # the search itself came to no end
        return Found((), (error.problem,), len(finder.excluded))
    missed = [_no_match(line) for line in selection.lines if line not in finder.answered]
    if not search.patterns:
        missed = [_none()] if missed and not search.allow_none else []
    return Found(
        paths,
        (*finder.problems, *(error.problem for error in missed)),
        len(finder.excluded),
        tuple(sorted(finder.linked)),
        tuple(sorted(finder.unusual - finder.files)),
    )


@dataclass(slots=True)
class _Finder:
    """The state of one search."""

    folder: Folder
    selection: Selection
    step: Step
    files: set[str] = field(default_factory=set)
    excluded: set[str] = field(default_factory=set)
    answered: set[Line] = field(default_factory=set)  # lines that found something, a problem included
    problems: list[Problem] = field(default_factory=list)
    links: list[str] = field(default_factory=list)  # met and not taken
    linked: set[str] = field(default_factory=set)  # taken, and not read
    unusual: set[str] = field(default_factory=set)  # not taken for the letter case of their names
    walked: Counter[bool] = field(default_factory=Counter)  # by whether it is a folder

    def look(self) -> None:
        """Look for all lines, going over no folder twice.

        Raises:
            DefinitionError: `definition.too_many`.
        """
        to_walk = []
        for line in self.selection.lines:
            kind = self._kind(line)
            if kind is EntryKind.FOLDER:
                to_walk.append(line)
            elif kind is not None:
                self._take(FolderEntry(line.start, kind), [line])
        for start in _outermost(line.start for line in to_walk):
            inside = [line for line in to_walk if is_below(line.start, start)]
            for entry in self._walk(start):
                takers = [line for line in inside if line.takes(entry.path)]
                if takers and entry.kind is not EntryKind.FOLDER and not self._leaves_out(entry.path):
                    self._take(entry, takers)
                    continue
                if entry.kind is EntryKind.LINK:
                    self.links.append(entry.path)
                if not takers and self._is_unusual(entry, inside):
                    self.unusual.add(shown_path(entry.path))

    def look_behind_links(self) -> None:
        """Make a problem of every link to a folder behind which the search misses something.

        Raises:
            DefinitionError: `definition.too_many`.
        """
        if not self.links:
            return
        left_out_here = sorted(path for path in self.excluded if not self.selection.leaves_out_by_name(path))
        searched = Searched(frozenset(self.files), frozenset(self.excluded), tuple(left_out_here))
        check = LinkCheck(self.folder, self.selection, searched, self._count)
        for link in self.links:
            if hidden := check.hidden(link):
                self.answered.update(hidden.lines)
                self.problems.append(hidden.problem)

    def readable(self) -> tuple[str, ...]:
        """Return the paths that can be opened and reported, sorted; the others become problems.

        Raises:
            DefinitionError: `definition.too_many`.
        """
        if max(len(self.files), len(self.unusual)) > MAX_DEFINITIONS:
            raise too_many(f"more than {MAX_DEFINITIONS:,} definitions lie below the root.")
        paths = sorted(self.files)
        self.problems.extend(_not_text(path).problem for path in paths if not _is_text(path))
        return tuple(path for path in paths if _is_text(path))

    def _kind(self, line: Line) -> EntryKind | None:
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

    def _take(self, entry: FolderEntry, lines: list[Line]) -> None:
        self.answered.update(lines)
        if entry.kind is EntryKind.LINK:
            self.problems.append(symlink(entry.path).problem)
            self.linked.add(shown_path(entry.path))
        else:
            self.files.add(entry.path)

    def _is_unusual(self, entry: FolderEntry, lines: list[Line]) -> bool:
        """Whether one of the lines would take a file if its name were written as usual."""
        folder, slash, name = entry.path.rpartition("/")
        usual = name.casefold()
        if usual not in NAMES or usual == name or entry.kind is EntryKind.FOLDER:
            return False
        named_usually = f"{folder}{slash}{usual}"
        return any(line.takes(named_usually) for line in lines) and not self.selection.leaves_out(entry.path)

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
        self.step(self.walked[False], None)
        if self.walked[is_folder] > MAX_FILES:
            raise too_many(f"more than {MAX_FILES:,} files lie below the root.")

    def _leaves_out(self, path: str) -> bool:
        if self.selection.leaves_out(path):
            self.excluded.add(path)
            return True
        return False


def _outermost(starts: Iterable[str]) -> list[str]:
    kept: list[str] = []
    for start in sorted(set(starts)):
        if not any(is_below(start, outer) for outer in kept):
            kept.append(start)
    return kept


def _is_text(path: str) -> bool:
    return shown_path(path) == path


def _none() -> DefinitionError:
    return DefinitionError(
        "no definition lies below the root; expected sekuire.yml, sekuire.yaml or sekuire.json.",
        kind="definition.none",
        fix="Name them with 'definitions', or set 'allow-no-definitions'.",
    )


def _no_match(line: Line) -> DefinitionError:
    return DefinitionError(
        f"no definition matches '{shown_path(line.written)}'.",
        kind="definition.no_match",
        fix="Correct the line of 'definitions', or remove it; look at 'exclude' too.",
    )


def _not_text(path: str) -> DefinitionError:
    return DefinitionError(
        f"the path '{shown_path(path)}' is not UTF-8.",
        kind="definition.encoding",
        at=start_of(shown_path(path)),
        fix="Rename the file or its folder.",
    )
