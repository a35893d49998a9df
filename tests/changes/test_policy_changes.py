"""What a change of a policy's content permits and forbids newly, subject by subject."""

from dataclasses import replace
from typing import Any

import pytest

from sekuire_gate.changes.policy_changes import policy_changes
from sekuire_gate.model.difference import Document
from sekuire_gate.model.policy import Policy, Source, Trust
from sekuire_gate.trust.envelope import read_envelope
from sekuire_gate.trust.verify import inspect_policy
from tests.support.signing import as_bytes, signed_document

Content = dict[str, Any]


def policy(content: Content) -> Policy:
    """The policy of a content, which says something at least."""
    whole = {"rate_limits": {}, "compliance": {"require_audit_logging": False}, **content}
    return inspect_policy(read_envelope(as_bytes(signed_document(whole)), Source.FILE))


def said(a: Content, b: Content) -> list[str]:
    """Each change as its subject, effect and value."""
    found = policy_changes(policy(a), policy(b))
    return [f"{change.subject} {change.effect.value} {change.value}" for change in found]


def models(**lists: list[str]) -> Content:
    return {"agent": {"models": lists}}


def tools(**lists: object) -> Content:
    return {"agent": {"capabilities": lists}}


def network(**section: object) -> Content:
    return {"permissions": {"network": section}}


def files(**section: object) -> Content:
    return {"permissions": {"filesystem": section}}


def services(*listed: object, **section: object) -> Content:
    return {"permissions": {"api": {"allowed_services": list(listed), **section}}}


def rates(**limits: int) -> Content:
    return {"rate_limits": {"per_agent": limits}}


def compliance(**section: object) -> Content:
    return {"compliance": section}


UNRESTRICTED: Content = {}


@pytest.mark.parametrize(
    ("a", "b", "expected"),
    [
        (
            models(allowed_providers=["openai"]),
            models(allowed_providers=["openai", "azure"]),
            ["provider permits azure"],
        ),
        (models(allowed_models=["a", "b"]), models(allowed_models=["b", "a", "a"]), []),
        (models(denied_models=["a"]), models(blocked_models=["A"]), []),
        (models(allowed_models=["a"]), UNRESTRICTED, ["model permits_rest None"]),
        (UNRESTRICTED, models(allowed_models=["*"]), ["model forbids None"]),
        (models(denied_models=["a"]), UNRESTRICTED, ["model permits a", "model permits None"]),
        (
            tools(allowed_tools=["a"], denied_tools=["x"]),
            tools(allowed_tools=["a"], denied_tools=["x", "y"]),
            ["capabilities forbids y"],
        ),
        (
            tools(allowed_tools=["files:*"]),
            tools(allowed_tools=["files:*"], denied_tools=["y"]),
            ["tools may_forbid y", "tools may_forbid None", "capabilities forbids y", "capabilities forbids None"],
        ),
        (
            tools(allowed_tools=["files:*"], denied_tools=["y"]),
            tools(allowed_tools=["files:*"]),
            ["tools may_permit y", "tools may_permit None", "capabilities permits y", "capabilities permits None"],
        ),
        (
            tools(allowed_tools=["a", "y"]),
            tools(allowed_tools=["a", "y"], denied_tools=["y"]),
            ["tools forbids y", "capabilities forbids y", "capabilities forbids None"],
        ),
        (
            tools(allowed_tools=["a", "y"], denied_tools=["y"]),
            tools(allowed_tools=["a", "y"]),
            ["tools permits y", "capabilities permits y", "capabilities permits None"],
        ),
        (
            UNRESTRICTED,
            tools(denied_tools=["y"]),
            [
                "tools forbids y",
                "tools forbids None",
                "tools may_forbid None",
                "capabilities forbids y",
                "capabilities forbids None",
            ],
        ),
        (tools(allowed_tools=["a"]), {"tools": {"allowed_tools": [{"name": "a"}]}}, []),
        (
            tools(allowed_tools=["a", "b"]),
            {**tools(allowed_tools=["a", "b"]), "tools": {"allowed_tools": [{"name": "b"}]}},
            ["tools forbids a"],
        ),
        (UNRESTRICTED, tools(require_tool_approval=True), ["tools demands approval before tools are called"]),
        (
            tools(require_tool_approval=True),
            tools(require_tool_approval=False),
            ["tools no_longer_demands approval before tools are called"],
        ),
    ],
    ids=str,
)
def test_lists_of_names_are_compared_by_effect(a: Content, b: Content, expected: list[str]) -> None:
    assert said(a, b) == expected


@pytest.mark.parametrize(
    ("a", "b", "expected"),
    [
        (UNRESTRICTED, network(enabled=False, allowed_domains=["a.com"]), ["network forbids None"]),
        (network(enabled=False), network(allowed_domains=["a.com"]), ["network permits None"]),
        (network(enabled=False), network(enabled=False, require_tls=True, allowed_domains=["a.com"]), []),
        (UNRESTRICTED, network(require_tls=True), ["network forbids http, ws", "network forbids None"]),
        (
            network(require_tls=True, allowed_domains=["*"]),
            network(allowed_domains=["*"]),
            ["network permits http, ws"],
        ),
        (
            network(allowed_domains=["*.a.com"]),
            network(allowed_domains=["*.a.com", "b.a.com", "b.com"]),
            ["network permits b.com"],
        ),
        (UNRESTRICTED, files(enabled=False), ["filesystem forbids None"]),
        (
            files(allowed_paths=["/tmp/*"]),
            files(allowed_paths=["/tmp/*", "/tmp/a"], blocked_paths=["/tmp/b"]),
            ["filesystem forbids /tmp/b", "filesystem may_forbid None"],
        ),
        (
            files(allowed_paths=["/tmp/*"], blocked_paths=["/tmp/b"]),
            files(allowed_paths=["/tmp/*"]),
            ["filesystem permits /tmp/b", "filesystem may_permit None"],
        ),
        (
            files(allowed_paths=["/a"]),
            files(allowed_paths=["/a"], blocked_paths=["/a/b"]),
            ["filesystem forbids /a"],
        ),
        (UNRESTRICTED, files(blocked_paths=["/b"]), ["filesystem forbids /b", "filesystem forbids None"]),
        (UNRESTRICTED, files(allowed_extensions=[".py"]), ["filesystem forbids_rest None"]),
        (files(allowed_extensions=[".py"]), UNRESTRICTED, ["filesystem permits_rest None"]),
        (
            files(allowed_extensions=[".py", "md"]),
            files(allowed_extensions=["py", ".txt"]),
            ["filesystem permits .txt", "filesystem forbids md"],
        ),
        (files(allowed_extensions=[".c*"]), files(allowed_extensions=["*.c*", ".csv"]), []),
        (
            files(allowed_extensions=["csv"]),
            files(allowed_extensions=["c*", ".a.b"]),
            ["filesystem permits_part c*"],
        ),
    ],
    ids=str,
)
def test_network_and_files_are_compared_with_their_switches(a: Content, b: Content, expected: list[str]) -> None:
    assert said(a, b) == expected


@pytest.mark.parametrize(
    ("a", "b", "expected"),
    [
        (services("mail"), services({"service_name": "mail"}, "pay"), ["services permits pay"]),
        (services("mail"), services("mail", enabled=False), ["services forbids None"]),
        (UNRESTRICTED, services("mail"), ["services forbids_rest None"]),
        (services("mail"), services({"name": "mail", "endpoints": ["/a"]}), ["services may_forbid mail"]),
        (
            services({"name": "mail", "endpoints": ["/a", "/b"]}),
            services({"name": "mail", "endpoints": ["/b", "/c"]}),
            ["services may_permit mail", "services may_forbid mail"],
        ),
        (
            services({"name": "mail", "endpoints": ["/a"]}),
            services({"name": "mail", "endpoints": ["/a"]}, "mail"),
            ["services may_permit mail"],
        ),
    ],
    ids=str,
)
def test_services_are_compared_with_their_endpoints(a: Content, b: Content, expected: list[str]) -> None:
    assert said(a, b) == expected


@pytest.mark.parametrize(
    ("a", "b", "expected"),
    [
        (UNRESTRICTED, rates(requests_per_minute=0), ["rates forbids requests_per_minute=0"]),
        (rates(tokens_per_hour=9), UNRESTRICTED, ["rates permits tokens_per_hour"]),
        (rates(requests_per_hour=9), rates(requests_per_hour=8), ["rates forbids requests_per_hour=8"]),
        (rates(requests_per_hour=9), rates(requests_per_hour=10), ["rates permits requests_per_hour=10"]),
        (
            compliance(frameworks=["SOC2"]),
            compliance(frameworks=["soc-2", "SOC_2"]),
            ["compliance demands soc-2", "compliance no_longer_demands SOC2"],
        ),
        (
            compliance(frameworks=["PCI_DSS", "X"]),
            compliance(frameworks=["pci-dss"]),
            ["compliance no_longer_demands X"],
        ),
        (UNRESTRICTED, compliance(require_audit_logging=True), ["compliance demands audit logging"]),
        (UNRESTRICTED, compliance(data_residency="eu"), ["compliance demands eu"]),
        (compliance(data_residency="eu"), UNRESTRICTED, ["compliance no_longer_demands eu"]),
        (
            compliance(data_residency="eu"),
            compliance(data_residency="us"),
            ["compliance demands us", "compliance no_longer_demands eu"],
        ),
    ],
    ids=str,
)
def test_rates_and_compliance_are_compared_as_limits_and_demands(a: Content, b: Content, expected: list[str]) -> None:
    assert said(a, b) == expected


def test_a_key_that_no_rule_knows_blocks_and_its_going_does_not_unblock_while_another_stands() -> None:
    a, b = policy({"agent": {"x": 1}, "y": 1}), policy({"agent": {"z": 1}, "y": 1})
    come, gone = policy_changes(a, b)
    assert (come.effect.value, come.value, come.document) == ("blocks", "agent.z", Document.B)
    assert (gone.effect.value, gone.value, gone.document) == ("no_longer_blocks", "agent.x", Document.A)
    assert gone.reason.endswith("; others still block")
    assert not policy_changes(b, policy({}))[0].reason.endswith("block")


def test_another_policy_workspace_or_key_is_told() -> None:
    a = policy({})
    b = replace(
        a,
        proof=replace(a.proof, policy_id="policy_2", key_fingerprint="sha256:00", trust=Trust.PINNED),
        label=replace(a.label, workspace_id="ws_2", signing_key_id=None),
    )
    assert [(change.subject, change.effect.value, change.value, change.reason) for change in policy_changes(a, b)] == [
        ("policy", "differs", "policy_2", "the policy id was 'policy_1' and is 'policy_2'"),
        ("policy", "differs", "ws_2", "the workspace was 'ws_1' and is 'ws_2'"),
        ("policy", "differs", None, "the signing key's id was 'key_1' and is none"),
        ("policy", "differs", "sha256:00", "the signing key was none and is 'sha256:00'"),
    ]


def test_two_versions_of_one_content_have_no_changes() -> None:
    a = policy(models(allowed_models=["a"]))
    assert policy_changes(a, replace(a, proof=replace(a.proof, version="4"))) == ()
