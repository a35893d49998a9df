"""The report as JSON, version 1: a frozen shape of its own (docs/contract.md 6)."""

from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

from sekuire_gate import __version__
from sekuire_gate.model.outcome import Outcome
from sekuire_gate.model.policy import Policy
from sekuire_gate.model.problem import Problem
from sekuire_gate.model.report import Finding, JudgedDefinition
from sekuire_gate.model.source import Location
from sekuire_gate.render.json_text import dumps
from sekuire_gate.render.totals import Totals


def render(outcome: Outcome, *, now: datetime) -> str:
    """Write the report; the same outcome at the same time gives the same bytes.

    Args:
        outcome: what the run answers.
        now: when, aware of its time zone; written in UTC, to the second.
    """
    report = outcome.report
    forced = outcome.forced
    return dumps(
        {
            "version": 1,
            "tool": {"name": "sekuire-gate", "version": __version__},
            "generated_at": now.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
            "verdict": outcome.verdict,
            "exit_code": int(outcome.exit_code),
            "exit_reason": outcome.exit_reason,
            "mode": outcome.mode.value,
            "forced": {"reason": forced.reason, "actor": forced.actor} if forced else None,
            "policy": policy_object(outcome.policy) if outcome.policy else None,
            "definitions": [_definition(definition) for definition in report.definitions] if report else [],
            "findings": [finding_object(finding) for finding in report.findings] if report else [],
            "counts": asdict(Totals.of(outcome)),
            "problems": [problem_object(problem) for problem in outcome.problems],
        }
    )


def policy_object(policy: Policy) -> dict[str, Any]:
    """Return the `policy` object, as the report and `policy show --json` have it."""
    return {
        "policy_id": policy.proof.policy_id,
        "workspace_id": policy.label.workspace_id,
        "version": policy.proof.version,
        "status": policy.label.status,
        "hash": policy.proof.content_hash,
        "signing_key_id": policy.label.signing_key_id,
        "key_fingerprint": policy.proof.key_fingerprint,
        "trust": policy.proof.trust.value,
        "source": policy.proof.source.value,
        "unrestricted": list(policy.unrestricted),
    }


def _definition(definition: JudgedDefinition) -> dict[str, Any]:
    manifest = definition.manifest
    return {
        "path": manifest.path,
        "blake3": manifest.blake3,
        "sekuire_id": {
            "declared": manifest.sekuire_id.value if manifest.sekuire_id else None,
            "computed": manifest.computed.sekuire_id,
        },
        "checks": [
            {
                "subject": check.subject.value,
                "agent": check.agent,
                "status": check.status.value,
                "values": list(check.values),
            }
            for check in definition.checks
        ],
    }


def finding_object(finding: Finding) -> dict[str, Any]:
    """Return one of the report's `findings`."""
    return {
        "rule": finding.rule.id,
        "level": finding.rule.level.word,
        "undetermined": finding.rule.undetermined,
        "message": finding.message,
        "fix": finding.fix,
        "value": finding.value,
        "agent": finding.agent,
        "location": _location(finding.at),
        "fingerprint": finding.fingerprint,
    }


def problem_object(problem: Problem) -> dict[str, Any]:
    """Return one of the report's `problems`."""
    return {
        "kind": problem.kind,
        "message": problem.message,
        "fix": problem.fix,
        "location": _location(problem.at),
    }


def _location(at: Location | None) -> dict[str, Any] | None:
    if at is None:
        return None
    return {
        "path": at.path,
        "line": at.line,
        "column": at.column,
        "end_line": at.end_line,
        "end_column": at.end_column,
        "pointer": at.pointer,
    }
