"""What a run answers: verdict, exit code, and what mode and force make of them."""

import pytest

from sekuire_gate.model.outcome import Forced, Mode, Outcome
from sekuire_gate.model.problem import ExitCode, Problem
from tests.support.outcomes import PASSING, VIOLATING

FORCE = Forced("incident 7", "octocat")
PROBLEM = Problem("fetch.unreachable", "x.", "y.", ExitCode.UNAVAILABLE)


@pytest.mark.parametrize(
    ("mode", "force", "code", "verdict", "reason"),
    [
        (Mode.ENFORCE, None, 1, "violation", "violation"),
        (Mode.WARN, None, 0, "violation", "violation"),
        (Mode.OBSERVE, None, 0, "violation", "violation"),
        (Mode.ENFORCE, FORCE, 0, "forced", "forced"),
        (Mode.WARN, FORCE, 0, "violation", "violation"),
    ],
    ids=["enforce", "warn", "observe", "forced", "mode comes before force"],
)
def test_mode_and_force_touch_a_verdict_that_blocks(
    mode: Mode, force: Forced | None, code: int, verdict: str, reason: str
) -> None:
    outcome = Outcome(VIOLATING.report, (), mode, force)
    assert (outcome.exit_code, outcome.verdict, outcome.exit_reason) == (code, verdict, reason)
    assert outcome.forced == (force if verdict == "forced" else None)


@pytest.mark.parametrize("mode", Mode)
def test_a_problem_stays_what_it_is_in_every_mode_and_forced(mode: Mode) -> None:
    outcome = Outcome(VIOLATING.report, (PROBLEM,), mode, FORCE)
    assert (outcome.exit_code, outcome.verdict, outcome.exit_reason) == (4, "error", "fetch.unreachable")
    assert outcome.forced is None


def test_a_verdict_that_passes_leaves_nothing_to_force() -> None:
    outcome = Outcome(PASSING.report, (), Mode.ENFORCE, FORCE)
    assert (outcome.exit_code, outcome.verdict, outcome.forced) == (0, "pass", None)


def test_no_report_and_no_problem_is_a_bug_and_never_a_pass() -> None:
    assert Outcome().exit_code == ExitCode.INTERNAL
    assert Outcome().verdict == "error"
