"""Claims and policies: for every rule what is found, and exactly where; the table stands in `table/*.txt`."""

from pathlib import Path

import pytest

from sekuire_gate.model.manifest import Search
from sekuire_gate.model.policy import Policy, Source
from sekuire_gate.model.report import Finding, Report
from sekuire_gate.parse.definitions import read_definitions
from sekuire_gate.parse.folder import Folder
from sekuire_gate.rules import ALL_RULES
from sekuire_gate.rules.evaluate import evaluate
from sekuire_gate.trust.envelope import read_envelope
from sekuire_gate.trust.verify import inspect_policy
from tests.support.signing import as_bytes, signed_document
from tests.support.table import Row, rows

ROWS = tuple(rows())
# No definition at all is no row, and what is proven of a policy stands in no content: test_policy.py.
NOT_IN_THE_TABLE = {"definition.absent", "policy.key_expiring", "policy.ahead_of_lock", "policy.cached"}


def judged(row: Row, root: Path) -> Report:
    for path, text in row.files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text, "utf-8")
    definitions = read_definitions(Folder(root), Search())
    assert definitions.problems == ()
    return evaluate(policy_of(row), definitions)


def policy_of(row: Row) -> Policy:
    return inspect_policy(read_envelope(as_bytes(signed_document(row.content)), Source.FETCHED))


def is_sentence(text: str) -> bool:
    return text.endswith((".", ").")) and "\n\n" not in text


def written(finding: Finding) -> str:
    at = finding.at
    place = f"{at}-{at.end_line}:{at.end_column}" if at else "-"
    return f"{finding.rule.id} {finding.value!a} {place} {finding.agent or '-'}"


@pytest.mark.parametrize("row", ROWS, ids=[row.id for row in ROWS])
def test_the_findings_are_exactly_those_of_the_row(row: Row, tmp_path: Path) -> None:
    findings = judged(row, tmp_path).findings
    assert all(is_sentence(text) for finding in findings for text in (finding.message, finding.fix))
    if not row.names_unrestricted:
        findings = tuple(finding for finding in findings if finding.rule.id != "policy.unrestricted")
    assert sorted(map(written, findings)) == sorted(row.expected)


def test_the_table_has_rows_enough_and_every_rule_in_it_is_found_and_not_found() -> None:
    assert len(ROWS) >= 400
    found = {finding.split(" ")[0] for row in ROWS for finding in row.expected}
    assert found == {info.id for info in ALL_RULES} - NOT_IN_THE_TABLE
    assert any(not row.expected for row in ROWS)


def test_rules_are_listed_in_the_order_of_the_contract() -> None:
    families = list(dict.fromkeys(info.id.partition(".")[0] for info in ALL_RULES))
    assert families == ["provider", "model", "tool", "capability", "network", "filesystem", "rate_limit", "compliance",
                        "identity", "name", "policy", "definition"]  # fmt: skip
    assert [info.id for info in ALL_RULES][-4:-2] == ["definition.unknown_claim", "definition.several"]
