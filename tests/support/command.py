"""The command line as a process, in an environment that holds what a test gives it and nothing else."""

import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).parents[2]


def command_line(*arguments: str) -> list[str]:
    """Return the program and its arguments."""
    return [sys.executable, "-m", "sekuire_gate", *arguments]


def environment(variables: Mapping[str, str] | None = None) -> dict[str, str]:
    """Return an environment in which the checkout can be imported."""
    return {"PATH": os.environ.get("PATH", ""), "PYTHONPATH": str(ROOT), **(variables or {})}


def sekuire_gate(
    *arguments: str, cwd: Path, variables: Mapping[str, str] | None = None
) -> "subprocess.CompletedProcess[str]":
    """Run a command to its end."""
    return subprocess.run(
        command_line(*arguments),
        cwd=cwd,
        env=environment(variables),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@contextmanager
def running(
    *arguments: str, cwd: Path, variables: Mapping[str, str] | None = None
) -> Iterator["subprocess.Popen[str]"]:
    """Start a command; whatever became of it is killed at the end."""
    with subprocess.Popen(
        command_line(*arguments),
        cwd=cwd,
        env=environment(variables),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            yield process
        finally:
            process.kill()
