"""The connection below the HTTP client: a new one for each request, its bytes seen before the library reads them."""

import re
import ssl
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

import httpcore
import httpx

from sekuire_gate.trust.framing import Heads
from sekuire_gate.trust.proxy import Proxy

_STATUS = re.compile(r"[1-9][0-9]{2}\b")


class Wire(httpx.BaseTransport):
    """Sends each request over a connection of its own.

    Its errors are httpx's, told apart by what they mean: `ConnectError`, no answer has begun; `ReadError`, an answer
    is cut off; `ProxyError`, it is the proxy, whose status is the error's text if it refuses by one;
    `RemoteProtocolError`, an answer is malformed. What `Heads` refuses leaves as it is.
    """

    def __init__(self, tls: ssl.SSLContext, proxy: Proxy | None) -> None:
        """Keep what connections are made with.

        Args:
            tls: checks the service, never the proxy, which is asked in plain HTTP to connect.
            proxy: None for the direct way.
        """
        self._tls = tls
        self._proxy = _of_httpcore(proxy) if proxy else None
        self._line: _Line | None = None  # of the last request

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Send one request; the answer's body is still to be read."""
        line = _Line(at_proxy=self._proxy is not None)
        pool = httpcore.ConnectionPool(ssl_context=self._tls, proxy=self._proxy, network_backend=line)
        self._line = line
        try:
            with _errors_of_httpx(line):
                answer = pool.handle_request(
                    httpcore.Request(
                        request.method,
                        httpcore.URL(
                            scheme=request.url.raw_scheme,
                            host=request.url.raw_host,
                            port=request.url.port,
                            target=request.url.raw_path,
                        ),
                        headers=request.headers.raw,
                        extensions=request.extensions,
                    )
                )
        except BaseException:
            line.close()
            raise
        assert isinstance(answer.stream, Iterable)
        body = _Body(answer.stream, line)
        return httpx.Response(answer.status, headers=answer.headers, stream=body, extensions=answer.extensions)

    def close(self) -> None:
        """Close the connection that is left, if any."""
        if self._line is not None:
            self._line.close()


class _Line(httpcore.NetworkBackend):
    """Makes the connection of one request, and knows how far things have come on it."""

    def __init__(self, *, at_proxy: bool) -> None:
        self.at_proxy = at_proxy  # whether it is still the proxy that we talk to
        self.answered = False  # whether a byte of the service's answer has come
        self.ended = False  # whether the other side has closed
        self.stream: _Stream | None = None  # the latest: TLS comes in the place of what it is spoken over

    def close(self) -> None:
        """Close what was connected; the library's pool loses sight of a connection that is closed while it is made."""
        if self.stream is not None:
            self.stream.close()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.NetworkStream:
        stream = httpcore.SyncBackend().connect_tcp(host, port, timeout, local_address, socket_options or ())
        self.stream = _Stream(stream, self)
        return self.stream


class _Stream(httpcore.NetworkStream):
    """Passes everything on, and shows `Heads` what the service sends."""

    def __init__(self, stream: httpcore.NetworkStream, line: _Line) -> None:
        self._stream = stream
        self._line = line
        self._heads = Heads()

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        data = self._stream.read(max_bytes, timeout)
        self._line.ended = not data
        if not self._line.at_proxy:  # what a proxy says of lengths when it connects has no meaning (RFC 9110, 9.3.6)
            self._line.answered |= bool(data)
            self._heads.take(data)
        return data

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, timeout)

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        self._line.at_proxy = self._line.ended = False
        self._line.stream = _Stream(self._stream.start_tls(ssl_context, server_hostname, timeout), self._line)
        return self._line.stream

    def get_extra_info(self, info: str) -> object:
        return self._stream.get_extra_info(info)


class _Body(httpx.SyncByteStream):
    """The answer's body; closing it closes the connection."""

    def __init__(self, chunks: Iterable[bytes], line: _Line) -> None:
        self._chunks = chunks
        self._line = line

    def __iter__(self) -> Iterator[bytes]:
        with _errors_of_httpx(self._line):
            yield from self._chunks

    def close(self) -> None:
        self._line.close()


@contextmanager
def _errors_of_httpx(line: _Line) -> Iterator[None]:
    try:
        yield
    except httpcore.TimeoutException as error:
        raise httpx.TimeoutException("") from error
    except (httpcore.NetworkError, httpcore.ProtocolError, httpcore.ProxyError, httpcore.UnsupportedProtocol) as error:
        raise _meaning(error, line)(_status(error)) from error


def _meaning(error: Exception, line: _Line) -> type[httpx.TransportError]:
    if line.at_proxy:
        return httpx.ProxyError
    if line.ended or isinstance(error, httpcore.NetworkError):
        return httpx.ReadError if line.answered else httpx.ConnectError
    return httpx.RemoteProtocolError


def _status(error: Exception) -> str:
    """Return the status that a proxy refuses with, and no other word of it."""
    return str(error)[:3] if isinstance(error, httpcore.ProxyError) and _STATUS.match(str(error)) else ""


def _of_httpcore(proxy: Proxy) -> httpcore.Proxy:
    url = httpcore.URL(scheme=b"http", host=proxy.host.encode(), port=proxy.port, target=b"/")
    return httpcore.Proxy(url, auth=proxy.credentials)
