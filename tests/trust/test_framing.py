"""An answer says where it ends in one way, or it is refused before the library reads it."""

import random
from collections.abc import Iterable

import pytest

from sekuire_gate.errors import PolicyFetchError
from sekuire_gate.trust.framing import MAX_HEAD_BYTES, MAX_INTERIM_HEADS, Heads

OK = b"HTTP/1.1 200 OK\r\n"
HONEST = OK + b"Content-Length: 2\r\n\r\n"


def taken(pieces: Iterable[bytes]) -> Heads:
    heads = Heads()
    for piece in pieces:
        heads.take(piece)
    return heads


def one_by_one(answer: bytes) -> Iterable[bytes]:
    return (answer[at : at + 1] for at in range(len(answer)))


def refused(*pieces: bytes) -> PolicyFetchError:
    with pytest.raises(PolicyFetchError) as caught:
        taken(pieces)
    assert caught.value.kind == "fetch.protocol"
    return caught.value


@pytest.mark.parametrize(
    "head",
    [
        HONEST,
        OK + b"content-length:\t2 \r\n\r\n",
        OK + b"Transfer-Encoding: Chunked\r\n\r\n",
        OK + b"\r\n",
        b"HTTP/1.0 200\r\n\r\n",
        HONEST.replace(b"\r\n", b"\n"),
        b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n" + HONEST,
        b"HTTP/1.1 103 Early Hints\r\n\r\n" * MAX_INTERIM_HEADS + HONEST,
    ],
    ids=["length", "blanks", "chunks", "until close", "HTTP/1.0", "bare line feeds", "interim", "as many as may be"],
)
def test_an_answer_that_ends_in_one_way_passes_however_its_bytes_come(head: bytes) -> None:
    assert taken([head + b"{}"]).complete
    assert taken(one_by_one(head)).complete
    assert not taken(one_by_one(head[:-1])).complete


def test_what_comes_behind_the_head_is_not_looked_at() -> None:
    assert taken([HONEST, b"\r\n\r\nContent-Length: 3\r\n\r\n", b"x" * 2 * MAX_HEAD_BYTES]).complete
    assert taken([HONEST + b"x" * 2 * MAX_HEAD_BYTES]).complete


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        (b"Content-Length: 2\r\nContent-Length: 2\r\n", "announces its length twice"),
        (b"Content-Length: 2\r\nX: y\r\ncontent-LENGTH: 2\r\n", "announces its length twice"),
        (b"Content-Length: 2, 2\r\n", "announces its length twice"),
        (b"Content-Length: 2\r\nTransfer-Encoding: chunked\r\n", "both a length and chunks"),
        (b"Transfer-Encoding: chunked\r\nContent-Length: 2\r\n", "both a length and chunks"),
        (b"Content-Length: -2\r\n", "is not a number"),
        (b"Content-Length: +2\r\n", "is not a number"),
        (b"Content-Length: 0x2\r\n", "is not a number"),
        (b"Content-Length: 2;\r\n", "is not a number"),
        (b"Content-Length:\r\n", "is not a number"),
        (b"Content-Length: \xb2\r\n", "is not a number"),
        (b"Transfer-Encoding: gzip, chunked\r\n", "something else than chunked"),
        (b"Transfer-Encoding: chunked, chunked\r\n", "something else than chunked"),
        (b"Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n", "something else than chunked"),
        (b"Transfer-Encoding: identity\r\n", "something else than chunked"),
        (b"Transfer-Encoding: xchunked\r\n", "something else than chunked"),
        (b"Transfer-Encoding:\x0bchunked\r\n", "something else than chunked"),
        (b"Transfer-Encoding:\r\n chunked\r\n", "folded"),
        (b"X: y\r\n\tContent-Length: 2\r\n", "folded"),
    ],
    ids=ascii,
)
def test_an_end_that_can_be_read_in_two_ways_is_refused(fields: bytes, words: str) -> None:
    answer = OK + fields + b"\r\n{}"
    assert words in refused(answer).message
    assert words in refused(*one_by_one(answer)).message


def test_chunks_are_not_for_http_1_0() -> None:
    assert "HTTP/1.0" in refused(b"HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n").message


def test_an_interim_answer_has_no_body() -> None:
    assert "interim" in refused(b"HTTP/1.1 103 Early Hints\r\nContent-Length: 40\r\n\r\n").message


def test_interim_answers_are_counted() -> None:
    assert "more than 16 interim" in refused(b"HTTP/1.1 100 Continue\r\n\r\n" * (MAX_INTERIM_HEADS + 1)).message


def test_heads_of_64_kib_are_read_and_a_byte_more_is_refused_before_their_end() -> None:
    interim = b"HTTP/1.1 103 Early Hints\r\nLink: " + b"a" * 8_000 + b"\r\n\r\n"
    begun = OK + b"X: "
    room = MAX_HEAD_BYTES - len(interim) - len(begun) - len(b"\r\n\r\n")
    assert taken([interim, begun + b"a" * room + b"\r\n\r\n"]).complete
    assert "64 KiB" in refused(interim, begun + b"a" * (room + 1) + b"\r\n\r\n").message
    assert "64 KiB" in refused(interim, begun + b"a" * (room + 5)).message


@pytest.mark.parametrize(
    "answer",
    [b"\r\nHTTP/1.1 200 OK\r\n\r\n", b"SSH-2.0", b"HTTP/2 200\r\n", b"http/1.1 200 OK", b"\x15\x03\x01", b"{}"],
    ids=ascii,
)
def test_what_does_not_begin_as_an_answer_is_refused_at_once(answer: bytes) -> None:
    assert "begins with something else" in refused(*one_by_one(answer)).message


@pytest.mark.parametrize(
    "line",
    [b"HTTP/1.1 OK", b"HTTP/1.2 200 OK", b"HTTP/1.10 200 OK", b"HTTP/1.1  200 OK", b"HTTP/1.1 2000 OK", b"HTTP/1.1 099",
     b"HTTP/1.1 +20 OK", b"HTTP/1.1 200\tOK", b"HTTP/1.1 200 OK\rX"],
    ids=ascii,
)  # fmt: skip
def test_a_first_line_of_another_form_is_refused(line: bytes) -> None:
    assert "first line" in refused(line + b"\r\n\r\n").message


def test_no_bytes_bring_anything_but_a_refusal() -> None:
    choice = random.Random(20260102)
    vocabulary = [
        OK, b"HTTP/1.1 100 \r\n", b"\r\n", b"\n", b"\r", b"Content-Length:", b"Transfer-Encoding:", b"chunked",
        b"2", b",", b" ", b"\x00", b"\xff", b":",
    ]  # fmt: skip
    for _ in range(3_000):
        pieces = [choice.choice(vocabulary) for _ in range(choice.randint(1, 12))]
        try:
            taken([OK, *pieces])
        except PolicyFetchError as error:
            assert error.kind == "fetch.protocol"  # noqa: PT017 - most pass, and none may raise anything else
