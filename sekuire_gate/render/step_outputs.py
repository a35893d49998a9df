"""The outputs of the action (docs/contract.md 5)."""

from sekuire_gate.model.outcome import Outcome
from sekuire_gate.render.totals import Totals


def values(outcome: Outcome, *, report_json: str | None) -> dict[str, str]:
    """Return every output, always; what is unknown is empty.

    A later step may paste an output into a shell. So each is a word of ours, a number, or a name from a verified
    policy, whose form is checked; nothing that a pull request chose is among them.

    Args:
        outcome: what the run answers.
        report_json: the path of the JSON report as the workflow gave it, where it asked for one.
    """
    totals = Totals.of(outcome) if outcome.report else None
    proof = outcome.policy.proof if outcome.policy else None
    return {
        "verdict": outcome.verdict,
        "exit-reason": outcome.exit_reason,
        "errors": str(totals.errors) if totals else "",
        "warnings": str(totals.warnings) if totals else "",
        "definitions": str(totals.definitions) if totals else "",
        "policy-id": proof.policy_id if proof else "",
        "policy-version": proof.version if proof else "",
        "policy-hash": proof.content_hash if proof else "",
        "key-fingerprint": (proof.key_fingerprint or "") if proof else "",
        "policy-source": proof.source.value if proof else "",
        "report-json": report_json if report_json and report_json.isprintable() else "",
    }
