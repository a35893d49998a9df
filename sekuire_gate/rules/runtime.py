"""What a policy says of one action at run time, as the SDKs enforce it (docs/protocol.md 3.1 and 6).

Deny wins over allow, matching is exact and case-sensitive apart from `*`, and what restricts nothing allows.
The loose matching of deny-lists is the gate's own and not in use here: a harness compares with the SDKs.
"""

from collections.abc import Callable, Iterable

from sekuire_gate.model.policy import Entry, NameRules, Policy
from sekuire_gate.rules import hosts, paths, patterns
from sekuire_gate.rules.patterns import Patterns

_TLS = frozenset({"https", "wss"})


def allows_model(policy: Policy, model: str) -> bool:
    """Whether a model may be called."""
    return _permits(policy.models, model, patterns.exact)


def allows_tool(policy: Policy, tool: str) -> bool:
    """Whether a tool may be called."""
    return _permits(policy.tools, tool, patterns.exact)


def allows_host(policy: Policy, host: str, protocol: str) -> bool:
    """Whether a host may be reached by a protocol (`https`, `http`, …)."""
    network = policy.network
    name = hosts.normal(host)
    in_clear = protocol.lower() not in _TLS and name not in hosts.LOOPBACK
    if not network.enabled or (network.require_tls and in_clear):
        return False
    return _permits(network.hosts, name, hosts.listed)


def allows_path(policy: Policy, path: str) -> bool:
    """Whether a path may be read or written; where files are restricted, a path that leaves its folder may not."""
    files = policy.filesystem
    resolved = paths.normal(path)
    if not files.enabled:
        return False
    if resolved is None:
        return not files.restricts
    ending = paths.extension(resolved)
    if ending and files.extensions and not {ending, ending.removeprefix(".")} & set(files.extensions):
        return False
    return _permits(files.paths, resolved, paths.listed)


def allows_service(policy: Policy, service: str) -> bool:
    """Whether a service's API may be called."""
    services = [name for name, _ in policy.api.services]
    return policy.api.enabled and (not services or any(patterns.matches(name, service) for name in services))


def allows_rate(limits: Iterable[int | None], count: int) -> bool:
    """Whether so many at once are below every limit; None does not limit."""
    return all(limit is None or count <= limit for limit in limits)


def _permits(rules: NameRules, value: str, prepared: Callable[[Iterable[Entry]], Patterns]) -> bool:
    if prepared(rules.blocked).covering(value):
        return False
    return all(prepared(entries).covering(value) for entries in rules.allowed)
