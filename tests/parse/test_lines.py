"""Indexes into a text become lines and columns."""

import sys

import pytest

from sekuire_gate.parse.lines import Lines

TEXT = "ab\r\n😀é\n\nlast"


@pytest.mark.parametrize(
    ("start", "end", "place"),
    [
        (0, 2, (1, 1, 1, 3)),
        (4, 5, (2, 1, 2, 2)),
        (5, 6, (2, 2, 2, 3)),
        (0, 5, (1, 1, 2, 2)),
        (7, 7, (3, 1, 3, 1)),
        (8, 12, (4, 1, 4, 5)),
        (12, 99, (4, 5, 4, 5)),
    ],
)
def test_a_range_has_one_based_lines_and_code_point_columns(
    start: int, end: int, place: tuple[int, int, int, int]
) -> None:
    at = Lines(TEXT, "f").at(start, end, "/p")
    assert (at.line, at.column, at.end_line, at.end_column) == place
    assert (at.path, at.pointer) == ("f", "/p")


def test_a_line_is_found_by_its_number_without_its_end() -> None:
    source = Lines(TEXT, "f").source
    assert [source.line(number) for number in range(6)] == [None, "ab", "😀é", "", "last", None]


def test_an_empty_text_has_one_line() -> None:
    lines = Lines("", "f")
    assert (lines.source.line(1), lines.source.line(2)) == ("", None)
    assert str(lines.at(0, 0)) == "f:1:1"


def test_a_line_separator_of_unicode_ends_no_line() -> None:
    assert str(Lines("a\u2028b\x85c\vd\n", "f").at(6, 7)) == "f:1:7"


def test_a_file_of_short_lines_takes_a_number_a_line_and_not_a_text() -> None:
    source = Lines("##\n" * 349_000, "f").source
    assert source.line(349_000) == "##"
    assert sys.getsizeof(source.starts) < 5 * 349_000
