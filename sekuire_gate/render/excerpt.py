"""The source line of a place, with carets under the range."""

import unicodedata
from functools import lru_cache

from sekuire_gate.model.source import Location, SourceText
from sekuire_gate.render.escape import visible

MAX_COLUMNS = 120  # of one source line on the screen
CONTEXT = 40  # code points shown before a range that begins far to the right
_TAB = "    "


def excerpt(at: Location) -> tuple[str, ...]:
    """Return the lines to print below a place: a margin, the source line, the carets; () where it is not known.

    Of a long line the part around the range is shown. A range that goes on in the next line ends at its line's end.
    """
    source = _line(at.text, at.line) if at.text else None
    if source is None:
        return ()
    start = min(at.column - 1, len(source))
    end = len(source) if at.end_line > at.line else min(at.end_column - 1, len(source))
    first = start - CONTEXT if start > MAX_COLUMNS - CONTEXT else 0
    before = ("…" if first else "") + _shown(source[first:start])
    room = MAX_COLUMNS - _width(before)
    inside = _fitting(source[start : min(end, start + MAX_COLUMNS + 1)], room)
    after = _fitting(source[end : end + MAX_COLUMNS], room - _width(inside)) if end > start or not inside else ""
    line = before + inside + after
    carets = " " * _width(before) + "^" * max(_width(inside), 1)
    margin = " " * len(str(at.line))
    return (f"{margin} |", f"{at.line} | {line}".rstrip(), f"{margin} | {carets}")


@lru_cache(maxsize=1)  # thousands of findings may stand on one long line
def _line(text: SourceText, number: int) -> str | None:
    return text.line(number)


def _shown(text: str) -> str:
    if "\t" not in text:
        return visible(text)
    return "".join(_TAB if character == "\t" else visible(character) for character in text)


def _fitting(text: str, room: int) -> str:
    """Show as much of a text as fits, with a sign where it is cut."""
    cut = "…" if len(text) > MAX_COLUMNS else ""
    text = text[:MAX_COLUMNS]
    whole = _shown(text)
    if _width(whole) < room:
        return whole + cut
    shown: list[str] = []
    for character in text:
        piece = _shown(character)
        room -= _width(piece)
        if room < 1:
            return "".join(shown) + "…"
        shown.append(piece)
    return "".join(shown) + cut


def _width(text: str) -> int:
    """Columns on a terminal: wide characters take two, combining ones none."""
    if text.isascii():
        return len(text)
    return sum(_columns(character) for character in text)


def _columns(character: str) -> int:
    if unicodedata.combining(character):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1
