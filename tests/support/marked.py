"""Definitions as literal text in which each claim is marked where it stands: `⟦field@agent|value as written⟧`.

Where the claim says something else than what is written, the mark says what: `⟦field=value@agent|as written⟧`.

What is expected follows from the marks alone, so that no parser says what a parser should have found.
"""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from textwrap import dedent
from typing import NamedTuple

from sekuire_gate.model.manifest import Claim, Manifest
from sekuire_gate.parse.files import Files
from sekuire_gate.parse.folder import Folder
from sekuire_gate.parse.manifest import read_manifest
from sekuire_gate.parse.tools import ToolsFiles

FIELDS = (
    "providers", "models", "tools", "dynamic_tools_files", "capabilities", "approvals", "hosts", "paths", "rates",
    "frameworks", "audits", "identity_paths", "unknown",
)  # fmt: skip
SINGLE_FIELDS = ("sekuire_id", "prompt_hash", "tools_hash")
_MARK = re.compile(r"⟦(?P<labels>[^|⟧]+)\|(?P<written>[^⟧]*)⟧")


class Expected(NamedTuple):
    """One claim, as its mark says."""

    field: str
    value: str
    agent: str | None
    place: str  # path:line:column-end_column


def clean(marked: str) -> str:
    """Return the text without its marks."""
    return _MARK.sub(lambda mark: mark["written"], dedent(marked).lstrip("\n"))


def claims_of(path: str, marked: str) -> Iterator[Expected]:
    """Go over the marks; one value may be a claim of several agents: `⟦tools@a,tools@b|x⟧`."""
    for number, line in enumerate(dedent(marked).lstrip("\n").split("\n"), start=1):
        shift = 0
        for mark in _MARK.finditer(line):
            column = mark.start() - shift + 1
            written = mark["written"]
            shift += len(mark.group()) - len(written)
            for label in mark["labels"].split(","):
                what, _, agent = label.partition("@")
                field, says, value = what.partition("=")
                place = f"{path}:{number}:{column}-{column + len(written)}"
                if not says:
                    value = written.lower() if field == "audits" else written.strip("\"'")
                yield Expected(field, value, agent or None, place)


def write(root: Path, files: Mapping[str, str | bytes]) -> None:
    """Write files below a folder, without their marks; bytes as they are."""
    for path, content in files.items():
        target = root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content if isinstance(content, bytes) else clean(content).encode())


def read(root: Path, path: str = "sekuire.yml") -> Manifest:
    """Read one definition below a folder."""
    files = Files(Folder(root))
    return read_manifest(files, ToolsFiles(files), path)


def found_in(manifest: Manifest) -> list[Expected]:
    """Return all claims of a manifest, in the order that it has them."""
    found: list[Expected] = []
    for field in FIELDS:
        claims: tuple[Claim[object], ...] = getattr(manifest, field)
        found += (_as_expected(field, claim) for claim in claims)
    for field in SINGLE_FIELDS:
        if (claim := getattr(manifest, field)) is not None:
            found.append(_as_expected(field, claim))
    return found


def in_order_of_fields(expected: list[Expected]) -> list[Expected]:
    """Sort marks as `found_in` has its claims: by field, and within one in the order of the marks."""
    order = (*FIELDS, *SINGLE_FIELDS)
    return sorted(expected, key=lambda one: order.index(one.field))


def _as_expected(field: str, claim: Claim[object]) -> Expected:
    at = claim.at
    assert at.on_one_line
    value = str(claim.value).lower() if field == "audits" else str(claim.value)
    return Expected(field, value, claim.agent, f"{at}-{at.end_column}")
