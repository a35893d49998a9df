import json
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sekuire_gate.errors import PolicyError, PolicyFormatError, PolicyTrustError
from sekuire_gate.model.policy import Policy, PolicyLabel, PolicyProof, Source, Trust
from sekuire_gate.trust.anchor import Anchor, LockedVersion, PinnedKey, read_pins
from sekuire_gate.trust.ed25519 import fingerprint
from sekuire_gate.trust.envelope import SignedPolicy, read_envelope
from sekuire_gate.trust.verify import inspect_policy, verify_policy
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
BARE = PinnedKey(None, public_key())
STRANGERS_PIN = PinnedKey("key_2", public_key(STRANGER))
STRANGERS_BARE_PIN = PinnedKey(None, public_key(STRANGER))
ANCHOR = Anchor(pins=(PIN,), workspace_id="ws_1")
TODAY = date(2026, 7, 1)
YESTERDAY = TODAY - timedelta(days=1)
EMBEDDED = Anchor(unsafe_trust_embedded_key=True)
UNSIGNED = Anchor(unsafe_allow_unsigned=True)

# Signed once, and written out: signer and verifier cannot be wrong together.
KNOWN = rb"""{
  "policy_id": "policy_7f3a", "workspace_id": "ws_known", "version": "1.0.0", "status": "active",
  "hash": "5a7a6d8deaa4d11e270dc9d2a3ee81948d1942559a0b14e4f3f5aaa0a3f3b260",
  "content": {
    "description": "\u00e9 \u2028 \/ \u007f \" \\ \b\u0001",
    "rate_limits": {"per_agent": {"requests_per_minute": 60}},
    "agent": {
      "models": {"denied_models": ["gpt-3.5-turbo"], "allowed_models": ["gpt-4o", "claude-*"]},
      "capabilities": {"denied_tools": ["shell_exec"]}
    },
    "metadata": {"tiny": 0.00010, "ratio": 0.10, "big": 18446744073709551615, "low": -9223372036854775808}
  },
  "signature": "ac5db416c8da3393034a9bf5c97be0f7b04b9cfe00dbdf92150c903c36e57114c00dd074c485c30deffb2962f25b9fc60ea73a66b02f89486e799e972b79a903",
  "signing_key_id": "key_2026",
  "signing_public_key": "03a107bff3ce10be1d70dd18e74bc09967e4d6309ba50d5f1ddc8664125531b8",
  "activated_at": "2026-01-02T03:04:05Z", "updated_at": null
}"""  # noqa: E501 - a signature has no place to break
KNOWN_KEY = bytes.fromhex("03a107bff3ce10be1d70dd18e74bc09967e4d6309ba50d5f1ddc8664125531b8")


def envelope(document: Document) -> SignedPolicy:
    return read_envelope(as_bytes(document), Source.FETCHED)


def accepted(document: Document, anchor: Anchor = ANCHOR) -> PolicyProof:
    return verify_policy(envelope(document), anchor).proof


def refused(document: Document, anchor: Anchor = ANCHOR) -> PolicyTrustError:
    with pytest.raises(PolicyTrustError) as caught:
        verify_policy(envelope(document), anchor)
    return caught.value


def until(day: date, pin: PinnedKey) -> PinnedKey:
    return replace(pin, last_day=day)


def without(document: Document, *names: str) -> Document:
    return {name: value for name, value in document.items() if name not in names}


def test_a_document_signed_elsewhere_is_proven_and_read() -> None:
    anchor = Anchor(pins=(PinnedKey("key_2026", KNOWN_KEY),), workspace_id="ws_known", min_version="1")
    policy = verify_policy(read_envelope(KNOWN, Source.FILE), anchor)
    assert policy.proof == PolicyProof(
        policy_id="policy_7f3a",
        version="1.0.0",
        content_hash="5a7a6d8deaa4d11e270dc9d2a3ee81948d1942559a0b14e4f3f5aaa0a3f3b260",
        key_fingerprint="sha256:56475aa75463474c0285df5dbf2bcab73da651358839e9b77481b2eab107708c",
        trust=Trust.PINNED,
        source=Source.FILE,
    )
    assert policy.label == PolicyLabel("ws_known", "active", "key_2026", "2026-01-02T03:04:05Z")
    assert [entry.text for entry in policy.models.allowed[0]] == ["gpt-4o", "claude-*"]
    assert policy.rate_limits.requests_per_minute == 60


def test_a_document_as_the_sekuire_cli_saves_it_is_proven() -> None:
    fields = ("policy_id", "workspace_id", "version", "status", "hash", "content")
    optional = ("signature", "signing_key_id", "signing_public_key", "activated_at", "updated_at")
    document = dict.fromkeys([*fields, *optional]) | signed_document()
    saved = json.dumps(document, indent=2, ensure_ascii=False)
    assert '"updated_at": null' in saved
    assert verify_policy(read_envelope(saved.encode(), Source.FILE), ANCHOR).proof.trust is Trust.PINNED


class TestHash:
    def test_changed_content_does_not_fit_its_hash(self) -> None:
        tampered = signed_document() | {"content": {"agent": {"models": {"allowed_models": ["*"]}}}}
        error = refused(tampered)
        assert error.kind == "policy.hash_mismatch"
        assert content_hash(CONTENT) in error.message
        assert content_hash(tampered["content"]) in error.message

    def test_the_order_of_keys_and_the_spelling_of_text_change_no_hash(self) -> None:
        document = json.dumps(signed_document({"b": 1, "tools": {"blocked_tools": ["\u00e4"]}}), sort_keys=True)
        assert "\\u00e4" in document
        verify_policy(read_envelope(document.encode(), Source.FETCHED), ANCHOR)


class TestSignature:
    def test_content_that_was_changed_and_hashed_again_has_no_signature_that_fits(self) -> None:
        content = {"agent": {"models": {"allowed_models": ["*"]}}}
        tampered = signed_document() | {"content": content, "hash": content_hash(content)}
        assert refused(tampered).kind == "policy.signature_invalid"

    @pytest.mark.parametrize("field", ["policy_id", "version"])
    def test_what_the_signature_covers_cannot_be_changed(self, field: str) -> None:
        assert refused(signed_document() | {field: "9"}).kind == "policy.signature_invalid"

    def test_a_stripped_signature_is_refused_whatever_else_is_left(self) -> None:
        for names in (["signature"], ["signature", "signing_key_id"], ["signature", "signing_public_key"]):
            assert refused(without(signed_document(), *names)).kind == "policy.signature_missing"

    def test_a_colon_would_give_two_documents_one_signature_so_both_are_refused_by_shape(self) -> None:
        one, other = signed_document(policy_id="p", version="1:2"), signed_document(policy_id="p:1", version="2")
        assert one["signature"] == other["signature"]
        for document in (one, other):
            with pytest.raises(PolicyFormatError, match=r"'(version|policy_id)' of the policy is not 1 to 128"):
                envelope(document)


class TestPins:
    @pytest.mark.parametrize("pins", [(PIN,), (BARE,), (STRANGERS_PIN, PIN), (STRANGERS_BARE_PIN, BARE)])
    def test_the_pinned_key_is_believed(self, pins: tuple[PinnedKey, ...]) -> None:
        proof = accepted(signed_document(), Anchor(pins))
        assert (proof.trust, proof.key_fingerprint) == (Trust.PINNED, fingerprint(public_key()))

    @pytest.mark.parametrize("pins", [(PIN,), (BARE,), (STRANGERS_BARE_PIN, BARE), (STRANGERS_BARE_PIN, PIN)])
    def test_a_document_that_does_not_bring_its_key_is_tried_with_the_pins_that_count(
        self, pins: tuple[PinnedKey, ...]
    ) -> None:
        proof = accepted(without(signed_document(), "signing_public_key"), Anchor(pins))
        assert proof.key_fingerprint == fingerprint(public_key())

    def test_a_document_that_names_no_key_is_believed_by_a_bare_pin_only(self) -> None:
        document = without(signed_document(), "signing_key_id")
        assert accepted(document, Anchor((BARE,))).trust is Trust.PINNED
        assert refused(document, Anchor((PIN,))).kind == "policy.key_mismatch"

    @pytest.mark.parametrize(
        ("key_id", "pins"),
        [
            (KEY_ID, (PIN,)),
            (KEY_ID, (BARE,)),
            (KEY_ID, (PIN, STRANGERS_PIN)),
            (KEY_ID, (PIN, STRANGERS_BARE_PIN)),
            ("key_9", (PIN, STRANGERS_PIN)),
            ("KEY_1", (PIN,)),
        ],
        ids=[
            "replaced key",
            "replaced key under a bare pin",
            "another pinned key in the name of this one",
            "a bare pin in the name of a pinned id",
            "an id that nobody pinned",
            "an id of other case",
        ],
    )
    def test_another_key_than_pinned_is_refused_without_trying(self, key_id: str, pins: tuple[PinnedKey, ...]) -> None:
        error = refused(signed_document(key=STRANGER, signing_key_id=key_id), Anchor(pins))
        assert error.kind == "policy.key_mismatch"
        assert fingerprint(public_key()) in error.message

    @pytest.mark.parametrize(
        ("document", "of_the_lock"),
        [
            (signed_document(), (PIN,)),
            (signed_document(), (BARE,)),
            (signed_document(), (STRANGERS_PIN, PIN)),
            (without(signed_document(), "signing_key_id"), (BARE,)),
            (without(signed_document(), "signing_public_key"), (PIN,)),
        ],
        ids=["by id", "bare", "beside another", "without an id", "without its key"],
    )
    def test_a_key_that_the_lock_file_pins_and_the_inputs_do_not_is_said_to_be_set_aside(
        self, document: Document, of_the_lock: tuple[PinnedKey, ...]
    ) -> None:
        error = refused(document, Anchor((PinnedKey("key_3", public_key(STRANGER)),), set_aside=of_the_lock))
        assert error.kind == "policy.key_mismatch"
        assert error.message.endswith(" The lock file pins it, and its pins do not count while trusted-keys is given.")

    @pytest.mark.parametrize(
        ("document", "of_the_lock"),
        [
            (signed_document(), ()),
            (signed_document(), (STRANGERS_PIN,)),
            (signed_document(), (STRANGERS_BARE_PIN,)),
            (signed_document(), (PinnedKey(KEY_ID, public_key(STRANGER)), BARE)),
            (signed_document(), (PinnedKey("key_2", public_key()),)),
            (without(signed_document(), "signing_key_id"), (STRANGERS_BARE_PIN,)),
            (without(signed_document(), "signing_key_id"), (PIN,)),
            (without(signed_document(), "signing_public_key"), (BARE,)),
        ],
        ids=[
            "no lock file", "another key", "another key, bare", "another key under its id", "under another id",
            "no id, and another bare key", "no id, and pinned by one", "a key that is not shown",
        ],
    )  # fmt: skip
    def test_the_lock_file_is_not_named_where_its_pins_would_not_count_either(
        self, document: Document, of_the_lock: tuple[PinnedKey, ...]
    ) -> None:
        error = refused(document, Anchor((PinnedKey("key_3", public_key(STRANGER)),), set_aside=of_the_lock))
        assert error.kind == "policy.key_mismatch"
        assert "lock file" not in error.message

    def test_pins_that_are_set_aside_verify_nothing(self) -> None:
        hidden = without(signed_document(), "signing_public_key")
        anchor = Anchor((STRANGERS_BARE_PIN,), set_aside=(PIN, BARE))
        assert refused(signed_document(), anchor).kind == "policy.key_mismatch"
        assert refused(hidden, anchor).kind == "policy.signature_invalid"

    def test_the_right_key_under_anothers_name_is_refused(self) -> None:
        document = signed_document(signing_key_id="key_2")
        assert refused(document, Anchor((PIN, STRANGERS_PIN))).kind == "policy.key_mismatch"
        assert refused(without(document, "signing_public_key"), Anchor((PIN,))).kind == "policy.key_mismatch"

    @pytest.mark.parametrize("pins", [(PIN,), (BARE,), (PIN, STRANGERS_BARE_PIN)])
    def test_a_stranger_who_hides_the_key_fits_no_pin(self, pins: tuple[PinnedKey, ...]) -> None:
        document = without(signed_document(key=STRANGER), "signing_public_key")
        assert refused(document, Anchor(pins)).kind == "policy.signature_invalid"

    def test_a_stranger_who_names_the_pinned_key_has_no_signature_that_fits(self) -> None:
        document = signed_document(key=STRANGER, signing_public_key=public_key().hex())
        assert refused(document).kind == "policy.signature_invalid"

    def test_pins_are_stronger_than_the_unsafe_switches(self) -> None:
        anchor = Anchor((PIN,), unsafe_trust_embedded_key=True, unsafe_allow_unsigned=True)
        assert refused(signed_document(key=STRANGER), anchor).kind == "policy.key_mismatch"
        assert refused(without(signed_document(), "signature"), anchor).kind == "policy.signature_missing"


class TestLastDay:
    @pytest.mark.parametrize("days", [0, 1, 14, 400])
    @pytest.mark.parametrize("pin", [PIN, BARE], ids=["by id", "bare"])
    @pytest.mark.parametrize("field", ["signing_public_key", "updated_at"], ids=["key hidden", "key shown"])
    def test_up_to_its_last_day_a_pin_counts_and_the_days_left_are_told(
        self, days: int, pin: PinnedKey, field: str
    ) -> None:
        anchor = Anchor((until(TODAY + timedelta(days), pin),), today=TODAY)
        assert accepted(without(signed_document(), field), anchor).key_days_left == days

    @pytest.mark.parametrize(
        "pins",
        [
            (until(YESTERDAY, PIN),),
            (until(YESTERDAY, BARE),),
            (until(YESTERDAY, PIN), STRANGERS_PIN),
            (until(YESTERDAY, PIN), STRANGERS_BARE_PIN),
            (until(YESTERDAY, PIN), BARE),
            (until(YESTERDAY, BARE), STRANGERS_BARE_PIN),
        ],
        ids=[
            "by id",
            "bare",
            "beside another id",
            "beside a bare pin",
            "beside its own bare pin",
            "bare, beside another",
        ],
    )
    @pytest.mark.parametrize("field", ["signing_public_key", "updated_at"], ids=["key hidden", "key shown"])
    def test_after_its_last_day_a_pin_no_longer_counts_and_its_id_is_nobody_elses(
        self, pins: tuple[PinnedKey, ...], field: str
    ) -> None:
        error = refused(without(signed_document(), field), Anchor(pins, today=TODAY))
        assert error.kind == "policy.key_expired"
        assert f"{fingerprint(public_key())} counted until 2026-06-30, and today is 2026-07-01 (UTC)" in error.message
        assert "dashboard" in error.fix

    def test_a_stranger_who_takes_the_id_of_an_expired_pin_is_refused_with_a_trusted_key_too(self) -> None:
        pins = (until(YESTERDAY, PIN), STRANGERS_BARE_PIN)
        document = signed_document(key=STRANGER)
        assert refused(document, Anchor(pins, today=TODAY)).kind == "policy.key_mismatch"
        hidden = without(document, "signing_public_key")
        assert refused(hidden, Anchor(pins, today=TODAY)).kind == "policy.key_expired"

    def test_a_new_key_beside_the_expired_one_is_believed(self) -> None:
        pins = (until(YESTERDAY, BARE), STRANGERS_BARE_PIN)
        document = signed_document(key=STRANGER)
        assert accepted(document, Anchor(pins, today=TODAY)).key_days_left is None
        hidden = without(document, "signing_public_key")
        assert accepted(hidden, Anchor(pins, today=TODAY)).key_fingerprint == fingerprint(public_key(STRANGER))

    def test_of_two_keys_the_days_left_are_those_of_the_one_that_signed(self) -> None:
        pins = (until(TODAY, STRANGERS_BARE_PIN), until(TODAY + timedelta(3), BARE))
        document = without(signed_document(), "signing_public_key")
        assert accepted(document, Anchor(pins, today=TODAY)).key_days_left == 3

    def test_expiry_is_a_matter_of_the_key_and_comes_before_the_signature(self) -> None:
        anchor = Anchor((until(YESTERDAY, PIN),), today=TODAY)
        forged = signed_document(key=STRANGER, signing_public_key=public_key().hex())
        assert refused(forged, anchor).kind == "policy.key_expired"
        assert refused(without(signed_document(), "signature"), anchor).kind == "policy.signature_missing"
        assert refused(signed_document(key=STRANGER), anchor).kind == "policy.key_mismatch"

    def test_a_signature_that_no_key_fits_names_only_keys_that_count(self) -> None:
        anchor = Anchor((until(YESTERDAY, BARE), STRANGERS_BARE_PIN), today=TODAY)
        document = without(signed_document() | {"version": "4"}, "signing_public_key")
        error = refused(document, anchor)
        assert error.kind == "policy.signature_invalid"
        assert fingerprint(public_key(STRANGER)) in error.message
        assert fingerprint(public_key()) not in error.message

    def test_where_nobody_tells_the_day_a_pin_with_a_last_day_does_not_count(self) -> None:
        assert refused(signed_document(), Anchor((until(date(9999, 1, 1), PIN),))).kind == "policy.key_expired"


class TestNoPins:
    def test_without_a_pin_the_line_to_paste_is_told_and_works(self) -> None:
        error = refused(signed_document(), Anchor())
        line = error.fix.rpartition(" ")[2]
        assert (error.kind, line) == ("policy.key_not_pinned", f"{KEY_ID}={public_key().hex()}")
        assert "ompare it with your dashboard first" in error.fix
        assert accepted(signed_document(), Anchor(read_pins(line))).trust is Trust.PINNED

    def test_without_a_key_id_the_line_is_the_bare_key(self) -> None:
        error = refused(without(signed_document(), "signing_key_id"), Anchor())
        assert error.fix.rpartition(" ")[2] == public_key().hex()

    @pytest.mark.parametrize("anchor", [Anchor(), EMBEDDED, UNSIGNED], ids=["plain", "embedded", "unsigned"])
    def test_a_document_that_does_not_bring_its_key_is_not_pinned_and_there_is_no_line(self, anchor: Anchor) -> None:
        error = refused(without(signed_document(), "signing_public_key"), anchor)
        assert error.kind == "policy.key_not_pinned"
        assert "does not bring its key" in error.message

    def test_the_key_inside_the_document_is_used_only_when_asked_for(self) -> None:
        proof = accepted(signed_document(key=STRANGER), EMBEDDED)
        assert (proof.trust, proof.key_fingerprint) == (Trust.EMBEDDED, fingerprint(public_key(STRANGER)))

    def test_a_weak_key_inside_the_document_verifies_nothing(self) -> None:
        neutral = "01" + 31 * "00"
        document = signed_document(signing_public_key=neutral) | {"signature": neutral + 32 * "00"}
        assert refused(document, EMBEDDED).kind == "policy.signature_invalid"

    def test_a_document_without_signature_is_accepted_only_when_asked_for(self) -> None:
        document = without(signed_document(), "signature")
        proof = accepted(document, UNSIGNED)
        assert (proof.trust, proof.key_fingerprint) == (Trust.UNSIGNED, None)
        assert refused(document, EMBEDDED).kind == "policy.signature_missing"

    def test_a_signature_is_verified_even_where_none_is_asked_for(self) -> None:
        assert refused(signed_document(), UNSIGNED).kind == "policy.key_not_pinned"
        both = Anchor(unsafe_trust_embedded_key=True, unsafe_allow_unsigned=True)
        assert refused(signed_document() | {"version": "4"}, both).kind == "policy.signature_invalid"


class TestLabel:
    @pytest.mark.parametrize("status", ["draft", "superseded", "Active", "active ", "", "x" * 100_000])
    def test_a_status_other_than_active_is_refused(self, status: str) -> None:
        error = refused(signed_document(status=status))
        assert error.kind == "policy.not_active"
        assert "expected 'active'" in error.message
        assert len(error.message) < 200

    def test_another_workspace_is_refused_by_name(self) -> None:
        error = refused(signed_document(workspace_id="ws_2"))
        assert error.kind == "policy.wrong_workspace"
        assert "'ws_2', expected 'ws_1'" in error.message

    def test_any_workspace_will_do_where_none_is_asked_for(self) -> None:
        policy = verify_policy(envelope(signed_document(workspace_id="ws_2")), Anchor((PIN,)))
        assert policy.label.workspace_id == "ws_2"

    @pytest.mark.parametrize(
        ("version", "least"), [("3", "4"), ("9", "10"), ("1.9", "1.10"), ("v9", "1"), ("9-rc", "1")]
    )
    def test_a_version_that_is_lower_or_not_dotted_numbers_is_a_rollback(self, version: str, least: str) -> None:
        error = refused(signed_document(version=version), Anchor((PIN,), min_version=least))
        assert error.kind == "policy.rollback"
        assert f"'{version}'" in error.message
        assert f"'{least}' or higher" in error.message

    @pytest.mark.parametrize(("version", "least"), [("4", "4"), ("1", "1.0"), ("10", "9"), ("v9", None)])
    def test_any_other_version_will_do(self, version: str, least: str | None) -> None:
        proof = accepted(signed_document(version=version), Anchor((PIN,), min_version=least))
        assert proof.version == version


def locked(version: str, content: object = CONTENT, **fields: Any) -> Anchor:  # noqa: ANN401 - as dataclasses.replace
    return replace(ANCHOR, locked=LockedVersion(version, content_hash(content)), **fields)


class TestLock:
    @pytest.mark.parametrize(
        ("version", "lock"), [("3", "4"), ("9", "10"), ("1.9", "1.10"), ("v9", "1"), ("9-rc", "1")]
    )
    def test_a_version_lower_than_the_locks_or_not_dotted_numbers_is_a_rollback(self, version: str, lock: str) -> None:
        error = refused(signed_document(version=version), locked(lock))
        assert error.kind == "policy.rollback"
        assert f"'{version}'" in error.message
        assert f"expected '{lock}' or higher, by the lock file." in error.message

    @pytest.mark.parametrize(("version", "lock"), [("4", "4"), ("1", "1.0"), ("1.0.0", "1"), ("01", "1")])
    def test_the_locked_version_passes_with_its_own_content_and_no_other(self, version: str, lock: str) -> None:
        assert accepted(signed_document(version=version), locked(lock)).locked_version is None
        another = {"agent": {"models": {"allowed_models": ["*"]}}}
        error = refused(signed_document(another, version=version), locked(lock))
        assert error.kind == "policy.equivocation"
        assert content_hash(CONTENT) in error.message
        assert content_hash(another) in error.message

    @pytest.mark.parametrize(("version", "lock"), [("9", "7"), ("10", "9"), ("1.0.1", "1"), ("2", "1.99")])
    def test_a_higher_version_passes_whatever_its_content_and_tells_how_far_the_lock_is_behind(
        self, version: str, lock: str
    ) -> None:
        for content in (CONTENT, {"tools": {"blocked_tools": ["x"]}}):
            assert accepted(signed_document(content, version=version), locked(lock)).locked_version == lock

    @pytest.mark.parametrize(
        ("least", "lock", "says", "remedy"),
        [
            ("5", "4", "'5' or higher, by min-policy-version", "lower min-policy-version."),
            ("5", None, "'5' or higher, by min-policy-version", "lower min-policy-version."),
            ("4", "5", "'5' or higher, by the lock file", "delete the lock file and make a new one."),
            (None, "5", "'5' or higher, by the lock file", "delete the lock file and make a new one."),
            ("5", "5.0", "'5.0' or higher, by the lock file", "delete the lock file and make a new one."),
        ],
    )
    @pytest.mark.parametrize("version", ["3", "v9"], ids=["lower", "no version"])
    def test_of_lock_and_min_policy_version_the_higher_binds_and_is_named_with_its_remedy(
        self, least: str | None, lock: str | None, says: str, remedy: str, version: str
    ) -> None:
        anchor = locked(lock, min_version=least) if lock else replace(ANCHOR, min_version=least)
        error = refused(signed_document(version=version), anchor)
        assert error.kind == "policy.rollback"
        assert says in error.message
        assert error.fix.endswith(f"if the workspace went back on purpose, {remedy}")

    def test_the_locked_version_itself_may_be_below_the_lowest_that_is_asked_for(self) -> None:
        assert refused(signed_document(version="4"), locked("4", min_version="5")).kind == "policy.rollback"

    def test_a_document_of_the_cache_says_how_old_it_is(self) -> None:
        signed = replace(envelope(signed_document()), cached_seconds=61)
        assert verify_policy(signed, ANCHOR).proof.cached_seconds == 61


def test_problems_are_reported_in_the_documented_order() -> None:
    """Each repair brings the next problem to light."""
    content: Document = {"agent": {}}
    document = signed_document(content, workspace_id="ws_2", version="1", status="draft", key=STRANGER)
    broken = without(document, "signature") | {"hash": "0" * 64}
    anchor = locked("2", min_version="2")
    honest: Callable[..., Document] = lambda **fields: signed_document(content, **fields)  # noqa: E731 - one table below
    repaired = [
        (broken, "policy.hash_mismatch"),
        (broken | {"hash": content_hash(content)}, "policy.signature_missing"),
        (document, "policy.key_mismatch"),
        (document | {"signing_public_key": public_key().hex()}, "policy.signature_invalid"),
        (honest(workspace_id="ws_2", version="1", status="draft"), "policy.not_active"),
        (honest(workspace_id="ws_2", version="1"), "policy.wrong_workspace"),
        (honest(version="1"), "policy.rollback"),
        (honest(version="2"), "policy.equivocation"),
        (honest(version="3"), "policy.no_rules"),
    ]
    assert [refused(one, anchor).kind for one, _ in repaired] == [kind for _, kind in repaired]


def test_to_be_shown_a_document_needs_its_hash_and_says_that_nothing_is_verified() -> None:
    strange = signed_document(key=STRANGER, status="draft")
    policy = inspect_policy(envelope(strange))
    assert (policy.proof.trust, policy.proof.key_fingerprint) == (Trust.UNVERIFIED, None)
    assert policy.label.status == "draft"
    with pytest.raises(PolicyTrustError, match="expected 0000") as caught:
        inspect_policy(envelope(strange | {"hash": "0" * 64}))
    assert caught.value.kind == "policy.hash_mismatch"


def test_every_problem_says_what_to_do() -> None:
    errors = [
        refused(signed_document() | {"hash": "0" * 64}),
        refused(without(signed_document(), "signature")),
        refused(signed_document(), Anchor()),
        refused(signed_document(key=STRANGER)),
        refused(signed_document() | {"version": "4"}),
        refused(signed_document(status="draft")),
        refused(signed_document(workspace_id="ws_2")),
        refused(signed_document(), Anchor((PIN,), min_version="4")),
        refused(signed_document(), Anchor((until(YESTERDAY, PIN),), today=TODAY)),
        refused(signed_document(), locked("3", {})),
        refused(signed_document({})),
    ]
    assert all(error.message.endswith(".") and error.fix for error in errors)
    assert len({error.fix for error in errors}) == len(errors)


JSON_VALUES: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**64 - 1) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)


@settings(deadline=None)
@given(JSON_VALUES)
def test_any_content_that_is_really_signed_is_a_policy_or_a_policy_error(content: object) -> None:
    with suppress(PolicyError):
        assert isinstance(verify_policy(envelope(signed_document(content)), ANCHOR), Policy)


@settings(deadline=None, max_examples=300)
@given(st.data())
def test_a_signed_document_with_any_bytes_changed_is_the_same_policy_or_a_policy_error(data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(KNOWN)))
    end = data.draw(st.integers(start, min(len(KNOWN), start + 4)))
    changed = KNOWN[:start] + data.draw(st.binary(max_size=4)) + KNOWN[end:]
    anchor = Anchor(pins=(PinnedKey(None, KNOWN_KEY),), workspace_id="ws_known")
    honest = verify_policy(read_envelope(KNOWN, Source.FETCHED), anchor)
    with suppress(PolicyError):
        policy = verify_policy(read_envelope(changed, Source.FETCHED), anchor)
        assert (policy.proof, policy.models) == (honest.proof, honest.models)
