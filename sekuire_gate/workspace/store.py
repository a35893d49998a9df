"""A workspace as a folder that a person can read (docs/contract.md 2).

    workspace.json     the workspace's id, and the id that its policy has in every version
    key                the signing key
    policies/V.json    version V, the very bytes that are served
    active             which version is served

A publication writes the new document first and moves the pointer last, each by renaming a finished file, so that
whoever reads sees the old version or the new one, whenever the writer is killed. What a killed writer leaves
behind is taken back by the next publication.
"""

import fcntl
import json
import os
import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sekuire_gate import canonical
from sekuire_gate.canonical import Value
from sekuire_gate.errors import PolicyError, SettingsError
from sekuire_gate.model.policy import PolicyProof, Source
from sekuire_gate.trust.anchor import Anchor, PinnedKey
from sekuire_gate.trust.answer import MAX_POLICY_BYTES
from sekuire_gate.trust.envelope import read_envelope
from sekuire_gate.trust.message import is_plain_id, is_workspace_id
from sekuire_gate.trust.verify import verify_policy
from sekuire_gate.workspace.keys import WorkspaceKey, load_key
from sekuire_gate.workspace.sign import Title, sign_document

_WHOLE_NUMBER = re.compile(r"0|[1-9][0-9]*")
_NEW_DOCUMENT = "policies/.new"  # a document that is being written
_NEW_POINTER = ".active"  # the pointer to a version that was never active yet; ends in a line feed once it is whole


@dataclass(frozen=True, slots=True)
class Workspace:
    """An embedded workspace that exists on disk."""

    directory: Path
    workspace_id: str
    policy_id: str

    @property
    def key(self) -> WorkspaceKey:
        """The signing key, read anew.

        Raises:
            SettingsError: the key file is missing or is none.
        """
        return load_key(self.directory / "key")

    def active_version(self) -> str | None:
        """Return the version that is served, or None before the first publication.

        Raises:
            SettingsError: the pointer cannot be read, or does not hold a version.
        """
        pointer = self.directory / "active"
        try:
            version = pointer.read_bytes().removesuffix(b"\n").decode("ascii", "replace")
        except FileNotFoundError:
            return None
        except OSError as error:
            raise _unreadable(pointer, error) from error
        if not is_plain_id(version):
            raise _broken(pointer, "a version, and nothing else")
        return version

    def active_document(self) -> bytes | None:
        """Return the bytes of the active document as they stand on disk, or None before the first publication.

        Raises:
            SettingsError: the pointer or the document cannot be read.
        """
        version = self.active_version()
        if version is None:
            return None
        path = self._document(version)
        try:
            return path.read_bytes()
        except OSError as error:
            raise _unreadable(path, error) from error

    def publish(self, content: bytes, now: datetime, *, version: str | None = None) -> PolicyProof:
        """Sign content as a version and make it active; two publications at once happen one after the other.

        Args:
            content: JSON text, as a person wrote it.
            now: the time of activation, in UTC.
            version: a plain id that no version has yet; None: the highest whole number + 1, from 1.

        Raises:
            SettingsError: `config.usage`, the content is something that the gate itself would refuse, the version
                exists or is no plain id, or the folder cannot be written; `config.workspace`, it is damaged.
        """
        if version is not None and not is_plain_id(version):
            raise _usage(f"'{version}' is no version.", "Use 1 to 128 of the characters A-Z, a-z, 0-9, '.', '_', '-'.")
        value = _read_content(content)
        key = self.key
        with self._alone():
            self._take_back_unfinished()
            version = version or self._next_version()
            if os.path.lexists(self._document(version)):
                raise _usage(f"version '{version}' exists already.", "Choose another version, or leave --version out.")
            document = sign_document(value, Title(self.policy_id, version, self.workspace_id), key, now)
            proof = _verified(document, self.workspace_id, key)
            self._activate(version, document)
        return proof

    def _document(self, version: str) -> Path:
        return self.directory / "policies" / f"{version}.json"

    def _next_version(self) -> str:
        names = (path.name.removesuffix(".json") for path in (self.directory / "policies").glob("*.json"))
        version = str(max((int(name) for name in names if _WHOLE_NUMBER.fullmatch(name)), default=0) + 1)
        if not is_plain_id(version):
            raise _usage("the highest version leaves no room for a higher one.", "Name a version with --version.")
        return version

    def _activate(self, version: str, document: bytes) -> None:
        # (1) The document, whole and on the disk, under a name that nobody reads.
        new_document = self.directory / _NEW_DOCUMENT
        _write_durably(new_document, document)
        # (2) What is about to become active: with it, a kill between (3) and (4) can be told from a finished version.
        new_pointer = self.directory / _NEW_POINTER
        _write_durably(new_pointer, f"{version}\n".encode())
        _sync_folder(self.directory)
        # (3) The document under its own name, before anything points at it.
        new_document.replace(self._document(version))
        _sync_folder(self.directory / "policies")
        # (4) The pointer, in one step: from here on the new version is the active one.
        new_pointer.replace(self.directory / "active")
        _sync_folder(self.directory)

    def _take_back_unfinished(self) -> None:
        """Remove a version whose writer was killed before it became active: its number is free again."""
        new_pointer = self.directory / _NEW_POINTER
        if not new_pointer.exists():
            return
        written = new_pointer.read_bytes().decode("ascii", "replace")
        version = written.removesuffix("\n")
        if written.endswith("\n") and is_plain_id(version) and version != self.active_version():
            self._document(version).unlink(missing_ok=True)
        new_pointer.unlink()

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """Hold the folder against other publications; the system lets go of it when the process ends, however."""
        try:
            descriptor = os.open(self.directory, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX)
                yield
            finally:
                os.close(descriptor)
        except OSError as error:
            raise _usage(
                f"the workspace '{self.directory}' cannot be written: {error.strerror}.",
                "Check the folder and its rights.",
            ) from error


def create_workspace(directory: Path, workspace_id: str) -> Workspace:
    """Make a workspace with a fresh key in a folder that is new or empty.

    Raises:
        SettingsError: `config.workspace`, the id is none; `config.usage`, the folder is not empty or cannot be made.
    """
    if not is_workspace_id(workspace_id):
        raise SettingsError(
            f"'{workspace_id}' is no workspace id.",
            kind="config.workspace",
            fix="Use 1 to 128 of the characters A-Z, a-z, 0-9, '.', '_', '-'.",
        )
    workspace = Workspace(directory, workspace_id, f"policy_{secrets.token_hex(8)}")
    try:
        directory.mkdir(parents=True, exist_ok=True)
        if any(directory.iterdir()):
            raise _usage(f"'{directory}' is not empty.", "Name a folder that is empty or does not exist yet.")
        WorkspaceKey.generate().save(directory / "key")
        (directory / "policies").mkdir()
        ids = {"workspace_id": workspace.workspace_id, "policy_id": workspace.policy_id}
        _write_durably(directory / "workspace.json", json.dumps(ids, indent=2).encode() + b"\n")
        _sync_folder(directory)
    except OSError as error:
        raise _usage(f"'{directory}' cannot be made: {error.strerror}.", "Name a folder that you may write.") from error
    return workspace


def open_workspace(directory: Path) -> Workspace:
    """Open a workspace that `create_workspace` made.

    Raises:
        SettingsError: `config.workspace`, the folder is none, or its `workspace.json` is not as it was written.
    """
    path = directory / "workspace.json"
    try:
        root = canonical.read(canonical.decode(path.read_bytes()))
    except OSError as error:
        raise _unreadable(path, error) from error
    except ValueError as error:
        raise _broken(path, "a JSON object") from error
    match canonical.plain(root.root):
        case {"workspace_id": str(workspace_id), "policy_id": str(policy_id), **rest} if not (rest or root.doubts):
            if is_workspace_id(workspace_id) and is_plain_id(policy_id):
                return Workspace(directory, workspace_id, policy_id)
    raise _broken(path, "the ids 'workspace_id' and 'policy_id', and nothing else")


def _read_content(content: bytes) -> Value:
    try:
        text = canonical.decode(content)
        document = canonical.read(text)
    except json.JSONDecodeError as error:
        raise _usage(
            f"the content is not JSON: {error.msg} at line {error.lineno}, column {error.colno}.", "Correct that place."
        ) from error
    except UnicodeDecodeError as error:
        raise _usage(
            f"the content is not plain UTF-8: {error.reason} at byte {error.start}.", "Save it as UTF-8 without BOM."
        ) from error
    if document.doubts:
        doubt = document.doubts[0]
        line, column = canonical.line_and_column(text, doubt.start)
        raise _usage(
            f"the content can be read in two ways: {doubt.kind.value}, at line {line}, column {column}.",
            "Change that place.",
        )
    return document.root


def _verified(document: bytes, workspace_id: str, key: WorkspaceKey) -> PolicyProof:
    """Verify our own work as the gate will: what it would refuse is not published."""
    if len(document) > MAX_POLICY_BYTES:
        raise _usage(
            "the signed policy would be larger than 1 MiB, which the gate refuses.", "Make the content smaller."
        )
    anchor = Anchor(pins=(PinnedKey(key.key_id, key.public_key),), workspace_id=workspace_id)
    try:
        return verify_policy(read_envelope(document, Source.FILE), anchor).proof
    except PolicyError as error:
        raise _usage(f"the gate would refuse this content: {error.message}", error.fix) from error


def _write_durably(path: Path, data: bytes) -> None:
    with path.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def _sync_folder(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _usage(message: str, fix: str) -> SettingsError:
    return SettingsError(message, kind="config.usage", fix=fix)


def _unreadable(path: Path, error: OSError) -> SettingsError:
    return SettingsError(
        f"'{path}' of the workspace cannot be read: {error.strerror}.",
        kind="config.workspace",
        fix="Name a folder that 'sekuire-gate workspace init' made.",
    )


def _broken(path: Path, expected: str) -> SettingsError:
    return SettingsError(
        f"'{path}' of the workspace does not hold {expected}.",
        kind="config.workspace",
        fix="Put the file back as it was, or make a new workspace.",
    )
