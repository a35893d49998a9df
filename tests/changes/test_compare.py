"""Which definitions newly fail or pass, and by which findings."""

from dataclasses import replace

from sekuire_gate.changes.compare import compare_definitions
from sekuire_gate.model.difference import DefinitionDifference
from sekuire_gate.model.manifest import Definitions, Manifest
from sekuire_gate.model.policy import ComplianceRules, Entry, Policy
from sekuire_gate.model.report import Verdict
from tests.support.judging import MANIFEST, POLICY, allows, claim, denies

A = replace(POLICY, tools=allows("read", "rm"))
B = replace(POLICY, tools=allows("read", "write"))


def definition(path: str, *tools: str, at: str | None = None) -> Manifest:
    claims = tuple(claim(tool, f"/{index}/name", path=at or path) for index, tool in enumerate(tools))
    return replace(MANIFEST, path=path, tools=claims)


def compared(a: Policy, b: Policy, *manifests: Manifest) -> tuple[DefinitionDifference, ...]:
    return compare_definitions(a, b, Definitions(manifests))


def test_definitions_newly_fail_newly_pass_and_stay_as_they_were_by_path() -> None:
    manifests = [definition(f"{tools}.yml", *tools.split("+")) for tools in ("read", "rm", "write", "x")]
    found = compared(A, B, *manifests)
    assert [(item.path, item.a.value, item.b.value) for item in found] == [
        ("read.yml", "pass", "pass"),
        ("rm.yml", "pass", "violation"),
        ("write.yml", "violation", "pass"),
        ("x.yml", "violation", "violation"),
    ]
    assert [item.newly_fails for item in found] == [False, True, False, False]
    assert [item.newly_passes for item in found] == [False, False, True, False]


def test_findings_are_new_or_gone_and_what_stays_is_neither() -> None:
    (found,) = compared(A, B, definition("sekuire.yml", "rm", "write", "x"))
    assert [(item.rule.id, item.value) for item in found.new] == [("tool.not_allowed", "rm")]
    assert [(item.rule.id, item.value) for item in found.gone] == [("tool.not_allowed", "write")]


def test_another_rule_at_the_same_value_is_new() -> None:
    (found,) = compared(A, replace(A, tools=denies("x")), definition("sekuire.yml", "x"))
    assert [item.rule.id for item in found.new] == ["tool.blocked"]
    assert [item.rule.id for item in found.gone] == ["tool.not_allowed"]


def test_a_tools_file_that_two_definitions_name_fails_both() -> None:
    shared = [definition(path, "rm", at="tools.json") for path in ("a.yml", "b.yml")]
    assert [(item.path, item.newly_fails, len(item.new)) for item in compared(A, B, *shared)] == [
        ("a.yml", True, 1),
        ("b.yml", True, 1),
    ]


def test_what_is_found_about_the_policy_alone_blocks_and_is_no_finding_of_a_definition() -> None:
    (found,) = compared(A, replace(A, unknown=("agent.x",)), definition("sekuire.yml", "rm"))
    assert (found.a, found.b, found.new, found.gone) == (Verdict.PASS, Verdict.UNDETERMINED, (), ())


def test_a_framework_in_another_spelling_is_the_same_finding() -> None:
    a, b = (
        replace(POLICY, compliance=ComplianceRules((Entry(text, "/compliance/frameworks/0"),)))
        for text in ("SOC2", "soc2")
    )
    (found,) = compared(a, b, definition("sekuire.yml", "rm"))
    assert (found.new, found.gone) == ((), ())
