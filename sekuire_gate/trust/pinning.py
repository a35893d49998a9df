"""Which keys a document may be signed by (docs/protocol.md 2.3)."""

from collections.abc import Iterable
from datetime import date

from sekuire_gate.errors import PolicyTrustError
from sekuire_gate.trust.anchor import Anchor, PinnedKey
from sekuire_gate.trust.ed25519 import fingerprint
from sekuire_gate.trust.envelope import SignedPolicy

_MAX_NAMED = 5


def keys_to_try(signed: SignedPolicy, anchor: Anchor) -> tuple[PinnedKey, ...]:
    """Choose the keys to verify with: at least one that counts today, then those past their last day.

    The latter are tried only to be named: whatever they verify is refused (`key_expired`).

    Raises:
        PolicyTrustError: `policy.key_not_pinned`, `policy.key_mismatch`, `policy.key_expired`: no key may be tried.
    """
    embedded = bytes.fromhex(signed.signing_public_key) if signed.signing_public_key is not None else None
    if not anchor.pins:
        if anchor.unsafe_trust_embedded_key and embedded is not None:
            return (PinnedKey(None, embedded),)
        raise _key_not_pinned(signed)
    bound = _bound_pins(signed.signing_key_id, anchor.pins)
    if not bound:
        raise _key_mismatch(
            f"{_key_id_words(signed)}, and no pin counts for it: expected {any_of(map(_pin_words, anchor.pins))}."
            f"{_set_aside_words(signed, anchor)}"
        )
    fitting = tuple(pin for pin in bound if embedded is None or pin.public_key == embedded)
    if embedded is not None and not fitting:
        raise _key_mismatch(
            f"{_key_id_words(signed)} and is signed by another key than pinned: "
            f"expected {any_of(map(_pin_words, bound))}, got {fingerprint(embedded)}.{_set_aside_words(signed, anchor)}"
        )
    counting = tuple(pin for pin in fitting if pin.counts_on(anchor.today))
    if not counting:
        raise key_expired(fitting, anchor.today)
    return (*counting, *(pin for pin in fitting if pin not in counting))


def key_expired(pins: Iterable[PinnedKey], today: date) -> PolicyTrustError:
    """Make the error for a document that only keys past their last day may have signed."""
    ended = any_of(f"{_pin_words(pin)} counted until {pin.last_day}" for pin in pins)
    return PolicyTrustError(
        f"no pin that may sign this policy counts any more: {ended}, and today is {today} (UTC).",
        kind="policy.key_expired",
        fix="Compare the workspace's present key with your dashboard and pin it; if this key is still to be used, give "
        "its pin a later last day.",
    )


def any_of(names: Iterable[str]) -> str:
    """Join names of which one will do; of many, the first few."""
    listed = list(names)
    more = len(listed) - _MAX_NAMED
    return " or ".join(listed[:_MAX_NAMED]) + (f" or one of {more} more" if more > 0 else "")


def _bound_pins(key_id: str | None, pins: tuple[PinnedKey, ...]) -> tuple[PinnedKey, ...]:
    # A pinned id binds, past its last day too: were bare pins tried beside it, one trusted key could speak in the
    # name of another, or for one that has ended.
    named = tuple(pin for pin in pins if key_id is not None and pin.key_id == key_id)
    return named or tuple(pin for pin in pins if pin.key_id is None)


def _key_not_pinned(signed: SignedPolicy) -> PolicyTrustError:
    if signed.signing_public_key is None:
        return PolicyTrustError(
            "no key is pinned, and the document does not bring its key.",
            kind="policy.key_not_pinned",
            fix="Copy the workspace's public key from your dashboard into trusted-keys, as id=key.",
        )
    line = "=".join(filter(None, (signed.signing_key_id, signed.signing_public_key)))
    return PolicyTrustError(
        "no key is pinned: the key inside the document proves that the document is whole, not whose it is.",
        kind="policy.key_not_pinned",
        fix=f"Compare it with your dashboard first, then add this line to trusted-keys: {line}",
    )


def _key_mismatch(message: str) -> PolicyTrustError:
    return PolicyTrustError(
        message,
        kind="policy.key_mismatch",
        fix="Do not use this document. If the workspace has a new key, compare it with your dashboard and pin it.",
    )


def _key_id_words(signed: SignedPolicy) -> str:
    if signed.signing_key_id is None:
        return "the policy names no signing key"
    return f"the policy names the signing key '{signed.signing_key_id}'"


def _set_aside_words(signed: SignedPolicy, anchor: Anchor) -> str:
    """Say so where the lock file's pins would count for the very key that is shown, or else for the id."""
    embedded = signed.signing_public_key
    for pin in _bound_pins(signed.signing_key_id, anchor.set_aside):
        if pin.public_key.hex() == embedded or (embedded is None and pin.key_id is not None):
            return " The lock file pins it, and its pins do not count while trusted-keys is given."
    return ""


def _pin_words(pin: PinnedKey) -> str:
    shown = fingerprint(pin.public_key)
    return shown if pin.key_id is None else f"'{pin.key_id}' {shown}"
