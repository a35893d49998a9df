"""A policy document is proven, step by step; then, and only then, its content is read (docs/protocol.md 2).

The order of the steps is the order in which problems are reported (docs/contract.md 4). Every step raises or goes
on: there is no boolean to forget.
"""

from collections.abc import Iterable

from sekuire_gate.canonical import blake3_hex, canonical_bytes
from sekuire_gate.errors import PolicyTrustError
from sekuire_gate.model.policy import Policy, PolicyLabel, PolicyProof, Trust
from sekuire_gate.trust import ed25519
from sekuire_gate.trust.anchor import Anchor, PinnedKey
from sekuire_gate.trust.content import read_content
from sekuire_gate.trust.envelope import SignedPolicy
from sekuire_gate.trust.message import signed_message
from sekuire_gate.trust.version import is_version, version_is_older

_USABLE_STATUS = "active"
_SHOWN_CHARACTERS = 64  # of a status, which may be of any length


def verify_policy(signed: SignedPolicy, anchor: Anchor) -> Policy:
    """Prove that a document is the workspace's policy, and read what it permits.

    Raises:
        PolicyTrustError: hash, key, signature, status, workspace or version does not hold.
        PolicyFormatError: all of them hold, but the content is not a policy.
    """
    # (1) The content is the one whose hash the document states.
    _check_hash(signed)
    # (2) There is a signature, by a key that the workflow trusts; the document's own key proves nothing.
    # (3) The signature covers id, version and that hash, so that id, version and content are the signer's words.
    key = _verified_key(signed, anchor)
    # (4) What stands beside the signature is no reason to trust; where it is wrong, it is reason to refuse.
    _check_status(signed)
    _check_workspace(signed, anchor)
    # (5) An old policy stays well signed for ever: only its version tells.
    _check_version(signed, anchor)
    # (6) From here on the content is the workspace's own, and is looked into.
    return read_content(signed.content, _proof(signed, key, _trust(key, anchor)), _label(signed))


def inspect_policy(signed: SignedPolicy) -> Policy:
    """Read a document's content to show it, not to judge by it: only the hash is checked.

    Raises:
        PolicyTrustError: the content is not the one whose hash the document states.
        PolicyFormatError: the content is not a policy.
    """
    _check_hash(signed)
    return read_content(signed.content, _proof(signed, None, Trust.UNVERIFIED), _label(signed))


def _check_hash(signed: SignedPolicy) -> None:
    # The content was read without doubt, so writing it anew gives the one text that was hashed.
    got = blake3_hex(canonical_bytes(signed.content))
    if got != signed.hash:
        raise PolicyTrustError(
            f"the policy's content is not what its hash says: expected {signed.hash}, got {got}.",
            kind="policy.hash_mismatch",
            fix="The document was changed after it was made, or made by a program that writes JSON differently. "
            "Fetch it again; if that does not help, publish the policy again and find out who changed it.",
        )


def _verified_key(signed: SignedPolicy, anchor: Anchor) -> bytes | None:
    """Return the key that verified the signature, or None where an unsigned document is accepted."""
    if signed.signature is None:
        if anchor.unsafe_allow_unsigned and not anchor.pins:
            return None
        raise PolicyTrustError(
            "the policy has no signature.",
            kind="policy.signature_missing",
            fix="Publish it from a workspace that signs. To accept it as it is, at your own risk, set "
            "unsafe-allow-unsigned: true (without trusted-keys).",
        )
    message = signed_message(signed.policy_id, signed.version, signed.hash)
    keys = _trusted_keys(signed, anchor)
    for key in keys:
        if ed25519.verify(key, bytes.fromhex(signed.signature), message):
            return key
    raise PolicyTrustError(
        f"the signature does not fit the policy '{signed.policy_id}', version '{signed.version}' and its hash: "
        f"expected one by {_any_of(map(ed25519.fingerprint, keys))}.",
        kind="policy.signature_invalid",
        fix="Do not use this document. Fetch it again; if that does not help, publish the policy again and find out "
        "who changed id, version, hash or signature.",
    )


def _trusted_keys(signed: SignedPolicy, anchor: Anchor) -> tuple[bytes, ...]:
    """Choose the keys to verify with, at least one (docs/protocol.md 2.3)."""
    embedded = bytes.fromhex(signed.signing_public_key) if signed.signing_public_key is not None else None
    if not anchor.pins:
        if anchor.unsafe_trust_embedded_key and embedded is not None:
            return (embedded,)
        raise _key_not_pinned(signed)
    counting = _counting_pins(signed.signing_key_id, anchor.pins)
    if not counting:
        raise _key_mismatch(
            f"{_key_id_words(signed)}, and no pin counts for it: expected {_any_of(map(_pin_words, anchor.pins))}."
        )
    if embedded is None:
        return tuple(pin.public_key for pin in counting)
    if all(pin.public_key != embedded for pin in counting):
        raise _key_mismatch(
            f"{_key_id_words(signed)} and is signed by another key than pinned: "
            f"expected {_any_of(map(_pin_words, counting))}, got {ed25519.fingerprint(embedded)}."
        )
    return (embedded,)


def _counting_pins(key_id: str | None, pins: tuple[PinnedKey, ...]) -> tuple[PinnedKey, ...]:
    # A pinned id binds: were bare pins tried beside it, one trusted key could speak in the name of another.
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


def _check_status(signed: SignedPolicy) -> None:
    if signed.status != _USABLE_STATUS:
        raise PolicyTrustError(
            f"the policy's status is '{signed.status[:_SHOWN_CHARACTERS]}', expected '{_USABLE_STATUS}'.",
            kind="policy.not_active",
            fix="Activate a policy in the workspace, and fetch that one.",
        )


def _check_workspace(signed: SignedPolicy, anchor: Anchor) -> None:
    if anchor.workspace_id is not None and signed.workspace_id != anchor.workspace_id:
        raise PolicyTrustError(
            f"the policy is of workspace '{signed.workspace_id}', expected '{anchor.workspace_id}'.",
            kind="policy.wrong_workspace",
            fix="Correct workspace-id, or use this workspace's own policy.",
        )


def _check_version(signed: SignedPolicy, anchor: Anchor) -> None:
    if anchor.min_version is None:
        return
    expected = f"expected '{anchor.min_version}' or higher"
    if not is_version(signed.version):
        raise _rollback(f"the policy's version '{signed.version}' is not made of dotted whole numbers, {expected}.")
    if version_is_older(signed.version, than=anchor.min_version):
        raise _rollback(f"the policy's version is '{signed.version}', {expected}.")


def _rollback(message: str) -> PolicyTrustError:
    return PolicyTrustError(
        message,
        kind="policy.rollback",
        fix="An older policy may have been put in place of the current one. Publish and fetch a current version, "
        "or lower min-policy-version if the workspace went back on purpose.",
    )


def _trust(key: bytes | None, anchor: Anchor) -> Trust:
    if key is None:
        return Trust.UNSIGNED
    return Trust.PINNED if anchor.pins else Trust.EMBEDDED


def _proof(signed: SignedPolicy, key: bytes | None, trust: Trust) -> PolicyProof:
    return PolicyProof(
        policy_id=signed.policy_id,
        version=signed.version,
        content_hash=signed.hash,
        key_fingerprint=None if key is None else ed25519.fingerprint(key),
        trust=trust,
        source=signed.source,
    )


def _label(signed: SignedPolicy) -> PolicyLabel:
    return PolicyLabel(signed.workspace_id, signed.status, signed.signing_key_id, signed.activated_at)


def _key_id_words(signed: SignedPolicy) -> str:
    if signed.signing_key_id is None:
        return "the policy names no signing key"
    return f"the policy names the signing key '{signed.signing_key_id}'"


def _pin_words(pin: PinnedKey) -> str:
    shown = ed25519.fingerprint(pin.public_key)
    return shown if pin.key_id is None else f"'{pin.key_id}' {shown}"


def _any_of(names: Iterable[str]) -> str:
    return " or ".join(names)
