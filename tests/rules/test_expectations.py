"""Definitions of every shape, which say themselves what is found in them: `expect RULE, RULE` in a comment of the line.

`tests/data/expectations/CASE/`: `policy.json` is the content of the policy, all else lies below the root. JSON has no
comments: there the text stands in a value of that line. What is about no line at all is expected in `policy.json`.
"""

import json
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from sekuire_gate.model.manifest import Search
from sekuire_gate.parse.definitions import read_definitions
from sekuire_gate.parse.folder import Folder
from sekuire_gate.rules import ALL_RULES
from sekuire_gate.rules.evaluate import evaluate
from tests.support.cases import policy_of

CASES = sorted(path for path in (Path(__file__).parents[1] / "data/expectations").iterdir() if path.is_dir())
POLICY = "policy.json"

_EXPECT = re.compile(r"#.*?\bexpect ([a-z_]+\.[a-z_]+(?:, [a-z_]+\.[a-z_]+)*)")


def expected(case: Path) -> Iterator[str]:
    """Go over the rules that are expected, each with `path:line`, or `-` for no place."""
    for path in sorted(path for path in case.rglob("*") if path.is_file()):
        for number, line in enumerate(path.read_text("utf-8").splitlines(), 1):
            for rules in _EXPECT.findall(line):
                place = "-" if path.name == POLICY else f"{path.relative_to(case)}:{number}"
                yield from (f"{place} {rule}" for rule in rules.split(", "))


def found(case: Path) -> Iterator[str]:
    """Go over the findings, written in the same way."""
    policy = policy_of(json.loads((case / POLICY).read_text("utf-8")))
    definitions = read_definitions(Folder(case), Search())
    assert definitions.problems == ()
    for finding in evaluate(policy, definitions).findings:
        place = f"{finding.at.path}:{finding.at.line}" if finding.at else "-"
        yield f"{place} {finding.rule.id}"


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_the_findings_are_exactly_those_that_the_lines_say(case: Path) -> None:
    assert sorted(Counter(found(case)).items()) == sorted(Counter(expected(case)).items())


def test_every_rule_is_expected_on_some_line() -> None:
    rules = {line.partition(" ")[2] for case in CASES for line in expected(case)}
    # No definition at all, and what only the key, the lock file or the cache brings about.
    elsewhere = {"definition.absent", "policy.key_expiring", "policy.ahead_of_lock", "policy.cached"}
    assert rules == {rule.id for rule in ALL_RULES} - elsewhere


def test_there_are_cases_enough() -> None:
    assert len(CASES) >= 15
