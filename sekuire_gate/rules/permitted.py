"""A policy's lists as regular expressions, for JSON Schema: an editor's hint, which the gate's verdict goes beyond.

They say what a name by itself can tell. What stands beside it (a provider, an agent's environment) is not seen, nor
what a claim with `*` could stand for. Within that they are never stricter than the gate.
"""

from collections.abc import Iterable, Iterator

from sekuire_gate.model.permitted import Alternatives, Permitted, PermittedNames
from sekuire_gate.model.policy import Entry, Policy
from sekuire_gate.rules import model, provider, tool
from sekuire_gate.rules.lists import Lists
from sekuire_gate.rules.names import binding_forms

# docs/protocol.md 4, "Names"; `*` for tools alone.
_PLAIN = ("^[A-Za-z0-9@_]", "[^A-Za-z0-9._:/@+-]")
_PLAIN_PATTERN = ("^[A-Za-z0-9@_*]", "[^A-Za-z0-9._:/@+*-]")

# Only these: a backslash before anything else is an error to JavaScript, where an expression is of Unicode.
_SYNTAX = frozenset("\\^$.*+?()[]{}|")
_SEPARATOR = "[-_. ]"  # alike to loose matching
_A_PREFIX = "(?!models/)[^/]+/"  # `models/` is no provider's (docs/protocol.md 3.1)
_ANY_PREFIXES = "(?:.*/)?"


def permitted(policy: Policy) -> Permitted:
    """Return what the policy's lists permit of providers, models and tools."""
    return Permitted(
        provider=_permitted(provider.lists(policy), _PLAIN),
        model=_permitted(model.lists(policy), _PLAIN, prefix=_A_PREFIX),
        tool=_permitted(tool.lists(policy), _PLAIN_PATTERN),
    )


def _permitted(lists: Lists, plain: tuple[str, str], prefix: str = "") -> PermittedNames | None:
    """Take the lists of one subject; with a `prefix`, a name counts without it too."""
    if not lists.rules.restricts:
        return None
    return PermittedNames(
        plain,
        tuple(_alternatives(entries, lists, prefix) for entries in lists.rules.allowed),
        tuple(_whole(_ANY_PREFIXES, forms) for forms in [tuple(_denied(lists.rules.blocked))] if forms),
    )


def _alternatives(entries: Iterable[Entry], lists: Lists, prefix: str) -> Alternatives:
    texts = tuple(dict.fromkeys(entry.text for entry in entries))
    stars = tuple(_as_written(text) for text in texts if "*" in text)
    patterns = [_whole("", stars)] if stars else []
    if prefix:
        patterns.append(_whole(prefix, map(_as_written, texts)))
    names = tuple(text for text in texts if "*" not in text and lists.blocking(text) is None)
    return Alternatives(names, tuple(patterns))


def _denied(entries: Iterable[Entry]) -> Iterator[str]:
    forms = dict.fromkeys(form for entry in entries for form in binding_forms(entry.text))
    return (_loosely(form) for form in forms)


def _whole(prefix: str, expressions: Iterable[str]) -> str:
    return f"^{prefix}(?:{'|'.join(expressions)})$"


def _as_written(text: str) -> str:
    return "".join(".*" if character == "*" else _escaped(character) for character in text)


def _loosely(form: str) -> str:
    """Write a folded form so that it fits every spelling that loose matching takes for it."""
    return "".join(map(_loose_character, form))


def _loose_character(character: str) -> str:
    if character == "*":
        return ".*"
    if character == "-":
        return _SEPARATOR
    if character.isascii() and character.isalpha():
        return f"[{character}{character.upper()}]"
    return _escaped(character)


def _escaped(character: str) -> str:
    return f"\\{character}" if character in _SYNTAX else character
