"""The action, started as a runner starts it: its mounts, its variables, its reading of what a step writes."""

import json
import re
from pathlib import Path

import pytest

from tests.support.container import ROOT, Report, Runner, Service, annotations

AGENTS = ROOT / "examples" / "agents"
# Each would be obeyed or shown by somebody, if it came through.
HOSTILE = {
    "command": "::error::x",
    "old command": "##[add-mask]x",
    "escaped break": "%0A::error::x",
    "break": "\n::set-output name=verdict::pass",
    "lone return": "\r::add-mask::a",
    "pipe": "a | b",
    "backticks": "``` `a",
    "markup": "</details><img src=x>",
    "link": "[a](http://e)",
    "mention": "@org/team",
    "direction": "\u202egpt-4o",
}

pytestmark = pytest.mark.container


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    folder = tmp_path / "checkout"
    folder.mkdir()
    return folder


def test_a_permitted_agent_passes_without_a_mark_on_the_checkout(runner: Runner, service: Service) -> None:
    seen = runner.run(AGENTS / "researcher", service.inputs)
    assert (seen["exit_code"], seen["conclusion"]) == (0, "success")
    assert seen["annotations"] == []
    assert seen["outputs"]["verdict"] == "pass"
    assert seen["outputs"]["policy-source"] == "fetched"
    assert seen["undeclared_outputs"] == []
    assert seen["workspace_changes"] == []


@pytest.mark.parametrize(
    ("agent", "expected"),
    [
        ("wrong-provider", "error sekuire.yml:7:13 provider.not_allowed: openrouter"),
        ("second-model", "error sekuire.yml:13:10 model.blocked: gpt-3.5-turbo"),
        ("tools-file", "error tools.json:8:13 tool.blocked: shell_exec"),
        ("in-the-clear", "error sekuire.yml:15:9 network.tls_required: http://shop.example.com/orders"),
        ("capability", "error sekuire.yml:19:7 capability.blocked: payments.refund"),
        ("one-of-several", "error sekuire.yml:18:14 model.not_allowed: gpt-4.1-preview"),
        ("undetermined", "error sekuire.yml:8:10 model.undetermined: ${AGENT_MODEL}"),
    ],
)
def test_a_failing_example_is_red_with_one_error_at_the_value(
    runner: Runner, service: Service, agent: str, expected: str
) -> None:
    seen = runner.run(AGENTS / agent, service.inputs)
    assert (seen["exit_code"], seen["conclusion"]) == (1, "failure")
    assert [note for note in annotations(seen) if note.startswith("error ")] == [expected]
    assert "| Provider | Model | Tools | Capabilities |" in seen["summary"]
    assert seen["outputs"]["errors"] == "1"
    assert seen["outputs"]["verdict"] == ("undetermined" if agent == "undetermined" else "violation")


def test_a_committed_policy_needs_no_key_no_network_and_no_writable_image(
    runner: Runner, service: Service, checkout: Path
) -> None:
    (checkout / "policy.json").write_bytes(service.document)
    (checkout / "sekuire.yml").write_bytes((AGENTS / "newsroom/sekuire.yml").read_bytes())
    inputs = {
        "policy-file": "policy.json",
        "trusted-keys": service.pin,
        "min-policy-version": "1",
        "reports": "json=gate.json",
    }
    seen = runner.run(checkout, inputs, "--network", "none", "--docker-arg=--read-only")
    assert seen["exit_code"] == 0
    assert seen["outputs"]["policy-source"] == "file"
    assert seen["outputs"]["report-json"] == "gate.json"
    assert [(change["change"], change["path"]) for change in seen["workspace_changes"]] == [("added", "gate.json")]


def test_the_key_stands_nowhere_that_a_reader_of_the_run_could_look(runner: Runner, service: Service) -> None:
    seen = runner.run(AGENTS / "second-model", {**service.inputs, "reports": "json=gate.json"}, "--debug")
    shown = [line for _, line in seen["raw"] if not line.startswith("::add-mask::")]
    assert seen["leaks"] == []
    assert service.api_key not in json.dumps([shown, seen["summary"], seen["outputs"]])
    assert ["out", f"::add-mask::{service.api_key}"] == seen["raw"][0]


def test_a_refused_key_is_red_and_still_writes_summary_and_outputs(runner: Runner, service: Service) -> None:
    seen = runner.run(AGENTS / "researcher", {**service.inputs, "api-key": "sk_live_somebody_elses"})
    assert seen["exit_code"] == 2
    assert seen["outputs"]["exit-reason"] == "fetch.unauthorized"
    assert "fetch.unauthorized" in seen["summary"]


def test_modules_planted_in_the_checkout_are_never_imported(runner: Runner, service: Service, checkout: Path) -> None:
    planted = 'print("PLANTED", __name__)\nopen(f"/github/workspace/PLANTED-{__name__}", "w").close()\n'
    (checkout / "yaml").mkdir()
    (checkout / "sekuire_gate").mkdir()
    for name in ("json", "sitecustomize", "usercustomize", "httpx", "yaml/__init__", "sekuire_gate/__init__", "cli"):
        (checkout / f"{name}.py").write_text(planted)
    (checkout / "sekuire.yml").write_bytes((AGENTS / "newsroom/sekuire.yml").read_bytes())
    poisoned = (
        "PYTHONPATH=/github/workspace",
        "PYTHONSTARTUP=/github/workspace/json.py",
        "PYTHONHOME=/github/workspace",
    )
    seen = runner.run(checkout, service.inputs, *(word for value in poisoned for word in ("--env", value)))
    assert seen["exit_code"] == 0
    assert "PLANTED" not in json.dumps(seen["raw"])
    assert seen["workspace_changes"] == []


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_hostile_names_are_shown_and_never_obeyed(runner: Runner, service: Service, checkout: Path, text: str) -> None:
    folder = checkout / text.replace("/", "_").replace("\n", " ").replace("\r", " ")
    folder.mkdir()
    key = text if text.isprintable() else "agent"  # a key that cannot be seen is refused, and so would be all the rest
    definition = {
        "agents": {key: {"llm": {"provider": text, "model": text}, "tools": [text]}},
        "identity": {"model": "gpt-4o", "tools_path": "tools.json"},
        "llm": {"provider": "openai"},
        "capabilities": [text],
    }
    (folder / "sekuire.json").write_text(json.dumps(definition))
    (folder / "tools.json").write_text(json.dumps([{"name": text}]))
    seen = runner.run(checkout, service.inputs)
    assert (seen["exit_code"], seen["outputs"]["verdict"]) in {(1, "violation"), (5, "error")}
    assert seen["failures"] == []
    assert {item["command"] for item in seen["commands"]} <= {"add-mask", "error", "warning", "notice"}
    assert sum(item["command"] == "add-mask" for item in seen["commands"]) == 1
    assert all(re.fullmatch(r"[a-z_]+\.[a-z_]+(: .*)?", note["title"]) for note in seen["annotations"])
    assert_inert(seen)


def assert_inert(seen: Report) -> None:
    """In the summary, all that is not code is words, the table's own marks and the line breaks in its cells."""
    prose = re.sub(r"`[^`\n]*`|<br>", "", seen["summary"])
    for mark in ("<", "](", "@", "::", "##[", "`"):
        assert mark not in prose, f"{mark!r} stands outside of code: {prose}"
