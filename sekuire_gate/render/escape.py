r"""Foreign text made visible and inert: once, in the renderer that knows the destination.

Whatever a definition, a policy or a server wrote is hostile until it went through here. `visible` shows what
the eye would miss as escapes (`\n`, `\x1b`, `\u202e`), and doubles each backslash, so that an escape in a report
always stands for the character and never for the letters of the escape. What a destination would obey is then
broken up in the same notation: a runner's `##[` becomes `##\x5b`.
"""

import re

from sekuire_gate.model.unseen import UNSEEN

MAX_VALUE = 200  # code points of one value; what is longer says how long it is
MAX_MESSAGE = 1000  # code points of one message in a log or a table cell
MAX_SPAN = 120  # characters of one code span inside a sentence: a table's cell grows as wide as its longest word

_SHORT = {"\n": r"\n", "\r": r"\r", "\t": r"\t", "\\": r"\\"}

# In a code span nothing is obeyed but its own end. The pipe would end the table's cell, `<` is for readers that
# look for HTML first, and blanks at an edge or in a row would be lost.
_SPECIAL_IN_CODE = re.compile(r"[`|<]|(?<=##)\[|^ | $| (?= )")
# A piece begins after a blank and ends before one: two code spans that touch would be one of another length.
_PIECE = re.compile(r"(?<!\S)'(.+?)'([.,;:]*)(?!\S)|\((\S+)\)([.,;:]*)(?!\S)|(\S+)")
# Words that no stage of GitHub's Markdown makes anything of: no digits beside letters (GH-1, commits), no dot,
# slash, colon or @ inside (links, mentions, emoji), one hyphen at most (GHSA-…).
_PROSE = re.compile(r"\(?(?:[A-Za-z]?[a-z]+(?:['-][a-z]+)?|[AI]|[A-Z]{2,12}|[0-9]{1,6})\)?[.,;:!?]?")
_COMMIT = re.compile(r"[0-9a-f]{7,}")
_TAIL = re.compile(r"(.*?[^.,;:])([.,;:]*)")


def is_hidden(character: str) -> bool:
    """Whether a reader would not see this character, or see another order of the text: not so for a plain blank."""
    return not character.isprintable() or UNSEEN.match(character) is not None


def visible(text: str) -> str:
    """Show control, direction, zero-width, ignorable and unassigned characters, odd blanks and lone surrogates."""
    if text.isascii() and text.isprintable() and "\\" not in text:
        return text
    return "".join(map(_shown, text))


def shortened(text: str, limit: int = MAX_VALUE) -> str:
    """Cut a text at `limit` code points, saying how long it was."""
    return text if len(text) <= limit else f"{text[:limit]}…({len(text):,} characters)"


def inert_line(line: str) -> str:
    r"""Break up what a runner would obey in a line of a log: `##[` anywhere, `::` after nothing but blanks.

    The line is made of visible text: a runner also ends a line at a lone `\r`.
    """
    line = line.replace("##[", r"##\x5b")
    start = len(line) - len(line.lstrip())
    return line[:start] + r"\x3a" + line[start + 1 :] if line.startswith("::", start) else line


def for_log(text: str, limit: int = MAX_MESSAGE) -> str:
    """One line of foreign text for a console or a log."""
    return inert_line(visible(shortened(text, limit)))


def for_command(text: str, limit: int) -> str:
    """Text for a workflow command's message or property, at most `limit` characters; the toolkit's escaping follows.

    `::` is broken up everywhere: a local runner takes the last one for the end of the properties.
    """
    shown = visible(shortened(text, limit)).replace("##[", r"##\x5b").replace("::", r":\x3a")
    if shown.startswith(":"):
        shown = r"\x3a" + shown[1:]
    return shown if len(shown) <= limit else f"{shown[: limit - 1]}…"


def markdown_code(text: str, limit: int = MAX_VALUE) -> str:
    """Show a value as a code span, inert in a table's cell too: nothing inside is a link, a mention or HTML."""
    return _code(visible(shortened(text, limit)))


def for_markdown(text: str, limit: int = MAX_MESSAGE) -> str:
    """A sentence for Markdown: plain words stay as they are, everything else is put in code spans.

    Escaping single characters would not do: GitHub looks for mentions, issues and emoji after it has resolved the
    escapes, and only code is left alone.
    """
    return _PIECE.sub(_piece, visible(shortened(text, limit)))


def _shown(character: str) -> str:
    if character in _SHORT:
        return _SHORT[character]
    return _escape(character) if is_hidden(character) else character


def _escape(character: str) -> str:
    code = ord(character)
    if code <= 0xFF:  # noqa: PLR2004 - what two hex digits hold
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"  # noqa: PLR2004 - what four hex digits hold


def _code(shown: str) -> str:
    return f"`{_SPECIAL_IN_CODE.sub(lambda found: _escape(found.group()), shown)}`" if shown else "-"


def _piece(found: re.Match[str]) -> str:
    if _PROSE.fullmatch(found.group()) and not _COMMIT.search(found.group()):
        return found.group()
    quoted, after_quoted, bracketed, after_bracketed, word = found.groups()
    if quoted is not None:
        return f"{_span(quoted)}{after_quoted}"
    if bracketed is not None:
        return f"({_span(bracketed)}){after_bracketed}"
    tail = _TAIL.fullmatch(word)
    return _span(tail[1]) + tail[2] if tail else _span(word)


def _span(shown: str) -> str:
    return _code(shown if len(shown) <= MAX_SPAN else f"{shown[:MAX_SPAN]}…")
