"""Observations become findings: each once, in order, with a fingerprint that stays while lines move."""

from dataclasses import replace
from pathlib import Path

import blake3
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sekuire_gate.model.manifest import Claim, Definitions, Manifest, Search
from sekuire_gate.model.policy import (
    ComplianceRules,
    Entry,
    FilesystemRules,
    NameRules,
    NetworkRules,
    Policy,
)
from sekuire_gate.model.problem import ExitCode, Problem
from sekuire_gate.model.report import Level, Status, Verdict
from sekuire_gate.model.source import Location, Pointer
from sekuire_gate.parse.definitions import read_definitions
from sekuire_gate.parse.folder import Folder
from sekuire_gate.rules import ALL_RULES, POLICY_RULES, RULES, SEARCH_RULES
from sekuire_gate.rules.evaluate import evaluate
from tests.support.judging import MANIFEST, POLICY, allows, claim, denies, judged

NO_TOOLS = replace(POLICY, tools=denies("*"))


def test_every_rule_has_an_id_of_its_own_and_a_help_page() -> None:
    assert len({rule.id for rule in ALL_RULES}) == len(ALL_RULES) == len(RULES) + len(POLICY_RULES) + len(SEARCH_RULES)
    assert all(rule.summary.endswith(".") and rule.help.startswith(rule.summary) for rule in ALL_RULES)


def test_what_cannot_tell_says_so_and_blocks() -> None:
    undetermined = {rule.id for rule in ALL_RULES if rule.undetermined}
    assert undetermined == {rule.id for rule in ALL_RULES if rule.id.endswith(".undetermined")} | {
        "policy.unknown_rule"
    }
    assert all(rule.level is Level.ERROR for rule in ALL_RULES if rule.undetermined)


def test_a_tool_that_one_agent_names_is_that_agents() -> None:
    finding = judged(NO_TOOLS, replace(MANIFEST, agents=("a",), tools=(claim("rm", "/0/name", agent="a"),))).findings[0]
    assert finding.agent == "a"


@pytest.mark.parametrize(
    "agents", [("a", "b"), (None, "a"), ("b", None, "a")], ids=["two agents", "definition and agent", "all"]
)
def test_a_tools_file_that_several_name_is_judged_once_and_nobodys(agents: tuple[str | None, ...]) -> None:
    tools = tuple(claim("rm", "/0/name", agent=agent, path="tools.json") for agent in agents)
    (finding,) = judged(NO_TOOLS, replace(MANIFEST, agents=("a", "b"), tools=tools)).findings
    assert finding.agent is None
    assert finding.at == tools[0].at


def test_a_tools_file_that_two_definitions_name_is_judged_once_and_counts_in_both() -> None:
    tools = (claim("rm", "/0/name", agent="a", path="tools.json"),)
    one = replace(MANIFEST, path="a/sekuire.yml", agents=("a",), tools=tools)
    report = judged(NO_TOOLS, one, replace(one, path="b/sekuire.yml"))
    assert [finding.agent for finding in report.findings] == [None]
    for definition in report.definitions:
        assert Status.VIOLATION in {check.status for check in definition.checks if check.agent == "a"}


def test_findings_are_in_order_of_place_then_rule_then_value_and_those_without_a_place_last() -> None:
    policy = replace(NO_TOOLS, unknown=("z", "a"), models=allows("x"), compliance=_frameworks("s", "p"))
    first = replace(
        MANIFEST,
        path="a.yml",
        models=(claim("m", line=9, path="a.yml"),),
        tools=(claim("t", "/t/0", line=10, path="a.yml"), claim("s", "/t/1", line=2, path="a.yml")),
    )
    found = judged(policy, replace(first, path="b.yml", models=(), tools=()), first).findings
    assert [(item.at.path if item.at else None, item.rule.id, item.value) for item in found] == [
        ("a.yml", "compliance.framework", "p"),
        ("a.yml", "compliance.framework", "s"),
        ("a.yml", "tool.blocked", "s"),
        ("a.yml", "model.not_allowed", "m"),
        ("a.yml", "tool.blocked", "t"),
        ("b.yml", "compliance.framework", "p"),
        ("b.yml", "compliance.framework", "s"),
        ("b.yml", "model.undetermined", ""),
        (None, "policy.unknown_rule", "a"),
        (None, "policy.unknown_rule", "z"),
    ]


def _frameworks(*names: str) -> ComplianceRules:
    return ComplianceRules(tuple(Entry(name, f"/compliance/frameworks/{index}") for index, name in enumerate(names)))


@pytest.mark.parametrize(
    ("pointer", "kept"),
    [
        (Pointer("/agent/tools/3", (2,)), "/agent/tools"),
        (Pointer("/0/function/name", (0,)), "/function/name"),
        (Pointer("/a/0/1/b", (1, 2)), "/a/b"),
        (Pointer("/agents/1/tools/1", (3,)), "/agents/1/tools"),
        (Pointer("/1", ()), "/1"),
        ("/a/01/x1/-1", "/a/01/x1/-1"),
        ("", ""),
    ],
)
def test_a_fingerprint_is_over_rule_path_pointer_without_indexes_and_value(pointer: str, kept: str) -> None:
    (finding,) = judged(NO_TOOLS, replace(MANIFEST, tools=(claim("rm", pointer),))).findings
    text = f"tool.blocked\0sekuire.yml\0{kept}\0rm"
    assert finding.fingerprint == blake3.blake3(text.encode()).hexdigest()[:32]


def test_agents_whose_keys_are_digits_have_fingerprints_of_their_own(tmp_path: Path) -> None:
    (tmp_path / "sekuire.yml").write_text('agents: {"1": {tools: [rm]}, "2": {tools: [rm]}}')
    found = evaluate(replace(POLICY, tools=denies("rm")), read_definitions(Folder(tmp_path), Search())).findings
    texts = [f"tool.blocked\0sekuire.yml\0/agents/{key}/tools\0{tool}" for key, tool in (("1", "rm"), ("2", "rm"))]
    assert [item.fingerprint for item in found if item.rule.id == "tool.blocked"] == [
        blake3.blake3(text.encode()).hexdigest()[:32] for text in texts
    ]


def test_a_fingerprint_of_a_finding_without_a_place_is_over_empty_path_and_pointer() -> None:
    (finding,) = judged(replace(POLICY, unknown=("budget",)), MANIFEST).findings
    assert finding.fingerprint == blake3.blake3(b"policy.unknown_rule\0\0\0budget").hexdigest()[:32]


def test_a_name_with_half_a_surrogate_pair_has_a_fingerprint() -> None:
    found = judged(NO_TOOLS, replace(MANIFEST, tools=(claim("r\ud800m", "/t/0"),))).findings
    assert [item.rule.id for item in found] == ["name.not_plain", "tool.blocked"]
    assert all(len(item.fingerprint) == 32 for item in found)


@pytest.mark.parametrize(
    ("unknown", "tools", "verdict"),
    [
        ((), (), Verdict.PASS),
        (("budget",), (), Verdict.UNDETERMINED),
        ((), ("rm",), Verdict.VIOLATION),
        (("budget",), ("rm",), Verdict.VIOLATION),
    ],
    ids=["nothing", "cannot tell", "certain", "both"],
)
def test_what_is_certain_decides_before_what_is_not(
    unknown: tuple[str, ...], tools: tuple[str, ...], verdict: Verdict
) -> None:
    manifest = replace(MANIFEST, tools=tuple(claim(tool, "/t/0") for tool in tools))
    assert judged(replace(NO_TOOLS, unknown=unknown), manifest).verdict is verdict


def test_no_definition_at_all_is_said_where_it_is_permitted() -> None:
    report = evaluate(POLICY, Definitions(excluded=3))
    assert {finding.rule.id for finding in report.findings} == {"definition.absent", "policy.unrestricted"}
    assert report.verdict is Verdict.PASS
    assert report.excluded == 3


def test_an_unreadable_definition_is_not_an_absent_one() -> None:
    unreadable = Problem("definition.syntax", "x.", "y.", ExitCode.DEFINITION)
    report = evaluate(POLICY, Definitions(problems=(unreadable,)))
    assert "definition.absent" not in {finding.rule.id for finding in report.findings}


TEXTS = st.one_of(
    st.text(st.characters(), max_size=8),
    st.text("ab*/-_ ${}:.", max_size=12),
    st.sampled_from(
        ["gpt-4o", "openai", "openai/gpt-4o", "files:*", "${A:-openai/x}", "models/x", "claude-3", "\ud800"]
    ),
    st.sampled_from(["http://a.b:8/c", "*.b", "[::1]", "127.1", "/a/../*", "../a", "~/a", "/a/*/b"]),
)
POINTERS = st.sampled_from(["/llm/model", "/llm/provider", "/model", "/provider", "/a/0/b", "", "/"])
CLAIMS = st.lists(
    st.builds(
        Claim,
        TEXTS,
        st.builds(Location, st.sampled_from(["a.yml", "t.json"]), *[st.integers(1, 3)] * 4, POINTERS),
        st.sampled_from([None, "a", "b"]),
    ),
    max_size=4,
).map(tuple)
ENTRIES = st.lists(st.builds(Entry, TEXTS, st.sampled_from(["/a/b/0", "", "/", "/x"])), min_size=1, max_size=3).map(
    tuple
)
LISTS = st.builds(NameRules, st.lists(ENTRIES, max_size=2).map(tuple), st.one_of(st.just(()), ENTRIES))


MANIFESTS = st.builds(
    Manifest,
    path=st.just("a.yml"),
    blake3=st.just("0" * 64),
    text=st.just(MANIFEST.text),
    providers=CLAIMS,
    models=CLAIMS,
    tools=CLAIMS,
    dynamic_tools_files=CLAIMS,
    capabilities=CLAIMS,
    approvals=CLAIMS,
    hosts=CLAIMS,
    paths=CLAIMS,
    unknown=CLAIMS,
    identity_paths=CLAIMS,
    frameworks=CLAIMS,
    agents=st.just(("a", "b")),
)
POLICIES = st.builds(
    Policy,
    proof=st.just(POLICY.proof),
    label=st.just(POLICY.label),
    providers=LISTS,
    models=LISTS,
    tools=LISTS,
    capabilities=LISTS,
    network=st.builds(NetworkRules, st.just(True), st.booleans(), LISTS),
    filesystem=st.builds(FilesystemRules, st.just(True), LISTS, st.sampled_from([(), (".b",)])),
    tool_approval=st.booleans(),
    compliance=st.builds(ComplianceRules, ENTRIES, st.booleans()),
)


@settings(max_examples=300, deadline=None)
@given(POLICIES, MANIFESTS)
def test_any_claims_under_any_lists_give_a_report_with_one_answer_for_each_value(
    policy: Policy, manifest: Manifest
) -> None:
    found = judged(policy, manifest).findings
    keys = [(item.rule.id, item.at and (item.at.path, item.at.pointer), item.value) for item in found]
    assert len(keys) == len(set(keys))
    refused = [(rule.split(".")[0], place, value) for rule, place, value in keys if rule.endswith(REFUSALS)]
    assert len(refused) == len(set(refused))


REFUSALS = (".blocked", ".not_allowed")
