"""`policy validate`: verify a saved policy, as `check` would (docs/contract.md 2)."""

import argparse

from sekuire_gate import inputs
from sekuire_gate.commands.command import Command, Outside
from sekuire_gate.inputs import TRANSPORT_INPUTS, TRUST_INPUTS
from sekuire_gate.model.problem import ExitCode
from sekuire_gate.policy_settings import read_policy_settings
from sekuire_gate.render import policy_text
from sekuire_gate.workflow import WorkflowRun

FLAGS = (*TRANSPORT_INPUTS, *TRUST_INPUTS)


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the flags of `policy validate`."""
    parser.add_argument("--file", metavar="FILE", default="policy.json", help="the saved policy (default: policy.json)")
    inputs.declare(parser, FLAGS)


def run(options: argparse.Namespace, outside: Outside) -> ExitCode:
    """Refuse everything that `check` would refuse with exit 3 or 4."""
    from sekuire_gate.gate import trusted_policy  # noqa: PLC0415 - loads what verifies

    given = {**inputs.from_flags(options, FLAGS, outside.environ), "policy-file": options.file}
    settings = read_policy_settings(given, outside.environ, outside.cwd, outside.now)
    outside.stdout.write(policy_text.validated(trusted_policy(settings, WorkflowRun()).policy))
    return ExitCode.OK


COMMAND = Command(arguments, run)
