"""One GET against real servers: what comes back, or which failure it is, and when.

What hostile servers make of it stands row by row in the tables of test_hostile_*.py.
"""

import contextlib
import random
import socket
import subprocess
import sys
import threading
import time
import traceback
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest

from sekuire_gate.errors import GateError, PolicyError, PolicyFetchError
from sekuire_gate.model.secret import Secret
from sekuire_gate.trust.address import PolicyAddress, Transport, policy_address
from sekuire_gate.trust.client import open_client
from sekuire_gate.trust.fetch import fetch_policy
from sekuire_gate.workspace import faults
from sekuire_gate.workspace.faults import Fault
from tests.support.library import HTTPX_ERRORS, instance
from tests.support.sockets import sending, socket_server
from tests.support.workspace import served_workspace

KEY = "sk_live_0123456789abcdef"
NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
DEADLINE = 0.5  # seconds
SLACK = 1.0  # seconds; a loaded machine
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"


def loopback(port: int) -> PolicyAddress:
    return policy_address(f"http://127.0.0.1:{port}", "ws_test", allow_loopback_http=True)


def fetch(address: PolicyAddress, *, key: str | None = None, deadline: float = 5.0) -> bytes:
    transport = Transport(api_key=Secret(key) if key else None, timeout_seconds=deadline)
    with open_client(address, transport) as client:
        return fetch_policy(client, address, deadline, sleep=lambda _: None)


def failure_of(address: PolicyAddress, *, key: str | None = None, deadline: float = 5.0) -> GateError:
    with pytest.raises(GateError) as caught:
        fetch(address, key=key, deadline=deadline)
    return caught.value


def failure_against(tmp_path: Path, *misbehaviour: Fault, key: str | None = None, deadline: float = 5.0) -> GateError:
    with served_workspace(tmp_path, faults=misbehaviour) as served:
        address = policy_address(served.url, served.workspace_id, allow_loopback_http=True)
        return failure_of(address, key=key, deadline=deadline)


def test_the_bytes_of_the_answer_come_back_as_they_were_sent(tmp_path: Path) -> None:
    with served_workspace(tmp_path) as served:
        address = policy_address(served.url, served.workspace_id, allow_loopback_http=True)
        assert fetch(address) == served.document
        assert [request.path for request in served.requests] == [
            f"/api/v1/workspaces/{served.workspace_id}/policy/active"
        ]


@pytest.mark.parametrize(
    "answer",
    [
        HEAD + b"Content-Length: 2\r\n\r\n{}",
        HEAD + b"Transfer-Encoding: chunked\r\n\r\n1\r\n{\r\n1\r\n}\r\n0\r\n\r\n",
        HEAD + b"\r\n{}",
        b"HTTP/1.0 200 OK\r\nContent-Type: application/json\r\n\r\n{}",
        b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\n\r\n" + HEAD + b"Content-Length: 2\r\n\r\n{}",
    ],
    ids=["with length", "chunked", "until close", "HTTP/1.0", "after informational answers"],
)
def test_every_way_to_send_a_whole_answer_is_read(answer: bytes) -> None:
    with socket_server(sending(answer)) as server:
        assert fetch(loopback(server.port)) == b"{}"


def test_the_largest_policy_is_read(tmp_path: Path) -> None:
    largest = b" " * 1_048_576
    with served_workspace(tmp_path, faults=[faults.document(largest)]) as served:
        address = policy_address(served.url, served.workspace_id, allow_loopback_http=True)
        assert fetch(address) == largest


def test_the_deadline_holds_against_a_server_that_never_accepts() -> None:
    with socket.create_server(("127.0.0.1", 0), backlog=1) as full:
        port = full.getsockname()[1]
        waiting = [socket.socket() for _ in range(4)]
        for one in waiting:
            one.setblocking(False)
            one.connect_ex(("127.0.0.1", port))
        started = time.monotonic()
        error = failure_of(loopback(port), deadline=DEADLINE)
        for one in waiting:
            one.close()
    assert time.monotonic() - started < DEADLINE + SLACK
    assert error.kind == "fetch.timeout"


def test_the_deadline_holds_against_a_tls_handshake_that_stalls() -> None:
    gone = threading.Event()

    def stall(_: socket.socket) -> None:
        gone.wait(10)

    with socket_server(stall) as server:
        address = policy_address(f"https://localhost:{server.port}", "ws_test", allow_loopback_http=False)
        started = time.monotonic()
        error = failure_of(address, deadline=DEADLINE)
        gone.set()
    assert time.monotonic() - started < DEADLINE + SLACK
    assert error.kind == "fetch.timeout"


def test_the_deadline_holds_whatever_the_library_is_stuck_in() -> None:
    gone = threading.Event()

    def resolve_for_ever(_: httpx.Request) -> httpx.Response:
        gone.wait(10)
        return httpx.Response(200)

    started = time.monotonic()
    with httpx.Client(transport=httpx.MockTransport(resolve_for_ever)) as client:
        with pytest.raises(PolicyFetchError) as caught:
            fetch_policy(client, loopback(80), DEADLINE)
        gone.set()
    assert time.monotonic() - started < DEADLINE + SLACK
    assert caught.value.kind == "fetch.timeout"


def test_nothing_that_hangs_keeps_the_process_from_ending(tmp_path: Path) -> None:
    program = (
        "import sys\n"
        "from sekuire_gate.errors import GateError\n"
        "from sekuire_gate.trust.address import Transport, policy_address\n"
        "from sekuire_gate.trust.client import open_client\n"
        "from sekuire_gate.trust.fetch import fetch_policy\n"
        "address = policy_address(sys.argv[1], 'ws_test', allow_loopback_http=True)\n"
        "client = open_client(address, Transport(timeout_seconds=60))\n"
        "try:\n"
        "    fetch_policy(client, address, 0.5)\n"
        "except GateError as error:\n"
        "    print(error.kind)\n"
    )
    with served_workspace(tmp_path, faults=[faults.silence()]) as served:
        done = subprocess.run(
            [sys.executable, "-c", program, served.url], capture_output=True, text=True, timeout=20, check=True
        )
    assert (done.stdout, done.stderr) == ("fetch.timeout\n", "")


def test_a_server_that_is_not_there_is_named_with_its_port() -> None:
    with socket.create_server(("127.0.0.1", 0)) as unused:
        port = unused.getsockname()[1]
    error = failure_of(loopback(port))
    assert error.kind == "fetch.unreachable"
    assert error.message == f"127.0.0.1:{port} cannot be reached: Connection refused, after 4 tries."


def test_a_host_that_has_no_address_is_said_to_be_unknown() -> None:
    error = failure_of(policy_address("https://nowhere.invalid", "ws_test", allow_loopback_http=False))
    assert error.kind == "fetch.unreachable"
    assert error.message == "nowhere.invalid:443 cannot be reached: its name does not resolve, after 4 tries."


def pauses_against(
    *misbehaviour: Fault, folder: Path, chance: float = 0.5
) -> tuple[list[float], GateError | None, int]:
    """Fetch without waiting; return the pauses that would have been made, how it ended, and the number of requests."""
    pauses: list[float] = []
    told: list[tuple[str, float]] = []
    ended: GateError | None = None
    with served_workspace(folder, faults=misbehaviour) as served:
        address = policy_address(served.url, served.workspace_id, allow_loopback_http=True)
        with open_client(address, Transport()) as client:
            try:
                fetch_policy(
                    client, address, 30.0,
                    on_retry=lambda error, pause: told.append((error.kind, pause)),
                    sleep=pauses.append, chance=lambda: chance, clock=lambda: NOW,
                )  # fmt: skip
            except GateError as error:
                ended = error
        assert [pause for _, pause in told] == pauses
        return pauses, ended, len(served.requests)


@pytest.mark.parametrize("status", [408, 425, 429, 500, 502, 503, 504, 599])
def test_a_passing_outage_is_tried_four_times_with_growing_pauses(status: int, tmp_path: Path) -> None:
    pauses, error, requests = pauses_against(faults.status(status), folder=tmp_path)
    assert (pauses, requests) == ([0.25, 0.5, 1.0], 4)
    assert error is not None
    assert error.message.endswith(f"status {status}, after 4 tries.")


def test_an_outage_that_passes_is_not_noticed(tmp_path: Path) -> None:
    misbehaviour = (faults.status(503, times=1), faults.raw(times=1), replace(faults.cut_body(3), times=1))
    assert pauses_against(*misbehaviour, folder=tmp_path) == ([0.25, 0.5, 1.0], None, 4)


@pytest.mark.parametrize("status", [302, 400, 401, 402, 403, 404, 410])
def test_a_no_is_final_also_after_an_outage(status: int, tmp_path: Path) -> None:
    pauses, error, requests = pauses_against(faults.status(503, times=1), faults.status(status), folder=tmp_path)
    assert (pauses, requests) == ([0.25], 2)
    assert error is not None
    assert error.message.endswith(f"status {status}, after 2 tries.")


@pytest.mark.parametrize(
    ("value", "pause"),
    [("7", 7), ("0", 0), ("Fri, 02 Jan 2026 03:04:12 GMT", 7), ("soon", 0.25), ("-1", 0.25)],
    ids=["seconds", "at once", "a date", "nonsense", "negative"],
)
def test_a_wait_that_the_service_asks_for_is_made(value: str, pause: float, tmp_path: Path) -> None:
    outage = faults.status(429, headers=(("Retry-After", value),), times=1)
    assert pauses_against(outage, folder=tmp_path) == ([pause], None, 2)


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ("3600", "3600 seconds"),
        ("999999998", "999999998 seconds"),
        ("9" * 5_000, "999999999 seconds or more"),
        ("Fri, 31 Dec 9999 23:59:59 GMT", "999999999 seconds or more"),
        ("Fri, 02 Jan 2026 04:04:05 GMT", "3600 seconds"),
    ],
    ids=["an hour", "the most that is told", "no end of digits", "the last date", "a date"],
)
def test_a_wait_that_does_not_fit_is_reported_at_once(value: str, words: str, tmp_path: Path) -> None:
    outage = faults.status(503, headers=(("Retry-After", value),))
    pauses, error, requests = pauses_against(outage, folder=tmp_path)
    assert (pauses, requests) == ([], 1)
    assert error is not None
    assert error.message == f"the service fails: status 503; it asks to wait {words}."


def test_every_try_has_a_connection_of_its_own() -> None:
    with socket_server(sending(b"HTTP/1.1 503 x\r\nContent-Length: 0\r\n\r\n")) as server:
        failure_of(loopback(server.port))
    assert len(server.received) == server.connections == 4


ECHOES: list[Fault] = [
    faults.echo_key(401, lambda key: {"error": key, "message": key, "code": key}),
    faults.echo_key(402, lambda key: {"error": {"code": f"bad_{key}"}, "required_plan": key}),
    faults.echo_key(403, lambda key: key),
    faults.echo_key(404, lambda key: {key: key, "code": key[8:]}),
    faults.echo_key(302, lambda key: {"error": key}),
    faults.echo_key(429, lambda key: [key]),
    faults.echo_key(500, lambda key: {"code": key.upper()}),
    faults.echo_key(101, lambda key: key),
    Fault(lambda request, _: iter([f"HTTP/1.1 {request.header('X-API-Key')}\r\n\r\n".encode()])),
    Fault(
        lambda request, _: iter([f"HTTP/1.1 200 OK\r\nContent-Type: {request.header('X-API-Key')}\r\n\r\n".encode()])
    ),
    Fault(lambda request, _: iter([HEAD + f"Content-Encoding: {request.header('X-API-Key')}\r\n\r\n".encode()])),
    Fault(lambda request, _: iter([HEAD + f"Content-Length: {request.header('X-API-Key')}\r\n\r\n".encode()])),
]


@pytest.mark.parametrize("echo", ECHOES, ids=range(len(ECHOES)))
def test_a_key_that_the_server_sends_back_is_shown_nowhere(echo: Fault, tmp_path: Path) -> None:
    error = failure_against(tmp_path, echo, key=KEY)
    shown = f"{error.message} {error.fix} {error!r} {error.problem!r}".lower()
    assert KEY[8:] not in shown
    assert KEY[8:] not in "".join(traceback.format_exception(error)).lower()


def client_that_fails(error: Exception) -> httpx.Client:
    def fail(_: httpx.Request) -> httpx.Response:
        raise error

    return httpx.Client(transport=httpx.MockTransport(fail))  # no server can make the library raise them all


@pytest.mark.parametrize("error_class", HTTPX_ERRORS)
def test_no_error_of_the_library_leaves_the_fetch(error_class: type[Exception]) -> None:
    with client_that_fails(instance(error_class)) as client, pytest.raises(PolicyFetchError):
        fetch_policy(client, loopback(80), 5.0, sleep=lambda _: None)


def test_a_bug_in_the_exchange_is_not_hidden_by_its_thread() -> None:
    with client_that_fails(KeyError("bug")) as client, pytest.raises(KeyError):
        fetch_policy(client, loopback(80), 5.0)


def mutated(answer: bytes, choice: random.Random) -> bytes:
    changed = bytearray(answer)
    for _ in range(choice.randint(1, 4)):
        at = choice.randrange(len(changed))
        match choice.randrange(3):
            case 0:
                changed[at] = choice.randrange(256)
            case 1:
                del changed[at : at + choice.randint(1, 8)]
            case _:
                changed[at:at] = choice.choice([b"\r\n", b"\x00", b": ", b"9", bytes([choice.randrange(256)])])
        changed = changed or bytearray(b"x")
    return bytes(changed)


def test_any_bytes_of_a_server_are_an_answer_or_an_error_of_ours() -> None:
    choice = random.Random(20260102)
    honest = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}"
    refusing = b'HTTP/1.1 404 Not Found\r\nTransfer-Encoding: chunked\r\n\r\nf\r\n{"error": "e_1"}\r\n0\r\n\r\n'
    answers = [mutated(choice.choice([honest, refusing]), choice) for _ in range(300)]

    def handle(connection: socket.socket) -> None:
        connection.sendall(answer)

    with socket_server(handle) as server:
        address = loopback(server.port)
        for answer in answers:
            with open_client(address, Transport()) as client, contextlib.suppress(PolicyError):
                assert isinstance(fetch_policy(client, address, 5.0, sleep=lambda _: None), bytes), answer
