"""What a finding about a list says: which entry decided, how, and what to use instead."""

from dataclasses import replace

import pytest

from sekuire_gate.model.manifest import Manifest
from sekuire_gate.model.policy import Entry, NameRules, Policy
from sekuire_gate.rules import tool
from tests.support.judging import MANIFEST, POLICY, allows, claim, denies, judged


def said(policy: Policy, manifest: Manifest) -> tuple[str, str]:
    (finding,) = judged(policy, manifest).findings
    return finding.message, finding.fix


def with_model(name: str) -> Manifest:
    return replace(MANIFEST, models=(claim(name),))


def test_a_name_outside_an_allow_list_is_told_the_list_and_what_is_in_it() -> None:
    assert said(replace(POLICY, models=allows("gpt-4o", "claude-*")), with_model("gpt-4")) == (
        "model 'gpt-4' is not in the workspace's allow-list (some.list).",
        "Did you mean 'gpt-4o'? Use one of: 'gpt-4o', 'claude-*' (or ask the security team to change the policy).",
    )


def test_a_blocked_name_is_told_the_entry() -> None:
    assert said(replace(POLICY, models=denies("gpt-*")), with_model("gpt-4")) == (
        "model 'gpt-4' is on the workspace's deny-list: 'gpt-*' (some.list).",
        "Use another model, or ask the security team to change the policy.",
    )


def test_loose_matching_is_told() -> None:
    message, _ = said(replace(POLICY, models=denies("gpt-4")), with_model("azure/GPT_4"))
    assert "'gpt-4' (some.list), matched loosely (case, " in message


def test_a_name_with_a_star_may_stand_for_what_is_blocked() -> None:
    message, _ = said(replace(POLICY, tools=denies("rm")), replace(MANIFEST, tools=(claim("r*", "/t"),)))
    assert message == "tool 'r*' may stand for what is on the workspace's deny-list: 'rm' (some.list)."


def test_an_inferred_provider_is_told_how_and_what_can_be_changed() -> None:
    message, fix = said(replace(POLICY, providers=allows("openai")), with_model("claude-3"))
    assert message.startswith("provider 'anthropic' (the family 'claude-*' of model 'claude-3') is not in ")
    assert fix == "Use a model of one of: 'openai' (or ask the security team to change the policy)."


def test_a_model_that_is_blocked_behind_its_provider_is_told_in_that_form() -> None:
    message, _ = said(replace(POLICY, models=denies("openai/*")), with_model("gpt-4o"))
    assert message == ("model 'gpt-4o' is on the workspace's deny-list: 'openai/*' (some.list), as 'openai/gpt-4o'.")


def test_a_name_is_matched_with_a_deny_list_once_however_often_it_is_claimed() -> None:
    lists = tool.lists(replace(POLICY, tools=denies("rm*")))
    assert lists.blocking("rm-all") is lists.blocking("rm-all")
    assert lists.blocking("ls") is None
    assert lists.blocking("ls") is None


def test_a_default_is_told_beside_the_variable() -> None:
    found = judged(replace(POLICY, models=denies("gpt-4")), with_model("${M:-gpt-4}")).findings
    assert found[0].message.startswith("model 'gpt-4', the default of '${M:-gpt-4}', is on the workspace's deny-list")


def test_only_names_that_every_list_permits_are_proposed_and_only_a_few() -> None:
    lists = NameRules(
        (*allows(*"abcdefghi").allowed, *allows(*"bcdefghij").allowed), (Entry("C", "/agent/models/denied_models/0"),)
    )
    _, fix = said(replace(POLICY, models=lists), with_model("x"))
    assert fix == "Use one of: 'b', 'd', 'e', 'f', 'g' and 2 more (or ask the security team to change the policy)."


@pytest.mark.parametrize(
    ("name", "oddity"),
    [
        ("gpt\u20114", "character 4 is U+2011"),
        ("-x", "character 1 is U+002D"),
        ("a" * 201, "it has 201 characters"),
        ("", "it has 0 characters"),
    ],
    ids=["look-alike", "start", "too long", "nothing"],
)
def test_what_is_odd_about_a_name_is_told_by_code_point(name: str, oddity: str) -> None:
    message, _ = said(replace(POLICY, models=allows("*")), with_model(name))
    assert message.endswith(f"is not a plain name: {oddity}.")


def test_a_long_value_is_not_repeated_in_full() -> None:
    message, _ = said(replace(POLICY, models=denies("x*")), with_model("x" * 200))
    assert len(message) < 300
    found = judged(replace(POLICY, models=denies("x*")), with_model("x" * 100_000)).findings
    assert all(len(finding.message) < 400 for finding in found)


def test_nothing_is_proposed_for_what_is_blocked_or_inferred() -> None:
    _, blocked = said(
        replace(POLICY, models=NameRules(allows("gpt-4o").allowed, denies("gpt-4").blocked)), with_model("gpt-4")
    )
    _, inferred = said(replace(POLICY, providers=allows("antropic")), with_model("claude-3"))
    assert "Did you mean" not in blocked + inferred
