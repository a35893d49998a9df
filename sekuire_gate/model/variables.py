"""Values that are known at run time only: `${VAR}`, `${VAR:-default}` (docs/protocol.md 4).

Nothing is looked up: the environment they are resolved from is the agent's, never ours.
"""

from collections.abc import Iterator


def is_dynamic(text: str) -> bool:
    """Whether the text holds a `${…}`."""
    start = text.find("${")
    return start >= 0 and text.find("}", start) >= 0


def default_of(text: str) -> str | None:
    """Return the text with each variable's default in its place; None where one has none or nothing remains."""
    parts = tuple(_parts(text))
    if None in parts:
        return None
    # A default that holds a variable itself is no answer.
    default = "".join(part for part in parts if part is not None)
    return default if default and "${" not in default else None


def judged_text(text: str) -> str | None:
    """Return what can be judged of a value: itself, or its default, or nothing."""
    return default_of(text) if is_dynamic(text) else text


def _parts(text: str) -> Iterator[str | None]:
    """Go over the text once: what stands between variables, and each variable's default or None."""
    at = 0
    while (start := text.find("${", at)) >= 0 and (end := text.find("}", start)) >= 0:
        yield text[at:start]
        _, dash, default = text[start + 2 : end].partition(":-")
        yield default if dash else None
        at = end + 1
    yield text[at:]
