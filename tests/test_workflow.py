"""What GitHub Actions says of the run."""

from pathlib import Path

import pytest

from sekuire_gate import workflow
from sekuire_gate.workflow import WorkflowRun


def test_outside_of_actions_everything_is_empty() -> None:
    assert workflow.load({}) == WorkflowRun()
    assert not workflow.load({"GITHUB_ACTIONS": "1"}).in_actions


@pytest.mark.parametrize(
    ("environ", "actor"),
    [
        ({"GITHUB_TRIGGERING_ACTOR": "again", "GITHUB_ACTOR": "first"}, "again"),
        ({"GITHUB_TRIGGERING_ACTOR": "", "GITHUB_ACTOR": "first"}, "first"),
        ({}, None),
    ],
    ids=["run again by another", "run once", "unknown"],
)
def test_the_actor_is_who_triggered_this_run(environ: dict[str, str], actor: str | None) -> None:
    assert workflow.load(environ).actor == actor


def test_the_files_of_the_runner_are_taken_as_they_are_named() -> None:
    run = workflow.load({"GITHUB_ACTIONS": "true", "GITHUB_OUTPUT": "/o", "GITHUB_STEP_SUMMARY": "/s"})
    assert run == WorkflowRun(in_actions=True, output_file=Path("/o"), summary_file=Path("/s"))
