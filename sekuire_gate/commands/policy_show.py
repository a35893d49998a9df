"""`policy show`: what a saved policy permits (docs/contract.md 2)."""

import argparse

from sekuire_gate import inputs
from sekuire_gate.commands.command import Command, Outside
from sekuire_gate.inputs import TRANSPORT_INPUTS, TRUST_INPUTS
from sekuire_gate.model.problem import ExitCode
from sekuire_gate.policy_settings import read_policy_settings
from sekuire_gate.render import policy_text

FLAGS = (*TRANSPORT_INPUTS, *TRUST_INPUTS)


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the flags of `policy show`."""
    parser.add_argument("--file", metavar="FILE", default="policy.json", help="the saved policy (default: policy.json)")
    parser.add_argument("--json", action="store_true", help="as JSON")
    inputs.declare(parser, FLAGS)
    parser.epilog = "Without a pinned key only the hash is checked, and the policy is shown as not verified."


def run(options: argparse.Namespace, outside: Outside) -> ExitCode:
    """Show the policy; with pins, or a switch that takes their place, only one that verifies."""
    from sekuire_gate.trust.shown import shown_policy  # noqa: PLC0415 - loads what verifies
    from sekuire_gate.trust.source import obtain_policy  # noqa: PLC0415 - loads what reads

    given = {**inputs.from_flags(options, FLAGS, outside.environ), "policy-file": options.file}
    settings = read_policy_settings(given, outside.environ, outside.cwd, outside.now)
    policy = shown_policy(obtain_policy(settings.where, settings.transport), settings.anchor)
    outside.stdout.write(policy_text.as_json(policy) if options.json else policy_text.render(policy))
    return ExitCode.OK


COMMAND = Command(arguments, run)
