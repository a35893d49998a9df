"""A file is replaced in one step: a reader, and a crash at any moment, finds the old one or the new one."""

import os
from collections.abc import Iterator
from contextlib import suppress
from itertools import takewhile
from pathlib import Path
from time import time

ABANDONED_SECONDS = 3600  # writing takes a moment: a temporary file this old is a killed writer's

_NEW_FILE = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC
_PREFIX, _SUFFIX = ".sekuire-", ".tmp"


def replace_file(path: Path, data: bytes, *, mode: int = 0o600) -> None:
    """Write the whole data beside the file, then put it in the file's place.

    A link that stands there is replaced, not followed. The new file belongs to whom the folder belongs, where that can
    be: the superuser of a container writes for the runner's user, who comes back for it in a later step. What a killed
    writer has left in the folder is taken away once it is old enough to be nobody's.

    Args:
        path: its folder exists.
        data: all of the new file.
        mode: of the new file, whatever the umask; by default its owner alone may read it.

    Raises:
        OSError: it cannot be written; the old file stays.
        ValueError: the path holds NUL.
    """
    folder = path.parent
    # A name that no other writer has, so that two at once do not meet in one file.
    temporary = folder / f"{_PREFIX}{os.urandom(8).hex()}{_SUFFIX}"
    descriptor = os.open(temporary, _NEW_FILE, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            os.fchmod(file.fileno(), mode)
            _hand_over(file.fileno(), folder)
            file.write(data)
            file.flush()
            # Without it a crash of the machine could leave the new name with nothing behind it.
            os.fsync(file.fileno())
        temporary.replace(path)
    except BaseException:
        with suppress(OSError):
            temporary.unlink()
        raise
    # From here on the new file stands, so that nothing below is a failure to write it.
    with suppress(OSError):
        _sync(folder)
        for abandoned in _abandoned(folder):
            with suppress(OSError):
                abandoned.unlink()


def make_folder(folder: Path) -> None:
    """Make a folder for its owner alone, and what is missing above it; one that is there stays as it is.

    What is made belongs to whom the folder above it belongs, as in `replace_file`.

    Raises:
        OSError: it cannot be made, or is not a folder.
        ValueError: the path holds NUL.
    """
    missing = list(takewhile(lambda path: not path.is_dir(), (folder, *folder.parents)))
    for path in reversed(missing):
        path.mkdir(0o700)
        descriptor = os.open(path, _FOLDER | os.O_NOFOLLOW)
        try:
            _hand_over(descriptor, path.parent)
        finally:
            os.close(descriptor)


def _hand_over(descriptor: int, folder: Path) -> None:
    """Give what was just made to the owner of the folder it is in; most users can give nothing away, and need not."""
    with suppress(OSError):
        owner = folder.stat()
        os.fchown(descriptor, owner.st_uid, owner.st_gid)


def _sync(folder: Path) -> None:
    """Have the new name outlive a crash of the machine, too; a file system that cannot do so keeps the old one."""
    descriptor = os.open(folder, _FOLDER)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _abandoned(folder: Path) -> Iterator[Path]:
    oldest = time() - ABANDONED_SECONDS
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.name.startswith(_PREFIX) and entry.name.endswith(_SUFFIX):
                with suppress(OSError):
                    if entry.stat(follow_symlinks=False).st_mtime < oldest:
                        yield Path(entry.path)
