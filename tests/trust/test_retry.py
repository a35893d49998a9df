"""Whether a fetch is tried again, and when."""

from datetime import UTC, datetime, timedelta

import pytest

from sekuire_gate.trust.retry import MAX_ASKED_SECONDS, is_tried_again, pause_before, read_retry_after

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)


@pytest.mark.parametrize("kind", ["fetch.rate_limited", "fetch.server_error", "fetch.unreachable", "fetch.truncated"])
def test_what_may_pass_a_moment_later_is_tried_again(kind: str) -> None:
    assert is_tried_again(kind)


@pytest.mark.parametrize(
    "kind",
    [
        "fetch.unauthorized", "fetch.forbidden", "fetch.plan_limit", "fetch.not_found", "fetch.rejected",
        "fetch.redirect", "fetch.timeout", "fetch.tls", "fetch.protocol", "fetch.too_large", "fetch.content_type",
        "fetch.content_encoding", "fetch.bad_body", "fetch.file", "policy.signature_invalid",
    ],
)  # fmt: skip
def test_an_answer_that_stands_is_not_asked_for_again(kind: str) -> None:
    assert not is_tried_again(kind)


def test_pauses_are_drawn_from_a_range_that_doubles_and_after_four_tries_there_is_none() -> None:
    longest = [pause_before(attempt, 60.0, asked=None, chance=1.0) for attempt in (2, 3, 4, 5)]
    assert longest == [0.5, 1.0, 2.0, None]
    shortest = [pause_before(attempt, 60.0, asked=None, chance=0.0) for attempt in (2, 3, 4, 5)]
    assert shortest == [0.0, 0.0, 0.0, None]
    assert pause_before(3, 60.0, asked=None, chance=0.25) == 0.25


def test_what_the_service_asks_for_comes_in_the_place_of_chance() -> None:
    assert pause_before(2, 60.0, asked=7, chance=0.9) == 7
    assert pause_before(2, 60.0, asked=0, chance=0.9) == 0


@pytest.mark.parametrize(
    ("remaining", "asked", "chance"),
    [(0.4, None, 0.9), (0.0, None, 0.0), (3.0, 3, 0.0), (3.0, MAX_ASKED_SECONDS, 0.0), (0.0, 0, 0.0)],
    ids=["by chance", "nothing is left", "to the second", "years", "nothing is left to wait in"],
)
def test_a_pause_that_leaves_no_time_to_try_is_not_made(remaining: float, asked: int | None, chance: float) -> None:
    assert pause_before(2, remaining, asked=asked, chance=chance) is None


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("0", 0),
        ("120", 120),
        (" 120\t", 120),
        ("0000000000000000120", 120),
        ("999999999", 999_999_999),
        ("1000000000", 999_999_999),
        ("9" * 10_000, 999_999_999),
        ("Fri, 02 Jan 2026 03:05:05 GMT", 60),
        ("Friday, 02-Jan-26 03:05:05 GMT", 60),
        ("Fri Jan  2 03:05:05 2026", 60),
        ("Thu Dec 31 23:59:59 2026", 31_438_554),
        ("Fri, 02 Jan 2026 03:04:05 GMT", 0),
        ("Sun, 06 Nov 1994 08:49:37 GMT", 0),
        ("Sunday, 06-Nov-94 08:49:37 GMT", 0),
        ("Fri, 31 Dec 9999 23:59:59 GMT", 999_999_999),
    ],
    ids=lambda value: str(value)[:32],
)
def test_seconds_and_the_three_forms_of_a_date_are_understood(value: str, seconds: int) -> None:
    assert read_retry_after((value,), NOW) == seconds


def test_a_date_is_reckoned_up_to_whole_seconds() -> None:
    assert read_retry_after(("Fri, 02 Jan 2026 03:05:05 GMT",), NOW + timedelta(milliseconds=300)) == 60


@pytest.mark.parametrize(
    "values",
    [
        (),
        ("",),
        ("-1",),
        ("+1",),
        ("1.5",),
        ("1e3",),
        ("0x10",),
        ("1_0",),
        ("\u0661\u0662",),
        ("\xb2",),
        ("1, 2",),
        ("1", "1"),
        ("soon",),
        ("2026-01-02T03:05:05Z",),
        ("Fri, 2 Jan 2026 03:05:05 GMT",),
        ("Fri, 02 Jan 2026 03:05:05 +0000",),
        ("Fri, 02 jan 2026 03:05:05 GMT",),
        ("Fri, 02 Jan 2026 03:05:05 GMT\n",),
        ("Tue, 31 Feb 2026 00:00:00 GMT",),
        ("Fri, 00 Jan 2026 00:00:00 GMT",),
        ("Fri, 02 Jan 0000 00:00:00 GMT",),
        ("Fri, 02 Jan 2026 24:00:00 GMT",),
        ("Fri, 02 Jan 2026 00:00:61 GMT",),
        ("::error::x",),
    ],
    ids=ascii,
)
def test_nonsense_asks_for_nothing(values: tuple[str, ...]) -> None:
    assert read_retry_after(values, NOW) is None
