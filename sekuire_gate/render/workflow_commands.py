"""Annotations, as workflow commands on stdout (docs/contract.md 8).

A runner keeps ten annotations of a type for a step, in the order in which they come, and cuts a message at 4,096
characters. It drops the columns of a range that does not lie on one line.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from actions_toolkit.command import Command

from sekuire_gate.model.outcome import Mode, Outcome
from sekuire_gate.model.problem import Problem
from sekuire_gate.model.report import Level
from sekuire_gate.model.source import Location
from sekuire_gate.render import wording
from sekuire_gate.render.escape import for_command, visible
from sekuire_gate.render.severity import worst_first
from sekuire_gate.render.totals import counted

MAX_PER_LEVEL = 10
MAX_TITLE = 200
MAX_PATH = 100  # code points of a path inside a message; up to ten characters each
MAX_WHERE = 1100  # characters of a place inside a message
MAX_WHAT = 2000  # characters of a message without its fix; the three together stay below 4,096
MAX_FIX = 900


@dataclass(frozen=True, slots=True)
class _Annotation:
    """One command to be; all text raw."""

    level: Level
    title: str
    what: str
    fix: str = ""
    at: Location | None = None


def render(outcome: Outcome, *, prefix: str | None) -> str:
    """Write the annotations of a run, a command a line; at most ten of a level, the last of which counts the rest.

    Problems are errors in every mode. Of findings without a place notices are not shown: no line of the checkout
    would be changed for them. In mode warn what would have failed is a warning, in mode observe no finding is shown;
    a forced run keeps its errors, and a notice says who forced it: it takes no finding's place.

    Args:
        outcome: what the run answers.
        prefix: the root relative to the checkout, "" where it is the checkout; None where it lies outside, so
            that no file of it can be annotated.
    """
    every = [*map(_of_problem, outcome.problems), *_of_force(outcome), *_of_findings(outcome)]
    chosen = (shown for level in reversed(Level) for shown in _at_most_ten([a for a in every if a.level is level]))
    return "".join(f"{_command(annotation, prefix)}\n" for annotation in chosen)


def add_mask(secret: str) -> str:
    """Have the runner put stars for a secret from here on; the one place where a secret is written as it is.

    Args:
        secret: one line of it; the runner masks each occurrence, letter by letter.
    """
    return f"{Command('add-mask', {}, secret)}\n"


def _of_problem(problem: Problem) -> _Annotation:
    return _Annotation(Level.ERROR, problem.kind, problem.message, problem.fix, problem.at)


def _of_force(outcome: Outcome) -> Iterator[_Annotation]:
    if said := wording.forced(outcome):
        yield _Annotation(Level.NOTICE, "forced", said)


def _of_findings(outcome: Outcome) -> Iterator[_Annotation]:
    """Yield the worst first: errors that are certain, errors that are undetermined, warnings, notices."""
    if outcome.report is None or outcome.mode is Mode.OBSERVE:
        return
    for finding in worst_first(outcome.report.findings):
        level = finding.rule.level
        if finding.at is None and level is Level.NOTICE:
            continue
        title = f"{finding.rule.id}: {finding.value}" if finding.value else finding.rule.id
        if level is Level.ERROR and outcome.mode is Mode.WARN:
            yield _Annotation(Level.WARNING, title, f"Would have failed: {finding.message}", finding.fix, finding.at)
        else:
            yield _Annotation(level, title, finding.message, finding.fix, finding.at)


def _at_most_ten(annotations: Sequence[_Annotation]) -> Iterator[_Annotation]:
    if len(annotations) <= MAX_PER_LEVEL:
        yield from annotations
        return
    yield from annotations[: MAX_PER_LEVEL - 1]
    level = annotations[0].level
    rest = counted(len(annotations) - MAX_PER_LEVEL + 1, f"more {level.word}")
    yield _Annotation(level, rest, f"{rest} not shown as annotations; the job summary lists them all.")


def _command(annotation: _Annotation, prefix: str | None) -> Command:
    at, properties = annotation.at, {"title": for_command(annotation.title, MAX_TITLE)}
    message = [for_command(annotation.what, MAX_WHAT)]
    file = f"{prefix}/{at.path}" if at and prefix else at and at.path
    if at and file and prefix is not None and _is_plain(file):
        properties |= {"file": file, **_range(at)}
    elif at:
        message.insert(0, for_command(f"{wording.place(at, MAX_PATH)}:", MAX_WHERE))
    if annotation.fix:
        message.append(for_command(annotation.fix, MAX_FIX))
    return Command(annotation.level.word, properties, " ".join(message))


def _is_plain(path: str) -> bool:
    """Whether a path can be named as it is; one that hides characters or holds a command stands in the message."""
    return visible(path) == path and "##[" not in path


def _range(at: Location) -> dict[str, str]:
    """The lines and, where there is one line and something on it, the columns; the last column is inclusive there."""
    last_line = at.end_line - 1 if at.end_column == 1 and at.end_line > at.line else at.end_line
    lines = {"line": str(at.line), "endLine": str(last_line)}
    if at.on_one_line and at.end_column > at.column:
        lines |= {"col": str(at.column), "endColumn": str(at.end_column - 1)}
    return lines
