"""Rules on the policy itself: what it leaves open, and what cannot be judged by it."""

from collections.abc import Iterator

from sekuire_gate.model.duration import in_words
from sekuire_gate.model.manifest import Definitions
from sekuire_gate.model.policy import EXPIRING_DAYS, Policy
from sekuire_gate.rules import rates
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


def not_static(policy: Policy, definitions: Definitions) -> Iterator[Observation]:
    """The policy holds a rule that can be kept only at run time.

    Where data resides, and which services an agent calls, is not written in a repository; nor is a rate that no
    definition declares. The gate says so, once each, rather than pass over it in silence; it does not block.

    For example: `{"compliance": {"data_residency": "eu"}}`

    Nothing is to be changed: see to it that the agent's run time enforces the rule.
    """
    names = []
    if policy.api.restricts:
        names.append("permissions.api")
    declared = {rates.limited_name(rate.value) for manifest in definitions.manifests for rate in manifest.rates}
    names += [f"{rates.SECTION}.{name}" for name in rates.limits(policy.rate_limits) if name not in declared]
    if policy.compliance.data_residency is not None:
        names.append("compliance.data_residency")
    for name in names:
        message = f"the policy's {quoted(name)} cannot be judged from a repository."
        yield Observation(None, message, "See to it that the agent's run time enforces it.", value=name)


def key_expiring(policy: Policy) -> Iterator[Observation]:
    """The pinned key that signed the policy counts for two more weeks or less.

    After its last day (`until=`, in UTC) a pin no longer counts, and every run ends with `policy.key_expired`. The
    notice comes while there is time: from 14 days before. It does not block.

    For example: `key_2025=3f…9a until=2026-01-31`, from the 17th of January on.

    Pin the workspace's next key beside this one; several may be pinned at once.
    """
    days = policy.proof.key_days_left
    if days is None or days > EXPIRING_DAYS:
        return
    left = f"for {days} more day{'' if days == 1 else 's'} after today" if days else "today for the last time"
    message = f"the pinned key that signed the policy counts {left} (UTC)."
    fix = (
        "Pin the workspace's next key beside it: in trusted-keys, or in the lock file by "
        "'sekuire-gate lock --update --trusted-key ID=KEY'."
    )
    yield Observation(None, message, fix, value=policy.proof.key_fingerprint)


def ahead_of_lock(policy: Policy) -> Iterator[Observation]:
    """The policy is newer than the version that the lock file names.

    A newer version by a pinned key is accepted, and judged by. Until the lock file is moved, any version from the
    locked one on would be, so that an attacker could still serve one that has been replaced since. It does not block.

    For example: `"policy_version": "7"` in `sekuire.lock`, and the workspace is at version 9.

    Run `sekuire-gate lock --update`, and commit the file once its change is reviewed.
    """
    if policy.proof.locked_version is not None:
        message = f"the policy has moved on, {policy.proof.locked_version} → {policy.proof.version} since the lock."
        fix = "Run 'sekuire-gate lock --update', and commit the lock file."
        yield Observation(None, message, fix, value=policy.proof.version)


def cached(policy: Policy) -> Iterator[Observation]:
    """The service is down, and the policy that was verified last stands in.

    It was verified again in full, and it is no older than `max-cache-age`. What the workspace has published or
    withdrawn since is not known. It does not block.

    For example: `on-unavailable: cached`, and no answer within the time limit.

    Run the check again once the service answers.
    """
    if policy.proof.cached_seconds is not None:
        age = in_words(policy.proof.cached_seconds)
        message = f"the service is unavailable: version {quoted(policy.proof.version)}, fetched {age} ago, stands in."
        yield Observation(None, message, "Run the check again once the service answers.", value=policy.proof.version)
