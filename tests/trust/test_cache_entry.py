"""A kept policy as bytes: only what this API key has sealed is read."""

import json
from dataclasses import replace
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sekuire_gate.model.secret import Secret
from sekuire_gate.trust.cache_entry import CacheEntry, seal, unseal

API_KEY = Secret("sk_live_0123456789abcdef")
ENTRY = CacheEntry(
    "https://api.sekuire.ai/api/v1/workspaces/ws_1/policy/active",
    "ws_1",
    "sha256:" + "ab" * 32,
    1_767_323_045,
    b'{"policy_id": "policy_1"}\n\n\x00\xff',
)
SEALED = seal(ENTRY, API_KEY)


def hmac_sha256(key: bytes, message: bytes) -> bytes:
    """RFC 2104, written out."""
    padded = key.ljust(64, b"\0")
    inner = sha256(bytes(byte ^ 0x36 for byte in padded) + message).digest()
    return sha256(bytes(byte ^ 0x5C for byte in padded) + inner).digest()


def sealed_by_hand(header: bytes, document: bytes = b"{}") -> bytes:
    """Seal any bytes, as whoever holds the API key can."""
    form = b"sekuire-gate cached policy 1"
    # RFC 5869: extract without a salt, expand to one block.
    extracted = hmac_sha256(bytes(32), API_KEY.reveal().encode())
    derived = hmac_sha256(extracted, form + b"\x01")
    sealed = header + b"\n" + document
    return b"\n".join((form, hmac_sha256(derived, sealed).hex().encode(), sealed))


def test_what_was_sealed_comes_back_whole() -> None:
    assert unseal(SEALED, API_KEY) == ENTRY


@given(url=st.text(), workspace=st.text(), key=st.text(), at=st.integers(-(2**63), 2**63), document=st.binary())
def test_any_entry_comes_back_as_it_was(url: str, workspace: str, key: str, at: int, document: bytes) -> None:
    entry = CacheEntry(url, workspace, key, at, document)
    assert unseal(seal(entry, API_KEY), API_KEY) == entry


def test_the_bytes_are_a_known_answer_made_by_hand() -> None:
    header = (
        b'{"fetched_at": 1767323045, "key_fingerprint": "sha256:' + b"ab" * 32 + b'", '
        b'"url": "https://api.sekuire.ai/api/v1/workspaces/ws_1/policy/active", "workspace_id": "ws_1"}'
    )
    assert sealed_by_hand(header, ENTRY.document) == SEALED


def test_nothing_of_the_api_key_is_among_the_bytes() -> None:
    key = API_KEY.reveal().encode()
    assert key not in SEALED
    # Nor what a service would compute with it as it is, to authenticate these bytes.
    assert hmac_sha256(key, SEALED.split(b"\n", 2)[2]).hex().encode() not in SEALED


@pytest.mark.parametrize("key", ["sk_live_0123456789abcdeg", "sk_live_0123456789abcdef0", "x"])
def test_another_api_key_does_not_open_it(key: str) -> None:
    assert unseal(SEALED, Secret(key)) is None


def test_one_changed_bit_anywhere_and_it_is_not_ours() -> None:
    for index in range(len(SEALED)):
        for bit in (0x01, 0x80):
            changed = bytearray(SEALED)
            changed[index] ^= bit
            assert unseal(bytes(changed), API_KEY) is None, index


def test_one_byte_more_or_less_and_it_is_not_ours() -> None:
    for index in range(len(SEALED)):
        assert unseal(SEALED[:index], API_KEY) is None
        assert unseal(SEALED[:index] + SEALED[index + 1 :], API_KEY) is None
    assert unseal(SEALED + b"\n", API_KEY) is None
    assert unseal(b"\n" + SEALED, API_KEY) is None


def test_the_seal_of_one_entry_fits_no_other() -> None:
    mac = SEALED.split(b"\n")[1]
    for other in (
        replace(ENTRY, fetched_at=ENTRY.fetched_at + 1),
        replace(ENTRY, url=ENTRY.url.replace("ws_1", "ws_2")),
        replace(ENTRY, workspace_id="ws_2"),
        replace(ENTRY, key_fingerprint="sha256:" + "cd" * 32),
        replace(ENTRY, document=b"{}"),
        # The same text, cut elsewhere.
        replace(ENTRY, url="", document=ENTRY.document + ENTRY.url.encode()),
    ):
        form, _, sealed = seal(other, API_KEY).split(b"\n", 2)
        assert unseal(b"\n".join((form, mac, sealed)), API_KEY) is None


@given(st.binary() | st.binary().map(lambda data: b"sekuire-gate cached policy 1\n" + data))
def test_any_bytes_are_an_entry_or_none(data: bytes) -> None:
    assert unseal(data, API_KEY) is None


@pytest.mark.parametrize("mac", ["é" * 32, "", "0" * 64, "0" * 10_000], ids=["not ASCII", "none", "zeros", "long"])
def test_a_mac_of_any_form_is_only_wrong(mac: str) -> None:
    form, _, sealed = SEALED.split(b"\n", 2)
    assert unseal(b"\n".join((form, mac.encode(), sealed)), API_KEY) is None


def test_a_mac_in_upper_case_is_a_second_spelling_and_refused() -> None:
    form, mac, sealed = SEALED.split(b"\n", 2)
    assert unseal(b"\n".join((form, mac.upper(), sealed)), API_KEY) is None


HEADER = json.loads(SEALED.split(b"\n")[2])


@pytest.mark.parametrize(
    "header",
    [
        b"",
        b"[]",
        b"null",
        b"\xff",
        b"{",
        b"[" * 100_000,
        b'{"fetched_at": 1}',
        json.dumps({**HEADER, "fetched_at": "1"}).encode(),
        json.dumps({**HEADER, "fetched_at": 1.5}).encode(),
        json.dumps({**HEADER, "fetched_at": float("nan")}).encode(),
        json.dumps(HEADER).replace("1767323045", "9" * 5_000).encode(),
        json.dumps({**HEADER, "url": None}).encode(),
        json.dumps({**HEADER, "url": "\ud800"}).encode(),
        json.dumps(HEADER).replace("{", '{"fetched_at": 1, ', 1).encode(),
    ],
    ids=[
        "empty", "a list", "null", "no UTF-8", "cut", "deep", "too little", "time as text", "half a second", "NaN",
        "a huge time", "no address", "half a surrogate pair", "two times",
    ],
)  # fmt: skip
def test_who_holds_the_api_key_can_seal_nonsense_and_it_is_none(header: bytes) -> None:
    assert unseal(sealed_by_hand(header), API_KEY) is None
