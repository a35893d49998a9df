"""The report as JSON, held to docs/contract.md 6."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest

from sekuire_gate import __version__
from sekuire_gate.model.outcome import Outcome
from sekuire_gate.render import json_report
from tests.support import outcomes

NOW = datetime(2026, 1, 2, 3, 4, 5, 678, tzinfo=UTC)


def report(outcome: Outcome) -> dict[str, Any]:
    """Render and read back."""
    read: dict[str, Any] = json.loads(json_report.render(outcome, now=NOW))
    return read


@pytest.mark.parametrize("outcome", outcomes.ALL.values(), ids=outcomes.ALL)
def test_every_report_has_the_same_keys_in_the_same_order(outcome: Outcome) -> None:
    assert list(report(outcome)) == [
        "version",
        "tool",
        "generated_at",
        "verdict",
        "exit_code",
        "exit_reason",
        "mode",
        "forced",
        "policy",
        "definitions",
        "findings",
        "counts",
        "problems",
    ]


def test_it_says_its_version_its_tool_and_when_in_utc() -> None:
    elsewhere = NOW.astimezone(timezone(timedelta(hours=5, minutes=30)))
    assert json_report.render(outcomes.PASSING, now=elsewhere) == json_report.render(outcomes.PASSING, now=NOW)
    read = report(outcomes.PASSING)
    assert (read["version"], read["generated_at"]) == (1, "2026-01-02T03:04:05Z")
    assert read["tool"] == {"name": "sekuire-gate", "version": __version__}


@pytest.mark.parametrize(
    ("outcome", "verdict", "code", "reason", "mode"),
    [
        (outcomes.PASSING, "pass", 0, "pass", "enforce"),
        (outcomes.VIOLATING, "violation", 1, "violation", "enforce"),
        (outcomes.UNDETERMINED, "undetermined", 1, "undetermined", "enforce"),
        (outcomes.FORCED, "forced", 0, "forced", "enforce"),
        (outcomes.WARNED, "violation", 0, "violation", "warn"),
        (outcomes.OBSERVED, "violation", 0, "violation", "observe"),
        (outcomes.BAD_SETTING, "error", 2, "config.usage", "enforce"),
        (outcomes.NOT_AUTHENTIC, "error", 3, "policy.hash_mismatch", "enforce"),
        (outcomes.UNAVAILABLE, "error", 4, "fetch.timeout", "enforce"),
        (outcomes.PARTLY_READ, "error", 5, "definition.duplicate_key", "enforce"),
        (outcomes.BUG, "error", 70, "internal.error", "enforce"),
    ],
    ids=["pass", "violation", "undetermined", "forced", "warn", "observe", "2", "3", "4", "5", "70"],
)
def test_verdict_exit_code_reason_and_mode_are_those_of_the_outcome(
    outcome: Outcome, verdict: str, code: int, reason: str, mode: str
) -> None:
    read = report(outcome)
    assert (read["verdict"], read["exit_code"], read["exit_reason"], read["mode"]) == (verdict, code, reason, mode)


def test_force_is_on_record_only_where_there_was_something_to_force() -> None:
    force = outcomes.FORCED.force
    assert report(outcomes.FORCED)["forced"] == {"reason": "incident 4711, agreed with security", "actor": "octocat"}
    assert report(replace(outcomes.PASSING, force=force))["forced"] is None
    assert report(replace(outcomes.WARNED, force=force))["forced"] is None
    assert report(replace(outcomes.PARTLY_READ, force=force))["forced"] is None


def test_the_policy_stands_in_the_report_once_it_was_verified() -> None:
    assert report(outcomes.NONE_FOUND)["policy"] == {
        "policy_id": "policy_mail",
        "workspace_id": "ws_acme",
        "version": "12",
        "status": "active",
        "hash": "3f" * 32,
        "signing_key_id": "key_1",
        "key_fingerprint": "sha256:" + "ab" * 32,
        "trust": "pinned",
        "source": "fetched",
        "unrestricted": ["tools", "capabilities", "network", "filesystem"],
    }
    assert report(outcomes.NOT_AUTHENTIC)["policy"] is None
    unsigned = report(outcomes.UNSIGNED)["policy"]
    assert (unsigned["trust"], unsigned["key_fingerprint"]) == ("unsigned", None)


def test_a_definition_has_path_hash_both_ids_and_its_checks() -> None:
    first, second = report(outcomes.VIOLATING)["definitions"]
    assert list(first) == ["path", "blake3", "sekuire_id", "checks"]
    assert first["sekuire_id"] == {"declared": "6" * 64, "computed": "9" * 64}
    assert second["sekuire_id"] == {"declared": None, "computed": None}
    assert first["checks"][-1] == {
        "subject": "model",
        "agent": "writer",
        "status": "undetermined",
        "values": ["${WRITER_MODEL}"],
    }


def test_a_finding_has_every_field_and_no_place_where_it_has_none() -> None:
    findings = report(outcomes.VIOLATING)["findings"]
    assert findings[2] == {
        "rule": "model.undetermined",
        "level": "error",
        "undetermined": True,
        "message": "model '${WRITER_MODEL}' is known at run time only.",
        "fix": "Write the model's name.",
        "value": "${WRITER_MODEL}",
        "agent": "writer",
        "location": {
            "path": "agents/mail/sekuire.yml",
            "line": 11,
            "column": 14,
            "end_line": 11,
            "end_column": 31,
            "pointer": "/agents/writer/llm/model",
        },
        "fingerprint": "1" * 32,
    }
    assert list(findings[2])[-1] == "fingerprint"
    assert findings[-1]["location"] is None


def test_counts_are_of_what_was_judged_and_undetermined_ones_are_errors_too() -> None:
    counts = report(outcomes.PARTLY_READ)["counts"]
    assert list(counts.items()) == [
        ("definitions", 2),
        ("excluded", 1),
        ("errors", 4),
        ("warnings", 1),
        ("notices", 1),
        ("undetermined", 2),
    ]
    assert set(report(outcomes.BAD_SETTING)["counts"].values()) == {0}


def test_a_problem_has_kind_message_fix_and_place() -> None:
    assert list(report(outcomes.PARTLY_READ)["problems"][0].items())[:3] == [
        ("kind", "definition.duplicate_key"),
        ("message", "key 'model' twice."),
        ("fix", "Keep one."),
    ]
    assert report(outcomes.BAD_SETTING)["problems"][0]["location"] is None
