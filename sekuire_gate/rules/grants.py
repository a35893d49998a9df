"""How what a definition grants itself, hosts or paths, is judged by the policy's lists (docs/protocol.md 3.1).

Deny wins over allow; every allow-list binds; a value gets one of "blocked" and "not allowed". What holds a `*` is
permitted only if one entry covers all of it, and blocked if an entry could match something that it stands for.
"""

from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

from sekuire_gate.model.explanation import Reason
from sekuire_gate.model.manifest import Claim
from sekuire_gate.model.policy import Entry, NameRules
from sekuire_gate.model.variables import is_dynamic, judged_text
from sekuire_gate.rules import reasons
from sekuire_gate.rules.patterns import Patterns
from sekuire_gate.rules.remedy import Remedy
from sekuire_gate.rules.rule import Observation
from sekuire_gate.rules.wording import described, list_name, quoted

_LOOSELY = ", matched loosely (letter case makes no difference to a deny-list)"


class Reach(NamedTuple):
    """What a claimed host or path can reach, in its one spelling."""

    whole: str  # what an allow-list has to cover
    parts: tuple[str, ...]  # of which a deny-list may touch none


class Judged(NamedTuple):
    """What the lists say of a value."""

    blocked_by: Entry | None = None
    loosely: bool = False  # by an entry that differs in letter case
    missed: tuple[Entry, ...] | None = None  # the first allow-list that does not cover it; None: all do

    @property
    def refused(self) -> bool:
        """Whether it is blocked or not allowed."""
        return self.blocked_by is not None or self.missed is not None


class Grants:
    """What a policy's lists say of hosts, or of paths."""

    def __init__(
        self,
        noun: str,
        rules: NameRules,
        reach: Callable[[str], Reach | None],
        *,
        listed: Callable[[Iterable[Entry]], Patterns],
        denied: Callable[[Iterable[Entry]], Patterns],
        loosely_denied: Callable[[Iterable[Entry]], Patterns] | None = None,
    ) -> None:
        """Prepare the lists.

        Args:
            noun: what a message calls such a value.
            rules: the policy's lists.
            reach: reads a value; None where nobody can say what it is.
            listed: prepares an allow-list.
            denied: prepares the deny-list.
            loosely_denied: prepares it for values whose letter case is folded, where that makes a difference.
        """
        self._noun = noun
        self._rules = rules
        self._reach = reach
        self._allowed = tuple((entries, listed(entries)) for entries in rules.allowed)
        self._blocked = denied(rules.blocked)
        self._loosely_blocked = loosely_denied(rules.blocked) if loosely_denied else None
        # By text: many agents may name the same, and every rule asks again.
        self._known: dict[str, Judged] = {}
        self._remedy = Remedy(noun, self._permitted)

    def judged(self, text: str) -> Judged:
        """Ask the lists for a value; of one that cannot be read they say nothing."""
        if text not in self._known:
            self._known[text] = self._ask(text)
        return self._known[text]

    def _ask(self, text: str) -> Judged:
        reach = self._reach(text)
        if reach is None:
            return Judged()
        exactly = _touching(self._blocked, reach.parts)
        loosely = None
        if exactly is None and self._loosely_blocked:
            loosely = _touching(self._loosely_blocked, map(str.casefold, reach.parts))
        return Judged(
            exactly or loosely,
            loosely is not None,
            next((entries for entries, patterns in self._allowed if not patterns.covering(reach.whole)), None),
        )

    def reasons(self, text: str) -> Iterator[Reason]:
        """Yield what of the lists decides about a value: the entry that blocks it, else what each allow-list says."""
        reach = self._reach(text)
        if reach is None:
            return
        answer = self.judged(text)
        if answer.blocked_by:
            yield reasons.of_entry(answer.blocked_by, text, loosely=answer.loosely)
            return
        for entries, patterns in self._allowed:
            yield reasons.of_allow_list(entries, patterns.covering(reach.whole), text)
        if not self._allowed:
            yield from reasons.of_deny_lists(self._rules.blocked)

    def blocked(self, claims: Iterable[Claim[str]]) -> Iterator[Observation]:
        """Yield each value that the deny-list holds."""
        for claim, text in judged_texts(claims):
            answer = self.judged(text)
            if entry := answer.blocked_by:
                verb = "may stand for what is" if "*" in text else "is"
                message = (
                    f"{described(self._noun, claim.value, text)} {verb} on the workspace's deny-list: "
                    f"{quoted(entry.text)} ({list_name(entry)}){_LOOSELY if answer.loosely else ''}."
                )
                yield Observation(claim, message, self._remedy.instead())

    def not_allowed(self, claims: Iterable[Claim[str]]) -> Iterator[Observation]:
        """Yield each value that some allow-list does not hold; but for blocked ones."""
        for claim, text in judged_texts(claims):
            answer = self.judged(text)
            if answer.missed and not answer.blocked_by:
                what = described(self._noun, claim.value, text)
                message = f"{what} is not in the workspace's allow-list ({list_name(answer.missed[0])})."
                yield Observation(claim, message, self._remedy.instead_of(text))

    def undetermined(self, claims: Iterable[Claim[str]]) -> Iterator[Observation]:
        """Yield each value that is known at run time only."""
        for claim in claims:
            if is_dynamic(claim.value):
                message = (
                    f"{self._noun} {quoted(claim.value)} is known at run time only, and the workspace restricts it."
                )
                yield Observation(claim, message, f"Write the {self._noun} in place of the variable.")

    def _permitted(self) -> tuple[str, ...]:
        if not self._rules.allowed:
            return ()
        texts = dict.fromkeys(entry.text for entry in self._rules.allowed[0])
        return tuple(text for text in texts if not self.judged(text).refused)


def _touching(patterns: Patterns, parts: Iterable[str]) -> Entry | None:
    return next((entry for part in parts if (entry := patterns.touching(part))), None)


def judged_texts(claims: Iterable[Claim[str]]) -> Iterator[tuple[Claim[str], str]]:
    """Go over the claims of which something can be judged, each with that: itself or its default."""
    for claim in claims:
        text = judged_text(claim.value)
        if text is not None:
            yield claim, text
