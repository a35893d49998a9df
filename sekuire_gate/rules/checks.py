"""Claims and what was observed of them become the rows of the table of checks (docs/contract.md 6)."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from sekuire_gate.model.manifest import Claim, Manifest, in_order_of_place
from sekuire_gate.model.policy import Policy
from sekuire_gate.model.report import CHECKED_SUBJECTS, Check, Level, RuleInfo, Status, Subject
from sekuire_gate.rules import provider
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
    rows = list(_rows(policy, None, cells))
    for agent in manifest.agents:
        rows += [row for row in _rows(policy, agent, cells) if row.status is not Status.NONE]
    return tuple(rows)


def _cells(policy: Policy, manifest: Manifest, observed: Iterable[Observed]) -> _Cells:
    """Go over claims and observations once: there may be as many agents as claims."""
    cells = {subject: defaultdict[str | None, _Cell](_Cell) for subject in Subject}
    for subject, claims in _claims(policy, manifest):
        for claim in claims:
            cell = cells[subject][claim.agent]
            cell.is_claimed = True
            if isinstance(claim.value, str):
                cell.values[claim.value] = None
    for seen in observed:
        if status := _status(seen.rule):
            cells[seen.subject][seen.observation.agent].found.add(status)
    return cells


def _claims(policy: Policy, manifest: Manifest) -> Iterator[tuple[Subject, Iterable[Claim[object]]]]:
    """Yield what is claimed of each subject; what is no text is no value of its own."""
    yield Subject.PROVIDER, (named.claim for named in provider.providers(policy, manifest).named)
    yield Subject.MODEL, manifest.models
    yield Subject.TOOLS, _tools(manifest)
    yield Subject.CAPABILITIES, manifest.capabilities
    yield Subject.COMPLIANCE, manifest.frameworks
    yield Subject.COMPLIANCE, manifest.audits


def _tools(manifest: Manifest) -> tuple[Claim[str], ...]:
    """Return tools, and the paths that stand for unknown ones."""
    return in_order_of_place(manifest.path, (*manifest.tools, *manifest.dynamic_tools_files))


def _rows(policy: Policy, agent: str | None, cells: _Cells) -> Iterator[Check]:
    for subject in CHECKED_SUBJECTS:
        cell = cells[subject].get(agent) or _Cell()
        status = next((status for status in Status if status in cell.found), None)
        status = status or _without_findings(policy, subject, is_claimed=cell.is_claimed)
        yield Check(subject, agent, status, tuple(cell.values))


def _status(rule: RuleInfo) -> Status | None:
    if rule.undetermined:
        return Status.UNDETERMINED
    return {Level.ERROR: Status.VIOLATION, Level.WARNING: Status.WARNING}.get(rule.level)


def _without_findings(policy: Policy, subject: Subject, *, is_claimed: bool) -> Status:
    if not is_claimed:
        return Status.NONE
    if subject is Subject.COMPLIANCE:
        is_bound = bool(policy.compliance.frameworks) or policy.compliance.audit_logging
    else:
        is_bound = subject.value not in policy.unrestricted
    return Status.PASS if is_bound else Status.UNRESTRICTED
