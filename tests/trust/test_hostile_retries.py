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

OUTAGES: dict[str, Case] = {
    "three of three kinds": Case((FAILS, CUTS, RESETS), requests=4),
    "four of four kinds": Case(
        (FAILS, CUTS, RESETS, faults.status(429, times=1)), "fetch.rate_limited", words="after 4 tries"
    ),
    "a 503, then no HTTP": Case((FAILS, faults.raw(b"SSH-2.0-x\r\n")), "fetch.protocol", requests=2),
    "a 503, then no JSON": Case((FAILS, faults.document(b"<html>")), "fetch.bad_body", requests=2),
    "a 503, then a flood": Case((FAILS, faults.endless_body()), "fetch.too_large", requests=2),
    # The deadline is one for all tries.
    "a 503, then silence": Case(
        (FAILS, faults.silence()),
        "fetch.timeout",
        requests=2,
        deadline=1.5,
        least=1.5,
        words="within 1.5 seconds, after 2 tries.",
    ),
    "a reset, then a body that drips": Case((RESETS, faults.drip_body()), "fetch.timeout", requests=2, deadline=1.5),
}


def asks(*values: str, code: int = 503, times: int | None = None) -> Fault:
    """Answer an outage with these headers of `Retry-After`."""
    return faults.status(code, headers=tuple(("Retry-After", value) for value in values), times=times)


# What makes sense in a `Retry-After`, and what else does not, is in test_retry.py.
WAITS: dict[str, Case] = {
    "a second": Case((asks("1", times=1),), requests=2, least=1.0),
    "a date in two seconds": Case((faults.retry_at(503, 2.9, times=1),), requests=2, least=1.0),
    # A pause is part of the deadline.
    "a second, twice, the second time too long": Case(
        asks("1"),
        "fetch.server_error",
        requests=2,
        deadline=1.9,
        least=1.0,
        most=1.9,
        words="after 2 tries; it asks to wait 1 second.",
    ),
    "an hour": Case(asks("3600", code=429), "fetch.rate_limited", requests=1, most=AT_ONCE, words="it asks to wait"),
    "two headers": Case(asks("3600", "3600"), "fetch.server_error", requests=TRIES),
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
