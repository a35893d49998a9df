"""The embedded workspace over real HTTP: what it answers, and to whom."""

import contextlib
import json
import re
import socket
import struct
import threading
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from pathlib import Path

import httpx
import pytest

from sekuire_gate.errors import SettingsError
from sekuire_gate.workspace import faults
from sekuire_gate.workspace.server import WorkspaceServer
from sekuire_gate.workspace.store import create_workspace
from tests.support.workspace import ServedWorkspace, served_workspace

ACTIVE = "/api/v1/workspaces/ws_test/policy/active"


def ask(
    served: ServedWorkspace, path: str = ACTIVE, *, method: str = "GET", key: bytes | None = None
) -> httpx.Response:
    headers = {b"X-API-Key": key} if key is not None else {}
    with httpx.Client(trust_env=False, verify=False) as client:
        return client.request(method, served.url + path, headers=headers)


def exchange(served: ServedWorkspace, request: bytes) -> bytes:
    """Send raw bytes and read until the server closes."""
    host, port = served.url.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=10) as connection:
        connection.sendall(request)
        return b"".join(iter(lambda: connection.recv(65_536), b""))


def test_the_active_document_is_served_byte_for_byte(tmp_path: Path) -> None:
    with served_workspace(tmp_path) as served:
        response = ask(served)
        assert response.content == served.path_of_active.read_bytes()
        assert response.status_code == 200
        assert response.headers["Content-Type"] == "application/json"
        assert response.headers["Content-Length"] == str(len(response.content))


def test_a_later_publication_is_served_at_once(tmp_path: Path) -> None:
    with served_workspace(tmp_path) as served, httpx.Client(trust_env=False, verify=False) as client:
        versions = [client.get(served.url + ACTIVE).json()["version"]]  # one connection, kept alive
        served.publish({"tools": {"blocked_tools": ["shell"]}})
        versions.append(client.get(served.url + ACTIVE).json()["version"])
    assert versions == ["1", "2"]


def test_bytes_changed_in_the_store_are_served_as_they_are(tmp_path: Path) -> None:
    with served_workspace(tmp_path) as served:
        served.path_of_active.write_bytes(b"not even JSON")
        assert ask(served).content == b"not even JSON"


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/api/v1/workspaces/ws_other/policy/active",
        "/api/v1/workspaces/ws_test/policy",
        "/api/v1/workspaces/ws_test/policy/active/",
        "/api/v1/workspaces/ws_test/policy/active?x=1",
        "/api/v1/workspaces/ws%5Ftest/policy/active",
        "//api/v1/workspaces/ws_test/policy/active/../active",
        "/../key",
    ],
)
def test_any_other_path_or_workspace_is_not_found(path: str, tmp_path: Path) -> None:
    with served_workspace(tmp_path) as served:
        answer = exchange(served, f"GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".encode())
    head, _, body = answer.partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 404 ")
    assert json.loads(body)["error"]["code"] == "not_found"
    assert set(json.loads(body)["error"]) == {"code", "message"}


def test_before_the_first_publication_there_is_no_active_policy(tmp_path: Path) -> None:
    with served_workspace(tmp_path, None) as served:
        response = ask(served)
    assert response.status_code == 404
    assert response.json()["error"]["code"] == "not_found"


@pytest.mark.parametrize("method", ["HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH", "BREW"])
def test_any_other_method_is_not_allowed(method: str, tmp_path: Path) -> None:
    with served_workspace(tmp_path) as served:
        response = ask(served, method=method)
    assert response.status_code == 405
    assert response.headers["Allow"] == "GET"
    assert bool(response.content) is (method != "HEAD")


@pytest.mark.parametrize(
    ("key", "status"),
    [
        (None, 401),
        (b"", 401),
        (b"sk_live_right1", 200),
        (b"sk_live_right", 401),
        (b"sk_live_right11", 401),
        (b"SK_LIVE_RIGHT1", 401),
        (b"sk_live_\xff\xfe", 401),
        ("sk_live_rightø".encode(), 401),
    ],
    ids=ascii,
)
def test_with_a_required_key_only_that_key_is_answered(key: bytes | None, status: int, tmp_path: Path) -> None:
    with served_workspace(tmp_path, require_key="sk_live_right1") as served:
        answers = [
            ask(served, key=key),
            ask(served, "/elsewhere", key=key),
            ask(served, key=key, method="POST"),
        ]
    expected = [200, 404, 405] if status == 200 else [401, 401, 401]
    assert [answer.status_code for answer in answers] == expected
    assert "sk_live" not in "".join(answer.text for answer in answers)


def test_two_keys_are_no_key(tmp_path: Path) -> None:
    request = f"GET {ACTIVE} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nX-API-Key: a\r\nX-API-Key: a\r\n\r\n".encode()
    with served_workspace(tmp_path, require_key="a") as served:
        assert exchange(served, request).startswith(b"HTTP/1.1 401 ")


@pytest.mark.parametrize(
    "request_text",
    ["<script>::error::x\r\n\r\n", "GET  /  HTTP/9.9\r\n\r\n", f"GET /{'a' * 70_000} HTTP/1.1\r\n\r\n"],
    ids=["no request", "other version", "too long"],
)
def test_what_cannot_be_read_is_refused_without_repeating_it(request_text: str, tmp_path: Path) -> None:
    with served_workspace(tmp_path) as served:
        answer = exchange(served, request_text.encode())
        assert ask(served).status_code == 200
    assert b'"bad_request"' in answer
    assert b"script" not in answer
    assert b"aaaa" not in answer


def test_a_body_is_not_taken_for_the_next_request(tmp_path: Path) -> None:
    smuggled = b"GET /smuggled HTTP/1.1\r\nHost: x\r\n\r\n"
    request = f"GET {ACTIVE} HTTP/1.1\r\nHost: x\r\nContent-Length: {len(smuggled)}\r\n\r\n".encode() + smuggled
    with served_workspace(tmp_path) as served:
        with contextlib.suppress(ConnectionResetError):  # closed with bytes unread
            exchange(served, request)
        assert [received.path for received in served.requests] == [ACTIVE]


def test_a_client_that_goes_away_leaves_no_trace_on_stderr(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    with served_workspace(tmp_path) as served:
        host, port = served.url.removeprefix("http://").split(":")
        for request in (b"", b"GET ", f"GET {ACTIVE} HTTP/1.1\r\nHost: x\r\n\r\n".encode()):
            connection = socket.create_connection((host, int(port)))
            connection.sendall(request)
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            connection.close()
        assert ask(served).status_code == 200
    assert capfd.readouterr() == ("", "")


def test_many_clients_are_answered_at_the_same_time(tmp_path: Path) -> None:
    with served_workspace(tmp_path) as served:
        host, port = served.url.removeprefix("http://").split(":")
        idle = [socket.create_connection((host, int(port))) for _ in range(20)]  # each holds a thread
        statuses: list[int] = []
        threads = [threading.Thread(target=lambda: statuses.append(ask(served).status_code)) for _ in range(10)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(10)
        for connection in idle:
            connection.close()
    assert statuses == [200] * 10


def test_every_honest_answer_tells_the_servers_time_and_a_fault_only_what_it_is_given(tmp_path: Path) -> None:
    asked = datetime.now(UTC).replace(microsecond=0)
    fault = faults.status(200, b"{}")
    with served_workspace(tmp_path, require_key="sk_live_1", faults=[fault]) as served:
        misled = ask(served, key=b"sk_live_1")
        served.path_of_active.unlink()
        answers = [
            ask(served, "/elsewhere", key=b"sk_live_1"),
            ask(served),
            ask(served, key=b"sk_live_1"),
            ask(served, method="HEAD", key=b"sk_live_1"),
        ]
        unreadable = exchange(served, b"nothing to read\r\n\r\n")
    with served_workspace(tmp_path / "b") as served:
        answers.append(ask(served))
    assert [answer.status_code for answer in answers] == [404, 401, 500, 405, 200]
    for answer in answers:
        (date,) = answer.headers.get_list("Date")
        assert re.fullmatch(r"[A-Z][a-z]{2}, \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d GMT", date)
        assert asked <= parsedate_to_datetime(date) <= datetime.now(UTC)
    assert unreadable.count(b"\r\nDate: ") == 1
    assert "Date" not in misled.headers


def test_a_damaged_workspace_is_an_error_of_the_server(tmp_path: Path) -> None:
    with served_workspace(tmp_path) as served:
        served.path_of_active.unlink()
        response = ask(served)
    assert response.status_code == 500
    assert response.json()["error"]["code"] == "workspace_damaged"


@pytest.mark.parametrize(
    ("host", "shown"), [("127.0.0.1", "127.0.0.1"), ("localhost", "127.0.0.1"), ("::1", "[::1]"), ("[::1]", "[::1]")]
)
def test_the_url_names_where_the_server_listens(host: str, shown: str, tmp_path: Path) -> None:
    create_workspace(tmp_path / "dev", "ws_1")
    try:
        server = WorkspaceServer(tmp_path / "dev", host=host)
    except OSError as error:
        pytest.skip(f"this machine has no {host}: {error}")
    with server:
        assert server.url in {f"http://{shown}:{server.server_address[1]}", f"http://[::1]:{server.server_address[1]}"}


def test_a_folder_that_is_no_workspace_is_not_served(tmp_path: Path) -> None:
    with pytest.raises(SettingsError):
        WorkspaceServer(tmp_path)
