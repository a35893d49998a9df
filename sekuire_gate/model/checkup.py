"""What `doctor` finds: one thing that was looked at, and how it is (docs/contract.md 2)."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import Enum

from sekuire_gate.model.problem import ExitCode, Problem

_STARS = "***"


class Mark(Enum):
    """How a thing is that was looked at."""

    OK = "ok"
    NOTE = "note"  # neither good nor bad, or not to be known from here
    WARNING = "warning"  # nothing is refused for it, yet
    PROBLEM = "PROBLEM"  # `check` would end here, with the problem's exit code


@dataclass(frozen=True, slots=True)
class Examined:
    """One thing that was looked at."""

    mark: Mark
    subject: str  # one word of ours
    text: str  # raw: a server, a policy or an input may have chosen parts of it
    problem: Problem | None = None  # what is wrong, for `Mark.PROBLEM`


@dataclass(frozen=True, slots=True)
class EffectiveInput:
    """One input as it counts, and where it comes from."""

    name: str
    value: str  # raw, nothing secret in it; "": none
    origin: str  # a flag, a variable, "default", or the file that brings it


def without(secret: str, examined: Examined) -> Examined:
    """Put stars wherever a secret stands: nothing is made of it, and yet somebody may have chosen it as a name."""
    problem = examined.problem
    if problem:
        hidden = (problem.message.replace(secret, _STARS), problem.fix.replace(secret, _STARS))
        problem = replace(problem, message=hidden[0], fix=hidden[1])
    return replace(examined, text=examined.text.replace(secret, _STARS), problem=problem)


def input_without(secret: str, shown: EffectiveInput) -> EffectiveInput:
    """As `without`, for what an input's text holds."""
    return replace(shown, value=shown.value.replace(secret, _STARS))


def first_problem(examined: Iterable[Examined]) -> Problem | None:
    """Return the problem that stands first."""
    return next((item.problem for item in examined if item.problem), None)


def exit_code(examined: Iterable[Examined]) -> ExitCode:
    """Return the first problem's exit code, or 0 where there is none."""
    problem = first_problem(examined)
    return problem.exit_code if problem else ExitCode.OK
