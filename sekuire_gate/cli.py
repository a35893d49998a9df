"""The command line: parse, dispatch, exit code; entrypoint.py calls it with `check`."""

import argparse
import gc
import os
import sys
import traceback
from collections.abc import Sequence
from datetime import UTC, datetime
from importlib import import_module
from io import BufferedWriter, FileIO, TextIOWrapper
from pathlib import Path
from typing import NoReturn, Protocol, TextIO

from sekuire_gate import __version__
from sekuire_gate.commands import COMMANDS, Listed
from sekuire_gate.commands.command import Command, Outside, say
from sekuire_gate.errors import GateError, PublishError, SettingsError
from sekuire_gate.inputs import with_boolean_values
from sekuire_gate.model.problem import ExitCode
from sekuire_gate.render.console import problem_line
from sekuire_gate.render.escape import for_log

PROGRAM = "sekuire-gate"
GC_THRESHOLD = 100_000  # new objects before the collector looks at them
SIGINT_EXIT = 130  # 128 + the signal's number, as shells have it
SIGPIPE_EXIT = 141

# What OpenSSL would read of the environment as it is loaded: a configuration, and the folders of code it may name.
_OPENSSL_VARIABLES = ("OPENSSL_CONF", "OPENSSL_CONF_INCLUDE", "OPENSSL_MODULES", "OPENSSL_ENGINES")


def main() -> int:
    """Run the command line of this process; return its exit code."""
    return _guarded(sys.argv[1:], as_action=False)


def run_action() -> int:
    """Run `check` with the action's inputs; an argument is an error. Returns the exit code."""
    # An earlier step may have set them. Nothing has loaded OpenSSL so far, and nothing else of them is left to read.
    for name in _OPENSSL_VARIABLES:
        os.environ.pop(name, None)
    return _guarded(["check", *sys.argv[1:]], as_action=True)


def _outside(*, as_action: bool) -> Outside:
    # A stream that was closed before the start is None.
    sys.stdin = sys.stdin or _nowhere()
    sys.stdout = sys.stdout or _nowhere()
    sys.stderr = sys.stderr or _nowhere()
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            # A terminal of another encoding shows escapes; it does not stop the gate.
            stream.reconfigure(errors="backslashreplace")
    now = datetime.now(UTC)
    return Outside(
        environ=os.environ,
        report_time=_report_time(os.environ.get("SOURCE_DATE_EPOCH", ""), now),
        now=now,
        cwd=_working_directory(),
        stdin=sys.stdin,
        stdout=sys.stdout,
        stderr=sys.stderr,
        as_action=as_action,
    )


def _report_time(source_date_epoch: str, now: datetime) -> datetime:
    if source_date_epoch.isascii() and source_date_epoch.isdigit() and len(source_date_epoch) <= 11:  # noqa: PLR2004 - up to the year 5138
        return datetime.fromtimestamp(int(source_date_epoch), UTC)
    return now


def _working_directory() -> Path:
    try:
        return Path.cwd()
    except OSError:
        return Path(os.devnull)  # it was deleted, or may not be looked at: a relative path below this names nothing


def _nowhere() -> TextIO:
    return Path(os.devnull).open("r+", encoding="utf-8")


class _Bytes(Protocol):
    """Whatever holds bytes: what a file is given to write."""

    def __buffer__(self, flags: int, /) -> memoryview: ...


class _Stdout(FileIO):
    """The file behind stdout: where it is full, the run goes on, and the exit code still says what was found."""

    failure: OSError | None = None  # why something that was written, and all that came after it, is lost

    def write(self, data: _Bytes, /) -> int:
        """Write data, or lose it."""
        if self.failure is None:
            try:
                return super().write(data)
            except BrokenPipeError:
                raise  # nobody reads on: nothing is lost
            except OSError as error:
                self.failure = error
        return memoryview(data).nbytes


def _take_stdout() -> _Stdout | None:
    """Put a stream that survives a full disk into stdout's place; return its file, or None where stdout is not ours."""
    stream = sys.__stdout__
    if stream is None or sys.stdout is not stream:
        return None
    file = _Stdout(stream.fileno(), "wb", closefd=False)
    sys.stdout = TextIOWrapper(BufferedWriter(file), encoding=stream.encoding, line_buffering=stream.isatty())
    return file


def _guarded(arguments: Sequence[str], *, as_action: bool) -> int:
    """Run a command; the last line of defence."""
    # Imports make many objects and no garbage: looking for some costs a tenth of a whole check.
    gc.set_threshold(GC_THRESHOLD)
    code: int = SIGPIPE_EXIT
    stdout = _take_stdout()
    outside = _outside(as_action=as_action)
    try:
        code = run(arguments, outside)
    except BrokenPipeError:
        pass
    except KeyboardInterrupt:
        code = SIGINT_EXIT
    except Exception:  # noqa: BLE001 - a bug blocks, and says that it is one
        code = ExitCode.INTERNAL
        say(f"{PROGRAM}: this is a bug in sekuire-gate.", outside)
        for line in traceback.format_exc().splitlines():
            say(for_log(line), outside)
    _finish_writing()
    if stdout and stdout.failure:
        say(problem_line(_incomplete(stdout.failure).problem), outside)
    return code


def _incomplete(error: OSError) -> PublishError:
    return PublishError(
        f"what is written to stdout is not complete: {error.strerror}.",
        kind="publish.failed",
        fix="The exit code says what was found all the same; make room, and run again.",
    )


def _finish_writing() -> None:
    """Flush what is left; where nobody takes it, keep the interpreter from complaining at its own flush."""
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except OSError:  # the reader went away, or the disk is full: the exit code says what was found
            os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def run(arguments: Sequence[str], outside: Outside) -> ExitCode:
    """Find the subcommand, parse its flags, run it; a `GateError` becomes one line on stderr."""
    if arguments and arguments[0] == "--version":
        outside.stdout.write(f"{PROGRAM} {__version__}\n")
        return ExitCode.OK
    listed = _find(arguments)
    if listed is None:
        return _without_command(arguments, outside)
    words = len(listed.name.split())
    command: Command = import_module(f"sekuire_gate.commands.{listed.module}").COMMAND
    try:
        return _run(listed, command, list(arguments[words:]), outside)
    except GateError as error:
        say(problem_line(error.problem), outside)
        return error.exit_code


def _run(listed: Listed, command: Command, arguments: Sequence[str], outside: Outside) -> ExitCode:
    parser = _Parser(
        prog=f"{PROGRAM} {listed.name}", description=_sentence(listed.summary), add_help=False, allow_abbrev=False
    )
    command.arguments(parser)
    parser.add_argument("-h", "--help", action="store_true", help="show this text and stop")
    flags = arguments[: arguments.index("--")] if "--" in arguments else arguments
    if not outside.as_action and ("-h" in flags or "--help" in flags):
        outside.stdout.write(parser.format_help())
        return ExitCode.OK
    try:
        if outside.as_action and arguments:
            raise _usage("the action takes no arguments.", "Use the action's inputs.")
        options = parser.parse_intermixed_args(with_boolean_values(arguments))
    except SettingsError as error:
        if command.refuse is None:
            raise
        return command.refuse(error, arguments, outside)
    return command.run(options, outside)


def _find(arguments: Sequence[str]) -> Listed | None:
    for listed in COMMANDS:
        words = listed.name.split()
        if list(arguments[: len(words)]) == words:
            return listed
    return None


def _without_command(arguments: Sequence[str], outside: Outside) -> ExitCode:
    """Show what there is: on stdout where it was asked for, else on stderr with exit 2."""
    group = [listed for listed in COMMANDS if arguments and listed.name.startswith(f"{arguments[0]} ")]
    asked = arguments[len(group[:1]) :]
    overview = _overview(group or COMMANDS)
    if asked and asked[0] in {"-h", "--help"}:
        outside.stdout.write(overview)
        return ExitCode.OK
    if asked:
        names = ", ".join(f"'{listed.name}'" for listed in group or COMMANDS)
        unknown = _usage(f"'{' '.join(arguments[: len(group[:1]) + 1])}' is no command.", f"Use one of {names}.")
        say(problem_line(unknown.problem), outside)
    else:
        say(overview.rstrip("\n"), outside)
    return ExitCode.SETTINGS


def _overview(listed: Sequence[Listed]) -> str:
    width = max(len(item.name) for item in listed)
    rows = "\n".join(f"  {item.name:{width}}  {item.summary}" for item in listed)
    return (
        f"usage: {PROGRAM} COMMAND [ARGUMENT ...]\n\n"
        "Stops an AI agent from being merged or released when it breaks its workspace's policy.\n\n"
        f"commands:\n{rows}\n\n"
        f"'{PROGRAM} COMMAND --help' tells more; '{PROGRAM} --version' prints the version.\n"
    )


class _Parser(argparse.ArgumentParser):
    """argparse, with its complaints as a `SettingsError`."""

    def error(self, message: str) -> NoReturn:
        flags = [option for action in self._actions for option in action.option_strings if option.startswith("--")]
        raise _usage(f"{message}.", f"Accepted are {', '.join(flags)}; '{self.prog} --help' tells more.")


def _usage(message: str, fix: str) -> SettingsError:
    return SettingsError(message, kind="config.usage", fix=fix)


def _sentence(summary: str) -> str:
    return f"{summary[:1].upper()}{summary[1:]}."
