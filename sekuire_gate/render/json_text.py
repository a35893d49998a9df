"""JSON as the gate writes it: two-space indent, a final newline, nothing in it that the eye would miss."""

import json
from io import StringIO

from sekuire_gate.render.escape import is_hidden


def dumps(data: object) -> str:
    """Write JSON in the order of its keys; control and bidi characters as ASCII escapes (docs/contract.md 6).

    `##[` is broken up too: who prints a report in a workflow's log should not be obeyed by the runner.
    """
    # Piece by piece: a list of all pieces would take ten times the room of the text.
    buffer = StringIO()
    buffer.writelines(json.JSONEncoder(indent=2, ensure_ascii=False).iterencode(data))
    text = buffer.getvalue()
    # The layout's line breaks aside, a hidden character stands inside a string, where an escape means the same.
    if hidden := {ord(found): _escaped(found) for found in set(text) - {"\n"} if is_hidden(found)}:
        text = text.translate(hidden)
    return text.replace("##[", "##\\u005b") + "\n"


def _escaped(character: str) -> str:
    units = character.encode("utf-16-be", "surrogatepass").hex()
    return "".join(f"\\u{units[at : at + 4]}" for at in range(0, len(units), 4))
