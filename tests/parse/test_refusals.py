"""Characters and keys that are refused whatever the file says."""

import pytest

from sekuire_gate.errors import DefinitionError
from sekuire_gate.model.source import start_of
from sekuire_gate.parse.refusals import clipped, refuse_key, yaml_lines


@pytest.mark.parametrize("key", ["model", "no", "a b", "é", "日本", "a/b~c", "", "😀"])
def test_an_ordinary_key_is_none_to_refuse(key: str) -> None:
    refuse_key(key, start_of("f"))


@pytest.mark.parametrize(
    "character",
    [
        "\u200b",
        "\u200d",
        "\u202e",
        "\u2066",
        "\u061c",
        "\u00ad",
        "\u2060",
        "\ufe0f",
        "\u2800",
        "\U000e0061",
        "\x00",
        "\n",
        "\x9b",
    ],
    ids=ascii,
)
def test_a_key_with_a_character_that_does_not_show_is_refused_by_its_number(character: str) -> None:
    with pytest.raises(DefinitionError, match=f"U\\+{ord(character):04X}") as caught:
        refuse_key(f"mo{character}del", start_of("f"))
    assert caught.value.kind == "definition.ambiguous"


def test_a_message_holds_no_more_of_a_text_than_a_line_shows() -> None:
    assert clipped("a" * 80) == "a" * 80
    assert clipped("a" * 1_000_000) == "a" * 80 + "…"


@pytest.mark.parametrize("text", ["é 日本 😀 \t\r\n", "\u200b \u202e", "\ue000", "\ufffd"], ids=ascii)
def test_other_characters_may_stand_in_a_yaml_file(text: str) -> None:
    assert yaml_lines(text.encode(), "f").text == text
