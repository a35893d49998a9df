"""What every report for people says in the same words: the verdict, the policy, how far it is trusted, what to do.

All of it is raw text, in which an actor's name or a reason may be anything: the renderer escapes it.
"""

from typing import assert_never

from sekuire_gate.model.outcome import Mode, Outcome
from sekuire_gate.model.policy import Policy, Trust
from sekuire_gate.model.report import Finding, Level
from sekuire_gate.model.source import Location
from sekuire_gate.render.escape import shortened

NOT_JUDGED = "no policy was verified, so nothing was judged."


def verdict(outcome: Outcome) -> str:
    """Name the verdict, and what the mode makes of one that blocks."""
    if outcome.blocks and outcome.mode is Mode.WARN:
        return f"{outcome.verdict}, would have failed (mode warn)"
    if outcome.blocks and outcome.mode is Mode.OBSERVE:
        return f"{outcome.verdict}, not enforced (mode observe)"
    return outcome.verdict


def level(finding: Finding) -> str:
    """Name a finding's level; an error that is no violation says so."""
    return "undetermined" if finding.rule.undetermined else finding.rule.level.word


def place(at: Location, limit: int) -> str:
    """Name a place as `path:line:column`; of a path over `limit` code points only the start."""
    return f"{shortened(at.path, limit)}:{at.line}:{at.column}"


def identity(policy: Policy) -> str:
    """Say which policy judged."""
    proof = policy.proof
    return f"{proof.policy_id} version {proof.version} of workspace {policy.label.workspace_id} ({proof.source.value})"


def trust(policy: Policy) -> str:
    """Say how far the policy's proof goes; what is less than a pinned key says so loudly."""
    key = policy.proof.key_fingerprint or "unknown"
    match policy.proof.trust:
        case Trust.PINNED:
            return f"signature verified with the pinned key {key}."
        case Trust.EMBEDDED:
            return (
                f"INTEGRITY ONLY, key not pinned: verified with the key inside the document, {key}. "
                "Whoever can answer for the service can sign with a key of their own; pin the key in trusted-keys."
            )
        case Trust.UNSIGNED:
            return (
                "UNSIGNED: the hash fits the content and nothing more. Whoever can answer for the service can write "
                "this policy; have it signed, and pin the key in trusted-keys."
            )
        case Trust.UNVERIFIED:
            return "not verified: the hash fits the content, the signature was not checked."
        case other:
            assert_never(other)


def forced(outcome: Outcome) -> str | None:
    """Say who forced the run and why, where it was forced."""
    if outcome.forced is None:
        return None
    who = f"'{outcome.forced.actor}'" if outcome.forced.actor else "an unknown actor"
    return f"Forced by {who}, reason: '{outcome.forced.reason}'."


def what_to_do(outcome: Outcome) -> tuple[str, ...]:
    """List the next steps, in order; never empty."""
    if outcome.problems:
        first = "Mend the problem" if len(outcome.problems) == 1 else f"Mend the {len(outcome.problems):,} problems"
        return (f"{first} above; until then this run has no verdict.", *_steps_for_findings(outcome))
    if outcome.report is None:
        return ("Report this as a bug in sekuire-gate: there is neither a report nor a reason.",)
    if outcome.forced:
        return ("This run passes by force; the findings stand. Mend them before the next run.",)
    return _steps_for_findings(outcome) or (_NOTHING if outcome.report.definitions else _NOTHING_JUDGED,)


_NOTHING = "Nothing: every claim that the policy restricts is permitted."
_NOTHING_JUDGED = "Nothing: no definition was found, and that is permitted."


def _steps_for_findings(outcome: Outcome) -> tuple[str, ...]:
    steps: list[str] = []
    report = outcome.report
    findings = report.findings if report else ()
    errors = [finding for finding in findings if finding.rule.level is Level.ERROR]
    if any(not finding.rule.undetermined for finding in errors):
        steps.append("Change the definitions as the fix of each finding says, or have the workspace's policy changed.")
    if any(finding.rule.undetermined for finding in errors):
        steps.append("What is undetermined blocks too: write down what would decide it, as the fix beside it says.")
    if not errors and any(finding.rule.level is Level.WARNING for finding in findings):
        steps.append("Nothing blocks; look at the warnings.")
    if errors and outcome.mode is not Mode.ENFORCE:
        steps.append(f"Mode {outcome.mode.value} enforces nothing; set mode to enforce once the findings are gone.")
    return tuple(steps)
