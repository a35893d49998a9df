"""Any outcome renders in every format; three of them byte for byte.

With GATE_WRITE_GOLDEN=1 the golden files are written anew: read the difference before it is committed.
"""

import json
import os
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sekuire_gate import __version__
from sekuire_gate.model.outcome import Outcome
from sekuire_gate.model.report import Finding
from sekuire_gate.render import console, job_summary, json_report, step_outputs, workflow_commands
from sekuire_gate.render.escape import is_hidden
from tests.support import outcomes
from tests.support.log_readers import commands_in, lines_of, runner_parser
from tests.support.vectors import vectors

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
GOLDEN = Path(__file__).parents[1] / "data" / "golden"
FORMATS: dict[str, Callable[[Outcome], str]] = {
    "console.txt": console.render,
    "annotations.txt": lambda outcome: workflow_commands.render(outcome, prefix="sub"),
    "summary.md": job_summary.render,
    "report.json": lambda outcome: json_report.render(outcome, now=NOW).replace(f'"{__version__}"', '"X.Y.Z"'),
    "outputs.json": lambda outcome: json.dumps(step_outputs.values(outcome, report_json="out/r.json"), indent=2) + "\n",
}
GOLDEN_OUTCOMES = {"violating": outcomes.VIOLATING, "partly-read": outcomes.PARTLY_READ, "forced": outcomes.FORCED}
LEVELS = ("error", "warning", "notice")
ANY_TEXT = st.text(st.characters()) | st.text(st.sampled_from(":#[]%\n\r\u2028\x0b\x85 error|`<@\\'\ud800"))


@pytest.mark.parametrize("format_", FORMATS)
@pytest.mark.parametrize("name", GOLDEN_OUTCOMES)
def test_a_known_outcome_gives_the_very_bytes_of_its_golden_file(name: str, format_: str) -> None:
    path = GOLDEN / name / format_
    rendered = FORMATS[format_](GOLDEN_OUTCOMES[name])
    if os.environ.get("GATE_WRITE_GOLDEN"):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(rendered, "utf-8")
    assert rendered == path.read_text("utf-8")


@pytest.mark.parametrize("format_", FORMATS)
@pytest.mark.parametrize("outcome", outcomes.ALL.values(), ids=outcomes.ALL)
def test_every_kind_of_outcome_renders_the_same_twice_and_ends_its_last_line(outcome: Outcome, format_: str) -> None:
    rendered = FORMATS[format_](outcome)
    assert rendered == FORMATS[format_](outcome)
    assert rendered.endswith("\n") or (format_ == "annotations.txt" and not rendered)


@pytest.mark.parametrize("format_", FORMATS)
@given(text=ANY_TEXT | st.sampled_from(outcomes.HOSTILE))
def test_any_text_renders_in_every_format_with_nothing_that_the_eye_would_miss(format_: str, text: str) -> None:
    for outcome in (outcomes.with_text(text), outcomes.forced_with(text)):
        rendered = FORMATS[format_](outcome)
        rendered.encode()
        assert not any(
            is_hidden(character) for line in rendered.split("\n") for character in line if character != "\ufe0f"
        )


@given(text=ANY_TEXT | st.sampled_from(outcomes.HOSTILE))
def test_a_log_holds_no_command_but_our_own_annotations(text: str) -> None:
    for outcome in (outcomes.with_text(text), outcomes.forced_with(text)):
        assert commands_in(console.render(outcome)) == []
        annotations = workflow_commands.render(outcome, prefix="")
        lines = lines_of(annotations.removesuffix("\n"))
        assert all(line.startswith(tuple(f"::{level} title=" for level in LEVELS)) for line in lines)
        assert [line.count("::") for line in lines] == [2] * len(lines)
        assert "##[" not in annotations
        for problem in outcome.problems:
            assert commands_in(console.problem_line(problem)) == []
            assert len(lines_of(console.problem_line(problem))) == 1


@pytest.mark.parametrize("source", ["hand-picked", "blns"])
def test_a_runner_makes_of_hostile_text_our_annotations_and_nothing_else(source: str) -> None:
    parse_command = runner_parser().parse_command
    texts = (
        outcomes.HOSTILE if source == "hand-picked" else json.loads((vectors("blns") / "blns.json").read_text("utf-8"))
    )
    for text in texts:
        outcome = outcomes.with_text(text)
        for log in (console.render(outcome), job_summary.render(outcome), json_report.render(outcome, now=NOW)):
            assert [line for line in lines_of(log) if parse_command(line)] == []
        commands = [parse_command(line) for line in workflow_commands.render(outcome, prefix="").splitlines()]
        assert [command[0] for command in commands] == ["error"] * 3
        assert all(set(command[1]) <= {"title", "file", "line", "endLine", "col", "endColumn"} for command in commands)
        assert all(len(command[2]) < 4096 for command in commands)


@given(st.integers(0, 40), st.sampled_from([outcomes.BLOCKED_MODEL, outcomes.MISSING_FRAMEWORK]))
def test_no_finding_is_lost_from_summary_console_and_json(number: int, template: Finding) -> None:
    outcome = outcomes.with_findings(number, template, outcomes.UNDETERMINED_MODEL)
    values = [f"value-{index}" for index in range(number)]
    assert [finding["value"] for finding in json.loads(json_report.render(outcome, now=NOW))["findings"]] == values
    summary = job_summary.render(outcome)
    assert all(f"`{value}`" in summary for value in values)
    log = console.render(outcome)
    assert all(f"--> sekuire.yml:{index + 1}:1" in log for index in range(number))
