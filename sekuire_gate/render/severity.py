"""Which findings come first where not all of them can be shown."""

from collections.abc import Iterable

from sekuire_gate.model.report import Finding, Level


def worst_first(findings: Iterable[Finding]) -> list[Finding]:
    """Sort: certain errors, undetermined ones, warnings, notices; in each the order of the report."""
    return sorted(findings, key=_severity, reverse=True)


def _severity(finding: Finding) -> tuple[Level, bool]:
    return finding.rule.level, not finding.rule.undetermined
