"""One GET against real servers: what comes back, or which failure it is, and when."""

import contextlib
import gzip
import random
import socket
import ssl
import struct
import subprocess
import sys
import threading
import time
import traceback
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest

from sekuire_gate.errors import GateError, PolicyAccessError, PolicyError, PolicyFetchError
from sekuire_gate.model.secret import Secret
from sekuire_gate.trust.address import PolicyAddress, Transport, policy_address
from sekuire_gate.trust.client import open_client
from sekuire_gate.trust.fetch import fetch_policy
from sekuire_gate.workspace import faults
from sekuire_gate.workspace.faults import Fault
from tests.support.certificates import Authority
from tests.support.library import HTTPX_ERRORS, instance
from tests.support.sockets import sending, socket_server
from tests.support.workspace import served_workspace

KEY = "sk_live_0123456789abcdef"
NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
DEADLINE = 1.0  # seconds
SLACK = 1.0  # seconds; a loaded machine
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"


def slowly(piece: bytes) -> tuple[bytes | float, ...]:
    """Send the same for a minute, ten times a second."""
    return (piece, 0.1) * 600


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


def failure_at(handle: Callable[[socket.socket], None], *, deadline: float = 5.0) -> GateError:
    with socket_server(handle) as server:
        return failure_of(loopback(server.port), deadline=deadline)


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


@pytest.mark.parametrize(
    ("fault", "kind"),
    [
        (faults.document(b" " * 1_048_577), "fetch.too_large"),
        (faults.raw(HEAD + b"Content-Length: 1048577\r\n\r\n", faults.FOR_EVER), "fetch.too_large"),
        (faults.endless_body(), "fetch.too_large"),
        (faults.content_type("text/html"), "fetch.content_type"),
        (faults.content_type(None), "fetch.content_type"),
        (faults.content_encoding("gzip"), "fetch.content_encoding"),
        (faults.content_encoding("x-gzip"), "fetch.content_encoding"),
        (faults.cut_body(10), "fetch.truncated"),
        (faults.cut_body(0), "fetch.truncated"),
        (faults.raw(HEAD + b"Transfer-Encoding: chunked\r\n\r\n5\r\n{"), "fetch.truncated"),
        (faults.raw(HEAD + b"Transfer-Encoding: chunked\r\n\r\n1\r\n{\r\n"), "fetch.truncated"),
        (faults.raw(HEAD + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n{"), "fetch.protocol"),
        (faults.raw(HEAD + b"Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}"), "fetch.protocol"),
        (faults.raw(HEAD + b"Content-Length: -2\r\n\r\n{}"), "fetch.protocol"),
        (faults.raw(HEAD + b"X: " + b"a" * 300_000 + b"\r\n\r\n"), "fetch.protocol"),
        (faults.raw(b"HTTP/1.1 101 Switching\r\nUpgrade: x\r\nConnection: Upgrade\r\n\r\n"), "fetch.protocol"),
        (faults.raw(b"HTTP/1.1 777 Lucky\r\nContent-Length: 0\r\n\r\n"), "fetch.protocol"),
        (faults.raw(b"SSH-2.0-OpenSSH_9.6\r\n"), "fetch.protocol"),
        (faults.raw(b"\x15\x03\x01\x00\x02\x02\x46"), "fetch.protocol"),
        (faults.raw(b"HTTP/1.1 200 OK\r\nContent-Ty"), "fetch.truncated"),
        (faults.raw(), "fetch.unreachable"),
        (faults.raw(HEAD + b"Content-Length: 2\r\nContent-Length: 2\r\n\r\n{}"), "fetch.protocol"),
        (faults.raw(HEAD + b"Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n"), "fetch.protocol"),
        (faults.endless_continue(), "fetch.protocol"),
        (faults.status(204), "fetch.rejected"),
        (faults.status(404, b'{"error": {"code": "not_found"}}'), "fetch.not_found"),
        (faults.status(429, headers=(("Retry-After", "3600"),)), "fetch.rate_limited"),
        (faults.status(503), "fetch.server_error"),
        (faults.redirect("http://127.0.0.1:9/x"), "fetch.redirect"),
        (faults.redirect("http://[::1", 301), "fetch.redirect"),
        (faults.redirect("javascript:\x07", 308), "fetch.redirect"),
        (faults.status(302), "fetch.redirect"),
        (faults.status(304), "fetch.redirect"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)  # fmt: skip
def test_every_misbehaviour_has_its_kind(fault: Fault, kind: str, tmp_path: Path) -> None:
    error = failure_against(tmp_path, fault)
    assert isinstance(error, PolicyFetchError)
    assert error.kind == kind
    assert error.exit_code == 4
    assert error.message.endswith(".")
    assert error.fix


@pytest.mark.parametrize("status", [401, 402, 403])
def test_a_refused_key_is_a_matter_of_settings(status: int, tmp_path: Path) -> None:
    error = failure_against(tmp_path, faults.status(status), key=KEY)
    assert isinstance(error, PolicyAccessError)
    assert error.exit_code == 2


def test_a_code_in_an_error_body_is_shown(tmp_path: Path) -> None:
    error = failure_against(tmp_path, faults.status(404, b'{"error": {"code": "not_found", "message": "prose"}}'))
    assert error.message.endswith("status 404 ('not_found').")


def test_a_compressed_or_endless_error_body_takes_nothing_but_the_code(tmp_path: Path) -> None:
    bomb = gzip.compress(b" " * 10_000_000)
    error = failure_against(tmp_path, faults.status(500, bomb, headers=(("Content-Encoding", "gzip"),)))
    assert error.message.endswith("status 500, after 4 tries.")


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_the_host_a_redirect_points_at_sees_nothing(status: int, tmp_path: Path) -> None:
    with socket_server(sending(b"")) as second:
        location = f"http://127.0.0.1:{second.port}/"
        error = failure_against(tmp_path, faults.redirect(location, status), key=KEY)
    assert error.kind == "fetch.redirect"
    assert second.received == []


@pytest.mark.parametrize(
    "fault",
    [
        faults.drip_head(),
        faults.drip_body(),
        faults.endless_continue(pause=0.2),
        faults.silence(),
        faults.raw(HEAD + b"Content-Length: 2\r\n\r\n{", faults.FOR_EVER),
        faults.raw(b"HTTP/1.1 200 OK\r\n", *slowly(b"X: y\r\n")),
        faults.raw(HEAD + b"Transfer-Encoding: chunked\r\n\r\n", *slowly(b"1\r\n \r\n")),
    ],
    ids=["head drips", "body drips", "100 drips", "silence", "stalls in the body", "headers drip", "chunks drip"],
)
def test_the_deadline_holds_whatever_the_server_does(fault: Fault, tmp_path: Path) -> None:
    started = time.monotonic()
    error = failure_against(tmp_path, fault, deadline=DEADLINE)
    assert time.monotonic() - started < DEADLINE + SLACK
    assert error.kind == "fetch.timeout"


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


def test_a_status_that_is_known_is_not_lost_to_a_body_that_drips(tmp_path: Path) -> None:
    head = b"HTTP/1.1 403 Forbidden\r\nContent-Length: 1000\r\n\r\n"
    error = failure_against(tmp_path, faults.raw(head, *slowly(b" ")), deadline=DEADLINE)
    assert error.kind == "fetch.forbidden"


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


def reset(connection: socket.socket) -> None:
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()


def reset_in_the_body(connection: socket.socket) -> None:
    connection.sendall(HEAD + b"Content-Length: 100\r\n\r\n{")
    time.sleep(0.2)  # a reset may overtake what was sent
    reset(connection)


def test_a_reset_connection_is_unreachable_before_the_answer_and_truncated_within() -> None:
    assert failure_at(reset).kind == "fetch.unreachable"
    assert failure_at(reset_in_the_body).kind == "fetch.truncated"


def fetch_over_tls(authority: Authority, server_context: ssl.SSLContext) -> bytes:
    """Fetch with a client that trusts the authority too."""
    with socket_server(sending(HEAD + b"Content-Length: 2\r\n\r\n{}"), tls=server_context) as listening:
        address = policy_address(f"https://localhost:{listening.port}", "ws_test", allow_loopback_http=False)
        with open_client(address, Transport(ca_bundle=authority.file)) as client:
            return fetch_policy(client, address, 5.0, sleep=lambda _: None)


def test_a_policy_comes_over_tls(tmp_path: Path) -> None:
    authority = Authority.create(tmp_path)
    assert fetch_over_tls(authority, authority.server_context()) == b"{}"


@pytest.mark.parametrize(
    ("server_context", "words"),
    [
        (lambda authority: authority.server_context(["other.example"]), "its certificate is for another host name."),
        (lambda authority: authority.server_context(valid_for=timedelta(days=-1)), "its certificate has expired."),
        (lambda authority: authority.server_context(self_signed=True), "its certificate is self-signed."),
    ],
    ids=["wrong host", "expired", "self-signed"],
)
def test_tls_says_which_check_failed(
    server_context: Callable[[Authority], ssl.SSLContext], words: str, tmp_path: Path
) -> None:
    authority = Authority.create(tmp_path)
    with pytest.raises(PolicyFetchError) as caught:
        fetch_over_tls(authority, server_context(authority))
    assert caught.value.kind == "fetch.tls"
    assert caught.value.message.endswith(words)


def test_a_server_that_does_not_speak_tls_is_a_tls_failure(tmp_path: Path) -> None:
    with served_workspace(tmp_path) as served:
        address = policy_address(
            served.url.replace("http://127.0.0.1", "https://localhost"), "ws_test", allow_loopback_http=False
        )
        error = failure_of(address)
    assert error.kind == "fetch.tls"
    assert "does not speak TLS" in error.message


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


def test_a_pause_is_part_of_the_deadline(tmp_path: Path) -> None:
    outage = faults.status(503, headers=(("Retry-After", "1"),))
    started = time.monotonic()
    with served_workspace(tmp_path, faults=[outage]) as served:
        address = policy_address(served.url, served.workspace_id, allow_loopback_http=True)
        with open_client(address, Transport()) as client, pytest.raises(PolicyFetchError) as caught:
            fetch_policy(client, address, 1.9)
    assert 1.0 <= time.monotonic() - started < 1.9
    assert caught.value.message == "the service fails: status 503, after 2 tries; it asks to wait 1 second."


def test_the_deadline_is_one_for_all_tries(tmp_path: Path) -> None:
    started = time.monotonic()
    error = failure_against(tmp_path, faults.status(503, times=2), faults.silence(), deadline=DEADLINE)
    assert time.monotonic() - started < DEADLINE + SLACK
    assert error.kind == "fetch.timeout"
    assert error.message.endswith("gives no complete answer within 1 seconds, after 3 tries.")


def test_every_try_has_a_connection_of_its_own() -> None:
    with socket_server(sending(b"HTTP/1.1 503 x\r\nContent-Length: 0\r\n\r\n")) as server:
        failure_of(loopback(server.port))
    assert len(server.received) == server.connections == 4


def test_a_connection_that_is_closed_in_the_handshake_is_tried_again() -> None:
    with socket_server(sending(b"")) as server:
        error = failure_of(policy_address(f"https://localhost:{server.port}", "ws_test", allow_loopback_http=False))
    assert error.kind == "fetch.unreachable"
    assert len(server.received) == 4


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
