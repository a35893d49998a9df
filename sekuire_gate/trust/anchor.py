"""What a policy must prove: the pinned keys, the workspace and the lowest version (docs/protocol.md 2.3)."""

import re
from base64 import b64decode, b64encode
from collections.abc import Iterator
from dataclasses import dataclass

from sekuire_gate.errors import SettingsError
from sekuire_gate.trust.ed25519 import PUBLIC_KEY_BYTES, KeyFlaw, key_flaw
from sekuire_gate.trust.message import is_plain_id

_COMMENT = re.compile(r"(?:^|[ \t])#.*")
_HEX_KEY = re.compile(r"[0-9a-f]{64}")
_BASE64_KEY = re.compile(r"[A-Za-z0-9+/=]{44}")

_KEY_FORMS = "64 lower-case hex digits or 44 characters of base64"
_LINE_FORMS = f"Write one key a line: {_KEY_FORMS}, or id=key; '#' begins a comment."
_WEAK = {KeyFlaw.SMALL_ORDER, KeyFlaw.MIXED_ORDER}


@dataclass(frozen=True, slots=True)
class PinnedKey:
    """A public key that the workflow trusts to sign policies."""

    key_id: str | None  # counts only for documents that name this id; None: for any
    public_key: bytes  # 32 raw bytes without a flaw


@dataclass(frozen=True, slots=True)
class Anchor:
    """What a policy must prove before it is believed; the weaker choices begin with `unsafe_`."""

    pins: tuple[PinnedKey, ...] = ()  # no id twice
    workspace_id: str | None = None  # None: any workspace
    min_version: str | None = None  # dotted whole numbers; None: any version
    unsafe_trust_embedded_key: bool = False  # without pins, verify with the document's own key: integrity, not origin
    unsafe_allow_unsigned: bool = False  # without pins, accept a document that has no signature


def read_pins(lines: str) -> tuple[PinnedKey, ...]:
    """Read the text of `trusted-keys`: one pin a line (docs/contract.md 3).

    Raises:
        SettingsError: `config.trusted_key`, a line that is no key, or an id twice; `config.weak_key`, a key under
            which signatures prove nothing. The line is named by its number: what stands there may be a secret
            pasted by mistake.
    """
    return tuple(_pins(lines))


def _pins(lines: str) -> Iterator[PinnedKey]:
    seen: dict[str, int] = {}
    for number, line in enumerate(lines.split("\n"), start=1):
        entry = _COMMENT.sub("", line).strip(" \t\r")
        if not entry:
            continue
        pin = _pin(entry, number)
        if pin.key_id is not None and pin.key_id in seen:
            raise _refused(number, f"pins '{pin.key_id}', which line {seen[pin.key_id]} does too", "Keep one of them.")
        if pin.key_id is not None:
            seen[pin.key_id] = number
        yield pin


def _pin(entry: str, number: int) -> PinnedKey:
    # A bare key first: base64 ends in '=', which would look like an id without a key.
    if _HEX_KEY.fullmatch(entry) or _BASE64_KEY.fullmatch(entry):
        return PinnedKey(None, _public_key(entry, number))
    key_id, equals, key = entry.partition("=")
    if not equals:
        return PinnedKey(None, _public_key(entry, number))
    if not is_plain_id(key_id):
        raise _refused(number, "has an id that is not 1 to 128 of the characters A-Z, a-z, 0-9, '.', '_', '-'")
    return PinnedKey(key_id, _public_key(key, number))


def _public_key(text: str, number: int) -> bytes:
    if _HEX_KEY.fullmatch(text):
        public_key = bytes.fromhex(text)
    elif _HEX_KEY.fullmatch(text.lower()):
        raise _refused(number, "holds upper-case hex digits", "Write the key's hex digits in lower case.")
    elif _BASE64_KEY.fullmatch(text):
        public_key = _from_base64(text, number)
    else:
        raise _refused(number, f"is not a key: expected {_KEY_FORMS}, got {len(text)} characters")
    flaw = key_flaw(public_key)
    if flaw is not None:
        kind = "config.weak_key" if flaw in _WEAK else "config.trusted_key"
        raise _refused(number, f"holds a key that {flaw.value}", "Pin the key that your dashboard shows.", kind=kind)
    return public_key


def _from_base64(text: str, number: int) -> bytes:
    try:
        public_key = b64decode(text, validate=True)
    except ValueError as error:
        raise _refused(number, "is not base64") from error
    # Encode again and compare: the last character has unused bits, so that a key would have four spellings.
    if len(public_key) != PUBLIC_KEY_BYTES or b64encode(public_key).decode() != text:
        raise _refused(number, f"is not the canonical base64 of {PUBLIC_KEY_BYTES} bytes")
    return public_key


def _refused(number: int, what: str, fix: str = _LINE_FORMS, *, kind: str = "config.trusted_key") -> SettingsError:
    return SettingsError(f"line {number} of trusted-keys {what}.", kind=kind, fix=fix)
