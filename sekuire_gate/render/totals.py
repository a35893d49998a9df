"""How many of what an outcome holds (docs/contract.md 6, `counts`)."""

from dataclasses import dataclass
from typing import Self

from sekuire_gate.model.outcome import Outcome
from sekuire_gate.model.report import Level


@dataclass(frozen=True, slots=True)
class Totals:
    """The counts of a report, in the order of the JSON report; all 0 where nothing was judged."""

    definitions: int = 0  # read and judged; unreadable ones are problems
    excluded: int = 0
    errors: int = 0  # undetermined ones included
    warnings: int = 0
    notices: int = 0
    undetermined: int = 0

    @classmethod
    def of(cls, outcome: Outcome) -> Self:
        """Count what a run found."""
        report = outcome.report
        if report is None:
            return cls()
        levels = [finding.rule.level for finding in report.findings]
        return cls(
            definitions=len(report.definitions),
            excluded=report.excluded,
            errors=levels.count(Level.ERROR),
            warnings=levels.count(Level.WARNING),
            notices=levels.count(Level.NOTICE),
            undetermined=sum(finding.rule.undetermined for finding in report.findings),
        )

    def __str__(self) -> str:
        errors = counted(self.errors, "error") + (f" ({self.undetermined} undetermined)" if self.undetermined else "")
        found = f"{errors}, {counted(self.warnings, 'warning')}, {counted(self.notices, 'notice')}"
        excluded = f" ({self.excluded:,} excluded)" if self.excluded else ""
        return f"{found} in {counted(self.definitions, 'definition')}{excluded}"


def counted(number: int, noun: str) -> str:
    """Write a number with its noun: `1 error`, `2,000 errors`."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"
