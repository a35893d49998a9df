"""`workspace key`: the public key, as a line for trusted-keys (docs/contract.md 2)."""

import argparse

from sekuire_gate.commands.command import Command, Outside
from sekuire_gate.model.problem import ExitCode


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of `workspace key`."""
    parser.add_argument("directory", metavar="DIR", help="the workspace's folder")


def run(options: argparse.Namespace, outside: Outside) -> ExitCode:
    """Print the one line, and nothing else, so that it can be handed on as it is."""
    from sekuire_gate.workspace.store import open_workspace  # noqa: PLC0415 - loads what signs and verifies

    outside.stdout.write(f"{open_workspace(outside.cwd / options.directory).key.pin}\n")
    return ExitCode.OK


COMMAND = Command(arguments, run)
