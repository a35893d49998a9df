"""The command line as a process: help, version, what is refused, and a reader that goes away."""

import json
import os
import pty
import re
import subprocess
import sys
from pathlib import Path

import pytest

from sekuire_gate import __version__
from sekuire_gate.commands import COMMANDS
from tests.support.gate import run
from tests.support.signing import KEY_ID, as_bytes, public_key, signed_document


def test_the_version_is_the_packages(tmp_path: Path) -> None:
    ran = run("--version", cwd=tmp_path)
    assert (ran.exit_code, ran.stdout, ran.stderr) == (0, f"sekuire-gate {__version__}\n", "")


@pytest.mark.parametrize("name", [listed.name for listed in COMMANDS])
def test_every_command_has_a_help_page_on_stdout(name: str, tmp_path: Path) -> None:
    ran = run(*name.split(), "--help", cwd=tmp_path)
    assert (ran.exit_code, ran.stderr) == (0, "")
    assert ran.stdout.startswith(f"usage: sekuire-gate {name}")


def test_help_lists_every_command_and_a_group_lists_its_own(tmp_path: Path) -> None:
    ran = run("--help", cwd=tmp_path)
    assert ran.exit_code == 0
    assert all(f"  {listed.name} " in ran.stdout for listed in COMMANDS)
    group = run("policy", "--help", cwd=tmp_path)
    assert "policy validate" in group.stdout
    assert "workspace" not in group.stdout.split("commands:")[1].split("'")[0]


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["bogus"],
        ["policy"],
        ["policy", "bogus"],
        ["rules", "--bogus"],
        ["policy", "show", "--fi", "x"],
        ["workspace", "key"],
        ["id", "a", "b"],
    ],
    ids=["nothing", "unknown", "group", "unknown in a group", "flag", "abbreviated flag", "missing", "too many"],
)
def test_what_is_no_command_is_exit_2_with_what_is_accepted_on_stderr(arguments: list[str], tmp_path: Path) -> None:
    ran = run(*arguments, cwd=tmp_path)
    assert (ran.exit_code, ran.stdout) == (2, "")
    assert re.search(r"commands:\n  |Use one of '|Accepted are --", ran.stderr)
    assert "Traceback" not in ran.stderr


def test_flags_that_make_no_sense_are_still_reported_where_a_report_was_asked_for(tmp_path: Path) -> None:
    root = tmp_path / "repo"
    root.mkdir()
    ran = run("check", "--bogus", "--report", "json=report.json", cwd=root, actions=True)
    assert (ran.exit_code, ran.kinds) == (2, ["config.usage"])
    assert ran.outputs["exit-reason"] == "config.usage"
    assert "config.usage" in ran.summary


def test_a_json_report_on_stdout_moves_the_console_report_to_stderr(tmp_path: Path) -> None:
    ran = run("check", "--policy", "none.json", "--report", "json=-", cwd=tmp_path)
    assert ran.exit_code == 4
    assert json.loads(ran.stdout)["problems"][0]["kind"] == "fetch.file"
    assert "Verdict: error" in ran.stderr


def test_a_reader_of_stdout_that_goes_away_costs_no_traceback_and_no_exit_code(tmp_path: Path) -> None:
    command = [sys.executable, "-I", "-m", "sekuire_gate", "check", "--policy", "none.json"]
    with subprocess.Popen(command, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        process.stdout.close()
        assert process.stderr is not None
        stderr = process.stderr.read()
    assert process.returncode == 4
    assert "Traceback" not in stderr
    assert "BrokenPipe" not in stderr


@pytest.mark.parametrize(
    "closed",
    [">&-", "2>&-", "<&-", ">/dev/full", "2>/dev/full"],
    ids=["stdout", "stderr", "stdin", "full", "full stderr"],
)
@pytest.mark.parametrize(("arguments", "code"), [("--version", 0), ("check --policy none.json", 4), ("conformance", 0)])
def test_a_stream_that_is_closed_before_the_start_or_full_is_no_traceback(
    closed: str, arguments: str, code: int, tmp_path: Path
) -> None:
    line = f"{sys.executable} -I -m sekuire_gate {arguments} {closed}"
    done = subprocess.run(
        ["sh", "-c", line], cwd=tmp_path, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
    )
    assert done.returncode == code
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("arguments", "code", "before"),
    [
        ("policy show", 0, []),
        ("policy show --json --file large.json", 0, []),
        ("policy diff policy.json large.json --json", 0, []),
        ("doctor --policy policy.json", 3, ["policy.key_not_pinned"]),
    ],
    ids=["little", "much at once", "a difference", "piece by piece"],
)
def test_what_does_not_fit_onto_stdout_is_said_in_one_line_and_the_exit_code_stands(
    arguments: str, code: int, before: list[str], tmp_path: Path
) -> None:
    content = {"agent": {"models": {"allowed_models": [f"model-{number}" for number in range(5000)]}}}
    (tmp_path / "policy.json").write_bytes(as_bytes(signed_document()))
    (tmp_path / "large.json").write_bytes(as_bytes(signed_document(content)))
    line = f"{sys.executable} -I -m sekuire_gate {arguments} >/dev/full"
    done = subprocess.run(["sh", "-c", line], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == code
    assert [said.partition(":")[0] for said in done.stderr.splitlines()] == [*before, "publish.failed"]
    assert "stdout is not complete: No space left on device." in done.stderr


def test_a_full_stdout_in_actions_keeps_the_exit_code(tmp_path: Path) -> None:
    line = f"{sys.executable} -I -m sekuire_gate check --policy none.json >/dev/full"
    environ = {"PATH": os.environ["PATH"], "GITHUB_ACTIONS": "true", "SEKUIRE_API_KEY": "sk_live_0123456789"}
    done = subprocess.run(["sh", "-c", line], cwd=tmp_path, env=environ, capture_output=True, text=True, check=False)
    assert (done.returncode, "Traceback" in done.stderr) == (4, False)


def test_a_working_directory_that_was_deleted_is_no_traceback(tmp_path: Path) -> None:
    line = f"mkdir gone && cd gone && rmdir ../gone && {sys.executable} -I -m sekuire_gate --version"
    done = subprocess.run(["sh", "-c", line], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (done.returncode, "Traceback" in done.stderr) == (0, False)
    done = subprocess.run(
        ["sh", "-c", line.replace("--version", f"check {tmp_path.name} --policy {tmp_path.name}")],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr.split(":")[0]) == (2, "config.root")


def test_a_root_at_fault_still_gives_the_json_report_on_stdout_and_the_mode(tmp_path: Path) -> None:
    ran = run("check", "--root", "nope", "--mode", "warn", "--report", "json=-", cwd=tmp_path)
    report = json.loads(ran.stdout)
    assert (ran.exit_code, report["problems"][0]["kind"], report["mode"]) == (2, "config.root", "warn")


def test_the_one_line_of_a_problem_is_on_stderr_for_definitions_too(tmp_path: Path) -> None:
    (tmp_path / "policy.json").write_bytes(as_bytes(signed_document()))
    pin = f"{KEY_ID}={public_key().hex()}"
    ran = run("check", "--policy", "policy.json", "--trusted-key", pin, cwd=tmp_path)
    assert (ran.exit_code, ran.stderr.split(":")[0]) == (5, "definition.none")


def test_an_unknown_flag_is_answered_with_those_that_are_accepted(tmp_path: Path) -> None:
    ran = run("check", "--nope", cwd=tmp_path)
    assert "--trusted-key" in ran.stderr


def test_the_entry_point_takes_no_arguments_and_reads_no_variable_of_the_command_line(tmp_path: Path) -> None:
    entry = Path(__file__).parent.parent / "entrypoint.py"
    environ = {
        "GITHUB_WORKSPACE": str(tmp_path),
        "SEKUIRE_WORKSPACE_ID": "ws_planted",
        "INPUT_REPORTS": "json=report.json",
    }
    for arguments, kind in (([], "config.workspace"), (["--help"], "config.usage")):
        done = subprocess.run(
            [sys.executable, "-I", str(entry), *arguments],
            cwd=tmp_path,
            env=environ,
            capture_output=True,
            text=True,
            check=False,
        )
        report = json.loads((tmp_path / "report.json").read_text("utf-8"))
        assert (done.returncode, report["problems"][0]["kind"]) == (2, kind)


def test_source_date_epoch_is_the_reports_time(tmp_path: Path) -> None:
    ran = run(
        "check", "--policy", "none.json", "--report", "json=r.json", cwd=tmp_path, environ={"SOURCE_DATE_EPOCH": "0"}
    )
    assert ran.report["generated_at"] == "1970-01-01T00:00:00Z"


def test_a_progress_line_is_for_a_person_who_is_watching_only(tmp_path: Path) -> None:
    arguments = ("check", "--workspace", "w", "--backend", "http://127.0.0.1:9", "--allow-loopback-http")
    ran = run(*arguments, cwd=tmp_path)
    assert ran.exit_code == 4
    assert len(ran.stderr.splitlines()) == 1
    terminal, its_other_end = pty.openpty()
    command = [sys.executable, "-I", "-m", "sekuire_gate", *arguments]
    subprocess.run(command, cwd=tmp_path, stdout=subprocess.DEVNULL, stderr=its_other_end, check=False)
    os.close(its_other_end)
    shown = os.read(terminal, 4096).decode()
    os.close(terminal)
    assert shown.startswith("Fetching the active policy of workspace w from 127.0.0.1:9 ...")
    retried = r"127\.0\.0\.1:9 cannot be reached: Connection refused\. Trying again in [0-9.]+ s \.\.\."
    assert len(re.findall(retried, shown)) == 3
