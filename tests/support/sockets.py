"""Servers below HTTP: what a test says is what they do with each connection."""

import contextlib
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field


@dataclass
class SocketServer:
    """A listening server, and the first bytes of each connection."""

    port: int
    received: list[bytes] = field(default_factory=list)


@contextmanager
def socket_server(
    handle: Callable[[socket.socket], None], *, tls: ssl.SSLContext | None = None, reads: bool = True
) -> Iterator[SocketServer]:
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
                connection.settimeout(10)
                threading.Thread(target=serve, args=(connection,), daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()
    try:
        yield server
    finally:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()


def sending(*pieces: bytes) -> Callable[[socket.socket], None]:
    """Write these bytes and close."""

    def handle(connection: socket.socket) -> None:
        for piece in pieces:
            connection.sendall(piece)

    return handle
