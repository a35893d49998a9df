"""Claims and what was observed of them become the rows of the table of checks (docs/contract.md 6)."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from sekuire_gate.model.manifest import Claim, Manifest
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


@dataclass(frozen=True, slots=True)
class _Claimed:
    """What a definition claims of one subject."""

    names: tuple[Claim[str], ...]  # shown as values
    others: tuple[Claim[object], ...] = ()  # claims too, without a value of their own


def checks(policy: Policy, manifest: Manifest, observed: Sequence[Observed]) -> tuple[Check, ...]:
    """Return the rows: every subject for the definition as a whole, then for each agent those it claims."""
    claims = _claims(policy, manifest)
    rows = list(_rows(policy, None, claims, observed))
    for agent in manifest.agents:
        rows += [row for row in _rows(policy, agent, claims, observed) if row.status is not Status.NONE]
    return tuple(rows)


def _claims(policy: Policy, manifest: Manifest) -> Mapping[Subject, _Claimed]:
    named = provider.providers(policy, manifest).named
    return {
        Subject.PROVIDER: _Claimed(tuple(provider.claim for provider in named)),
        Subject.MODEL: _Claimed(manifest.models),
        Subject.TOOLS: _Claimed(_tools(manifest)),
        Subject.CAPABILITIES: _Claimed(manifest.capabilities),
        Subject.COMPLIANCE: _Claimed(manifest.frameworks, manifest.audits),
    }


def _tools(manifest: Manifest) -> tuple[Claim[str], ...]:
    """Return tools, and the paths that stand for unknown ones, in order of place: the definition first."""

    def place(claim: Claim[str]) -> tuple[bool, str, int, int]:
        return claim.at.path != manifest.path, claim.at.path, claim.at.line, claim.at.column

    return tuple(sorted((*manifest.tools, *manifest.dynamic_tools_files), key=place))


def _rows(
    policy: Policy, agent: str | None, claims: Mapping[Subject, _Claimed], observed: Sequence[Observed]
) -> Iterator[Check]:
    for subject in CHECKED_SUBJECTS:
        names = [claim for claim in claims[subject].names if claim.agent == agent]
        is_claimed = bool(names) or any(claim.agent == agent for claim in claims[subject].others)
        about = (seen.rule for seen in observed if seen.subject is subject and seen.observation.agent == agent)
        status = _worst(about) or _without_findings(policy, subject, is_claimed=is_claimed)
        yield Check(subject, agent, status, tuple(dict.fromkeys(claim.value for claim in names)))


def _worst(rules: Iterable[RuleInfo]) -> Status | None:
    found = {_status(rule) for rule in rules}
    return next((status for status in Status if status in found), None)


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
