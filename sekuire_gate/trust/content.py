"""Verified content becomes permissions: which field grants or denies what (docs/protocol.md 3).

Two vocabularies stand side by side and both bind, so that a subject has several lists. What "empty" means is
decided here, once: a list that is absent, null or empty restricts nothing.
"""

from sekuire_gate.canonical import Value
from sekuire_gate.errors import PolicyFormatError
from sekuire_gate.model.policy import (
    ApiRules,
    ComplianceRules,
    FilesystemRules,
    NameRules,
    NetworkRules,
    Policy,
    PolicyLabel,
    PolicyProof,
    RateLimits,
)
from sekuire_gate.trust.fields import Fields, read_fields

_OLD_DIALECT = "Statement"  # [{Effect, Action, Resource}]: of an earlier documentation

_DENIED_TOOLS = (
    "agent.capabilities.denied_tools",
    "agent.capabilities.blocked_tools",
    "tools.denied_tools",
    "tools.blocked_tools",
)


def read_content(content: Value, proof: PolicyProof, label: PolicyLabel) -> Policy:
    """Read what the content permits. Whoever calls this has verified it, or says in `proof` that nobody has.

    Raises:
        PolicyFormatError: `policy.malformed`, a field of another type than the table says; `policy.no_rules`, no
            field that the table names, so that nothing would be restricted.
    """
    if not isinstance(content.data, dict):
        raise _no_rules("the policy's content is not an object")
    fields = read_fields(content)
    if not fields.found and _OLD_DIALECT in content.data:
        raise _no_rules("the policy's content is written in the old dialect of Statement, Effect and Action")
    if not fields.found:
        raise _no_rules("the policy's content holds no field that restricts anything")
    return Policy(
        proof=proof,
        label=label,
        providers=_providers(fields),
        models=_models(fields),
        tools=_tools(fields),
        capabilities=_capabilities(fields),
        tool_approval=fields.flag("agent.capabilities.require_tool_approval", missing=False),
        network=_network(fields),
        filesystem=_filesystem(fields),
        api=_api(fields),
        rate_limits=_rate_limits(fields),
        compliance=_compliance(fields),
        unknown=fields.unknown,
    )


def _no_rules(what: str) -> PolicyFormatError:
    return PolicyFormatError(
        f"{what}.",
        kind="policy.no_rules",
        fix="Publish a policy that says what is permitted, such as agent.models.allowed_models.",
    )


def _providers(fields: Fields) -> NameRules:
    return NameRules(
        fields.binding("agent.models.allowed_providers"),
        fields.entries("agent.models.denied_providers", "agent.models.blocked_providers"),
    )


def _models(fields: Fields) -> NameRules:
    return NameRules(
        fields.binding("agent.models.allowed_models"),
        fields.entries("agent.models.denied_models", "agent.models.blocked_models"),
    )


def _tools(fields: Fields) -> NameRules:
    return NameRules(
        fields.binding("agent.capabilities.allowed_tools", "tools.allowed_tools"), fields.entries(*_DENIED_TOOLS)
    )


def _capabilities(fields: Fields) -> NameRules:
    # Denied tools are denied as capabilities too: the documentation asks for "no denied capabilities" and has no
    # other field for them. Allowed tools say nothing about capabilities.
    return NameRules(
        fields.binding("agent.capabilities.allowed_capabilities", "tools.allowed_capabilities"),
        fields.entries(
            "agent.capabilities.denied_capabilities",
            "agent.capabilities.blocked_capabilities",
            "tools.denied_capabilities",
            "tools.blocked_capabilities",
            *_DENIED_TOOLS,
        ),
    )


def _network(fields: Fields) -> NetworkRules:
    return NetworkRules(
        enabled=fields.flag("permissions.network.enabled", missing=True),
        require_tls=fields.flag("permissions.network.require_tls", missing=False),
        hosts=NameRules(
            fields.binding("permissions.network.allowed_domains"),
            fields.entries("permissions.network.denied_domains", "permissions.network.blocked_domains"),
        ),
    )


def _filesystem(fields: Fields) -> FilesystemRules:
    extensions = fields.entries("permissions.filesystem.allowed_extensions")
    return FilesystemRules(
        enabled=fields.flag("permissions.filesystem.enabled", missing=True),
        paths=NameRules(
            fields.binding("permissions.filesystem.allowed_paths"),
            fields.entries("permissions.filesystem.denied_paths", "permissions.filesystem.blocked_paths"),
        ),
        extensions=tuple(entry.text for entry in extensions),
    )


def _api(fields: Fields) -> ApiRules:
    return ApiRules(
        enabled=fields.flag("permissions.api.enabled", missing=True),
        services=fields.services("permissions.api.allowed_services"),
    )


def _rate_limits(fields: Fields) -> RateLimits:
    return RateLimits(
        requests_per_minute=fields.count("rate_limits.per_agent.requests_per_minute"),
        requests_per_hour=fields.count("rate_limits.per_agent.requests_per_hour"),
        tokens_per_minute=fields.count("rate_limits.per_agent.tokens_per_minute"),
        tokens_per_hour=fields.count("rate_limits.per_agent.tokens_per_hour"),
    )


def _compliance(fields: Fields) -> ComplianceRules:
    return ComplianceRules(
        frameworks=fields.entries("compliance.frameworks"),
        audit_logging=fields.flag("compliance.require_audit_logging", missing=False),
        data_residency=fields.text("compliance.data_residency"),
    )
