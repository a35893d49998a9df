"""What a change of `permissions` and `rate_limits` permits and forbids newly (docs/protocol.md 3)."""

from collections.abc import Iterator
from dataclasses import asdict

from sekuire_gate.changes.list_changes import deny_list_toggled, list_changes, toggled
from sekuire_gate.changes.permitted import EXTENSIONS, HOSTS, NAMES, PATHS
from sekuire_gate.model.difference import Change, Document, Effect
from sekuire_gate.model.policy import ApiRules, Entry, FilesystemRules, NameRules, NetworkRules, RateLimits
from sekuire_gate.rules.paths import another_spelling
from sekuire_gate.rules.wording import listed

_TLS = "/permissions/network/require_tls"
_EXTENSIONS = "/permissions/filesystem/allowed_extensions"
_SERVICES = "/permissions/api/allowed_services"
_AT_RUN_TIME = "to be enforced at run time"


def network_changes(a: NetworkRules, b: NetworkRules) -> Iterator[Change]:
    """Yield what changes for the hosts that an agent may reach."""
    switched = _switched("network", "network access", was=a.enabled, will=b.enabled)
    if switched or not a.enabled:
        yield from switched
        return
    found = (*_tls(a, b), *list_changes("network", a.hosts, b.hosts, HOSTS))
    yield from found
    yield from toggled("network", found, was=a.restricts, will=b.restricts)


def _tls(a: NetworkRules, b: NetworkRules) -> Iterator[Change]:
    if b.require_tls and not a.require_tls:
        reason = "TLS is required now, but for loopback hosts"
        yield Change("network", Effect.FORBIDS, "http, ws", reason, Document.B, _TLS)
    if a.require_tls and not b.require_tls:
        yield Change("network", Effect.PERMITS, "http, ws", "TLS is not required any more", Document.A, _TLS)


def filesystem_changes(a: FilesystemRules, b: FilesystemRules) -> Iterator[Change]:
    """Yield what changes for the files that an agent may touch."""
    switched = _switched("filesystem", "access to files", was=a.enabled, will=b.enabled)
    if switched or not a.enabled:
        yield from switched
        return
    found = (
        *list_changes("filesystem", a.paths, b.paths, PATHS),
        *list_changes("filesystem", _extensions(a), _extensions(b), EXTENSIONS),
    )
    yield from found
    told = tuple(toggled("filesystem", found, was=a.restricts, will=b.restricts))
    yield from told or _other_spellings(a.paths, b.paths)


def _extensions(rules: FilesystemRules) -> NameRules:
    entries = tuple(Entry(text, f"{_EXTENSIONS}/{index}") for index, text in enumerate(rules.extensions))
    return NameRules((entries,) if entries else ())


def _other_spellings(a: NameRules, b: NameRules) -> Iterator[Change]:
    """Say what it means for some paths that there is a deny-list at all (`filesystem.undetermined`)."""
    may_be_denied = "'~' and letters beyond ASCII may spell what is denied"
    yield from deny_list_toggled(
        "filesystem", a, b, _permits_other_spellings, why=may_be_denied, so="no path with them passes"
    )


def _permits_other_spellings(rules: NameRules) -> bool:
    """Whether every allow-list may hold such a path."""
    return all(any("*" in entry.text or another_spelling(entry.text) for entry in entries) for entries in rules.allowed)


def rate_changes(a: RateLimits, b: RateLimits) -> Iterator[Change]:
    """Yield what changes for each limit."""
    limits: dict[str, tuple[int | None, int | None]] = {
        name: (was, will) for (name, was), will in zip(asdict(a).items(), asdict(b).values(), strict=True)
    }
    for name, (was, will) in limits.items():
        pointer = f"/rate_limits/per_agent/{name}"
        if was == will:
            continue
        if will is None:
            yield Change("rates", Effect.PERMITS, name, f"any rate; the limit was {was}", Document.A, pointer)
        elif was is None:
            reason = f"more than {will}; there was no limit"
            yield Change("rates", Effect.FORBIDS, f"{name}={will}", reason, Document.B, pointer)
        else:
            effect, words = (Effect.PERMITS, "up to") if will > was else (Effect.FORBIDS, "more than")
            reason = f"{words} {will}; the limit was {was}"
            yield Change("rates", effect, f"{name}={will}", reason, Document.B, pointer)


def service_changes(a: ApiRules, b: ApiRules) -> Iterator[Change]:
    """Yield what changes for the services an agent may call; a repository does not show which it calls."""
    switched = _switched("services", "calling services", was=a.enabled, will=b.enabled)
    if switched or not a.enabled:
        yield from switched
        return
    yield from list_changes("services", _as_rules(a), _as_rules(b), NAMES)
    was, will = _endpoints(a), _endpoints(b)
    for name in will:
        if name in was and was[name] != will[name]:
            yield from _endpoint_changes(name, was[name], will[name])


def _as_rules(rules: ApiRules) -> NameRules:
    entries = tuple(Entry(name, f"{_SERVICES}/{index}") for index, (name, _) in enumerate(rules.services))
    return NameRules((entries,) if entries else ())


def _endpoints(rules: ApiRules) -> dict[str, frozenset[str]]:
    """Return each service's endpoints; none: any."""
    found: dict[str, frozenset[str]] = {}
    for name, endpoints in rules.services:
        earlier = found.get(name)
        found[name] = (
            frozenset() if not endpoints or earlier == frozenset() else frozenset(endpoints) | (earlier or set())
        )
    return found


def _endpoint_changes(name: str, was: frozenset[str], will: frozenset[str]) -> Iterator[Change]:
    """Say which endpoints come and go; another entry may name the same service, so that it is a "may"."""
    if not will or (was and will - was):
        what = f"{listed(sorted(will - was))} too" if will else "any endpoint of it"
        yield Change("services", Effect.MAY_PERMIT, name, f"{what}, {_AT_RUN_TIME}", Document.B, _SERVICES)
    if not was or (will and was - will):
        what = f"{listed(sorted(was - will))} no more" if was else f"only {listed(sorted(will))} of it"
        yield Change("services", Effect.MAY_FORBID, name, f"{what}, {_AT_RUN_TIME}", Document.B, _SERVICES)


def _switched(subject: str, what: str, *, was: bool, will: bool) -> tuple[Change, ...]:
    """Say that a section as a whole was switched on or off; what its lists say is of no effect while it is off."""
    section = "api" if subject == "services" else subject
    pointer = f"/permissions/{section}/enabled"
    if was and not will:
        return (Change(subject, Effect.FORBIDS, None, f"{what} is disabled: none at all", Document.B, pointer),)
    if will and not was:
        reason = f"{what} is not disabled any more: what B's other rules leave is permitted"
        return (Change(subject, Effect.PERMITS, None, reason, Document.A, pointer),)
    return ()
