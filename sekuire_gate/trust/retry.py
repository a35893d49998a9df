"""Whether a fetch is tried again, and when (docs/contract.md 3, `timeout`); pure."""

import re
from collections.abc import Sequence
from datetime import UTC, datetime

MAX_TRIES = 4
FIRST_PAUSE_SECONDS = 0.5  # at most, doubled after each try
MAX_PAUSE_SECONDS = 8.0
MAX_ASKED_SECONDS = 999_999_999  # some thirty years: what asks for more asks for no less

# 408, 425, 429, 5xx, and connections that are not made or break. Not a time-out: by then nothing is left to try with.
TRANSIENT_KINDS = frozenset({"fetch.rate_limited", "fetch.server_error", "fetch.unreachable", "fetch.truncated"})

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_MONTH = f"(?P<month>{'|'.join(_MONTHS)})"
_TIME = r"(?P<hour>[0-9]{2}):(?P<minute>[0-9]{2}):(?P<second>[0-9]{2})"
# The three forms of RFC 9110, 5.6.7.
_DATES = (
    re.compile(rf"[A-Z][a-z]{{2}}, (?P<day>[0-9]{{2}}) {_MONTH} (?P<year>[0-9]{{4}}) {_TIME} GMT"),
    re.compile(rf"[A-Z][a-z]{{5,8}}, (?P<day>[0-9]{{2}})-{_MONTH}-(?P<year>[0-9]{{2}}) {_TIME} GMT"),
    re.compile(rf"[A-Z][a-z]{{2}} {_MONTH} (?P<day>[ 0-9][0-9]) {_TIME} (?P<year>[0-9]{{4}})"),
)
_SECONDS = re.compile(r"[0-9]+")
_YEARS_AHEAD = 50  # a year of two digits that seems to be further ahead is one of the past


def is_tried_again(kind: str) -> bool:
    """Whether a failure of this kind may have passed a moment later."""
    return kind in TRANSIENT_KINDS


def pause_before(attempt: int, remaining: float, *, asked: float | None, chance: float) -> float | None:
    """Choose how many seconds to wait before trying again, or None to give up.

    Args:
        attempt: the try to come, counted from 2.
        remaining: seconds left for all tries together.
        asked: seconds that the service asks to wait, if it does; they come in the place of chance.
        chance: from 0 up to 1, drawn anew each time: jobs that failed together do not come back together.
    """
    if attempt > MAX_TRIES:
        return None
    longest = min(MAX_PAUSE_SECONDS, FIRST_PAUSE_SECONDS * 2 ** (attempt - 2))
    pause = longest * chance if asked is None else asked
    return pause if pause < remaining else None


def read_retry_after(values: Sequence[str], now: datetime) -> int | None:
    """Read a `Retry-After` as whole seconds from now, at most `MAX_ASKED_SECONDS`; None: there is none of sense.

    Args:
        values: the headers of that name as they came; more than one say nothing.
        now: in UTC; dates are reckoned from it, and what is past asks for no wait.
    """
    if len(values) != 1:
        return None
    value = values[0].strip(" \t")
    if _SECONDS.fullmatch(value):
        # The digits are counted first: Python refuses to convert thousands of them.
        digits = value.lstrip("0") or "0"
        return int(digits) if len(digits) <= len(str(MAX_ASKED_SECONDS)) else MAX_ASKED_SECONDS
    date = _date(value, now)
    if date is None:
        return None
    return max(0, min(MAX_ASKED_SECONDS, -int((now - date).total_seconds() // 1)))


def _date(value: str, now: datetime) -> datetime | None:
    match = next((match for form in _DATES if (match := form.fullmatch(value))), None)
    if match is None:
        return None
    year = int(match["year"])
    if len(match["year"]) == 2:  # noqa: PLR2004 - digits
        year += now.year - now.year % 100
        year -= 100 if year > now.year + _YEARS_AHEAD else 0
    month, day = _MONTHS.index(match["month"]) + 1, int(match["day"])
    try:
        return datetime(year, month, day, int(match["hour"]), int(match["minute"]), int(match["second"]), tzinfo=UTC)
    except ValueError:  # a 31st of February
        return None
