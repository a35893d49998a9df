"""What all schemas have in common: of draft-07, valid by its own schema, the same bytes each time."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from jsonschema import Draft7Validator

from sekuire_gate.render import definition_schema, policy_schema, report_schema
from sekuire_gate.render.json_schema import DRAFT

SCHEMAS: dict[str, Callable[[], str]] = {
    "definition": definition_schema.render,
    "policy": policy_schema.render,
    "report": lambda: report_schema.render(["model.blocked"]),
}


def nodes_of(schema: Any) -> list[dict[str, Any]]:  # noqa: ANN401 - JSON
    """Every object of a schema."""
    if isinstance(schema, list):
        return [found for item in schema for found in nodes_of(item)]
    if not isinstance(schema, dict):
        return []
    return [schema, *(found for value in schema.values() for found in nodes_of(value))]


@pytest.mark.parametrize("kind", SCHEMAS)
def test_a_schema_is_valid_and_the_same_each_time(kind: str) -> None:
    text = SCHEMAS[kind]()
    schema = json.loads(text)
    Draft7Validator.check_schema(schema)
    assert schema["$schema"] == DRAFT
    assert SCHEMAS[kind]() == text


@pytest.mark.parametrize("kind", SCHEMAS)
def test_nothing_stands_beside_a_reference_where_editors_would_pass_over_it(kind: str) -> None:
    schema = json.loads(SCHEMAS[kind]())
    references = [node for node in nodes_of(schema) if isinstance(node.get("$ref"), str)]
    assert all(set(node) == {"$ref"} for node in references)
    names = {node["$ref"].removeprefix("#/definitions/") for node in references}
    assert names == set(schema["definitions"])
