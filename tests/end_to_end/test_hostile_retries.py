"""Outages that pass, and outages that ask to wait: how often the gate tries, and which failure it names at last."""

from collections.abc import Iterator, Mapping
from concurrent.futures import Future

import pytest

from sekuire_gate.workspace import faults
from sekuire_gate.workspace.faults import RESET, Fault
from sekuire_gate.workspace.reply import JSON
from tests.support.hostile import TRIES, Case, Met, hold_against, playing

AT_ONCE = 2.0  # seconds; no pause that was asked for is in there

RESETS = faults.raw(RESET, times=1)
CUTS = faults.raw(f"HTTP/1.1 200 OK\r\nContent-Type: {JSON}\r\nContent-Length: 9\r\n\r\n{{".encode(), times=1)
FAILS = faults.status(503, times=1)
LIMITS = faults.status(429, times=1)

OUTAGES: dict[str, Case] = {
    "one 503": Case((FAILS,), requests=2),
    "one 500": Case((faults.status(500, times=1),), requests=2),
    "one 408": Case((faults.status(408, times=1),), requests=2),
    "one 425": Case((faults.status(425, times=1),), requests=2),
    "one 429": Case((LIMITS,), requests=2),
    "one cut answer": Case((CUTS,), requests=2),
    "one connection without an answer": Case((faults.raw(times=1),), requests=2),
    "two resets": Case((RESETS, RESETS), requests=3),
    "three 503": Case((faults.status(503, times=3),), requests=4),
    "three of three kinds": Case((FAILS, CUTS, RESETS), requests=4),
    "four 503": Case((faults.status(503, times=4),), "fetch.server_error", words="after 4 tries"),
    "four of four kinds": Case((FAILS, CUTS, RESETS, LIMITS), "fetch.rate_limited", words="after 4 tries"),
    "a 503, then no such policy": Case((FAILS, faults.status(404)), "fetch.not_found", requests=2),
    "a 503, then a refused key": Case((FAILS, faults.status(401)), "fetch.unauthorized", requests=2),
    "a 503, then a redirect": Case((FAILS, faults.redirect("/")), "fetch.redirect", requests=2),
    "a 503, then no HTTP": Case((FAILS, faults.raw(b"SSH-2.0-x\r\n")), "fetch.protocol", requests=2),
    "a 503, then no JSON": Case((FAILS, faults.document(b"<html>")), "fetch.bad_body", requests=2),
    "a 503, then a flood": Case((FAILS, faults.endless_body()), "fetch.too_large", requests=2),
    "a 503, then silence": Case((FAILS, faults.silence()), "fetch.timeout", requests=2, deadline=1.5, least=1.5),
    "a reset, then a body that drips": Case((RESETS, faults.drip_body()), "fetch.timeout", requests=2, deadline=1.5),
}


def asks(*values: str, code: int = 503, times: int | None = None) -> Fault:
    """Answer an outage with these headers of `Retry-After`."""
    return faults.status(code, headers=tuple(("Retry-After", value) for value in values), times=times)


def outlasts(value: str, code: int = 503) -> Case:
    """A wait that does not fit the deadline: the failure is reported at once, with the wait."""
    kind = "fetch.rate_limited" if code == 429 else "fetch.server_error"
    return Case(asks(value, code=code), kind, requests=1, most=AT_ONCE, words="it asks to wait")


def is_ignored(*values: str) -> Case:
    """A wait that makes no sense: the gate chooses its own."""
    return Case(asks(*values), "fetch.server_error", requests=TRIES)


WAITS: dict[str, Case] = {
    "a second": Case((asks("1", times=1),), requests=2, least=1.0),
    "a second, after too many requests": Case((asks("1", code=429, times=1),), requests=2, least=1.0),
    "a second, three times": Case((asks("1", times=3),), requests=4, least=3.0),
    "a second, in blanks": Case((asks(" \t1 ", times=1),), requests=2, least=1.0),
    "no time": Case(asks("0"), "fetch.server_error", most=AT_ONCE),
    "a date in two seconds": Case((faults.retry_at(503, 2.9, times=1),), requests=2, least=1.0),
    "a date that is past": Case(asks("Fri, 31 Dec 1999 23:59:59 GMT"), "fetch.server_error", most=AT_ONCE),
    "twice, the second time too long": Case(
        asks("2"), "fetch.server_error", requests=2, deadline=3.9, least=2.0, most=3.5, words="asks to wait 2 seconds"
    ),
    "an hour": outlasts("3600"),
    "an hour, after too many requests": outlasts("3600", code=429),
    "a date in an hour": Case(faults.retry_at(503, 3_600), "fetch.server_error", requests=1, most=AT_ONCE),
    "a date in another form": outlasts("Thu Dec 31 23:59:59 2099"),
    "the last second of all": outlasts("Fri, 31 Dec 9999 23:59:59 GMT"),
    "5,000 digits": outlasts("9" * 5_000),
    "less than nothing": is_ignored("-1"),
    "more than a sign": is_ignored("+3600"),
    "a fraction": is_ignored("3600.5"),
    "an exponent": is_ignored("1e6"),
    "hexadecimal": is_ignored("0xffff"),
    "infinity": is_ignored("inf"),
    "an underscore": is_ignored("3_600"),
    "other digits": is_ignored("\xb3\xb2"),
    "other text": is_ignored("soon"),
    "nothing": is_ignored(""),
    "two at once": is_ignored("3600, 3600"),
    "two headers": is_ignored("3600", "3600"),
    "a day that is none": is_ignored("Wed, 32 Dec 2099 00:00:00 GMT"),
    "a leap day that is none": is_ignored("Thu, 29 Feb 2099 00:00:00 GMT"),
    "a year of five digits": is_ignored("Fri, 31 Dec 10000 23:59:59 GMT"),
    "a date of ISO 8601": is_ignored("2099-12-31T23:59:59Z"),
    "a date in another zone": is_ignored("Thu, 31 Dec 2099 23:59:59 +0200"),
    "NUL": Case(asks("1\x00"), "fetch.protocol"),
    "an hour, for what does not pass": Case(asks("3600", code=404), "fetch.not_found", most=AT_ONCE),
    "an hour, beside the policy": Case(faults.with_lines("Retry-After: 3600"), most=AT_ONCE),
}

CASES = {
    **{f"meets {name}": case for name, case in OUTAGES.items()},
    **{f"asks to wait: {name}": case for name, case in WAITS.items()},
}


@pytest.fixture(scope="module")
def met(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mapping[str, Future[Met]]]:
    with playing(CASES, tmp_path_factory.mktemp("outages")) as futures:
        yield futures


@pytest.mark.parametrize("name", CASES)
def test_an_outage_is_waited_for_as_documented(name: str, met: Mapping[str, Future[Met]]) -> None:
    hold_against(CASES[name], met[name].result())
