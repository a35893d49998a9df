"""`workspace serve`: serve a workspace over the real protocol (docs/contract.md 2)."""

import argparse
import os
import signal
import threading
from collections.abc import Mapping
from typing import TYPE_CHECKING

from sekuire_gate.commands.command import Command, Outside, say
from sekuire_gate.errors import SettingsError
from sekuire_gate.model.problem import ExitCode
from sekuire_gate.model.secret import Secret
from sekuire_gate.policy_settings import read_api_key

if TYPE_CHECKING:
    from sekuire_gate.workspace.server import WorkspaceServer

_PORTS = range(65_536)


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of `workspace serve`."""
    parser.add_argument("directory", metavar="DIR", help="the workspace's folder")
    parser.add_argument("--host", default="127.0.0.1", help="where to listen (default: 127.0.0.1)")
    parser.add_argument("--port", type=int, default=0, help="0 picks a free one (default: 0)")
    parser.add_argument(
        "--require-key", action="store_true", help="answer only requests whose X-API-Key is $SEKUIRE_API_KEY"
    )


def run(options: argparse.Namespace, outside: Outside) -> ExitCode:
    """Serve until SIGINT or SIGTERM."""
    require_key = _required_key(outside.environ) if options.require_key else None
    server = _listen(options, outside, require_key)
    # A thread answers; this one waits for a signal, which must not reach into the middle of an answer.
    answering = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.1}, daemon=True)
    told_to_stop, tell = os.pipe()
    try:
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda _number, _frame: _tell(tell))
        answering.start()
        outside.stdout.write(f"listening on {server.url}\n")
        outside.stdout.flush()
        say(f"Serving workspace {server.workspace.workspace_id}; Ctrl+C ends it.", outside)
        os.read(told_to_stop, 1)
        server.shutdown()
    finally:
        server.server_close()
    return ExitCode.OK


def _tell(pipe: int) -> None:
    os.write(pipe, b".")


def _listen(options: argparse.Namespace, outside: Outside, require_key: Secret | None) -> "WorkspaceServer":
    from sekuire_gate.workspace.server import WorkspaceServer  # noqa: PLC0415 - loads http.server

    if options.port not in _PORTS:
        raise SettingsError(
            f"--port is {options.port}, expected 0 to 65535.", kind="config.usage", fix="0 picks a free port."
        )
    try:
        return WorkspaceServer(
            outside.cwd / options.directory, host=options.host, port=options.port, require_key=require_key
        )
    except (OSError, UnicodeError) as error:
        reason = (error.strerror if isinstance(error, OSError) else None) or "not a host"
        raise SettingsError(
            f"cannot listen on host '{options.host}', port {options.port}: {reason}.",
            kind="config.usage",
            fix="Choose another --host or --port; --port 0 picks a free one.",
        ) from error


def _required_key(environ: Mapping[str, str]) -> Secret:
    key = read_api_key({"api-key": environ.get("SEKUIRE_API_KEY", "")})
    if key is None:
        raise SettingsError(
            "--require-key needs the key in SEKUIRE_API_KEY, which is not set.",
            kind="config.api_key",
            fix="Set SEKUIRE_API_KEY to the key that clients have to send.",
        )
    return key


COMMAND = Command(arguments, run)
