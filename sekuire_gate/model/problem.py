"""Why there is no verdict, and the exit codes of the process (docs/contract.md 4)."""

from dataclasses import dataclass
from enum import IntEnum

from sekuire_gate.model.source import Location


class ExitCode(IntEnum):
    """The process's exit codes."""

    OK = 0
    BLOCKED = 1
    SETTINGS = 2
    TRUST = 3
    UNAVAILABLE = 4
    DEFINITION = 5
    INTERNAL = 70


@dataclass(frozen=True, slots=True)
class Problem:
    """Why there is no verdict, or not on everything."""

    kind: str  # from the closed list of docs/contract.md 4
    message: str  # what happened; a sentence with its full stop; foreign text raw
    fix: str  # what to do
    exit_code: ExitCode
    at: Location | None = None
