"""`check`: the gate (docs/contract.md 2 and 3)."""

import argparse
import time
from collections.abc import Callable, Sequence
from dataclasses import replace

from sekuire_gate import inputs, settings, workflow
from sekuire_gate.commands.command import Command, Outside, mask, say
from sekuire_gate.delivery import deliver
from sekuire_gate.errors import GateError, SettingsError
from sekuire_gate.inputs import (
    API_KEY,
    CACHE_INPUTS,
    CHECK_INPUTS,
    POLICY_FILE,
    ROOT_FLAG,
    TRANSPORT_INPUTS,
    TRUST_INPUTS,
    Given,
)
from sekuire_gate.model.outcome import Outcome
from sekuire_gate.model.problem import ExitCode
from sekuire_gate.render import console
from sekuire_gate.render.escape import for_log
from sekuire_gate.settings import Asked, Settings
from sekuire_gate.trust.address import PolicyAddress
from sekuire_gate.workflow import WorkflowRun

FLAGS = (*TRANSPORT_INPUTS, *TRUST_INPUTS, POLICY_FILE, *CACHE_INPUTS, *CHECK_INPUTS, ROOT_FLAG)
PROGRESS_SECONDS = 1.0  # between two lines for somebody who watches


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the flags of `check`."""
    parser.add_argument(
        "paths",
        nargs="*",
        metavar="PATH",
        help="a definition, a folder or a glob, relative to the working directory (default: every sekuire.yml, "
        "sekuire.yaml and sekuire.json below the root)",
    )
    inputs.declare(parser, FLAGS)
    parser.epilog = (
        "The API key comes from $SEKUIRE_API_KEY. Exit codes: 0 pass or forced, 1 violation or undetermined, "
        "2 settings, 3 policy not authentic, 4 policy not to be had, 5 definitions, 70 a bug."
    )


def run(options: argparse.Namespace, outside: Outside) -> ExitCode:
    """Judge the repository and report."""
    if outside.as_action:
        return _run(inputs.from_action(outside.environ), (), outside)
    return _run(inputs.from_flags(options, (API_KEY, *FLAGS), outside.environ), options.paths, outside)


def refuse(error: SettingsError, arguments: Sequence[str], outside: Outside) -> ExitCode:
    """Report flags that make no sense, to wherever the readable ones ask for a report."""
    given = inputs.from_action(outside.environ) if outside.as_action else _readable(arguments, outside)
    mask(given.get("api-key", ""), outside, on=outside.stdout)
    run_ = workflow.load(outside.environ)
    try:
        asked = settings.read_asked(given, run_, outside.cwd)
    except SettingsError:
        asked = _asked_without_root(given, run_, outside)
    return _finish(_refused(error, given), asked, run_, outside)


def _readable(arguments: Sequence[str], outside: Outside) -> Given:
    """Read what can be read of flags that make no sense as a whole."""
    parser = argparse.ArgumentParser(add_help=False, allow_abbrev=False, exit_on_error=False)
    asking = (API_KEY, *(item for item in FLAGS if item.name in {"reports", "root", "mode"}))
    inputs.declare(parser, asking)
    try:
        options, _ = parser.parse_known_args(arguments)
    except argparse.ArgumentError:
        options = argparse.Namespace()
    return inputs.from_flags(options, asking, outside.environ)


def _refused(error: SettingsError, given: Given) -> Outcome:
    return Outcome(problems=(error.problem,), mode=settings.mode_or_default(given))


def _run(given: Given, paths: Sequence[str], outside: Outside) -> ExitCode:
    mask(given.get("api-key", ""), outside, on=outside.stdout)
    run_ = workflow.load(outside.environ)
    try:
        asked = settings.read_asked(given, run_, outside.cwd)
    except SettingsError as error:
        return _finish(_refused(error, given), _asked_without_root(given, run_, outside), run_, outside)
    try:
        wanted = settings.load(given, asked, run_, outside.environ, outside.cwd, now=outside.now, paths=paths)
    except SettingsError as error:
        return _finish(_refused(error, given), asked, run_, outside)
    # Only now: what judges is not needed to say that the inputs make no sense.
    from sekuire_gate.gate import answer  # noqa: PLC0415 - imports all that judges

    if not outside.stderr.isatty():
        return _finish(answer(wanted, run_), asked, run_, outside)
    say(_progress(wanted), outside)
    return _finish(answer(_telling_of_retries(wanted, outside), run_, telling_of_steps(outside)), asked, run_, outside)


def telling_of_steps(
    outside: Outside, monotonic: Callable[[], float] = time.monotonic
) -> Callable[[int, int | None], None]:
    """Return what says once a second how far reading has come, where it takes longer than one.

    Args:
        outside: whose stderr somebody watches.
        monotonic: the clock, in seconds.
    """
    said = monotonic()

    def step(done: int, of: int | None) -> None:
        nonlocal said
        if monotonic() - said < PROGRESS_SECONDS:
            return
        said = monotonic()
        what = (
            f"Looking for definitions: {done:,} files ..."
            if of is None
            else f"Reading definition {done:,} of {of:,} ..."
        )
        say(what, outside)

    return step


def _progress(wanted: Settings) -> str:
    """Say what is waited for, to a person who is watching."""
    where = wanted.policy.where
    if isinstance(where, PolicyAddress):
        return f"Fetching the active policy of workspace {where.workspace_id} from {where.authority} ..."
    return "Checking the definitions against the saved policy ..."


def _telling_of_retries(wanted: Settings, outside: Outside) -> Settings:
    def tell(error: GateError, pause: float) -> None:
        say(f"{for_log(error.message)} Trying again in {pause:.1f} s ...", outside)

    transport = replace(wanted.policy.transport, on_retry=tell)
    return replace(wanted, policy=replace(wanted.policy, transport=transport))


def _asked_without_root(given: Given, run_: WorkflowRun, outside: Outside) -> Asked:
    return Asked(outside.cwd, settings.reports_to_stdout(given, run_))


def _finish(outcome: Outcome, asked: Asked, run_: WorkflowRun, outside: Outside) -> ExitCode:
    """Deliver the outcome and return its exit code; a bug on the way blocks what would have passed."""
    undelivered = deliver(outcome, asked, run_, now=outside.report_time, stdout=outside.stdout, stderr=outside.stderr)
    for problem in (*outcome.problems[:1], *outcome.remarks, *(error.problem for error in undelivered)):
        say(console.problem_line(problem), outside)
    is_bug = any(error.kind == "internal.error" for error in undelivered)
    return ExitCode.INTERNAL if is_bug and outcome.exit_code is ExitCode.OK else outcome.exit_code


COMMAND = Command(arguments, run, refuse)
