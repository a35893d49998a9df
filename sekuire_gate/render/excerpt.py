"""The source line of a place, with carets under the range."""

import unicodedata

from sekuire_gate.model.source import Location
from sekuire_gate.render.escape import visible

MAX_COLUMNS = 120  # of one source line on the screen
CONTEXT = 40  # code points shown before a range that begins far to the right
_TAB = "    "


def excerpt(at: Location) -> tuple[str, ...]:
    """Return the lines to print below a place: a margin, the source line, the carets; () where it is not known.

    Of a long line the part around the range is shown. A range that goes on in the next line ends at its line's end.
    """
    source = at.text.line(at.line) if at.text else None
    if source is None:
        return ()
    start = min(at.column - 1, len(source))
    end = len(source) if at.end_line > at.line else min(at.end_column - 1, len(source))
    first = start - CONTEXT if start > MAX_COLUMNS - CONTEXT else 0
    before = ("…" if first else "") + _shown(source[first:start])
    room = MAX_COLUMNS - _width(before)
    inside = _fitting(source[start:end], room)
    after = _fitting(source[end : end + MAX_COLUMNS], room - _width(inside)) if end > start or not inside else ""
    line = before + inside + after
    carets = " " * _width(before) + "^" * max(_width(inside), 1)
    margin = " " * len(str(at.line))
    return (f"{margin} |", f"{at.line} | {line}".rstrip(), f"{margin} | {carets}")


def _shown(text: str) -> str:
    return "".join(_TAB if character == "\t" else visible(character) for character in text)


def _fitting(text: str, room: int) -> str:
    """Show as much of a text as fits, with a sign where it is cut."""
    shown: list[str] = []
    for character in text[:MAX_COLUMNS]:
        piece = _shown(character)
        room -= _width(piece)
        if room < 1:
            return "".join(shown) + "…"
        shown.append(piece)
    return "".join(shown) + ("…" if len(text) > MAX_COLUMNS else "")


def _width(text: str) -> int:
    """Columns on a terminal: wide characters take two, combining ones none."""
    if text.isascii():
        return len(text)
    return sum(_columns(character) for character in text)


def _columns(character: str) -> int:
    if unicodedata.combining(character):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1
