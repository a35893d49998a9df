from base64 import b64encode
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sekuire_gate.errors import SettingsError
from sekuire_gate.trust.anchor import PinnedKey, read_pins
from tests.support.signing import KEY, STRANGER, public_key

RAW = public_key(KEY)
HEX = RAW.hex()
BASE64 = b64encode(RAW).decode()
OTHER = public_key(STRANGER).hex()


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
    ],
    ids=["hex", "base64", "id and hex", "id and base64", "blanks", "comment", "comment after a tab", "an id of 64"],
)
def test_a_line_pins_a_key_in_each_of_its_forms(line: str, pin: PinnedKey) -> None:
    assert read_pins(line) == (pin,)


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
        f"key_1={HEX} until=2026-12-31",
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
        "an end that nothing reads",
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


def test_an_id_twice_is_refused_even_with_the_same_key() -> None:
    with pytest.raises(SettingsError, match="line 2 of trusted-keys pins 'a', which line 1 does too") as caught:
        read_pins(f"a={HEX}\na={HEX}")
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


@settings(deadline=None)
@given(st.text(alphabet="aA0+/=# \t\r\n._-:k") | st.text())
def test_any_text_is_pins_or_a_settings_error(text: str) -> None:
    with suppress(SettingsError):
        assert all(len(pin.public_key) == 32 for pin in read_pins(text))
