import json
from base64 import b64encode
from contextlib import suppress
from datetime import date

import blake3
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given, settings
from hypothesis import strategies as st

from sekuire_gate.errors import SettingsError
from sekuire_gate.trust.anchor import MAX_PINS, PinnedKey, read_pins
from sekuire_gate.trust.public_test_keys import public_test_key
from tests.support.signing import KEY, STRANGER, public_key
from tests.support.vectors import vectors

RAW = public_key(KEY)
HEX = RAW.hex()
BASE64 = b64encode(RAW).decode()
OTHER = public_key(STRANGER).hex()
NEW_YEARS_EVE = date(2026, 12, 31)


@pytest.mark.parametrize(
    ("line", "pin"),
    [
        (HEX, PinnedKey(None, RAW)),
        (BASE64, PinnedKey(None, RAW)),
        (f"key_1={HEX}", PinnedKey("key_1", RAW)),
        (f"key_1={BASE64}", PinnedKey("key_1", RAW)),
        (f"  {HEX}\t\r", PinnedKey(None, RAW)),
        (f"{HEX} # the key of 2026", PinnedKey(None, RAW)),
        (f"{HEX}\t#", PinnedKey(None, RAW)),
        (f"{'k' * 64}={HEX}", PinnedKey("k" * 64, RAW)),
        (f"{HEX} until=2026-12-31", PinnedKey(None, RAW, NEW_YEARS_EVE)),
        (f"{BASE64} until=2026-12-31", PinnedKey(None, RAW, NEW_YEARS_EVE)),
        (f"key_1={HEX}  \tuntil=2026-12-31 \r", PinnedKey("key_1", RAW, NEW_YEARS_EVE)),
        (f"key_1={BASE64} until=2026-12-31 # until=2027-12-31", PinnedKey("key_1", RAW, NEW_YEARS_EVE)),
        (f"until={HEX} until=2028-02-29", PinnedKey("until", RAW, date(2028, 2, 29))),
    ],
    ids=[
        "hex",
        "base64",
        "id and hex",
        "id and base64",
        "blanks",
        "comment",
        "comment after a tab",
        "an id of 64",
        "hex and last day",
        "base64 and last day",
        "id, hex and last day",
        "last day and comment",
        "an id that reads like the end",
    ],
)
def test_a_line_pins_a_key_in_each_of_its_forms(line: str, pin: PinnedKey) -> None:
    assert read_pins(line) == (pin,)


@pytest.mark.parametrize(
    "pin",
    [
        PinnedKey(None, RAW),
        PinnedKey("key_1", RAW),
        PinnedKey(None, RAW, NEW_YEARS_EVE),
        PinnedKey("key_1", RAW, date(1, 2, 3)),
    ],
)
def test_a_pin_is_read_from_its_own_line(pin: PinnedKey) -> None:
    assert read_pins(pin.line) == (pin,)


def test_a_pin_counts_up_to_and_on_its_last_day() -> None:
    pin, days = PinnedKey(None, RAW, NEW_YEARS_EVE), (date(2026, 12, 30), NEW_YEARS_EVE, date(2027, 1, 1))
    assert [pin.counts_on(day) for day in days] == [True, True, False]
    assert [pin.days_left(day) for day in days] == [1, 0, -1]
    assert PinnedKey(None, RAW).counts_on(date.max)
    assert PinnedKey(None, RAW).days_left(date.max) is None


def test_blank_lines_and_comments_pin_nothing() -> None:
    assert read_pins("\n  \n# a comment\n  # another\r\n") == ()


def test_several_lines_pin_several_keys_in_their_order() -> None:
    assert read_pins(f"# keys\na={HEX}\n\nb={HEX}\r\n{OTHER}") == (
        PinnedKey("a", RAW),
        PinnedKey("b", RAW),
        PinnedKey(None, public_key(STRANGER)),
    )


@pytest.mark.parametrize(
    "line",
    [
        HEX.upper(),
        f"key_1={HEX.upper()}",
        BASE64[:-2] + chr(ord(BASE64[-2]) + 1) + "=",
        BASE64[:-1],
        BASE64.replace("=", ""),
        b64encode(RAW + b"x").decode(),
        "=" * 44,
        HEX[:-1],
        HEX + "00",
        f"key 1={HEX}",
        f"key:1={HEX}",
        f"={HEX}",
        f"key_1 = {HEX}",
        f"key_1={HEX}#comment",
        f"key_1={HEX} until=2026-02-30",
        f"key_1={HEX} until=2026-13-01",
        f"key_1={HEX} until=0000-01-01",
        f"key_1={HEX} until=2026-1-1",
        f"key_1={HEX} until=20261231",
        f"key_1={HEX} until=2026-12-31T00:00:00Z",
        f"key_1={HEX} until=\u0662\u0660\u0662\u0666-12-31",
        f"key_1={HEX} until=",
        f"key_1={HEX} until",
        f"key_1={HEX} Until=2026-12-31",
        f"key_1={HEX} until=2026-12-31 until=2026-12-31",
        f"key_1={HEX} until=2026-12-31 {OTHER}",
        f"key_1={HEX}until=2026-12-31",
        f"key_1={HEX}\u00a0until=2026-12-31",
        f"until=2026-12-31 key_1={HEX}",
        "until=2026-12-31",
        f"{'k' * 129}={HEX}",
        "key_1=",
        "key_1",
        f"key_1=key_2={HEX}",
        f"{HEX} {OTHER}",
        "02" + 31 * "00",
        "f0" + 30 * "ff" + "7f",
        "\u0661" * 64,
    ],
    ids=[
        "upper-case hex",
        "id and upper-case hex",
        "base64 with unused bits",
        "base64 cut short",
        "base64 without padding",
        "base64 of 33 bytes",
        "only padding",
        "63 digits",
        "66 digits",
        "id with a blank",
        "id with a colon",
        "empty id",
        "blanks around the equals sign",
        "comment without a blank",
        "30 February",
        "month 13",
        "year 0",
        "a day without zeros",
        "a day without dashes",
        "a day with a time",
        "a day in other digits",
        "no day",
        "no equals sign",
        "another case",
        "two last days",
        "something after the last day",
        "no blank before the last day",
        "a blank of another kind",
        "the last day first",
        "only a last day",
        "id too long",
        "id without key",
        "only an id",
        "two ids",
        "two keys",
        "off the curve",
        "a second spelling of a key",
        "digits of another script",
    ],
)
def test_a_line_that_is_no_key_is_refused_by_its_number_without_being_shown(line: str) -> None:
    with pytest.raises(SettingsError, match=r"^line 2 of trusted-keys ") as caught:
        read_pins(f"# first\n{line}")
    assert caught.value.kind == "config.trusted_key"
    assert line not in caught.value.message + caught.value.fix


@pytest.mark.parametrize(
    ("lines", "says"),
    [
        (f"a={HEX}\na={HEX}", "pins 'a' a second time, after line 1 of trusted-keys"),
        (f"a={HEX} until=2026-12-31\na={OTHER}", "pins 'a' a second time"),
        (f"{HEX} until=2026-12-31\n{HEX}", "pins the key of line 1 of trusted-keys with another last day"),
        (f"{HEX}\n{BASE64} until=2026-12-31", "pins the key of line 1 of trusted-keys with another last day"),
        (f"a={HEX} until=2026-12-31\n{HEX}", "pins the key of line 1 of trusted-keys with another last day"),
        (f"{HEX}\na={HEX} until=2026-12-31", "pins the key of line 1 of trusted-keys with another last day"),
        (f"a={HEX} until=2026-12-31\nb={BASE64} until=2027-01-01", "pins the key of line 1 of trusted-keys with"),
    ],
    ids=[
        "an id",
        "an id, to renew its key",
        "a bare key, with and without an end",
        "a bare key in both forms",
        "an id with an end, and bare",
        "bare, and an id with an end",
        "two ids on two days",
    ],
)
def test_an_id_has_one_key_and_a_key_one_last_day_since_a_document_chooses_the_id_it_names(
    lines: str, says: str
) -> None:
    with pytest.raises(SettingsError, match=rf"^line 2 of trusted-keys {says}") as caught:
        read_pins(lines)
    assert caught.value.kind == "config.trusted_key"


@pytest.mark.parametrize("end", ["", " until=2026-12-31"], ids=["without an end", "with one last day"])
def test_one_key_may_be_pinned_by_several_ids_and_bare_and_twice_alike(end: str) -> None:
    lines = "\n".join(f"{pin}{end}" for pin in (f"a={HEX}", f"b={BASE64}", HEX, BASE64))
    assert [pin.key_id for pin in read_pins(lines)] == ["a", "b", None, None]


def test_no_more_keys_are_pinned_than_may_be_tried_on_one_document() -> None:
    lines = [f"key_{number}={HEX}" for number in range(MAX_PINS)]
    assert len(read_pins("\n".join(lines))) == MAX_PINS == 64
    with pytest.raises(SettingsError, match=r"^line 66 of trusted-keys is one more than 64\.$") as caught:
        read_pins("\n".join(("# a comment is no key", *lines, OTHER)))
    assert caught.value.kind == "config.trusted_key"


@pytest.mark.parametrize(
    "key",
    [
        32 * "00",
        "01" + 31 * "00",
        "ee" + 30 * "ff" + "7f",
        "cdb267ce40c5cd45306fa5d2f29731459387dbf9eb933b7bd5aed9a765b88d4d",
    ],
    ids=["order 4", "order 1", "order 1, another spelling", "mixed order"],
)
def test_a_key_under_which_signatures_prove_nothing_is_weak(key: str) -> None:
    for line in (key, f"key_1={key}", b64encode(bytes.fromhex(key)).decode()):
        with pytest.raises(SettingsError) as caught:
            read_pins(line)
        assert caught.value.kind == "config.weak_key"


def of_seed(seed: bytes) -> str:
    return Ed25519PrivateKey.from_private_bytes(seed).public_key().public_bytes_raw().hex()


# https://www.rfc-editor.org/rfc/rfc8032#section-7.1, 7.2 and 7.3, each key by its secret half.
RFC_8032_SEEDS = (
    "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
    "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
    "c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
    "f5e5767cf153319517630f226876b86c8160cc583bc013744c6bf255f5cc0ee5",
    "833fe62409237b9d62ec77587520911e9a759cec1d19755b7da901b96dca3d42",
    "0305334e381af78f141cb666f6199f57bc3495335a256a95bd2a55bf546663f6",
    "ab9c2853ce297ddab85c993b3ae14bcad39b2c682beabc27d6d4eb20711d6560",
)
WELL_KNOWN = [
    *(of_seed(32 * bytes([byte])) for byte in (0x00, 0x01, 0x11, 0xFF)),
    *(of_seed(bytes.fromhex(seed)) for seed in RFC_8032_SEEDS),
    of_seed(blake3.blake3(b"sekuire-test-vector-seed-v1").digest()),
]


@pytest.mark.parametrize("key", WELL_KNOWN)
def test_a_key_that_everybody_can_sign_with_is_weak_unless_test_keys_are_accepted(key: str) -> None:
    for line in (key, f"key_1={key} until=2026-12-31", b64encode(bytes.fromhex(key)).decode()):
        with pytest.raises(SettingsError, match="with which everybody can sign") as caught:
            read_pins(line)
        assert caught.value.kind == "config.weak_key"
        assert "allow-loopback-http" in caught.value.fix
        assert read_pins(line, accept_test_keys=True)[0].public_key.hex() == key


def test_the_key_of_the_conformance_vectors_is_the_one_that_is_known() -> None:
    pair = json.loads(vectors("oags/signing.json").read_bytes())["keyPair"]
    assert public_test_key(bytes.fromhex(pair["publicKey"])) is not None


@pytest.mark.parametrize("digits", ["00", "01", "11", "ff"])
def test_a_key_of_one_byte_over_and_over_is_weak(digits: str) -> None:
    with pytest.raises(SettingsError) as caught:
        read_pins(32 * digits)
    assert caught.value.kind == "config.weak_key"


@pytest.mark.parametrize("digits", ["00", "01", "ff"])
def test_what_is_no_key_is_weak_even_where_test_keys_are_accepted(digits: str) -> None:
    with pytest.raises(SettingsError) as caught:
        read_pins(32 * digits, accept_test_keys=True)
    assert caught.value.kind == "config.weak_key"
    assert "allow-loopback-http" not in caught.value.fix


@settings(deadline=None)
@given(st.text(alphabet="aA0+/=# \t\r\n._-:k") | st.text())
def test_any_text_is_pins_or_a_settings_error(text: str) -> None:
    for lines in (text, f"{HEX}{text}", f"key_1={HEX} until={text}"):
        with suppress(SettingsError):
            assert all(len(pin.public_key) == 32 for pin in read_pins(lines))
