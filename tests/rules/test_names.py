"""How patterns match names: exactly, loosely, and where both hold stars."""

import re
import time

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from sekuire_gate.model.policy import Entry
from sekuire_gate.rules.names import (
    exact,
    fold,
    is_plain,
    is_plain_pattern,
    loose,
    loose_forms,
    matches,
    pattern_of,
    starting_with,
)

PATTERNS = st.text("ab*", max_size=7)
NAMES = st.text("ab", max_size=7)


def overlap(one: str, other: str) -> bool:
    return pattern_of(one).overlaps(pattern_of(other))


def as_regex(pattern: str) -> re.Pattern[str]:
    return re.compile("[ab]*".join(map(re.escape, pattern.split("*"))))


@given(PATTERNS, NAMES)
def test_a_pattern_matches_what_the_regular_expression_it_stands_for_matches(pattern: str, name: str) -> None:
    assert matches(pattern, name) == (as_regex(pattern).fullmatch(name) is not None)


@given(PATTERNS, PATTERNS, NAMES)
def test_two_patterns_overlap_wherever_one_name_is_matched_by_both(one: str, other: str, name: str) -> None:
    if matches(one, name) and matches(other, name):
        assert overlap(one, other)


@given(PATTERNS, PATTERNS)
def test_two_patterns_that_overlap_have_a_name_that_both_match(one: str, other: str) -> None:
    if overlap(one, other):
        assert matches(one, witness := joined(one, other))
        assert matches(other, witness)


def joined(one: str, other: str) -> str:
    """Return a name for two patterns that overlap: the longer head, everything between, the longer tail."""
    if "*" not in one:
        return one
    if "*" not in other:
        return other
    (head, *middle, tail), (other_head, *other_middle, other_tail) = one.split("*"), other.split("*")
    return max(head, other_head, key=len) + "".join(middle + other_middle) + max(tail, other_tail, key=len)


@given(st.lists(PATTERNS, max_size=6), PATTERNS)
@example([""], "*")
def test_a_list_touches_a_name_exactly_where_one_of_its_entries_overlaps_it(texts: list[str], name: str) -> None:
    entries = [Entry(text, f"/{index}") for index, text in enumerate(texts)]
    found = exact(entries).touching(name)
    assert (found is not None) == any(overlap(text, name) for text in texts)
    assert found is None or (found in entries and overlap(found.text, name))


@pytest.mark.parametrize(
    ("head", "found"),
    [("", ["a", "ab", "abc", "b"]), ("ab", ["ab", "abc"]), ("c", []), ("abcd", []), ("a", ["a", "ab", "abc"])],
)
def test_texts_that_begin_alike_stand_side_by_side(head: str, found: list[str]) -> None:
    assert list(starting_with(head, ["a", "ab", "abc", "b"])) == found


@given(PATTERNS, PATTERNS)
def test_overlapping_has_no_direction(one: str, other: str) -> None:
    assert overlap(one, other) == overlap(other, one)


@given(PATTERNS, PATTERNS, NAMES)
def test_a_pattern_that_covers_another_as_text_matches_all_its_names(wide: str, narrow: str, name: str) -> None:
    if matches(wide, narrow) and matches(narrow, name):
        assert matches(wide, name)


@pytest.mark.parametrize(
    ("pattern", "name"),
    [("gpt-4", "gpt-4\n"), ("gpt-4*x", "gpt-4"), ("ab*ba", "aba"), ("a?", "ab"), ("[ab]", "a"), ("", "x"), ("A", "a")],
    ids=["line break", "too short", "ends that meet", "question mark", "brackets", "nothing", "letter case"],
)
def test_a_pattern_does_not_match_what_other_matchers_would(pattern: str, name: str) -> None:
    assert not matches(pattern, name)


def test_a_star_stands_for_slashes_colons_and_line_breaks_too() -> None:
    assert matches("a*z", "a/b:c\nz")


def test_matching_many_stars_takes_no_longer_than_the_name_is_long() -> None:
    start = time.perf_counter()
    assert not matches("*a" * 5_000 + "b", "a" * 100_000)
    assert overlap("*a" * 5_000, "a*" * 5_000)
    assert time.perf_counter() - start < 1


@pytest.mark.parametrize(
    ("name", "plain"),
    [
        ("gpt-4o", True), ("@org/tool:v1.2+x_y", True), ("_x", True), ("0", True), ("a" * 200, True),
        ("a" * 201, False), ("", False), ("-x", False), ("/x", False), ("a b", False), ("a\n", False), ("a*", False),
        ("gpt\u20114", False), ("\u0430", False), ("a\u200b", False), ("a%", False), ("\ud800", False),
    ],
)  # fmt: skip
def test_a_name_is_plain_where_it_can_be_read_in_one_way_only(name: str, plain: bool) -> None:
    assert is_plain(name) is plain
    assert is_plain_pattern(name) is (plain or name == "a*")


@pytest.mark.parametrize(
    ("one", "other"),
    [("GPT-4", "gpt_4"), ("a.b c", "a-b_c"), ("\u017fecret", "SECRET"), ("\u212aey", "key"), ("\u00df", "SS")],
    ids=["letter case", "separators", "long s", "kelvin sign", "sharp s"],
)
def test_names_that_differ_in_case_and_separators_are_loosely_one(one: str, other: str) -> None:
    assert fold(one) == fold(other)


@pytest.mark.parametrize(
    ("name", "forms"),
    [
        ("A_b", ("a-b",)),
        ("x/A", ("x/a", "a")),
        ("x/y/A", ("x/y/a", "y/a", "a")),
        ("models/A", ("models/a", "a")),
        ("x/", ("x/",)),
        ("/x", ("/x", "x")),
        ("", ()),
    ],
)
def test_a_name_is_loosely_itself_and_what_follows_its_prefixes(name: str, forms: tuple[str, ...]) -> None:
    assert loose_forms(name) == forms


def test_a_million_prefixes_are_ten_forms() -> None:
    assert len(loose_forms("a/" * 500_000 + "b")) == 10


def test_every_prefix_of_a_few_is_dropped() -> None:
    assert loose_forms("litellm/openrouter/OpenAI/gpt_4") == (
        "litellm/openrouter/openai/gpt-4",
        "openrouter/openai/gpt-4",
        "openai/gpt-4",
        "gpt-4",
    )


def test_an_entry_on_two_stars_behind_a_prefix_is_not_an_entry_on_every_prefix() -> None:
    denied = loose([Entry("huggingface/*/*", "/0")])
    assert denied.covering("anthropic/claude-3") is None
    assert denied.covering("huggingface/a/b") == Entry("huggingface/*/*", "/0")


def test_an_entry_on_everything_behind_a_prefix_is_not_an_entry_on_everything() -> None:
    denied = loose([Entry("openai/*", "/0")])
    assert denied.covering("anthropic/claude") is None
    assert denied.covering("openai/gpt-4o") == Entry("openai/*", "/0")
    assert loose([Entry("*", "/0")]).covering("anything") == Entry("*", "/0")


def test_an_entry_as_written_is_named_before_a_pattern() -> None:
    assert exact([Entry("a*", "/0"), Entry("ab", "/1")]).covering("ab") == Entry("ab", "/1")
