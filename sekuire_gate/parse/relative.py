"""Paths that a definition names, relative to its folder (docs/protocol.md 4)."""

import posixpath


def beside(definition: str, written: str) -> str:
    """Return the path from the root that a definition means; an absolute one stays, for the folder to refuse.

    `..` is resolved here only where it leads the path: the folders above a definition are known to be no links.
    Behind a folder that the path itself names it stays, and is gone through as the system would.

    Args:
        definition: the definition's path from the root.
        written: the path, relative to the definition's folder.
    """
    if written.startswith("/"):
        return written
    *folders, _ = definition.split("/")
    segments = [segment for segment in written.split("/") if segment not in {"", "."}]
    while segments and segments[0] == ".." and folders:
        del segments[0], folders[-1]
    return "/".join(folders + segments)


def normal(path: str) -> str:
    """Return the path as reports name it; to be read, it is given to the folder as it is."""
    return posixpath.normpath(path)
