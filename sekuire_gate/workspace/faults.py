"""How the embedded workspace misbehaves: values that a test hands to the server; no flag reaches them.

A fault turns a request into what is written to the socket: bytes, and pauses in seconds. After its last piece the
connection is closed. Faults take the place of an answer that would have been the active document.
"""

import gzip
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import chain, repeat

from sekuire_gate.workspace.reply import JSON, Headers, head, reply

Pieces = Iterator[bytes | float]  # what to write, and how many seconds to wait

FOR_EVER = 3600.0  # seconds; longer than any client waits
_COMMON: Headers = (("Content-Type", JSON),)


@dataclass(frozen=True, slots=True)
class Received:
    """A request, as it came."""

    method: str
    path: str
    headers: tuple[tuple[str, str], ...]  # in order, names as written

    def header(self, name: str) -> str | None:
        """Return the first header of that name, in any case."""
        return next((value for key, value in self.headers if key.lower() == name.lower()), None)


@dataclass(frozen=True, slots=True)
class Fault:
    """One way to answer wrongly, a number of times."""

    pieces: Callable[[Received, bytes], Pieces]  # from the request and the honest document
    times: int | None = None  # requests that meet it; None: all


def status(
    code: int, body: bytes = b"", *, content_type: str | None = JSON, headers: Headers = (), times: int | None = None
) -> Fault:
    """Answer with a status, so many times, then go on to the next fault or to honesty."""
    return raw(reply(code, body, content_type=content_type, headers=headers), times=times)


def redirect(location: str, code: int = 302) -> Fault:
    """Send the client elsewhere."""
    return status(code, headers=(("Location", location),))


def content_type(value: str | None) -> Fault:
    """Serve the document under another media type, or under none."""
    return Fault(lambda _, document: iter([reply(200, document, content_type=value)]))


def content_encoding(value: str) -> Fault:
    """Serve the document compressed by gzip, under any name for that."""
    extra = (("Content-Encoding", value),)
    return Fault(lambda _, document: iter([reply(200, gzip.compress(document), headers=extra)]))


def document(other: bytes) -> Fault:
    """Serve another document: an older one, a tampered one, one signed by a stranger."""
    return raw(reply(200, other))


def drip_head(pause: float = 0.1) -> Fault:
    """Send the answer's head one byte at a time."""
    return Fault(lambda _, document: _dripping(reply(200, document), pause))


def drip_body(pause: float = 0.1) -> Fault:
    """Send the head at once and the body one byte at a time."""

    def pieces(_: Received, document: bytes) -> Pieces:
        yield head(200, (*_COMMON, ("Content-Length", str(len(document)))))
        yield from _dripping(document, pause)

    return Fault(pieces)


def cut_body(after: int) -> Fault:
    """Announce the whole document and close the connection after so many bytes of it."""

    def pieces(_: Received, document: bytes) -> Pieces:
        yield head(200, (*_COMMON, ("Content-Length", str(len(document)))))
        yield document[:after]

    return Fault(pieces)


def endless_body() -> Fault:
    """Send white space without end and without a length."""
    return Fault(lambda _request, _document: chain([head(200, _COMMON)], repeat(b" " * 65_536)))


def endless_continue(pause: float = 0.01) -> Fault:
    """Say `100 Continue` for ever."""
    return Fault(lambda _request, _document: (piece for _ in repeat(None) for piece in (head(100, ()), pause)))


def silence() -> Fault:
    """Take the request and never answer."""
    return raw(FOR_EVER)


def raw(*pieces: bytes | float, times: int | None = None) -> Fault:
    """Write these bytes and make these pauses, whatever HTTP says."""
    return Fault(lambda _request, _document: iter(pieces), times)


def echo_key(code: int, body: Callable[[str], object]) -> Fault:
    """Answer an error that repeats the client's key in its body, in a header and in the reason."""

    def pieces(request: Received, _: bytes) -> Pieces:
        key = request.header("X-API-Key") or ""
        extra = (("Location", f"https://{key}.example/{key}?{key}"), ("X-Echo", key))
        yield reply(code, json.dumps(body(key)).encode(), headers=extra)

    return Fault(pieces)


def _dripping(data: bytes, pause: float) -> Pieces:
    for byte in data:
        yield bytes([byte])
        yield pause
