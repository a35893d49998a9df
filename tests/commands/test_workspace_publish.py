"""`workspace publish`, as a process."""

import json
from pathlib import Path

import pytest

from sekuire_gate.workspace.store import Workspace, create_workspace
from tests.support.gate import run

CONTENT = '{"tools": {"blocked_tools": ["shell"]}}'


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    (tmp_path / "content.json").write_text(CONTENT)
    return create_workspace(tmp_path / "dev", "ws_1")


def test_publish_signs_the_content_and_says_what_is_active_now(workspace: Workspace, tmp_path: Path) -> None:
    done = run("workspace", "publish", "dev", "content.json", cwd=tmp_path)
    document = json.loads((tmp_path / "dev" / "policies" / "1.json").read_text())
    assert (done.exit_code, done.stderr) == (0, "")
    assert done.stdout == (f"Published policy {workspace.policy_id} version 1 (hash {document['hash']}); active now\n")
    assert document["content"] == json.loads(CONTENT)
    assert workspace.active_version() == "1"


def test_the_time_of_activation_honours_source_date_epoch(workspace: Workspace, tmp_path: Path) -> None:
    environ = {"SOURCE_DATE_EPOCH": "1767323045"}
    run("workspace", "publish", "dev", "content.json", cwd=tmp_path, environ=environ)
    document = json.loads(workspace.active_document() or b"")
    assert document["activated_at"] == document["updated_at"] == "2026-01-02T03:04:05Z"


def test_a_version_can_be_named_once(workspace: Workspace, tmp_path: Path) -> None:
    publish = ["workspace", "publish", "dev", "content.json", "--version", "1.4.0"]
    assert run(*publish, cwd=tmp_path).exit_code == 0
    again = run(*publish, cwd=tmp_path)
    assert (again.exit_code, again.stdout) == (2, "")
    assert "'1.4.0' exists already" in again.stderr
    assert workspace.active_version() == "1.4.0"


@pytest.mark.parametrize(
    ("content", "words"),
    [(None, "No such file"), ("{", "not JSON"), ("{}", "would refuse"), ('{"a": 1, "a": 2}', "duplicate key")],
    ids=["missing", "syntax", "no rules", "ambiguous"],
)
def test_what_cannot_be_published_changes_nothing(
    content: str | None, words: str, workspace: Workspace, tmp_path: Path
) -> None:
    if content is None:
        (tmp_path / "content.json").unlink()
    else:
        (tmp_path / "content.json").write_text(content)
    done = run("workspace", "publish", "dev", "content.json", cwd=tmp_path)
    assert (done.exit_code, done.stdout) == (2, "")
    assert words in done.stderr
    assert done.stderr.count("\n") == 1
    assert workspace.active_version() is None
