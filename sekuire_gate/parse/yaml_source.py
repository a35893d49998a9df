"""What the events of a YAML parser do not tell: what stands between the values, and how a scalar is spelt."""

import re

from sekuire_gate.errors import DefinitionError
from sekuire_gate.model.source import Location
from sekuire_gate.parse.limits import too_deep
from sekuire_gate.parse.lines import Lines
from sekuire_gate.parse.refusals import ambiguous

_QUOTED = ("'", '"')  # how PyYAML names the styles

# Blanks, line ends, indicators, and comments that a blank or a line end sets apart. An atomic group: Python before
# 3.11.5 loses the last round of a possessive repeat over them.
_STRUCTURE = re.compile(r"(?>(?:[ \r\n:,-]|(?<![^ \t\r\n])#[^\n]*+)*)")
_AFTER_NAME = (" ", "\t", "\r", "\n", ",", "]", "}")  # of an anchor or an alias
_BLANKS_AND_COMMENTS = re.compile(r"(?>(?:[ \t\r\n]|(?<=[ \t\n])#[^\n]*+)*)")
_BLANKS = re.compile(r"[ \t]*+")
_ONLY_INDENT = re.compile(r"[ \t:-]*+")
_ONLY_BLANK = re.compile(r"[ \t\r]*+(?:#[^\n]*+)?(?=\n|\Z)")
# js-yaml keeps blanks before a fold, and drops an empty line after an escaped one; libyaml does not.
_BLANK_AT_FOLD = re.compile(r"[ \t]\r?\n|\n *\t|\\\r?\n\r?\n")


def skip_blanks(text: str, start: int) -> int:
    """Return where the next thing begins that is neither blank nor comment."""
    return _end_of(_BLANKS_AND_COMMENTS, text, start, len(text))


def refuse_between(lines: Lines, start: int, end: int, *, in_flow: bool) -> None:
    """Refuse what stands between two values and is more than structure.

    Args:
        lines: the file.
        start: where it begins.
        end: where it ends, exclusive.
        in_flow: whether it stands inside brackets, where nothing is told by indentation.

    Raises:
        DefinitionError: `definition.ambiguous`: an explicit key `?`, a tab that indents, a comment without the
            blank before it.
    """
    end = min(end, len(lines.text))  # the parser was given a last line end that the file may lack
    while start < end:
        start = _end_of(_STRUCTURE, lines.text, start, end)
        if start < end:
            _refuse_character(lines, start, in_flow=in_flow)
            start = max(start + 1, _end_of(_BLANKS, lines.text, start, end))


def refuse_scalar(lines: Lines, start: int, end: int, style: str) -> None:
    """Refuse a spelling that js-yaml and libyaml read as two texts, or as none.

    Raises:
        DefinitionError: `definition.ambiguous`.
    """
    if not style and lines.text.startswith(("---", "..."), start) and start == lines.line_start(start):
        at = lines.at(start, start + 3)
        raise ambiguous("text begins like a document marker.", at, "Put it in quotes.")
    written = lines.text[start:end]
    if style in _QUOTED and "\n" in written and (found := _BLANK_AT_FOLD.search(written)):
        at = lines.at(start + found.start(), start + found.end())
        message = "a blank beside a line break inside quotes is kept by some readers and dropped by others."
        raise ambiguous(message, at, "Remove the blank, or write the text on one line.")


def refuse_root(lines: Lines, at: Location) -> None:
    """Refuse a file that is nothing but text over several lines, whose indentation js-yaml minds and libyaml does not.

    Raises:
        DefinitionError: `definition.ambiguous`.
    """
    line = lines.source.line(at.line) or ""
    if not at.on_one_line or line.startswith(("|", ">"), at.column - 1):
        raise ambiguous("the file is nothing but text over several lines.", at, "Write 'key: value'.")


def refuse_merge(key: str, at: Location) -> None:
    """Refuse a merge key, in quotes too: not all readers mind them.

    Raises:
        DefinitionError: `definition.ambiguous`.
    """
    if key == "<<":
        message = "a merge key ('<<') is merged by some readers and not by others."
        raise ambiguous(message, at, "Write the keys out.")


def refuse_header(lines: Lines, start: int, end: int) -> None:
    """Refuse the header of a block scalar (`|`, `>-`) where something follows it at once.

    Raises:
        DefinitionError: `definition.ambiguous`.
    """
    if end < len(lines.text) and not lines.text.startswith((" ", "\t", "\r", "\n"), end):
        at = lines.at(start, end)
        raise ambiguous("something follows the header of a block of text.", at, "Begin the text on the next line.")
    if not lines.text[lines.line_start(start) : start].strip(" "):
        at = lines.at(start, end)
        raise ambiguous("the header of a block of text begins a line.", at, "Write it behind its key.")


def refuse_after_name(lines: Lines, start: int, end: int) -> None:
    """Refuse an anchor or alias whose name goes on for some readers: `&a:b`.

    Raises:
        DefinitionError: `definition.ambiguous`.
    """
    if end < len(lines.text) and not lines.text.startswith(_AFTER_NAME, end):
        raise ambiguous(
            "a name of an anchor goes on for some readers.", lines.at(start, end), "Use letters, digits, '-', '_'."
        )


def refuse_stranded_anchor(lines: Lines, start: int, value: int, *, in_flow: bool) -> None:
    """Refuse an anchor whose value stands on a line below, less indented, or anywhere below inside brackets.

    Raises:
        DefinitionError: `definition.ambiguous`.
    """
    if "\n" not in lines.text[start:value]:
        return
    indent = start - lines.line_start(start)
    begins_line = not lines.text[start - indent : start].strip(" ")
    if in_flow or (begins_line and value - lines.line_start(value) < indent):
        at = lines.at(start, start + 1)
        raise ambiguous("an anchor stands apart from its value.", at, "Write both on one line.")


def refuse_next_dash(lines: Lines, empty: Location, index: int) -> None:
    """Refuse an empty last entry of a list before a `-` of the list around it: js-yaml takes that into the inner one.

    Args:
        lines: the file.
        empty: where the entry would stand.
        index: where the next thing begins.

    Raises:
        DefinitionError: `definition.ambiguous`.
    """
    if lines.text.startswith("-", index):
        raise ambiguous("an entry of the list is empty.", empty, "Remove its '-', or write a value behind it.")


def refuse_flow_scalar(lines: Lines, start: int, end: int) -> None:
    """Refuse a plain scalar inside `[…]` or `{…}` that begins like an indicator.

    Raises:
        DefinitionError: `definition.ambiguous`.
    """
    at = lines.at(start, end)
    if not at.on_one_line:
        raise ambiguous("text inside brackets spans lines without quotes.", at, "Is a comma missing? Else use quotes.")
    if lines.text.startswith(("-", "?", ":"), start):
        first = lines.text[start]
        if first != "-" or end == start + 1:
            raise ambiguous(f"'{first}' begins a value inside brackets.", at, "Put the value in quotes.")


def _refuse_character(lines: Lines, index: int, *, in_flow: bool) -> None:
    at = lines.at(index, index + 1)
    match lines.text[index]:
        case "?":
            raise ambiguous("an explicit key ('?') is not read alike by all.", at, "Write 'key: value'.")
        case "\t":
            if not in_flow and _indents(lines, index):
                raise _tab(lines, index)
        case "#":
            raise ambiguous("'#' without a blank before it is no comment for some readers.", at, "Add a blank.")
        case other:
            raise ambiguous(f"'{other}' is not read alike here.", at, "Remove it, or put the value in quotes.")


def syntax_error(lines: Lines, index: int, problem: str) -> DefinitionError:
    """Return the error for what is no YAML; where a tab is the reason, or a directive, that is what it says.

    Args:
        lines: the file.
        index: where the parser stopped.
        problem: in the parser's words; they hold none of the file's.
    """
    index = min(index, len(lines.text))
    start = lines.line_start(index)
    if "nesting" in problem:  # libyaml's own limit, met while it looked ahead
        return too_deep(lines.at(index, index))
    indent = _ONLY_INDENT.match(lines.text, start)
    if indent and (place := lines.text.find("\t", start, indent.end())) >= 0:
        return _tab(lines, place)
    if lines.text.startswith("%", start):
        return directive(lines, start)
    at = lines.at(index, index)
    return DefinitionError(f"not YAML: {problem}.", kind="definition.syntax", at=at, fix="Correct the syntax here.")


def directive(lines: Lines, start: int) -> DefinitionError:
    """Return the error for a directive, which begins at `start`."""
    return ambiguous(
        "a directive ('%') is not obeyed by all readers.",
        lines.at(start, start + 1),
        "Remove the lines that begin with '%'.",
    )


def tag(lines: Lines, start: int) -> DefinitionError:
    """Return the error for a tag, which begins at `start`."""
    return ambiguous(
        "a tag ('!') is not obeyed by all readers.", lines.at(start, start + 1), "Remove it; use quotes for text."
    )


def _tab(lines: Lines, index: int) -> DefinitionError:
    return ambiguous("a tab indents; readers disagree on how far.", lines.at(index, index + 1), "Indent with spaces.")


def _end_of(pattern: re.Pattern[str], text: str, start: int, end: int) -> int:
    match = pattern.match(text, start, end)
    return match.end() if match else start


def _indents(lines: Lines, index: int) -> bool:
    before = _ONLY_INDENT.match(lines.text, lines.line_start(index), index)
    return before is not None and before.end() == index and not _ONLY_BLANK.match(lines.text, index)
