"""Definitions made worse: bytes, characters, tokens and lines of a file, changed by chance that can be repeated."""

import re
from collections.abc import Callable
from pathlib import Path
from random import Random

DEFINITIONS = Path(__file__).parents[1] / "data" / "definitions"

_MORE = 0.6  # the chance that one more change follows
_TOKENS = (
    *("&a ", "&a", "*a", "*a ", "&b ", "*b", "<<: *a", "<<: ", "!!str ", "!x ", "! ", "? ", "?", ": ", ":", "- ", "-"),
    *("[", "]", "{", "}", ",", "[]", "{}", "[a, b]", "{a: b}", "[a: b]", "{a, b: }", "[[", "}}", "{? a : b}", "[,]"),
    *("|", ">", "|\n", ">-\n", "|+\n", "|2\n", ">1-\n", "| # c\n", "#", " #", " # c", "#c\n", "'", '"', "''", '""'),
    *("\\", "\\n", "\\x41", "\\u2028", "\\\n", '"\\', "---", "...", "---\n", "\n---\n", "\n...\n", "%YAML 1.2\n", "%x"),
    *("\t", " \t", "\t ", "\n\t", " ", "  ", "\n", "\n\n", "\n ", " \n", "\r", "\r\n", "\n\r\n", "\\\r\n", "@", "`"),
    *("~", "null", "no", "010", "1:30", "4.10", ".inf", "2026-01-02", "true", "a: b", "a: b\n", "- a\n", "a:\n"),
    *("\u2028", "\u2029", "\x85", "\ufeff", "\0", "\x1b", "\x7f", "\xa0", "\u200b", "\u202e", "\u3000", "\x0b", "\x0c"),
    *("é", "日本", "😀", "e\u0301", "\ufffd", "\ufffe", "__proto__", "__proto__: x\n", "constructor", "1", "0", "%41"),
)
_PIECES = re.compile(r"\s+|\w+|.", re.DOTALL)

_Change = Callable[[Random, str], str]


def definitions() -> dict[str, bytes]:
    """Return the realistic definitions by name: what all mutations start from."""
    paths = [path for path in sorted(DEFINITIONS.iterdir()) if path.is_file() and path.name != "tools.json"]
    return {path.name: path.read_bytes() for path in paths}


def mutation(seed: int, number: int) -> tuple[str, bytes]:
    """Return one mutation and the name of the definition it was: always the same for one seed and number."""
    chance = Random(f"{seed}/{number}")
    name = chance.choice(_NAMES)
    text = _ORIGINALS[name].decode()
    text = chance.choice(_CHANGES)(chance, text)
    while chance.random() < _MORE:
        text = chance.choice(_CHANGES)(chance, text)
    data = text.encode()
    return name, _of_bytes(chance, data) if chance.random() < 1 / len(_CHANGES) else data


def _of_bytes(chance: Random, data: bytes) -> bytes:
    at = chance.randrange(len(data) + 1)
    return data[:at] + chance.randbytes(chance.randrange(2)) + data[at + chance.randrange(2) :]


def _token_in(chance: Random, text: str) -> str:
    at = chance.randrange(len(text) + 1)
    return text[:at] + chance.choice(_TOKENS) + text[at:]


def _token_at_an_edge(chance: Random, text: str) -> str:
    """Put a token where structure is: around blanks and indicators, at the ends of a line."""
    edges = [found.start() for found in re.finditer(r"\b|[^\w]|\Z", text)]
    at = chance.choice(edges)
    return text[:at] + chance.choice(_TOKENS) + text[at:]


def _piece_replaced(chance: Random, text: str) -> str:
    return _with_pieces(text, lambda pieces: pieces.__setitem__(chance.randrange(len(pieces)), chance.choice(_TOKENS)))


def _piece_dropped(chance: Random, text: str) -> str:
    return _with_pieces(text, lambda pieces: pieces.pop(chance.randrange(len(pieces))))


def _pieces_swapped(chance: Random, text: str) -> str:
    def swap(pieces: list[str]) -> None:
        one, other = chance.randrange(len(pieces)), chance.randrange(len(pieces))
        pieces[one], pieces[other] = pieces[other], pieces[one]

    return _with_pieces(text, swap)


def _with_pieces(text: str, change: Callable[[list[str]], object]) -> str:
    pieces = _PIECES.findall(text) or [""]
    change(pieces)
    return "".join(pieces)


def _character_dropped(chance: Random, text: str) -> str:
    at = chance.randrange(len(text) + 1)
    return text[:at] + text[at + 1 :]


def _cut(chance: Random, text: str) -> str:
    return text[: chance.randrange(len(text) + 1)]


def _line_twice(chance: Random, text: str) -> str:
    """Copy a line, as it is, to another place: equal keys, and keys of another map."""
    lines = text.splitlines(keepends=True) or [""]
    lines.insert(chance.randrange(len(lines) + 1), chance.choice(lines))
    return "".join(lines)


def _line_dropped(chance: Random, text: str) -> str:
    lines = text.splitlines(keepends=True) or [""]
    lines.pop(chance.randrange(len(lines)))
    return "".join(lines)


def _line_of_another(chance: Random, text: str) -> str:
    lines = text.splitlines(keepends=True)
    other = _ORIGINALS[chance.choice(_NAMES)].decode().splitlines(keepends=True)
    lines.insert(chance.randrange(len(lines) + 1), chance.choice(other))
    return "".join(lines)


def _line_indented(chance: Random, text: str) -> str:
    lines = text.splitlines(keepends=True) or [""]
    at = chance.randrange(len(lines))
    lines[at] = chance.choice((" ", "  ", "    ", "\t", "- ", "-\t", "-   ", "# ")) + lines[at]
    return "".join(lines)


def _line_outdented(chance: Random, text: str) -> str:
    lines = text.splitlines(keepends=True) or [""]
    at = chance.randrange(len(lines))
    lines[at] = lines[at].removeprefix(chance.choice((" ", "  ", "    ")))
    return "".join(lines)


def _line_end_changed(chance: Random, text: str) -> str:
    lines = text.splitlines(keepends=True) or [""]
    at = chance.randrange(len(lines))
    lines[at] = lines[at].rstrip("\r\n") + chance.choice(("", "\r\n", "\r", "\n\n", " \n", "\t\n", "\u2028", "\x85"))
    return "".join(lines)


def _all_line_ends_changed(chance: Random, text: str) -> str:
    return text.replace("\r\n", "\n").replace("\n", chance.choice(("\r\n", "\n\n", " \n", "\n  ", "\r")))


_CHANGES: tuple[_Change, ...] = (
    _token_in,
    _token_at_an_edge,
    _token_at_an_edge,
    _piece_replaced,
    _piece_dropped,
    _pieces_swapped,
    _character_dropped,
    _cut,
    _line_twice,
    _line_dropped,
    _line_of_another,
    _line_indented,
    _line_outdented,
    _line_end_changed,
    _all_line_ends_changed,
)
_ORIGINALS = definitions()
_NAMES = tuple(_ORIGINALS)
