"""Every way to have no verdict.

GateError                       message, kind, at, fix → Problem; the class knows the exit code
├── SettingsError            2  config.*      an input, a flag or a pinned key makes no sense
├── PolicyError                 there is no policy to act on
│   ├── PolicyAccessError    2  fetch.unauthorized, fetch.forbidden, fetch.plan_limit
│   ├── PolicyFetchError     4  fetch.*       no complete answer within the limits
│   └── PolicyTrustError     3  policy.*      hash, key, signature, status, workspace or version does not hold
│       └── PolicyFormatError 3 policy.*      envelope or content cannot be read without doubt
├── DefinitionError          5  definition.*  none found, unreadable, ambiguous, wrong shape
└── PublishError                a report was not delivered; the verdict stands

Anything else is a bug and exits with 70 (docs/contract.md 4).
"""

from typing import ClassVar

from sekuire_gate.model.problem import ExitCode, Problem
from sekuire_gate.model.source import Location


class GateError(Exception):
    """The root: what happened, which kind, where, and what to do."""

    exit_code: ClassVar[ExitCode] = ExitCode.INTERNAL

    def __init__(self, message: str, *, kind: str, fix: str, at: Location | None = None) -> None:
        """Keep the four fields.

        Args:
            message: what happened; present tense, a full stop; foreign values in '…', raw.
            kind: from the closed list of docs/contract.md 4.
            fix: what to do about it.
            at: where, if it has a place.
        """
        super().__init__(message)
        self.message = message
        self.kind = kind
        self.fix = fix
        self.at = at

    @property
    def problem(self) -> Problem:
        """The error as reports know it."""
        return Problem(self.kind, self.message, self.fix, self.exit_code, self.at)


class SettingsError(GateError):
    """An input, a flag or a pinned key makes no sense."""

    exit_code = ExitCode.SETTINGS


class PolicyError(GateError):
    """There is no policy to act on."""

    exit_code = ExitCode.TRUST


class PolicyAccessError(PolicyError):
    """The service refuses the key."""

    exit_code = ExitCode.SETTINGS


class PolicyFetchError(PolicyError):
    """No complete answer within the limits."""

    exit_code = ExitCode.UNAVAILABLE


class PolicyTrustError(PolicyError):
    """Hash, key, signature, status, workspace or version does not hold."""

    exit_code = ExitCode.TRUST


class PolicyFormatError(PolicyTrustError):
    """Envelope or content cannot be read without doubt, so nothing is proven."""


class DefinitionError(GateError):
    """A definition is missing, unreadable, ambiguous or of another shape."""

    exit_code = ExitCode.DEFINITION


class PublishError(GateError):
    """A report was not delivered; the verdict stands."""
