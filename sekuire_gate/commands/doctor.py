"""`doctor`: what would go wrong, before it does (docs/contract.md 2)."""

import argparse
import ssl
import sys
from datetime import timedelta
from time import monotonic
from typing import TYPE_CHECKING

from sekuire_gate import inputs, workflow
from sekuire_gate.commands.command import MIN_MASKED_CHARACTERS, Command, Outside, mask, say
from sekuire_gate.inputs import API_KEY, CACHE_INPUTS, POLICY_FILE, TRANSPORT_INPUTS, TRUST_INPUTS, Given
from sekuire_gate.model.checkup import Examined, exit_code, first_problem, input_without, without
from sekuire_gate.model.problem import ExitCode
from sekuire_gate.render import checkup as text
from sekuire_gate.render.console import problem_line
from sekuire_gate.trust.lock import Lock

if TYPE_CHECKING:
    from sekuire_gate.checkup.examine import Checkup

FLAGS = (*TRANSPORT_INPUTS, *TRUST_INPUTS, POLICY_FILE, *CACHE_INPUTS)


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the flags of `doctor`."""
    inputs.declare(parser, FLAGS)
    parser.epilog = (
        "Shows the inputs as they count, then looks at each thing that 'check' relies on and marks it ok, note, "
        "warning or PROBLEM. It asks nobody but the policy's host, writes nothing and shows no secret. The API key "
        "comes from $SEKUIRE_API_KEY. Exits with 0, or with the code of the first problem."
    )


def run(options: argparse.Namespace, outside: Outside) -> ExitCode:
    """Look at everything, and say each thing as it is found."""
    from sekuire_gate.checkup.examine import examine, prepare  # noqa: PLC0415 - loads what fetches and verifies

    started = monotonic()
    given = inputs.from_flags(options, (API_KEY, *FLAGS), outside.environ)
    mask(given.get("api-key", ""), outside)
    checkup = prepare(given, outside.environ, outside.cwd, outside.now)
    outside.stdout.write(_opening(options, given, checkup, outside))
    examined: list[Examined] = []
    for item in examine(
        checkup,
        workflow.load(outside.environ),
        lambda moment: outside.now + timedelta(seconds=moment - started),
    ):
        examined.append(without(secret, item) if (secret := _secret(given)) else item)
        outside.stdout.write(text.line(examined[-1]))
        outside.stdout.flush()  # the next may take a while
    outside.stdout.write(text.closing(examined))
    if problem := first_problem(examined):
        say(problem_line(problem), outside)
    return exit_code(examined)


def _secret(given: Given) -> str:
    secret = given.get("api-key", "").strip()
    return secret if len(secret) >= MIN_MASKED_CHARACTERS else ""


def _opening(options: argparse.Namespace, given: Given, checkup: "Checkup", outside: Outside) -> str:
    from sekuire_gate.checkup.effective import by_lock_file, effective_inputs  # noqa: PLC0415 - as above

    locked = by_lock_file(checkup.lock_path, checkup.lock if isinstance(checkup.lock, Lock) else None)
    rows = effective_inputs((API_KEY, *FLAGS), options, given, outside.environ, locked)
    secret = _secret(given)
    return text.opening(_runtime(), tuple(input_without(secret, row) if secret else row for row in rows))


def _runtime() -> str:
    return f"Python {sys.version.split()[0]}, {ssl.OPENSSL_VERSION}"


COMMAND = Command(arguments, run)
