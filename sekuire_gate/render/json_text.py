"""JSON as the gate writes it: two-space indent, a final newline, nothing in it that the eye would miss."""

import json
import re

from sekuire_gate.render.escape import is_hidden

# In JSON text everything beyond ASCII stands inside a string, where an escape means the same character.
_BEYOND_ASCII = re.compile("[^\x00-\x7e]")


def dumps(data: object) -> str:
    """Write JSON in the order of its keys; control and bidi characters as ASCII escapes (docs/contract.md 6).

    `##[` is broken up too: who prints a report in a workflow's log should not be obeyed by the runner.
    """
    text = json.dumps(data, indent=2, ensure_ascii=False)
    text = _BEYOND_ASCII.sub(lambda found: _escaped(found.group()), text).replace("##[", "##\\u005b")
    return f"{text}\n"


def _escaped(character: str) -> str:
    if not is_hidden(character):
        return character
    units = character.encode("utf-16-be", "surrogatepass").hex()
    return "".join(f"\\u{units[at : at + 4]}" for at in range(0, len(units), 4))
