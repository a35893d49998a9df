"""The big list of naughty strings, wherever a definition takes text: nothing passes by it, nothing obeys it."""

import json
import os
from datetime import UTC, datetime
from pathlib import Path

import pytest

from sekuire_gate.model.manifest import Search
from sekuire_gate.model.outcome import Outcome
from sekuire_gate.model.policy import NameRules, Policy, Source
from sekuire_gate.model.report import Level
from sekuire_gate.parse.definitions import read_definitions
from sekuire_gate.parse.folder import Folder
from sekuire_gate.render import console, job_summary, json_report, workflow_commands
from sekuire_gate.rules.evaluate import evaluate
from sekuire_gate.rules.names import is_plain, is_plain_pattern
from sekuire_gate.trust.envelope import read_envelope
from sekuire_gate.trust.verify import inspect_policy
from tests.support.gate import run
from tests.support.judging import LISTED, allows, claim, denies, judged
from tests.support.log_readers import commands_in, lines_of
from tests.support.signing import as_bytes, signed_document
from tests.support.vectors import vectors

CONTENT = {
    "agent": {
        "models": {"allowed_providers": ["openai"], "allowed_models": ["gpt-4o"]},
        "capabilities": {"allowed_tools": ["read_file"], "allowed_capabilities": ["summarise"]},
    },
    "permissions": {
        "network": {"allowed_domains": ["api.example.com"]},
        "filesystem": {"allowed_paths": ["/tmp/*"]},
    },
}
GOOD = {
    "description": "x",
    "llm": {"provider": "openai", "model": "gpt-4o"},
    "agent": {
        "tools": ["read_file"],
        "network": {"allow": ["api.example.com"]},
        "filesystem": {"allow_read": ["/tmp/x"]},
    },
    "capabilities": ["summarise"],
}
PLACES = {
    "provider": ("llm", "provider"),
    "model": ("llm", "model"),
    "tool": ("agent", "tools", 0),
    "capability": ("capabilities", 0),
    "host": ("agent", "network", "allow", 0),
    "path": ("agent", "filesystem", "allow_read", 0),
    "description": ("description",),
}
NOW = datetime(2026, 1, 2, tzinfo=UTC)


def naughty() -> list[str]:
    strings: list[str] = json.loads((vectors("blns") / "blns.json").read_text("utf-8"))
    assert len(strings) == 515
    return strings


def with_text(place: tuple[str | int, ...], text: str) -> str:
    """Write the good definition as JSON, with a text in one place of it."""
    definition = json.loads(json.dumps(GOOD))
    at = definition
    for step in place[:-1]:
        at = at[step]
    at[place[-1]] = text
    return json.dumps(definition)


def policy() -> Policy:
    return inspect_policy(read_envelope(as_bytes(signed_document(CONTENT)), Source.FILE))


def assert_nothing_is_obeyed(outcome: Outcome) -> None:
    assert commands_in(console.render(outcome)) == []
    notes = lines_of(workflow_commands.render(outcome, prefix="").removesuffix("\n"))
    assert all(line.startswith(("::error title=", "::warning title=", "::notice title=")) for line in notes if line)
    summary = job_summary.render(outcome).encode()
    assert len(summary) < 900 * 1024
    assert b"\0" not in summary
    assert json.loads(json_report.render(outcome, now=NOW))["verdict"] == outcome.verdict


@pytest.mark.parametrize("subject", PLACES)
def test_as_a_claim_no_string_passes_and_as_a_description_every_one_does(subject: str, tmp_path: Path) -> None:
    strings = naughty()
    for index, text in enumerate(strings):
        folder = tmp_path / f"{index:03}"
        folder.mkdir()
        (folder / "sekuire.json").write_text(with_text(PLACES[subject], text), "utf-8")
    definitions = read_definitions(Folder(tmp_path), Search())
    report = evaluate(policy(), definitions)
    blocked = {item.at.path for item in report.findings if item.at and item.rule.level is Level.ERROR}
    blocked |= {problem.at.path for problem in definitions.problems if problem.at}
    assert len(blocked) == (0 if subject == "description" else len(strings))
    assert_nothing_is_obeyed(Outcome(report, definitions.problems))


@pytest.mark.parametrize("subject", ["provider", "model", "tool", "capability"])
def test_a_list_on_everything_permits_the_plain_ones_alone(subject: str) -> None:
    strings = naughty()
    listed = LISTED[subject]
    is_fine = is_plain_pattern if subject in {"tool", "capability"} else is_plain
    claims = tuple(claim(text, f"/names/{index}") for index, text in enumerate(strings))
    found = judged(listed.policy(allows("*")), listed.manifest(claims)).findings
    refused = {int(item.at.pointer.rpartition("/")[2]) for item in found if item.at and item.rule.level is Level.ERROR}
    assert {text for index, text in enumerate(strings) if index not in refused} == set(filter(is_fine, strings))


@pytest.mark.parametrize("subject", LISTED)
def test_as_entries_of_lists_they_are_no_more_than_text(subject: str) -> None:
    strings = [text for text in naughty() if text]  # an empty entry is no policy
    listed = LISTED[subject]
    both = NameRules(allows(*strings).allowed, denies("*x*", *strings).blocked)
    assert judged(listed.policy(both), listed.manifest((claim("x"),))).verdict.value == "violation"


def test_as_the_name_of_a_file_no_string_is_obeyed(tmp_path: Path) -> None:
    made = 0
    for text in naughty():
        name = text.replace("/", "_").encode("utf-8")[:200]
        if name in {b"", b".", b".."} or b"\0" in name:
            continue
        folder = tmp_path / os.fsdecode(name)  # cut in the middle of a character, it is no text
        if folder.exists():
            continue
        folder.mkdir()
        (folder / "sekuire.json").write_text(json.dumps(GOOD | {"agent": {"tools": ["rm"]}}), "utf-8")
        made += 1
    assert made > 450
    definitions = read_definitions(Folder(tmp_path), Search())
    outcome = Outcome(evaluate(policy(), definitions), definitions.problems)
    assert len(definitions.manifests) + len(definitions.problems) == made
    assert outcome.verdict in {"violation", "error"}
    assert_nothing_is_obeyed(outcome)


@pytest.mark.parametrize("first", range(0, 515, 103))
def test_a_process_is_red_for_each_of_them_whatever_it_prints(first: int, tmp_path: Path) -> None:
    root = tmp_path / "root"
    for index, text in enumerate(naughty()[first : first + 103]):
        for subject, place in PLACES.items():
            folder = root / f"{index:03}" / subject
            folder.mkdir(parents=True)
            (folder / "sekuire.json").write_text(with_text(place, text), "utf-8")
    (tmp_path / "policy.json").write_bytes(as_bytes(signed_document(CONTENT)))
    arguments = (
        "--policy",
        str(tmp_path / "policy.json"),
        "--unsafe-trust-embedded-key",
        "--report",
        "json=report.json",
    )
    ran = run("check", *arguments, cwd=root, actions=True)
    assert ran.exit_code in {1, 5}
    assert {line.split(" ")[0] for line in commands_in(ran.stdout)} <= {"::error", "::warning", "::notice"}
    assert commands_in(ran.stderr) == []
    assert 0 < len(ran.summary.encode()) < 900 * 1024
    assert ran.outputs["verdict"] in {"violation", "error"}
