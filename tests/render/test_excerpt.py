"""A source line with carets under the range."""

import time

import pytest

from sekuire_gate.model.source import Location, SourceText
from sekuire_gate.render.excerpt import excerpt


def lines(source: str, start: int, end: int, *, end_line: int = 1) -> list[str]:
    """Show columns start to end (exclusive) of line 1."""
    return list(excerpt(Location("f", 1, start, end_line, end, "", SourceText("f", f"{source}\nnext"))))


@pytest.mark.parametrize(
    ("source", "start", "end", "shown", "carets"),
    [
        ("model: gpt-4o", 8, 14, "model: gpt-4o", "       ^^^^^^"),
        ("\tmodel: x", 9, 10, "    model: x", "           ^"),
        ("名前: 命令 x", 5, 7, "名前: 命令 x", "      ^^^^"),
        ("e\u0301 x", 4, 5, "e\u0301 x", "  ^"),
        ("a\u202eb x", 5, 6, r"a\u202eb x", "         ^"),
        ("x: \x1b[31m", 4, 9, r"x: \x1b[31m", "   ^^^^^^^^"),
        ("project:", 1, 1, "project:", "^"),
        ("", 1, 1, "", "^"),
        ("abc", 9, 12, "abc", "   ^"),
    ],
    ids=["plain", "tab", "wide", "combining", "bidi", "escape", "an empty range", "an empty line", "beyond the end"],
)
def test_the_carets_stand_under_the_range_as_it_is_shown(
    source: str, start: int, end: int, shown: str, carets: str
) -> None:
    assert lines(source, start, end) == ["  |", f"1 | {shown}".rstrip(), f"  | {carets}"]


def test_a_range_that_goes_on_below_is_marked_to_the_end_of_its_line() -> None:
    assert lines("prompt: |", 9, 3, end_line=2)[2] == "  |         ^"
    assert lines("a: [1,", 4, 2, end_line=2)[2] == "  |    ^^^"


def test_of_a_long_line_the_part_around_the_range_is_shown() -> None:
    _, shown, carets = lines("x" * 100_000 + '"shell_exec"' + "y" * 100_000, 100_001, 100_013)
    assert shown == "1 | …" + "x" * 40 + '"shell_exec"' + "y" * 66 + "…"
    assert carets == "  | " + " " * 41 + "^" * 12


def test_a_range_longer_than_the_screen_is_cut() -> None:
    _, shown, carets = lines("x" * 100_000, 1, 100_001)
    assert shown == "1 | " + "x" * 119 + "…"
    assert len(carets) == len(shown)


@pytest.mark.parametrize("line", [0, 3], ids=["before the first line", "after the last"])
def test_a_place_whose_line_is_not_known_has_no_excerpt(line: int) -> None:
    assert excerpt(Location("f", line, 1, line, 1, "", SourceText("f", "a\nb"))) == ()
    assert excerpt(Location("f", 1, 1, 1, 1)) == ()


def test_of_a_very_long_line_each_range_takes_no_longer_than_that_of_a_short_one() -> None:
    text = SourceText("f", "[" + "a," * 500_000 + "]")
    started = time.perf_counter()
    for column in range(2, 1_000_000, 1000):
        assert excerpt(Location("f", 1, column, 1, 1_000_000, "", text))[2].endswith("^")
    assert time.perf_counter() - started < 2
