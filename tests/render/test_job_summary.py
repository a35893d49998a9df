"""The job summary, and the markdown report."""

import re
from dataclasses import replace

import pytest

from sekuire_gate.model.outcome import Outcome
from sekuire_gate.model.problem import ExitCode, Problem
from sekuire_gate.model.report import Check, JudgedDefinition, Report, Status, Subject
from sekuire_gate.render import job_summary
from tests.support import outcomes
from tests.support.outcomes import POLICY, judged


@pytest.mark.parametrize("outcome", outcomes.ALL.values(), ids=outcomes.ALL)
def test_the_verdict_comes_first_and_what_to_do_last(outcome: Outcome) -> None:
    lines = job_summary.render(outcome).splitlines()
    assert re.fullmatch(rf"## \S+ Agent policy check: {outcome.verdict}\b.*", lines[0])
    last = max(index for index, line in enumerate(lines) if line.startswith("#"))
    assert lines[last] == "### What to do"
    assert lines[-1].startswith("- ")


def test_a_definition_has_a_table_of_the_four_subjects_and_those_that_apply() -> None:
    summary = job_summary.render(outcomes.VIOLATING)
    assert (
        "| `agents/mail/sekuire.yml` | Provider | Model | Tools | Capabilities | Compliance |\n"
        "|---|---|---|---|---|---|\n"
        "| definition | ✅ `openai` | ❌ `gpt-4-32k` | ❌ `read_mail`, `shell_exec` |  | ⚠️ |\n"
        "| agent `writer` |  | ❓ `${WRITER_MODEL}` |  |  |  |\n"
    ) in summary
    assert "| `agents/notes/sekuire.json` | Provider | Model | Tools | Capabilities |\n" in summary


def test_a_finding_is_a_row_with_level_rule_value_place_reason_and_fix() -> None:
    assert (
        "| ❓ undetermined<br>`model.undetermined` | `${WRITER_MODEL}`<br>`agents/mail/sekuire.yml:11:14`<br>agent "
        "`writer` | model `${WRITER_MODEL}` is known at run time only.<br>**Fix**: Write the model's name. |\n"
    ) in job_summary.render(outcomes.VIOLATING)


def test_a_problem_is_a_row_with_kind_place_reason_and_fix() -> None:
    assert (
        "| ❌ `definition.duplicate_key`<br>`agents/mail/sekuire.yml:4:3` | "
        "key `model` twice.<br>**Fix**: Keep one. |\n"
    ) in job_summary.render(outcomes.PARTLY_READ)


@pytest.mark.parametrize(
    ("outcome", "words"),
    [
        (outcomes.VIOLATING, "**4 errors (2 undetermined), 1 warning, 1 notice in 2 definitions (1 excluded)**"),
        (outcomes.VIOLATING, "- **Policy**: `policy_mail` version 12 of workspace `ws_acme` (fetched)\n"),
        (outcomes.VIOLATING, f"- **Trust**: signature verified with the pinned key `sha256:{'ab' * 32}`.\n"),
        (outcomes.EMBEDDED, "- **Trust**: ⚠️ INTEGRITY ONLY"),
        (outcomes.UNSIGNED, "- **Trust**: ⚠️ UNSIGNED: "),
        (outcomes.NOT_AUTHENTIC, "**Policy**: none"),
        (outcomes.FORCED, "⚠️ Forced by `octocat`, reason: `incident 4711, agreed with security`.\n"),
        (outcomes.WARNED, "violation, would have failed (mode warn)\n"),
        (outcomes.PASSING, "- **Open**: no allow-list binds tools, capabilities, network, filesystem\n"),
    ],
    ids=["totals", "policy", "pinned", "embedded", "unsigned", "none", "forced", "warn", "unrestricted"],
)
def test_totals_policy_trust_and_force_are_said(outcome: Outcome, words: str) -> None:
    assert words in job_summary.render(outcome)


def test_the_worst_findings_come_first() -> None:
    outcome = outcomes.with_findings(9, outcomes.MISSING_FRAMEWORK, outcomes.UNDETERMINED_MODEL, outcomes.BLOCKED_MODEL)
    words = re.findall(r"^\| \S+ (\w+)<br>", job_summary.render(outcome), re.MULTILINE)
    assert words == ["error"] * 3 + ["undetermined"] * 3 + ["warning"] * 3


def big(definition: JudgedDefinition) -> Outcome:
    """Too much of everything, all of it in characters that become ten."""
    text = "\U000e0041" * 1000
    finding = replace(outcomes.BLOCKED_TOOL, message=text, fix=text, value=text, at=outcomes.place(text, 1, 1, 2))
    problem = Problem("definition.syntax", text, text, ExitCode.DEFINITION)
    return Outcome(Report(POLICY, (definition,) * 3000, (finding,) * 30_000), (problem,) * 3000)


def test_it_stays_below_900_kib_and_counts_what_it_leaves_out() -> None:
    values = tuple(f"{index}" + "\U000e0041" * 500 for index in range(100))
    summary = job_summary.render(big(judged("sekuire.yml", Check(Subject.TOOLS, None, Status.PASS, values))))
    assert len(summary.encode()) < 900 * 1024
    assert summary.startswith("## ❌ Agent policy check: error\n")
    for noun, number in (("problem", 3000), ("definition", 3000), ("finding", 30_000)):
        found = re.search(rf"^… and ([\d,]+) more {noun}s:", summary, re.MULTILINE)
        assert found is not None
        assert 0 < int(found[1].replace(",", "")) < number
    assert "`, and 80 more |" in summary


def test_a_definition_with_many_agents_shows_some_and_counts_the_rest() -> None:
    rows = [Check(Subject.MODEL, f"a{index}", Status.PASS, ("m",)) for index in range(300)]
    summary = job_summary.render(Outcome(Report(POLICY, (judged("sekuire.yml", *rows),), ())))
    assert "| agent `a50` |" in summary
    assert "| and 249 more agents |" in summary
