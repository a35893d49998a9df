"""The schema of policies takes what the gate reads, and refuses what is malformed, unknown or no rule at all."""

import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft7Validator

from sekuire_gate.errors import PolicyFormatError
from sekuire_gate.render import policy_schema
from tests.support.cases import policy_of
from tests.support.signing import signed_document
from tests.support.table import rows

ROOT = Path(__file__).parents[2]
VALIDATOR = Draft7Validator(json.loads(policy_schema.render()))
CONTENTS = [
    *(row.content for row in rows() if row.content),
    json.loads((ROOT / "examples/policy.json").read_text("utf-8")),
    *(json.loads(path.read_text("utf-8")) for path in (ROOT / "tests/data/expectations").glob("*/policy.json")),
]

LISTS = [
    *(f"agent.models.{verb}_{what}" for what in ("providers", "models") for verb in ("allowed", "denied", "blocked")),
    *(
        f"{section}.{verb}_{what}"
        for section in ("agent.capabilities", "tools")
        for what in ("tools", "capabilities")
        for verb in ("allowed", "denied", "blocked")
    ),
    *(f"permissions.network.{verb}_domains" for verb in ("allowed", "denied", "blocked")),
    *(f"permissions.filesystem.{verb}_paths" for verb in ("allowed", "denied", "blocked")),
    "permissions.filesystem.allowed_extensions",
    "permissions.api.allowed_services",
    "compliance.frameworks",
]
FLAGS = [
    "agent.capabilities.require_tool_approval",
    "permissions.network.enabled",
    "permissions.network.require_tls",
    "permissions.filesystem.enabled",
    "permissions.api.enabled",
    "compliance.require_audit_logging",
]
RATES = [f"rate_limits.per_agent.{what}_per_{unit}" for what in ("requests", "tokens") for unit in ("minute", "hour")]


def accepts(content: object) -> bool:
    return VALIDATOR.is_valid(signed_document(content))


def gate_knows(content: object) -> bool:
    """Whether the gate reads a content and knows every key in it."""
    try:
        return policy_of(content).unknown == ()
    except PolicyFormatError:
        return False


def content_with(name: str, value: object) -> dict[str, Any]:
    built: Any = value
    for step in reversed(name.split(".")):
        built = {step: built}
    assert isinstance(built, dict)
    return built


def test_every_policy_of_the_tests_and_examples_is_valid_unless_a_key_is_unknown() -> None:
    assert len(CONTENTS) > len(LISTS)
    for content in CONTENTS:
        assert accepts(content) == gate_knows(content), content


@pytest.mark.parametrize("name", LISTS)
@pytest.mark.parametrize(
    "value",
    [
        ["a"], [], None, [{"name": "a", "risk": 1}], [{"service_name": "a"}], [{"name": None, "service_name": "a"}],
        "a", [1], [""], [None], [{}], [{"name": ""}], [{"name": 1}], [{"name": 1, "service_name": "a"}], {}, [["a"]],
    ],
    ids=str,
)  # fmt: skip
def test_a_list_is_taken_in_the_forms_that_the_gate_takes(name: str, value: object) -> None:
    content = content_with(name, value)
    assert accepts(content) == gate_knows(content)


@pytest.mark.parametrize("name", FLAGS)
@pytest.mark.parametrize("value", [True, False, None, "true", 1, []], ids=str)
def test_a_switch_is_taken_in_the_forms_that_the_gate_takes(name: str, value: object) -> None:
    content = content_with(name, value)
    assert accepts(content) == gate_knows(content)


@pytest.mark.parametrize("name", RATES)
@pytest.mark.parametrize("value", [0, 60, None, -1, 1.5, True, "60"], ids=str)
def test_a_limit_is_taken_in_the_forms_that_the_gate_takes(name: str, value: object) -> None:
    content = content_with(name, value)
    assert accepts(content) == gate_knows(content)


@pytest.mark.parametrize(
    "content",
    [
        {"agent": {"models": {"alowed_models": ["a"]}}},
        {"agent": {"models": {"allowed_models": ["a"], "x": 1}}},
        {"agents": {"models": {"allowed_models": ["a"]}}},
        {"name": 1, "description": [], "version": None, "metadata": {"x": 1}, "tools": {"allowed_tools": ["a"]}},
        {"tools": {"name": "a", "allowed_tools": ["a"]}},
        {"agent": None, "tools": {"allowed_tools": []}},
        {"agent": [], "tools": {"allowed_tools": []}},
        {"compliance": {"data_residency": "eu"}},
        {"compliance": {"data_residency": 1}},
        {"Version": "1", "Statement": []},
        {"name": "nothing"},
        {"agent": {}},
        {"agent": {"models": {}}},
        {"agent": None},
        {"agent": {"models": None}},
        {},
        [],
        "x",
        None,
    ],
    ids=str,
)
def test_of_a_content_the_schema_takes_what_the_gate_takes(content: object) -> None:
    assert accepts(content) == gate_knows(content)


@pytest.mark.parametrize(
    ("changes", "is_valid"),
    [
        ({}, True),
        ({"anything": 1}, True),
        ({"signature": None, "signing_key_id": None, "signing_public_key": None, "updated_at": None}, True),
        ({"status": "superseded"}, True),
        ({"version": 3}, False),
        ({"version": "a b"}, False),
        ({"policy_id": "a:b"}, False),
        ({"workspace_id": ""}, False),
        ({"hash": "AB" * 32}, False),
        ({"signature": "ab"}, False),
        ({"signing_public_key": 7}, False),
        ({"activated_at": 7}, False),
    ],
    ids=str,
)
def test_a_document_has_the_fields_of_the_protocol(changes: dict[str, object], *, is_valid: bool) -> None:
    assert VALIDATOR.is_valid({**signed_document(), **changes}) == is_valid


@pytest.mark.parametrize("name", ["policy_id", "workspace_id", "version", "status", "hash", "content"])
def test_a_document_without_a_required_field_is_not_valid(name: str) -> None:
    assert not VALIDATOR.is_valid({key: value for key, value in signed_document().items() if key != name})
