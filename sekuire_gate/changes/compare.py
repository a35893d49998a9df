"""What becomes of each definition when the policy changes."""

from collections.abc import Iterable

from sekuire_gate.model.difference import DefinitionDifference
from sekuire_gate.model.manifest import Definitions
from sekuire_gate.model.policy import Policy
from sekuire_gate.model.report import Finding, Report
from sekuire_gate.rules.evaluate import evaluate
from sekuire_gate.rules.names import fold


def compare_definitions(a: Policy, b: Policy, definitions: Definitions) -> tuple[DefinitionDifference, ...]:
    """Judge every definition that could be read by both policies, each by itself.

    Each by itself, since a tools file that two definitions name is both's: either may fail by it.
    """
    was, will = (_judged(policy, definitions) for policy in (a, b))
    paths = (manifest.path for manifest in definitions.manifests)
    return tuple(compare_reports(path, before, after) for path, before, after in zip(paths, was, will, strict=True))


def compare_reports(path: str, a: Report, b: Report) -> DefinitionDifference:
    """Compare what two policies say of one definition.

    What is found about a policy alone blocks its definitions too, and counts for the verdict; it stands among the
    changes of the policy, not here.
    """
    return DefinitionDifference(
        path, a.verdict, b.verdict, _without(b.findings, a.findings), _without(a.findings, b.findings)
    )


def _judged(policy: Policy, definitions: Definitions) -> tuple[Report, ...]:
    # One policy after the other: rules remember what they have worked out of the last one.
    return tuple(evaluate(policy, Definitions((manifest,))) for manifest in definitions.manifests)


def _without(findings: Iterable[Finding], others: Iterable[Finding]) -> tuple[Finding, ...]:
    known = {_key(finding) for finding in others}
    return tuple(finding for finding in findings if finding.at is not None and _key(finding) not in known)


def _key(finding: Finding) -> tuple[str, str, str, str]:
    """Return what makes a finding one of its own (docs/contract.md 6).

    At one place the value is the definition's own, or a framework that both policies may spell in their own way.
    """
    at = finding.at
    return finding.rule.id, at.path if at else "", at.pointer if at else "", fold(finding.value)
