"""Docker for tests: what is there, the action as a runner starts it, and a workflow in a local runner.

The runners are the scripts of `../shared/tools`, or of the folder that SEKUIRE_GATE_TOOLS names.
"""

import json
import os
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

import pytest

ROOT = Path(__file__).parents[2]
BASE = "python:3.13-slim"
IMAGE = "sekuire-gate:test"
RUN_SECONDS = 120  # for one run of the container, or of a workflow that builds it anew

Report = dict[str, Any]  # what run-action or act-run saw, see their README


def leave_out(reason: str) -> NoReturn:
    """Skip the test; or fail it, where the machine was said to have all that it takes."""
    if os.environ.get("SEKUIRE_GATE_REQUIRE_DOCKER") == "1":
        pytest.fail(f"SEKUIRE_GATE_REQUIRE_DOCKER=1, but {reason}")
    pytest.skip(reason)


def engine_answers() -> bool:
    """Whether a Docker engine runs here; asked by the client, since the SDK leaks a socket where none does."""
    if shutil.which("docker") is None:
        return False
    return (
        subprocess.run(["docker", "info"], stdin=subprocess.DEVNULL, capture_output=True, check=False).returncode == 0
    )


def tools() -> Path:
    """Give the folder of the runners' scripts."""
    folder = Path(os.environ.get("SEKUIRE_GATE_TOOLS") or ROOT.parent / "shared" / "tools")
    if not (folder / "run-action").exists():
        leave_out(f"the local runners are not at {folder}.")
    return folder


@dataclass(frozen=True)
class Service:
    """A workspace that listens on this machine's loopback."""

    url: str
    workspace_id: str
    pin: str  # a line for `trusted-keys`
    document: bytes  # the active policy, as it is served
    api_key: str

    @property
    def inputs(self) -> dict[str, str]:
        """The action's inputs that reach it."""
        return {
            "api-key": self.api_key,
            "workspace-id": self.workspace_id,
            "api-url": self.url,
            "allow-loopback-http": "true",
            "trusted-keys": self.pin,
        }


class Runner:
    """Starts the action as a runner's step does, in an image that is built already."""

    def __init__(self, image: str, folder: Path) -> None:
        self.image = image
        self.folder = folder

    def run(self, workspace: Path, inputs: Mapping[str, str], *more: str) -> Report:
        """Run the action on a copy of a checkout and return what the runner saw; `more` goes to run-action as it is."""
        report = self.folder / "report.json"
        report.unlink(missing_ok=True)
        command = [
            "bash", str(tools() / "run-action"), "--quiet",
            "--action", str(ROOT), "--image", self.image, "--network", "host",
            "--workspace", str(workspace), "--report", str(report), *more,
        ]  # fmt: skip
        for name, value in inputs.items():
            command += ["--with", f"{name}={value}"]
        _run(command, report)
        return read_report(report)


def run_workflow(repository: Path, event: str, *more: str) -> Report:
    """Run a repository's workflow in act and return its jobs; `more` goes to act as it is."""
    report = repository.parent / "act-report.json"
    report.unlink(missing_ok=True)
    _run(["bash", str(tools() / "act-run"), str(repository), event, "--report", str(report), *more], report)
    jobs: Report = read_report(report)["jobs"]
    return {name.rpartition("/")[2].strip(): job for name, job in jobs.items()}


def step(job: Report, step_id: str) -> Report:
    """Give the main stage of the step with this id."""
    found: list[Report] = [item for item in job["steps"] if item["id"] == step_id and item["stage"] == "Main"]
    assert len(found) == 1, f"{step_id} is not one of {[item['id'] for item in job['steps']]}"
    return found[0]


def annotations(seen: Report) -> list[str]:
    """Write the annotations of a run as `level path:line:column title`."""
    written = []
    for note in seen["annotations"]:
        place = ":".join(str(note.get(key, "-")) for key in ("file", "line", "col"))
        written.append(f"{note['level']} {place} {note.get('title', '-')}")
    return written


def read_report(path: Path) -> Report:
    """Read a report that a runner wrote."""
    report: Report = json.loads(path.read_text("utf-8"))
    return report


def _run(command: list[str], report: Path) -> None:
    done = subprocess.run(
        command, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=RUN_SECONDS, check=False
    )
    assert report.exists(), (
        f"{command[1]} wrote no report (exit {done.returncode}):\n{done.stdout[-2000:]}\n{done.stderr[-4000:]}"
    )
