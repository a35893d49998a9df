"""What GitHub Actions says of the run (docs/contract.md 3, 5 and 8)."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class WorkflowRun:
    """The run as the runner describes it; outside of Actions everything is empty."""

    in_actions: bool = False  # GITHUB_ACTIONS=true: annotations, job summary and outputs are written
    actor: str | None = None  # who triggered the run
    workspace: Path | None = None  # the checkout; annotations name files relative to it
    summary_file: Path | None = None
    output_file: Path | None = None


def load(environ: Mapping[str, str]) -> WorkflowRun:
    """Read the run from the variables that the runner sets."""
    return WorkflowRun(
        in_actions=environ.get("GITHUB_ACTIONS") == "true",
        actor=environ.get("GITHUB_TRIGGERING_ACTOR") or environ.get("GITHUB_ACTOR") or None,
        workspace=_path(environ, "GITHUB_WORKSPACE"),
        summary_file=_path(environ, "GITHUB_STEP_SUMMARY"),
        output_file=_path(environ, "GITHUB_OUTPUT"),
    )


def _path(environ: Mapping[str, str], name: str) -> Path | None:
    value = environ.get(name)
    return Path(value) if value else None
