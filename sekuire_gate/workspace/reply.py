"""An HTTP/1.1 answer as bytes: what the embedded workspace writes, honestly or not."""

import json
from http import HTTPStatus

JSON = "application/json"

Headers = tuple[tuple[str, str], ...]


def reply(status: int, body: bytes, *, content_type: str | None = JSON, headers: Headers = ()) -> bytes:
    """Return a whole answer with its length.

    Args:
        status: three digits, of those that HTTP knows or others.
        body: sent as it is.
        content_type: None leaves the header out.
        headers: further ones, in order.
    """
    return head(status, (*_typed(content_type), ("Content-Length", str(len(body))), *headers)) + body


def error_reply(status: int, code: str, message: str, *, headers: Headers = ()) -> bytes:
    """Return an error in the service's form: `{"error": {"code", "message"}}` (docs/protocol.md 1)."""
    body = json.dumps({"error": {"code": code, "message": message}}).encode() + b"\n"
    return reply(status, body, headers=headers)


def head(status: int, headers: Headers) -> bytes:
    """Return the status line and the headers, with the empty line that ends them."""
    try:
        phrase = HTTPStatus(status).phrase
    except ValueError:
        phrase = "Unknown"
    lines = [f"HTTP/1.1 {status} {phrase}", *(f"{name}: {value}" for name, value in headers), "", ""]
    return "\r\n".join(lines).encode("latin-1")


def chunked(body: bytes) -> bytes:
    """Return a body as one chunk and the empty one that ends it (RFC 9112, 7.1)."""
    last = b"0\r\n\r\n"
    return b"%x\r\n%b\r\n" % (len(body), body) + last if body else last


def _typed(content_type: str | None) -> Headers:
    return () if content_type is None else (("Content-Type", content_type),)
