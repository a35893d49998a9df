"""`workspace serve`, as a process."""

import re
import signal
import socket
import subprocess
from pathlib import Path

import httpx
import pytest

from sekuire_gate.workspace.store import Workspace, create_workspace
from tests.support.gate import run, running
from tests.support.workspace import NOW

ACTIVE = "/api/v1/workspaces/ws_1/policy/active"
CONTENT = b'{"tools": {"blocked_tools": ["shell"]}}'


pytestmark = pytest.mark.usefixtures("workspace")


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    made = create_workspace(tmp_path / "dev", "ws_1")
    made.publish(CONTENT, NOW)
    return made


def url_of(process: "subprocess.Popen[str]") -> str:
    assert process.stdout is not None
    line = process.stdout.readline()
    match = re.fullmatch(r"listening on (http://(?:127\.0\.0\.1|\[::1\]):[0-9]+)\n", line)
    assert match is not None, line
    return match[1]


def get(url: str, key: str | None = None) -> httpx.Response:
    with httpx.Client(trust_env=False, verify=False) as client:
        return client.get(url, headers={"X-API-Key": key} if key else {})


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_serve_says_where_it_listens_answers_and_ends_on_a_signal(
    number: signal.Signals, workspace: Workspace, tmp_path: Path
) -> None:
    with running("workspace", "serve", "dev", cwd=tmp_path) as process:
        url = url_of(process)
        assert get(url + ACTIVE).content == workspace.active_document()
        assert get(url + ACTIVE.replace("ws_1", "ws_2")).json()["error"]["code"] == "not_found"
        process.send_signal(number)
        stdout, stderr = process.communicate(timeout=10)
    assert process.returncode == 0
    assert stdout == ""
    assert stderr == "Serving workspace ws_1; Ctrl+C ends it.\n"


def test_serve_sees_a_later_publication_of_another_process(tmp_path: Path) -> None:
    (tmp_path / "content.json").write_bytes(CONTENT)
    with running("workspace", "serve", "dev", cwd=tmp_path) as process:
        url = url_of(process)
        assert get(url + ACTIVE).json()["version"] == "1"
        assert run("workspace", "publish", "dev", "content.json", cwd=tmp_path).exit_code == 0
        assert get(url + ACTIVE).json()["version"] == "2"


def test_with_a_required_key_nobody_else_is_answered(tmp_path: Path) -> None:
    environ = {"SEKUIRE_API_KEY": " sk_live_1\n"}
    with running("workspace", "serve", "dev", "--require-key", cwd=tmp_path, environ=environ) as process:
        url = url_of(process)
        assert [get(url + ACTIVE, key).status_code for key in (None, "sk_live_2", "sk_live_1")] == [401, 401, 200]
        process.terminate()
        stdout, stderr = process.communicate(timeout=10)
    assert "sk_live" not in stdout + stderr


@pytest.mark.parametrize("key", ["", "  ", "a b", "sk_\u00e9"], ids=ascii)
def test_a_required_key_must_be_there(key: str, tmp_path: Path) -> None:
    environ = {"SEKUIRE_API_KEY": key} if key else {}
    done = run("workspace", "serve", "dev", "--require-key", cwd=tmp_path, environ=environ)
    assert (done.exit_code, done.stdout) == (2, "")
    assert done.stderr.startswith("config.api_key: ")
    assert done.stderr.count("\n") == 1


def test_serve_listens_on_ipv6_where_told_to(tmp_path: Path) -> None:
    try:
        socket.create_server(("::1", 0), family=socket.AF_INET6).close()
    except OSError as error:
        pytest.skip(f"this machine has no ::1: {error}")
    with running("workspace", "serve", "dev", "--host", "::1", cwd=tmp_path) as process:
        url = url_of(process)
        assert url.startswith("http://[::1]:")
        assert get(url + ACTIVE).status_code == 200


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["."], "workspace init"),
        (["dev", "--port", "65536"], "expected 0 to 65535"),
        (["dev", "--port", "x"], "port"),
        (["dev", "--host", "nowhere.invalid"], "cannot listen"),
        (["dev", "--host", "a" * 70], "cannot listen"),
        (["dev", "--host", ""], "cannot listen"),
    ],
    ids=["no workspace", "port too high", "no port", "unknown host", "no host name", "empty host"],
)
def test_what_cannot_be_served_is_a_matter_of_settings(arguments: list[str], words: str, tmp_path: Path) -> None:
    done = run("workspace", "serve", *arguments, cwd=tmp_path)
    assert (done.exit_code, done.stdout) == (2, "")
    assert words in done.stderr
    assert done.stderr.count("\n") == 1


def test_a_port_that_is_taken_is_said_so(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        done = run("workspace", "serve", "dev", "--port", port, cwd=tmp_path)
    assert done.exit_code == 2
    assert "Address already in use" in done.stderr
