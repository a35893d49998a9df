"""Files below the root: opened once, part by part, through no link; size before content; no program started.

What lies there was put there by whoever wrote the pull request: links that lead out, pipes that never end, names that
are no text. docs/protocol.md 4 and docs/contract.md 4 (exit 5).
"""

import errno
import os
import stat
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from enum import Enum
from itertools import islice
from pathlib import Path

from sekuire_gate.errors import DefinitionError
from sekuire_gate.model.source import start_of

MAX_FILES = 200_000  # walked in one search; and as many folders

_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW
_FILE = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_NOCTTY  # a pipe without a writer must not hold us up
_CHUNK = 65_536  # bytes
_GIT = ".git"


class EntryKind(Enum):
    """What a name stands for, links not followed."""

    FILE = "file"
    FOLDER = "folder"
    LINK = "symlink"
    OTHER = "pipe, socket or device"


@dataclass(frozen=True, slots=True)
class FolderEntry:
    """One name below the root."""

    path: str  # relative to the root; names that are not UTF-8 hold surrogates, as Python spells them
    kind: EntryKind


def shown_path(path: str) -> str:
    r"""Return a path as text that every report can hold: bytes that are not UTF-8 become `\xff`."""
    try:
        return path.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")
    except UnicodeEncodeError:  # a surrogate that stands for no byte
        return path.encode("utf-8", "backslashreplace").decode("utf-8")


class Folder:
    """The root; every path below it is relative, with `/` between folders."""

    def __init__(self, root: Path) -> None:
        """Take the folder; a link that leads to it is followed, none below it is."""
        self._root = root
        self._below = f"{os.path.realpath(root).rstrip('/')}/"  # what the paths below the root begin with

    def repository(self) -> "tuple[Folder, str]":
        """Return the Git repository that the root lies in, and the root's path in it; where it is in none, the root."""
        root = Path(os.path.realpath(self._root))
        for folder in (root, *root.parents):
            if os.path.lexists(folder / _GIT):
                return Folder(folder), "/".join(root.relative_to(folder).parts)
        return self, ""

    def read(self, path: str, *, limit: int) -> bytes:
        """Read a whole file.

        Args:
            path: may hold `.` and `..`, which are gone through as the system would.
            limit: bytes; of a bigger file nothing is read.

        Raises:
            DefinitionError: `definition.symlink`, `.outside_root`, `.too_large`, or `.not_regular`: missing, not
                readable, or no regular file.
        """
        with _refusals(path), ExitStack() as opened:
            *folders, name = _parts(path) or ["."]
            parent = self._open_folder(folders, opened)
            if name == "..":
                raise _not_regular(path, "is a folder")
            _refuse_kind(path, _kind_of(os.stat(name, dir_fd=parent, follow_symlinks=False).st_mode))
            file = os.open(name, _FILE, dir_fd=parent)
            opened.callback(os.close, file)
            found = os.fstat(file)
            _refuse_kind(path, _kind_of(found.st_mode))
            if found.st_size > limit:
                raise _too_large(path, limit)
            return _content(file, path, limit)

    def kind(self, path: str) -> EntryKind | None:
        """Return what a path stands for, or None where nothing is there.

        Raises:
            DefinitionError: `definition.symlink`, a folder on the way is a link; `.outside_root`; `.not_regular`, it
                cannot be looked at.
        """
        try:
            with _refusals(path), ExitStack() as opened:
                *folders, name = _parts(path) or ["."]
                parent = self._open_folder(folders, opened)
                return _kind_of(os.stat(name, dir_fd=parent, follow_symlinks=False).st_mode)
        except DefinitionError as error:
            if _says_nothing_is_there(error.__cause__):
                return None
            raise

    def entries(self, path: str) -> tuple[FolderEntry, ...]:
        """Return what lies in a folder, in the order of names: hidden things too, `.git` not.

        Args:
            path: a folder; "" is the root.

        Raises:
            DefinitionError: `definition.not_regular`, it cannot be listed; `definition.symlink`; `.outside_root`.
        """
        prefix = f"{path}/" if path else ""
        with _refusals(path or "."), ExitStack() as opened:
            listed = os.scandir(self._open_folder(_parts(path), opened))
            # One folder alone may be over the limit of a search; who counts then sees that it is.
            items = islice(opened.enter_context(listed), 2 * MAX_FILES + 1)
            found = [FolderEntry(f"{prefix}{item.name}", _kind_of_item(item)) for item in items if item.name != _GIT]
        return tuple(sorted(found, key=lambda entry: entry.path))

    def behind(self, link: str) -> str | None:
        """Return where a link to a folder leads, or None where it leads to nothing, to a file, or to itself.

        Below the root that is a path from the root, which is "" itself; elsewhere, and where nobody can say since
        we may not look or the path is too long, it is an absolute one.

        Args:
            link: its path as `entries` gave it, so that no folder on the way is a link.
        """
        whole = self._root.absolute() / link
        try:
            if not stat.S_ISDIR(whole.stat().st_mode):
                return None
            target = os.path.realpath(whole, strict=True)
        except OSError as error:
            return None if error.errno in {errno.ENOENT, errno.ENOTDIR, errno.ELOOP} else str(whole)
        return "" if target == self._below.rstrip("/") else target.removeprefix(self._below)

    def names_behind(self, link: str) -> tuple[str, ...]:
        """Return what lies in the folder that a link leads to, folders left out, wherever that folder is.

        Raises:
            DefinitionError: `definition.not_regular`, it cannot be listed.
        """
        with _refusals(link), os.scandir(self._root / link) as listed:
            items = islice(listed, MAX_FILES + 1)  # who counts them then sees that they are too many
            return tuple(item.name for item in items if _kind_of_item(item) is not EntryKind.FOLDER)

    def _open_folder(self, parts: list[str], opened: ExitStack) -> int:
        """Open a folder through its parents, so that no part of the way can be a link."""
        # The root may be a link: the workflow named it.
        handles = [os.open(self._root, os.O_RDONLY | os.O_DIRECTORY)]
        opened.callback(_close, handles)
        for part in parts:
            if part == "..":
                os.close(handles.pop())
                continue
            if stat.S_ISLNK(os.stat(part, dir_fd=handles[-1], follow_symlinks=False).st_mode):
                raise _LinkError
            handles.append(os.open(part, _FOLDER, dir_fd=handles[-1]))
        return handles[-1]


def _close(handles: list[int]) -> None:
    for handle in handles:
        os.close(handle)


class _LinkError(Exception):
    """A part of the way is a link; never leaves this module."""


def _says_nothing_is_there(cause: BaseException | None) -> bool:
    """Whether the path leads to nothing, also since no file can be called that: a whole text, or a NUL in it."""
    if isinstance(cause, OSError):
        return cause.errno in {errno.ENOENT, errno.ENOTDIR, errno.ENAMETOOLONG}
    return isinstance(cause, ValueError)


def _parts(path: str) -> list[str]:
    """Split a path, `..` kept; it must not leave the root on its way."""
    parts = [part for part in path.split("/") if part not in {"", "."}]
    depth = 0
    for part in parts:
        depth += -1 if part == ".." else 1
        if depth < 0:
            break
    if depth < 0 or path.startswith("/"):
        raise DefinitionError(
            f"'{shown_path(path)}' lies outside the root.",
            kind="definition.outside_root",
            at=start_of(shown_path(path)),
            fix="Name a file below the root, relative to it.",
        )
    return parts


@contextmanager
def _refusals(path: str) -> Iterator[None]:
    """Turn what the system refuses into a problem of this path."""
    try:
        yield
    except _LinkError as error:
        raise symlink(path) from error
    except OSError as error:
        raise _not_regular(path, f"cannot be read: {error.strerror or 'the system refuses'}") from error
    except ValueError as error:  # NUL in a name, or a lone surrogate: no file is called that
        raise _not_regular(path, "cannot be the name of a file") from error


def symlink(path: str) -> DefinitionError:
    """Return the error for a link where a file is expected, or on the way to it."""
    return DefinitionError(
        f"'{shown_path(path)}' is a symlink, or lies behind one.",
        kind="definition.symlink",
        at=start_of(shown_path(path)),
        fix="Put the file itself there.",
    )


def _refuse_kind(path: str, kind: EntryKind) -> None:
    if kind is EntryKind.LINK:
        raise symlink(path)
    if kind is not EntryKind.FILE:
        raise _not_regular(path, f"is a {kind.value}")


def _not_regular(path: str, what: str) -> DefinitionError:
    return DefinitionError(
        f"'{shown_path(path)}' {what}.",
        kind="definition.not_regular",
        at=start_of(shown_path(path)),
        fix="Put a readable, regular file there.",
    )


def _too_large(path: str, limit: int) -> DefinitionError:
    return DefinitionError(
        f"'{shown_path(path)}' is larger than {limit:,} bytes.",
        kind="definition.too_large",
        at=start_of(shown_path(path)),
        fix="Split the file, or leave it out with 'exclude'.",
    )


def _content(file: int, path: str, limit: int) -> bytes:
    parts: list[bytes] = []
    left = limit + 1  # the size was of the moment before: what grows meanwhile is too large as well
    while left and (chunk := os.read(file, min(left, _CHUNK))):
        parts.append(chunk)
        left -= len(chunk)
    if not left:
        raise _too_large(path, limit)
    return b"".join(parts)


def _kind_of(mode: int) -> EntryKind:
    if stat.S_ISREG(mode):
        return EntryKind.FILE
    if stat.S_ISDIR(mode):
        return EntryKind.FOLDER
    return EntryKind.LINK if stat.S_ISLNK(mode) else EntryKind.OTHER


def _kind_of_item(item: os.DirEntry[str]) -> EntryKind:
    if item.is_symlink():
        return EntryKind.LINK
    if item.is_dir(follow_symlinks=False):
        return EntryKind.FOLDER
    return EntryKind.FILE if item.is_file(follow_symlinks=False) else EntryKind.OTHER
