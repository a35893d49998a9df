"""The JSON Schema of policy documents (docs/protocol.md 2 and 3).

Of the document, further fields are tolerated; in its `content` they would be `policy.unknown_rule`, and are refused.
A schema cannot say that the hash fits, that the signature verifies or that numbers are written plainly.
"""

from sekuire_gate.render.json_schema import NOTHING, Schema, as_text, count, flag, nullable, one_of, ref, text

_ID = "[A-Za-z0-9._-]{1,128}"
_SUBJECTS = ("tools", "capabilities")


def render() -> str:
    """Write the schema; its `definitions.content` is the one of what `workspace publish` takes."""
    return as_text(
        {
            "type": "object",
            "required": ["policy_id", "workspace_id", "version", "status", "hash", "content"],
            "properties": _document(),
            "definitions": {
                "content": _content(),
                "entries": {
                    "description": "A list: names, or objects with one. Absent, null and empty restrict nothing.",
                    "type": ["array", "null"],
                    "items": one_of(
                        text("A name; `*` stands for any run of characters.", minLength=1),
                        ref("named"),
                    ),
                },
                "named": {
                    "description": "An object with a name; its other keys are not looked at.",
                    "type": "object",
                    "anyOf": [
                        _named_by("name"),
                        {"allOf": [{"properties": {"name": NOTHING}}, _named_by("service_name")]},
                    ],
                },
            },
        },
        title="Sekuire policy",
        description="A workspace's policy document, as it is served and saved.",
    )


def _document() -> Schema:
    return {
        "policy_id": text("Signed.", pattern=f"^{_ID}$"),
        "workspace_id": text("Not signed: compared with the workspace that was asked for.", pattern=f"^{_ID}$"),
        "version": text("Signed. Text, not a number: dotted whole numbers, such as 7 or 1.4.0.", pattern=f"^{_ID}$"),
        "status": text("Not signed. Only a policy that is exactly `active` is judged by.", examples=["active"]),
        "hash": text("BLAKE3 of the canonical content: 64 lower-case hex digits.", pattern="^[0-9a-f]{64}$"),
        "content": ref("content"),
        "signature": _optional("Ed25519: 128 lower-case hex digits.", "^[0-9a-f]{128}$"),
        "signing_key_id": _optional("Not signed.", f"^{_ID}$"),
        "signing_public_key": _optional("64 lower-case hex digits; it proves nothing by itself.", "^[0-9a-f]{64}$"),
        "activated_at": {"description": "Not signed.", "type": ["string", "null"]},
        "updated_at": {"description": "Not signed.", "type": ["string", "null"]},
    }


def _content() -> Schema:
    sections = {
        "agent": _section({"models": _section(_models()), "capabilities": _section(_capabilities())}),
        "tools": _section({f"{verb}_{subject}": ref("entries") for subject in _SUBJECTS for verb in _VERBS}),
        "permissions": _section(_permissions()),
        "rate_limits": _section({"per_agent": _section(_rates())}),
        "compliance": _section(
            {
                "frameworks": ref("entries"),
                "require_audit_logging": _nullable_flag("Whether each agent must log all that it does."),
                "data_residency": {"description": "Kept at run time, not judged.", "type": ["string", "null"]},
            }
        ),
    }
    prose = {name: {"description": "For people; of any type."} for name in ("name", "description", "version")}
    return {
        "description": "What is permitted. Two vocabularies stand side by side, and both bind.",
        "properties": {**prose, "metadata": {"description": "For people; of any type."}, **sections},
        "additionalProperties": False,
        **_some_field(sections),
    }


_VERBS = ("allowed", "denied", "blocked")


def _models() -> Schema:
    return {f"{verb}_{subject}": ref("entries") for subject in ("providers", "models") for verb in _VERBS}


def _capabilities() -> Schema:
    lists = {f"{verb}_{subject}": ref("entries") for subject in _SUBJECTS for verb in _VERBS}
    return {**lists, "require_tool_approval": _nullable_flag("Whether tools are called only after approval.")}


def _permissions() -> Schema:
    enabled = _nullable_flag("False forbids all of it; missing means true.")
    return {
        "network": _section(
            {
                "enabled": enabled,
                "require_tls": _nullable_flag("Whether plain http is refused, but to this machine."),
                **{f"{verb}_domains": ref("entries") for verb in _VERBS},
            }
        ),
        "filesystem": _section(
            {
                "enabled": enabled,
                **{f"{verb}_paths": ref("entries") for verb in _VERBS},
                "allowed_extensions": ref("entries"),
            }
        ),
        "api": _section({"enabled": enabled, "allowed_services": ref("entries")}),
    }


def _rates() -> Schema:
    return {f"{what}_per_{unit}": nullable(count()) for what in ("requests", "tokens") for unit in ("minute", "hour")}


def _section(properties: Schema) -> Schema:
    """A part of the content: nothing in it is passed over."""
    return {"type": ["object", "null"], "properties": properties, "additionalProperties": False}


def _some_field(properties: Schema) -> Schema:
    """Say that one of the fields stands somewhere, at any depth: a content without any is `policy.no_rules`."""
    return {
        "type": "object",
        "anyOf": [
            {"required": [name], "properties": {name: _some_field(below["properties"])}}
            if "properties" in below
            else {"required": [name]}
            for name, below in properties.items()
        ],
    }


def _nullable_flag(description: str) -> Schema:
    return {**flag(description), "type": ["boolean", "null"]}


def _optional(description: str, pattern: str) -> Schema:
    return {"description": description, "type": ["string", "null"], "pattern": pattern}


def _named_by(key: str) -> Schema:
    return {"required": [key], "properties": {key: text(minLength=1)}}
