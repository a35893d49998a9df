"""How long something is ago, for people."""

import pytest

from sekuire_gate.model.duration import in_words


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0, "less than a minute"),
        (59, "less than a minute"),
        (60, "1 minute"),
        (3_599, "59 minutes"),
        (3_600, "1 hour"),
        (7_380, "2 hours 3 minutes"),
        (86_400, "1 day"),
        (93_659, "1 day 2 hours"),
        (86_460, "1 day 1 minute"),
        (604_800, "7 days"),
        (10**9, "11,574 days 1 hour"),
    ],
)
def test_a_duration_is_named_by_its_two_largest_units(seconds: int, words: str) -> None:
    assert in_words(seconds) == words
