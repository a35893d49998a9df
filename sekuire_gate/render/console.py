"""The report for a terminal and a workflow's log: what was checked, what was found where, what to do.

Per definition the table of checks, then every problem and finding with its source line, then the verdict. Foreign
text is made visible where it is put in, and no line is one that a runner obeys.
"""

from collections.abc import Iterator

from sekuire_gate.model.outcome import Outcome
from sekuire_gate.model.policy import Policy
from sekuire_gate.model.problem import Problem
from sekuire_gate.model.report import Check, Finding, JudgedDefinition, Report, Status
from sekuire_gate.model.source import Location
from sekuire_gate.render import wording
from sekuire_gate.render.escape import MAX_MESSAGE, for_log, inert_line, shortened, visible
from sekuire_gate.render.excerpt import excerpt
from sekuire_gate.render.severity import worst_in_order
from sekuire_gate.render.totals import Totals

MAX_FINDINGS = 1000  # the JSON report has them all
MAX_VALUES = 12  # of one row of a table; the JSON report has them all
MAX_VALUE_IN_ROW = 60  # code points

_WORDS = {
    Status.VIOLATION: "VIOLATION",
    Status.UNDETERMINED: "UNDETERMINED",
    Status.WARNING: "warning",
    Status.UNRESTRICTED: "unrestricted",
    Status.PASS: "pass",
    Status.NONE: "-",
}


def render(outcome: Outcome) -> str:
    """Write the console report; the verdict comes last, where a log is read first."""
    return "".join(f"{inert_line(line)}\n" for line in _lines(outcome))


def problem_line(problem: Problem) -> str:
    """Write a problem as one line, without its end: place, kind, what happened, what to do."""
    place = f"{wording.place(problem.at, MAX_MESSAGE)}: " if problem.at else ""
    message = shortened(problem.message, MAX_MESSAGE)
    kind = f"{problem.kind}: " if problem.kind else ""  # a remark has none
    return for_log(f"{place}{kind}{message} {problem.fix}", 3 * MAX_MESSAGE)


def _lines(outcome: Outcome) -> Iterator[str]:
    report = outcome.report
    if report:
        for definition in report.definitions:
            yield from _table(definition)
    for problem in outcome.problems:
        yield from _entry(f"error[{problem.kind}]", problem.message, problem.fix, problem.at)
    if report:
        yield from _findings(report)
    yield from _closing(outcome)


def _table(definition: JudgedDefinition) -> Iterator[str]:
    yield _text(definition.manifest.path)
    agent: str | None = None
    for check in definition.telling_checks:
        if check.agent != agent and check.agent is not None:
            yield f"  agent '{_text(check.agent)}'"
        agent = check.agent
        yield f"{'  ' if agent is None else '    '}{_row(check)}".rstrip()
    yield ""


def _row(check: Check) -> str:
    shown = [_text(value, MAX_VALUE_IN_ROW) for value in check.values[:MAX_VALUES]]
    if len(check.values) > MAX_VALUES:
        shown.append(f"and {len(check.values) - MAX_VALUES:,} more")
    return f"{check.subject.value:<14}{_WORDS[check.status]:<14}{', '.join(shown)}"


def _findings(report: Report) -> Iterator[str]:
    """Show the findings in their order; of too many the worst."""
    for finding in worst_in_order(report.findings, MAX_FINDINGS):
        yield from _finding(finding)
    if (more := len(report.findings) - MAX_FINDINGS) > 0:
        yield f"… and {more:,} more: see the report"
        yield ""


def _finding(finding: Finding) -> Iterator[str]:
    word = finding.rule.level.word
    yield from _entry(f"{word}[{finding.rule.id}]", finding.message, finding.fix, finding.at, finding.agent)


def _entry(head: str, message: str, fix: str, at: Location | None, agent: str | None = None) -> Iterator[str]:
    yield f"{head}: {_text(message)}"
    if at:
        whose = f" (agent '{_text(agent)}')" if agent is not None else ""
        yield f"  --> {visible(wording.place(at, MAX_MESSAGE))}{whose}"
        yield from (f"  {line}" for line in excerpt(at))
    if fix:
        yield f"  fix: {_text(fix)}"
    yield ""


def _closing(outcome: Outcome) -> Iterator[str]:
    yield f"Verdict: {wording.verdict(outcome)}"
    if outcome.report:
        yield f"Found:   {Totals.of(outcome)}"
    yield from _policy(outcome.policy)
    if said := wording.forced(outcome):
        yield f"Forced:  {_text(said)}"
    for label, step in zip(("Next:   ", *[" " * 8] * 9), wording.what_to_do(outcome), strict=False):
        yield f"{label} {_text(step)}"


def _policy(policy: Policy | None) -> Iterator[str]:
    if policy is None:
        yield f"Policy:  none: {wording.NOT_JUDGED}"
        return
    yield f"Policy:  {_text(wording.identity(policy))}, hash {policy.proof.content_hash}"
    yield f"Trust:   {_text(wording.trust(policy))}"
    if policy.unrestricted:
        yield f"Open:    no allow-list binds {', '.join(policy.unrestricted)}"


def _text(text: str, limit: int = MAX_MESSAGE) -> str:
    return visible(shortened(text, limit))
