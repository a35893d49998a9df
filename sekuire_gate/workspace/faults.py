"""How the embedded workspace misbehaves: values that a test hands to the server; no flag reaches them.

A fault turns a request into what is written to the socket: bytes, and pauses in seconds. After its last piece the
connection is closed. Faults take the place of an answer that would have been the active document.
"""

import gzip
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from enum import Enum
from itertools import chain, repeat

from sekuire_gate.workspace.reply import JSON, Headers, chunked, head, reply


class End(Enum):
    """How a connection ends other than by being closed."""

    RESET = "reset"  # what was written before may be lost on its way


Pieces = Iterator[bytes | float | End]  # what to write, how many seconds to wait, and how to end it

FOR_EVER = 3600.0  # seconds; longer than any client waits
RESET = End.RESET
BOMB_BYTES = 300 * 1_048_576  # 300 MiB, once it is decompressed
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


def raw(*pieces: bytes | float | End, times: int | None = None) -> Fault:
    """Write these bytes and make these pauses, whatever HTTP says."""
    return Fault(lambda _request, _document: iter(pieces), times)


# Answers that are whole, and not what was asked for.


def status(
    code: int, body: bytes = b"", *, content_type: str | None = JSON, headers: Headers = (), times: int | None = None
) -> Fault:
    """Answer with a status, so many times, then go on to the next fault or to honesty."""
    return raw(reply(code, body, content_type=content_type, headers=headers), times=times)


def retry_at(code: int, seconds: float, *, times: int | None = None) -> Fault:
    """Answer with a status and a date in `Retry-After`, so many seconds from now, rounded down."""

    def pieces(_: Received, __: bytes) -> Pieces:
        date = format_datetime(datetime.now(UTC) + timedelta(seconds=seconds), usegmt=True)
        yield reply(code, b"", headers=(("Retry-After", date),))

    return Fault(pieces, times)


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


def gzip_bomb(code: int = 200, *, encoding: str | None = "gzip") -> Fault:
    """Send 300 KB that become 300 MiB of white space, with or without saying so."""
    # Compressed data may be joined, and is decompressed as one.
    bomb = gzip.compress(b" " * 1_048_576) * (BOMB_BYTES // 1_048_576)
    return status(code, bomb, headers=(("Content-Encoding", encoding),) if encoding else ())


def document(other: bytes) -> Fault:
    """Serve another document: an older one, a tampered one, one signed by a stranger."""
    return raw(reply(200, other))


def padded(size: int) -> Fault:
    """Serve the document with white space after it, so many bytes in all."""
    return Fault(lambda _, document: iter([reply(200, document.ljust(size))]))


def echo_key(code: int, body: Callable[[str], object]) -> Fault:
    """Answer an error that repeats the client's key in its body, in a header and in the reason."""

    def pieces(request: Received, _: bytes) -> Pieces:
        key = request.header("X-API-Key") or ""
        extra = (("Location", f"https://{key}.example/{key}?{key}"), ("X-Echo", key))
        yield reply(code, json.dumps(body(key)).encode(), headers=extra)

    return Fault(pieces)


# The document, under a head or in a framing of another kind.


def under(
    *lines: str, status_line: str = "HTTP/1.1 200 OK", line_end: str = "\r\n", body: Callable[[bytes], bytes] = bytes
) -> Fault:
    """Serve the document under these lines.

    Args:
        lines: headers beside the media type, Latin-1; `{length}` stands for the document's length.
        status_line: the first line.
        line_end: after each line.
        body: how the document is sent; by itself, as it is.
    """

    def pieces(_: Received, document: bytes) -> Pieces:
        written = line_end.join((status_line, f"Content-Type: {JSON}", *lines, "", "")).replace(
            "{length}", str(len(document))
        )
        yield written.encode("latin-1") + body(document)

    return Fault(pieces)


def with_lines(*lines: str) -> Fault:
    """Serve the document as always, with these further lines in its head."""
    return under("Content-Length: {length}", *lines)


def bare() -> Fault:
    """Serve the document without any head, as HTTP/0.9 did."""
    return Fault(lambda _, document: iter([document]))


def in_chunks(body: Callable[[bytes], bytes] = chunked) -> Fault:
    """Serve the document in chunks, or in what `body` makes of them."""
    return under("Transfer-Encoding: chunked", body=body)


def after_hints(code: int, times: int) -> Fault:
    """Serve the document after so many informational answers."""
    return Fault(lambda _, document: iter([head(code, ()) * times + reply(200, document)]))


# Too slow.


def late(seconds: float) -> Fault:
    """Serve the document after a while."""
    return Fault(lambda _, document: iter([seconds, reply(200, document)]))


def silence() -> Fault:
    """Take the request and never answer."""
    return raw(FOR_EVER)


def drip_head(pause: float = 0.1) -> Fault:
    """Send the answer's head one byte at a time."""
    return Fault(lambda _, document: _dripping(reply(200, document), pause))


def drip_body(pause: float = 0.1, *, code: int = 200) -> Fault:
    """Send the head at once and the body one byte at a time."""

    def pieces(_: Received, document: bytes) -> Pieces:
        yield head(code, (*_COMMON, ("Content-Length", str(len(document)))))
        yield from _dripping(document, pause)

    return Fault(pieces)


def drip_chunks(pause: float = 0.1) -> Fault:
    """Send the head at once and the body in chunks of one byte, one at a time."""

    def pieces(_: Received, document: bytes) -> Pieces:
        yield head(200, (*_COMMON, ("Transfer-Encoding", "chunked")))
        for byte in document:
            yield chunked(bytes([byte])).removesuffix(chunked(b""))
            yield pause

    return Fault(pieces)


# Too short.


def cut_head(after: int) -> Fault:
    """Close the connection after so many bytes of the answer, in its head."""
    return Fault(lambda _, document: iter([reply(200, document)[:after]]))


def cut_body(after: int) -> Fault:
    """Announce the whole document and close the connection after so many bytes of it."""

    def pieces(_: Received, document: bytes) -> Pieces:
        yield head(200, (*_COMMON, ("Content-Length", str(len(document)))))
        yield document[:after]

    return Fault(pieces)


# Without end; the places where nobody counts bytes are in `floods`.


def endless_body(code: int = 200) -> Fault:
    """Send white space without end and without a length."""
    return Fault(lambda _request, _document: chain([head(code, _COMMON)], repeat(b" " * 65_536)))


def endless_continue(pause: float = 0.01) -> Fault:
    """Say `100 Continue` for ever."""
    return Fault(lambda _request, _document: (piece for _ in repeat(None) for piece in (head(100, ()), pause)))


def _dripping(data: bytes, pause: float) -> Pieces:
    for byte in data:
        yield bytes([byte])
        yield pause
