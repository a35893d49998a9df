"""How a path of the policy matches a path (docs/protocol.md 3.1, "Paths")."""

import posixpath


def normal(path: str) -> str | None:
    """Return a path with `.`, `..` and empty parts resolved; None where a relative one leaves its folder."""
    # Two leading slashes are one: POSIX leaves their meaning open, and normpath keeps them.
    shortened = posixpath.normpath(f"/{path.lstrip('/')}" if path.startswith("/") else path)
    return None if shortened == ".." or shortened.startswith("../") else shortened


def matches(pattern: str, path: str) -> bool:
    """Whether a pattern covers a path: `/tmp/*` that folder and all below, `/tmp*` a prefix, else itself.

    Args:
        pattern: as the policy writes it.
        path: as `normal` gives it.
    """
    if not pattern.endswith("*"):
        return normal(pattern) == path
    prefix = pattern[:-1]
    return path.startswith(prefix) or (prefix.endswith("/") and path == prefix.rstrip("/"))


def extension(path: str) -> str:
    """Return the extension of a path that names a file, its dot included; "" where the last part has none."""
    return posixpath.splitext(path)[1]
