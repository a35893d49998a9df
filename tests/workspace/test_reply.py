"""HTTP answers, byte for byte."""

import pytest

from sekuire_gate.workspace.reply import error_reply, reply


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
