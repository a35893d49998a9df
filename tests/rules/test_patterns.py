"""How patterns match names: over the whole name, each by itself and many together, and where both hold stars."""

import re
import time

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from sekuire_gate.model.policy import Entry
from sekuire_gate.rules.patterns import Patterns, exact, matches, pattern_of

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


def test_an_entry_as_written_is_named_before_a_pattern() -> None:
    assert exact([Entry("a*", "/0"), Entry("ab", "/1")]).covering("ab") == Entry("ab", "/1")


@given(st.lists(PATTERNS, max_size=6), NAMES)
@example(["*", "a*"], "b")
@example(["a*b*a", "a*bb*a", "*b"], "abba")
def test_a_list_covers_a_name_exactly_where_one_of_its_entries_matches_it(texts: list[str], name: str) -> None:
    entries = [Entry(text, f"/{index}") for index, text in enumerate(texts)]
    found = exact(entries).covering(name)
    assert (found is not None) == any(matches(text, name) for text in texts)
    assert found is None or (found in entries and matches(found.text, name))


@given(st.lists(PATTERNS, max_size=6), PATTERNS)
def test_a_list_covers_a_name_with_stars_as_text(texts: list[str], name: str) -> None:
    entries = [Entry(text, f"/{index}") for index, text in enumerate(texts)]
    assert (exact(entries).covering(name) is not None) == any(text == name or matches(text, name) for text in texts)


def test_a_star_in_literal_text_is_itself() -> None:
    known = Patterns([], [("a*", Entry("a*", "/0"))])
    assert known.covering("ab") is None
    assert known.covering("a*") == Entry("a*", "/0")


@pytest.mark.parametrize(
    ("entry", "claim"),
    [
        ("model-{}", "mode-{}"),
        ("model-{}-*", "model-{}"),
        ("*-model-{}", "a-mode-{}"),
        ("/home/*/.ssh{}/*", "/home/x/.sh{}/y"),
        ("a*b{}", "a*c{}"),
        ("name-{}", "*{}-eman*"),
        ("*.sub-{}.example.org", "*.bus-{}.example.org"),
    ],
)
def test_many_names_are_asked_of_many_entries_in_time(entry: str, claim: str) -> None:
    known = exact([Entry(entry.format(number), f"/{number}") for number in range(10_000)])
    start = time.process_time()
    assert not any(known.touching(claim.format(number)) for number in range(10_000))
    assert time.process_time() - start < 5
