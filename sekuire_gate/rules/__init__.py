"""The rules, registered: what each is called, how bad it is, what it is about, and the function that checks it."""

from sekuire_gate.model.manifest import Definitions, Manifest
from sekuire_gate.model.policy import Policy
from sekuire_gate.model.report import Level, RuleInfo, Subject
from sekuire_gate.rules import capability, compliance, definition, model, name, policy, provider, tool
from sekuire_gate.rules.rule import Rule, rule

POLICY_RULES: tuple[Rule[[Policy]], ...] = (
    rule("policy.unknown_rule", Level.ERROR, Subject.POLICY, policy.unknown_rule, undetermined=True),
    rule("policy.unrestricted", Level.NOTICE, Subject.POLICY, policy.unrestricted),
    rule("policy.not_static", Level.NOTICE, Subject.POLICY, policy.not_static),
    rule("policy.key_expiring", Level.NOTICE, Subject.POLICY, policy.key_expiring),
    rule("policy.ahead_of_lock", Level.NOTICE, Subject.POLICY, policy.ahead_of_lock),
    rule("policy.cached", Level.WARNING, Subject.POLICY, policy.cached),
)

SEARCH_RULES: tuple[Rule[[Policy, Definitions]], ...] = (
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
    rule("compliance.framework", Level.WARNING, Subject.COMPLIANCE, compliance.framework),
    rule("compliance.audit_logging", Level.WARNING, Subject.COMPLIANCE, compliance.audit_logging),
    # The row of a name is the one of its subject: the observation says which.
    rule("name.not_plain", Level.ERROR, Subject.DEFINITION, name.not_plain),
)

ALL_RULES: tuple[RuleInfo, ...] = (
    *(known.info for known in RULES),
    *(known.info for known in POLICY_RULES),
    *(known.info for known in SEARCH_RULES),
)


def find_rule(rule_id: str) -> RuleInfo | None:
    """Return the rule of that id."""
    return next((info for info in ALL_RULES if info.id == rule_id), None)
