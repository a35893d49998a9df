"""Answers that never end, in places where nobody counts bytes: in the head, between chunks, after the body."""

from itertools import chain, repeat

from sekuire_gate.workspace.faults import Fault, Pieces
from sekuire_gate.workspace.reply import JSON, chunked, head

_OK = b"HTTP/1.1 200 OK\r\n"
_CHUNKED = head(200, (("Content-Type", JSON), ("Transfer-Encoding", "chunked")))
_MUCH = b"a" * 65_536


def header_line() -> Fault:
    """Send one header that never ends."""
    return _for_ever(_OK + b"X: ", _MUCH)


def headers(line: str = "X: y", *, pause: float = 0.0) -> Fault:
    """Send the same header again and again, a thousand at a time, or one after each pause."""
    lines = f"{line}\r\n".encode("latin-1")
    return _for_ever(_OK, lines, pause) if pause else _for_ever(_OK, lines * 1_000)


def hints(*, pause: float = 0.0) -> Fault:
    """Send `103 Early Hints` again and again, 8 KiB in each."""
    return _for_ever(b"", head(103, (("Link", "a" * 8_192),)), pause)


def chunk() -> Fault:
    """Announce a chunk of 2^64 bytes, and send white space."""
    return _for_ever(_CHUNKED + b"10000000000000000\r\n", b" " * 65_536)


def chunk_extension() -> Fault:
    """Send one chunk extension that never ends."""
    return _for_ever(_CHUNKED + b"1;", _MUCH)


def chunk_extensions(*, pause: float = 0.0) -> Fault:
    """Send chunks of one byte, each with 8 KiB of extension."""
    return _for_ever(_CHUNKED, b"1;" + b"a" * 8_192 + b"\r\n \r\n", pause)


def trailer_line() -> Fault:
    """Send the whole document in chunks, and then one trailer that never ends."""
    return _after_document(b"X: ", _MUCH)


def trailers() -> Fault:
    """Send the whole document in chunks, and then trailer after trailer."""
    return _after_document(b"", b"X: y\r\n" * 1_000)


def _for_ever(beginning: bytes, piece: bytes, pause: float = 0.0) -> Fault:
    rhythm: tuple[bytes | float, ...] = (piece, pause) if pause else (piece,)
    return Fault(lambda _request, _document: chain([beginning], chain.from_iterable(repeat(rhythm))))


def _after_document(beginning: bytes, piece: bytes) -> Fault:
    def pieces(_: object, document: bytes) -> Pieces:
        yield _CHUNKED + chunked(document).removesuffix(b"\r\n") + beginning
        yield from repeat(piece)

    return Fault(pieces)
