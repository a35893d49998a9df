"""What of a policy's lists decides about a value, as `explain` tells it (model/explanation.py)."""

from collections.abc import Iterable, Iterator

from sekuire_gate.model.explanation import How, Reason
from sekuire_gate.model.policy import Entry


def of_entry(entry: Entry, form: str, *, loosely: bool = False) -> Reason:
    """Return what an entry says that matched.

    Args:
        entry: of an allow- or a deny-list.
        form: of the value, that it matched.
        loosely: the deny-lists' way.
    """
    as_written = How.WILDCARD if "*" in entry.text else How.EXACT
    return Reason(How.LOOSE if loosely else as_written, entry.pointer, entry.text, form)


def of_allow_list(entries: tuple[Entry, ...], covering: Entry | None, form: str) -> Reason:
    """Return what an allow-list says: by the entry that covers a form of the value, or by having none."""
    return of_entry(covering, form) if covering else Reason(How.UNLISTED, list_pointer(entries[0]), form=form)


def of_deny_lists(blocked: Iterable[Entry]) -> Iterator[Reason]:
    """Yield the deny-lists of which no entry matches."""
    return (Reason(How.UNTOUCHED, pointer) for pointer in dict.fromkeys(map(list_pointer, blocked)))


def list_pointer(entry: Entry) -> str:
    """Return the JSON Pointer of the list that an entry stands in: `/agent/models/allowed_models`."""
    segments = entry.pointer.split("/")
    index = next((number for number, segment in enumerate(segments) if segment.isdigit()), len(segments))
    return "/".join(segments[:index])
