"""The connection below the client: what is left open, and what the library may raise."""

import socket
import ssl
import threading
from collections.abc import Iterator

import httpcore
import httpx
import pytest

from sekuire_gate.trust.wire import Wire
from tests.support.sockets import sending, socket_server

ANSWER = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"


@pytest.fixture
def client() -> Iterator[httpx.Client]:
    with httpx.Client(transport=Wire(ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT), None), trust_env=False) as client:
        yield client


def test_no_connection_is_used_twice_nor_left_open(client: httpx.Client) -> None:
    closed = threading.Semaphore(0)

    def answer_and_wait(connection: socket.socket) -> None:
        sending(ANSWER)(connection)
        assert connection.recv(1) == b""
        closed.release()

    with socket_server(answer_and_wait) as server:
        for _ in range(2):
            assert client.get(f"http://127.0.0.1:{server.port}/").content == b"{}"
            assert closed.acquire(timeout=5)
    assert server.connections == 2


def test_the_connection_is_closed_with_an_answer_that_is_not_read_to_its_end(client: httpx.Client) -> None:
    closed = threading.Event()

    def answer_for_ever(connection: socket.socket) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
        try:
            while True:
                connection.sendall(b" " * 65_536)
        except OSError:
            closed.set()

    with socket_server(answer_for_ever) as server:
        with client.stream("GET", f"http://127.0.0.1:{server.port}/") as response:
            next(response.iter_raw())
        assert closed.wait(5)


def test_what_the_library_below_may_raise_is_what_is_translated() -> None:
    found = {found for found in vars(httpcore).values() if isinstance(found, type) and issubclass(found, Exception)}
    translated = (
        httpcore.TimeoutException, httpcore.NetworkError, httpcore.ProtocolError, httpcore.ProxyError,
        httpcore.UnsupportedProtocol,
    )  # fmt: skip
    assert {error for error in found if not issubclass(error, translated)} == {httpcore.ConnectionNotAvailable}
