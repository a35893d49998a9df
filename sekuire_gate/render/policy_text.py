"""What a policy permits, for people and as JSON: `policy show` (docs/contract.md 2, docs/protocol.md 5)."""

from collections.abc import Iterable, Iterator

from sekuire_gate.model.policy import Entry, NameRules, Policy, RateLimits, Trust
from sekuire_gate.render.escape import for_log
from sekuire_gate.render.json_report import policy_object
from sekuire_gate.render.json_text import dumps

_SIGNATURE = {
    Trust.PINNED: "verified",
    Trust.EMBEDDED: "integrity only, key not pinned",
    Trust.UNSIGNED: "none: the document is not signed",
    Trust.UNVERIFIED: "not verified",
}


def render(policy: Policy) -> str:
    """Write who the policy is, in the lines that the CLI uses, then what it permits."""
    return "".join(f"{for_log(line, 100_000)}\n" for line in (*_identity(policy), "", *_permits(policy)))


def as_json(policy: Policy) -> str:
    """Write the report's `policy` object, and per subject the lists that bind (docs/contract.md 2)."""
    permits = {
        subject: {
            "allow": [[entry.text for entry in allowed] for allowed in rules.allowed] or None,
            "deny": [entry.text for entry in rules.blocked],
        }
        for subject, rules in _subjects(policy)
    }
    return dumps({**policy_object(policy), "permits": permits})


def saved(policy: Policy, path: str) -> str:
    """Write the lines of `policy pull` (docs/protocol.md 5)."""
    first = f"Saved active policy {_named(policy)} for workspace {policy.label.workspace_id} to {path}"
    return "".join(f"{for_log(line)}\n" for line in (first, _signature_line(policy)))


def validated(policy: Policy) -> str:
    """Write the lines of `policy validate`; what is not verified is not called so (docs/protocol.md 5)."""
    if policy.proof.trust is Trust.PINNED:
        return f"{for_log(f'Policy {_named(policy)} integrity verified (hash/signature)')}\n"
    parts = "hash/signature" if policy.proof.trust is Trust.EMBEDDED else "hash"
    lines = (f"Policy {_named(policy)} integrity verified ({parts})", _signature_line(policy))
    return "".join(f"{for_log(line)}\n" for line in lines)


def _named(policy: Policy) -> str:
    return f"{policy.proof.policy_id} (v{policy.proof.version})"


def _signature_line(policy: Policy) -> str:
    if policy.proof.trust is Trust.UNSIGNED:
        return "   Warning: no signature provided by backend"
    return f"   Signature: {_SIGNATURE[policy.proof.trust]}"


def _subjects(policy: Policy) -> tuple[tuple[str, NameRules], ...]:
    return (
        ("provider", policy.providers),
        ("model", policy.models),
        ("tools", policy.tools),
        ("capabilities", policy.capabilities),
        ("network", policy.network.hosts),
        ("filesystem", policy.filesystem.paths),
    )


def _identity(policy: Policy) -> Iterator[str]:
    key = " ".join(filter(None, (policy.label.signing_key_id, policy.proof.key_fingerprint)))
    yield f"Policy ID:     {policy.proof.policy_id}"
    yield f"Workspace ID:  {policy.label.workspace_id}"
    yield f"Version:       {policy.proof.version}"
    yield f"Status:        {policy.label.status}"
    yield f"Hash:          {policy.proof.content_hash}"
    yield f"Signature:     {_SIGNATURE[policy.proof.trust]}"
    yield f"Signing Key:   {key or 'none'}"


def _permits(policy: Policy) -> Iterator[str]:
    for subject, rules in _subjects(policy):
        if not rules.allowed:
            yield f"{subject:<14} any{', but:' if rules.blocked else ''}"
        for number, allowed in enumerate(rules.allowed):
            yield f"{subject if not number else '':<14} {'and only' if number else 'only'}: {_texts(allowed)}"
        if rules.blocked:
            yield f"{'':<14} never: {_texts(rules.blocked)}"
    yield from _conditions(policy)


def _texts(entries: tuple[Entry, ...]) -> str:
    return ", ".join(entry.text for entry in entries)


def _conditions(policy: Policy) -> Iterator[str]:
    """What binds beside the lists of names."""
    for subject, condition in (
        ("tools", _only_if(policy.tool_approval, "each needs approval")),
        ("network", _only_if(not policy.network.enabled, "disabled")),
        ("network", _only_if(policy.network.require_tls, "TLS required")),
        ("filesystem", _only_if(not policy.filesystem.enabled, "disabled")),
        ("filesystem", _named_list("extensions", policy.filesystem.extensions)),
        ("services", _only_if(not policy.api.enabled, "disabled")),
        ("services", _named_list("only", [name for name, _ in policy.api.services])),
        *(("rates", _only_if(limit is not None, f"{name}={limit}")) for name, limit in _limits(policy.rate_limits)),
        ("compliance", _named_list("frameworks", [entry.text for entry in policy.compliance.frameworks])),
        ("compliance", _only_if(policy.compliance.audit_logging, "audit logging required")),
        ("compliance", _named_list("data residency", filter(None, [policy.compliance.data_residency]))),
        ("unknown", _named_list("no rule can check", policy.unknown)),
    ):
        if condition:
            yield f"{subject:<14} {condition}"


def _limits(limits: RateLimits) -> tuple[tuple[str, int | None], ...]:
    return (
        ("requests_per_minute", limits.requests_per_minute),
        ("requests_per_hour", limits.requests_per_hour),
        ("tokens_per_minute", limits.tokens_per_minute),
        ("tokens_per_hour", limits.tokens_per_hour),
    )


def _only_if(holds: bool, words: str) -> str:
    return words if holds else ""


def _named_list(name: str, values: Iterable[str]) -> str:
    return f"{name}: {', '.join(listed)}" if (listed := tuple(values)) else ""
