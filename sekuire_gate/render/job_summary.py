"""The report in GitHub's Markdown: the job summary, and the report format `markdown` (docs/contract.md 8).

A step's summary over 1 MiB is dropped whole and the step stays green, so the verdict comes first and the long parts
have a share each; what did not fit is counted.
"""

from collections.abc import Callable, Sequence
from itertools import islice
from typing import TypeVar

from sekuire_gate.model.outcome import Outcome
from sekuire_gate.model.policy import Policy, Trust
from sekuire_gate.model.problem import Problem
from sekuire_gate.model.report import CHECKED_SUBJECTS, Check, Finding, JudgedDefinition, Report, Status, Subject
from sekuire_gate.model.source import Location
from sekuire_gate.render import wording
from sekuire_gate.render.escape import for_markdown, markdown_code
from sekuire_gate.render.severity import worst_first
from sekuire_gate.render.totals import Totals, counted

T = TypeVar("T")

# In UTF-8; together 850 KiB: head and closing words need a few KiB of the 900 that the whole may have.
PROBLEM_BYTES = 150 * 1024
DEFINITION_BYTES = 300 * 1024
FINDING_BYTES = 400 * 1024
MAX_MISFITS = 10  # after as many that do not fit, the rest is counted unseen
MAX_AGENTS = 50  # of one table
MAX_VALUES = 20  # of one cell; the JSON report has them all
MAX_VALUE_IN_CELL = 80  # code points; a cell grows as wide as its longest word

_ALWAYS = frozenset({Subject.PROVIDER, Subject.MODEL, Subject.TOOLS, Subject.CAPABILITIES})
_SIGNS = {
    Status.VIOLATION: "❌",
    Status.UNDETERMINED: "❓",
    Status.WARNING: "⚠️",
    Status.UNRESTRICTED: "⬜",
    Status.PASS: "✅",
    Status.NONE: "",
}
_LEVEL_SIGNS = {"error": "❌", "undetermined": "❓", "warning": "⚠️", "notice": "💬"}
_VERDICT_SIGNS = {"pass": "✅", "forced": "⚠️", "undetermined": "❓"}
_WHAT = "What, and how to fix it"
_LEGEND = "✅ permitted · ❌ not permitted · ❓ undetermined, blocks too · ⚠️ warning · ⬜ no allow-list binds it"


def render(outcome: Outcome) -> str:
    """Write the document, below 900 KiB: verdict, policy, problems, definitions, findings, what to do."""
    sections = (
        _verdict(outcome),
        _policy(outcome.policy),
        _problems(outcome.problems),
        _definitions(outcome.report),
        _findings(outcome.report),
        _what_to_do(outcome),
    )
    return "\n\n".join(section for section in sections if section) + "\n"


def _verdict(outcome: Outcome) -> str:
    sign = _VERDICT_SIGNS.get(outcome.verdict, "❌")
    lines = [f"## {sign} Agent policy check: {wording.verdict(outcome)}"]
    if outcome.report:
        lines.append(f"**{Totals.of(outcome)}**")
    if said := wording.forced(outcome):
        lines.append(f"⚠️ {for_markdown(said)}")
    return "\n\n".join(lines)


def _policy(policy: Policy | None) -> str:
    if policy is None:
        return f"**Policy**: none; {wording.NOT_JUDGED}"
    trust = for_markdown(wording.trust(policy))
    lines = [
        f"- **Policy**: {for_markdown(wording.identity(policy))}",
        f"- **Trust**: {trust if policy.proof.trust is Trust.PINNED else f'⚠️ {trust}'}",
        f"- **Hash**: {markdown_code(policy.proof.content_hash)}",
    ]
    if policy.unrestricted:
        lines.append(f"- **Open**: no allow-list binds {', '.join(policy.unrestricted)}")
    return "\n".join(lines)


def _problems(problems: tuple[Problem, ...]) -> str:
    if not problems:
        return ""
    return f"### Problems\n\n{_table(('Problem', _WHAT), problems, _problem, PROBLEM_BYTES, 'problem')}"


def _problem(problem: Problem) -> str:
    return _row(f"❌ {markdown_code(problem.kind)}{_place(problem.at)}", _what(problem.message, problem.fix))


def _definitions(report: Report | None) -> str:
    if report is None or not report.definitions:
        return ""
    tables, rest = _within(report.definitions, _definition, DEFINITION_BYTES, "definition")
    return "\n\n".join(("### Definitions", _LEGEND, *tables, *rest))


def _definition(definition: JudgedDefinition) -> str:
    claimed = {check.subject for check in definition.checks if check.status is not Status.NONE}
    columns = [subject for subject in CHECKED_SUBJECTS if subject in _ALWAYS | claimed]
    rows: dict[str | None, dict[Subject, str]] = {}
    for check in definition.telling_checks:
        rows.setdefault(check.agent, {})[check.subject] = _cell(check)
    head = (
        markdown_code(definition.manifest.path, 2 * MAX_VALUE_IN_CELL),
        *(subject.value.capitalize() for subject in columns),
    )
    body = [
        _row(
            "definition" if agent is None else f"agent {markdown_code(agent, MAX_VALUE_IN_CELL)}",
            *(cells.get(subject, "") for subject in columns),
        )
        for agent, cells in islice(rows.items(), 1 + MAX_AGENTS)
    ]
    if len(rows) > len(body):
        body.append(_row(f"and {counted(len(rows) - len(body), 'more agent')}", *("" for _ in columns)))
    return "\n".join((_row(*head), "|---" * len(head) + "|", *body))


def _cell(check: Check) -> str:
    shown = [markdown_code(value, MAX_VALUE_IN_CELL) for value in check.values[:MAX_VALUES]]
    if len(check.values) > MAX_VALUES:
        shown.append(f"and {len(check.values) - MAX_VALUES:,} more")
    return f"{_SIGNS[check.status]} {', '.join(shown)}".strip()


def _findings(report: Report | None) -> str:
    if report is None or not report.findings:
        return ""
    columns, rows = ("Rule", "Value", _WHAT), worst_first(report.findings)
    return f"### Findings\n\n{_table(columns, rows, _finding, FINDING_BYTES, 'finding')}"


def _finding(finding: Finding) -> str:
    level = wording.level(finding)
    agent = "" if finding.agent is None else f"<br>agent {markdown_code(finding.agent, MAX_VALUE_IN_CELL)}"
    return _row(
        f"{_LEVEL_SIGNS[level]} {level}<br>{markdown_code(finding.rule.id)}",
        f"{markdown_code(finding.value, MAX_VALUE_IN_CELL)}{_place(finding.at)}{agent}",
        _what(finding.message, finding.fix),
    )


def _what_to_do(outcome: Outcome) -> str:
    return "\n".join(("### What to do", "", *(f"- {for_markdown(step)}" for step in wording.what_to_do(outcome))))


def _table(columns: tuple[str, ...], items: Sequence[T], show: Callable[[T], str], limit: int, noun: str) -> str:
    rows, rest = _within(items, show, limit, noun)
    return "\n".join((_row(*columns), "|---" * len(columns) + "|", *rows, *(f"\n{line}" for line in rest)))


def _within(items: Sequence[T], show: Callable[[T], str], limit: int, noun: str) -> tuple[list[str], list[str]]:
    """Show what fits into so many bytes, and a line that counts what does not, if anything."""
    shown: list[str] = []
    misfits = 0  # one huge item does not hide the small ones after it; many would cost time for nothing
    for item in items:
        part = show(item)
        size = len(part.encode()) + 2
        if size <= limit:
            limit -= size
            shown.append(part)
        elif (misfits := misfits + 1) == MAX_MISFITS:
            break
    left_out = len(items) - len(shown)
    rest = f"… and {counted(left_out, f'more {noun}')}: the console report and the JSON report have them all."
    return shown, [rest] if left_out else []


def _what(message: str, fix: str) -> str:
    # One cell: a column of its own for the fix is cut off at the right of a narrow window.
    return f"{for_markdown(message)}<br>**Fix**: {for_markdown(fix)}"


def _place(at: Location | None) -> str:
    return f"<br>{markdown_code(wording.place(at, MAX_VALUE_IN_CELL), 2 * MAX_VALUE_IN_CELL)}" if at else ""


def _row(*cells: str) -> str:
    return f"| {' | '.join(cells)} |"
