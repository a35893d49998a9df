"""Plays a hostile server against the gate's fetch, and holds what came of it against what is documented."""

import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from sekuire_gate.errors import GateError, PolicyAccessError, PolicyFetchError, PolicyFormatError
from sekuire_gate.model.secret import Secret
from sekuire_gate.trust.address import PolicyAddress, Transport, policy_address
from sekuire_gate.trust.source import obtain_policy
from sekuire_gate.workspace.faults import Fault
from tests.support.sockets import Handle, socket_server
from tests.support.workspace import WORKSPACE_ID, served_workspace

KEY = "sk_live_hostile_0123456789abcdef"
TRIES = 4  # at most
PATIENCE = 10.0  # seconds: enough for four tries and what lies between them
SHORT = 1.0  # seconds: a deadline that strikes
SLACK = 2.0  # seconds over the deadline

# Outages that may pass are tried again; everything else is an answer (docs/contract.md 4).
PASSING = {"fetch.rate_limited", "fetch.server_error", "fetch.unreachable", "fetch.truncated"}
REFUSED_KEY = {"fetch.unauthorized", "fetch.forbidden", "fetch.plan_limit"}
HONEST = ""  # in the place of a kind: the document comes, whole

Server = Fault | tuple[Fault, ...] | Handle


@dataclass(frozen=True)
class Case:
    """A server, and what the gate is to make of it."""

    server: Server  # a fault or several in order, behind which the server is honest; or what is done with a socket
    kind: str = HONEST
    requests: int | None = None  # or connections, below HTTP; None: as many as the kind is tried
    deadline: float = PATIENCE  # seconds
    least: float = 0.0  # seconds that it takes in any case
    most: float | None = None  # seconds; None: the deadline and the slack
    words: str = ""  # in the message


@dataclass(frozen=True)
class Met:
    """What the gate made of a server."""

    error: GateError | None
    document: bytes  # b"": none
    requests: int
    seconds: float
    honest: bytes = field(repr=False)  # what an honest server sends


def hold_against(case: Case, met: Met) -> None:
    """Compare class, kind, exit code, requests and time with what is documented."""
    tries = TRIES if case.kind in PASSING else 1
    wanted = (case.kind, *_class_of(case.kind), tries if case.requests is None else case.requests)
    error = met.error
    got = (error.kind, type(error), error.exit_code, met.requests) if error else (HONEST, None, 0, met.requests)
    assert got == wanted, f"{got} instead of {wanted}"
    most = case.deadline + SLACK if case.most is None else case.most
    assert case.least <= met.seconds <= most, f"{met.seconds} seconds instead of {case.least} to {most}"
    if error is None:
        assert met.document.strip() == met.honest.strip(), "the document is not the one that an honest server sends"
        return
    assert error.message.endswith("."), error.message
    assert case.words in error.message, error.message
    assert error.fix, error.message
    assert KEY not in f"{error!r} {error.problem!r}", "the key is shown"


def _class_of(kind: str) -> tuple[type[GateError] | None, int]:
    if kind == HONEST:
        return None, 0
    if kind.startswith("policy."):
        return PolicyFormatError, 3
    return (PolicyAccessError, 2) if kind in REFUSED_KEY else (PolicyFetchError, 4)


@contextmanager
def playing(cases: Mapping[str, Case], folder: Path) -> Iterator[Mapping[str, Future[Met]]]:
    """Play all cases side by side.

    Args:
        cases: by name.
        folder: for their workspaces.
    """
    jobs = {name: partial(play, case, folder / f"case-{number}") for number, (name, case) in enumerate(cases.items())}
    with side_by_side(jobs) as futures:
        yield futures


@contextmanager
def side_by_side(jobs: Mapping[str, Callable[[], Met]]) -> Iterator[Mapping[str, Future[Met]]]:
    """Do all of this at the same time, since most of it waits most of the time; what comes out, by name."""
    with ThreadPoolExecutor(max_workers=16) as pool:
        yield {name: pool.submit(job) for name, job in jobs.items()}
        pool.shutdown(cancel_futures=True)


def play(case: Case, folder: Path) -> Met:
    """Fetch from the case's server as the gate does."""
    folder.mkdir(parents=True)
    faults = (case.server,) if isinstance(case.server, Fault) else case.server
    if isinstance(faults, tuple):
        with served_workspace(folder, faults=faults) as served:
            return _fetch(case, served.url, lambda: len(served.requests), served.document)
    with socket_server(faults, reads=False) as server:
        return _fetch(case, f"http://127.0.0.1:{server.port}", lambda: server.connections, b"")


def _fetch(case: Case, url: str, requests: Callable[[], int], honest: bytes) -> Met:
    address = policy_address(url, WORKSPACE_ID, allow_loopback_http=True)
    return fetch(address, Transport(api_key=Secret(KEY), timeout_seconds=case.deadline), requests, honest)


def fetch(address: PolicyAddress, transport: Transport, requests: Callable[[], int], honest: bytes) -> Met:
    """Fetch, and take down what came of it and how long it took.

    Args:
        address: where.
        transport: how.
        requests: how many have come, asked at the end.
        honest: what an honest server sends.
    """
    error: GateError | None = None
    document = b""
    started = time.monotonic()
    try:
        document = obtain_policy(address, transport).raw
    except GateError as caught:
        error = caught
    return Met(error, document, requests(), time.monotonic() - started, honest)
