"""The JSON Schema of reports, version 1 (docs/contract.md 6): every key is there, in every report, and no other."""

from collections.abc import Iterable

from sekuire_gate.model.outcome import Mode
from sekuire_gate.model.policy import Source, Trust
from sekuire_gate.model.problem import ExitCode
from sekuire_gate.model.report import CHECKED_SUBJECTS, Level, Status, Verdict
from sekuire_gate.render.json_schema import Schema, as_text, count, exactly, flag, nullable, ref, text

# The closed list of docs/contract.md 4; a test compares them.
PROBLEM_KINDS = (
    *(f"config.{kind}" for kind in (
        "usage", "workspace", "api_url", "api_key", "trusted_key", "weak_key", "contradiction", "report_path",
        "force_reason", "min_version", "lock_file", "root",
    )),
    *(f"fetch.{kind}" for kind in (
        "unauthorized", "forbidden", "plan_limit", "not_found", "rejected", "redirect", "rate_limited",
        "server_error", "unreachable", "timeout", "tls", "protocol", "truncated", "too_large", "content_type",
        "content_encoding", "bad_body", "file",
    )),
    *(f"policy.{kind}" for kind in (
        "hash_mismatch", "signature_missing", "signature_format", "signature_invalid", "key_not_pinned",
        "key_mismatch", "key_expired", "not_active", "wrong_workspace", "rollback", "equivocation", "ambiguous",
        "malformed", "no_rules",
    )),
    *(f"definition.{kind}" for kind in (
        "none", "no_match", "syntax", "duplicate_key", "ambiguous", "encoding", "type", "shape", "too_large",
        "too_deep", "too_many", "symlink", "outside_root", "not_regular", "tools_file",
    )),
    "internal.error",
)  # fmt: skip

_VERDICTS = [*(verdict.value for verdict in Verdict), "forced"]
_UNRESTRICTED = ("provider", "model", "tools", "capabilities", "network", "filesystem")  # docs/contract.md 6


def render(rule_ids: Iterable[str]) -> str:
    """Write the schema.

    Args:
        rule_ids: of every rule that a finding can be of.
    """
    return as_text(
        {
            **_report(),
            "definitions": {
                "policy": _policy(),
                "definition": _definition(),
                "check": _check(),
                "finding": _finding(sorted(rule_ids)),
                "counts": _counts(),
                "problem": _problem(),
                "location": _location(),
            },
        },
        title="sekuire-gate report",
        description="What `sekuire-gate check --report json=PATH` writes, version 1.",
    )


def _report() -> Schema:
    return exactly(
        {
            "version": {"const": 1},
            "tool": exactly({"name": {"const": "sekuire-gate"}, "version": text()}),
            "generated_at": text("UTC.", pattern="^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z$"),
            "verdict": {"description": "The true one, in every mode.", "enum": [*_VERDICTS, "error"]},
            "exit_code": {"enum": [int(code) for code in ExitCode]},
            "exit_reason": {
                "description": "The verdict, or the first problem's kind.",
                "enum": [*_VERDICTS, *PROBLEM_KINDS],
            },
            "mode": {"enum": [mode.value for mode in Mode]},
            "forced": nullable(exactly({"reason": text(), "actor": nullable(text())})),
            "policy": nullable(ref("policy")),
            "definitions": _list("definition", "Those that were read, by path."),
            "findings": _list("finding", "By path, line, column, rule and value; those without a place last."),
            "counts": ref("counts"),
            "problems": _list("problem", "Why there is no verdict, or not on everything."),
        }
    )


def _policy() -> Schema:
    return exactly(
        {
            "policy_id": text(),
            "workspace_id": text(),
            "version": text(),
            "status": text(),
            "hash": _hex(64),
            "signing_key_id": nullable(text()),
            "key_fingerprint": nullable(text("Of the key that verified.", pattern="^sha256:[0-9a-f]{64}$")),
            "trust": {"enum": [trust.value for trust in Trust if trust is not Trust.UNVERIFIED]},
            "source": {"enum": [source.value for source in Source]},
            "unrestricted": {
                "description": "What no allow-list binds.",
                "type": "array",
                "items": {"enum": list(_UNRESTRICTED)},
                "uniqueItems": True,
            },
        },
        "The policy, whenever it was verified.",
    )


def _definition() -> Schema:
    ids = exactly({"declared": nullable(text()), "computed": nullable(_hex(64))})
    return exactly(
        {"path": text(), "blake3": _hex(64), "sekuire_id": ids, "checks": _list("check")},
        "A definition that was read.",
    )


def _check() -> Schema:
    return exactly(
        {
            "subject": {"enum": [subject.value for subject in CHECKED_SUBJECTS]},
            "agent": nullable(text("The agent's key; null: the definition as a whole.")),
            "status": {"enum": [status.value for status in Status]},
            "values": {"description": "The claims as written.", "type": "array", "items": text(), "uniqueItems": True},
        },
        "What became of one subject.",
    )


def _finding(rule_ids: list[str]) -> Schema:
    return exactly(
        {
            "rule": {"enum": rule_ids},
            "level": {"enum": [level.word for level in Level]},
            "undetermined": flag("Whether it says that something cannot be decided; then it is an error too."),
            "message": text("What, and why."),
            "fix": text("What to change."),
            "value": text("As written."),
            "agent": nullable(text()),
            "location": nullable(ref("location")),
            "fingerprint": {**_hex(32), "description": "Stable while lines move."},
        },
        "One thing a rule found.",
    )


def _counts() -> Schema:
    names = ("definitions", "excluded", "errors", "warnings", "notices", "undetermined")
    return exactly({name: count() for name in names}, "How many of each.")


def _problem() -> Schema:
    return exactly(
        {
            "kind": {"enum": list(PROBLEM_KINDS)},
            "message": text("What happened."),
            "fix": text("What to do."),
            "location": nullable(ref("location")),
        },
        "Why there is no verdict, or not on everything.",
    )


def _location() -> Schema:
    numbers = {name: count(minimum=1) for name in ("line", "column", "end_line", "end_column")}
    return exactly(
        {"path": text("Relative to the root."), **numbers, "pointer": text("A JSON Pointer into the file.")},
        "A range: the value as written, from 1, in code points; its end is exclusive.",
    )


def _list(name: str, description: str = "") -> Schema:
    found: Schema = {"type": "array", "items": ref(name)}
    return {"description": description, **found} if description else found


def _hex(digits: int) -> Schema:
    return text(pattern=f"^[0-9a-f]{{{digits}}}$")
