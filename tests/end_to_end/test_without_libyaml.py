"""A PyYAML that was built without libyaml is no other parser to fall back on: exit 70, and it says why."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from tests.support.signing import KEY_ID, as_bytes, public_key, signed_document

PROGRAM = "import sys; sys.path.insert(0, sys.argv.pop(1)); from sekuire_gate import cli; sys.exit(cli.main())"


@pytest.fixture
def packages(tmp_path: Path) -> Path:
    """A folder with a PyYAML that has no compiled part."""
    folder = tmp_path / "packages"
    shutil.copytree(Path(yaml.__file__).parent, folder / "yaml", ignore=shutil.ignore_patterns("*.so", "*.pyd"))
    return folder


def check(folder: Path, packages: Path) -> tuple[int, str, list[str]]:
    """Run `check` on a folder; return the exit code, stderr, and the problems in the report."""
    (folder / "policy.json").write_bytes(as_bytes(signed_document()))
    pin = f"{KEY_ID}={public_key().hex()}"
    command = [sys.executable, "-I", "-c", PROGRAM, str(packages), "check", "--policy", "policy.json"]
    command += ["--trusted-key", pin, "--report", "json=report.json"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    report = json.loads((folder / "report.json").read_text())
    return done.returncode, done.stderr, [problem["kind"] for problem in report["problems"]]


def test_without_libyaml_a_yaml_definition_is_exit_70_in_one_clear_line(tmp_path: Path, packages: Path) -> None:
    folder = tmp_path / "root"
    folder.mkdir()
    (folder / "sekuire.yml").write_text("llm: {provider: openai, model: gpt-4o}\n")
    code, stderr, kinds = check(folder, packages)
    assert (code, kinds) == (70, ["internal.error"])
    assert stderr.startswith("internal.error: PyYAML is installed without libyaml (its module 'yaml._yaml')")
    assert len(stderr.splitlines()) == 1


def test_with_libyaml_the_same_check_passes(tmp_path: Path) -> None:
    (tmp_path / "sekuire.yml").write_text("llm: {provider: openai, model: gpt-4o}\n")
    assert check(tmp_path, tmp_path / "no-packages") == (0, "", [])
