"""Runs the gate as a process: a scrubbed environment in, exit code and bytes out."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

KEPT = ("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR", "COVERAGE_PROCESS_START")
GATE = (sys.executable, "-I", "-m", "sekuire_gate")


@dataclass(frozen=True)
class Ran:
    """What a process left behind."""

    exit_code: int
    stdout: str
    stderr: str
    summary: str  # the job summary, "" outside of Actions
    outputs: dict[str, str]  # the step's outputs, {} outside of Actions
    report: dict[str, Any]  # the JSON report, {} where none was asked for or written

    @property
    def everything(self) -> str:
        """All text that could be seen by somebody."""
        return "\n".join((self.stdout, self.stderr, self.summary, repr(self.outputs), json.dumps(self.report)))

    @property
    def kinds(self) -> list[str]:
        """The kinds of the report's problems."""
        return [problem["kind"] for problem in self.report["problems"]]

    @property
    def found(self) -> list[str]:
        """The report's findings, each as `rule value path:line:column-end_line:end_column`."""
        return [f"{item['rule']} {item['value']} {place(item['location'])}" for item in self.report["findings"]]


def place(location: Mapping[str, Any] | None) -> str:
    """Write a location of the JSON report in one word."""
    if location is None:
        return "-"
    start = f"{location['path']}:{location['line']}:{location['column']}"
    return f"{start}-{location['end_line']}:{location['end_column']}"


def run(
    *arguments: str,
    cwd: Path,
    environ: Mapping[str, str] | None = None,
    actions: bool = False,
    timeout: float = 60,
) -> Ran:
    """Run `python -m sekuire_gate` and gather what it wrote.

    Args:
        arguments: the command line; `--report json=…` is up to the caller.
        cwd: the working directory; in Actions also the workspace.
        environ: variables on top of a scrubbed environment.
        actions: as in a step of GitHub Actions, with files for summary and outputs.
        timeout: seconds.
    """
    variables = _scrubbed()
    runner = cwd.parent / f"{cwd.name}-runner"
    if actions:
        runner.mkdir(exist_ok=True)
        for name in ("summary", "output"):
            (runner / name).write_text("")
        variables |= {
            "GITHUB_ACTIONS": "true",
            "GITHUB_WORKSPACE": str(cwd),
            "GITHUB_STEP_SUMMARY": str(runner / "summary"),
            "GITHUB_OUTPUT": str(runner / "output"),
            "GITHUB_ACTOR": "octocat",
        }
    done = subprocess.run(
        [*GATE, *arguments],
        cwd=cwd,
        env={**variables, **(environ or {})},
        capture_output=True,
        stdin=subprocess.DEVNULL,
        timeout=timeout,
        check=False,
    )
    path = _report_path(arguments, cwd)
    return Ran(
        exit_code=done.returncode,
        stdout=done.stdout.decode("utf-8"),
        stderr=done.stderr.decode("utf-8"),
        summary=(runner / "summary").read_text("utf-8") if actions else "",
        outputs=_outputs((runner / "output").read_text("utf-8")) if actions else {},
        report=json.loads(path.read_text("utf-8")) if path is not None and path.exists() else {},
    )


@contextmanager
def running(*arguments: str, cwd: Path, environ: Mapping[str, str] | None = None) -> Iterator["subprocess.Popen[str]"]:
    """Start `python -m sekuire_gate` as `run` does; whatever became of it is killed at the end."""
    with subprocess.Popen(
        [*GATE, *arguments],
        cwd=cwd,
        env={**_scrubbed(), **(environ or {})},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def _scrubbed() -> dict[str, str]:
    return {name: os.environ[name] for name in KEPT if name in os.environ}


def _report_path(arguments: tuple[str, ...], cwd: Path) -> Path | None:
    asked = [argument.removeprefix("json=") for argument in arguments if argument.startswith("json=")]
    roots = [after for before, after in pairwise(arguments) if before == "--root"]
    return (cwd / roots[0] if roots else cwd) / asked[0] if asked and asked[0] != "-" else None


def _outputs(text: str) -> dict[str, str]:
    """Read an output file by the runner's rules: NAME<<DELIMITER, lines, DELIMITER."""
    values: dict[str, str] = {}
    lines = iter(text.splitlines())
    for line in lines:
        name, _, delimiter = line.partition("<<")
        value = []
        while (content := next(lines)) != delimiter:
            value.append(content)
        values[name] = "\n".join(value)
    return values
