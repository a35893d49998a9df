"""Which report goes where: one line in `DELIVERIES` each (docs/contract.md 3, "Always")."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import TextIO, TypeVar

from sekuire_gate.errors import PublishError
from sekuire_gate.model.outcome import Outcome
from sekuire_gate.publish.local import to_end_of, to_file, to_outputs, to_stream
from sekuire_gate.render import console, job_summary, json_report, step_outputs, workflow_commands
from sekuire_gate.settings import Asked, ReportFormat
from sekuire_gate.workflow import WorkflowRun

T = TypeVar("T")
Send = Callable[[Outcome], None]


@dataclass(frozen=True, slots=True)
class Destinations:
    """What was asked for, and where a run can write."""

    asked: Asked
    run: WorkflowRun
    now: datetime
    stdout: TextIO
    stderr: TextIO


@dataclass(frozen=True, slots=True)
class Delivery:
    """One kind of report."""

    name: str
    plan: Callable[[Destinations], Iterator[Send]]  # nothing where it was not asked for


def deliver(
    outcome: Outcome, asked: Asked, run: WorkflowRun, *, now: datetime, stdout: TextIO, stderr: TextIO
) -> tuple[PublishError, ...]:
    """Deliver every report that is due, each whatever became of the others; return what was not delivered.

    The verdict stands, whatever is returned. A bug in a report is a `PublishError` of kind `internal.error`.
    """
    failed: list[PublishError] = []
    destinations = Destinations(asked, run, now, stdout, stderr)
    for delivery in DELIVERIES:
        try:
            for send in delivery.plan(destinations):
                try:
                    send(outcome)
                except PublishError as error:
                    failed.append(error)
        except Exception as error:  # noqa: BLE001 - a bug in one report must not take the others along
            failed.append(_bug(delivery, error))
    return tuple(failed)


def _bug(delivery: Delivery, error: Exception) -> PublishError:
    return PublishError(
        f"the report '{delivery.name}' is not delivered: {type(error).__name__}, a bug in sekuire-gate.",
        kind="internal.error",
        fix="Report it; the other reports and the verdict stand.",
    )


def through(render: Callable[[Outcome], T], send: Callable[[T], None]) -> Send:
    """Join a renderer to what takes its product."""
    return lambda outcome: send(render(outcome))


def console_report(to: Destinations) -> Iterator[Send]:
    """The console report, always; on stderr where a report takes stdout."""
    yield through(console.render, to_stream(to.stderr if to.asked.console_on_stderr else to.stdout))


def annotations(to: Destinations) -> Iterator[Send]:
    """Annotations, in Actions."""
    if to.run.in_actions:
        yield through(partial(workflow_commands.render, prefix=_prefix(to)), to_stream(to.stdout))


def json_reports(to: Destinations) -> Iterator[Send]:
    """The JSON report, where it was asked for."""
    for path in _paths(to.asked, ReportFormat.JSON):
        yield through(partial(json_report.render, now=to.now), _to_path(to, path))


def markdown_reports(to: Destinations) -> Iterator[Send]:
    """The Markdown report, where it was asked for."""
    for path in _paths(to.asked, ReportFormat.MARKDOWN):
        yield through(job_summary.render, _to_path(to, path))


def summary(to: Destinations) -> Iterator[Send]:
    """The job summary, in Actions."""
    if to.run.in_actions and to.run.summary_file:
        yield through(job_summary.render, to_end_of(to.run.summary_file))


def outputs(to: Destinations) -> Iterator[Send]:
    """The step's outputs, in Actions."""
    if to.run.in_actions and to.run.output_file:
        path = next(_paths(to.asked, ReportFormat.JSON), None)
        yield through(partial(step_outputs.values, report_json=path), to_outputs(to.run.output_file))


DELIVERIES: tuple[Delivery, ...] = (
    Delivery("console", console_report),
    Delivery("annotations", annotations),
    Delivery("JSON", json_reports),
    Delivery("Markdown", markdown_reports),
    Delivery("job summary", summary),
    Delivery("outputs", outputs),
)


def _paths(asked: Asked, wanted: ReportFormat) -> Iterator[str]:
    return (request.path for request in asked.reports if request.format is wanted)


def _to_path(to: Destinations, path: str) -> Callable[[str], None]:
    return to_stream(to.stdout) if path == "-" else to_file(to.asked.root, path)


def _prefix(to: Destinations) -> str | None:
    """The root relative to the checkout; None where it lies outside, so that no file can be annotated."""
    if to.run.workspace is None:
        return None
    root, workspace = to.asked.root.resolve(), to.run.workspace.resolve()
    if not root.is_relative_to(workspace):
        return None
    prefix = root.relative_to(workspace).as_posix()
    return "" if prefix == "." else prefix
