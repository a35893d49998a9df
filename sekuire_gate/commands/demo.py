"""`demo`: the whole line on shipped examples, against an embedded workspace (docs/contract.md 1)."""

import argparse
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sekuire_gate.commands.command import Command, Outside, say
from sekuire_gate.delivery import deliver
from sekuire_gate.errors import SettingsError
from sekuire_gate.gate import answer
from sekuire_gate.model.manifest import Search
from sekuire_gate.model.outcome import Mode, Outcome
from sekuire_gate.model.problem import ExitCode
from sekuire_gate.model.report import Finding, Level
from sekuire_gate.model.source import Location
from sekuire_gate.policy_settings import PolicySettings
from sekuire_gate.render.console import problem_line
from sekuire_gate.settings import Asked, ReportFormat, ReportRequest, Settings
from sekuire_gate.trust.address import Transport, policy_address
from sekuire_gate.trust.anchor import Anchor, read_pins
from sekuire_gate.workflow import WorkflowRun
from sekuire_gate.workspace.server import WorkspaceServer
from sekuire_gate.workspace.store import create_workspace

WORKSPACE_ID = "ws_demo"
REPORTS = (ReportRequest(ReportFormat.JSON, "report.json"), ReportRequest(ReportFormat.MARKDOWN, "report.md"))


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the flags of `demo`."""
    parser.add_argument(
        "--out", metavar="DIR", default="demo-out", help="where the reports are written (default: demo-out)"
    )
    parser.epilog = "No account and no network: the policy is signed and served by this machine."


def run(options: argparse.Namespace, outside: Outside) -> ExitCode:
    """Publish the examples' policy, serve it, judge the examples by it, and show what a workflow would show."""
    examples = _examples()
    out = _output_folder(outside.cwd / options.out)
    with _served(examples / "policy.json", outside) as policy:
        outcome = answer(_settings(policy, examples), WorkflowRun())
    in_actions = WorkflowRun(
        in_actions=True, workspace=out, summary_file=out / "summary.md", output_file=out / "outputs.txt"
    )
    undelivered = deliver(
        outcome, Asked(out, REPORTS), in_actions, now=outside.report_time, stdout=outside.stdout, stderr=outside.stderr
    )
    _recap(outcome, outside)
    _say_where(out, outside)
    for error in undelivered:
        say(problem_line(error.problem), outside)
    if undelivered or not _went_as_intended(outcome):
        say(f"The demo did not go as intended: verdict '{outcome.verdict}'. Report it with the lines above.", outside)
        return ExitCode.INTERNAL
    return ExitCode.OK


def _output_folder(out: Path) -> Path:
    """Make the folder, with empty files where a runner would have made them."""
    try:
        out.mkdir(parents=True, exist_ok=True)
        for name in ("summary.md", "outputs.txt"):
            (out / name).write_bytes(b"")
    except OSError as error:
        raise SettingsError(
            f"the demo cannot write to '{out}': {error.strerror}.", kind="config.usage", fix="Choose another --out."
        ) from error
    return out


@contextmanager
def _served(content: Path, outside: Outside) -> Iterator[PolicySettings]:
    """Run an embedded workspace on a free loopback port, and give what a workflow would be told of it."""
    with tempfile.TemporaryDirectory() as folder:
        workspace = create_workspace(Path(folder) / "workspace", WORKSPACE_ID)
        proof = workspace.publish(content.read_bytes(), outside.report_time)
        server = WorkspaceServer(workspace.directory)
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        say(f"Serving policy {proof.policy_id} (v{proof.version}) on {server.url}", outside)
        try:
            yield PolicySettings(
                where=policy_address(server.url, WORKSPACE_ID, allow_loopback_http=True),
                transport=Transport(),
                anchor=Anchor(pins=read_pins(workspace.key.pin), workspace_id=WORKSPACE_ID),
            )
        finally:
            server.shutdown()
            server.server_close()


def _settings(policy: PolicySettings, examples: Path) -> Settings:
    return Settings(policy=policy, asked=Asked(examples), search=Search(), mode=Mode.ENFORCE, force=None)


def _examples() -> Path:
    """Find the examples: inside the installed package, or beside it in a checkout."""
    package = Path(__file__).resolve().parent.parent
    for folder in (package / "examples", package.parent / "examples"):
        if (folder / "policy.json").is_file():
            return folder
    raise SettingsError(
        "the examples are missing from this installation.",
        kind="config.usage",
        fix="Install the package again.",
    )


def _went_as_intended(outcome: Outcome) -> bool:
    """Whether some examples pass and some fail, as their comments say."""
    return outcome.verdict == "violation" and bool(_failing(outcome) and _passing(outcome))


def _failing(outcome: Outcome) -> dict[Location, Finding]:
    findings = outcome.report.findings if outcome.report else ()
    return {finding.at: finding for finding in findings if finding.at and finding.rule.level is Level.ERROR}


def _passing(outcome: Outcome) -> list[str]:
    folders = {at.path.rpartition("/")[0] for at in _failing(outcome)}
    definitions = outcome.report.definitions if outcome.report else ()
    paths = (definition.manifest.path for definition in definitions)
    return [path for path in paths if path.rpartition("/")[0] not in folders]


def _recap(outcome: Outcome, outside: Outside) -> None:
    outside.stdout.write("\nThe examples, in one line each:\n")
    for path in _passing(outcome):
        outside.stdout.write(f"  passes  {path}:1:1\n")
    for at, finding in _failing(outcome).items():
        outside.stdout.write(f"  fails   {at}  {finding.rule.id}\n")


def _say_where(out: Path, outside: Outside) -> None:
    outside.stdout.write(
        "\nThe lines that begin with '::' are the annotations: GitHub shows them on the pull request.\n"
        f"Job summary:  {out / 'summary.md'}\n"
        f"Step outputs: {out / 'outputs.txt'}\n"
        f"Reports:      {out / 'report.json'}, {out / 'report.md'}\n"
    )


COMMAND = Command(arguments, run)
