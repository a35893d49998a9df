"""Which report goes where."""

import io
import json
import os
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest

from sekuire_gate.delivery import DELIVERIES, deliver
from sekuire_gate.errors import PublishError
from sekuire_gate.model.outcome import Outcome
from sekuire_gate.settings import Asked, ReportFormat, ReportRequest
from sekuire_gate.workflow import WorkflowRun
from tests.support import outcomes

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
JSON, MARKDOWN = ReportFormat.JSON, ReportFormat.MARKDOWN


@dataclass(frozen=True)
class Delivered:
    """What came out."""

    stdout: str
    stderr: str
    failed: tuple[PublishError, ...]


def delivered(
    root: Path,
    *reports: tuple[ReportFormat, str],
    run: WorkflowRun | None = None,
    outcome: Outcome = outcomes.VIOLATING,
) -> Delivered:
    """Deliver to streams of our own."""
    stdout, stderr = io.StringIO(), io.StringIO()
    asked = Asked(root, tuple(ReportRequest(format_, path) for format_, path in reports))
    failed = deliver(outcome, asked, run or WorkflowRun(), now=NOW, stdout=stdout, stderr=stderr)
    return Delivered(stdout.getvalue(), stderr.getvalue(), failed)


def in_actions(folder: Path, workspace: Path) -> WorkflowRun:
    """A run with the runner's files."""
    return WorkflowRun(
        in_actions=True,
        actor="octocat",
        workspace=workspace,
        summary_file=folder / "summary",
        output_file=folder / "output",
    )


def test_without_being_asked_only_the_console_report_is_given(tmp_path: Path) -> None:
    out = delivered(tmp_path)
    assert "Verdict: violation\n" in out.stdout
    assert "::error" not in out.stdout
    assert (out.stderr, out.failed, list(tmp_path.iterdir())) == ("", (), [])


def test_in_actions_annotations_summary_and_outputs_come_too(tmp_path: Path) -> None:
    root = tmp_path / "root"
    root.mkdir()
    out = delivered(root, (JSON, "out/r.json"), run=in_actions(tmp_path, root))
    assert out.stdout.index("Verdict: violation\n") < out.stdout.index("\n::error ")
    assert (tmp_path / "summary").read_text("utf-8").startswith("## ❌ Agent policy check: violation\n")
    assert "\nout/r.json\n" in (tmp_path / "output").read_text()
    assert json.loads((root / "out/r.json").read_bytes())["generated_at"] == "2026-01-02T03:04:05Z"
    assert out.failed == ()


@pytest.mark.parametrize(
    ("root", "workspace", "named"),
    [
        (".", ".", "file=agents/mail/"),
        ("sub", ".", "file=sub/agents/mail/"),
        (".", "sub", "::agents/mail/"),
        ("sub", "link", "file=agents/mail/"),
    ],
    ids=["the checkout", "below it", "outside of it", "through a link"],
)
def test_annotations_name_files_relative_to_the_checkout(tmp_path: Path, root: str, workspace: str, named: str) -> None:
    (tmp_path / "sub").mkdir()
    (tmp_path / "link").symlink_to("sub")
    out = delivered(tmp_path / root, run=in_actions(tmp_path, tmp_path / workspace), outcome=outcomes.UNDETERMINED)
    assert named in out.stdout.split("::error ")[1]


def test_without_a_checkout_annotations_name_no_file(tmp_path: Path) -> None:
    out = delivered(tmp_path, run=WorkflowRun(in_actions=True))
    assert "::error " in out.stdout
    assert "file=" not in out.stdout


@pytest.mark.parametrize("format_", ReportFormat, ids=lambda format_: format_.value)
def test_a_report_that_takes_stdout_has_it_alone(tmp_path: Path, format_: ReportFormat) -> None:
    out = delivered(tmp_path, (format_, "-"))
    assert out.stdout.startswith({"json": "{\n", "markdown": "## ❌"}[format_.value])
    assert "Verdict: violation\n" in out.stderr
    assert "Verdict:" not in out.stdout


def test_the_markdown_report_is_the_job_summary(tmp_path: Path) -> None:
    root = tmp_path / "root"
    root.mkdir()
    delivered(root, (MARKDOWN, "summary.md"), run=in_actions(tmp_path, root))
    assert (root / "summary.md").read_bytes() == (tmp_path / "summary").read_bytes()


def test_a_report_that_cannot_be_written_does_not_keep_the_others_back(tmp_path: Path) -> None:
    root = tmp_path / "root"
    (root / "taken").mkdir(parents=True)
    run = WorkflowRun(
        in_actions=True, workspace=root, summary_file=tmp_path / "missing" / "summary", output_file=tmp_path / "output"
    )
    out = delivered(root, (JSON, "taken"), (JSON, "r.json"), (MARKDOWN, "r.md"), run=run)
    assert [error.kind for error in out.failed] == ["publish.failed"] * 2
    assert "'taken'" in out.failed[0].message
    assert (root / "r.json").exists()
    assert (root / "r.md").exists()
    assert "verdict<<" in (tmp_path / "output").read_text()


def test_a_closed_stdout_keeps_no_other_report_back(tmp_path: Path) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    stdout = os.fdopen(writer, "w")
    asked = Asked(tmp_path, (ReportRequest(JSON, "r.json"),))
    failed = deliver(outcomes.VIOLATING, asked, WorkflowRun(), now=NOW, stdout=stdout, stderr=io.StringIO())
    with pytest.raises(BrokenPipeError):
        stdout.close()
    assert failed == ()
    assert (tmp_path / "r.json").exists()


@pytest.mark.parametrize("outcome", outcomes.ALL.values(), ids=outcomes.ALL)
def test_every_kind_of_outcome_is_delivered_everywhere(tmp_path: Path, outcome: Outcome) -> None:
    out = delivered(tmp_path, (JSON, "r.json"), (MARKDOWN, "r.md"), run=in_actions(tmp_path, tmp_path), outcome=outcome)
    assert out.failed == ()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["output", "r.json", "r.md", "summary"]


def test_the_console_report_is_delivered_first_and_each_delivery_has_a_name_of_its_own() -> None:
    names = [delivery.name for delivery in DELIVERIES]
    assert names[0] == "console"
    assert len(set(names)) == len(names)


class BrokenStream(io.StringIO):
    """Fails in a way that nobody foresaw."""

    def write(self, text: str, /) -> int:
        raise RuntimeError(text)


def test_a_bug_in_one_report_is_named_and_takes_no_other_report_along(tmp_path: Path) -> None:
    root = tmp_path / "root"
    root.mkdir()
    run = in_actions(tmp_path, root)
    asked = Asked(root, (ReportRequest(JSON, "r.json"),))
    failed = deliver(outcomes.VIOLATING, asked, run, now=NOW, stdout=BrokenStream(), stderr=io.StringIO())
    assert {error.kind for error in failed} == {"internal.error"}
    assert {error.message.split("'")[1] for error in failed} == {"console", "annotations"}
    assert json.loads((root / "r.json").read_text("utf-8"))["verdict"] == "violation"
    assert "violation" in (tmp_path / "summary").read_text("utf-8")
    assert "verdict<<" in (tmp_path / "output").read_text("utf-8")
