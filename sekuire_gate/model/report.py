"""What the rules found (docs/contract.md 6)."""

from dataclasses import dataclass
from enum import Enum, IntEnum

from sekuire_gate.model.manifest import Manifest
from sekuire_gate.model.policy import Policy
from sekuire_gate.model.source import Location


class Level(IntEnum):
    """How bad a finding is; only errors block."""

    NOTICE = 1
    WARNING = 2
    ERROR = 3

    @property
    def word(self) -> str:
        """The level as reports spell it."""
        return self.name.lower()


class Subject(Enum):
    """What a rule is about: a row of the table of checks, or the policy itself."""

    PROVIDER = "provider"
    MODEL = "model"
    TOOLS = "tools"
    CAPABILITIES = "capabilities"
    NETWORK = "network"
    FILESYSTEM = "filesystem"
    RATES = "rates"
    COMPLIANCE = "compliance"
    IDENTITY = "identity"
    POLICY = "policy"
    DEFINITION = "definition"


# The rows of the table of checks, in the order of the reports; POLICY and DEFINITION are no rows.
CHECKED_SUBJECTS = (
    Subject.PROVIDER,
    Subject.MODEL,
    Subject.TOOLS,
    Subject.CAPABILITIES,
    Subject.NETWORK,
    Subject.FILESYSTEM,
    Subject.RATES,
    Subject.COMPLIANCE,
    Subject.IDENTITY,
)


class Status(Enum):
    """What became of a subject in one definition, worst first."""

    VIOLATION = "violation"
    UNDETERMINED = "undetermined"
    WARNING = "warning"
    UNRESTRICTED = "unrestricted"
    PASS = "pass"  # noqa: S105 - a status, not a password
    NONE = "none"  # nothing claimed


class Verdict(Enum):
    """What the rules say of all definitions together."""

    PASS = "pass"  # noqa: S105 - a verdict, not a password
    VIOLATION = "violation"
    UNDETERMINED = "undetermined"


@dataclass(frozen=True, slots=True)
class RuleInfo:
    """A rule as reports name it."""

    id: str  # for ever
    level: Level
    subject: Subject
    summary: str  # one line
    help: str  # the help page: the rule's docstring
    undetermined: bool = False  # "cannot tell": an error that is not a violation


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing a rule found, about one value."""

    rule: RuleInfo
    message: str  # what and why; a sentence with its full stop
    fix: str  # what to change
    value: str  # as written
    agent: str | None
    at: Location | None  # None: about the policy alone
    fingerprint: str  # 32 hex digits, stable while lines move


@dataclass(frozen=True, slots=True)
class Check:
    """One row of a definition's table of checks."""

    subject: Subject
    agent: str | None  # None: the definition as a whole
    status: Status
    values: tuple[str, ...]  # the claims as written, distinct, in order of place


@dataclass(frozen=True, slots=True)
class JudgedDefinition:
    """One definition and its table of checks."""

    manifest: Manifest
    checks: tuple[Check, ...]

    @property
    def telling_checks(self) -> tuple[Check, ...]:
        """The rows for people: without the definition's own where all of it is claimed by its agents."""
        own = [check for check in self.checks if check.agent is None]
        if len(own) < len(self.checks) and all(check.status is Status.NONE for check in own):
            return self.checks[len(own) :]
        return self.checks


@dataclass(frozen=True, slots=True)
class Report:
    """What a policy says of every definition that could be read."""

    policy: Policy
    definitions: tuple[JudgedDefinition, ...]  # by path
    findings: tuple[Finding, ...]  # by path, line, column, rule, value; those without a place last
    excluded: int = 0  # files and folders that were left out

    @property
    def verdict(self) -> Verdict:
        """A certain error is a violation; else an undetermined one leaves it open; else it passes."""
        errors = [finding.rule for finding in self.findings if finding.rule.level is Level.ERROR]
        if any(not rule.undetermined for rule in errors):
            return Verdict.VIOLATION
        return Verdict.UNDETERMINED if errors else Verdict.PASS
