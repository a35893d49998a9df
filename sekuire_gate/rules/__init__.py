"""The rules, registered: what each is called, how bad it is, what it is about, and the function that checks it."""

from sekuire_gate.model.manifest import Definitions, Manifest
from sekuire_gate.model.policy import Policy
from sekuire_gate.model.report import Level, RuleInfo, Subject
from sekuire_gate.rules import (
    capability,
    compliance,
    definition,
    filesystem,
    identity,
    model,
    name,
    network,
    policy,
    provider,
    rates,
    tool,
)
from sekuire_gate.rules.rule import Rule, rule

POLICY_RULES: tuple[Rule[[Policy]], ...] = (
    rule("policy.unknown_rule", Level.ERROR, Subject.POLICY, policy.unknown_rule, undetermined=True),
    rule("policy.unrestricted", Level.NOTICE, Subject.POLICY, policy.unrestricted),
    rule("policy.key_expiring", Level.NOTICE, Subject.POLICY, policy.key_expiring),
    rule("policy.ahead_of_lock", Level.NOTICE, Subject.POLICY, policy.ahead_of_lock),
    rule("policy.cached", Level.WARNING, Subject.POLICY, policy.cached),
)

SEARCH_RULES: tuple[Rule[[Policy, Definitions]], ...] = (
    rule("policy.not_static", Level.NOTICE, Subject.POLICY, policy.not_static),
    rule("definition.several", Level.NOTICE, Subject.DEFINITION, definition.several),
    rule("definition.unusual_name", Level.NOTICE, Subject.DEFINITION, definition.unusual_name),
    rule("definition.absent", Level.NOTICE, Subject.DEFINITION, definition.absent),
)

RULES: tuple[Rule[[Policy, Manifest]], ...] = (
    rule("provider.not_allowed", Level.ERROR, Subject.PROVIDER, provider.not_allowed),
    rule("provider.blocked", Level.ERROR, Subject.PROVIDER, provider.blocked),
    rule("provider.undetermined", Level.ERROR, Subject.PROVIDER, provider.undetermined, undetermined=True),
    rule("provider.model_mismatch", Level.WARNING, Subject.PROVIDER, provider.model_mismatch),
    rule("model.not_allowed", Level.ERROR, Subject.MODEL, model.not_allowed),
    rule("model.blocked", Level.ERROR, Subject.MODEL, model.blocked),
    rule("model.undetermined", Level.ERROR, Subject.MODEL, model.undetermined, undetermined=True),
    rule("tool.not_allowed", Level.ERROR, Subject.TOOLS, tool.not_allowed),
    rule("tool.blocked", Level.ERROR, Subject.TOOLS, tool.blocked),
    rule("tool.undetermined", Level.ERROR, Subject.TOOLS, tool.undetermined, undetermined=True),
    rule("tool.approval_missing", Level.WARNING, Subject.TOOLS, tool.approval_missing),
    rule("capability.not_allowed", Level.ERROR, Subject.CAPABILITIES, capability.not_allowed),
    rule("capability.blocked", Level.ERROR, Subject.CAPABILITIES, capability.blocked),
    rule("capability.undetermined", Level.ERROR, Subject.CAPABILITIES, capability.undetermined, undetermined=True),
    rule("network.disabled", Level.ERROR, Subject.NETWORK, network.disabled),
    rule("network.tls_required", Level.ERROR, Subject.NETWORK, network.tls_required),
    rule("network.blocked", Level.ERROR, Subject.NETWORK, network.blocked),
    rule("network.not_allowed", Level.ERROR, Subject.NETWORK, network.not_allowed),
    rule("network.undetermined", Level.ERROR, Subject.NETWORK, network.undetermined, undetermined=True),
    rule("filesystem.disabled", Level.ERROR, Subject.FILESYSTEM, filesystem.disabled),
    rule("filesystem.blocked", Level.ERROR, Subject.FILESYSTEM, filesystem.blocked),
    rule("filesystem.not_allowed", Level.ERROR, Subject.FILESYSTEM, filesystem.not_allowed),
    rule("filesystem.extension", Level.ERROR, Subject.FILESYSTEM, filesystem.extension),
    rule("filesystem.undetermined", Level.ERROR, Subject.FILESYSTEM, filesystem.undetermined, undetermined=True),
    rule("rate_limit.exceeded", Level.ERROR, Subject.RATES, rates.exceeded),
    rule("compliance.framework", Level.WARNING, Subject.COMPLIANCE, compliance.framework),
    rule("compliance.audit_logging", Level.WARNING, Subject.COMPLIANCE, compliance.audit_logging),
    rule("identity.model_mismatch", Level.WARNING, Subject.IDENTITY, identity.model_mismatch),
    rule("identity.stale_id", Level.WARNING, Subject.IDENTITY, identity.stale_id),
    rule("identity.stale_hash", Level.WARNING, Subject.IDENTITY, identity.stale_hash),
    rule("identity.not_computed", Level.NOTICE, Subject.IDENTITY, identity.not_computed),
    # The row of a name is the one of its subject: the observation says which.
    rule("name.not_plain", Level.ERROR, Subject.DEFINITION, name.not_plain),
    rule("definition.unknown_claim", Level.WARNING, Subject.DEFINITION, definition.unknown_claim),
)

# As docs/contract.md 7 lists them: those on definitions as files come last.
ALL_RULES: tuple[RuleInfo, ...] = tuple(
    sorted(
        (
            *(known.info for known in RULES),
            *(known.info for known in POLICY_RULES),
            *(known.info for known in SEARCH_RULES),
        ),
        key=lambda info: info.id.startswith("definition."),
    )
)


def find_rule(rule_id: str) -> RuleInfo | None:
    """Return the rule of that id."""
    return next((info for info in ALL_RULES if info.id == rule_id), None)
