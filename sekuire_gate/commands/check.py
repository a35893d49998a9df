"""`check`: the gate (docs/contract.md 2 and 3)."""

import argparse
from collections.abc import Sequence

from sekuire_gate import inputs, settings, workflow
from sekuire_gate.commands.command import Command, Outside
from sekuire_gate.delivery import deliver
from sekuire_gate.errors import SettingsError
from sekuire_gate.inputs import API_KEY, CHECK_INPUTS, POLICY_FILE, ROOT_FLAG, TRANSPORT_INPUTS, TRUST_INPUTS, Given
from sekuire_gate.model.outcome import Outcome
from sekuire_gate.model.problem import ExitCode
from sekuire_gate.render import console, workflow_commands
from sekuire_gate.settings import Asked, Settings
from sekuire_gate.trust.address import PolicyAddress

FLAGS = (*TRANSPORT_INPUTS, *TRUST_INPUTS, POLICY_FILE, *CHECK_INPUTS, ROOT_FLAG)
MIN_MASKED_CHARACTERS = 8  # a shorter mask would tear log and summary apart (docs/contract.md 3)


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
    if outside.as_action:
        given = inputs.from_action(outside.environ)
    else:
        parser = argparse.ArgumentParser(add_help=False, allow_abbrev=False, exit_on_error=False)
        asking = tuple(item for item in FLAGS if item.name in {"reports", "root"})
        inputs.declare(parser, asking)
        try:
            given = inputs.from_flags(parser.parse_known_args(arguments)[0], asking, outside.environ)
        except argparse.ArgumentError:
            given = {}
    return _finish(Outcome(problems=(error.problem,)), _asked_or_nothing(given, outside), outside)


def _run(given: Given, paths: Sequence[str], outside: Outside) -> ExitCode:
    _mask(given, outside)
    run_ = workflow.load(outside.environ)
    try:
        asked = settings.read_asked(given, run_, outside.cwd)
    except SettingsError as error:
        return _finish(Outcome(problems=(error.problem,)), Asked(outside.cwd), outside)
    try:
        if paths:
            lines = (settings.below_root(path, outside.cwd, asked.root) for path in paths)
            given = {**given, "definitions": "\n".join(lines)}
        wanted = settings.load(given, asked, run_, outside.environ, outside.cwd)
    except SettingsError as error:
        return _finish(Outcome(problems=(error.problem,)), asked, outside)
    # Only now: what judges is not needed to say that the inputs make no sense.
    from sekuire_gate.gate import answer  # noqa: PLC0415 - imports the whole line

    if outside.stderr.isatty():
        print(_progress(wanted), file=outside.stderr, flush=True)
    return _finish(answer(wanted), asked, outside)


def _progress(wanted: Settings) -> str:
    """Say what is waited for, to a person who is watching."""
    where = wanted.policy.where
    if isinstance(where, PolicyAddress):
        return f"Fetching the active policy of workspace {where.workspace_id} from {where.authority} ..."
    return "Checking the definitions against the saved policy ..."


def _mask(given: Given, outside: Outside) -> None:
    """Have the runner mask the key before anything else is printed, each of its lines."""
    if outside.environ.get("GITHUB_ACTIONS") != "true":
        return
    for line in given.get("api-key", "").splitlines():
        if len(line.strip()) >= MIN_MASKED_CHARACTERS:
            outside.stdout.write(workflow_commands.add_mask(line.strip()))
    outside.stdout.flush()


def _asked_or_nothing(given: Given, outside: Outside) -> Asked:
    try:
        return settings.read_asked(given, workflow.load(outside.environ), outside.cwd)
    except SettingsError:
        return Asked(outside.cwd)


def _finish(outcome: Outcome, asked: Asked, outside: Outside) -> ExitCode:
    """Deliver the outcome; its exit code stands, whatever delivery meets."""
    run_ = workflow.load(outside.environ)
    undelivered = deliver(outcome, asked, run_, now=outside.now, stdout=outside.stdout, stderr=outside.stderr)
    if outcome.report is None:
        for problem in outcome.problems:
            print(console.problem_line(problem), file=outside.stderr)
    for error in undelivered:
        print(console.problem_line(error.problem), file=outside.stderr)
    return outcome.exit_code


COMMAND = Command(arguments, run, refuse)
