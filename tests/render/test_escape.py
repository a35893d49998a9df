"""Foreign text, made visible and inert."""

import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sekuire_gate.render.escape import (
    for_command,
    for_log,
    for_markdown,
    inert_line,
    is_hidden,
    markdown_code,
    shortened,
    visible,
)
from tests.support.log_readers import commands_in
from tests.support.outcomes import HOSTILE
from tests.support.vectors import vectors

ANY_TEXT = st.text(st.characters()) | st.text(st.sampled_from("\\nrtxu01:#[ ]'`|<@\n\r\x1b\u202e\ud800\U000e0041(.)"))
_ESCAPE = re.compile(r"\\(?:([\\nrt])|x(..)|u(....)|U(........))", re.DOTALL)


def unescaped(shown: str) -> str:
    """Read an escaped text back."""
    letters = {"\\": "\\", "n": "\n", "r": "\r", "t": "\t"}
    return _ESCAPE.sub(lambda m: letters[m[1]] if m[1] else chr(int(m[2] or m[3] or m[4], 16)), shown)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain text, with 'quotes'.", "plain text, with 'quotes'."),
        ("modèle 模型 модель", "modèle 模型 модель"),
        ("a\nb\rc\td", r"a\nb\rc\td"),
        ("\x1b[31m\x00\x7f\x85", r"\x1b[31m\x00\x7f\x85"),
        ("a\u202eb\u2066c", r"a\u202eb\u2066c"),
        ("a\u200bb\ufeffc\u00add", r"a\u200bb\ufeffc\xadd"),
        ("a\u2028b\u2029c", r"a\u2028b\u2029c"),
        ("a\u00a0b\u3000c", r"a\xa0b\u3000c"),
        ("\ud800", r"\ud800"),
        ("\U000e0041\ue000", r"\U000e0041\ue000"),
        ("a\ufe0fb\u3164c", r"a\ufe0fb\u3164c"),
        (r"C:\new", r"C:\\new"),
    ],
    ids=lambda text: ascii(text)[:24],
)
def test_what_the_eye_would_miss_is_shown_as_an_escape_and_letters_of_any_script_stay(text: str, shown: str) -> None:
    assert visible(text) == shown


@given(ANY_TEXT)
def test_an_escape_in_a_report_can_be_read_back_to_the_one_text_it_stands_for(text: str) -> None:
    assert unescaped(visible(text)) == text


@given(ANY_TEXT)
def test_visible_text_holds_no_character_that_a_reader_cannot_see(text: str) -> None:
    assert not any(map(is_hidden, visible(text)))


def test_every_default_ignorable_and_bidi_character_of_unicode_is_hidden() -> None:
    folder = vectors("unicode")
    for name, wanted in (
        ("DerivedCoreProperties.txt", "Default_Ignorable_Code_Point"),
        ("PropList.txt", "Bidi_Control"),
    ):
        for line in (folder / name).read_text("utf-8").splitlines():
            found = re.match(rf"([0-9A-F]+)(?:\.\.([0-9A-F]+))?\s*; {wanted}\b", line)
            if found:
                points = range(int(found[1], 16), int(found[2] or found[1], 16) + 1)
                assert [hex(point) for point in points if not is_hidden(chr(point))] == []


def test_letters_marks_digits_and_punctuation_are_not_hidden_unless_unicode_ignores_them() -> None:
    ordinary = [chr(point) for point in range(0x2FA1E) if unicodedata.category(chr(point))[0] in "LNPS"]
    hidden = {character for character in ordinary if is_hidden(character)}
    assert hidden == set(map(chr, (0x115F, 0x1160, 0x2800, 0x3164, 0xFFA0)))


def test_a_long_text_is_cut_and_says_how_long_it_was() -> None:
    assert shortened("x" * 200) == "x" * 200
    assert shortened("x" * 12_345, 3) == "xxx…(12,345 characters)"


@pytest.mark.parametrize(
    ("line", "inert"),
    [
        ("::error::x", r"\x3a:error::x"),
        ("  ::error::x", r"  \x3a:error::x"),
        ("a ::error::x", "a ::error::x"),
        ("a ##[error]x", r"a ##\x5berror]x"),
        ("####[x]##[y]", r"####\x5bx]##\x5by]"),
    ],
    ids=["at the start", "after blanks", "inside a line", "the old form anywhere", "the old form twice"],
)
def test_what_a_runner_would_obey_in_a_line_is_broken_up_visibly(line: str, inert: str) -> None:
    assert inert_line(line) == inert


@given(ANY_TEXT | st.sampled_from(HOSTILE), ANY_TEXT)
def test_no_foreign_text_in_a_log_is_a_line_of_its_own_or_obeyed_by_a_runner(text: str, more: str) -> None:
    shown = for_log(text + more)
    assert commands_in(shown) == []
    assert len(shown.splitlines()) <= 1


@given(ANY_TEXT | st.sampled_from(HOSTILE), st.integers(10, 300))
def test_text_for_a_command_is_short_and_holds_nothing_that_a_runner_or_act_splits_at(text: str, limit: int) -> None:
    shown = for_command(text, limit)
    assert len(shown) <= limit
    assert "::" not in f":{shown}"[1:]
    assert not shown.startswith(":")
    assert "##[" not in shown
    assert len(shown.splitlines()) <= 1


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("gpt-4o", "`gpt-4o`"),
        ("a|b`c<d", r"`a\x7cb\x60c\x3cd`"),
        (" a  b ", r"`\x20a\x20 b\x20`"),
        ("##[x]", r"`##\x5bx]`"),
        ("@org/team", "`@org/team`"),
        ("", "-"),
    ],
    ids=["a name", "table, fence and HTML", "blanks", "the old command form", "a mention", "nothing"],
)
def test_a_value_in_markdown_is_a_code_span_that_nothing_ends_early(text: str, shown: str) -> None:
    assert markdown_code(text) == shown


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("model 'gpt-4o' is not permitted.", "model `gpt-4o` is not permitted."),
        ("the workspace's policy has 'a b', 'c'.", "the workspace's policy has `a b`, `c`."),
        ("Declare it (agent.tools) first.", "Declare it (`agent.tools`) first."),
        ("see http://e, www.e and @org/team", "see `http://e`, `www.e` and `@org/team`"),
        ("commit deadbeef of GH-1 is :smile:", "commit `deadbeef` of `GH-1` is `:smile`:"),
        ("'unclosed [a](b)", "`'unclosed` `[a](b)`"),
    ],
    ids=["a value", "values with blanks", "brackets", "links and mentions", "references", "a quote without its end"],
)
def test_a_sentence_in_markdown_keeps_its_plain_words_and_puts_all_else_in_code(text: str, shown: str) -> None:
    assert for_markdown(text) == shown


@given(ANY_TEXT | st.sampled_from(HOSTILE) | st.lists(st.sampled_from(HOSTILE)).map(" ".join))
def test_outside_of_code_spans_a_sentence_has_only_words_that_github_makes_nothing_of(text: str) -> None:
    shown = for_markdown(text)
    assert "``" not in shown
    outside = re.split(r"`[^`]+`", shown)
    assert all(re.fullmatch(r"[A-Za-z0-9 '().,;:!?-]*", part) for part in outside)
    assert not re.search(r"[0-9][A-Za-z]|[A-Za-z-][0-9]|[.:][A-Za-z0-9]|[a-f0-9]{7}|\]\(", " ".join(outside))
