"""The schema of reports is the one of docs/contract.md 6: real reports are valid, and whatever is changed is not."""

import copy
import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft7Validator

from sekuire_gate.model.outcome import Outcome
from sekuire_gate.render import json_report, report_schema
from sekuire_gate.rules import ALL_RULES
from tests.support import outcomes

ROOT = Path(__file__).parents[2]
NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
VALIDATOR = Draft7Validator(json.loads(report_schema.render(rule.id for rule in ALL_RULES)))
GOLDEN = sorted((ROOT / "tests/data/golden").glob("*/report.json"))


def report_of(outcome: Outcome) -> dict[str, Any]:
    report: dict[str, Any] = json.loads(json_report.render(outcome, now=NOW))
    return report


VIOLATING = report_of(outcomes.PARTLY_READ)


@pytest.mark.parametrize("name", outcomes.ALL)
def test_the_report_of_every_outcome_is_valid(name: str) -> None:
    assert [error.message for error in VALIDATOR.iter_errors(report_of(outcomes.ALL[name]))] == []


@pytest.mark.parametrize("path", GOLDEN, ids=lambda path: path.parent.name)
def test_every_golden_report_is_valid(path: Path) -> None:
    assert [error.message for error in VALIDATOR.iter_errors(json.loads(path.read_text("utf-8")))] == []


@pytest.mark.parametrize("text", outcomes.HOSTILE, ids=ascii)
def test_a_report_that_hostile_text_reached_is_valid(text: str) -> None:
    errors = [error.json_path for error in VALIDATOR.iter_errors(report_of(outcomes.with_text(text)))]
    # The same value twice, by hand: no run makes that.
    assert {re.sub(r"\d+", "0", path) for path in errors} <= {"$.definitions[0].checks[0].values"}


def objects(node: Any) -> Iterator[dict[str, Any]]:  # noqa: ANN401 - JSON
    if isinstance(node, dict):
        yield node
    for below in node.values() if isinstance(node, dict) else node if isinstance(node, list) else ():
        yield from objects(below)


def test_no_key_may_be_missing_or_added_anywhere_in_a_report() -> None:
    for index, original in enumerate(objects(VIOLATING)):
        changed = copy.deepcopy(VIOLATING)
        next(item for at, item in enumerate(objects(changed)) if at == index)["more"] = 1
        assert not VALIDATOR.is_valid(changed)
        for key in original:
            changed = copy.deepcopy(VIOLATING)
            del next(item for at, item in enumerate(objects(changed)) if at == index)[key]
            assert not VALIDATOR.is_valid(changed), key


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("version", 2),
        ("verdict", "ok"),
        ("exit_code", 6),
        ("exit_reason", "policy.unheard_of"),
        ("mode", "off"),
        ("forced", True),
        ("generated_at", "2026-01-02T03:04:05+00:00"),
        ("definitions", None),
        ("counts", {}),
    ],
)
def test_a_value_of_another_kind_is_not_valid(key: str, value: object) -> None:
    assert not VALIDATOR.is_valid({**VIOLATING, key: value})


def test_the_kinds_of_problems_are_the_closed_list_of_the_contract() -> None:
    contract = (ROOT / "docs/contract.md").read_text("utf-8")
    listed = contract.split("Problem kinds, a closed list:", 1)[1].split("\n## ", 1)[0]
    kinds = re.findall(r"`((?:config|fetch|policy|definition|internal)\.[a-z_]+)`", listed)
    assert sorted(report_schema.PROBLEM_KINDS) == sorted(set(kinds))
