"""Lines and excludes, asked about paths."""

import pytest

from sekuire_gate.model.manifest import Search
from sekuire_gate.parse.selection import ANYWHERE, Line, selection_of


def test_without_a_line_the_three_names_are_taken_anywhere() -> None:
    assert selection_of(Search()).lines == (ANYWHERE,)
    assert ANYWHERE.takes("a/b/sekuire.json")
    assert not ANYWHERE.takes("a/b/sekuire.json5")


@pytest.mark.parametrize(
    ("line", "folder"),
    [
        ("", ""),
        ("agents/mail", "agents/mail"),
        ("**/sekuire.yml", ""),
        ("agents/**/*.yml", "agents"),
        ("agents/*/sekuire.yml", None),
        ("agents/**/x/sekuire.yml", None),
        ("agents/**", None),
        ("agents/x**/a", None),
        ("*.yml", None),
    ],
)
def test_a_line_knows_the_folder_in_which_a_name_alone_counts(line: str, folder: str | None) -> None:
    assert Line(line, line).folder == folder


@pytest.mark.parametrize(
    ("exclude", "by_name", "depends"),
    [("**/x", True, False), ("a/x", False, True), ("a/**/x", False, True), ("b/**", False, False), ("**", False, True)],
)
def test_an_exclude_by_name_alone_is_the_same_at_every_place(exclude: str, by_name: bool, depends: bool) -> None:
    selection = selection_of(Search((), (exclude,)))
    assert selection.leaves_out("a/x") is (exclude != "b/**")
    assert selection.leaves_out_by_name("a/x") is by_name
    assert selection.depends_on_place("a") is depends
