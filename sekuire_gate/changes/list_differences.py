"""The entries by which one policy permits what another does not (docs/protocol.md 3.1).

A name is permitted by the one and not by the other where the other's deny-list holds it, or an allow-list of the
other does not. So only entries that one policy has and the other has not are looked at, and each of them in the light
of all lists of both: an entry that another one covers, or that a deny-list blocks anyway, makes no difference.
"""

from collections.abc import Iterator
from enum import Enum
from typing import NamedTuple

from sekuire_gate.changes.extents import Asked, Extent
from sekuire_gate.changes.permitted import Permitted
from sekuire_gate.model.policy import Entry
from sekuire_gate.rules.wording import list_name


class Cause(Enum):
    """Why one policy permits what the other does not."""

    DENIED = 0  # the other's deny-list holds it
    TAKEN = 1  # this one's allow-list holds it, and an entry of the other's deny-list covers it
    LISTED = 2  # this one's allow-list holds it, and the other's list of that name does not
    UNBOUND = 3  # the other has an allow-list that does not hold it, and this one has no list of that name


class Candidate(NamedTuple):
    """An entry by which one policy may permit what the other does not."""

    text: str  # what is asked about
    changed: Entry  # what makes the difference: a deny-list's entry of the one that refuses, else one that permits
    cause: Cause
    where: str  # the list that makes the difference


class Found(NamedTuple):
    """Something that one policy permits and the other does not, or not all of it."""

    candidate: Candidate
    here: Extent  # how much of it the one permits
    there: Extent  # and the other
    is_certain: bool  # that names are among them which the one permits and the other does not


def entries_permitted_by_one(here: Permitted, there: Permitted) -> Iterator[Found]:
    """Yield what `here` permits and `there` does not, by the entries that make the difference; each text once."""
    seen: set[str] = set()
    for candidate in _candidates(here, there):
        text, asked = candidate.text, Asked(candidate.text, candidate.cause is Cause.DENIED)
        permitted = here.permits(asked)
        reaches_more = candidate.cause is Cause.DENIED and here.permits_more(text)
        if text not in seen and (permitted is not Extent.NONE or reaches_more):
            seen.add(text)
            is_certain = here.permits_new(asked) and not (there.permits_new(asked) or there.may_list_bare(text))
            yield Found(candidate, permitted, there.permits(asked), is_certain)


def frees_the_rest(here: Permitted, there: Permitted) -> bool:
    """Whether no allow-list binds any more that did, and that was not `*`, and not everything is denied anyway."""
    if here.lists or not there.lists:
        return False
    return there.listed(Asked("*")) is not Extent.ALL and here.permits(Asked("*")) is not Extent.NONE


def _candidates(here: Permitted, there: Permitted) -> Iterator[Candidate]:
    """Yield the entries whose names `here` may permit and `there` may not; there are no other such names."""
    for text, entry in there.blocked.items():
        if text not in here.blocked:
            yield from _denied(entry, here)
    for name, entries in there.lists.items():
        if name in here.lists:
            known = {entry.text for entry in entries}
            cause, held = Cause.LISTED, tuple(entry for entry in here.lists[name] if entry.text not in known)
        else:
            cause, held = Cause.UNBOUND, here.shortest_list
        for entry in held:
            if there.held_by(name, Asked(entry.text)) is not Extent.ALL:
                yield Candidate(entry.text, entry, cause, name)


def _denied(entry: Entry, here: Permitted) -> Iterator[Candidate]:
    """Yield what an entry of the other's deny-list may be felt by: itself, or what `here` has listed inside of it."""
    where = list_name(entry)
    itself = Candidate(entry.text, entry, Cause.DENIED, where)
    if here.listed(Asked(entry.text, is_denial=True)) is Extent.ALL:
        yield itself
        return
    taken, touched = here.reached_by(entry)
    yield from (Candidate(held.text, entry, Cause.TAKEN, where) for held in taken)
    if touched or here.reaches_beyond(entry.text):
        yield itself
