"""The embedded workspace over the real protocol: one endpoint, a thread a request (docs/protocol.md 1)."""

import hmac
import socket
import struct
import sys
import threading
from collections import deque
from collections.abc import Callable, Iterable
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from socketserver import TCPServer

from sekuire_gate.errors import SettingsError
from sekuire_gate.model.secret import Secret
from sekuire_gate.workspace.faults import End, Fault, Received
from sekuire_gate.workspace.reply import Headers, error_reply, reply
from sekuire_gate.workspace.store import open_workspace

CLIENT_TIMEOUT_SECONDS = 30  # for each read of a request and each write of an answer

_CLOSE = ("Connection", "close")
_NO_KEY = "A valid X-API-Key header is required."


class WorkspaceServer(ThreadingHTTPServer):
    """Serves one workspace; what is active is read from disk at each request."""

    daemon_threads = True
    block_on_close = False
    request_queue_size = 128  # the library's 5 lets a burst of clients wait for a second

    def __init__(
        self,
        directory: Path,
        *,
        host: str = "127.0.0.1",
        port: int = 0,
        require_key: Secret | None = None,
        faults: Iterable[Fault] = (),
        on_request: Callable[[Received], None] | None = None,
    ) -> None:
        """Bind and listen; `serve_forever` answers.

        Args:
            directory: the workspace's folder.
            host: a name or an address, IPv6 with or without brackets.
            port: 0 picks a free one.
            require_key: only requests that carry it as `X-API-Key` are answered.
            faults: how to misbehave, one after the other; for tests.
            on_request: sees each request before it is answered; for tests.

        Raises:
            SettingsError: `config.workspace`, the folder is no workspace.
            OSError: the address cannot be listened on.
        """
        self.workspace = open_workspace(directory)
        self.require_key = require_key
        self.on_request = on_request
        self.closing = threading.Event()
        self._faults = deque(faults)
        self._faults_used = 0
        self._faults_lock = threading.Lock()
        family, _, _, _, address = socket.getaddrinfo(host.strip("[]"), port, type=socket.SOCK_STREAM)[0]
        self.address_family = family
        super().__init__((str(address[0]), int(address[1])), _Handler)

    @property
    def url(self) -> str:
        """Where the server listens: `http://HOST:PORT`, an IPv6 address in brackets."""
        host, port = self.server_address[:2]
        return f"http://[{host!s}]:{port}" if self.address_family == socket.AF_INET6 else f"http://{host!s}:{port}"

    def server_bind(self) -> None:
        """Bind without asking anybody for the host's name, as the library's own would."""
        TCPServer.server_bind(self)
        self.server_name, self.server_port = str(self.server_address[0]), self.server_address[1]

    def server_close(self) -> None:
        """Stop listening, and end the pauses of faults."""
        self.closing.set()
        super().server_close()

    def handle_error(self, request: socket.socket | tuple[bytes, socket.socket], client_address: object) -> None:
        """Stay quiet about clients that went away: a reset connection is no fault of ours."""
        if not isinstance(sys.exception(), OSError):
            super().handle_error(request, client_address)

    def next_fault(self) -> Fault | None:
        """Return how to answer this request wrongly, or None for honestly."""
        with self._faults_lock:
            while self._faults and self._faults[0].times == self._faults_used:
                self._faults.popleft()
                self._faults_used = 0
            self._faults_used += 1
            return self._faults[0] if self._faults else None


class _Handler(BaseHTTPRequestHandler):
    """Answers one connection's requests."""

    protocol_version = "HTTP/1.1"
    timeout = CLIENT_TIMEOUT_SECONDS
    disable_nagle_algorithm = True
    server: WorkspaceServer

    def do_GET(self) -> None:
        """Answer with the active document, or say why not."""
        # A body would be read as the next request.
        if self.headers.get("Content-Length") or self.headers.get("Transfer-Encoding"):
            self.close_connection = True
        received = Received(self.command, self.path, tuple(self.headers.items()))
        if self.server.on_request:
            self.server.on_request(received)
        if not self._has_key():
            self._refuse(401, "unauthorized", _NO_KEY)
        elif self.path != f"/api/v1/workspaces/{self.server.workspace.workspace_id}/policy/active":
            self._refuse(404, "not_found", "No such workspace or path.")
        else:
            self._answer(received)

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
        """Answer what the library cannot: a method that nobody wrote, or a request that it cannot read."""
        del message, explain  # they repeat what the client sent
        self.close_connection = True
        if code != HTTPStatus.NOT_IMPLEMENTED:
            self._refuse(code, "bad_request", "The request cannot be read.", _CLOSE)
        elif not self._has_key():
            self._refuse(401, "unauthorized", _NO_KEY, _CLOSE)
        else:
            self._refuse(405, "method_not_allowed", "Only GET is answered.", ("Allow", "GET"), _CLOSE)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the library's name for it
        """Log nothing: a request's text is the client's own."""

    def _answer(self, received: Received) -> None:
        try:
            document = self.server.workspace.active_document()
        except SettingsError as error:
            self._refuse(500, "workspace_damaged", error.message)
            return
        if fault := self.server.next_fault():
            self._misbehave(fault, received, document or b"")
        elif document is None:
            self._refuse(404, "not_found", "No active policy.")
        else:
            self._write(reply(200, document, headers=self._date()))

    def _misbehave(self, fault: Fault, received: Received, document: bytes) -> None:
        self.close_connection = True
        for piece in fault.pieces(received, document):
            if isinstance(piece, bytes):
                self._write(piece)
            elif isinstance(piece, End):
                self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                self.connection.close()
                return
            elif self.server.closing.wait(piece):
                return

    def _refuse(self, status: int, code: str, message: str, *headers: tuple[str, str]) -> None:
        answer = error_reply(status, code, message, headers=(*headers, *self._date()))
        self._write(answer.partition(b"\r\n\r\n")[0] + b"\r\n\r\n" if self.command == "HEAD" else answer)

    def _date(self) -> Headers:
        """Return the header by which clients see how far their clock is off (RFC 9110, 6.6.1)."""
        return (("Date", self.date_time_string()),)

    def _has_key(self) -> bool:
        if self.server.require_key is None:
            return True
        given = self.headers.get_all("X-API-Key", [])
        # Bytes, and in constant time: text that is not ASCII would be an error instead of a No.
        expected = self.server.require_key.reveal().encode("utf-8", "surrogateescape")
        return len(given) == 1 and hmac.compare_digest(given[0].encode("latin-1", "replace"), expected)

    def _write(self, data: bytes) -> None:
        self.wfile.write(data)
