"""What a change of policy does, for people and as JSON: `policy diff` (docs/contract.md 2)."""

from collections.abc import Iterator, Sequence

from sekuire_gate.model.difference import Change, DefinitionDifference, Effect, PolicyDifference
from sekuire_gate.model.policy import Policy
from sekuire_gate.model.report import Finding, Verdict
from sekuire_gate.render import wording
from sekuire_gate.render.console import problem_line
from sekuire_gate.render.escape import MAX_MESSAGE, for_log, shortened
from sekuire_gate.render.json_report import finding_object, policy_object, problem_object
from sekuire_gate.render.json_text import dumps

_WORDS = {
    Effect.PERMITS: "+ permits",
    Effect.PERMITS_PART: "+ permits part of",
    Effect.MAY_PERMIT: "+ may permit",
    Effect.PERMITS_REST: "+ PERMITS ALL ELSE",
    Effect.FORBIDS: "- forbids",
    Effect.FORBIDS_PART: "- forbids part of",
    Effect.MAY_FORBID: "- may forbid",
    Effect.FORBIDS_REST: "- FORBIDS ALL ELSE",
    Effect.DEMANDS: "- demands",
    Effect.NO_LONGER_DEMANDS: "+ demands no more",
    Effect.BLOCKS: "- BLOCKS ALL RUNS",
    Effect.NO_LONGER_BLOCKS: "+ blocks no more",
    Effect.DIFFERS: "! differs",
}


def render(difference: PolicyDifference) -> str:
    """Write both policies and how far they are trusted, then the changes by subject, then the definitions."""
    return "".join(f"{for_log(line, 10 * MAX_MESSAGE)}\n" for line in _lines(difference))


def as_json(difference: PolicyDifference) -> str:
    """Write the comparison; the same policies and definitions give the same bytes.

    `a`, `b`: the report's `policy` object (docs/contract.md 6). `changes`: each {`subject`, `effect`, `value`,
    `reason`, `document`, `pointer`}; effects are those of `model/difference.py`, a value of null stands for the
    subject as a whole, and the pointer is into the `content` of the document named beside it, or null.
    `definitions`: each {`path`, `a`, `b`, `new`, `gone`}: the verdict of each policy, and the report's findings that
    only B makes, or only A. `problems`: as in the report.
    """
    return dumps(
        {
            "a": policy_object(difference.a),
            "b": policy_object(difference.b),
            "changes": [
                {
                    "subject": change.subject,
                    "effect": change.effect.value,
                    "value": change.value,
                    "reason": change.reason,
                    "document": change.document.value,
                    "pointer": change.pointer,
                }
                for change in difference.changes
            ],
            "definitions": [
                {
                    "path": definition.path,
                    "a": definition.a.value,
                    "b": definition.b.value,
                    "new": [finding_object(finding) for finding in definition.new],
                    "gone": [finding_object(finding) for finding in definition.gone],
                }
                for definition in difference.definitions
            ],
            "problems": [problem_object(problem) for problem in difference.problems],
        }
    )


def _lines(difference: PolicyDifference) -> Iterator[str]:
    yield from _policy("A", difference.a)
    yield from _policy("B", difference.b)
    yield ""
    yield from _changes(difference)
    if difference.definitions or difference.problems:
        yield ""
    for definition in difference.definitions:
        yield from _definition(definition)
    for problem in difference.problems:
        yield f"unreadable: {problem_line(problem)}"
    if difference.definitions or difference.problems:
        yield _totals(difference.definitions, len(difference.problems))


def _policy(name: str, policy: Policy) -> Iterator[str]:
    yield f"{name}: {wording.identity(policy)}, hash {policy.proof.content_hash}"
    yield f"   {wording.trust(policy)}"


def _changes(difference: PolicyDifference) -> Iterator[str]:
    if difference.a.proof.content_hash == difference.b.proof.content_hash:
        yield "The same content: nothing is permitted or forbidden newly."
    elif not any(change.effect is not Effect.DIFFERS for change in difference.changes):
        yield "Another content to the same effect: nothing is permitted or forbidden newly."
    width = max((len(change.subject) for change in difference.changes), default=0)
    yield from (_change(change, width) for change in difference.changes)


def _change(change: Change, width: int) -> str:
    head = f"{change.subject:<{width}}  {_WORDS[change.effect]:<18}"
    return (
        f"{head}  {change.reason}" if change.value is None else f"{head}  '{shortened(change.value)}': {change.reason}"
    )


def _definition(definition: DefinitionDifference) -> Iterator[str]:
    yield f"{shortened(definition.path, MAX_MESSAGE)}: {_fate(definition)}"
    yield from (_finding("-", finding) for finding in definition.new)
    yield from (_finding("+", finding) for finding in definition.gone)


def _fate(definition: DefinitionDifference) -> str:
    verdicts = definition.a.value if definition.a is definition.b else f"{definition.a.value} -> {definition.b.value}"
    if definition.newly_fails:
        return f"NEWLY FAILS ({verdicts})"
    if definition.newly_passes:
        return f"newly passes ({verdicts})"
    return "still passes" if definition.b is Verdict.PASS else f"still fails ({verdicts})"


def _finding(sign: str, finding: Finding) -> str:
    where = f"{wording.place(finding.at, MAX_MESSAGE)}: " if finding.at else ""
    what = "new" if sign == "-" else "gone"
    level = wording.level(finding)
    value = f"'{shortened(finding.value)}'" if finding.value else "nothing"
    return f"  {sign} {what:<4}  {where}{level}[{finding.rule.id}]: {value}"


def _totals(definitions: Sequence[DefinitionDifference], unreadable: int) -> str:
    fails = sum(definition.newly_fails for definition in definitions)
    passes = sum(definition.newly_passes for definition in definitions)
    still_passing = sum(definition.a is definition.b is Verdict.PASS for definition in definitions)
    still_failing = len(definitions) - fails - passes - still_passing
    return (
        f"{fails:,} newly failing, {passes:,} newly passing, {still_failing:,} still failing, "
        f"{still_passing:,} still passing, {unreadable:,} unreadable"
    )
