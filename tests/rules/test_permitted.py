"""A policy's lists as regular expressions: never stricter than the gate, and where they are laxer is known."""

import json
import re
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft7Validator

from sekuire_gate.model.policy import Entry, NameRules, Policy
from sekuire_gate.model.report import Status, Subject
from sekuire_gate.render import definition_schema
from sekuire_gate.rules import provider, tool
from sekuire_gate.rules.explanation import explain
from sekuire_gate.rules.lists import Lists, Named
from sekuire_gate.rules.names import is_plain, is_plain_pattern
from sekuire_gate.rules.permitted import permitted
from tests.support.cases import TABLE, judged_rows
from tests.support.judging import POLICY, allows, claim, denies

DEFINITIONS = {Subject.PROVIDER: "provider", Subject.MODEL: "model", Subject.TOOLS: "tool"}
# What a name by itself does not tell: who serves a model, and what a `*` stands for.
BEYOND = {"model.blocked", "model.not_allowed", "model.undetermined"}

LETTERS = st.text(st.sampled_from("aAbB-_. /:*+$(é\n"), min_size=1, max_size=6)
LISTS = st.lists(LETTERS, max_size=3)


def narrowed(policy: Policy, name: str) -> Draft7Validator:
    schema = json.loads(definition_schema.render_narrowed(policy, permitted(policy)))
    return Draft7Validator({"$ref": f"#/definitions/{name}", "definitions": schema["definitions"]})


def entries(texts: list[str]) -> tuple[Entry, ...]:
    return tuple(Entry(text, f"/list/{index}") for index, text in enumerate(texts))


def rules_of(first: list[str], second: list[str], denied: list[str]) -> NameRules:
    return NameRules(tuple(entries(texts) for texts in (first, second) if texts), entries(denied))


def accepted(lists: Lists, name: str, *, plain: bool) -> bool:
    return not lists.rules.restricts or (plain and not lists.refuses(Named(claim(name))))


@given(LISTS, LISTS, LISTS, LETTERS)
def test_a_provider_is_accepted_exactly_where_the_gate_accepts_it(
    first: list[str], second: list[str], denied: list[str], name: str
) -> None:
    policy = replace(POLICY, providers=rules_of(first, second, denied))
    expected = accepted(provider.lists(policy), name, plain=is_plain(name))
    assert narrowed(policy, "provider").is_valid(name) == expected


@given(LISTS, LISTS, LISTS, LETTERS.filter(lambda name: "*" not in name))
def test_a_tool_without_a_star_is_accepted_exactly_where_the_gate_accepts_it(
    first: list[str], second: list[str], denied: list[str], name: str
) -> None:
    policy = replace(POLICY, tools=rules_of(first, second, denied))
    expected = accepted(tool.lists(policy), name, plain=is_plain_pattern(name))
    assert narrowed(policy, "tool").is_valid(name) == expected


@pytest.mark.parametrize("name", TABLE)
def test_of_the_table_of_rules_the_schema_refuses_nothing_that_the_gate_permits(name: str, tmp_path: Path) -> None:
    for row, policy, definitions in judged_rows(name, tmp_path):
        validators = {subject: narrowed(policy, named) for subject, named in DEFINITIONS.items()}
        for manifest in definitions.manifests:
            paths = {path.at for path in manifest.dynamic_tools_files}
            for one in explain(policy, manifest):
                if one.subject not in validators or one.origin or not one.is_claim or one.at in paths:
                    continue
                is_valid = validators[one.subject].is_valid(one.value)
                blocks = one.status in {Status.VIOLATION, Status.UNDETERMINED}
                of_a_model = one.subject is Subject.MODEL and {said.rule for said in one.said} <= BEYOND
                assert is_valid or blocks, f"{row.id}: {one.value} is refused by the schema alone"
                assert not is_valid or not blocks or "*" in one.value or of_a_model, f"{row.id}: by the gate alone"


@pytest.mark.parametrize(
    ("name", "is_valid"),
    [
        ("gpt-4o", True),
        ("openai/gpt-4o", True),
        ("claude-x", True),
        ("anthropic/claude-x", True),
        ("models/gpt-4o", False),
        ("a/b/gpt-4o", False),
        ("gpt-4", False),
        ("${MODEL}", False),
        ("gpt-4o\n", False),
        ("gpt\u20114o", False),
    ],
)
def test_a_model_may_have_the_prefix_of_its_provider(name: str, *, is_valid: bool) -> None:
    policy = replace(POLICY, models=allows("gpt-4o", "claude-*"))
    assert narrowed(policy, "model").is_valid(name) == is_valid


@pytest.mark.parametrize("name", ["gpt-3", "GPT_3", "azure/gpt.3", "a/b/Gpt-3"])
def test_a_deny_list_is_matched_loosely(name: str) -> None:
    policy = replace(POLICY, models=denies("openai/gpt-3"))
    assert not narrowed(policy, "model").is_valid(name)
    assert narrowed(policy, "model").is_valid(f"{name}5")


def test_where_nothing_binds_every_name_is_valid_and_a_path_is_always_possible() -> None:
    schema = json.loads(definition_schema.render_narrowed(POLICY, permitted(POLICY)))
    assert Draft7Validator(schema).is_valid({"llm": {"model": "${X} whatever"}, "agent": {"tools": ["a b"]}})
    restricted = replace(POLICY, tools=allows("search"))
    schema = json.loads(definition_schema.render_narrowed(restricted, permitted(restricted)))
    for tools, is_valid in (("other.json", True), (["search"], True), (["rm"], False), ([{"name": "rm"}], False)):
        assert Draft7Validator(schema).is_valid({"agent": {"tools": tools}}) == is_valid


def test_what_is_denied_is_not_offered() -> None:
    policy = replace(POLICY, models=NameRules(allows("a", "b").allowed, denies("B").blocked))
    found = permitted(policy).model
    assert found is not None
    assert found.allowed[0].names == ("a",)


def test_an_expression_escapes_what_is_syntax_and_nothing_else() -> None:
    # To JavaScript, where expressions are of Unicode, a backslash before another character is an error.
    policy = replace(POLICY, tools=NameRules(allows(".*/-(é$'\"").allowed, denies("a+b-c/d").blocked))
    found = permitted(policy).tool
    assert found is not None
    expressions = (*found.denied, *found.allowed[0].patterns)
    escaped = {character for text in expressions for character in re.findall(r"\\(.)", text)}
    assert escaped <= set("\\^$.*+?()[]{}|")


def test_a_narrowed_schema_says_by_which_policy_and_how_far_it_is_trusted() -> None:
    schema = json.loads(definition_schema.render_narrowed(POLICY, permitted(POLICY)))
    assert "trust: unverified" in schema["$comment"]
    assert "its signature is not verified" in schema["description"]
    assert POLICY.proof.policy_id in schema["$comment"]
