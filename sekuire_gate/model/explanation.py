"""Why a claim is judged as it is: what of the policy decided it, and how (docs/contract.md 2, `explain`)."""

from dataclasses import dataclass
from enum import Enum

from sekuire_gate.model.report import Status, Subject
from sekuire_gate.model.source import Location


class How(Enum):
    """How something of a policy bears on a claim, in the words that people read."""

    EXACT = "exact"
    WILDCARD = "wildcard"
    LOOSE = "loose"  # a deny-list's way: letter case, separators and prefixes make no difference
    UNLISTED = "no entry covers it"  # of an allow-list
    UNTOUCHED = "no entry matches it"  # of a deny-list, where no allow-list exists
    PROVIDER = "bound by its provider"  # a model, where only providers are listed
    SETTING = "setting"  # a switch or a limit
    COMPUTED = "computed"  # not of the policy: what a declared id or hash is compared with
    UNBOUND = "nothing binds it"


@dataclass(frozen=True, slots=True)
class Reason:
    """One thing that decides about a claim."""

    how: How
    pointer: str = ""  # JSON Pointer into the policy's `content`; "": nothing of the policy
    text: str | None = None  # the entry or the setting as written; None: a whole list
    form: str | None = None  # the form of the claim's value that it bears on, where that is not the value itself


@dataclass(frozen=True, slots=True)
class Said:
    """What a rule says of a claim."""

    rule: str  # its id
    message: str


@dataclass(frozen=True, slots=True)
class Explanation:
    """One claim, what became of it, and why; or something that a rule misses."""

    subject: Subject
    value: str  # as written; what findings name
    agent: str | None  # the agent's key; None: the definition as a whole
    at: Location
    status: Status
    origin: str = ""  # how the value is known, where it is not written
    judged: str | None = None  # the default that is judged in place of a value known at run time only
    said: tuple[Said, ...] = ()
    reasons: tuple[Reason, ...] = ()
    is_claim: bool = True  # False: what a rule says where nothing of the subject is claimed
