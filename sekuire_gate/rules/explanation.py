"""Each claim of a definition with what decides about it: the rules and lists that judge, asked for their reasons."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from sekuire_gate.model.explanation import Explanation, How, Reason, Said
from sekuire_gate.model.manifest import Claim, Manifest, Rate
from sekuire_gate.model.policy import Policy
from sekuire_gate.model.report import RuleInfo, Status, Subject
from sekuire_gate.model.source import Location
from sekuire_gate.model.variables import default_of, is_dynamic, judged_text
from sekuire_gate.rules import RULES, capability, filesystem, model, network, provider, rates, tool
from sekuire_gate.rules.checks import status_of
from sekuire_gate.rules.lists import Lists, Named
from sekuire_gate.rules.names import fold
from sekuire_gate.rules.reasons import list_pointer, of_entry
from sekuire_gate.rules.rule import Observation

_BEARING = frozenset({How.EXACT, How.WILDCARD, How.LOOSE, How.PROVIDER, How.SETTING, How.COMPUTED})


@dataclass(frozen=True, slots=True)
class _About:
    """What findings and explanations have in common: the same claim by the same name."""

    subject: Subject
    at: Location
    agent: str | None
    value: str


def explain(policy: Policy, manifest: Manifest) -> tuple[Explanation, ...]:
    """Explain every claim of a definition, and everything else that the rules say of it, in order of place."""
    observed: defaultdict[_About, list[tuple[RuleInfo, Observation]]] = defaultdict(list)
    for rule in RULES:
        for observation in rule.check(policy, manifest):
            observed[_about(rule.info, observation, manifest)].append((rule.info, observation))
    explained: dict[_About, Explanation] = {}
    for draft in _drafts(policy, manifest):
        about = draft.about
        if about not in explained:
            explained[about] = _explanation(draft, observed.pop(about, []))
    for about, seen in observed.items():
        explained[about] = _explanation(_Draft(about, is_claim=False), seen)
    return tuple(sorted(explained.values(), key=lambda one: _place(one, manifest)))


@dataclass(frozen=True, slots=True)
class _Draft:
    """A claim and its reasons, before the rules had their say."""

    about: _About
    reasons: tuple[Reason, ...] = ()
    origin: str = ""
    is_claim: bool = True


def _explanation(draft: _Draft, seen: list[tuple[RuleInfo, Observation]]) -> Explanation:
    about = draft.about
    statuses = {status for rule, _ in seen if (status := status_of(rule))}
    is_bound = any(reason.how in _BEARING for reason in draft.reasons)
    without = Status.PASS if is_bound else Status.UNRESTRICTED
    return Explanation(
        subject=about.subject,
        value=about.value,
        agent=about.agent,
        at=about.at,
        status=next((status for status in Status if status in statuses), without),
        origin=draft.origin,
        judged=default_of(about.value) if is_dynamic(about.value) else None,
        said=tuple(Said(rule.id, observation.message) for rule, observation in seen),
        is_claim=draft.is_claim,
        reasons=draft.reasons or (() if seen else (Reason(How.UNBOUND),)),
    )


def _about(rule: RuleInfo, observation: Observation, manifest: Manifest) -> _About:
    at = observation.at or Location(manifest.path, 1, 1, 1, 1)
    return _About(observation.subject or rule.subject, at, observation.agent, observation.shown_value)


def _place(one: Explanation, manifest: Manifest) -> tuple[bool, str, int, int, str, str]:
    at = one.at
    return at.path != manifest.path, at.path, at.line, at.column, one.subject.value, one.agent or ""


def _drafts(policy: Policy, manifest: Manifest) -> Iterator[_Draft]:
    """Go over all claims, each with what of the policy decides about it; none where nothing binds it."""
    yield from _named(provider.lists(policy), provider.providers(policy, manifest).named)
    yield from _models(policy, manifest)
    yield from _named(tool.lists(policy), tool.tools(manifest))
    yield from (_draft(Subject.TOOLS, path) for path in manifest.dynamic_tools_files)
    yield from _named(capability.lists(policy), capability.capabilities(manifest))
    yield from (_draft(Subject.NETWORK, host, *_of_host(policy, host.value)) for host in manifest.hosts)
    yield from (_draft(Subject.FILESYSTEM, path, *_of_path(policy, path.value)) for path in manifest.paths)
    yield from (_draft(Subject.RATES, rate, *_of_rate(policy, rate.value)) for rate in manifest.rates)
    yield from (_draft(Subject.COMPLIANCE, one, *_of_framework(policy, one.value)) for one in manifest.frameworks)
    yield from (
        _draft(Subject.COMPLIANCE, audit, *_of_audit_logging(policy))
        for audit in manifest.audits
        # A map that says nothing of audit logging claims nothing of it, until the policy demands it.
        if audit.value is not None or policy.compliance.audit_logging
    )
    yield from _identities(manifest)


def _named(lists: Lists, names: Iterable[Named]) -> Iterator[_Draft]:
    return (_draft(lists.subject, named.claim, *lists.reasons(named), origin=named.origin) for named in names)


def _models(policy: Policy, manifest: Manifest) -> Iterator[_Draft]:
    """Go over the models; where no allow-list is theirs, one of providers binds them all the same."""
    lists = model.lists(policy)
    instead = () if lists.rules.allowed else policy.providers.allowed
    through = [Reason(How.PROVIDER, list_pointer(entries[0])) for entries in instead]
    for named in model.models(manifest):
        yield _draft(lists.subject, named.claim, *lists.reasons(named), *through)


def _of_host(policy: Policy, host: str) -> Iterator[Reason]:
    if not policy.network.enabled:
        yield Reason(How.SETTING, "/permissions/network/enabled", "false")
        return
    if policy.network.require_tls:
        yield Reason(How.SETTING, "/permissions/network/require_tls", "true")
    text = judged_text(host)
    if text is not None:
        yield from network.grants(policy).reasons(text)


def _of_path(policy: Policy, path: str) -> Iterator[Reason]:
    files = policy.filesystem
    if not files.enabled:
        yield Reason(How.SETTING, "/permissions/filesystem/enabled", "false")
        return
    if files.extensions:
        yield Reason(How.SETTING, "/permissions/filesystem/allowed_extensions", ", ".join(files.extensions))
    text = judged_text(path)
    if text is not None:
        yield from filesystem.grants(policy).reasons(text)


def _of_rate(policy: Policy, rate: Rate) -> Iterator[Reason]:
    name = rates.limited_name(rate)
    limit = rates.limits(policy.rate_limits).get(name)
    if limit is not None:
        yield Reason(How.SETTING, f"/{rates.SECTION.replace('.', '/')}/{name}", str(limit))


def _of_framework(policy: Policy, framework: str) -> Iterator[Reason]:
    for entry in policy.compliance.frameworks:
        if fold(entry.text) == fold(framework):
            yield of_entry(entry, framework, loosely=entry.text != framework)


def _of_audit_logging(policy: Policy) -> Iterator[Reason]:
    if policy.compliance.audit_logging:
        yield Reason(How.SETTING, "/compliance/require_audit_logging", "true")


def _identities(manifest: Manifest) -> Iterator[_Draft]:
    """Go over the declared id and hashes, which the policy says nothing of."""
    computed = manifest.computed
    for declared, value in (
        (manifest.sekuire_id, computed.sekuire_id),
        (manifest.prompt_hash, computed.prompt_hash),
        (manifest.tools_hash, computed.tools_hash),
    ):
        if declared is not None:
            is_compared = value is not None and not is_dynamic(declared.value)
            yield _draft(Subject.IDENTITY, declared, *((Reason(How.COMPUTED, text=value),) if is_compared else ()))


def _draft(subject: Subject, claim: Claim[object], *reasons: Reason, origin: str = "") -> _Draft:
    return _Draft(_About(subject, claim.at, claim.agent, _written(claim.value)), reasons, origin)


def _written(value: object) -> str:
    """Write a claim's value as findings name it."""
    match value:
        case None:
            return ""
        case bool():
            return str(value).lower()
        case _:
            return str(value)
