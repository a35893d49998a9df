"""HTTP answers, byte for byte."""

import pytest

from sekuire_gate.workspace.reply import chunked, error_reply, reply


@pytest.mark.parametrize(
    ("made", "expected"),
    [
        (reply(200, b"{}"), b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}"),
        (reply(204, b"", content_type=None), b"HTTP/1.1 204 No Content\r\nContent-Length: 0\r\n\r\n"),
        (
            reply(777, b"", content_type=None, headers=(("X-A", "\xe9"),)),
            b"HTTP/1.1 777 Unknown\r\nContent-Length: 0\r\nX-A: \xe9\r\n\r\n",
        ),
        (
            error_reply(404, "not_found", "No."),
            b"HTTP/1.1 404 Not Found\r\nContent-Type: application/json\r\nContent-Length: 51\r\n\r\n%b"
            % b'{"error": {"code": "not_found", "message": "No."}}\n',
        ),
    ],
    ids=["document", "no type", "unknown status", "error"],
)
def test_an_answer_is_written_with_its_length(made: bytes, expected: bytes) -> None:
    assert made == expected


def test_a_body_in_chunks_ends_with_the_empty_one() -> None:
    assert chunked(b"a" * 26) == b"1a\r\n" + b"a" * 26 + b"\r\n0\r\n\r\n"
    assert chunked(b"") == b"0\r\n\r\n"
