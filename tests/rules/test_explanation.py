"""Explanations and findings are of one mind: over the whole table of rules, and in what is named as the reason."""

import json
from pathlib import Path
from typing import Any

import pytest

from sekuire_gate.model.explanation import Explanation, How, Reason
from sekuire_gate.model.report import Status, Subject
from sekuire_gate.rules import RULES
from sekuire_gate.rules.evaluate import evaluate
from sekuire_gate.rules.explanation import explain
from tests.support.cases import TABLE, definitions_of, judged_rows, policy_of

BY_FILE = pytest.mark.parametrize("name", TABLE)
ABOUT_CLAIMS = {rule.info.id for rule in RULES}
TELLING = (Status.VIOLATION, Status.UNDETERMINED, Status.WARNING)
FITTING = {How.EXACT, How.WILDCARD, How.LOOSE}


@BY_FILE
def test_what_is_found_is_explained_and_what_is_explained_is_found(name: str, tmp_path: Path) -> None:
    for row, policy, definitions in judged_rows(name, tmp_path):
        findings = (found for found in evaluate(policy, definitions).findings if found.rule.id in ABOUT_CLAIMS)
        explained = (one for manifest in definitions.manifests for one in explain(policy, manifest))
        said = {(said.rule, one.value, one.at) for one in explained for said in one.said}
        assert said == {(finding.rule.id, finding.value, finding.at) for finding in findings}, row.id


@BY_FILE
def test_what_became_of_a_claim_is_what_the_table_of_checks_says(name: str, tmp_path: Path) -> None:
    for row, policy, definitions in judged_rows(name, tmp_path):
        for definition in evaluate(policy, definitions).definitions:
            explained = explain(policy, definition.manifest)
            for check in definition.checks:
                about = (check.subject, check.agent)
                statuses = {one.status for one in explained if (one.subject, one.agent) == about}
                worst = next((status for status in TELLING if status in statuses), None)
                assert worst == (check.status if check.status in TELLING else None), row.id


@BY_FILE
def test_the_reasons_say_the_same_as_the_rules_and_lead_to_what_the_policy_says(name: str, tmp_path: Path) -> None:
    for row, policy, definitions in judged_rows(name, tmp_path):
        for one in (one for manifest in definitions.manifests for one in explain(policy, manifest)):
            verbs = {said.rule.partition(".")[2] for said in one.said}
            assert any(denies(reason) for reason in one.reasons) == ("blocked" in verbs), row.id
            assert any(reason.how is How.UNLISTED for reason in one.reasons) == ("not_allowed" in verbs), row.id
            if one.status is Status.PASS:
                assert {reason.how for reason in one.reasons} <= {*FITTING, How.PROVIDER, How.SETTING, How.COMPUTED}
            assert one.reasons or one.said, f"{row.id}: of each claim something is said"
            for reason in one.reasons:
                leads_to_what_it_says(reason, row.content)


def denies(reason: Reason) -> bool:
    return reason.how in FITTING and ("/denied_" in reason.pointer or "/blocked_" in reason.pointer)


def leads_to_what_it_says(reason: Reason, content: object) -> None:
    if reason.how in {How.UNBOUND, How.COMPUTED}:
        assert reason.pointer == ""
        return
    value = at_pointer(content, reason.pointer)
    if reason.how in FITTING:
        assert value == reason.text
    elif reason.how is How.SETTING and not isinstance(value, list):
        assert json.dumps(value) == reason.text
    else:
        assert isinstance(value, list)


def at_pointer(content: Any, pointer: str) -> Any:  # noqa: ANN401 - JSON
    for segment in pointer.split("/")[1:]:
        content = content[int(segment)] if isinstance(content, list) else content[segment]
    return content


MODELS = {"agent": {"models": {"allowed_models": ["gpt-4o", "claude-*"], "denied_models": ["gpt-3.5*"]}}}
PROVIDERS = {"agent": {"models": {"allowed_providers": ["openai"]}}}
TWICE = {"agent": {"capabilities": {"allowed_tools": ["a", "b"]}}, "tools": {"allowed_tools": [{"name": "b"}]}}
DENIED = {"agent": {"capabilities": {"denied_tools": ["rm"]}}, "tools": {"blocked_tools": ["wipe"]}}
NETWORK = {"permissions": {"network": {"require_tls": True, "allowed_domains": ["*.example.com"]}}}
FILES = {"permissions": {"filesystem": {"enabled": False}}}
RATES = {"rate_limits": {"per_agent": {"requests_per_minute": 10}}}
SOC2 = {"compliance": {"frameworks": ["SOC2"]}}
FRAMEWORKS = {"compliance": {"frameworks": ["SOC2"], "require_audit_logging": True}}


@pytest.mark.parametrize(
    ("content", "definition", "subject", "expected"),
    [
        (MODELS, "model: gpt-4o", Subject.MODEL, ["exact /agent/models/allowed_models/0 gpt-4o"]),
        (MODELS, "model: claude-x", Subject.MODEL, ["wildcard /agent/models/allowed_models/1 claude-*"]),
        (MODELS, "model: openai/gpt-4o", Subject.MODEL, ["exact /agent/models/allowed_models/0 gpt-4o as gpt-4o"]),
        (MODELS, "model: gpt-3.5-x", Subject.MODEL, ["wildcard /agent/models/denied_models/0 gpt-3.5*"]),
        (MODELS, "model: GPT_3.5", Subject.MODEL, ["loose /agent/models/denied_models/0 gpt-3.5*"]),
        (MODELS, "model: o3", Subject.MODEL, ["no entry covers it /agent/models/allowed_models"]),
        (MODELS, 'model: "gpt\u20114o"', Subject.MODEL, []),
        (MODELS, "model: ${M}", Subject.MODEL, []),
        (MODELS, "model: ${M:-gpt-4o}", Subject.MODEL, ["exact /agent/models/allowed_models/0 gpt-4o as gpt-4o"]),
        (MODELS, "model: gpt-4o", Subject.PROVIDER, ["nothing binds it"]),
        (PROVIDERS, "model: gpt-4o", Subject.PROVIDER, ["exact /agent/models/allowed_providers/0 openai"]),
        (PROVIDERS, "model: gpt-4o", Subject.MODEL, ["bound by its provider /agent/models/allowed_providers"]),
        (TWICE, "agent: {tools: [b]}", Subject.TOOLS,
            ["exact /agent/capabilities/allowed_tools/1 b", "exact /tools/allowed_tools/0/name b"]),
        (TWICE, "agent: {tools: [a]}", Subject.TOOLS,
            ["exact /agent/capabilities/allowed_tools/0 a", "no entry covers it /tools/allowed_tools"]),
        (DENIED, "agent: {tools: [a]}", Subject.TOOLS,
            ["no entry matches it /agent/capabilities/denied_tools", "no entry matches it /tools/blocked_tools"]),
        (DENIED, "capabilities: [wipe]", Subject.CAPABILITIES, ["exact /tools/blocked_tools/0 wipe"]),
        (NETWORK, "agent: {network: {allow: [a.example.com]}}", Subject.NETWORK,
            ["setting /permissions/network/require_tls true",
             "wildcard /permissions/network/allowed_domains/0 *.example.com"]),
        (FILES, "agent: {filesystem: {allow_read: [/x]}}", Subject.FILESYSTEM,
            ["setting /permissions/filesystem/enabled false"]),
        (RATES, "rate_limits: {requests: {max_per_minute: 5}}", Subject.RATES,
            ["setting /rate_limits/per_agent/requests_per_minute 10"]),
        (RATES, "rate_limits: {requests: {max_per_hour: 5}}", Subject.RATES, ["nothing binds it"]),
        (FRAMEWORKS, "agent: {compliance: {framework: soc2, audit_logging: true}}", Subject.COMPLIANCE,
            ["loose /compliance/frameworks/0 SOC2", "setting /compliance/require_audit_logging true"]),
        (FRAMEWORKS, "agent: {compliance: {framework: gdpr, audit_logging: true}}", Subject.COMPLIANCE,
            ["nothing binds it", "setting /compliance/require_audit_logging true"]),
        (SOC2, "agent: {compliance: {framework: SOC2}}", Subject.COMPLIANCE, ["exact /compliance/frameworks/0 SOC2"]),
        (FRAMEWORKS, "agent: {compliance: {framework: SOC2}}", Subject.COMPLIANCE,
            ["exact /compliance/frameworks/0 SOC2", "setting /compliance/require_audit_logging true"]),
        (SOC2, 'project: {sekuire_id: "${ID}"}', Subject.IDENTITY, []),
    ],
)  # fmt: skip
def test_the_reasons_are_those_entries_and_fit_in_that_way(
    content: object, definition: str, subject: Subject, expected: list[str], tmp_path: Path
) -> None:
    (manifest,) = definitions_of({"sekuire.yml": definition}, tmp_path).manifests
    found = [one for one in explain(policy_of(content), manifest) if one.subject is subject]
    written = [shown(one, reason) for one in found for reason in one.reasons]
    assert sorted(written) == sorted(expected)


def shown(one: Explanation, reason: Reason) -> str:
    form = f"as {reason.form}" if reason.form not in {None, one.value} and reason.how in FITTING else ""
    return " ".join(filter(None, (reason.how.value, reason.pointer, reason.text, form)))


def test_what_is_missing_is_explained_at_the_start_of_the_file(tmp_path: Path) -> None:
    (manifest,) = definitions_of({"sekuire.yml": "project: {}"}, tmp_path).manifests
    (one,) = explain(policy_of(MODELS), manifest)
    assert (one.value, one.at.line, one.status) == ("", 1, Status.UNDETERMINED)
    assert [said.rule for said in one.said] == ["model.undetermined"]


def test_an_inferred_provider_says_from_what(tmp_path: Path) -> None:
    (manifest,) = definitions_of({"sekuire.yml": "model: gpt-4o"}, tmp_path).manifests
    (provider,) = (one for one in explain(policy_of(PROVIDERS), manifest) if one.subject is Subject.PROVIDER)
    assert provider.origin == "the family 'gpt-*' of model 'gpt-4o'"
