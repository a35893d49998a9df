"""What a policy permits, for people and as JSON."""

import json
from dataclasses import replace

import pytest

from sekuire_gate.model.policy import (
    ApiRules,
    ComplianceRules,
    Entry,
    FilesystemRules,
    NameRules,
    NetworkRules,
    Policy,
    RateLimits,
    Trust,
)
from sekuire_gate.render import policy_text
from tests.support.log_readers import commands_in
from tests.support.outcomes import HOSTILE, POLICY


def trusted(trust: Trust, fingerprint: str | None = None) -> Policy:
    """The policy with another trust."""
    return replace(POLICY, proof=replace(POLICY.proof, trust=trust, key_fingerprint=fingerprint))


def test_it_begins_with_the_lines_of_the_cli() -> None:
    assert policy_text.render(POLICY).splitlines()[:8] == [
        "Policy ID:     policy_mail",
        "Workspace ID:  ws_acme",
        "Version:       12",
        "Status:        active",
        f"Hash:          {'3f' * 32}",
        "Signature:     verified",
        f"Signing Key:   key_1 sha256:{'ab' * 32}",
        "",
    ]


@pytest.mark.parametrize(
    ("trust", "words"),
    [
        (Trust.EMBEDDED, "Signature:     integrity only, key not pinned\n"),
        (Trust.UNSIGNED, "Signature:     none: the document is not signed\n"),
        (Trust.UNVERIFIED, "Signature:     not verified\n"),
    ],
    ids=lambda value: value.value if isinstance(value, Trust) else "",
)
def test_a_signature_that_proves_less_is_not_called_verified(trust: Trust, words: str) -> None:
    assert words in policy_text.render(trusted(trust))


def test_it_names_every_list_and_every_other_condition() -> None:
    policy = replace(
        POLICY,
        models=replace(POLICY.models, allowed=(*POLICY.models.allowed, (Entry("gpt-4o", ""), Entry("o1", "")))),
        tool_approval=True,
        network=NetworkRules(require_tls=True),
        filesystem=FilesystemRules(enabled=False, extensions=(".md", ".txt")),
        api=ApiRules(services=(("mail", ()),)),
        rate_limits=RateLimits(requests_per_minute=60),
        compliance=ComplianceRules((Entry("SOC2", ""),), audit_logging=True, data_residency="EU"),
        unknown=("agent.alowed_models",),
    )
    assert policy_text.render(policy).splitlines()[8:] == [
        "provider       only: openai",
        "model          only: gpt-4o*",
        "               and only: gpt-4o, o1",
        "               never: gpt-4-32k",
        "tools          any, but:",
        "               never: shell_*",
        "capabilities   any",
        "network        any",
        "filesystem     any",
        "tools          each needs approval",
        "network        TLS required",
        "filesystem     disabled",
        "filesystem     extensions: .md, .txt",
        "services       only: mail",
        "rates          requests_per_minute=60",
        "compliance     frameworks: SOC2",
        "compliance     audit logging required",
        "compliance     data residency: EU",
        "unknown        no rule can check: agent.alowed_models",
    ]


def test_as_json_it_is_the_policy_object_and_what_it_permits_per_subject() -> None:
    read = json.loads(policy_text.as_json(trusted(Trust.UNVERIFIED)))
    assert (list(read)[-1], read["trust"]) == ("permits", "unverified")
    assert read["permits"] == {
        "provider": {"allow": [["openai"]], "deny": []},
        "model": {"allow": [["gpt-4o*"]], "deny": ["gpt-4-32k"]},
        "tools": {"allow": None, "deny": ["shell_*"]},
        "capabilities": {"allow": None, "deny": []},
        "network": {"allow": None, "deny": []},
        "filesystem": {"allow": None, "deny": []},
    }


@pytest.mark.parametrize(
    ("trust", "lines"),
    [
        (Trust.PINNED, ["Policy policy_mail (v12) integrity verified (hash/signature)"]),
        (
            Trust.EMBEDDED,
            [
                "Policy policy_mail (v12) integrity verified (hash/signature)",
                "   Signature: integrity only, key not pinned",
            ],
        ),
        (
            Trust.UNSIGNED,
            ["Policy policy_mail (v12) integrity verified (hash)", "   Warning: no signature provided by backend"],
        ),
    ],
    ids=["pinned", "embedded", "unsigned"],
)
def test_validate_says_what_was_verified_and_no_more(trust: Trust, lines: list[str]) -> None:
    assert policy_text.validated(trusted(trust)).splitlines() == lines


@pytest.mark.parametrize(
    ("trust", "second"),
    [
        (Trust.PINNED, "   Signature: verified"),
        (Trust.EMBEDDED, "   Signature: integrity only, key not pinned"),
        (Trust.UNSIGNED, "   Warning: no signature provided by backend"),
    ],
    ids=["pinned", "embedded", "unsigned"],
)
def test_pull_says_what_was_saved_where_in_the_words_of_the_cli(trust: Trust, second: str) -> None:
    assert policy_text.saved(trusted(trust), "policy.json").splitlines() == [
        "Saved active policy policy_mail (v12) for workspace ws_acme to policy.json",
        second,
    ]


@pytest.mark.parametrize("text", HOSTILE, ids=lambda text: ascii(text)[:24])
def test_no_entry_of_a_policy_is_obeyed_by_a_runner(text: str) -> None:
    policy = replace(POLICY, tools=NameRules(((Entry(text, ""),),), (Entry(text, ""),)), unknown=(text,))
    assert commands_in(policy_text.render(policy)) == []
    assert len(policy_text.render(policy).split("\n")) == 18
    assert json.loads(policy_text.as_json(policy))["permits"]["tools"] == {"allow": [[text]], "deny": [text]}
