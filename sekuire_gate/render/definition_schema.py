"""The JSON Schema of agent definitions, for editors (docs/protocol.md 4): all places of claims, in all their forms.

It knows what the gate knows of shapes and types. Keys that it does not name are left alone: a definition holds more
than claims. Names are strings, so that an editor that makes a number of `4.10` says "string expected" where the gate
says "quote it".
"""

from sekuire_gate.model.permitted import Alternatives, Permitted, PermittedNames
from sekuire_gate.model.policy import Policy, Trust
from sekuire_gate.render.json_schema import (
    Schema,
    as_text,
    count,
    flag,
    listing,
    nullable,
    one_of,
    ref,
    section,
    text,
)

MAX_NAME_CHARACTERS = 200  # docs/protocol.md 4, "Names"

_TITLE = "Sekuire agent definition"
_DESCRIPTION = "sekuire.yml, sekuire.yaml or sekuire.json: what an agent is made of, and what it may do."
_FIRST_AMONG = "For SekuireIDs this one counts."
_ADOPT = "As `sekuire adopt` writes it"
_APPROVAL = "Whether it is called only after approval."
_CATEGORIES = ["files:*", "directories:*", "network:*", "data:*", "system:*"]


def render() -> str:
    """Write the schema of any definition."""
    return as_text(_schema(Permitted()), title=_TITLE, description=_DESCRIPTION)


def render_narrowed(policy: Policy, permitted: Permitted) -> str:
    """Write the schema of definitions whose providers, models and tools a policy permits."""
    proof, label = policy.proof, policy.label
    named = f"policy {proof.policy_id} (v{proof.version}) of workspace {label.workspace_id}, hash {proof.content_hash}"
    description = (
        f"{_DESCRIPTION} Providers, models and tools are narrowed to what {named}, permits{_TRUST[proof.trust]}. "
        "A hint while you type: the gate's verdict looks at more than one value at a time."
    )
    comment = f"Narrowed by {named}; trust: {proof.trust.value}."
    return as_text(_schema(permitted), title=_TITLE, description=description, comment=comment)


_TRUST = {
    Trust.PINNED: "",
    Trust.EMBEDDED: "; its signature shows integrity only, the key is not pinned",
    Trust.UNSIGNED: "; it is not signed",
    Trust.UNVERIFIED: "; its signature is not verified",
}


def _schema(permitted: Permitted) -> Schema:
    return {
        "type": "object",
        "properties": _root(),
        "definitions": {
            "provider": _name("Who serves the model, such as `openai`.", permitted.provider),
            "model": _name("A model, exactly as the policy names it.", permitted.model),
            "tool": _name("A tool by name; `*` stands for any run of characters.", permitted.tool, _CATEGORIES),
            "toolItem": one_of(
                ref("tool"), _tool(), description="A tool: its name, or a map with one, as in a tools file."
            ),
            "nameItem": {
                "description": "A name, or a map with one.",
                "anyOf": [text(), {"type": "object", "required": ["name"], "properties": {"name": text()}}],
            },
            "tools": one_of(
                text("The path of a tools file: JSON, relative to this file's folder."),
                listing(ref("toolItem"), "Tools by name."),
                description="A tools file's path, or the tools by name.",
            ),
            "toolNames": listing(ref("toolItem"), "Tools by name, and categories such as `files:*`."),
            "prompt": text("The system prompt: its path, relative to this file's folder, or the text itself."),
            "llm": _llm(),
            "network": section("What the agent may reach.", {"allow": listing(text(), "Hosts or URLs.")}),
            "filesystem": section(
                "What the agent may read and write.",
                {"allow_read": listing(text(), "Paths."), "allow_write": listing(text(), "Paths.")},
            ),
            "compliance": _compliance(),
            "agent": section("One of several agents.", _agent()),
            "limits": section(
                "Limits that the agent keeps to.",
                {"max_per_minute": count("A whole number."), "max_per_hour": count("A whole number.")},
            ),
        },
    }


def _root() -> Schema:
    return {
        "project": section(
            "Whose definition this is.",
            {
                "name": {"description": "The project's name."},
                "version": {"description": "The project's version."},
                "description": {"description": "What it is for."},
                "sekuire_id": _declared("The declared SekuireID"),
            },
        ),
        "identity": _identity(),
        "llm": ref("llm"),
        "llm_providers": listing(ref("llm"), "Providers to choose from or to fall back on; each of them is judged."),
        "agent": section("The agent.", {"model": ref("model"), **_agent()}),
        "agents": {
            "description": "Several agents: a map by name, or a list of maps with a `name`. Each of them is judged.",
            "type": ["object", "array", "null"],
            "additionalProperties": ref("agent"),
            "items": ref("agent"),
        },
        "provider": ref("provider"),
        "model": ref("model"),
        "capabilities": _capabilities(),
        "permissions": section(
            "What the agent may reach and touch.",
            {
                "network": section(
                    "The network.", {"allowed_hosts": listing(text(), "Hosts or URLs that it may reach.")}
                ),
                "filesystem": section(
                    "The file system.", {"allowed_paths": listing(text(), "Paths that it may read or write.")}
                ),
            },
        ),
        "policy": section(
            "What the definition itself permits its agent.",
            {
                "tools": section("Tools.", {"allowed": ref("toolNames")}),
                "network": section("The network.", {"allowed_domains": listing(text(), "Hosts or URLs.")}),
            },
        ),
        "rate_limits": section("Limits that the agent keeps to.", {"requests": ref("limits"), "tokens": ref("limits")}),
        "memory": {"description": "What the agent remembers; not judged."},
        "deployment": {"description": "Where the agent runs; not judged."},
    }


def _identity() -> Schema:
    return section(
        "What the SekuireID is made of: model, system prompt and tools file.",
        {
            "name": {"description": "The agent's name."},
            "model": ref("model"),
            "system_prompt_path": text(f"The system prompt's path. {_FIRST_AMONG}"),
            "system_prompt": text(f"The system prompt's path. {_ADOPT}; otherwise `system_prompt_path`."),
            "tools_path": one_of(
                text("The path of a tools file: JSON, relative to this file's folder."),
                {"type": "array", "items": ref("toolItem")},
                description=f"The tools file's path. {_FIRST_AMONG}",
            ),
            "tools": ref("tools"),
            "system_prompt_hash": _declared("BLAKE3 of the system prompt"),
            "tools_hash": _declared("BLAKE3 of the tools file"),
        },
    )


def _declared(what: str) -> Schema:
    """An id or a hash: as it is written, also where an editor takes it for a number."""
    description = f"{what}: 64 hex digits; `sekuire-gate id` computes it."
    return {"description": description, "type": ["string", "number", "boolean", "null"]}


def _agent() -> Schema:
    """Return what `agent` and each of `agents` have in common."""
    return {
        "name": {"description": "The agent's name."},
        "llm": ref("llm"),
        "system_prompt": ref("prompt"),
        "tools": ref("tools"),
        "allowed_tools": ref("toolNames"),
        "network": ref("network"),
        "filesystem": ref("filesystem"),
        "compliance": ref("compliance"),
    }


def _llm() -> Schema:
    return section(
        "The model, and who serves it.",
        {
            "provider": ref("provider"),
            "model": ref("model"),
            "base_url": text("Where the provider is reached; it counts as a host that the agent may reach."),
            "api_key_env": {"description": "The variable that holds the provider's key; never the key itself."},
            "temperature": {"description": "How freely the model answers."},
            "max_tokens": {"description": "How long an answer may be."},
        },
    )


def _compliance() -> Schema:
    return section(
        "What the agent complies with.",
        {
            "framework": one_of(text(), listing(text()), description="A framework's name, or a list of names."),
            "audit_logging": flag("Whether everything that the agent does is logged: true or false, without quotes."),
            "sensitive_data_detection": {"description": "Whether sensitive data is looked for."},
            "require_approval": listing(ref("nameItem"), "Tools that are called only after approval."),
        },
    )


def _capabilities() -> Schema:
    names = listing(ref("nameItem"), "Names of capabilities.")
    return {
        "description": "What the agent can do for others: a list of names, or a map.",
        "anyOf": [
            listing(ref("nameItem"), "Names of capabilities."),
            section(
                "Capabilities by their direction.",
                {
                    "provides": names,
                    "requires": names,
                    "delegates_to": listing(
                        section(
                            "An agent that work is handed to.",
                            {"agent": {"description": "Its name."}, "capabilities": names},
                        ),
                        "Agents that work is handed to.",
                    ),
                },
            ),
        ],
    }


def _tool() -> Schema:
    """A tool in full, also as OpenAI writes it; both of its names count."""
    named: Schema = {"required": ["name"]}
    return {
        "type": "object",
        "properties": {
            "name": ref("tool"),
            "function": {"properties": {"name": ref("tool")}},
            "permissions": {"description": "What it may reach and touch, below `network` and `filesystem`."},
            "compliance": section("What it complies with.", {"require_approval": nullable(flag(_APPROVAL))}),
        },
        "anyOf": [named, {"required": ["function"], "properties": {"function": {"type": "object", **named}}}],
    }


def _name(description: str, permitted: PermittedNames | None, examples: list[str] | None = None) -> Schema:
    """A name; where the policy has lists, one that all of them permit."""
    free = text(description, **({"examples": examples} if examples else {}))
    if permitted is None:
        return free
    beginning, foreign = permitted.plain
    plain: Schema = {"maxLength": MAX_NAME_CHARACTERS, "pattern": beginning, "not": {"pattern": foreign}}
    allowed = [_alternatives(one) for one in permitted.allowed]
    denied: list[Schema] = [{"not": {"pattern": pattern}} for pattern in permitted.denied]
    return {**text(description), "allOf": [plain, *allowed, *denied]}


def _alternatives(one: Alternatives) -> Schema:
    """One allow-list; where a deny-list cancels all of it, what nothing fits: an empty `anyOf` is no schema."""
    names: list[Schema] = [{"enum": list(one.names)}] if one.names else []
    either = [*names, *({"pattern": pattern} for pattern in one.patterns)]
    return {"anyOf": either} if either else {"not": {}}
