"""A policy document is proven, step by step; then, and only then, its content is read (docs/protocol.md 2).

The order of the steps is the order in which problems are reported (docs/contract.md 4). Every step raises or goes
on: there is no boolean to forget.
"""

from typing import NamedTuple

from sekuire_gate.canonical import blake3_hex, canonical_bytes
from sekuire_gate.errors import PolicyTrustError
from sekuire_gate.model.policy import Policy, PolicyLabel, PolicyProof, Trust
from sekuire_gate.trust import ed25519
from sekuire_gate.trust.anchor import Anchor, LockedVersion, PinnedKey
from sekuire_gate.trust.content import read_content
from sekuire_gate.trust.envelope import SignedPolicy
from sekuire_gate.trust.message import signed_message
from sekuire_gate.trust.pinning import any_of, key_expired, keys_to_try
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
    # (5) An old policy stays well signed for ever: only its version tells. And one version is one policy.
    _check_version(signed, anchor)
    # (6) From here on the content is the workspace's own, and is looked into.
    return read_content(signed.content, _proof(signed, key, _trust(key, anchor), anchor), _label(signed))


def inspect_policy(signed: SignedPolicy) -> Policy:
    """Read a document's content to show it, not to judge by it: only the hash is checked.

    Raises:
        PolicyTrustError: the content is not the one whose hash the document states.
        PolicyFormatError: the content is not a policy.
    """
    _check_hash(signed)
    return read_content(signed.content, _proof(signed, None, Trust.UNVERIFIED, Anchor()), _label(signed))


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


def _verified_key(signed: SignedPolicy, anchor: Anchor) -> PinnedKey | None:
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
    keys = keys_to_try(signed, anchor)
    for key in keys:
        if ed25519.verify(key.public_key, bytes.fromhex(signed.signature), message):
            if not key.counts_on(anchor.today):
                raise key_expired((key,), anchor.today)
            return key
    counting = (ed25519.fingerprint(key.public_key) for key in keys if key.counts_on(anchor.today))
    raise PolicyTrustError(
        f"the signature does not fit the policy '{signed.policy_id}', version '{signed.version}' and its hash: "
        f"expected one by {any_of(counting)}.",
        kind="policy.signature_invalid",
        fix="Do not use this document. Fetch it again; if that does not help, publish the policy again and find out "
        "who changed id, version, hash or signature.",
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
    least = _lowest_version(anchor)
    if least is None:
        return
    expected = f"expected '{least.version}' or higher, by {least.said_by}"
    if not is_version(signed.version):
        raise _rollback(
            f"the policy's version '{signed.version}' is not made of dotted whole numbers, {expected}.", least
        )
    if version_is_older(signed.version, than=least.version):
        raise _rollback(f"the policy's version is '{signed.version}', {expected}.", least)
    if anchor.locked is not None:
        _check_equivocation(signed, anchor.locked)


class _Least(NamedTuple):
    """The lowest version that will do, and what says so."""

    version: str
    said_by: str
    remedy: str


def _lowest_version(anchor: Anchor) -> _Least | None:
    """Return the higher of the two versions that may bind: the input's, the lock file's."""
    least, locked = None, None
    if anchor.min_version is not None:
        least = _Least(anchor.min_version, "min-policy-version", "lower min-policy-version")
    if anchor.locked is not None:
        locked = _Least(anchor.locked.version, "the lock file", "delete the lock file and make a new one")
    if least and locked:
        return least if version_is_older(locked.version, than=least.version) else locked
    return least or locked


def _rollback(message: str, least: _Least) -> PolicyTrustError:
    return PolicyTrustError(
        message,
        kind="policy.rollback",
        fix="An older policy may have been put in place of the current one. Publish and fetch a current version; if "
        f"the workspace went back on purpose, {least.remedy}.",
    )


def _check_equivocation(signed: SignedPolicy, locked: LockedVersion) -> None:
    # 1 and 1.0 are one version: neither is older than the other.
    if version_is_older(locked.version, than=signed.version) or signed.hash == locked.content_hash:
        return
    raise PolicyTrustError(
        f"two policies are signed as version '{locked.version}': the lock file is of the one with hash "
        f"{locked.content_hash}, got hash {signed.hash}.",
        kind="policy.equivocation",
        fix="Find out who published another policy under the same version. If it is the right one, publish it again "
        "under a higher version.",
    )


def _trust(key: PinnedKey | None, anchor: Anchor) -> Trust:
    if key is None:
        return Trust.UNSIGNED
    return Trust.PINNED if anchor.pins else Trust.EMBEDDED


def _proof(signed: SignedPolicy, key: PinnedKey | None, trust: Trust, anchor: Anchor) -> PolicyProof:
    return PolicyProof(
        policy_id=signed.policy_id,
        version=signed.version,
        content_hash=signed.hash,
        key_fingerprint=None if key is None else ed25519.fingerprint(key.public_key),
        trust=trust,
        source=signed.source,
        key_days_left=None if key is None else key.days_left(anchor.today),
        locked_version=_outrun(signed.version, anchor.locked),
        cached_seconds=signed.cached_seconds,
    )


def _outrun(version: str, locked: LockedVersion | None) -> str | None:
    """Return the locked version where this one is higher."""
    return locked.version if locked and version_is_older(locked.version, than=version) else None


def _label(signed: SignedPolicy) -> PolicyLabel:
    return PolicyLabel(signed.workspace_id, signed.status, signed.signing_key_id, signed.activated_at)
