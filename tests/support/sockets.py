"""Servers below HTTP: what a test says is what they do with each connection."""

import contextlib
import socket
import ssl
import struct
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

Handle = Callable[[socket.socket], None]


@dataclass
class SocketServer:
    """A listening server, and the first bytes of each connection."""

    port: int
    received: list[bytes] = field(default_factory=list)
    connections: int = 0  # accepted, whatever became of them


@contextmanager
def socket_server(handle: Handle, *, tls: ssl.SSLContext | None = None, reads: bool = True) -> Iterator[SocketServer]:
    """Listen on loopback; for each connection, read a request's beginning and let `handle` do the rest.

    Args:
        handle: gets the connection, which is closed after it; what the client breaks is no error here.
        tls: does a handshake first.
        reads: whether to read before `handle`.
    """
    listener = socket.create_server(("127.0.0.1", 0))
    server = SocketServer(listener.getsockname()[1])

    def serve(connection: socket.socket) -> None:
        with contextlib.suppress(OSError), connection:
            secured = tls.wrap_socket(connection, server_side=True) if tls else connection
            with secured:
                if reads:
                    server.received.append(secured.recv(65_536))
                handle(secured)

    def accept() -> None:
        with contextlib.suppress(OSError):
            while True:
                connection, _ = listener.accept()
                server.connections += 1
                connection.settimeout(10)
                threading.Thread(target=serve, args=(connection,), daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()
    try:
        yield server
    finally:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()


def sending(*pieces: bytes) -> Handle:
    """Write these bytes and close."""

    def handle(connection: socket.socket) -> None:
        for piece in pieces:
            connection.sendall(piece)

    return handle


def reset(connection: socket.socket) -> None:
    """End a connection by a reset."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()


def stall(connection: socket.socket) -> None:
    """Take what comes, and say nothing until the client goes."""
    while connection.recv(65_536):
        pass


def tunnelling(port: int, answer: bytes = b"HTTP/1.1 200 Connection established\r\n\r\n") -> Handle:
    """Be a proxy that connects to this port of loopback, whatever host it is asked for."""

    def handle(connection: socket.socket) -> None:
        with socket.create_connection(("127.0.0.1", port), timeout=10) as target:
            connection.sendall(answer)
            back = threading.Thread(target=_pass_on, args=(target, connection), daemon=True)
            back.start()
            _pass_on(connection, target)
            back.join()

    return handle


def _pass_on(source: socket.socket, target: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while data := source.recv(65_536):
            target.sendall(data)
        target.shutdown(socket.SHUT_WR)
