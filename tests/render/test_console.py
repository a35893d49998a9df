"""The report that is read in a terminal or a workflow's log."""

from dataclasses import replace

import pytest

from sekuire_gate.model.outcome import Forced, Outcome
from sekuire_gate.model.report import Check, Finding, Report, Status, Subject
from sekuire_gate.render import console
from tests.support import outcomes
from tests.support.outcomes import POLICY, judged


def test_a_finding_is_shown_with_its_rule_place_source_line_caret_and_fix() -> None:
    assert (
        "error[tool.blocked]: tool 'shell_exec' is blocked by 'shell_*' (denied_tools).\n"
        "  --> agents/mail/tools.json:3:12\n"
        "    |\n"
        '  3 |     { "name": "shell_exec", "description": "runs 命令" }\n'
        "    |               ^^^^^^^^^^^^\n"
        "  fix: Remove it.\n"
    ) in console.render(outcomes.VIOLATING)


def test_a_problem_is_shown_like_a_finding_with_its_kind() -> None:
    assert (
        "error[definition.duplicate_key]: key 'model' twice.\n"
        "  --> agents/mail/sekuire.yml:4:3\n"
        "    |\n"
        "  4 |   model: gpt-4-32k\n"
        "    |   ^^^^^\n"
        "  fix: Keep one.\n"
    ) in console.render(outcomes.PARTLY_READ)


def test_each_definition_has_its_table_of_checks_with_the_agents_below() -> None:
    assert (
        "agents/mail/sekuire.yml\n"
        "  provider      pass          openai\n"
        "  model         VIOLATION     gpt-4-32k\n"
        "  tools         VIOLATION     read_mail, shell_exec\n"
        "  capabilities  -\n"
        "  compliance    warning\n"
        "  agent 'writer'\n"
        "    model         UNDETERMINED  ${WRITER_MODEL}\n"
    ) in console.render(outcomes.VIOLATING)


def test_a_long_row_of_values_is_cut_and_counted() -> None:
    values = tuple(f"tool-{index}" for index in range(30))
    definition = judged("sekuire.yml", Check(Subject.TOOLS, None, Status.PASS, values))
    rendered = console.render(Outcome(Report(POLICY, (definition,), ())))
    assert "tool-11, and 18 more\n" in rendered
    assert "tool-12" not in rendered


@pytest.mark.parametrize(
    ("outcome", "words"),
    [
        (outcomes.PASSING, "Verdict: pass\n"),
        (outcomes.VIOLATING, "Verdict: violation\n"),
        (outcomes.UNDETERMINED, "Verdict: undetermined\n"),
        (outcomes.WARNED, "Verdict: violation, would have failed (mode warn)\n"),
        (outcomes.OBSERVED, "Verdict: violation, not enforced (mode observe)\n"),
        (outcomes.FORCED, "Verdict: forced\n"),
        (outcomes.PARTLY_READ, "Verdict: error\n"),
        (outcomes.BAD_SETTING, "Verdict: error\n"),
        (outcomes.VIOLATING, "4 errors (2 undetermined), 1 warning, 1 notice in 2 definitions (1 excluded)\n"),
        (outcomes.VIOLATING, "policy_mail version 12 of workspace ws_acme (fetched)"),
        (outcomes.VIOLATING, f"verified with the pinned key sha256:{'ab' * 32}."),
        (outcomes.EMBEDDED, "INTEGRITY ONLY, key not pinned"),
        (outcomes.UNSIGNED, "UNSIGNED: the hash fits"),
        (outcomes.NOT_AUTHENTIC, "Policy:  none: no policy was verified, so nothing was judged.\n"),
        (outcomes.NONE_FOUND, "Policy:  policy_mail version 12"),
        (outcomes.FORCED, "Forced by 'octocat', reason: 'incident 4711, agreed with security'."),
        (outcomes.PASSING, "Open:    no allow-list binds tools, capabilities, network, filesystem\n"),
    ],
    ids=[
        "pass",
        "violation",
        "undetermined",
        "warn",
        "observe",
        "forced",
        "partly read",
        "error",
        "totals",
        "identity",
        "pinned",
        "embedded",
        "unsigned",
        "no policy",
        "policy without report",
        "who forced",
        "unrestricted",
    ],
)
def test_the_closing_words_say_the_verdict_the_totals_and_how_the_policy_is_trusted(
    outcome: Outcome, words: str
) -> None:
    assert words in console.render(outcome)


def test_every_outcome_says_what_to_do_next() -> None:
    assert all("\nNext:    " in console.render(outcome) for outcome in outcomes.ALL.values())


def test_an_unknown_actor_is_called_one() -> None:
    forced = replace(outcomes.FORCED, force=Forced("incident", None))
    assert "Forced by an unknown actor, reason: 'incident'." in console.render(forced)


def test_a_problem_in_one_line_is_place_message_and_fix() -> None:
    line = "agents/mail/sekuire.yml:4:3: definition.duplicate_key: key 'model' twice. Keep one."
    assert console.problem_line(outcomes.UNREADABLE) == line


def test_of_a_very_long_path_the_line_and_column_are_still_named() -> None:
    path = "d/" * 2000 + "sekuire.yml"
    finding = replace(outcomes.BLOCKED_TOOL, at=outcomes.place(path, 7, 3, 5))
    assert "…(4,011 characters):7:3\n" in console.render(Outcome(Report(POLICY, (), (finding,))))


def test_of_very_many_findings_the_worst_are_shown_in_their_order_and_the_rest_counted() -> None:
    def at_line(finding: Finding, line: int) -> Finding:
        return replace(finding, at=outcomes.place("sekuire.yml", line, 1, 2))

    mild, bad = outcomes.MISSING_FRAMEWORK, outcomes.BLOCKED_TOOL
    lines = {1: mild, **dict.fromkeys(range(2, 1001), bad), 1001: mild, 1002: bad, 1003: bad}
    findings = tuple(at_line(finding, line) for line, finding in lines.items())
    rendered = console.render(Outcome(Report(POLICY, (), findings)))
    shown = [line for line in rendered.splitlines() if line.startswith("  --> ")]
    assert shown == [f"  --> sekuire.yml:{line}:1" for line in (*range(2, 1001), 1002)]
    assert "\n… and 3 more: see the report\n" in rendered
    assert "1,001 errors" in rendered
