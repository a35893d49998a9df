"""The permitted name that was probably meant."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sekuire_gate.rules.nearest import MAX_ASKED, MAX_LENGTH, Nearest, distance


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("gpt-4", "gpt-4o"),
        ("GPT-4O", "gpt-4o"),
        ("gpt_4o", "gpt-4o"),
        ("openai/gpt-4o", "gpt-4o"),
        ("gtp-4o", "gpt-4o"),
        ("claude-sonet-4-5", "claude-sonnet-4-5"),
        ("claude-snonet-45", "claude-sonnet-4-5"),
        ("mistral-large", None),
        ("o3", None),
        ("g*", None),
        ("", None),
    ],
)
def test_a_slip_is_told_from_another_name(name: str, meant: str | None) -> None:
    assert Nearest(["gpt-4o", "claude-sonnet-4-5", "o1", "llama-*"]).to(name) == meant


def test_of_two_names_the_nearer_one_is_meant() -> None:
    assert Nearest(["read_files", "read_fil"]).to("read_file_") == "read_files"


@pytest.mark.parametrize(
    ("one", "other", "slips"),
    [("abc", "abc", 0), ("abc", "abd", 1), ("abc", "ab", 1), ("abc", "xabc", 1), ("abc", "acb", 1), ("abc", "cab", 2)],
    ids=["the same", "changed", "left out", "added", "swapped", "moved"],
)
def test_slips_are_counted(one: str, other: str, slips: int) -> None:
    assert distance(one, other, 3) == slips


@given(st.text("ab", max_size=6), st.text("ab", max_size=6), st.integers(0, 3))
def test_the_count_stops_just_past_the_limit_and_has_no_direction(one: str, other: str, limit: int) -> None:
    whole = distance(one, other, 99)
    assert distance(one, other, limit) == min(whole, limit + 1)
    assert distance(other, one, 99) == whole


def test_no_more_than_some_names_are_compared_whoever_asks() -> None:
    nearest = Nearest(f"{number:05}" + "x" * (MAX_LENGTH - 5) for number in range(100_000))
    start = time.process_time()
    answers = [nearest.to(f"{number:05}" + "y" * (MAX_LENGTH - 5)) for number in range(100_000)]
    assert set(answers) == {None}
    assert time.process_time() - start < 5
    assert Nearest(["abc"]).to("abd" * MAX_LENGTH) is None
    asked = Nearest(["name"])
    assert [asked.to(f"nam{number}") for number in range(MAX_ASKED + 1)] == ["name"] * 10 + [None] * (MAX_ASKED - 9)
    assert asked.to("nam1") == "name"
