"""What a rule is: an identity, a level, and a function that looks at policy and claims."""

import inspect  # no cost: dataclasses has loaded it
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Generic, ParamSpec

from sekuire_gate.model.manifest import Claim
from sekuire_gate.model.report import Level, RuleInfo, Subject
from sekuire_gate.model.source import Location

P = ParamSpec("P")


@dataclass(frozen=True, slots=True)
class Observation:
    """What a check yields: what, where, and what to do; the engine adds identity and level."""

    about: Claim[object] | Location | None  # a claim brings its value, agent and place; None: the policy alone
    message: str  # a sentence with its full stop; foreign values in '…', raw
    fix: str
    value: str | None = None  # where it is not the claim's own, as written
    subject: Subject | None = None  # the row of the table of checks it counts to, where it is not the rule's own

    @property
    def at(self) -> Location | None:
        """Where it stands."""
        return self.about.at if isinstance(self.about, Claim) else self.about

    @property
    def agent(self) -> str | None:
        """Whose claim it is about."""
        return self.about.agent if isinstance(self.about, Claim) else None

    @property
    def shown_value(self) -> str:
        """The value that a report names; empty where something is missing."""
        if self.value is not None:
            return self.value
        return self.about.value if isinstance(self.about, Claim) and isinstance(self.about.value, str) else ""


@dataclass(frozen=True, slots=True)
class Rule(Generic[P]):
    """One rule, registered in `rules/__init__.py`; generic in what its check looks at."""

    info: RuleInfo
    check: Callable[P, Iterable[Observation]]


def rule(
    rule_id: str,
    level: Level,
    subject: Subject,
    check: Callable[P, Iterable[Observation]],
    *,
    undetermined: bool = False,
) -> Rule[P]:
    """Join a check with its identity; its docstring becomes the help page, the first line the summary."""
    page = inspect.cleandoc(check.__doc__ or "")
    return Rule(RuleInfo(rule_id, level, subject, page.partition("\n")[0], page, undetermined), check)
