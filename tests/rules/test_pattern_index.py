"""What is kept by its beginnings, its parts and its ends is found by them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sekuire_gate.rules.pattern_index import ByBeginning, ByEnds, ByPart, Texts, starting_with

TEXTS = st.lists(st.text("ab\0", max_size=4), max_size=6, unique=True)
SHORT = st.text("ab\0", min_size=1, max_size=3)


@pytest.mark.parametrize(
    ("head", "found"),
    [("", ["a", "ab", "abc", "b"]), ("ab", ["ab", "abc"]), ("c", []), ("abcd", []), ("a", ["a", "ab", "abc"])],
)
def test_texts_that_begin_alike_stand_side_by_side(head: str, found: list[str]) -> None:
    assert list(starting_with(head, ["a", "ab", "abc", "b"])) == found


@given(TEXTS, st.text("ab", max_size=5))
def test_things_are_found_by_their_beginnings(texts: list[str], name: str) -> None:
    index = ByBeginning([(text, text) for text in texts])
    assert sorted(index.begun_by(name)) == sorted(text for text in texts if name.startswith(text))
    alike = sorted(text for text in texts if name.startswith(text) or text.startswith(name))
    assert sorted(index.alike(name)) == alike


@given(
    st.lists(st.tuples(st.text("ab", max_size=3), st.text("ab", max_size=3)), max_size=6, unique=True),
    *[st.text("ab", max_size=3)] * 2,
)
def test_things_are_found_by_both_ends(things: list[tuple[str, str]], head: str, tail: str) -> None:
    found = sorted(ByEnds([(*thing, thing) for thing in things]).alike(head, tail))
    assert found == sorted(
        (one, other)
        for one, other in things
        if (one.startswith(head) or head.startswith(one)) and (other.endswith(tail) or tail.endswith(other))
    )


@given(st.lists(SHORT, max_size=6, unique=True), st.text("ab\0", max_size=6))
def test_things_are_found_by_their_parts_once_each(parts: list[str], name: str) -> None:
    assert sorted(ByPart([(part, part) for part in parts]).inside(name)) == sorted(p for p in parts if p in name)


@given(TEXTS, SHORT)
def test_texts_are_found_by_how_they_begin_and_end_and_by_what_is_in_them(texts: list[str], part: str) -> None:
    known = Texts(texts)
    assert sorted(known.beginning_with(part)) == sorted(text for text in texts if text.startswith(part))
    assert sorted(known.ending_with(part)) == sorted(text for text in texts if text.endswith(part))
    holding = {text for text in texts if part in text}
    assert holding <= set(known.containing(part)) | {text for text in texts if "\0" in text}
    assert "\0" in part or set(known.containing(part)) == holding
    assert known.contain(part) or not holding
