"""`workspace publish`: sign a policy content and make it active (docs/contract.md 2)."""

import argparse
from pathlib import Path

from sekuire_gate.commands.command import Command, Outside
from sekuire_gate.errors import SettingsError
from sekuire_gate.model.problem import ExitCode


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of `workspace publish`."""
    parser.add_argument("directory", metavar="DIR", help="the workspace's folder")
    parser.add_argument("content", metavar="CONTENT.json", help="what the policy permits, as JSON")
    parser.add_argument("--version", metavar="V", help="the version's name (default: the highest whole number + 1)")


def run(options: argparse.Namespace, outside: Outside) -> ExitCode:
    """Publish, and say which version is active now."""
    from sekuire_gate.workspace.store import open_workspace  # noqa: PLC0415 - loads what signs and verifies

    workspace = open_workspace(outside.cwd / options.directory)
    content = _read(outside.cwd / options.content, options.content)
    proof = workspace.publish(content, outside.report_time, version=options.version)
    outside.stdout.write(
        f"Published policy {proof.policy_id} version {proof.version} (hash {proof.content_hash}); active now\n"
    )
    return ExitCode.OK


def _read(path: Path, name: str) -> bytes:
    try:
        return path.read_bytes()
    except (OSError, ValueError) as error:
        reason = (error.strerror if isinstance(error, OSError) else None) or "not a file name"
        raise SettingsError(
            f"the content '{name}' cannot be read: {reason}.", kind="config.usage", fix="Name a JSON file."
        ) from error


COMMAND = Command(arguments, run)
