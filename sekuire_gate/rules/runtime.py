"""What a policy says of one action at run time, as the SDKs enforce it (docs/protocol.md 3.1 and 6).

Deny wins over allow, matching is exact and case-sensitive apart from `*`, and what restricts nothing allows.
The loose matching of deny-lists is the gate's own and not in use here: a harness compares with the SDKs.
"""

from collections.abc import Callable, Iterable

from sekuire_gate.model.policy import Entry, NameRules, Policy
from sekuire_gate.rules import hosts, names, paths

_TLS = frozenset({"https", "wss"})


def allows_model(policy: Policy, model: str) -> bool:
    """Whether a model may be called."""
    return _permits(policy.models, model, names.matches)


def allows_tool(policy: Policy, tool: str) -> bool:
    """Whether a tool may be called."""
    return _permits(policy.tools, tool, names.matches)


def allows_host(policy: Policy, host: str, protocol: str) -> bool:
    """Whether a host may be reached by a protocol (`https`, `http`, …)."""
    network = policy.network
    in_clear = protocol.lower() not in _TLS and hosts.normal(host) not in hosts.LOOPBACK
    if not network.enabled or (network.require_tls and in_clear):
        return False
    return _permits(network.hosts, host, hosts.matches)


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
    return _permits(files.paths, resolved, paths.matches)


def allows_service(policy: Policy, service: str) -> bool:
    """Whether a service's API may be called."""
    services = [name for name, _ in policy.api.services]
    return policy.api.enabled and (not services or any(names.matches(name, service) for name in services))


def allows_rate(limits: Iterable[int | None], count: int) -> bool:
    """Whether so many at once are below every limit; None does not limit."""
    return all(limit is None or count <= limit for limit in limits)


def _permits(rules: NameRules, value: str, fits: Callable[[str, str], bool]) -> bool:
    def listed(entries: Iterable[Entry]) -> bool:
        return any(fits(entry.text, value) for entry in entries)

    return not listed(rules.blocked) and all(listed(entries) for entries in rules.allowed)
