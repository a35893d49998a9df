"""How messages name foreign values, lists of them, and places in the policy."""

from collections.abc import Sequence

from sekuire_gate.model.policy import Entry

MAX_SHOWN_LENGTH = 200  # characters of one value; a report keeps the whole beside the message
MAX_SHOWN_NAMES = 5


def quoted(value: str) -> str:
    """Return the value in quotes, raw and of bounded length: renderers escape."""
    return f"'{value}'" if len(value) <= MAX_SHOWN_LENGTH else f"'{value[:MAX_SHOWN_LENGTH]}…'"


def described(noun: str, value: str, judged: str) -> str:
    """Name a claim by what is judged of it: itself, or its default, beside the variable.

    Args:
        noun: what a message calls such a value.
        value: as written.
        judged: itself, or its default.
    """
    if judged == value:
        return f"{noun} {quoted(value)}"
    return f"{noun} {quoted(judged)}, the default of {quoted(value)},"


def listed(values: Sequence[str]) -> str:
    """Return the values in quotes, the first few by name."""
    more = len(values) - MAX_SHOWN_NAMES
    names = ", ".join(quoted(value) for value in values[:MAX_SHOWN_NAMES])
    return f"{names} and {more} more" if more > 0 else names


def list_name(entry: Entry) -> str:
    """Return the dotted name of the policy's list that an entry stands in: `agent.models.allowed_models`."""
    names: list[str] = []
    for segment in entry.pointer.split("/")[1:]:
        if segment.isdigit():
            break
        names.append(segment.replace("~1", "/").replace("~0", "~"))
    return ".".join(names)
