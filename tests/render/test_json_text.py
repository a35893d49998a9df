"""JSON as it is written."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sekuire_gate.render.escape import is_hidden
from sekuire_gate.render.json_text import dumps


def test_it_has_two_spaces_the_order_of_its_keys_and_a_final_newline() -> None:
    assert dumps({"b": [1, None], "a": "é"}) == '{\n  "b": [\n    1,\n    null\n  ],\n  "a": "é"\n}\n'


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("\x00\x1f\x7f\x9f", r"\u0000\u001f\u007f\u009f"),
        ("\u202e\u2066\u200f", r"\u202e\u2066\u200f"),
        ("\u2028\u2029\ufeff", r"\u2028\u2029\ufeff"),
        ("\ud800", r"\ud800"),
        ("\U000e0041", r"\udb40\udc41"),
        ("模型 é 🙂", "模型 é 🙂"),
        ("##[error]x", r"##\u005berror]x"),
    ],
    ids=["controls", "bidi", "separators", "a lone surrogate", "a tag character", "letters", "a runner's command"],
)
def test_what_the_eye_would_miss_is_an_ascii_escape(text: str, written: str) -> None:
    assert dumps(text) == f'"{written}"\n'


@given(st.text(st.characters()) | st.text(st.sampled_from('#["\\\ud800\udc00\u202e\n')))
def test_it_reads_back_as_the_same_text(text: str) -> None:
    written = dumps([text])
    # Two halves of a surrogate pair are one character to any JSON reader.
    joined = text.encode("utf-16", "surrogatepass").decode("utf-16", "surrogatepass")
    assert json.loads(written) == [joined]
    assert not any(is_hidden(character) for character in written.replace("\n", ""))
