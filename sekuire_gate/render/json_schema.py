"""Pieces that all JSON Schemas of the gate are made of.

Draft-07: the one draft that the JSON and YAML language servers of VS Code and the JetBrains IDEs all read in full.
Later drafts are newer there, and partly passed over. In draft-07 whatever stands beside `$ref` is ignored, so that
a description stands in what is referred to.
"""

from typing import Any

from sekuire_gate import __version__
from sekuire_gate.render.json_text import dumps

Schema = dict[str, Any]

DRAFT = "http://json-schema.org/draft-07/schema#"  # its name; nothing is fetched


def as_text(schema: Schema, *, title: str, description: str, comment: str = "") -> str:
    """Write a whole schema.

    Args:
        schema: without the keys that this adds.
        title: one line, as editors list it.
        description: what it is of.
        comment: where it comes from, beside the program's version.
    """
    made_by = f"Made by sekuire-gate {__version__}."
    return dumps(
        {
            "$schema": DRAFT,
            "$comment": f"{made_by} {comment}".rstrip(),
            "title": title,
            "description": description,
            **schema,
        }
    )


def ref(name: str) -> Schema:
    """Refer to one of the schema's definitions."""
    return {"$ref": f"#/definitions/{name}"}


def text(description: str = "", **keywords: object) -> Schema:
    """A string."""
    return _described({"type": "string", **keywords}, description)


def flag(description: str) -> Schema:
    """True or false."""
    return _described({"type": "boolean"}, description)


def count(description: str = "", minimum: int = 0) -> Schema:
    """A whole number."""
    return _described({"type": "integer", "minimum": minimum}, description)


def section(description: str, properties: Schema, **keywords: object) -> Schema:
    """A map with these keys, and others beside them; null is the same as none."""
    return _described({"type": ["object", "null"], "properties": properties, **keywords}, description)


def listing(items: Schema, description: str = "") -> Schema:
    """A list; null is the same as none."""
    return _described({"type": ["array", "null"], "items": items}, description)


def one_of(*schemas: Schema, description: str = "") -> Schema:
    """Any of these, as one value of several forms."""
    return _described({"anyOf": list(schemas)}, description)


def exactly(properties: Schema, description: str = "") -> Schema:
    """An object with all of these keys and no other."""
    closed = {"type": "object", "required": list(properties), "additionalProperties": False, "properties": properties}
    return _described(closed, description)


def nullable(schema: Schema) -> Schema:
    """A value, or null."""
    return {"anyOf": [{"type": "null"}, schema]}


NOTHING: Schema = {"type": "null"}


def _described(schema: Schema, description: str) -> Schema:
    return {"description": description, **schema} if description else schema
