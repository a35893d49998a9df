"""`workspace key`, as a process."""

import re
from pathlib import Path

from sekuire_gate.trust.anchor import read_pins
from sekuire_gate.workspace.store import create_workspace
from tests.support.gate import run


def test_key_prints_one_line_for_trusted_keys_and_nothing_else(tmp_path: Path) -> None:
    key = create_workspace(tmp_path / "dev", "ws_1").key
    done = run("workspace", "key", "dev", cwd=tmp_path)
    assert (done.exit_code, done.stderr) == (0, "")
    assert re.fullmatch(r"[A-Za-z0-9._-]{1,128}=[0-9a-f]{64}\n", done.stdout)
    (pin,) = read_pins(done.stdout)
    assert (pin.key_id, pin.public_key) == (key.key_id, key.public_key)


def test_a_folder_that_is_no_workspace_has_no_key(tmp_path: Path) -> None:
    done = run("workspace", "key", ".", cwd=tmp_path)
    assert (done.exit_code, done.stdout) == (2, "")
    assert "workspace init" in done.stderr
