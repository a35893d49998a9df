"""Rules on the policy itself: what it leaves open, and what cannot be judged by it."""

from collections.abc import Iterator

from sekuire_gate.model.policy import Policy
from sekuire_gate.rules.rule import Observation
from sekuire_gate.rules.wording import quoted


def unknown_rule(policy: Policy) -> Iterator[Observation]:
    """The policy holds a rule that this gate does not know, so that nobody can say whether it is kept.

    A misspelt `alowed_models` restricts nothing; a rule newer than this gate would be passed over. Both would be
    green without reason, so the run is undetermined, and blocks.

    For example: `{"agent": {"models": {"alowed_models": ["gpt-4o"]}}}`

    Correct the key in the policy, or update the gate.
    """
    for name in policy.unknown:
        message = f"the policy's {quoted(name)} is no rule that this version of sekuire-gate knows."
        yield Observation(None, message, "Correct the key in the policy, or update sekuire-gate.", value=name)
    for name in _unjudged(policy):
        message = f"the policy restricts by {quoted(name)}, which this version of sekuire-gate does not judge."
        yield Observation(None, message, "Update sekuire-gate to a version that judges it.", value=name)


def _unjudged(policy: Policy) -> Iterator[str]:
    """Name the sections that restrict and have no rules yet; each goes when its rules come."""
    if policy.network.restricts:
        yield "permissions.network"
    if policy.filesystem.restricts:
        yield "permissions.filesystem"
    if policy.rate_limits.restricts:
        yield "rate_limits"


def unrestricted(policy: Policy) -> Iterator[Observation]:
    """The policy has no allow-list for some subjects, so that anything goes there.

    A list that is absent, null or empty restricts nothing. A deny-list alone leaves everything else open, and what
    nobody has thought of yet with it. One notice names all such subjects; it does not block.

    For example: `"allowed_tools": []` permits every tool.

    Add an allow-list to the policy, or leave it open on purpose.
    """
    if subjects := policy.unrestricted:
        message = f"the policy has no allow-list for {', '.join(subjects)}."
        fix = "Add allow-lists to the policy, or leave these open on purpose."
        yield Observation(None, message, fix, value=", ".join(subjects))


def not_static(policy: Policy) -> Iterator[Observation]:
    """The policy holds a rule that can be kept only at run time.

    Where data resides, and which services an agent calls, is not written in a repository. The gate says so, once
    each, rather than pass over it in silence; it does not block.

    For example: `{"compliance": {"data_residency": "eu"}}`

    Nothing is to be changed: see to it that the agent's run time enforces the rule.
    """
    names = []
    if policy.api.restricts:
        names.append("permissions.api")
    if policy.compliance.data_residency is not None:
        names.append("compliance.data_residency")
    for name in names:
        message = f"the policy's {quoted(name)} cannot be judged from a repository."
        yield Observation(None, message, "See to it that the agent's run time enforces it.", value=name)
