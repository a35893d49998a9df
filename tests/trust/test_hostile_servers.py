"""Servers that break HTTP, stall, flood or hang up: what the gate says, how often it asks, and how long it takes.

Where a row gives no number, what may pass is tried four times and everything else once.
"""

import contextlib
import socket
import threading
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future

import pytest

from sekuire_gate.workspace import faults, floods
from sekuire_gate.workspace.faults import RESET
from sekuire_gate.workspace.reply import JSON, chunked
from tests.support.hostile import SHORT, Case, Met, hold_against, playing

OK = f"HTTP/1.1 200 OK\r\nContent-Type: {JSON}\r\n".encode()
LENGTH = "Content-Length: {length}"
CHUNKED = "Transfer-Encoding: chunked"
PAUSE = 0.1  # seconds; what came before it has arrived


def say_nothing_more(connection: socket.socket) -> None:
    """Close the server's side at once; the client may say what it likes."""
    connection.shutdown(socket.SHUT_WR)
    with contextlib.suppress(OSError):
        while connection.recv(65_536):
            pass


def never_read(connection: socket.socket) -> None:
    """Accept the connection, and do nothing with it."""
    del connection
    threading.Event().wait(2 * SHORT)


def trailing(line: bytes) -> Callable[[bytes], bytes]:
    """Put a body into one chunk, with this line behind it."""
    return lambda body: chunked(body).removesuffix(b"\r\n") + line + b"\r\n\r\n"


CONNECTIONS: dict[str, Case] = {
    "says nothing and is never read": Case(never_read, "fetch.timeout", deadline=SHORT),
    "says nothing to the request": Case(faults.silence(), "fetch.timeout", deadline=SHORT),
    "closes before the request": Case(say_nothing_more, "fetch.unreachable"),
    "closes after the request": Case(faults.raw(), "fetch.unreachable"),
    "resets after the request": Case(faults.raw(RESET), "fetch.unreachable"),
    "resets in the head": Case(faults.raw(b"HTTP/1.1 200 OK\r\n", PAUSE, RESET), "fetch.truncated"),
    "resets in the body": Case(faults.raw(OK + b"Content-Length: 9\r\n\r\n{", PAUSE, RESET), "fetch.truncated"),
    "cuts the status line short": Case(faults.cut_head(9), "fetch.truncated"),
    "cuts the head short": Case(faults.cut_head(40), "fetch.truncated"),
    "cuts the body short": Case(faults.cut_body(40), "fetch.truncated"),
    "cuts the whole body": Case(faults.cut_body(0), "fetch.truncated"),
    "cuts a chunk short": Case(faults.in_chunks(lambda body: chunked(body)[:40]), "fetch.truncated"),
    "cuts the chunk's size short": Case(faults.in_chunks(lambda _: b"f"), "fetch.truncated"),
    "cuts before the last chunk": Case(faults.in_chunks(lambda body: chunked(body)[:-5]), "fetch.truncated"),
    "cuts before the last line": Case(faults.in_chunks(lambda body: chunked(body)[:-2]), "fetch.truncated"),
    "cuts in the trailers": Case(faults.in_chunks(lambda body: chunked(body)[:-2] + b"X: y"), "fetch.truncated"),
    "closes after 100 Continue": Case(faults.raw(b"HTTP/1.1 100 Continue\r\n\r\n"), "fetch.truncated"),
    "closes after a status 199": Case(faults.raw(b"HTTP/1.1 199 Odd\r\n\r\n"), "fetch.truncated"),
    "drips the head": Case(faults.drip_head(), "fetch.timeout", deadline=SHORT),
    "drips headers": Case(floods.headers(pause=PAUSE), "fetch.timeout", deadline=SHORT),
    "drips the body": Case(faults.drip_body(), "fetch.timeout", deadline=SHORT),
    "drips chunks": Case(faults.drip_chunks(), "fetch.timeout", deadline=SHORT),
    "drips chunk extensions": Case(floods.chunk_extensions(pause=PAUSE), "fetch.timeout", deadline=SHORT),
    "stalls in the body": Case(
        faults.raw(OK + b"Content-Length: 9\r\n\r\n{", faults.FOR_EVER), "fetch.timeout", deadline=SHORT
    ),
    "is late and honest": Case(faults.late(SHORT), least=SHORT),
    "drips a refusal's body": Case(faults.drip_body(code=403), "fetch.forbidden", most=3.0),
    "drips an outage's body": Case(faults.drip_body(code=503), "fetch.server_error", requests=1, deadline=SHORT),
}

FLOODS: dict[str, Case] = {
    "the body": Case(faults.endless_body(), "fetch.too_large"),
    "a chunk of 2^64 bytes": Case(floods.chunk(), "fetch.too_large"),
    "the body of a refusal": Case(faults.endless_body(401), "fetch.unauthorized"),
    "the body of an outage": Case(faults.endless_body(503), "fetch.server_error"),
    "one header line": Case(floods.header_line(), "fetch.protocol"),
    "header lines": Case(floods.headers(), "fetch.protocol"),
    "cookies": Case(floods.headers("Set-Cookie: a=b; Path=/"), "fetch.protocol"),
    "a chunk's extension": Case(floods.chunk_extension(), "fetch.protocol"),
    "one trailer line": Case(floods.trailer_line(), "fetch.protocol"),
    "trailer lines": Case(floods.trailers(), "fetch.protocol"),
    "100 Continue": Case(faults.endless_continue(), "fetch.protocol"),
    "100 Continue, slowly": Case(faults.endless_continue(PAUSE), "fetch.timeout", deadline=SHORT),
    "103 Early Hints": Case(floods.hints(), "fetch.protocol"),
    "chunk extensions": Case(floods.chunk_extensions(), "fetch.timeout", deadline=SHORT),
}

HEADS: dict[str, Case] = {
    "a few 100 Continue": Case(faults.after_hints(100, 3)),
    "a few 103 Early Hints": Case(faults.after_hints(103, 3)),
    "a status 102": Case(faults.after_hints(102, 1)),
    "HTTP/1.0": Case(faults.under(status_line="HTTP/1.0 200 OK")),
    "HTTP/0.9": Case(faults.bare(), "fetch.protocol"),
    "HTTP/2": Case(faults.under(LENGTH, status_line="HTTP/2 200"), "fetch.protocol"),
    "HTTP/2.0": Case(faults.under(LENGTH, status_line="HTTP/2.0 200 OK"), "fetch.protocol"),
    "HTTP/3.0": Case(faults.under(LENGTH, status_line="HTTP/3.0 200 OK"), "fetch.protocol"),
    "HTTP/1.10": Case(faults.under(LENGTH, status_line="HTTP/1.10 200 OK"), "fetch.protocol"),
    "HTTP in lower case": Case(faults.under(LENGTH, status_line="http/1.1 200 OK"), "fetch.protocol"),
    "another protocol's name": Case(faults.under(LENGTH, status_line="ICY 200 OK"), "fetch.protocol"),
    "an HTTP/2 client's preface": Case(faults.raw(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"), "fetch.protocol"),
    "an HTTP/2 frame": Case(faults.raw(b"\x00\x00\x00\x04\x00\x00\x00\x00\x00"), "fetch.protocol"),
    "an SSH banner": Case(faults.raw(b"SSH-2.0-OpenSSH_9.6\r\n"), "fetch.protocol"),
    "an SMTP banner": Case(faults.raw(b"220 mail.example ESMTP ready\r\n"), "fetch.protocol"),
    "a TLS alert": Case(faults.raw(b"\x15\x03\x01\x00\x02\x02\x46"), "fetch.protocol"),
    "NUL bytes": Case(faults.raw(bytes(4_096)), "fetch.protocol"),
    "random bytes": Case(faults.raw(bytes(range(255, -1, -1))), "fetch.protocol"),
    "an empty line": Case(faults.raw(b"\r\n"), "fetch.protocol"),
    "no status": Case(faults.under(LENGTH, status_line="HTTP/1.1 OK"), "fetch.protocol"),
    "no reason": Case(faults.under(LENGTH, status_line="HTTP/1.1 200")),
    "two blanks before the status": Case(faults.under(LENGTH, status_line="HTTP/1.1  200 OK"), "fetch.protocol"),
    "a status of two digits": Case(faults.under(LENGTH, status_line="HTTP/1.1 20 OK"), "fetch.protocol"),
    "a status of four digits": Case(faults.under(LENGTH, status_line="HTTP/1.1 2000 OK"), "fetch.protocol"),
    "a status with a sign": Case(faults.under(LENGTH, status_line="HTTP/1.1 +20 OK"), "fetch.protocol"),
    "status 000": Case(faults.under(LENGTH, status_line="HTTP/1.1 000 OK"), "fetch.protocol"),
    "status 099": Case(faults.under(LENGTH, status_line="HTTP/1.1 099 OK"), "fetch.protocol"),
    "status 101": Case(faults.under("Upgrade: x", status_line="HTTP/1.1 101 Switching Protocols"), "fetch.protocol"),
    "a blank in a header's name": Case(faults.with_lines("Set Cookie: a"), "fetch.protocol"),
    "a blank after a header's name": Case(faults.with_lines("X : a"), "fetch.protocol"),
    "a header without a name": Case(faults.with_lines(": a"), "fetch.protocol"),
    "a header without a colon": Case(faults.with_lines("X"), "fetch.protocol"),
    "a header's name that is not ASCII": Case(faults.with_lines("X-\xe9: a"), "fetch.protocol"),
    "a header's value that is not ASCII": Case(faults.with_lines("X: \xe9\xff")),
    "a header's value with control characters": Case(faults.with_lines("X: a\x01\x1b[31m\x7f")),
    "NUL in a header": Case(faults.with_lines("X: a\x00b"), "fetch.protocol"),
    "a bare CR in a header": Case(faults.with_lines("X: a\rY: b"), "fetch.protocol"),
    "a folded header": Case(faults.with_lines("X: a\r\n b"), "fetch.protocol"),
    "a fold before the first header": Case(faults.raw(b"HTTP/1.1 200 OK\r\n X: a\r\n\r\n{}"), "fetch.protocol"),
    "lines that end in LF alone": Case(faults.under(LENGTH, line_end="\n")),
    "lines that end in CR alone": Case(faults.under(LENGTH, line_end="\r"), "fetch.truncated"),
    "a hundred cookies": Case(faults.with_lines(*["Set-Cookie: a=b; Path=/; Domain=.example"] * 100)),
}  # fmt: skip

LENGTHS: dict[str, Case] = {
    "none, until it closes": Case(faults.under()),
    "right": Case(faults.with_lines()),
    "too small": Case(faults.under("Content-Length: 2"), "fetch.bad_body"),
    "negative": Case(faults.under("Content-Length: -{length}"), "fetch.protocol"),
    "with a plus": Case(faults.under("Content-Length: +{length}"), "fetch.protocol"),
    "hexadecimal": Case(faults.under("Content-Length: 0x{length}"), "fetch.protocol"),
    "with a fraction": Case(faults.under("Content-Length: {length}.0"), "fetch.protocol"),
    "with an underscore": Case(faults.under("Content-Length: 1_0"), "fetch.protocol"),
    "with other digits": Case(faults.under("Content-Length: \xb2"), "fetch.protocol"),
    "empty": Case(faults.under("Content-Length:"), "fetch.protocol"),
    "a word": Case(faults.under("Content-Length: all"), "fetch.protocol"),
    "just over 1 MiB": Case(faults.under("Content-Length: 1048577"), "fetch.too_large"),
    "of 20 digits": Case(faults.under(f"Content-Length: {'9' * 20}"), "fetch.too_large"),
    "of 5,000 digits": Case(faults.under(f"Content-Length: {'9' * 5_000}"), "fetch.protocol"),
    "two, joined by a comma": Case(faults.under("Content-Length: {length}, {length}"), "fetch.protocol"),
    "two that are equal": Case(faults.under(LENGTH, LENGTH), "fetch.protocol"),
    "two that differ": Case(faults.under(LENGTH, "Content-Length: 2"), "fetch.protocol"),
    "beside chunks": Case(faults.under(LENGTH, CHUNKED, body=chunked), "fetch.protocol"),
    "behind chunks": Case(faults.under(CHUNKED, LENGTH, body=chunked), "fetch.protocol"),
}

CHUNKS: dict[str, Case] = {
    "one": Case(faults.in_chunks()),
    "in upper case": Case(faults.under("TRANSFER-ENCODING: CHUNKED", body=chunked)),
    "with an extension": Case(faults.in_chunks(lambda body: b"%x;a=b\r\n%b\r\n0\r\n\r\n" % (len(body), body))),
    "with a trailer": Case(faults.in_chunks(trailing(b"X: y"))),
    "inside gzip": Case(faults.under("Transfer-Encoding: gzip", body=chunked), "fetch.protocol"),
    "after gzip": Case(faults.under("Transfer-Encoding: gzip, chunked", body=chunked), "fetch.protocol"),
    "twice": Case(faults.under("Transfer-Encoding: chunked, chunked", body=chunked), "fetch.protocol"),
    "in two headers": Case(faults.under(CHUNKED, CHUNKED, body=chunked), "fetch.protocol"),
    "called identity": Case(faults.under("Transfer-Encoding: identity"), "fetch.protocol"),
    "called xchunked": Case(faults.under("Transfer-Encoding: xchunked", body=chunked), "fetch.protocol"),
    "called nothing": Case(faults.under("Transfer-Encoding:", body=chunked), "fetch.protocol"),
    "that are none": Case(faults.in_chunks(lambda body: body + b"\r\n"), "fetch.protocol"),
    "of a negative size": Case(faults.in_chunks(lambda _: b"-1\r\n{\r\n"), "fetch.protocol"),
    "of a size with 0x": Case(faults.in_chunks(lambda _: b"0x1\r\n{\r\n"), "fetch.protocol"),
    "of a size that is not hexadecimal": Case(faults.in_chunks(lambda _: b"zz\r\n{\r\n"), "fetch.protocol"),
    "of no size": Case(faults.in_chunks(lambda _: b"\r\n{\r\n"), "fetch.protocol"),
    "of a size after a blank": Case(faults.in_chunks(lambda _: b" 1\r\n{\r\n"), "fetch.protocol"),
    "of a size of 30 digits": Case(faults.in_chunks(lambda _: b"f" * 30 + b"\r\n{"), "fetch.protocol"),
    "longer than their size": Case(faults.in_chunks(lambda body: b"2\r\n%b\r\n0\r\n\r\n" % body), "fetch.protocol"),
    "with bare line feeds": Case(faults.in_chunks(lambda _: b"2\n{}\n0\n\n\r\n\r\n"), "fetch.protocol"),
    "with a trailer of NUL": Case(faults.in_chunks(trailing(b"X: \x00")), "fetch.protocol"),
}  # fmt: skip

CASES = {
    f"{title}: {name}": case
    for title, cases in {
        "a server": CONNECTIONS, "a flood of": FLOODS, "a head": HEADS, "a length": LENGTHS, "chunks": CHUNKS,
    }.items()
    for name, case in cases.items()
}  # fmt: skip


@pytest.fixture(scope="module")
def met(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mapping[str, Future[Met]]]:
    with playing(CASES, tmp_path_factory.mktemp("servers")) as futures:
        yield futures


@pytest.mark.parametrize("name", CASES)
def test_a_server_that_breaks_http_gets_the_documented_answer(name: str, met: Mapping[str, Future[Met]]) -> None:
    hold_against(CASES[name], met[name].result())
