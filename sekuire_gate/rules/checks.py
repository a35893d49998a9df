"""Claims and what was observed of them become the rows of the table of checks (docs/contract.md 6)."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from sekuire_gate.model.manifest import Claim, Manifest, Rate, in_order_of_place
from sekuire_gate.model.policy import Policy
from sekuire_gate.model.report import CHECKED_SUBJECTS, Check, Level, RuleInfo, Status, Subject
from sekuire_gate.model.variables import is_dynamic
from sekuire_gate.rules import provider, rates
from sekuire_gate.rules.rule import Observation


@dataclass(frozen=True, slots=True)
class Observed:
    """An observation and the rule that made it."""

    rule: RuleInfo
    observation: Observation

    @property
    def subject(self) -> Subject:
        """The row it counts to."""
        return self.observation.subject or self.rule.subject


@dataclass(slots=True)
class _Cell:
    """What is known of one subject for one agent, before it is a row."""

    values: dict[str, None] = field(default_factory=dict)  # as written, distinct, in order of place
    is_claimed: bool = False
    found: set[Status] = field(default_factory=set)


_Cells = Mapping[Subject, Mapping[str | None, _Cell]]


def checks(policy: Policy, manifest: Manifest, observed: Iterable[Observed]) -> tuple[Check, ...]:
    """Return the rows: every subject for the definition as a whole, then for each agent those it claims."""
    cells = _cells(policy, manifest, observed)
    rows = list(_rows(policy, manifest, None, cells))
    for agent in manifest.agents:
        rows += [row for row in _rows(policy, manifest, agent, cells) if row.status is not Status.NONE]
    return tuple(rows)


def _cells(policy: Policy, manifest: Manifest, observed: Iterable[Observed]) -> _Cells:
    """Go over claims and observations once: there may be as many agents as claims."""
    cells = {subject: defaultdict[str | None, _Cell](_Cell) for subject in Subject}
    for subject, claims in _claims(policy, manifest):
        for claim in claims:
            cell = cells[subject][claim.agent]
            cell.is_claimed = True
            if isinstance(claim.value, str | Rate):
                cell.values[str(claim.value)] = None
    limited = rates.limits(policy.rate_limits)
    for rate in manifest.rates:
        is_limited = rates.limited_name(rate.value) in limited
        cells[Subject.RATES][rate.agent].found.add(Status.PASS if is_limited else Status.UNRESTRICTED)
    for seen in observed:
        if status := status_of(seen.rule):
            cells[seen.subject][seen.observation.agent].found.add(status)
    return cells


def _claims(policy: Policy, manifest: Manifest) -> Iterator[tuple[Subject, Iterable[Claim[object]]]]:
    """Yield what is claimed of each subject; what is no text is no value of its own."""
    yield Subject.PROVIDER, (named.claim for named in provider.providers(policy, manifest).named)
    yield Subject.MODEL, manifest.models
    yield Subject.TOOLS, _tools(manifest)
    yield Subject.CAPABILITIES, manifest.capabilities
    yield Subject.NETWORK, manifest.hosts
    yield Subject.FILESYSTEM, manifest.paths
    yield Subject.RATES, manifest.rates
    yield Subject.COMPLIANCE, manifest.frameworks
    # A map that says nothing of audit logging claims nothing of it.
    yield Subject.COMPLIANCE, (audit for audit in manifest.audits if audit.value is not None)
    yield Subject.IDENTITY, filter(None, (manifest.sekuire_id,))


def _tools(manifest: Manifest) -> tuple[Claim[str], ...]:
    """Return tools, and the paths that stand for unknown ones."""
    return in_order_of_place(manifest.path, (*manifest.tools, *manifest.dynamic_tools_files))


def _rows(policy: Policy, manifest: Manifest, agent: str | None, cells: _Cells) -> Iterator[Check]:
    for subject in CHECKED_SUBJECTS:
        cell = cells[subject].get(agent) or _Cell()
        status = next((status for status in Status if status in cell.found), None)
        if status is None and cell.is_claimed:
            status = Status.PASS if _is_bound(policy, manifest, subject) else Status.UNRESTRICTED
        yield Check(subject, agent, status or Status.NONE, tuple(cell.values))


def status_of(rule: RuleInfo) -> Status | None:
    """Return what a finding of a rule makes of its subject; a notice makes nothing of it."""
    if rule.undetermined:
        return Status.UNDETERMINED
    return {Level.ERROR: Status.VIOLATION, Level.WARNING: Status.WARNING}.get(rule.level)


def _is_bound(policy: Policy, manifest: Manifest, subject: Subject) -> bool:
    """Whether anything says what a subject has to be: the policy, of an identity the files that it is computed from.

    Rates have a limit each, and have said so themselves.
    """
    match subject:
        case Subject.COMPLIANCE:
            return bool(policy.compliance.frameworks) or policy.compliance.audit_logging
        case Subject.IDENTITY:
            declared = manifest.sekuire_id
            return bool(declared and not is_dynamic(declared.value) and manifest.computed.sekuire_id)
    return subject.value not in policy.unrestricted
