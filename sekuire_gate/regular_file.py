"""A file that a stranger may have put there is read: a regular one, no more of it than is wanted, without waiting."""

import os
import stat
from pathlib import Path


def read_regular_file(path: Path, limit: int, *, follow_links: bool = True) -> bytes | None:
    """Return a file's bytes, or None where it is no regular file.

    Args:
        path: where it is.
        limit: bytes; of a longer file one byte more is returned, which tells that it is too large.
        follow_links: without it a link in the file's own place is an error of the system (`errno.ELOOP`).

    Raises:
        OSError: it cannot be opened or read.
        ValueError: the path holds NUL.
    """
    # A pipe without a writer would be waited for, for ever; opened like this it can be looked at and refused.
    how = os.O_NONBLOCK | (0 if follow_links else os.O_NOFOLLOW)
    with open(path, "rb", opener=lambda name, flags: os.open(name, flags | how)) as file:
        if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
            return None
        return file.read(limit + 1)
