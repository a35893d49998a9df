"""`policy pull`: fetch, verify and save the active policy (docs/contract.md 2)."""

import argparse
from pathlib import Path

from sekuire_gate import inputs, workflow
from sekuire_gate.commands.command import Command, Outside, mask
from sekuire_gate.durable import replace_file
from sekuire_gate.errors import SettingsError
from sekuire_gate.inputs import API_KEY, TRANSPORT_INPUTS, TRUST_INPUTS
from sekuire_gate.model.problem import ExitCode
from sekuire_gate.policy_settings import read_policy_settings
from sekuire_gate.render import policy_text

DEFAULT_OUT = "policy.json"
FLAGS = (*TRANSPORT_INPUTS, *TRUST_INPUTS)


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the flags of `policy pull`."""
    inputs.declare(parser, FLAGS)
    parser.add_argument("--out", metavar="FILE", default=DEFAULT_OUT, help="where to save it (default: policy.json)")
    parser.epilog = "The API key comes from $SEKUIRE_API_KEY. What is saved are the very bytes of the answer."


def run(options: argparse.Namespace, outside: Outside) -> ExitCode:
    """Save the policy, and only a policy that verifies."""
    from sekuire_gate.gate import obtain  # noqa: PLC0415 - loads what fetches
    from sekuire_gate.trust.verify import verify_policy  # noqa: PLC0415 - loads what verifies

    given = inputs.from_flags(options, (API_KEY, *FLAGS), outside.environ)
    mask(given.get("api-key", ""), outside)
    settings = read_policy_settings(given, outside.environ, outside.cwd, outside.now)
    signed = obtain(settings, workflow.load(outside.environ))
    policy = verify_policy(signed, settings.anchor)
    out = options.out or DEFAULT_OUT
    _save(signed.raw, outside.cwd / out)
    outside.stdout.write(policy_text.saved(policy, out))
    return ExitCode.OK


def _save(document: bytes, path: Path) -> None:
    try:
        replace_file(path, document)
    except (OSError, ValueError) as error:
        reason = (error.strerror if isinstance(error, OSError) else None) or "not a file name"
        raise SettingsError(
            f"the policy cannot be saved to '{path}': {reason}.", kind="config.usage", fix="Choose another --out."
        ) from error


COMMAND = Command(arguments, run)
