"""Files and the content of a policy, as a test has them in hand, made into what the rules look at."""

from collections.abc import Iterator, Mapping
from pathlib import Path

from sekuire_gate.model.manifest import Definitions, Search
from sekuire_gate.model.policy import Policy, Source
from sekuire_gate.parse.definitions import read_definitions
from sekuire_gate.parse.folder import Folder
from sekuire_gate.trust.envelope import read_envelope
from sekuire_gate.trust.verify import inspect_policy
from tests.support.signing import as_bytes, signed_document
from tests.support.table import FOLDER, Row, rows

TABLE = sorted(path.name for path in FOLDER.glob("*.txt"))


def policy_of(content: object) -> Policy:
    """Return what a content permits, signed and read as a document."""
    return inspect_policy(read_envelope(as_bytes(signed_document(content)), Source.FETCHED))


def judged_rows(name: str, root: Path) -> Iterator[tuple[Row, Policy, Definitions]]:
    """Go over the rows of one file of the table of rules, each with its policy and its definitions."""
    for number, row in enumerate(row for row in rows() if row.id.startswith(f"{name}:")):
        yield row, policy_of(row.content), definitions_of(row.files, root / str(number))


def definitions_of(files: Mapping[str, str], root: Path) -> Definitions:
    """Write files below a folder, and read the definitions among them."""
    for path, text in files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text, "utf-8")
    return read_definitions(Folder(root), Search())
