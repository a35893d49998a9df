"""Reports on this machine: streams, report files, the job summary, the step's outputs."""

import contextlib
import os
import stat
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import TextIO

from sekuire_gate.errors import PublishError

_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
_NEW_FILE = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
_FILE_MODE = 0o644  # a report is for later steps, which may run as another user
_FOLDER_MODE = 0o755


def to_stream(stream: TextIO) -> Callable[[str], None]:
    """Return what writes a text to a stream, at once.

    A reader who went away has what it wanted: that is no failed delivery.
    """

    def send(text: str) -> None:
        with contextlib.suppress(BrokenPipeError), _failing("to the console"):
            encoding = stream.encoding or "utf-8"
            stream.write(text.encode(encoding, "backslashreplace").decode(encoding))
            stream.flush()

    return send


def to_file(root: Path, path: str) -> Callable[[str], None]:
    """Return what writes a file below the root: a whole new one, or the old one stays.

    The checkout may be a stranger's: no link is followed on the way, the file itself included. Folders that are
    missing are created.

    Args:
        root: an absolute path.
        path: relative, without `..`.
    """

    def send(text: str) -> None:
        *folders, name = Path(path).parts or ("..",)
        if Path(path).is_absolute() or ".." in (*folders, name):
            raise _not_delivered(f"the report '{path}' is not written: it is not a path below the root.")
        with _failing(f"'{path}'"), _opened(root, folders) as folder:
            _refuse_other_than_file(folder, name)
            _replace(folder, name, text.encode())

    return send


def to_end_of(path: Path) -> Callable[[str], None]:
    """Return what appends to a file of the runner: the job summary."""

    def send(text: str) -> None:
        with _failing(f"'{path}'"), path.open("a", encoding="utf-8", newline="") as file:
            file.write(text)

    return send


def to_outputs(path: Path) -> Callable[[Mapping[str, str]], None]:
    """Return what appends the step's outputs to the runner's file."""

    def send(values: Mapping[str, str]) -> None:
        # Brings uuid, which is not needed outside of Actions.
        from actions_toolkit.file_command import prepare_key_value_message  # noqa: PLC0415

        to_end_of(path)("".join(f"{prepare_key_value_message(name, value)}\n" for name, value in values.items()))

    return send


@contextlib.contextmanager
def _opened(root: Path, folders: list[str]) -> Iterator[int]:
    """Open the folder below the root, each step on its own and never over a link; create what is missing."""
    here = os.open(root, _FOLDER)
    try:
        for folder in folders:
            with contextlib.suppress(FileExistsError):
                os.mkdir(folder, _FOLDER_MODE, dir_fd=here)
            below = os.open(folder, _FOLDER, dir_fd=here)
            os.close(here)
            here = below
        yield here
    finally:
        os.close(here)


def _refuse_other_than_file(folder: int, name: str) -> None:
    with contextlib.suppress(FileNotFoundError):
        if not stat.S_ISREG(os.stat(name, dir_fd=folder, follow_symlinks=False).st_mode):
            raise OSError(f"'{name}' is a link, a folder or of another kind")


def _replace(folder: int, name: str, data: bytes) -> None:
    """Write beside the file, then rename: a reader sees the old report or the new one."""
    temporary = f".sekuire-gate-{os.urandom(8).hex()}.tmp"
    try:
        with os.fdopen(os.open(temporary, _NEW_FILE, _FILE_MODE, dir_fd=folder), "wb") as file:
            file.write(data)
        os.replace(temporary, name, src_dir_fd=folder, dst_dir_fd=folder)
    except OSError:
        with contextlib.suppress(OSError):
            os.unlink(temporary, dir_fd=folder)
        raise


@contextlib.contextmanager
def _failing(where: str) -> Iterator[None]:
    """Turn what the system says into a `PublishError`.

    Raises:
        PublishError: the body raised an `OSError`, or a text or path that cannot be encoded.
    """
    try:
        yield
    except BrokenPipeError:
        raise
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise _not_delivered(f"a report is not delivered {where}: {reason}.") from error


def _not_delivered(message: str) -> PublishError:
    return PublishError(message, kind="publish.failed", fix="The verdict stands; mend the path or its permissions.")
