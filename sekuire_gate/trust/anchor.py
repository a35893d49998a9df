"""What a policy must prove: the pinned keys, the workspace and the lowest version (docs/protocol.md 2.3)."""

import re
from base64 import b64decode, b64encode
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from sekuire_gate.errors import SettingsError
from sekuire_gate.trust.ed25519 import PUBLIC_KEY_BYTES, KeyFlaw, key_flaw
from sekuire_gate.trust.message import is_plain_id
from sekuire_gate.trust.public_test_keys import public_test_key

_BLANKS = re.compile(r"[ \t]+")
MAX_PINS = 64  # each is tried where a document does not bring its key

_COMMENT = re.compile(r"(?:^|[ \t])#.*")
_HEX_KEY = re.compile(r"[0-9a-f]{64}")
_BASE64_KEY = re.compile(r"[A-Za-z0-9+/=]{44}")
_LAST_DAY = re.compile(r"until=([0-9]{4})-([0-9]{2})-([0-9]{2})")

_KEY_FORMS = "64 lower-case hex digits or 44 characters of base64"
_LINE_FORMS = f"Write one key a line: {_KEY_FORMS}, or id=key; ' until=YYYY-MM-DD' may end it; '#' begins a comment."
_WEAK = {KeyFlaw.SMALL_ORDER, KeyFlaw.MIXED_ORDER}


@dataclass(frozen=True, slots=True)
class PinnedKey:
    """A public key that the workflow trusts to sign policies."""

    key_id: str | None  # counts only for documents that name this id; None: for any
    public_key: bytes  # 32 raw bytes without a flaw
    last_day: date | None = None  # in UTC, the last on which it counts; None: for ever

    def counts_on(self, today: date) -> bool:
        """Whether its last day is not over."""
        return self.last_day is None or today <= self.last_day

    def days_left(self, today: date) -> int | None:
        """Return the whole days after today on which it still counts, 0 on the last; None where it has no last day."""
        return None if self.last_day is None else (self.last_day - today).days

    @property
    def line(self) -> str:
        """The pin in its one spelling, as a line for `trusted-keys`: `id=hex until=YYYY-MM-DD`."""
        name = "" if self.key_id is None else f"{self.key_id}="
        end = "" if self.last_day is None else f" until={self.last_day.isoformat()}"
        return f"{name}{self.public_key.hex()}{end}"


@dataclass(frozen=True, slots=True)
class LockedVersion:
    """The version that a lock file names: none lower is accepted, and of this one only this content."""

    version: str  # dotted whole numbers
    content_hash: str  # 64 lower-case hex digits


@dataclass(frozen=True, slots=True)
class Anchor:
    """What a policy must prove before it is believed; the weaker choices begin with `unsafe_`."""

    pins: tuple[PinnedKey, ...] = ()  # no id twice, and no key with two last days
    workspace_id: str | None = None  # None: any workspace
    min_version: str | None = None  # dotted whole numbers; None: any version
    set_aside: tuple[PinnedKey, ...] = ()  # the lock file's, where `pins` came in their place; they count for nothing
    locked: LockedVersion | None = None  # beside `min_version`: both bind; None: no lock file
    today: date = date.max  # in UTC; left out, no pin that has a last day counts
    unsafe_trust_embedded_key: bool = False  # without pins, verify with the document's own key: integrity, not origin
    unsafe_allow_unsigned: bool = False  # without pins, accept a document that has no signature


def read_pins(lines: str, *, accept_test_keys: bool = False) -> tuple[PinnedKey, ...]:
    """Read the text of `trusted-keys`: one pin a line (docs/contract.md 3).

    Args:
        lines: `id=key` or a bare key, and for a key that is to be replaced ` until=YYYY-MM-DD`.
        accept_test_keys: pin keys whose private half is public, as tests against a server on this machine do.

    Raises:
        SettingsError: as `pins_of`. The line is named by its number: what stands there may be a secret pasted by
            mistake.
    """
    numbered = (
        (number, _COMMENT.sub("", line).strip(" \t\r")) for number, line in enumerate(lines.split("\n"), start=1)
    )
    entries = ((f"line {number} of trusted-keys", entry) for number, entry in numbered if entry)
    return pins_of(entries, accept_test_keys=accept_test_keys)


def pins_of(entries: Iterable[tuple[str, str]], *, accept_test_keys: bool) -> tuple[PinnedKey, ...]:
    """Read pins, wherever they are written.

    Args:
        entries: each with the words for its place; no comment, no blanks around it.
        accept_test_keys: as for `read_pins`.

    Raises:
        SettingsError: `config.trusted_key`, an entry that is no pin, an id twice, a key with two last days, or over
            `MAX_PINS`; `config.weak_key`, a key under which signatures prove nothing, or that everybody can sign with.
    """
    return tuple(_pins(entries, accept_test_keys=accept_test_keys))


def _pins(entries: Iterable[tuple[str, str]], *, accept_test_keys: bool) -> Iterator[PinnedKey]:
    ids: dict[str, str] = {}
    last_days: dict[bytes, tuple[date | None, str]] = {}
    for number, (place, entry) in enumerate(entries, start=1):
        if number > MAX_PINS:
            raise _refused(place, f"is one more than {MAX_PINS}", "Keep the keys that may still sign.")
        pin = _pin(entry, place, accept_test_keys=accept_test_keys)
        if pin.key_id is not None:
            if pin.key_id in ids:
                raise _refused(
                    place, f"pins '{pin.key_id}' a second time, after {ids[pin.key_id]}", "Keep one of them."
                )
            ids[pin.key_id] = place
        # The id in a document is not signed: whoever serves it would choose when the key ends.
        last_day, first = last_days.setdefault(pin.public_key, (pin.last_day, place))
        if pin.last_day != last_day:
            raise _refused(
                place, f"pins the key of {first} with another last day", "Give one key one last day, or none."
            )
        yield pin


def _pin(entry: str, place: str, *, accept_test_keys: bool) -> PinnedKey:
    pin, *end = _BLANKS.split(entry)
    key_id, key = _parted(pin, place)
    public_key = _public_key(key, place, accept_test_keys=accept_test_keys)
    return PinnedKey(key_id, public_key, _last_day(end, place))


def _parted(pin: str, place: str) -> tuple[str | None, str]:
    # A bare key first: base64 ends in '=', which would look like an id without a key.
    if _HEX_KEY.fullmatch(pin) or _BASE64_KEY.fullmatch(pin):
        return None, pin
    key_id, equals, key = pin.partition("=")
    if not equals:
        return None, pin
    if not is_plain_id(key_id):
        raise _refused(place, "has an id that is not 1 to 128 of the characters A-Z, a-z, 0-9, '.', '_', '-'")
    return key_id, key


def _last_day(end: list[str], place: str) -> date | None:
    """Read what stands after the key: nothing, or its last day."""
    if not end:
        return None
    match = _LAST_DAY.fullmatch(end[0])
    if len(end) > 1 or match is None:
        raise _refused(place, "has an end that is not 'until=YYYY-MM-DD', once")
    try:
        return date(*map(int, match.groups()))
    except ValueError as error:
        raise _refused(
            place, f"ends with 'until={match[1]}-{match[2]}-{match[3]}', a day that no calendar has"
        ) from error


def _public_key(text: str, place: str, *, accept_test_keys: bool) -> bytes:
    if _HEX_KEY.fullmatch(text):
        public_key = bytes.fromhex(text)
    elif _HEX_KEY.fullmatch(text.lower()):
        raise _refused(place, "holds upper-case hex digits", "Write the key's hex digits in lower case.")
    elif _BASE64_KEY.fullmatch(text):
        public_key = _from_base64(text, place)
    else:
        raise _refused(place, f"is not a key: expected {_KEY_FORMS}, got {len(text)} characters")
    _refuse_weak(public_key, place, accept_test_keys=accept_test_keys)
    return public_key


def _refuse_weak(public_key: bytes, place: str, *, accept_test_keys: bool) -> None:
    flaw = key_flaw(public_key)
    known = public_test_key(public_key)
    if flaw not in _WEAK and known and not (accept_test_keys and flaw is None):
        fix = "Pin the key that your dashboard shows."
        if flaw is None:
            fix += " A test key is accepted with allow-loopback-http alone."
        raise _refused(place, f"pins {known}", fix, kind="config.weak_key")
    if flaw is not None:
        kind = "config.weak_key" if flaw in _WEAK else "config.trusted_key"
        raise _refused(place, f"holds a key that {flaw.value}", "Pin the key that your dashboard shows.", kind=kind)


def _from_base64(text: str, place: str) -> bytes:
    try:
        public_key = b64decode(text, validate=True)
    except ValueError as error:
        raise _refused(place, "is not base64") from error
    # Encode again and compare: the last character has unused bits, so that a key would have four spellings.
    if len(public_key) != PUBLIC_KEY_BYTES or b64encode(public_key).decode() != text:
        raise _refused(place, f"is not the canonical base64 of {PUBLIC_KEY_BYTES} bytes")
    return public_key


def _refused(place: str, what: str, fix: str = _LINE_FORMS, *, kind: str = "config.trusted_key") -> SettingsError:
    return SettingsError(f"{place} {what}.", kind=kind, fix=fix)
