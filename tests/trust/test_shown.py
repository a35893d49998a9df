"""A policy that is shown or compared: what has to hold of it, and what need not."""

from datetime import date

import pytest

from sekuire_gate.errors import PolicyTrustError
from sekuire_gate.model.policy import Policy, Source, Trust
from sekuire_gate.trust.anchor import Anchor, LockedVersion, PinnedKey
from sekuire_gate.trust.envelope import SignedPolicy, read_envelope
from sekuire_gate.trust.shown import former_policy, shown_policy
from tests.support.signing import (
    CONTENT,
    KEY_ID,
    STRANGER,
    Document,
    as_bytes,
    content_hash,
    public_key,
    signed_document,
)

PIN = PinnedKey(KEY_ID, public_key())
LOCKED = LockedVersion("3", content_hash(CONTENT))


def signed(document: Document) -> SignedPolicy:
    return read_envelope(as_bytes(document), Source.FILE)


@pytest.mark.parametrize(
    ("document", "anchor", "trust"),
    [
        (signed_document(), Anchor(), Trust.UNVERIFIED),
        (signed_document(), Anchor(pins=(PIN,)), Trust.PINNED),
        (signed_document(), Anchor(unsafe_trust_embedded_key=True), Trust.EMBEDDED),
        ({**signed_document(), "signature": None}, Anchor(unsafe_allow_unsigned=True), Trust.UNSIGNED),
        (signed_document(), Anchor(unsafe_allow_unsigned=True), Trust.UNVERIFIED),
    ],
    ids=["nothing said", "pinned", "embedded", "unsigned", "unsigned permitted, but signed"],
)
def test_a_policy_is_verified_wherever_something_is_said_of_whom_to_trust(
    document: Document, anchor: Anchor, trust: Trust
) -> None:
    assert shown_policy(signed(document), anchor).proof.trust is trust
    assert former_policy(signed(document), anchor).proof.trust is trust


def refused(policy: SignedPolicy, anchor: Anchor) -> str:
    with pytest.raises(PolicyTrustError) as caught:
        former_policy(policy, anchor)
    return caught.value.kind


def test_a_former_policy_may_be_older_than_what_is_accepted_now() -> None:
    anchor = Anchor(pins=(PIN,), min_version="9", locked=LockedVersion("8", "0" * 64))
    old = signed(signed_document())
    assert isinstance(former_policy(old, anchor), Policy)
    assert former_policy(signed(signed_document(version="draft-1")), anchor).proof.version == "draft-1"
    with pytest.raises(PolicyTrustError, match="version"):
        shown_policy(old, anchor)


@pytest.mark.parametrize("pin", [PIN, PinnedKey(None, public_key())], ids=["by id", "bare"])
def test_a_former_policy_may_be_signed_by_a_pin_that_has_ended_since(pin: PinnedKey) -> None:
    ended = PinnedKey(pin.key_id, pin.public_key, date(2026, 1, 1))
    anchor = Anchor(pins=(ended,), today=date(2026, 1, 2))
    policy = signed(signed_document())
    assert former_policy(policy, anchor).proof.trust is Trust.PINNED
    with pytest.raises(PolicyTrustError) as caught:
        shown_policy(policy, anchor)
    assert caught.value.kind == "policy.key_expired"
    stranger = signed(signed_document(key=STRANGER, signing_public_key=public_key().hex()))
    assert refused(stranger, anchor) == "policy.signature_invalid"


def test_a_former_policy_must_hold_in_everything_else() -> None:
    policy = signed(signed_document())
    assert refused(policy, Anchor(pins=(PinnedKey(KEY_ID, public_key(STRANGER)),))) == "policy.key_mismatch"
    assert refused(policy, Anchor(pins=(PIN,), workspace_id="ws_other")) == "policy.wrong_workspace"
    forged = signed({**signed_document(), "version": "4"})
    assert refused(forged, Anchor(pins=(PIN,))) == "policy.signature_invalid"
    assert refused(signed({**signed_document(), "hash": "0" * 64}), Anchor()) == "policy.hash_mismatch"


@pytest.mark.parametrize("version", ["3", "3.0"])
def test_a_former_policy_of_the_lock_files_version_has_the_lock_files_content(version: str) -> None:
    anchor = Anchor(pins=(PIN,), locked=LOCKED)
    assert isinstance(former_policy(signed(signed_document(version=version)), anchor), Policy)
    other = signed_document({"compliance": {"frameworks": ["X"]}}, version=version)
    assert refused(signed(other), anchor) == "policy.equivocation"
