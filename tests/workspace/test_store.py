"""A workspace on disk: what a publication changes, and what a kill cannot break."""

import json
import os
import random
import signal
import stat
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import pytest

from sekuire_gate.errors import SettingsError
from sekuire_gate.model.policy import Source
from sekuire_gate.trust.anchor import Anchor, read_pins
from sekuire_gate.trust.envelope import read_envelope
from sekuire_gate.trust.verify import verify_policy
from sekuire_gate.workspace.store import Workspace, create_workspace, open_workspace

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
CONTENT = b'{"agent": {"models": {"allowed_models": ["gpt-4o"]}}}'


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return create_workspace(tmp_path / "dev", "ws_1")


def failure_of(act: Callable[[], object]) -> SettingsError:
    with pytest.raises(SettingsError) as caught:
        act()
    assert caught.value.exit_code == 2
    return caught.value


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_a_new_workspace_holds_a_key_its_ids_and_no_policy(workspace: Workspace) -> None:
    assert names(workspace.directory) == ["key", "policies", "workspace.json"]
    assert names(workspace.directory / "policies") == []
    assert stat.S_IMODE((workspace.directory / "key").stat().st_mode) == 0o600
    assert open_workspace(workspace.directory) == workspace
    assert workspace.active_version() is None
    assert workspace.active_document() is None


def test_a_folder_that_holds_anything_becomes_no_workspace(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    for directory, reason in ((tmp_path, "is not empty"), (tmp_path / "file", "File exists")):
        error = failure_of(partial(create_workspace, directory, "ws_1"))
        assert error.kind == "config.usage"
        assert reason in error.message
    assert names(tmp_path) == ["file"]


def test_an_empty_folder_becomes_a_workspace(tmp_path: Path) -> None:
    create_workspace(tmp_path, "ws_1")
    assert open_workspace(tmp_path).workspace_id == "ws_1"


@pytest.mark.parametrize("workspace_id", ["", ".", "..", "a/b", "a b", "x" * 129])
def test_a_workspace_has_a_plain_id(workspace_id: str, tmp_path: Path) -> None:
    assert failure_of(lambda: create_workspace(tmp_path / "dev", workspace_id)).kind == "config.workspace"
    assert not (tmp_path / "dev").exists()


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "{}",
        '{"workspace_id": "ws_1"}',
        '{"workspace_id": "ws_1", "policy_id": 1}',
        '{"workspace_id": "..", "policy_id": "p"}',
        '{"workspace_id": "ws:1", "policy_id": "p"}',
        '{"workspace_id": "ws_1", "policy_id": "p", "more": 1}',
        '{"workspace_id": "ws_1", "workspace_id": "ws_2", "policy_id": "p"}',
    ],
)
def test_a_damaged_workspace_file_is_no_workspace(text: str, workspace: Workspace) -> None:
    (workspace.directory / "workspace.json").write_text(text)
    assert failure_of(lambda: open_workspace(workspace.directory)).kind == "config.workspace"


def test_a_folder_that_is_no_workspace_is_said_so(tmp_path: Path) -> None:
    error = failure_of(lambda: open_workspace(tmp_path))
    assert error.kind == "config.workspace"
    assert "No such file" in error.message


def test_versions_count_up_and_the_last_one_published_is_active(workspace: Workspace) -> None:
    versions = [workspace.publish(CONTENT, NOW).version, workspace.publish(CONTENT, NOW).version]
    versions.append(workspace.publish(CONTENT, NOW, version="2.5.0").version)
    versions.append(workspace.publish(CONTENT, NOW, version="9").version)
    versions.append(workspace.publish(CONTENT, NOW, version="rc-1").version)
    versions.append(workspace.publish(CONTENT, NOW).version)
    assert versions == ["1", "2", "2.5.0", "9", "rc-1", "10"]
    assert names(workspace.directory / "policies") == sorted(f"{version}.json" for version in versions)
    assert (workspace.directory / "active").read_text() == "10\n"
    assert workspace.active_document() == (workspace.directory / "policies" / "10.json").read_bytes()
    assert names(workspace.directory) == ["active", "key", "policies", "workspace.json"]


def test_what_is_published_is_what_the_gate_accepts(workspace: Workspace) -> None:
    proof = workspace.publish(CONTENT, NOW)
    document = workspace.active_document()
    assert document is not None
    anchor = Anchor(pins=read_pins(workspace.key.pin), workspace_id="ws_1")
    policy = verify_policy(read_envelope(document, Source.FILE), anchor)
    assert policy.proof == proof
    assert proof.policy_id == workspace.policy_id


def test_a_version_that_exists_is_never_replaced(workspace: Workspace) -> None:
    workspace.publish(CONTENT, NOW, version="7")
    before = workspace.active_document()
    error = failure_of(lambda: workspace.publish(b'{"tools": {"blocked_tools": ["x"]}}', NOW, version="7"))
    assert error.kind == "config.usage"
    assert "'7' exists already" in error.message
    assert workspace.active_document() == before


@pytest.mark.parametrize("version", ["", "a b", "../x", "1:0", "x" * 129])
def test_a_version_is_a_plain_id(version: str, workspace: Workspace) -> None:
    assert failure_of(lambda: workspace.publish(CONTENT, NOW, version=version)).kind == "config.usage"
    assert names(workspace.directory / "policies") == []


def test_after_the_highest_version_there_is_none(workspace: Workspace) -> None:
    workspace.publish(CONTENT, NOW, version="9" * 128)
    assert "no room" in failure_of(lambda: workspace.publish(CONTENT, NOW)).message


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "not JSON"),
        (b"{", "not JSON: expected a key in double quotes at line 1, column 2"),
        (b'{"a": NaN}', "not JSON"),
        (b"\xef\xbb\xbf{}", "byte order mark"),
        (b"\xff\xfe{\x00}\x00", "not plain UTF-8"),
        (b'{\n "agent": {}, "agent": {}}', "duplicate key, at line 2, column 15"),
        (b'{"metadata": 1e5}', "number"),
        (b'{"metadata": "\\ud800"}', "lone surrogate"),
        (b'{"metadata": ' + b"[" * 63 + b"]" * 63 + b', "tools": {"blocked_tools": ["x"]}}', "nesting"),
        (b"[]", "the gate would refuse"),
        (b"{}", "the gate would refuse"),
        (b'{"agent": {}}', "the gate would refuse"),
        (b'{"agent": {"models": {"allowed_models": "gpt-4o"}}}', "the gate would refuse"),
        (b'{"Version": "1", "Statement": []}', "the gate would refuse"),
        (b'{"metadata": "' + b"x" * 1_048_576 + b'", "tools": {"blocked_tools": ["x"]}}', "larger than 1 MiB"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_content_that_the_gate_would_refuse_is_not_published(content: bytes, reason: str, workspace: Workspace) -> None:
    error = failure_of(lambda: workspace.publish(content, NOW))
    assert error.kind == "config.usage"
    assert reason in error.message
    assert workspace.active_version() is None
    assert names(workspace.directory / "policies") == []


@pytest.mark.parametrize("pointer", [b"", b"../key\n", b"1\n2\n", b"\xff", b"1\n\n"])
def test_a_damaged_pointer_is_no_version(pointer: bytes, workspace: Workspace) -> None:
    workspace.publish(CONTENT, NOW)
    (workspace.directory / "active").write_bytes(pointer)
    assert failure_of(workspace.active_document).kind == "config.workspace"


def test_a_folder_that_cannot_be_written_is_said_so(workspace: Workspace) -> None:
    (workspace.directory / "policies").rmdir()
    (workspace.directory / "policies").write_text("")
    assert "Not a directory" in failure_of(lambda: workspace.publish(CONTENT, NOW)).message


@pytest.mark.parametrize(
    ("left_behind", "kept"),
    [
        ({".active": "2\n", "policies/2.json": "{}"}, False),
        ({".active": "2\n"}, False),
        ({".active": "1\n"}, True),
        ({".active": "", "policies/2.json": "{}"}, True),
        ({".active": "2", "policies/2.json": "{}"}, True),
        ({"policies/.new": "half a docu"}, False),
    ],
    ids=["before the pointer", "before the document", "the active one", "torn", "torn at the end", "in the document"],
)
def test_what_a_killed_writer_leaves_behind_is_taken_back(
    left_behind: dict[str, str], kept: bool, workspace: Workspace
) -> None:
    workspace.publish(CONTENT, NOW)
    for name, text in left_behind.items():
        (workspace.directory / name).write_text(text)
    assert workspace.active_version() == "1"
    # A number that was never active is free again; what may have been active is never touched.
    expected = "3" if kept and "policies/2.json" in left_behind else "2"
    assert workspace.publish(CONTENT, NOW).version == expected
    assert (workspace.directory / "policies" / "1.json").exists()
    assert names(workspace.directory) == ["active", "key", "policies", "workspace.json"]
    assert ".new" not in names(workspace.directory / "policies")


PUBLISHER = (
    "import os, sys\n"
    "from datetime import UTC, datetime\n"
    "from pathlib import Path\n"
    "from sekuire_gate.workspace.store import open_workspace\n"
    "workspace = open_workspace(Path(sys.argv[1]))\n"
    'content = b\'{"agent": {"models": {"allowed_models": ["gpt-4o"]}}}\'\n'
    "print('ready', flush=True)\n"
    # For each line on stdin a process of its own, which publishes so many times.
    "for times in sys.stdin:\n"
    "    publisher = os.fork()\n"
    "    if publisher == 0:\n"
    "        for _ in range(int(times)):\n"
    "            workspace.publish(content, datetime.now(UTC))\n"
    "        os._exit(0)\n"
    "    print(publisher, flush=True)\n"
    "    print(os.waitstatus_to_exitcode(os.waitpid(publisher, 0)[1]), flush=True)\n"
)


@contextmanager
def publishers(workspace: Workspace) -> Iterator["subprocess.Popen[str]"]:
    """Start processes that publish when told to."""
    with subprocess.Popen(
        [sys.executable, "-c", PUBLISHER, str(workspace.directory)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert answer(process) == "ready"
        yield process
        assert process.stdin is not None
        process.stdin.close()


def tell(process: "subprocess.Popen[str]", times: int) -> int:
    assert process.stdin is not None
    print(times, file=process.stdin, flush=True)
    return int(answer(process))


def answer(process: "subprocess.Popen[str]") -> str:
    assert process.stdout is not None
    return process.stdout.readline().strip()


def assert_sound(workspace: Workspace) -> None:
    document = workspace.active_document()
    assert document is not None
    assert json.loads(document)["version"] == workspace.active_version()
    anchor = Anchor(pins=read_pins(workspace.key.pin), workspace_id="ws_1")
    verify_policy(read_envelope(document, Source.FILE), anchor)


def test_a_kill_at_any_moment_leaves_a_whole_policy_active_and_the_next_publication_works(
    workspace: Workspace,
) -> None:
    moments = random.Random(20260102)
    workspace.publish(CONTENT, NOW)
    with publishers(workspace) as process:
        for _ in range(100):
            before = int(workspace.active_version() or 0)
            publisher = tell(process, 1_000_000)
            time.sleep(moments.uniform(0.0, 0.02))
            os.kill(publisher, signal.SIGKILL)
            assert answer(process) == str(-signal.SIGKILL)
            assert_sound(workspace)
            reached = int(workspace.active_version() or 0)
            assert reached >= before
            assert int(workspace.publish(CONTENT, NOW).version) == reached + 1


def test_two_publications_at_once_happen_one_after_the_other(workspace: Workspace) -> None:
    with publishers(workspace) as one, publishers(workspace) as other:
        for process in (one, other):
            tell(process, 20)
        assert (answer(one), answer(other)) == ("0", "0")
    assert names(workspace.directory / "policies") == sorted(f"{number}.json" for number in range(1, 41))
    assert workspace.active_version() == "40"
    assert_sound(workspace)
