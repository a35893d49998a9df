import json
from hashlib import sha512

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from sekuire_gate.trust.ed25519 import KeyFlaw, fingerprint, key_flaw, verify
from tests.support.signing import KEY, STRANGER, public_key
from tests.support.vectors import vectors

ORDER = 2**252 + 27742317777372353535851937790883648493
NEUTRAL = "01" + 31 * "00"


def test_the_first_signature_of_rfc_8032_verifies() -> None:
    key = bytes.fromhex("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a")
    signature = bytes.fromhex(
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b"
    )
    assert verify(key, signature, b"")


def test_the_fingerprint_is_taken_over_the_raw_key() -> None:
    assert fingerprint(bytes(32)) == "sha256:66687aadf862bd776c8fc18b8e9f8e20089714856ee233b3902a591d0d5f2925"


def test_a_signature_fits_one_message_under_one_key() -> None:
    signature = KEY.sign(b"message")
    assert verify(public_key(), signature, b"message")
    assert not verify(public_key(), signature, b"massage")
    assert not verify(public_key(STRANGER), signature, b"message")


def test_the_same_signature_with_the_group_order_added_to_s_is_refused() -> None:
    signature = KEY.sign(b"message")
    s = int.from_bytes(signature[32:], "little") + ORDER
    assert not verify(public_key(), signature[:32] + s.to_bytes(32, "little"), b"message")


@pytest.mark.parametrize(("key", "signature"), [(31, 64), (33, 64), (32, 63), (32, 65), (0, 0)])
def test_another_length_never_verifies(key: int, signature: int) -> None:
    assert not verify(bytes(key), bytes(signature), b"")


def test_the_constant_signature_that_the_library_accepts_for_any_message_is_refused() -> None:
    key, signature = bytes.fromhex(NEUTRAL), bytes.fromhex(NEUTRAL) + bytes(32)
    Ed25519PublicKey.from_public_bytes(key).verify(signature, b"any message")
    assert not verify(key, signature, b"any message")


@pytest.mark.parametrize(
    "encoded",
    [
        NEUTRAL,
        31 * "00" + "00",
        31 * "00" + "80",
        "01" + 30 * "00" + "80",
        "ec" + 30 * "ff" + "7f",
        "ec" + 30 * "ff" + "ff",
        "ed" + 30 * "ff" + "7f",
        "ed" + 30 * "ff" + "ff",
        "ee" + 30 * "ff" + "7f",
        "ee" + 30 * "ff" + "ff",
        "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
        "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85",
        "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
        "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa",
    ],
)
def test_every_spelling_of_every_point_of_small_order_is_a_weak_key(encoded: str) -> None:
    assert key_flaw(bytes.fromhex(encoded)) is KeyFlaw.SMALL_ORDER


@pytest.mark.parametrize(
    ("encoded", "flaw"),
    [
        ("02" + 31 * "00", KeyFlaw.OFF_CURVE),
        (32 * "ff", KeyFlaw.NOT_CANONICAL),
        ("f0" + 30 * "ff" + "7f", KeyFlaw.NOT_CANONICAL),
        ("cdb267ce40c5cd45306fa5d2f29731459387dbf9eb933b7bd5aed9a765b88d4d", KeyFlaw.MIXED_ORDER),
        ("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", None),
    ],
    ids=["off the curve", "y above the prime", "y above the prime, other sign", "mixed order", "an honest key"],
)
def test_a_key_is_told_what_is_wrong_with_it(encoded: str, flaw: KeyFlaw | None) -> None:
    assert key_flaw(bytes.fromhex(encoded)) is flaw


def test_wycheproof_agrees_on_every_signature() -> None:
    groups = json.loads(vectors("wycheproof/ed25519_test.json").read_bytes())["testGroups"]
    answers = [
        verify(bytes.fromhex(group["publicKey"]["pk"]), bytes.fromhex(case["sig"]), bytes.fromhex(case["msg"]))
        == (case["result"] == "valid")
        for group in groups
        for case in group["tests"]
    ]
    assert answers == [True] * 151


def test_none_of_the_edge_cases_on_which_libraries_disagree_verifies() -> None:
    cases = json.loads(vectors("ed25519-speccheck/cases.json").read_bytes())
    answers = [verify(*(bytes.fromhex(case[part]) for part in ("pub_key", "signature", "message"))) for case in cases]
    assert answers == [False] * 12


def test_a_signature_whose_r_is_of_small_order_is_refused_even_under_an_honest_key() -> None:
    digest = bytearray(sha512(KEY.private_bytes_raw()).digest()[:32])
    digest[0], digest[31] = digest[0] & 248, digest[31] & 63 | 64
    scalar, r = int.from_bytes(digest, "little"), bytes.fromhex(NEUTRAL)
    challenge = int.from_bytes(sha512(r + public_key() + b"message").digest(), "little")
    signature = r + (challenge * scalar % ORDER).to_bytes(32, "little")
    KEY.public_key().verify(signature, b"message")
    assert not verify(public_key(), signature, b"message")
