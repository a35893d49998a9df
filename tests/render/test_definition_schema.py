"""The schema of definitions takes what the gate takes, and refuses what the gate refuses for its shape or type."""

import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft7Validator

from sekuire_gate.errors import DefinitionError
from sekuire_gate.parse import places
from sekuire_gate.parse.files import Files
from sekuire_gate.parse.folder import Folder
from sekuire_gate.parse.manifest import read_manifest
from sekuire_gate.parse.tools import ToolsFiles
from sekuire_gate.render import definition_schema
from tests.support.editor import seen
from tests.support.table import rows

ROOT = Path(__file__).parents[2]
SCHEMA: dict[str, Any] = json.loads(definition_schema.render())
VALIDATOR = Draft7Validator(SCHEMA)
DEFINITIONS = sorted(
    path
    for folder in ("tests/data/definitions", "tests/data/expectations", "examples")
    for pattern in ("*.yml", "*.yaml", "sekuire.json", "as-json.json")
    for path in (ROOT / folder).rglob(pattern)
    if "workflows" not in path.parts
)
ROWS = [(row.id, path, text) for row in rows() for path, text in row.files.items() if path == "sekuire.yml"]

# A place, and the text that leads to it; `@` is what stands there.
NAMES = (
    *places.PROVIDERS, *places.MODELS, *places.PROMPTS, *places.TOOLS_PATHS, *places.BASE_URLS,
)  # fmt: skip
LISTS = (*places.TOOL_LISTS, *places.HOSTS, *places.PATHS, *places.CAPABILITY_LISTS)


def definition_with(place: str, value: object) -> dict[str, Any]:
    """A definition in which one value stands."""
    built: Any = value
    for step in reversed(place.split(".")):
        built = [built] if step == "[]" else {"a" if step == "<name>" else step: built}
    assert isinstance(built, dict)
    return built


def accepts(instance: object) -> bool:
    return next(VALIDATOR.iter_errors(instance), None) is None


def gate_accepts(instance: object, root: Path) -> bool:
    (root / "sekuire.json").write_text(json.dumps(instance), "utf-8")
    (root / "t.json").write_text("[]", "utf-8")
    files = Files(Folder(root))
    try:
        read_manifest(files, ToolsFiles(files), "sekuire.json")
    except DefinitionError as error:
        return error.problem.kind not in {"definition.type", "definition.shape"}
    return True


@pytest.mark.parametrize("path", DEFINITIONS, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_definition_of_the_tests_and_examples_is_valid(path: Path) -> None:
    assert [error.message for error in VALIDATOR.iter_errors(seen(path.read_bytes(), path.name))] == []


@pytest.mark.parametrize(("path", "text"), [row[1:] for row in ROWS], ids=[row[0] for row in ROWS])
def test_every_definition_of_the_table_of_rules_is_valid(path: str, text: str) -> None:
    assert [error.message for error in VALIDATOR.iter_errors(seen(text.encode(), path))] == []


@pytest.mark.parametrize("place", NAMES)
@pytest.mark.parametrize("value", ["t.json", 4.1, True, None, {}], ids=["text", "number", "boolean", "null", "map"])
def test_where_a_name_or_path_stands_the_schema_takes_what_the_gate_takes(
    place: str, value: object, tmp_path: Path
) -> None:
    instance = definition_with(place, value)
    assert accepts(instance) == gate_accepts(instance, tmp_path)


@pytest.mark.parametrize("place", LISTS)
@pytest.mark.parametrize(
    "value",
    [["a"], [], None, [1], [True], [None], "a", 7, {}, [{"name": "a"}], [{"name": 1}], [{}], [["a"]]],
    ids=str,
)
def test_where_a_list_stands_the_schema_takes_what_the_gate_takes(place: str, value: object, tmp_path: Path) -> None:
    instance = definition_with(place, value)
    assert accepts(instance) == gate_accepts(instance, tmp_path)


@pytest.mark.parametrize("place", places.TOOLS)
@pytest.mark.parametrize(
    "value",
    [
        "t.json", ["a"], [{"name": "a"}], None, 1, True, {}, [1], [{}], [{"function": {"name": "a"}}],
        [{"name": "a", "function": {"name": 1}}], [{"name": "a", "function": "f"}], [{"function": {}}],
        [{"function": None}], [{"name": None, "function": {"name": "a"}}], [{"name": "a", "permissions": True}],
        [{"name": "a", "compliance": {"require_approval": True}}], [{"name": "a", "compliance": None}],
        [{"name": "a", "compliance": {"require_approval": "yes"}}], [{"name": "a", "compliance": []}],
        [{"name": "a", "compliance": {"require_approval": None}}],
    ],
    ids=str,
)  # fmt: skip
def test_where_tools_stand_the_schema_takes_what_the_gate_takes(place: str, value: object, tmp_path: Path) -> None:
    instance = definition_with(place, value)
    assert accepts(instance) == gate_accepts(instance, tmp_path)


@pytest.mark.parametrize("place", places.RATES)
@pytest.mark.parametrize("value", [60, 0, "60", -1, 1.5, True, None, {}], ids=str)
def test_where_a_rate_stands_the_schema_takes_what_the_gate_takes(place: str, value: object, tmp_path: Path) -> None:
    instance = definition_with(place, value)
    assert accepts(instance) == gate_accepts(instance, tmp_path)


@pytest.mark.parametrize("place", places.COMPLIANCE)
@pytest.mark.parametrize(
    "value",
    [
        {}, None, [], "soc2", {"framework": "soc2"}, {"framework": ["a", "b"]}, {"framework": None}, {"framework": 1},
        {"framework": {}}, {"framework": [1]}, {"audit_logging": True}, {"audit_logging": "true"},
        {"audit_logging": None}, {"require_approval": ["a"]}, {"require_approval": "a"}, {"require_approval": None},
        {"sensitive_data_detection": "yes"}, {"sensitive_data_detection": True},
    ],
    ids=str,
)  # fmt: skip
def test_where_compliance_stands_the_schema_takes_what_the_gate_takes(
    place: str, value: object, tmp_path: Path
) -> None:
    instance = definition_with(place, value)
    assert accepts(instance) == gate_accepts(instance, tmp_path)


@pytest.mark.parametrize(
    "instance",
    [
        [], "x", {"llm": []}, {"llm": None}, {"llm": "x"}, {"agents": None}, {"agents": {"a": None}},
        {"agents": [None]},
        {"agents": "x"}, {"agents": ["x"]}, {"agent": 1}, {"capabilities": ["a"]}, {"capabilities": None},
        {"capabilities": "a"}, {"capabilities": {"delegates_to": [None]}}, {"llm_providers": {}},
        {"llm_providers": [None]}, {"permissions": {"network": None}}, {"rate_limits": {"requests": None}},
        {"rate_limits": 1}, {"project": {"sekuire_id": 7}}, {"project": {"sekuire_id": None}}, {"project": {"name": 7}},
        {"project": {"sekuire_id": True}}, {"project": {"sekuire_id": []}},
        {"project": []}, {"identity": {"tools_hash": None}}, {"identity": {"tools_hash": 7}},
        {"identity": {"tools_hash": {}}},
        {"memory": 1, "deployment": [], "anything": {"model": 1}},
    ],
    ids=str,
)  # fmt: skip
def test_of_maps_and_lists_the_schema_takes_what_the_gate_takes(instance: object, tmp_path: Path) -> None:
    assert accepts(instance) == gate_accepts(instance, tmp_path)


def test_every_place_where_a_claim_stands_has_words_for_the_editor() -> None:
    claims = (
        *NAMES, *LISTS, *places.TOOLS, *places.RATES, *places.COMPLIANCE, *places.CAPABILITIES, *places.SEKUIRE_ID,
        *places.PROMPT_HASH, *places.TOOLS_HASH,
    )  # fmt: skip
    for place in claims:
        assert described(SCHEMA, place.split(".")), place


def described(schema: dict[str, Any], steps: list[str]) -> bool:
    """Whether a place is found in a schema, with a description."""
    if "$ref" in schema:
        return described(SCHEMA["definitions"][schema["$ref"].removeprefix("#/definitions/")], steps)
    if not steps:
        return bool(schema.get("description"))
    if "anyOf" in schema:
        return any(described(one, steps) for one in schema["anyOf"])
    step, *rest = steps
    key = {"[]": "items", "<name>": "additionalProperties"}.get(step)
    below = schema.get(key) if key else schema.get("properties", {}).get(step)
    return isinstance(below, dict) and described(below, rest)
