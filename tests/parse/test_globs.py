"""Patterns over paths."""

import re
from fnmatch import translate
from itertools import product
from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sekuire_gate.parse.globs import fixed_folder, has_wildcards, matches, may_match_below

CASES = """
*.yml              a.yml              yes
*.yml              a/b.yml            no
*.yml              .hidden.yml        yes
*                  a                  yes
*                  a/b                no
**                 a/b/c              yes
**/*.yml           a.yml              yes
**/*.yml           a/b/c.yml          yes
**/*.yml           .github/x/c.yml    yes
a/**               a/b/c              yes
a/**               a                  no
a/**               ab/c               no
a/**/b             a/b                yes
a/**/b             a/x/y/b            yes
a/**/b             a/xb               no
**.yml             a/b.yml            yes
a**/b              ax/y/b             yes
***/b              b                  yes
?                  a                  yes
?                  /                  no
?                  ab                 no
a?c/*/e*           abc/d/efg          yes
a*b*c              abcbc              yes
a*b*c              abcb               no
[ab].yml           a.yml              no
[ab].yml           [ab].yml           yes
a.yml              abyml              no
a+(b)$             a+(b)$             yes
A.yml              a.yml              no
*/a/**/b*d         x/a/b/c/bcd        yes
**/a/**/a/b        a/x/a/y/a/b        yes
"""


@pytest.mark.parametrize(("pattern", "path", "fits"), [line.split() for line in CASES.strip().split("\n")])
def test_a_pattern_fits_the_whole_path_or_not(pattern: str, path: str, fits: str) -> None:
    assert matches(pattern, path) is (fits == "yes")


@pytest.mark.parametrize("name", ["a\nb.yml", "a\n", "a.yml\n"], ids=ascii)
def test_a_line_end_is_a_character_of_a_name(name: str) -> None:
    assert matches("a*", name)
    assert matches("*.yml", name) is name.endswith(".yml")


@pytest.mark.parametrize(
    ("pattern", "folder"),
    [("*", ""), ("a/*", "a"), ("a/b*/c", "a"), ("a/b/**/c", "a/b"), ("a/?", "a"), ("**", ""), ("a*", "")],
)
def test_the_part_before_the_first_wildcard_says_where_to_look(pattern: str, folder: str) -> None:
    assert fixed_folder(pattern) == folder


def test_only_star_and_question_mark_make_a_pattern() -> None:
    assert [text for text in ("a", "[a]", "a*", "?", "{a,b}", "!a") if has_wildcards(text)] == ["a*", "?"]


def test_every_short_pattern_fits_what_backtracking_without_end_would_find() -> None:
    paths = ["/".join(parts) for length in (1, 2, 3) for parts in product(("a", "b", "ab"), repeat=length)]
    for tokens in product(("a", "b", "/", "*", "**", "?"), repeat=4):
        pattern = re.sub(r"\*{3,}", "**", "".join(tokens))
        slow = re.compile(_by_the_book(pattern), re.DOTALL)
        assert [path for path in paths if matches(pattern, path)] == [path for path in paths if slow.fullmatch(path)]


def _by_the_book(pattern: str) -> str:
    parts = re.split(r"((?:(?<=/)|\A)\*\*/|\*\*|\*|\?)", pattern)
    meaning = {"**/": "(?:.*/)?", "**": ".*", "*": "[^/]*", "?": "[^/]"}
    return "".join(meaning.get(part, re.escape(part)) for part in parts)


@given(st.text(st.sampled_from("ab*?.-"), max_size=12), st.text(st.sampled_from("ab.-"), max_size=12))
def test_within_one_folder_a_pattern_is_what_shells_know(pattern: str, name: str) -> None:
    assert matches(pattern, name) is (re.fullmatch(translate(pattern), name) is not None)


@pytest.mark.parametrize(
    ("pattern", "path"),
    [("*-" * 40 + "x", "-" * 255), ("**/*-" * 20 + "x", "-/" * 2_000), ("**a" * 50 + "x", "a" * 4_000)],
)
def test_no_name_makes_matching_slow(pattern: str, path: str) -> None:
    before = process_time()
    assert not matches(pattern, path)
    assert process_time() - before < 1


@given(st.text("ab*?/", min_size=1, max_size=8), st.lists(st.text("ab", min_size=1, max_size=2), min_size=1))
def test_a_folder_is_ruled_out_only_where_no_path_in_it_matches(pattern: str, parts: list[str]) -> None:
    if matches(pattern, "/".join(parts)):
        assert all(may_match_below(pattern, "/".join(parts[:length])) for length in range(len(parts)))


@pytest.mark.parametrize(
    ("pattern", "folder", "possible"),
    [
        ("a/*/c", "a/b", True),
        ("a/*/c", "a", True),
        ("a/*/c", "", True),
        ("a/*/c", "a/b/c", False),
        ("a/*/c", "b", False),
        ("a/**/c", "a/x/y/z", True),
        ("a/**/c", "b/x", False),
        ("a", "a", False),
    ],
)
def test_a_pattern_knows_in_which_folders_it_could_match(pattern: str, folder: str, *, possible: bool) -> None:
    assert may_match_below(pattern, folder) is possible
