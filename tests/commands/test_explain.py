"""`explain`, as a process: each claim with what decided it, and a wrong place answered with the right ones."""

import json
from pathlib import Path

import pytest

from tests.support.gate import Ran, run
from tests.support.marked import write
from tests.support.signing import KEY_ID, STRANGER, as_bytes, public_key, signed_document
from tests.support.workspace import served_workspace

CONTENT = {
    "agent": {
        "models": {"allowed_providers": ["openai"], "allowed_models": ["gpt-4o", "o*"], "denied_models": ["gpt-3.5*"]},
        "capabilities": {"denied_tools": ["shell_exec"]},
    }
}
FILES = {
    "sekuire.yml": """
        # one agent
        llm:
          model: gpt-4o
        agent:
          model: GPT_3.5
          tools: tools.json
    """,
    "tools.json": '[\n  {"name": "read"},\n  {"name": "shell_exec"}\n]\n',
    "other/sekuire.yml": 'agent: {tools: ["a"]}\n',
}
WHOLE = """\
sekuire.yml
  3:10  model 'gpt-4o': pass
      exact                  /content/agent/models/allowed_models/0  'gpt-4o'
  3:10  provider 'openai' (inferred from the family 'gpt-*' of model 'gpt-4o'): pass
      exact                  /content/agent/models/allowed_providers/0  'openai'
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    root = tmp_path / "root"
    write(root, FILES)
    (root / "policy.json").write_bytes(as_bytes(signed_document(CONTENT)))
    return root


def explain(folder: Path, place: str, *arguments: str) -> Ran:
    trust = ("--policy", "policy.json", "--trusted-key", f"{KEY_ID}={public_key().hex()}")
    return run("explain", place, *trust, *arguments, cwd=folder)


def test_each_claim_is_shown_with_what_decided_it_whatever_the_verdict(folder: Path) -> None:
    ran = explain(folder, "sekuire.yml")
    assert (ran.exit_code, ran.stderr) == (0, "")
    assert ran.stdout.startswith(WHOLE)
    assert "  5:10  model 'GPT_3.5': violation\n      model.blocked: " in ran.stdout
    assert "      loose                  /content/agent/models/denied_models/0  'gpt-3.5*'\n" in ran.stdout
    assert "  tools.json:3:12  tool 'shell_exec': violation\n      tool.blocked: " in ran.stdout
    assert "policy_1 version 3 of workspace ws_1 (file)" in ran.stdout
    assert "signature verified with the pinned key" in ran.stdout


@pytest.mark.parametrize("place", ["sekuire.yml:5", "sekuire.yml:5:3", "./sekuire.yml:5"])
def test_with_a_line_only_the_claims_on_it_are_shown(place: str, folder: Path) -> None:
    ran = explain(folder, place)
    assert ran.exit_code == 0
    assert "GPT_3.5" in ran.stdout
    assert "gpt-4o" not in ran.stdout
    assert "read" not in ran.stdout


def test_a_tools_file_is_explained_by_the_definitions_that_name_it(folder: Path) -> None:
    ran = explain(folder, "tools.json:2")
    assert ran.exit_code == 0
    assert ran.stdout.startswith("sekuire.yml\n  tools.json:2:12  tool 'read': unrestricted\n")
    assert "      no entry matches it    /content/agent/capabilities/denied_tools\n" in ran.stdout


@pytest.mark.parametrize(
    ("place", "says"),
    [
        ("sekuire.yml:99", "Give a line from 1 to 6"),
        ("sekuire.yml:0", "Give a line from 1 to 6"),
        ("sekuire.yml:1", "Claims stand on line 3, 5"),
        ("tools.json:1", "Claims stand on line 2, 3"),
        ("unused.json", "no readable definition of a usual name below the root names it"),
        ("../elsewhere.yml", "is not below the root"),
    ],
    ids=ascii,
)
def test_a_place_without_a_claim_is_answered_with_where_claims_are(place: str, says: str, folder: Path) -> None:
    (folder / "unused.json").write_text('[{"name": "x"}]')
    ran = explain(folder, place)
    assert (ran.exit_code, ran.stdout) == (2, "")
    assert ran.stderr.startswith("config.usage: ")
    assert says in ran.stderr


def test_a_path_may_end_in_a_colon_and_digits_itself(folder: Path) -> None:
    (folder / "a:3").write_text("model: o1\n\n\n\n")
    (folder / "a").write_text("model: o3\n\n\n\n")
    assert explain(folder, "a:3").stdout.startswith("a:3\n  1:8  model 'o1'")
    assert explain(folder, "a:3:1").stdout.startswith("a:3\n  1:8  model 'o1'")
    assert explain(folder, "a:1").stdout.startswith("a\n  1:8  model 'o3'")


@pytest.mark.parametrize("place", ["nowhere.yml", "nowhere.yml:3", "other", "link.yml", "bad.yml"])
def test_a_file_that_cannot_be_read_is_a_problem_of_definitions(place: str, folder: Path) -> None:
    (folder / "link.yml").symlink_to("sekuire.yml")
    (folder / "bad.yml").write_text("a: 1\na: 2\n")
    ran = explain(folder, place)
    assert (ran.exit_code, ran.stdout) == (5, "")
    assert "definition." in ran.stderr


@pytest.mark.parametrize("place", ["nope.yml", "nope.yml:3", "nope.json", "nope/sekuire.yml"])
def test_a_file_that_is_not_there_is_no_match_as_for_a_check(place: str, folder: Path) -> None:
    ran = explain(folder, place)
    assert (ran.exit_code, ran.stdout) == (5, "")
    assert ran.stderr.startswith(f"definition.no_match: there is no file '{place.removesuffix(':3')}'.")


@pytest.mark.parametrize("key", ["llm", "agent", "agents", "identity", "model", "provider", "llm_providers"])
def test_a_json_definition_with_tools_at_its_root_is_no_tools_file(key: str, folder: Path) -> None:
    value = "gpt-4o" if key in {"model", "provider"} else None
    (folder / "my.json").write_text(json.dumps({"tools": [{"name": "x"}], key: value}))
    ran = explain(folder, "my.json")
    assert ran.exit_code == 0
    assert ran.stdout.startswith("my.json\n")
    assert "definition.unknown_claim" in ran.stdout


def test_a_policy_that_does_not_verify_explains_nothing(folder: Path) -> None:
    unpinned = run("explain", "sekuire.yml", "--policy", "policy.json", cwd=folder)
    stranger = ("--policy", "policy.json", "--trusted-key", public_key(STRANGER).hex())
    mismatch = run("explain", "sekuire.yml", *stranger, cwd=folder)
    missing = run("explain", "sekuire.yml", "--policy", "none.json", "--unsafe-trust-embedded-key", cwd=folder)
    assert [(ran.exit_code, ran.stdout) for ran in (unpinned, mismatch, missing)] == [(3, ""), (3, ""), (4, "")]


def test_rules_of_the_policy_that_nobody_knows_are_named(folder: Path) -> None:
    content = {**CONTENT, "tools": {"alowed_tools": ["a"]}}
    (folder / "policy.json").write_bytes(as_bytes(signed_document(content)))
    assert explain(folder, "sekuire.yml").stdout.endswith("(policy.unknown_rule): tools.alowed_tools\n")


def test_the_policy_is_fetched_as_for_a_check(folder: Path, tmp_path: Path) -> None:
    with served_workspace(tmp_path, CONTENT) as served:
        where = ("--workspace", served.workspace_id, "--backend", served.url, "--allow-loopback-http")
        ran = run("explain", "sekuire.yml:3", *where, "--trusted-key", served.pin, cwd=folder)
    assert ran.exit_code == 0
    assert ran.stdout.startswith(WHOLE)
    assert "(fetched)" in ran.stdout


def test_the_root_may_be_another_folder_and_the_path_is_relative_to_the_working_directory(folder: Path) -> None:
    ran = explain(folder, "other/sekuire.yml", "--root", "other")
    assert ran.stdout.startswith("sekuire.yml\n")
    assert "  1:17  tool 'a': unrestricted\n" in ran.stdout


@pytest.mark.parametrize("name", ["::error::x", "##[error]x", "a\u202eb", "a\nb", "\x1b[31m"], ids=ascii)
def test_nothing_that_a_definition_or_a_policy_wrote_is_obeyed_or_hidden(name: str, folder: Path) -> None:
    content = {"agent": {"models": {"allowed_models": [name]}, "capabilities": {"denied_tools": ["x"]}}}
    (folder / "policy.json").write_bytes(as_bytes(signed_document(content)))
    quoted = json.dumps(name)
    (folder / "sekuire.yml").write_text(f"agents: {{{quoted}: {{tools: [{quoted}]}}}}\nmodel: {quoted}\n")
    ran = explain(folder, "sekuire.yml")
    assert ran.stdout.isascii()
    assert "\x1b" not in ran.stdout
    assert "##[" not in ran.stdout
    assert not any(line.lstrip().startswith("::") for line in ran.stdout.splitlines())
