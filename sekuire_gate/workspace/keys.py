"""The workspace's signing key: made once, kept in one file, shown only by its public half (docs/contract.md 2).

The file `key` holds the 32 bytes of an Ed25519 seed as 64 lower-case hex digits and a line end, readable by its
owner alone.
"""

import os
import re
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from sekuire_gate.errors import SettingsError
from sekuire_gate.trust.ed25519 import fingerprint

_SEED_FILE = re.compile(rb"([0-9a-f]{64})\n?")
_KEY_ID_DIGITS = 16  # of the fingerprint: enough to tell keys apart, and short enough to read aloud


class WorkspaceKey:
    """An Ed25519 key that signs a workspace's policies; printing it shows the public half only."""

    __slots__ = ("_private", "key_id", "public_key")

    def __init__(self, private: Ed25519PrivateKey) -> None:
        """Take the key; its id follows from its public half."""
        self._private = private
        self.public_key = private.public_key().public_bytes_raw()  # 32 bytes
        self.key_id = f"key_{fingerprint(self.public_key).removeprefix('sha256:')[:_KEY_ID_DIGITS]}"

    @classmethod
    def generate(cls) -> "WorkspaceKey":
        """Make a fresh key, kept nowhere yet."""
        return cls(Ed25519PrivateKey.generate())

    @classmethod
    def from_seed(cls, seed: bytes) -> "WorkspaceKey":
        """Take a key that exists, by its seed of 32 bytes."""
        return cls(Ed25519PrivateKey.from_private_bytes(seed))

    @property
    def pin(self) -> str:
        """The public key as a line for `trusted-keys`: `key_id=hex`."""
        return f"{self.key_id}={self.public_key.hex()}"

    def sign(self, message: bytes) -> bytes:
        """Return the 64 bytes of the signature."""
        return self._private.sign(message)

    def save(self, path: Path) -> None:
        """Write the key to a new file of mode 0600, and see it onto the disk.

        Raises:
            OSError: it cannot be written, or something of that name exists: a key is never replaced.
        """
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(self._private.private_bytes_raw().hex().encode() + b"\n")
            file.flush()
            os.fsync(file.fileno())

    def __repr__(self) -> str:
        """Name the key by its id."""
        return f"WorkspaceKey({self.key_id})"


def load_key(path: Path) -> WorkspaceKey:
    """Read a key that `WorkspaceKey.save` wrote.

    Raises:
        SettingsError: `config.workspace`, the file is not there, cannot be read, or holds anything else.
    """
    try:
        with path.open("rb") as file:
            text = file.read(128)  # more than a key is long, so that a longer file is seen to be none
    except OSError as error:
        raise SettingsError(
            f"the workspace's key '{path}' cannot be read: {error.strerror}.",
            kind="config.workspace",
            fix="Name a folder that 'sekuire-gate workspace init' made.",
        ) from error
    match = _SEED_FILE.fullmatch(text)
    if match is None:
        raise SettingsError(
            f"'{path}' does not hold a workspace's key, expected 64 lower-case hex digits and nothing else.",
            kind="config.workspace",
            fix="Put the key back as 'sekuire-gate workspace init' wrote it, or make a new workspace.",
        )
    return WorkspaceKey.from_seed(bytes.fromhex(match[1].decode()))
