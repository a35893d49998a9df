"""Links to folders: none is followed, and none hides a definition (docs/contract.md 3, row `definitions`).

Whoever opens `agents/prod/sekuire.yml` gets what lies behind a link `agents/prod`, whether or not this search looked
there. So a link is fine where all behind it was searched anyway; else only names are looked at, and one that the
search would take under its path through the link is a problem of the link. What a repository holds beside the root is
looked at as what lies below it; of what lies outside of the repository, the top alone.
"""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

from sekuire_gate.errors import DefinitionError
from sekuire_gate.model.problem import Problem
from sekuire_gate.model.source import start_of
from sekuire_gate.parse.folder import EntryKind, Folder, FolderEntry, shown_path
from sekuire_gate.parse.limits import MAX_BEHIND_LINKS, too_many
from sekuire_gate.parse.selection import Line, Selection, is_below


@dataclass(frozen=True, slots=True)
class Searched:
    """What the search itself saw, without the links."""

    files: frozenset[str]  # definitions
    left_out: frozenset[str]  # folders and definitions
    left_out_here: tuple[str, ...]  # those of them that only this path leaves out, not their name; sorted

    def covers(self, folder: str, lines: list[Line]) -> bool:
        """Whether every file in a folder below the root that a line takes was found, or is left out by its name."""
        parts = folder.split("/") if folder else []
        if ".git" in parts:
            return False
        if any(line.folder is None or not is_below(folder, line.folder) for line in lines):
            return False
        if any("/".join(parts[:length]) in self.left_out for length in range(1, len(parts) + 1)):
            return False
        first = bisect_left(self.left_out_here, f"{folder}/") if folder else 0
        return not any(is_below(path, folder) for path in self.left_out_here[first : first + 1])


class Hidden(NamedTuple):
    """What a link to a folder hides from the search."""

    problem: Problem  # at the link
    lines: list[Line]  # that would take it


class _Seen(NamedTuple):
    """Folders that were looked at through links."""

    clean: set[str]  # through earlier ones, which hide nothing
    fresh: set[str]  # through this one

    def is_new(self, folder: str) -> bool:
        """Whether a folder is met for the first time; from now on it is not."""
        if folder in self.clean or folder in self.fresh:
            return False
        self.fresh.add(folder)
        return True


class LinkCheck:
    """Looks behind the links of one search."""

    def __init__(
        self, folder: Folder, selection: Selection, searched: Searched, count: Callable[[FolderEntry], None]
    ) -> None:
        """Keep what is asked.

        Args:
            folder: the root.
            selection: which paths the search takes.
            searched: what it saw.
            count: called for each name that is looked at for the first time; raises where they are too many.
        """
        self._repository, self._root = folder.repository()  # what links lead to is named by its path in there
        self._selection = selection
        self._searched = searched
        self._found = frozenset(map(self._real, searched.files))
        self._count = count
        self._listed: dict[str, tuple[FolderEntry, ...]] = {}  # many links may lead to one folder
        self._nameless: set[str] = set()  # folders in which, and behind which, no line could take anything
        self._steps = 0
        self._clean: defaultdict[tuple[Line, ...], set[str]] = defaultdict(set)

    def hidden(self, link: str) -> Hidden | None:
        """Return the first thing that a link hides, if any.

        Args:
            link: its path from the root; no folder on the way is a link, or left out.

        Raises:
            DefinitionError: `definition.too_many`.
        """
        target = self._target(link, self._real(link))
        if target is None:
            return None
        if target.startswith("/"):
            return next(self._outside(link), None)
        if not self._may_hold(target):
            return None
        if self._selection.depends_on_place(link):
            return next(self._inside(link, target, None), None)
        # Where names alone count, a folder looks the same through every link: one look will do.
        clean = self._clean[tuple(self._selection.lines_below(link))]
        if target in clean:
            return None
        seen = _Seen(clean, {target})
        if (found := next(self._inside(link, target, seen), None)) is None:
            clean |= seen.fresh
        return found

    def _real(self, path: str) -> str:
        """Return the path in the repository of a path from the root."""
        return f"{self._root}/{path}" if self._root else path

    def _is_covered(self, target: str, lines: list[Line]) -> bool:
        if target.startswith("/") or not is_below(target, self._root):
            return False
        return self._searched.covers(target.removeprefix(self._root).lstrip("/"), lines)

    def _target(self, path: str, link: str) -> str | None:
        """Return the folder behind a link, if the search could miss something in it.

        Args:
            path: what the link is called, from the root; other links may be on the way.
            link: the same without links on the way, from the repository's top.
        """
        lines = self._selection.lines_below(path)
        if not lines or self._selection.leaves_out(path):
            return None
        target = self._repository.behind(link)
        return None if target is None or self._is_covered(target, lines) else target

    def _may_hold(self, target: str) -> bool:
        """Whether a folder, or one behind the links in it, holds a name that some line could take: most hold none."""
        waiting, seen = [target], set[str]()
        while waiting:
            real = waiting.pop()
            if real in seen or real in self._nameless:
                continue
            seen.add(real)
            try:
                entries = self._entries(real)
                links = [entry.path for entry in entries if entry.kind is EntryKind.LINK]
                leads = {link: end for link in links if (end := self._repository.behind(link)) is not None}
                outside = [
                    name
                    for link, end in leads.items()
                    if end.startswith("/")
                    for name in self._repository.names_behind(link)
                ]
            except DefinitionError:
                return True  # what cannot be looked at may hold anything
            names = [entry.path for entry in self._counted(real, entries) if entry.path not in self._found]
            if any(map(self._is_named, (*names, *outside))):
                return True
            waiting += (entry.path for entry in entries if entry.kind is EntryKind.FOLDER)
            waiting += (end for end in leads.values() if not end.startswith("/"))
        self._nameless |= seen
        return False

    def _is_named(self, path: str) -> bool:
        name = path.rpartition("/")[2]
        return any(line.may_take_named(name) for line in self._selection.lines)

    def _entries(self, real: str) -> tuple[FolderEntry, ...]:
        return self._listed[real] if real in self._listed else self._repository.entries(real)

    def _outside(self, link: str) -> Iterator[Hidden]:
        """Look at the top of a folder outside of the repository, which no pull request changes."""
        try:
            names = self._repository.names_behind(self._real(link))
        except DefinitionError:
            yield self._unknown(link, link)
            return
        for name in names:
            self._count(FolderEntry(name, EntryKind.FILE))
            yield from self._taken(link, f"{link}/{name}")

    def _inside(self, link: str, target: str, seen: "_Seen | None") -> Iterator[Hidden]:
        """Look at all names in a folder of the repository, by the paths that they have through the link.

        Args:
            link: the link, from the root.
            target: the folder, from the repository's top.
            seen: folders that need no other look; without it, links in the folder are not looked behind.
        """
        waiting = [(link, target)]
        while waiting:
            folder, real = waiting.pop()
            try:
                entries = self._entries(real)
            except DefinitionError:
                yield self._unknown(link, folder)
                return
            for entry in self._counted(real, entries):
                path = f"{folder}/{entry.path.rpartition('/')[2]}"
                if self._selection.leaves_out(path):
                    continue
                if entry.kind is EntryKind.FOLDER:
                    waiting.extend([(path, entry.path)] if self._selection.lines_below(path) else [])
                elif entry.path not in self._found:
                    yield from self._taken(link, path)
                    inner = self._target(path, entry.path) if entry.kind is EntryKind.LINK else None
                    if inner is not None and (seen is None or inner.startswith("/")):
                        yield self._unknown(link, path)
                    elif inner is not None and seen is not None and seen.is_new(inner):
                        waiting.append((path, inner))

    def _counted(self, real: str, entries: tuple[FolderEntry, ...]) -> Iterator[FolderEntry]:
        if real not in self._listed:
            self._listed[real] = entries
            for entry in entries:
                self._count(entry)
        for entry in entries:
            self._steps += 1
            if self._steps > MAX_BEHIND_LINKS:
                raise too_many(f"links to folders lead to {MAX_BEHIND_LINKS:,} files and more.")
            yield entry

    def _taken(self, link: str, path: str) -> Iterator[Hidden]:
        lines = [line for line in self._selection.lines if line.takes(path)]
        if lines and not self._selection.leaves_out(path):
            yield Hidden(_hides(link, f"'{shown_path(path)}' behind it is not judged"), lines)

    def _unknown(self, link: str, path: str) -> Hidden:
        inside = f"what lies in '{shown_path(path)}'" if path != link else "what lies"
        what = f"{inside} behind it is not known"
        return Hidden(_hides(link, what), self._selection.lines_below(path))


def _hides(link: str, what: str) -> Problem:
    return DefinitionError(
        f"'{shown_path(link)}' is a symlink to a folder: {what}.",
        kind="definition.symlink",
        at=start_of(shown_path(link)),
        fix="Replace the link by the folder, or leave it out with 'exclude'.",
    ).problem
