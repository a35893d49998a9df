"""What a run answers: a report, or why there is none; and the exit code (docs/contract.md 4)."""

from dataclasses import dataclass
from enum import Enum

from sekuire_gate.model.policy import Policy
from sekuire_gate.model.problem import ExitCode, Problem
from sekuire_gate.model.report import Report


class Mode(Enum):
    """How a verdict that blocks is treated; reports keep the true verdict."""

    ENFORCE = "enforce"
    WARN = "warn"
    OBSERVE = "observe"


@dataclass(frozen=True, slots=True)
class Forced:
    """Who let a blocked run through, and why."""

    reason: str
    actor: str | None


@dataclass(frozen=True, slots=True)
class Outcome:
    """The answer of a run, ready to be rendered."""

    report: Report | None = None
    problems: tuple[Problem, ...] = ()  # the one of settings or policy, or one per unreadable definition
    mode: Mode = Mode.ENFORCE
    force: Forced | None = None  # as asked for; `forced` says whether it was needed
    verified: Policy | None = None  # the policy, where it was verified and the run stopped after that
    remarks: tuple[Problem, ...] = ()  # what went wrong beside the verdict, which stands: for the log alone

    @property
    def policy(self) -> Policy | None:
        """The policy, whenever it was verified, whatever came after."""
        return self.report.policy if self.report else self.verified

    @property
    def verdict(self) -> str:
        """`pass`, `violation`, `undetermined`, `forced` or `error`; the modes warn and observe keep the true one."""
        if self.problems or self.report is None:
            return "error"
        return "forced" if self.forced else self.report.verdict.value

    @property
    def blocks(self) -> bool:
        """Whether the report's own verdict would block in enforce mode without force."""
        return not self.problems and self.report is not None and self.report.verdict.value != "pass"

    @property
    def forced(self) -> Forced | None:
        """Who forced the run, where there was something left to force."""
        return self.force if self.blocks and self.mode is Mode.ENFORCE else None

    @property
    def exit_code(self) -> ExitCode:
        """The process's exit code; mode and force touch 1 only."""
        if self.problems:
            return max((problem.exit_code for problem in self.problems), key=int)
        if self.report is None:
            return ExitCode.INTERNAL
        if self.blocks and self.mode is Mode.ENFORCE and not self.force:
            return ExitCode.BLOCKED
        return ExitCode.OK

    @property
    def exit_reason(self) -> str:
        """`pass`, `violation`, `undetermined`, `forced`, or the first problem's kind (docs/contract.md 5)."""
        if self.problems:
            return self.problems[0].kind
        return self.verdict
