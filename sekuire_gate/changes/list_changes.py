"""What a change of a subject's lists permits and forbids newly, entry by entry (docs/protocol.md 3.1).

Newly permitted is what B permits and A does not; newly forbidden is the same with the policies exchanged.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from sekuire_gate.changes.extents import Extent
from sekuire_gate.changes.list_differences import Cause, Found, entries_permitted_by_one, frees_the_rest
from sekuire_gate.changes.permitted import Matching, Permitted
from sekuire_gate.model.difference import Change, Document, Effect
from sekuire_gate.model.policy import Entry, NameRules
from sekuire_gate.rules.reasons import list_pointer
from sekuire_gate.rules.wording import list_name, listed, quoted

MAX_PAIRS = 4_000_000  # of an entry that changed and an entry it is compared with: some seconds


@dataclass(frozen=True, slots=True)
class _Direction:
    """The words for one direction; everything else is the same in both."""

    effects: tuple[Effect, Effect, Effect, Effect]  # all, part, perhaps, the rest
    permitting: Document
    refusing: Document
    causes: tuple[str, str, str, str]  # by Cause
    rest: str
    here: str  # what is said where the policy that permits does not permit all of it
    there: str  # where the one that refuses does not refuse all of it
    nearly: str


_PERMITS = _Direction(
    effects=(Effect.PERMITS, Effect.PERMITS_PART, Effect.MAY_PERMIT, Effect.PERMITS_REST),
    permitting=Document.B,
    refusing=Document.A,
    causes=(
        "taken off the deny-list ({where})",
        "{entry} is taken off the deny-list ({where})",
        "added to the allow-list ({where})",
        "an allow-list that did not hold it is gone ({where})",
    ),
    rest="the last allow-list is gone ({lists}): anything goes now{but}",
    here="part of it stays forbidden",
    there="part of it was permitted before",
    nearly="the deny-list still blocks names behind a prefix that its '*' may stand for",
)
_FORBIDS = _Direction(
    effects=(Effect.FORBIDS, Effect.FORBIDS_PART, Effect.MAY_FORBID, Effect.FORBIDS_REST),
    permitting=Document.A,
    refusing=Document.B,
    causes=(
        "added to the deny-list ({where})",
        "{entry} is added to the deny-list ({where})",
        "taken off the allow-list ({where})",
        "an allow-list that does not hold it appears ({where})",
    ),
    rest="an allow-list appears where there was none ({lists}): only what it holds is permitted now: {held}",
    here="part of it was forbidden before",
    there="part of it stays permitted",
    nearly="",
)
_FURTHER = "of effect only where a deny-list looks further"


def list_changes(subject: str, a: NameRules, b: NameRules, matching: Matching) -> Iterator[Change]:
    """Yield what is permitted and what is forbidden newly; nothing only where both policies judge every name alike.

    Where so much has changed that comparing would take minutes, two changes say that nobody can tell.
    """
    if a == b:
        return
    if _pairs(a, b) > MAX_PAIRS:
        reason = "too many entries were changed to compare them one by one"
        yield Change(subject, Effect.MAY_PERMIT, None, reason, Document.B, None)
        yield Change(subject, Effect.MAY_FORBID, None, reason, Document.B, None)
        return
    before, after = Permitted(a, matching), Permitted(b, matching)
    yield from _changes(subject, after, before, _PERMITS, matching.further)
    yield from _changes(subject, before, after, _FORBIDS, matching.further)


def toggled(subject: str, found: tuple[Change, ...], *, was: bool, will: bool) -> Iterator[Change]:
    """Say what it means that a subject is restricted at all, which no entry says, or that it is no more.

    Args:
        subject: as in `Change`.
        found: the subject's changes so far: "the rest" says it already.
        was: whether A restricts it.
        will: whether B does.
    """
    if was == will or any(change.effect in {Effect.PERMITS_REST, Effect.FORBIDS_REST} for change in found):
        return
    doubtful = "what cannot be determined, or is not plain text,"
    if will:
        reason = f"the policy restricts this now: {doubtful} does not pass any more"
        yield Change(subject, Effect.FORBIDS, None, reason, Document.B, None)
    else:
        reason = f"the policy does not restrict this any more: {doubtful} passes"
        yield Change(subject, Effect.PERMITS, None, reason, Document.B, None)


def deny_list_toggled(
    subject: str, a: NameRules, b: NameRules, matters: Callable[[NameRules], bool], *, why: str, so: str
) -> Iterator[Change]:
    """Say what it means that there is a deny-list at all, which no entry says, or that there is none any more.

    Args:
        subject: as in `Change`.
        a: the lists that were.
        b: the lists that will be.
        matters: whether lists permit what a deny-list puts in doubt.
        why: what is in doubt under a deny-list, a clause.
        so: what follows from one, a clause.
    """
    if b.blocked and not a.blocked and matters(a):
        reason = f"a deny-list appears: {why}, so that {so}"
        yield Change(subject, Effect.MAY_FORBID, None, reason, Document.B, list_pointer(b.blocked[0]))
    if a.blocked and not b.blocked and matters(b):
        reason = f"the deny-list is gone: {why}, and nothing asks for these any more"
        yield Change(subject, Effect.MAY_PERMIT, None, reason, Document.A, list_pointer(a.blocked[0]))


def _pairs(a: NameRules, b: NameRules) -> int:
    """Return how many comparisons it may take."""
    was, will = _listed(a), _listed(b)
    changed = len(was ^ will)
    if {name for name, _ in was} != {name for name, _ in will}:
        changed += len(was | will)  # where a list comes or goes, the entries of another are looked through
    return changed * len(was | will)


def _listed(rules: NameRules) -> set[tuple[str, str]]:
    entries = (entry for known in (*rules.allowed, rules.blocked) for entry in known)
    return {(list_name(entry), entry.text) for entry in entries}


def _changes(subject: str, here: Permitted, there: Permitted, direction: _Direction, further: str) -> Iterator[Change]:
    *effects, rest = direction.effects
    if frees_the_rest(here, there):
        yield Change(subject, rest, None, _rest_reason(here, there, direction), direction.refusing, _pointer_of(there))
    for found in entries_permitted_by_one(here, there):
        changed, cause = found.candidate.changed, found.candidate.cause
        document = direction.refusing if cause in {Cause.DENIED, Cause.TAKEN} else direction.permitting
        effect, reason = effects[_doubt(found)], _reason(found, direction, further)
        yield Change(subject, effect, found.candidate.text, reason, document, changed.pointer)


def _doubt(found: Found) -> int:
    """Return which effect it is: 0 for all of it, 1 for a part, 2 for perhaps."""
    if found.here >= Extent.NEARLY and found.there is Extent.NONE:
        return 0
    return 1 if found.is_certain else 2


def _rest_reason(here: Permitted, there: Permitted, direction: _Direction) -> str:
    return direction.rest.format(
        lists=", ".join(there.lists),
        but=", but for what the deny-list holds" if here.blocked else "",
        held=_and(entries for entries in there.lists.values()),
    )


def _and(lists: Iterable[tuple[Entry, ...]]) -> str:
    return ", and of these ".join(listed([entry.text for entry in entries]) for entries in lists)


def _pointer_of(rules: Permitted) -> str:
    return "/" + next(iter(rules.lists)).replace(".", "/")


def _reason(found: Found, direction: _Direction, further: str) -> str:
    candidate = found.candidate
    cause = direction.causes[candidate.cause.value].format(entry=quoted(candidate.changed.text), where=candidate.where)
    if found.here is Extent.NONE:
        return f"{cause}; {_FURTHER}: {further}"
    notes = [cause]
    if found.there is not Extent.NONE:
        notes.append(direction.there)
    if found.here is Extent.SOME:
        notes.append(direction.here)
    elif found.here is Extent.NEARLY:
        notes.append(direction.nearly)
    return "; ".join(filter(None, notes))
