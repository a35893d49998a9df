"""Which findings come first where not all of them can be shown."""

from collections.abc import Iterable, Sequence

from sekuire_gate.model.report import Finding, Level


def worst_first(findings: Iterable[Finding]) -> list[Finding]:
    """Sort: certain errors, undetermined ones, warnings, notices; in each the order of the report."""
    return sorted(findings, key=_severity, reverse=True)


def worst_in_order(findings: Sequence[Finding], limit: int) -> list[Finding]:
    """Return as many of the worst as the limit permits, in the order of the report."""
    chosen = sorted(range(len(findings)), key=lambda index: _severity(findings[index]), reverse=True)[:limit]
    return [findings[index] for index in sorted(chosen)]


def _severity(finding: Finding) -> tuple[Level, bool]:
    return finding.rule.level, not finding.rule.undetermined
