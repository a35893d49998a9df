"""`workspace init`: create an embedded development workspace (docs/contract.md 2)."""

import argparse

from sekuire_gate.commands.command import Command, Outside
from sekuire_gate.model.problem import ExitCode


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of `workspace init`."""
    parser.add_argument("directory", metavar="DIR", help="a folder that is empty or does not exist yet")
    parser.add_argument("--workspace", metavar="ID", required=True, help="the workspace's id")


def run(options: argparse.Namespace, outside: Outside) -> ExitCode:
    """Make the folder and its key; say what to pin and what comes next."""
    from sekuire_gate.workspace.store import create_workspace  # noqa: PLC0415 - loads what signs and verifies

    workspace = create_workspace(outside.cwd / options.directory, options.workspace)
    outside.stdout.write(
        f"Created workspace {workspace.workspace_id} in {options.directory}\n"
        f"   Public key, for trusted-keys: {workspace.key.pin}\n"
        f"   Next: sekuire-gate workspace publish {options.directory} CONTENT.json\n"
    )
    return ExitCode.OK


COMMAND = Command(arguments, run)
