"""`schema`, as a process: what it prints is a schema, and a policy narrows it only as far as it can be trusted."""

import json
from pathlib import Path

import pytest
from jsonschema import Draft7Validator

from tests.support.gate import run
from tests.support.signing import KEY_ID, STRANGER, as_bytes, public_key, signed_document

PIN = f"{KEY_ID}={public_key().hex()}"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    content = {"agent": {"models": {"allowed_models": ["gpt-4o"], "denied_models": ["::error::x\u202e"]}}}
    (tmp_path / "policy.json").write_bytes(as_bytes(signed_document(content)))
    return tmp_path


@pytest.mark.parametrize("kind", ["definition", "policy", "report"])
def test_each_schema_is_printed_and_nothing_else(kind: str, folder: Path) -> None:
    ran = run("schema", kind, cwd=folder)
    assert (ran.exit_code, ran.stderr) == (0, "")
    assert json.loads(ran.stdout)["$schema"] == "http://json-schema.org/draft-07/schema#"


def test_a_policy_without_a_pin_narrows_and_is_called_unverified(folder: Path) -> None:
    ran = run("schema", "definition", "--policy", "policy.json", cwd=folder)
    schema = json.loads(ran.stdout)
    assert ran.exit_code == 0
    assert "trust: unverified" in schema["$comment"]
    assert {"enum": ["gpt-4o"]} in schema["definitions"]["model"]["allOf"][1]["anyOf"]
    assert "\u202e" not in ran.stdout


@pytest.mark.parametrize(
    "models",
    [
        {"allowed_models": ["gpt-4o"], "denied_models": ["gpt-4o"]},
        {"allowed_models": ["a", "B"], "denied_models": ["A", "b"]},
        {"allowed_providers": ["openai"], "denied_providers": ["OpenAI"]},
        {"allowed_providers": ["openai"], "denied_providers": ["*"]},
    ],
    ids=str,
)
def test_a_policy_that_permits_nothing_narrows_to_a_schema_that_nothing_fits(
    models: dict[str, list[str]], folder: Path
) -> None:
    tools = {"allowed_tools": ["x"], "denied_tools": ["X"]}
    content = {"agent": {"models": models, "capabilities": tools}}
    (folder / "policy.json").write_bytes(as_bytes(signed_document(content)))
    ran = run("schema", "definition", "--policy", "policy.json", cwd=folder)
    schema = json.loads(ran.stdout)
    Draft7Validator.check_schema(schema)
    assert not Draft7Validator(schema).is_valid({"agent": {"tools": ["x"]}})
    assert Draft7Validator(schema).is_valid({"agent": {"tools": "tools.json"}})


def test_with_a_pin_only_a_policy_that_verifies_narrows(folder: Path) -> None:
    verified = run("schema", "definition", "--policy", "policy.json", "--trusted-key", PIN, cwd=folder)
    assert "trust: pinned" in json.loads(verified.stdout)["$comment"]
    stranger = ("--trusted-key", public_key(STRANGER).hex())
    refused = run("schema", "definition", "--policy", "policy.json", *stranger, cwd=folder)
    assert (refused.exit_code, refused.stdout) == (3, "")
    assert refused.stderr.startswith("policy.key_mismatch: ")


def test_a_policy_with_a_wrong_hash_narrows_nothing(folder: Path) -> None:
    (folder / "policy.json").write_bytes(as_bytes({**signed_document(), "hash": "0" * 64}))
    ran = run("schema", "definition", "--policy", "policy.json", cwd=folder)
    assert (ran.exit_code, ran.stdout) == (3, "")


@pytest.mark.parametrize(
    "arguments",
    [(), ("agents",), ("policy", "--policy", "policy.json"), ("report", "--policy", "policy.json"), ("policy", "x")],
    ids=str,
)
def test_what_makes_no_sense_is_said_and_nothing_is_printed(arguments: tuple[str, ...], folder: Path) -> None:
    ran = run("schema", *arguments, cwd=folder)
    assert (ran.exit_code, ran.stdout) == (2, "")
    assert ran.stderr.startswith("config.usage: ")
