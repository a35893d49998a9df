"""The lock file: pins, workspace and lowest version, reviewed like any other lock file (docs/contract.md 3).

A pull request may bring its own, so nothing in it is believed before it has its one form; and what it says can only
narrow what the workflow accepts. It holds workspace and host because no signature covers them.
"""

import errno
import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from json import JSONDecodeError
from pathlib import Path

from sekuire_gate import canonical
from sekuire_gate.canonical import Document
from sekuire_gate.errors import SettingsError
from sekuire_gate.regular_file import read_regular_file
from sekuire_gate.trust.address import policy_address
from sekuire_gate.trust.anchor import LockedVersion, PinnedKey, pins_of
from sekuire_gate.trust.message import is_workspace_id
from sekuire_gate.trust.version import is_version

DEFAULT_LOCK_FILE = "sekuire.lock"
MAX_LOCK_BYTES = 65_536  # 64 KiB: hundreds of keys

_FORMAT = 1
_FIELDS = ("version", "workspace_id", "api_host", "trusted_keys", "policy_version", "policy_hash", "locked_at")
_HASH = re.compile(r"[0-9a-f]{64}")
_CONFLICT = re.compile(r"^(?:<{7}|={7}|>{7})", re.MULTILINE)
_SHOWN_CHARACTERS = 64  # of a key that nobody knows

_PIN_FORM = "64 lower-case hex digits, or id=hex; ' until=YYYY-MM-DD' may end it"
_MAKE_ANEW = "Restore it from the main branch, or delete it and run 'sekuire-gate lock'."


@dataclass(frozen=True, slots=True)
class Lock:
    """What a lock file says."""

    workspace_id: str
    api_host: str  # `host:port`; compared with the address that is asked, never used as one
    pins: tuple[PinnedKey, ...]  # at least one
    locked: LockedVersion
    locked_at: datetime  # in UTC, to the second; for people


def read_lock(path: Path, *, accept_test_keys: bool) -> Lock:
    """Read a lock file.

    Args:
        path: of a regular file, no link.
        accept_test_keys: as for `read_pins`.

    Raises:
        SettingsError: `config.lock_file`, it cannot be read, or is not exactly what `lock_text` writes but for white
            space and the order of keys; `config.weak_key`, it pins a weak or well-known key.
    """
    try:
        return _lock(_fields(_document(_text(_read(path)))), accept_test_keys=accept_test_keys)
    except _RefusedError as error:
        raise SettingsError(
            f"the lock file '{path}' {error.what}.", kind=error.kind, fix=error.fix
        ) from error.__cause__


def lock_text(lock: Lock) -> str:
    """Write a lock file's text; the same lock gives the same bytes."""
    fields = {
        "version": _FORMAT,
        "workspace_id": lock.workspace_id,
        "api_host": lock.api_host,
        "trusted_keys": [pin.line for pin in lock.pins],
        "policy_version": lock.locked.version,
        "policy_hash": lock.locked.content_hash,
        "locked_at": _written(lock.locked_at),
    }
    return json.dumps(fields, indent=2) + "\n"


class _RefusedError(Exception):
    """What is wrong with the file, in words that follow its name; never leaves this module."""

    def __init__(self, what: str, fix: str = _MAKE_ANEW, *, kind: str = "config.lock_file") -> None:
        super().__init__(what)
        self.what = what
        self.fix = fix
        self.kind = kind


def _read(path: Path) -> bytes:
    try:
        raw = read_regular_file(path, MAX_LOCK_BYTES, follow_links=False)  # a link could lead out of the checkout
    except OSError as error:
        if error.errno == errno.ELOOP:
            raise _RefusedError("is a link, expected the file itself") from error
        fix = "Name the file that 'sekuire-gate lock' wrote; where there is none yet, run it."
        raise _RefusedError(f"cannot be read: {error.strerror or 'unknown reason'}", fix) from error
    except ValueError as error:
        raise _RefusedError("cannot be read: its name holds NUL", "Correct lock-file.") from error
    if raw is None:
        raise _RefusedError("is not a regular file")
    if len(raw) > MAX_LOCK_BYTES:
        raise _RefusedError(f"is over {MAX_LOCK_BYTES:,} bytes")
    return raw


def _text(raw: bytes) -> str:
    try:
        return canonical.decode(raw)
    except UnicodeDecodeError as error:
        raise _RefusedError(f"is not plain UTF-8: {error.reason} at byte {error.start}") from error


def _document(text: str) -> Document:
    if conflict := _CONFLICT.search(text):
        raise _RefusedError(
            f"holds an unresolved merge conflict, at line {canonical.line_and_column(text, conflict.start())[0]}",
            "Take the side whose keys and version were reviewed, or take the main branch's and run 'sekuire-gate lock "
            "--update'.",
        )
    try:
        document = canonical.read(text)
    except JSONDecodeError as error:
        raise _RefusedError(f"is not JSON: {error.msg} at line {error.lineno}, column {error.colno}") from error
    if document.doubts:
        doubt = document.doubts[0]
        line, column = canonical.line_and_column(text, doubt.start)
        raise _RefusedError(f"can be read in two ways: {doubt.kind.value}, at line {line}, column {column}")
    return document


def _fields(document: Document) -> dict[str, object]:
    """Return the values by name, each there and none besides."""
    fields = canonical.plain(document.root)
    if not isinstance(fields, dict):
        raise _RefusedError("is not a JSON object")
    # First of all: in another format other names may be right.
    if type(fields.get("version")) is not int or fields["version"] != _FORMAT:
        raise _RefusedError(
            f"is not of format version {_FORMAT}, as its 'version' has to say",
            "Update sekuire-gate where a newer one wrote the file; else restore the file from the main branch.",
        )
    for name in _FIELDS:
        if name not in fields:
            raise _RefusedError(f"has no '{name}'")
    for name in fields:
        if name not in _FIELDS:
            raise _RefusedError(f"has a key '{name[:_SHOWN_CHARACTERS]}', which no lock file has")
    return fields


def _lock(fields: dict[str, object], *, accept_test_keys: bool) -> Lock:
    workspace_id = _text_of(fields, "workspace_id", is_workspace_id, "a workspace's id")
    api_host = _text_of(fields, "api_host", _is_api_host, "host:port in lower case, as in api.sekuire.ai:443")
    pins = _pins(fields["trusted_keys"], accept_test_keys=accept_test_keys)
    version = _text_of(fields, "policy_version", is_version, "text of dotted whole numbers")
    content_hash = _text_of(fields, "policy_hash", _is_hash, "64 lower-case hex digits")
    locked_at = _text_of(fields, "locked_at", _is_time, "a time in UTC, as in 2026-01-02T03:04:05Z")
    return Lock(workspace_id, api_host, pins, LockedVersion(version, content_hash), datetime.fromisoformat(locked_at))


def _text_of(fields: dict[str, object], name: str, has_form: Callable[[str], bool], form: str) -> str:
    text = fields[name]
    if not isinstance(text, str) or not has_form(text):
        raise _RefusedError(f"has a '{name}' that is not {form}")
    return text


def _is_api_host(text: str) -> bool:
    """Whether this is how `PolicyAddress.authority` writes a host: then it can be compared as it is."""
    try:
        return policy_address(f"https://{text}", "-", allow_loopback_http=False).authority == text
    except SettingsError:
        return False


def _is_hash(text: str) -> bool:
    return _HASH.fullmatch(text) is not None


def _is_time(text: str) -> bool:
    try:
        return _written(datetime.fromisoformat(text)) == text
    except ValueError:
        return False


def _written(time: datetime) -> str:
    return f"{time.replace(tzinfo=None).isoformat(timespec='seconds')}Z"


def _pins(lines: object, *, accept_test_keys: bool) -> tuple[PinnedKey, ...]:
    if not isinstance(lines, list) or not lines or not all(isinstance(line, str) for line in lines):
        raise _RefusedError("has 'trusted_keys' that are not a list of keys, at least one")
    entries = [(f"trusted_keys[{index}]", line) for index, line in enumerate(lines)]
    try:
        pins = pins_of(entries, accept_test_keys=accept_test_keys)
    except SettingsError as error:
        is_weak = error.kind == "config.weak_key"
        raise _RefusedError(
            f"pins what cannot be pinned: {error.message.removesuffix('.')}",
            error.fix if is_weak else _MAKE_ANEW,
            kind=error.kind if is_weak else "config.lock_file",
        ) from error
    for (place, line), pin in zip(entries, pins, strict=True):
        if line != pin.line:
            raise _RefusedError(f"pins what cannot be pinned: {place} is not written as {_PIN_FORM}")
    return pins
