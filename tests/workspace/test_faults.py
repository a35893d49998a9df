"""Faults are values: how often they are met, that honesty returns, and what they write.

What the gate makes of each: tests/end_to_end/test_hostile_*.py.
"""

import gzip
import io
import time
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from itertools import islice
from pathlib import Path

import httpx
import pytest

from sekuire_gate.workspace import faults, floods
from sekuire_gate.workspace.faults import RESET, Fault, Received
from tests.support.workspace import ServedWorkspace, served_workspace

ASKED = Received("GET", "/", ())
DOCUMENT = b'{"policy_id": "p"}'


def written(fault: Fault, *, pieces: int = 1_000) -> bytes:
    """What a fault writes to the socket, of its first pieces."""
    return b"".join(piece for piece in islice(fault.pieces(ASKED, DOCUMENT), pieces) if isinstance(piece, bytes))


def get(served: ServedWorkspace) -> httpx.Response:
    url = f"{served.url}/api/v1/workspaces/{served.workspace_id}/policy/active"
    with httpx.Client(trust_env=False, verify=False) as client:
        return client.get(url, headers={"X-API-Key": "sk_1"})


def test_faults_are_met_in_order_so_many_times_and_then_the_server_is_honest(tmp_path: Path) -> None:
    misbehaviour = [faults.status(503, times=2), faults.status(429, times=1)]
    with served_workspace(tmp_path, faults=misbehaviour) as served:
        statuses = [get(served).status_code for _ in range(5)]
        assert statuses == [503, 503, 429, 200, 200]
        assert get(served).content == served.document


def test_a_fault_without_a_number_is_met_for_ever(tmp_path: Path) -> None:
    with served_workspace(tmp_path, faults=[faults.status(500)]) as served:
        assert {get(served).status_code for _ in range(3)} == {500}


def test_an_older_document_is_served_while_a_newer_one_is_active(tmp_path: Path) -> None:
    with served_workspace(tmp_path) as served:
        older = served.document
    with served_workspace(tmp_path / "again", faults=[faults.document(older)]) as served:
        served.publish({"tools": {"blocked_tools": ["shell"]}})
        assert get(served).content == older


def test_an_echo_repeats_what_the_client_sent(tmp_path: Path) -> None:
    with served_workspace(tmp_path, faults=[faults.echo_key(401, lambda key: {"error": key})]) as served:
        response = get(served)
    assert response.json() == {"error": "sk_1"}
    assert response.headers["X-Echo"] == "sk_1"


@pytest.mark.parametrize("name", ["X-API-Key", "x-api-key", "X-Api-KEY"])
def test_a_header_is_found_in_any_case(name: str) -> None:
    received = Received("GET", "/", (("X-Api-Key", "a"), ("X-API-KEY", "b")))
    assert received.header(name) == "a"
    assert received.header("Cookie") is None


def test_a_reset_is_no_end_of_an_answer(tmp_path: Path) -> None:
    with served_workspace(tmp_path, faults=[faults.raw(RESET, times=1)]) as served:
        with pytest.raises(httpx.ReadError):
            get(served)
        assert get(served).status_code == 200


HONEST = [faults.in_chunks(), faults.after_hints(103, 3), faults.late(0.1), faults.with_lines("X: y"), faults.under()]


@pytest.mark.parametrize("fault", HONEST, ids=["in chunks", "after hints", "late", "with a header", "without a length"])
def test_what_http_allows_brings_the_document(fault: Fault, tmp_path: Path) -> None:
    with served_workspace(tmp_path, faults=[fault]) as served:
        assert get(served).content == served.document


def test_the_bytes_of_the_document_stand_under_any_head() -> None:
    fault = faults.under(
        "Content-Length: +{length}", "X: \xe9", status_line="HTTP/3.0 200", line_end="\n", body=bytes.upper
    )
    assert written(fault) == (
        b"HTTP/3.0 200\nContent-Type: application/json\nContent-Length: +18\nX: \xe9\n\n" + DOCUMENT.upper()
    )
    assert written(faults.bare()) == DOCUMENT
    assert written(faults.padded(1_000)).endswith(b'"p"}' + b" " * 982)
    assert written(faults.cut_head(10)) == b"HTTP/1.1 2"
    assert written(faults.drip_chunks(0)).endswith(b"\r\n\r\n" + b"".join(b"1\r\n%c\r\n" % byte for byte in DOCUMENT))
    assert written(faults.drip_body(0, code=503)).startswith(b"HTTP/1.1 503 ")


def test_a_date_to_come_again_is_counted_from_the_request() -> None:
    fault = faults.retry_at(503, 60)
    time.sleep(1.1)
    before = datetime.now(UTC)
    date = written(fault).partition(b"Retry-After: ")[2].partition(b"\r\n")[0].decode()
    assert timedelta(seconds=58.9) <= parsedate_to_datetime(date) - before <= timedelta(seconds=60.1)


@pytest.mark.parametrize("encoding", ["gzip", None])
def test_a_bomb_is_small_until_it_is_decompressed(encoding: str | None) -> None:
    head, _, bomb = written(faults.gzip_bomb(encoding=encoding)).partition(b"\r\n\r\n")
    assert (b"Content-Encoding: gzip" in head) == (encoding == "gzip")
    assert len(bomb) < 400_000
    with gzip.open(io.BytesIO(bomb)) as opened:
        assert sum(map(len, blocks(opened.read))) == 300 * 1_048_576


def blocks(read: Callable[[int], bytes]) -> Iterable[bytes]:
    """All that can be read, 1 MiB at a time."""
    return iter(lambda: read(1_048_576), b"")


FLOODS = {
    "body": faults.endless_body(),
    "100 Continue": faults.endless_continue(),
    "header line": floods.header_line(),
    "headers": floods.headers(),
    "headers, slowly": floods.headers(pause=0.1),
    "hints": floods.hints(),
    "chunk": floods.chunk(),
    "chunk extension": floods.chunk_extension(),
    "chunk extensions": floods.chunk_extensions(),
    "trailer line": floods.trailer_line(),
    "trailers": floods.trailers(),
}


@pytest.mark.parametrize("flood", FLOODS.values(), ids=FLOODS)
def test_a_flood_has_always_more(flood: Fault) -> None:
    assert len(list(islice(flood.pieces(ASKED, DOCUMENT), 1_000))) == 1_000
    assert len(written(flood, pieces=1_000)) > len(written(flood, pieces=900))
