"""Servers that cannot prove who they are, and proxies in the way: not a byte of the request reaches either."""

import socket
import ssl
import time
import warnings
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest

from sekuire_gate.model.secret import Secret
from sekuire_gate.trust.address import Transport, policy_address
from sekuire_gate.workspace.reply import reply
from tests.support.certificates import Authority
from tests.support.hostile import KEY, PATIENCE, SHORT, Case, Met, fetch, hold_against, side_by_side
from tests.support.signing import as_bytes, signed_document
from tests.support.sockets import Handle, SocketServer, reset, sending, socket_server, stall

DOCUMENT = as_bytes(signed_document())
ANSWER = reply(200, DOCUMENT)
HANDSHAKE_FAILURE = b"\x15\x03\x03\x00\x02\x02\x28"  # the record of a fatal alert
ELSEWHERE = "api.example.test"  # where loopback's exceptions do not hold


def fetch_from(
    server: SocketServer, host: str, *, authority: Authority | None, deadline: float = PATIENCE, proxy: str = ""
) -> Met:
    """Fetch over TLS, with an authority beside the system's."""
    port = "" if proxy else f":{server.port}"
    address = policy_address(f"https://{host}{port}", "ws_1", allow_loopback_http=False)
    transport = Transport(
        api_key=Secret(KEY),
        timeout_seconds=deadline,
        proxy=proxy,
        ca_bundle=authority.file if authority else None,
    )
    return fetch(address, transport, lambda: server.connections, DOCUMENT)


def only(context: ssl.SSLContext, version: ssl.TLSVersion) -> ssl.SSLContext:
    """Speak this version alone, however weak it is."""
    context.set_ciphers("ALL:@SECLEVEL=0")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        context.minimum_version = context.maximum_version = version
    return context


def asking_for_a_certificate(authority: Authority) -> ssl.SSLContext:
    """Serve only clients that have a certificate of this authority."""
    context = authority.server_context()
    context.verify_mode = ssl.CERT_REQUIRED
    context.load_verify_locations(cafile=authority.file)
    return context


def with_a_long_chain(authority: Authority) -> ssl.SSLContext:
    """Send a chain of some 400 KB."""
    context = authority.server_context()
    chain = authority.folder / "server.pem"
    chain.write_bytes(chain.read_bytes() + authority.file.read_bytes() * 1_000)
    context.load_cert_chain(chain)
    return context


def of_another_authority(authority: Authority) -> ssl.SSLContext:
    """Come from an authority of the same name that nobody trusts."""
    folder = authority.folder / "other"
    folder.mkdir()
    return Authority.create(folder).server_context()


WRONG_CERTIFICATES: dict[str, tuple[Callable[[Authority], ssl.SSLContext], str]] = {
    "self-signed": (lambda authority: authority.server_context(self_signed=True), "its certificate is self-signed."),
    "for another host": (
        lambda authority: authority.server_context(["other.example"]),
        "its certificate is for another host name.",
    ),
    "for a longer name": (lambda authority: authority.server_context(["localhost.x"]), "is for another host name"),
    "for no host": (lambda authority: authority.server_context([]), "is for another host name"),
    "expired": (
        lambda authority: authority.server_context(valid_for=timedelta(days=-1)),
        "its certificate has expired.",
    ),
    "not valid yet": (lambda authority: authority.server_context(valid_in=timedelta(hours=1)), "is not valid yet"),
    "of another authority": (of_another_authority, "does not verify"),
    "in a chain of 400 KB": (with_a_long_chain, "the handshake fails"),
    "that wants one of ours": (asking_for_a_certificate, "the handshake fails"),
    "over TLS 1.1 only": (lambda authority: only(authority.server_context(), ssl.TLSVersion.TLSv1_1), "from 1.2 on"),
    "over TLS 1.0 only": (lambda authority: only(authority.server_context(), ssl.TLSVersion.TLSv1), "from 1.2 on"),
}


@pytest.mark.parametrize(("context", "words"), WRONG_CERTIFICATES.values(), ids=WRONG_CERTIFICATES)
def test_a_server_that_proves_nothing_gets_nothing(
    context: Callable[[Authority], ssl.SSLContext], words: str, tmp_path: Path
) -> None:
    authority = Authority.create(tmp_path)
    with socket_server(sending(ANSWER), tls=context(authority)) as server:
        met = fetch_from(server, "localhost", authority=authority)
    hold_against(Case((), "fetch.tls", words=words), met)
    assert server.received == []


def test_an_authority_that_is_not_named_is_not_trusted(tmp_path: Path) -> None:
    with socket_server(sending(ANSWER), tls=Authority.create(tmp_path).server_context()) as server:
        met = fetch_from(server, "localhost", authority=None)
    hold_against(Case((), "fetch.tls", words="authority that is not trusted here"), met)
    assert server.received == []


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3], ids=["1.2", "1.3"])
def test_a_server_that_proves_who_it_is_is_asked_over_tls_from_1_2_on(version: ssl.TLSVersion, tmp_path: Path) -> None:
    authority = Authority.create(tmp_path)
    with socket_server(sending(ANSWER), tls=only(authority.server_context(), version)) as server:
        met = fetch_from(server, "localhost", authority=authority)
    hold_against(Case(()), met)
    assert f"x-api-key: {KEY}".encode() in server.received[0].lower()


def drip(beginning: bytes, piece: bytes) -> Handle:
    """Send something, and then a little at a time."""

    def handle(connection: socket.socket) -> None:
        connection.sendall(beginning)
        for _ in range(50):
            connection.sendall(piece)
            time.sleep(0.1)

    return handle


HANDSHAKES: dict[str, Case] = {
    "says nothing": Case(stall, "fetch.timeout", deadline=SHORT),
    "drips a record": Case(drip(b"\x16\x03\x03\x40\x00", b"\x02"), "fetch.timeout", deadline=SHORT),
    "closes": Case(sending(), "fetch.unreachable"),
    "closes within a record": Case(sending(b"\x16\x03\x03\x40\x00\x02"), "fetch.unreachable"),
    "resets": Case(reset, "fetch.unreachable"),
    "sends an alert": Case(sending(HANDSHAKE_FAILURE), "fetch.tls", words="the handshake fails"),
    "sends zeros": Case(sending(bytes(4_096)), "fetch.tls"),
    "sends any bytes": Case(sending(bytes(range(255, -1, -1)) * 16), "fetch.tls"),
    "sends a record that is none": Case(sending(b"\x16\x03\x03\x00\x04\x02\xff\xff\xff"), "fetch.tls"),
    "speaks plain HTTP": Case(sending(ANSWER), "fetch.tls", words="does not speak TLS"),
    "speaks SSH": Case(sending(b"SSH-2.0-OpenSSH_9.6\r\n"), "fetch.tls", words="does not speak TLS"),
}

CONNECTED = b"HTTP/1.1 200 Connection established\r\n\r\n"


def connected(then: Handle) -> Handle:
    """Say that the tunnel stands, and be what is at its end."""

    def handle(connection: socket.socket) -> None:
        connection.sendall(CONNECTED)
        then(connection)

    return handle


def greeted(then: Handle) -> Handle:
    """Wait for the client's first words; what is closed with words unread is reset, and loses what was sent."""

    def handle(connection: socket.socket) -> None:
        connection.recv(65_536)
        then(connection)

    return handle


def answering(head: str) -> Handle:
    """Answer the request for a tunnel with this head."""
    return sending(head.encode() + b"\r\nContent-Length: 0\r\n\r\n")


PROXIES: dict[str, Case] = {
    "refuses": Case(answering("HTTP/1.1 403 hunter2"), "fetch.rejected", words="the proxy refuses to connect"),
    "asks for a password": Case(
        answering('HTTP/1.1 407 hunter2\r\nProxy-Authenticate: Basic realm="hunter2"'),
        "fetch.rejected",
        words="status 407",
    ),
    "finds nobody": Case(answering("HTTP/1.1 502 Bad Gateway"), "fetch.unreachable"),
    "redirects": Case(
        answering("HTTP/1.1 302 Found\r\nLocation: http://hunter2@127.0.0.1/"), "fetch.rejected", words="status 302"
    ),
    "speaks no HTTP": Case(sending(b"SSH-2.0-OpenSSH_9.6\r\n\r\n"), "fetch.unreachable"),
    "closes": Case(sending(), "fetch.unreachable"),
    "resets": Case(reset, "fetch.unreachable"),
    "says nothing": Case(stall, "fetch.timeout", deadline=SHORT),
    "drips its head": Case(drip(b"HTTP/1.1 200 O", b"K"), "fetch.timeout", deadline=SHORT),
    "says 100 for ever": Case(drip(b"", b"HTTP/1.1 100 Continue\r\n\r\n"), "fetch.timeout", deadline=SHORT),
    "sends a head without end": Case(sending(*[b"a" * 65_536] * 100), "fetch.unreachable"),
    "connects to silence": Case(connected(stall), "fetch.timeout", deadline=SHORT),
    "connects and closes": Case(connected(greeted(sending())), "fetch.unreachable"),
    "connects to plain HTTP": Case(connected(greeted(sending(ANSWER))), "fetch.tls", words="does not speak TLS"),
}


def through_handshake(case: Case) -> Met:
    assert callable(case.server)
    with socket_server(case.server) as server:
        return fetch_from(server, "localhost", authority=None, deadline=case.deadline)


def through_proxy(case: Case) -> Met:
    assert callable(case.server)
    with socket_server(case.server) as server:
        met = fetch_from(
            server, ELSEWHERE, authority=None, deadline=case.deadline, proxy=f"http://127.0.0.1:{server.port}"
        )
    assert all(seen.startswith(b"CONNECT api.example.test:443 HTTP/1.1\r\n") for seen in server.received)
    assert KEY.encode() not in b"".join(server.received)
    return met


@pytest.fixture(scope="module")
def met() -> Iterator[Mapping[str, Future[Met]]]:
    handshakes = {f"handshake {name}": partial(through_handshake, case) for name, case in HANDSHAKES.items()}
    proxies = {f"proxy {name}": partial(through_proxy, case) for name, case in PROXIES.items()}
    with side_by_side(handshakes | proxies) as futures:
        yield futures


@pytest.mark.parametrize("name", HANDSHAKES)
def test_a_server_that_shakes_no_hands_has_its_kind(name: str, met: Mapping[str, Future[Met]]) -> None:
    hold_against(HANDSHAKES[name], met[f"handshake {name}"].result())


@pytest.mark.parametrize("name", PROXIES)
def test_a_proxy_that_does_not_connect_sees_the_hosts_name_alone(name: str, met: Mapping[str, Future[Met]]) -> None:
    result = met[f"proxy {name}"].result()
    hold_against(PROXIES[name], result)
    assert "hunter2" not in f"{result.error} {result.error!r}"


def at_the_end_of_a_tunnel(context: ssl.SSLContext, authority: Authority | None) -> tuple[Met, list[bytes]]:
    """Fetch through a proxy that connects to a server with this certificate; also what that server is told."""
    told: list[bytes] = []

    def serve(connection: socket.socket) -> None:
        with context.wrap_socket(connection, server_side=True) as secured:
            told.append(secured.recv(65_536))
            secured.sendall(ANSWER)

    with socket_server(connected(serve)) as server:
        met = fetch_from(server, ELSEWHERE, authority=authority, proxy=f"http://127.0.0.1:{server.port}")
    return met, told


def test_a_proxy_that_puts_itself_in_the_servers_place_is_told_nothing(tmp_path: Path) -> None:
    met, told = at_the_end_of_a_tunnel(Authority.create(tmp_path).server_context([ELSEWHERE]), None)
    hold_against(Case((), "fetch.tls", words="authority that is not trusted here"), met)
    assert told == []


def test_a_proxy_that_connects_brings_the_policy(tmp_path: Path) -> None:
    authority = Authority.create(tmp_path)
    met, told = at_the_end_of_a_tunnel(authority.server_context([ELSEWHERE]), authority)
    hold_against(Case(()), met)
    assert KEY.encode() in told[0]
