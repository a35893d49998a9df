"""What a change of policy does: what is newly permitted and forbidden, and which definitions newly fail or pass."""

from dataclasses import dataclass
from enum import Enum

from sekuire_gate.model.policy import Policy
from sekuire_gate.model.problem import Problem
from sekuire_gate.model.report import Finding, Verdict


class Effect(Enum):
    """What a change does."""

    # All that the value matches was refused, and is permitted now. Deny-lists are matched behind any `prefix/` too
    # (docs/protocol.md 3.1): what a star stands for can still be a prefix and a denied name.
    PERMITS = "permits"
    PERMITS_PART = "permits_part"  # some of it, for certain; the reason says why not all
    MAY_PERMIT = "may_permit"  # perhaps some of it: patterns overlap, and which names that leaves is not enumerated
    PERMITS_REST = "permits_rest"  # the last allow-list is gone: everything that nothing else forbids
    FORBIDS = "forbids"  # the reverse of each
    FORBIDS_PART = "forbids_part"
    MAY_FORBID = "may_forbid"
    FORBIDS_REST = "forbids_rest"
    DEMANDS = "demands"  # something that a definition has to do or declare
    NO_LONGER_DEMANDS = "no_longer_demands"
    BLOCKS = "blocks"  # every run, whatever the definitions say
    NO_LONGER_BLOCKS = "no_longer_blocks"
    DIFFERS = "differs"  # who the policy is, and who signed it


class Document(Enum):
    """One of the two policies."""

    A = "a"  # what was
    B = "b"  # what will be


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that a change of policy does."""

    subject: str  # as the report's table of checks has it, or "services", or "policy"
    effect: Effect
    value: str | None  # as the policy writes it, wildcards included; None: the subject as a whole
    reason: str  # what was changed, without a full stop; foreign values in '…', raw
    document: Document  # which policy the pointer is of
    pointer: str | None  # JSON Pointer into its `content`; None: beside it


@dataclass(frozen=True, slots=True)
class DefinitionDifference:
    """What becomes of one definition."""

    path: str
    a: Verdict  # what each policy says of it, on the whole
    b: Verdict
    new: tuple[Finding, ...]  # those with a place, which B finds and A does not
    gone: tuple[Finding, ...]  # and the reverse

    @property
    def newly_fails(self) -> bool:
        """Whether it passes by A, and not by B."""
        return self.a is Verdict.PASS and self.b is not Verdict.PASS

    @property
    def newly_passes(self) -> bool:
        """Whether it passes by B, and not by A."""
        return self.a is not Verdict.PASS and self.b is Verdict.PASS


@dataclass(frozen=True, slots=True)
class PolicyDifference:
    """Two policies, compared."""

    a: Policy
    b: Policy
    changes: tuple[Change, ...]  # by subject
    definitions: tuple[DefinitionDifference, ...] = ()  # by path
    problems: tuple[Problem, ...] = ()  # one per definition that could not be read, by path
