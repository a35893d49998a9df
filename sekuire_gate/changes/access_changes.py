"""What a change of `permissions` and `rate_limits` permits and forbids newly (docs/protocol.md 3)."""

from collections.abc import Iterator
from dataclasses import asdict

from sekuire_gate.changes.list_changes import list_changes, toggled
from sekuire_gate.changes.permitted import HOSTS, NAMES, PATHS
from sekuire_gate.model.difference import Change, Document, Effect
from sekuire_gate.model.policy import ApiRules, Entry, FilesystemRules, NameRules, NetworkRules, RateLimits
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
    found = (*list_changes("filesystem", a.paths, b.paths, PATHS), *_extensions(a.extensions, b.extensions))
    yield from found
    yield from toggled("filesystem", found, was=a.restricts, will=b.restricts)


def _extensions(a: tuple[str, ...], b: tuple[str, ...]) -> Iterator[Change]:
    """Compare extensions, with or without their dot; they bind files beside the lists of paths."""
    was, will = ({text.removeprefix("."): text for text in reversed(texts)} for texts in (a, b))
    if was and not will:
        reason = "the list of extensions is gone: any will do where the path is permitted"
        yield Change("filesystem", Effect.PERMITS_REST, None, reason, Document.A, _EXTENSIONS)
    elif will and not was:
        reason = f"a list of extensions appears: only files with these are permitted now: {listed(b)}"
        yield Change("filesystem", Effect.FORBIDS_REST, None, reason, Document.B, _EXTENSIONS)
    else:
        for name in sorted(will.keys() - was.keys()):
            reason = "files with this extension, where the path is permitted"
            yield Change("filesystem", Effect.PERMITS, will[name], reason, Document.B, _EXTENSIONS)
        for name in sorted(was.keys() - will.keys()):
            yield Change("filesystem", Effect.FORBIDS, was[name], "files with this extension", Document.A, _EXTENSIONS)


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
