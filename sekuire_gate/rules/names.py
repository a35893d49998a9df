"""What a name is: plain or not, and how deny-lists look at it loosely (docs/protocol.md 3.1 and 4, "Names")."""

import re
from collections.abc import Iterable

from sekuire_gate.model.policy import Entry
from sekuire_gate.rules.patterns import Patterns

MAX_NAME_LENGTH = 200  # characters
MAX_PREFIXES = 8  # of a longer name, dropped one by one; the last part counts behind any number of them

# docs/protocol.md 4, "Names"; the second for claims that may hold `*`.
_PLAIN = re.compile(r"[A-Za-z0-9@_][A-Za-z0-9._:/@+-]{0,199}")
_PLAIN_PATTERN = re.compile(r"[A-Za-z0-9@_*][A-Za-z0-9._:/@+*-]{0,199}")
_ALIKE = str.maketrans("_. ", "---")


def is_plain(name: str) -> bool:
    """Whether a name can only be read in one way: ASCII, short, without `*`."""
    return _PLAIN.fullmatch(name) is not None


def is_plain_pattern(name: str) -> bool:
    """Whether a name that may hold `*` is plain apart from that."""
    return _PLAIN_PATTERN.fullmatch(name) is not None


def fold(name: str) -> str:
    """Return the name as loose matching sees it: case-folded; `-`, `_`, `.` and space alike."""
    return name.casefold().translate(_ALIKE)


def loose_forms(name: str) -> tuple[str, ...]:
    """Return the folded name: whole, and without each of its prefixes.

    Prefixes are stacked in practice (`litellm/openrouter/anthropic/claude-3`). `models/` is dropped like any other:
    it is no provider, but what follows is the same model. Of a name that is too long to be plain the first few are.
    """
    whole = fold(name)
    parts = whole.split("/", MAX_PREFIXES if len(name) > MAX_NAME_LENGTH else -1)
    forms = ("/".join(parts[index:]) for index in range(len(parts)))
    return tuple(dict.fromkeys(form for form in (*forms, whole.rpartition("/")[2]) if form))


def binding_forms(text: str) -> tuple[str, ...]:
    """Return the folded forms of a deny-list's entry that block.

    `openai/*` speaks of that prefix and nothing else: without it the entry would block every name there is. So does
    `huggingface/*/*`, which would block every name with a prefix.
    """
    return tuple(form for form in loose_forms(text) if form.strip("*/") or not text.strip("*/"))


def loose(entries: Iterable[Entry]) -> Patterns:
    """Prepare a deny-list for loose matching."""
    return Patterns((form, entry) for entry in entries for form in binding_forms(entry.text))
