"""The files of one run: each opened once, and together no more than a limit."""

from sekuire_gate.errors import DefinitionError
from sekuire_gate.model.source import start_of
from sekuire_gate.parse.folder import EntryKind, Folder, shown_path
from sekuire_gate.parse.tree import MAX_DEFINITION_BYTES

MAX_TOTAL_BYTES = 67_108_864  # 64 MiB, definitions and what they name together

# How a file begins that a checkout left without its content, and how long such a file may be.
# https://github.com/git-lfs/git-lfs/blob/main/docs/spec.md
_LFS_POINTER = b"version https://git-lfs.github.com/spec/"
_MAX_LFS_POINTER = 1_024  # bytes


class Files:
    """Reads below the root; what was read once is not opened again, so that no file is two."""

    def __init__(self, folder: Folder) -> None:
        """Keep the folder; nothing is read yet."""
        self._folder = folder
        self._read: dict[str, bytes] = {}
        self._left = MAX_TOTAL_BYTES

    def read(self, path: str) -> bytes:
        """Return the bytes of a file.

        Args:
            path: relative to the root, `/` between folders; at most `MAX_DEFINITION_BYTES` are read.

        Raises:
            DefinitionError: there is no such file, it is no regular one or behind a link, it is a pointer of
                Git LFS, it is over 1 MiB, or all files together are over 64 MiB.
        """
        if path not in self._read:
            data = self._folder.read(path, limit=MAX_DEFINITION_BYTES)
            if data.startswith(_LFS_POINTER) and len(data) < _MAX_LFS_POINTER:
                raise _lfs_pointer(path)
            if len(data) > self._left:
                raise DefinitionError(
                    f"'{path}' brings the definitions and the files they name over 64 MiB together.",
                    kind="definition.too_large",
                    at=start_of(path),
                    fix="Leave folders out with 'exclude', or check them in several runs.",
                )
            self._left -= len(data)
            self._read[path] = data
        return self._read[path]

    def kind(self, path: str) -> EntryKind | None:
        """Return what a path stands for, without opening it; None where nothing is there.

        Raises:
            DefinitionError: it leaves the root, a folder on the way is a link, or it cannot be looked at.
        """
        return self._folder.kind(path)


def refuse_missing(files: Files, path: str) -> None:
    """Refuse a file that a person named and that is not there, as a search for definitions does.

    Raises:
        DefinitionError: `definition.no_match`; what `Files.kind` raises.
    """
    if files.kind(path) is None:
        raise DefinitionError(
            f"there is no file '{shown_path(path)}'.",
            kind="definition.no_match",
            fix="Correct the path; it is relative to the working directory.",
        )


def _lfs_pointer(path: str) -> DefinitionError:
    return DefinitionError(
        f"'{path}' is a pointer of Git LFS, without the file's content.",
        kind="definition.not_regular",
        at=start_of(path),
        fix="Fetch the content: 'lfs: true' for actions/checkout, else 'git lfs pull'.",
    )
