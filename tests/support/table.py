"""Reads the table of claims and policies in `tests/rules/table/*.txt`, which people read as it stands.

    == what the rows below have in common
    policy agent.models.allowed_models ["gpt-4o"]

    another model        | llm: {model: «gpt-4»}                     | model.not_allowed gpt-4
    one inside a file    | agent: {tools: t.json} ++ t.json: ["…"]   | tool.blocked x #2 @mail

Cells: what the row shows; the definition, `⏎` between lines, further files after `++`; what is found, `;` between
findings. `«…»` marks a place and is taken away before anything reads the text. A finding is `rule value`, the value
in JSON where it is no single word, then its place: the first mark unless `#2`, `1:1` or `-` (none) says otherwise;
then the agent. `policy.unrestricted` stands in every report: it is compared where a row names it.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent.parent / "rules" / "table"
DEFINITION = "sekuire.yml"

_FINDING = re.compile(
    r"(?P<rule>[a-z_.]+)"
    r'(?: (?P<value>"(?:[^"\\]|\\.)*"|[^\s#@"-]\S*))?'
    r"(?: (?P<place>#\d|1:1|-))?"
    r"(?: @(?P<agent>\S+))?"
)


@dataclass(frozen=True)
class Row:
    """One row of the table."""

    id: str  # file:line, and what it shows
    content: dict[str, Any]
    files: dict[str, str]  # by path, marks taken away
    expected: tuple[str, ...]  # each as `rule value path:line:column-line:column agent`, in any order

    @property
    def names_unrestricted(self) -> bool:
        """Whether the row is about `policy.unrestricted`."""
        return any(finding.startswith("policy.unrestricted ") for finding in self.expected)


def rows() -> Iterator[Row]:
    """Yield every row of every file."""
    for path in sorted(FOLDER.glob("*.txt")):
        content: dict[str, Any] = {}
        fresh = False
        for number, line in enumerate(path.read_text("utf-8").splitlines(), 1):
            if line.startswith("=="):
                content, fresh = {}, True
            elif line.startswith("policy "):
                assert fresh, f"{path.name}:{number}: a policy after its rows"
                _, name, value = line.split(" ", 2)
                _put(content, name.split("."), json.loads(value))
            elif "|" in line:
                fresh = False
                yield _row(f"{path.name}:{number}", content, *(cell.strip() for cell in line.split("|")))
            else:
                assert not line.strip() or line.startswith("#"), f"{path.name}:{number}: no row"


def _put(content: dict[str, Any], names: list[str], value: object) -> None:
    for name in names[:-1]:
        content = content.setdefault(name, {})
    content[names[-1]] = value


def _row(where: str, content: dict[str, Any], title: str, definition: str, findings: str) -> Row:
    files: dict[str, str] = {}
    marks: list[str] = []
    first, *others = definition.split(" ++ ")
    for path, marked in ((DEFINITION, first), *(other.split(": ", 1) for other in others)):
        files[path], found = _unmarked(path, marked.replace("⏎ ", "\n").replace("⏎", "\n"))
        marks += found
    expected = tuple(_expected(where, finding.strip(), marks) for finding in findings.split(";") if finding.strip())
    return Row(f"{where} {title}", content, files, expected)


def _unmarked(path: str, marked: str) -> tuple[str, list[str]]:
    """Take the marks away; each was a range."""
    places: list[str] = []
    text, start, line, column = "", "", 1, 1
    for character in marked:
        if character == "«":
            start = f"{line}:{column}"
        elif character == "»":
            places.append(f"{path}:{start}-{line}:{column}")
        else:
            text += character
            line, column = (line + 1, 1) if character == "\n" else (line, column + 1)
    return text + "\n", places


def _expected(where: str, finding: str, marks: list[str]) -> str:
    match = _FINDING.fullmatch(finding)
    assert match is not None, f"{where}: '{finding}' is no finding"
    value = match["value"] or ""
    value = json.loads(value) if value.startswith('"') else value
    match match["place"]:
        case "1:1":
            place = f"{DEFINITION}:1:1-1:1"
        case "-":
            place = "-"
        case number:
            index = int((number or "#1")[1:])
            assert index <= len(marks), f"{where}: no mark {index}"
            place = marks[index - 1]
    return f"{match['rule']} {value!a} {place} {match['agent'] or '-'}"
