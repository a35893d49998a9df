import pytest

from sekuire_gate.trust.message import is_plain_id, signed_message


def test_the_signature_covers_id_version_and_hash_joined_by_colons() -> None:
    assert signed_message("policy_1", "1.0", "ab" * 32) == b"policy_1:1.0:" + b"ab" * 32


@pytest.mark.parametrize("text", ["a", "dev-workspace", "policy_1", "1.0.0", "a" * 128, ".."])
def test_letters_digits_dot_underscore_and_dash_make_a_plain_id(text: str) -> None:
    assert is_plain_id(text)


@pytest.mark.parametrize(
    "text",
    ["", "a" * 129, "a:b", "a b", "a/b", "a\n", "\u00e4", "\u0661", "a\x00"],
    ids=["empty", "too long", "colon", "blank", "slash", "final line break", "umlaut", "arabic digit", "NUL"],
)
def test_anything_else_is_no_plain_id(text: str) -> None:
    assert not is_plain_id(text)
