"""`workspace init`, as a process."""

import stat
from pathlib import Path

from tests.support.gate import run


def test_init_makes_a_workspace_and_says_which_key_to_pin(tmp_path: Path) -> None:
    done = run("workspace", "init", "dev", "--workspace", "ws_1", cwd=tmp_path)
    assert (done.exit_code, done.stderr) == (0, "")
    assert sorted(path.name for path in (tmp_path / "dev").iterdir()) == ["key", "policies", "workspace.json"]
    assert stat.S_IMODE((tmp_path / "dev" / "key").stat().st_mode) == 0o600
    pin = run("workspace", "key", "dev", cwd=tmp_path).stdout.strip()
    assert pin in done.stdout
    assert (tmp_path / "dev" / "key").read_text().strip() not in done.stdout


def test_init_leaves_a_folder_alone_that_is_not_empty(tmp_path: Path) -> None:
    (tmp_path / "dev").mkdir()
    (tmp_path / "dev" / "mine.txt").write_text("mine")
    done = run("workspace", "init", "dev", "--workspace", "ws_1", cwd=tmp_path)
    assert (done.exit_code, done.stdout) == (2, "")
    assert "is not empty" in done.stderr
    assert done.stderr.count("\n") == 1
    assert [path.name for path in (tmp_path / "dev").iterdir()] == ["mine.txt"]


def test_init_needs_a_workspace_with_a_plain_id(tmp_path: Path) -> None:
    for arguments in (["dev"], ["dev", "--workspace", "../x"], ["--workspace", "ws_1"]):
        done = run("workspace", "init", *arguments, cwd=tmp_path)
        assert (done.exit_code, done.stdout) == (2, "")
    assert list(tmp_path.iterdir()) == []
