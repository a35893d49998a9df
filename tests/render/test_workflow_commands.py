"""Annotations, as the runner reads them."""

import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sekuire_gate.model.outcome import Mode, Outcome
from sekuire_gate.model.problem import ExitCode, Problem
from sekuire_gate.model.report import Level, Report
from sekuire_gate.model.source import Location
from sekuire_gate.render import workflow_commands
from tests.support import outcomes

LEVELS = [level.word for level in Level]
KINDS = [outcomes.BLOCKED_MODEL, outcomes.UNDETERMINED_MODEL, outcomes.MISSING_FRAMEWORK]


def annotations(outcome: Outcome, prefix: str | None = "") -> list[str]:
    """Render, one command a line."""
    return workflow_commands.render(outcome, prefix=prefix).splitlines()


def of_level(level: str, lines: list[str]) -> list[str]:
    """The commands of one level."""
    return [line for line in lines if line.startswith(f"::{level} ")]


def at(location: Location) -> Outcome:
    """An outcome with one finding at a place."""
    return Outcome(Report(outcomes.POLICY, (), (replace(outcomes.BLOCKED_TOOL, at=location),)))


def test_an_annotation_names_rule_value_file_range_reason_and_fix() -> None:
    assert annotations(replace(outcomes.VIOLATING, report=Report(outcomes.POLICY, (), (outcomes.BLOCKED_TOOL,)))) == [
        (
            "::error title=tool.blocked%3A shell_exec,file=agents/mail/tools.json,line=3,endLine=3,col=12,endColumn=23"
            "::tool 'shell_exec' is blocked by 'shell_*' (denied_tools). Remove it."
        )
    ]


@pytest.mark.parametrize(
    ("prefix", "file"),
    [("", ",file=agents/mail/sekuire.yml,"), ("sub/dir", ",file=sub/dir/agents/mail/sekuire.yml,")],
    ids=["the checkout", "a folder of it"],
)
def test_the_file_is_relative_to_the_checkout(prefix: str, file: str) -> None:
    assert all(file in line for line in annotations(outcomes.UNDETERMINED, prefix))


def test_a_file_outside_of_the_checkout_is_named_in_the_message() -> None:
    (line,) = annotations(outcomes.UNDETERMINED, None)
    assert line.startswith("::error title=model.undetermined%3A ${WRITER_MODEL}::agents/mail/sekuire.yml:11:14: model")


@pytest.mark.parametrize("path", ["a\n::error::x", "a##[error]b", "a\u202eb"], ids=ascii)
def test_a_path_that_hides_something_is_named_in_the_message_only(path: str) -> None:
    (line,) = annotations(at(outcomes.place(path, 3, 2, 5)))
    assert "file=" not in line
    assert "line=" not in line


@pytest.mark.parametrize(
    ("location", "range_"),
    [
        (Location("f", 3, 2, 3, 5), "line=3,endLine=3,col=2,endColumn=4"),
        (Location("f", 3, 2, 5, 4), "line=3,endLine=5"),
        (Location("f", 3, 2, 5, 1), "line=3,endLine=4"),
        (Location("f", 1, 1, 1, 1), "line=1,endLine=1"),
    ],
    ids=["one line", "several lines", "up to the start of a line", "an empty range"],
)
def test_columns_are_given_where_the_range_lies_on_one_line(location: Location, range_: str) -> None:
    (line,) = annotations(at(location))
    assert f",file=f,{range_}::" in line


def test_of_findings_without_a_place_notices_are_no_annotations() -> None:
    of_every_level = (outcomes.UNKNOWN_KEY, outcomes.MISSING_FRAMEWORK, outcomes.NOTHING_BINDS)
    findings = tuple(replace(finding, at=None) for finding in of_every_level)
    lines = annotations(Outcome(Report(outcomes.POLICY, (), findings)))
    assert lines == [
        (
            "::error title=policy.unknown_rule%3A agent.alowed_models::the policy's key 'agent.alowed_models' is not "
            "known, so nothing can be said of it. Correct its spelling in the policy."
        ),
        (
            "::warning title=compliance.framework%3A SOC2::framework 'SOC2' is not declared. Declare it under "
            "agent.compliance.framework."
        ),
    ]


@pytest.mark.parametrize("mode", Mode, ids=lambda mode: mode.value)
def test_a_problem_is_one_error_annotation_in_every_mode(mode: Mode) -> None:
    assert annotations(replace(outcomes.BAD_SETTING, mode=mode)) == [
        "::error title=config.usage::mode is 'x', expected enforce, warn or observe. Choose one."
    ]


def test_in_mode_warn_what_would_have_failed_is_a_warning_that_says_so() -> None:
    lines = annotations(outcomes.WARNED)
    assert len(of_level("warning", lines)) == len(lines) == 5
    assert sum("::Would have failed: " in line for line in lines) == 4


def test_in_mode_observe_no_finding_is_annotated() -> None:
    assert annotations(outcomes.OBSERVED) == []


def test_a_forced_run_keeps_its_errors_and_a_notice_says_who_forced_it_and_why() -> None:
    lines = annotations(outcomes.FORCED)
    assert of_level("error", lines) == of_level("error", annotations(outcomes.VIOLATING))
    assert of_level("warning", lines) == of_level("warning", annotations(outcomes.VIOLATING))
    assert of_level("notice", lines)[0] == (
        "::notice title=forced::Forced by 'octocat', reason: 'incident 4711, agreed with security'."
    )


@given(st.integers(0, 60), st.integers(1, 3), st.sampled_from([Mode.ENFORCE, Mode.WARN]), st.integers(0, 15))
def test_at_most_ten_of_a_level_are_given_worst_first_with_the_rest_counted(
    number: int, kinds: int, mode: Mode, unreadable: int
) -> None:
    problem = Problem("definition.syntax", "no.", "Mend it.", ExitCode.DEFINITION)
    outcome = replace(outcomes.with_findings(number, *KINDS[:kinds]), mode=mode, problems=(problem,) * unreadable)
    lines = annotations(outcome)
    told = 0
    for level in LEVELS:
        mine = of_level(level, lines)
        assert len(mine) <= 10
        rest = re.match(rf"::\w+ title=(\d+) more {level}s?::", mine[-1]) if mine else None
        told += len(mine) - 1 + int(rest[1]) if rest else len(mine)
        assert rest is None or len(mine) == 10
    assert told == number + unreadable
    assert all("definition.syntax" in line for line in of_level("error", lines)[: min(unreadable, 9)])


@pytest.mark.parametrize("number", [10, 11])
def test_ten_are_all_shown_and_eleven_are_nine_and_a_count(number: int) -> None:
    lines = annotations(outcomes.with_findings(number, outcomes.BLOCKED_MODEL))
    assert len(lines) == 10
    assert ("2 more errors" in lines[-1]) == (number == 11)
    assert ("the job summary" in lines[-1]) == (number == 11)


def test_certain_errors_are_annotated_before_undetermined_ones() -> None:
    outcome = outcomes.with_findings(20, outcomes.UNDETERMINED_MODEL, outcomes.BLOCKED_MODEL)
    assert ["title=model.blocked" in line for line in annotations(outcome)] == [True] * 9 + [False]


def test_a_message_stays_below_what_a_runner_keeps() -> None:
    huge = "\u202e%" * 50_000
    finding = replace(outcomes.BLOCKED_TOOL, message=huge, fix=huge, value=huge, at=outcomes.place(huge, 1, 1, 2))
    (line,) = annotations(Outcome(Report(outcomes.POLICY, (), (finding,))))
    message = line.rsplit("::", 1)[1].replace("%25", "%")
    assert len(message) < 4096


@pytest.mark.parametrize(
    ("secret", "command"),
    [("sk_live_12345678", "::add-mask::sk_live_12345678\n"), ("100%sure,:x", "::add-mask::100%25sure,:x\n")],
    ids=["plain", "with a percent sign"],
)
def test_a_mask_is_the_secret_itself_as_the_runner_decodes_it(secret: str, command: str) -> None:
    assert workflow_commands.add_mask(secret) == command
