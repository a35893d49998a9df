"""What a subcommand is, and what it may touch of the world outside."""

import argparse
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TextIO

from sekuire_gate.errors import SettingsError
from sekuire_gate.model.problem import ExitCode
from sekuire_gate.render import workflow_commands

MIN_MASKED_CHARACTERS = 8  # a shorter mask would tear log and summary apart (docs/contract.md 3)


@dataclass(frozen=True, slots=True)
class Outside:
    """The world, as arguments: the only door through which a command sees it."""

    environ: Mapping[str, str]
    report_time: datetime  # what reports say, in UTC; honours SOURCE_DATE_EPOCH, so nothing is judged by it
    now: datetime  # by the machine's clock, in UTC, read once: what trust is judged by
    cwd: Path
    stdin: TextIO
    stdout: TextIO  # the report, nothing else
    stderr: TextIO  # progress, and the one line of a problem
    as_action: bool = False  # started by entrypoint.py: values come from INPUT_*, never from SEKUIRE_*


def say(line: str, outside: Outside) -> None:
    """Write a line to stderr; where nobody takes it, the exit code still says what was found."""
    with suppress(OSError):
        print(line, file=outside.stderr, flush=True)


def mask(key: str, outside: Outside, *, on: TextIO | None = None) -> None:
    """Have the runner, in Actions, put stars for the API key, each of its lines; before anything else is printed.

    Args:
        key: as given.
        outside: the world.
        on: the stream that the runner reads; left out, stderr, since people write a command's stdout to files.
    """
    stream = on or outside.stderr
    if outside.environ.get("GITHUB_ACTIONS") != "true":
        return
    lines = (line.strip() for line in key.splitlines())
    with suppress(OSError):  # where nobody takes the stream, nothing on it needs a mask
        for line in lines:
            if len(line) >= MIN_MASKED_CHARACTERS:
                stream.write(workflow_commands.add_mask(line))
        stream.flush()


@dataclass(frozen=True, slots=True)
class Command:
    """One subcommand."""

    arguments: Callable[[argparse.ArgumentParser], None]  # declares its flags
    run: Callable[[argparse.Namespace, Outside], ExitCode]  # may raise GateError: cli prints its one line
    refuse: Callable[[SettingsError, Sequence[str], Outside], ExitCode] | None = None  # flags that make no sense
