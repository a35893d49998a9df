"""How a name is judged by the policy's allow- and deny-lists: the one way, for every family of rules.

Deny wins over allow; every allow-list binds; a value gets one of "blocked" and "not allowed" (docs/protocol.md 3.1).
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from sekuire_gate.model.explanation import Reason
from sekuire_gate.model.manifest import Claim
from sekuire_gate.model.policy import Entry, NameRules
from sekuire_gate.model.report import Subject
from sekuire_gate.model.variables import is_dynamic, judged_text
from sekuire_gate.rules import reasons
from sekuire_gate.rules.names import MAX_NAME_LENGTH, fold, is_plain, is_plain_pattern, loose, loose_forms
from sekuire_gate.rules.patterns import Patterns, exact
from sekuire_gate.rules.remedy import Remedy
from sekuire_gate.rules.rule import Observation
from sekuire_gate.rules.wording import described, list_name, quoted


@dataclass(frozen=True, slots=True)
class Named:
    """A claim of a name, and what is known beside it."""

    claim: Claim[str]
    bare: str | None = None  # the name without its prefix, where that counts against allow-lists too
    origin: str = ""  # how the name is known, where it is not written
    full: str | None = None  # the name behind its provider: for deny-lists that speak of providers, `openai/*`


@dataclass(frozen=True, slots=True)
class Blocked:
    """The entry of a deny-list that matched, and how."""

    entry: Entry
    loosely: bool
    form: str  # the form of the name that matched


class Lists:
    """What a policy's lists say of one subject's names."""

    def __init__(self, noun: str, subject: Subject, rules: NameRules, *, wildcards: bool = False) -> None:
        """Prepare the lists.

        Args:
            noun: what a message calls such a name.
            subject: the row of the table of checks.
            rules: the policy's lists.
            wildcards: claims may hold `*`.
        """
        self.noun = noun
        self.subject = subject
        self.rules = rules
        self._is_plain = is_plain_pattern if wildcards else is_plain
        self._allowed = tuple((entries, exact(entries)) for entries in rules.allowed)
        self._blocked = exact(rules.blocked)
        self._loosely_blocked = loose(rules.blocked)
        of_providers = tuple(entry for entry in rules.blocked if "/" in entry.text)
        self._blocked_by_provider = exact(of_providers)
        self._loosely_blocked_by_provider = Patterns((fold(entry.text), entry) for entry in of_providers)
        # By name: many agents may name the same tools, and every rule asks again.
        self._verdicts: dict[str, Blocked | None] = {}
        self._remedy = Remedy(noun, self._permitted)

    def blocking(self, name: str) -> Blocked | None:
        """Return the deny-list's entry that matches a name: as written if there is one, else loosely."""
        if name not in self._verdicts:
            self._verdicts[name] = self._find_blocking(name)
        return self._verdicts[name]

    def _find_blocking(self, name: str) -> Blocked | None:
        if entry := self._blocked.touching(name):
            return Blocked(entry, loosely=False, form=name)
        for form in loose_forms(name):
            if entry := self._loosely_blocked.touching(form):
                return Blocked(entry, loosely=True, form=name)
        return None

    def _hit(self, named: Named, text: str) -> Blocked | None:
        if hit := self.blocking(text):
            return hit
        return self._blocking_full(named.full) if named.full else None

    def _blocking_full(self, name: str) -> Blocked | None:
        """As `blocking`, by the entries alone that name a provider: `llama*` says nothing of who serves a model."""
        if entry := self._blocked_by_provider.touching(name):
            return Blocked(entry, loosely=False, form=name)
        entry = self._loosely_blocked_by_provider.touching(fold(name))
        return Blocked(entry, loosely=True, form=name) if entry else None

    def name(self, value: str) -> bool:
        """Whether any entry of the lists matches a name."""
        return any(patterns.covering(value) for _, patterns in self._allowed) or self.blocking(value) is not None

    def missing(self, *forms: str) -> tuple[Entry, ...] | None:
        """Return the first allow-list that covers none of a name's forms."""
        for entries, patterns in self._allowed:
            if not any(patterns.covering(form) for form in forms):
                return entries
        return None

    def refuses(self, named: Named) -> bool:
        """Whether a name is blocked or not allowed."""
        text = judged_text(named.claim.value)
        return text is not None and (self._hit(named, text) is not None or self._misses(named, text) is not None)

    def reasons(self, named: Named) -> Iterator[Reason]:
        """Yield what of the lists decides about a name: the entry that blocks it, else what each allow-list says."""
        text = judged_text(named.claim.value)
        if text is None:
            return
        if hit := self._hit(named, text):
            yield reasons.of_entry(hit.entry, hit.form, loosely=hit.loosely)
            return
        if self._is_odd(named.claim.value):
            return
        forms = (text,) if named.bare is None else (text, named.bare)
        for entries, patterns in self._allowed:
            form = next((form for form in forms if patterns.covering(form)), text)
            yield reasons.of_allow_list(entries, patterns.covering(form), form)
        if not self._allowed:
            yield from reasons.of_deny_lists(self.rules.blocked)

    def blocked(self, names: Iterable[Named]) -> Iterator[Observation]:
        """Yield each name that a deny-list holds, as written or loosely."""
        for named in names:
            text = judged_text(named.claim.value)
            if text is not None and (hit := self._hit(named, text)):
                yield Observation(named.claim, self._blocked_message(named, text, hit), self._fix(named))

    def not_allowed(self, names: Iterable[Named]) -> Iterator[Observation]:
        """Yield each name that some allow-list does not hold; but for blocked ones and odd ones."""
        for named in names:
            text = judged_text(named.claim.value)
            if text is None or (missed := self._misses(named, text)) is None or self._hit(named, text):
                continue
            message = f"{self._described(named, text)} is not in the workspace's allow-list ({list_name(missed[0])})."
            fix = self._fix(named) if named.origin else self._remedy.instead_of(text)
            yield Observation(named.claim, message, fix)

    def undetermined(self, names: Iterable[Named]) -> Iterator[Observation]:
        """Yield each name that is known at run time only, where a list exists."""
        for named in names if self.rules.restricts else ():
            value = named.claim.value
            if is_dynamic(value):
                message = f"{self.noun} {quoted(value)} is known at run time only, and the workspace restricts it."
                yield Observation(named.claim, message, f"Write the {self.noun}'s name in place of the variable.")

    def not_plain(self, names: Iterable[Named]) -> Iterator[Observation]:
        """Yield each name that could be read in more than one way, where a list exists."""
        for named in names if self.rules.restricts else ():
            if self._is_odd(named.claim.value):
                message = (
                    f"{self.noun} {quoted(named.claim.value)} is not a plain name: {self._oddity(named.claim.value)}."
                )
                yield Observation(named.claim, message, _PLAIN_FIX, subject=self.subject)

    def _is_odd(self, value: str) -> bool:
        return not is_dynamic(value) and not self._is_plain(value)

    def _oddity(self, value: str) -> str:
        """Say what is odd about a name, by code point: the character itself may be invisible."""
        for index, character in enumerate(value[:MAX_NAME_LENGTH]):
            if not self._is_plain(character if index == 0 else f"a{character}"):
                return f"character {index + 1} is U+{ord(character):04X}"
        return f"it has {len(value)} characters"

    def _misses(self, named: Named, text: str) -> tuple[Entry, ...] | None:
        if self._is_odd(named.claim.value):
            return None
        return self.missing(text) if named.bare is None else self.missing(text, named.bare)

    def _fix(self, named: Named) -> str:
        # An inferred provider is not written anywhere: what can be changed is the model.
        return self._remedy.instead("a model of " if named.origin else "")

    def _permitted(self) -> tuple[str, ...]:
        if not self.rules.allowed:
            return ()
        texts = dict.fromkeys(entry.text for entry in self.rules.allowed[0])
        return tuple(text for text in texts if self.missing(text) is None and self.blocking(text) is None)

    def _described(self, named: Named, text: str) -> str:
        what = described(self.noun, named.claim.value, text)
        return f"{what} ({named.origin})" if named.origin and text == named.claim.value else what

    def _blocked_message(self, named: Named, text: str, hit: Blocked) -> str:
        verb = "may stand for what is" if "*" in text else "is"
        entry = f"{quoted(hit.entry.text)} ({list_name(hit.entry)})"
        message = f"{self._described(named, text)} {verb} on the workspace's deny-list: {entry}"
        if hit.form != text:
            message += f", as {quoted(hit.form)}"
        return f"{message}, matched loosely ({_LOOSELY})." if hit.loosely else f"{message}."


_LOOSELY = "case, '-', '_', '.', spaces and a 'provider/' prefix make no difference to a deny-list"
_PLAIN_FIX = (
    "Write it with ASCII letters, digits and . _ : / @ + - only, beginning with a letter, a digit, '@' or '_', "
    "at most 200 characters."
)
