"""`policy diff`, as a process: what is compared, what is refused, and with which exit code."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.support.gate import Ran, run
from tests.support.marked import write
from tests.support.signing import KEY_ID, STRANGER, Document, as_bytes, public_key, signed_document

PIN = f"{KEY_ID}={public_key().hex()}"


def tools(*allowed: str) -> Document:
    return {"agent": {"capabilities": {"allowed_tools": list(allowed)}}}


def agent(*used: str) -> str:
    return f"agent: {{tools: [{', '.join(used)}]}}\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with the policies a.json and b.json, versions 3 and 4, and some definitions."""
    folder = tmp_path / "folder"
    write(
        folder,
        {
            "a.json": as_bytes(signed_document(tools("read", "rm"))),
            "b.json": as_bytes(signed_document(tools("read", "write"), version="4")),
            "agents/reader/sekuire.yml": agent("read"),
            "agents/remover/sekuire.yml": agent("rm"),
            "agents/writer/sekuire.yml": agent("write"),
        },
    )
    return folder


def diff(folder: Path, *arguments: str, environ: dict[str, str] | None = None) -> Ran:
    return run("policy", "diff", *arguments, cwd=folder, environ=environ)


def compared(ran: Ran) -> dict[str, Any]:
    read: dict[str, Any] = json.loads(ran.stdout)
    return read


def test_what_is_newly_permitted_and_forbidden_is_said_and_is_no_failure(folder: Path) -> None:
    ran = diff(folder, "a.json", "b.json")
    assert (ran.exit_code, ran.stderr) == (0, "")
    assert (
        "tools  + permits           'write': added to the allow-list (agent.capabilities.allowed_tools)\n" in ran.stdout
    )
    assert (
        "tools  - forbids           'rm': taken off the allow-list (agent.capabilities.allowed_tools)\n" in ran.stdout
    )


def test_without_a_pin_each_policy_is_said_to_be_not_verified(folder: Path) -> None:
    assert diff(folder, "a.json", "b.json").stdout.count("not verified") == 2
    read = compared(diff(folder, "a.json", "b.json", "--json"))
    assert (read["a"]["trust"], read["b"]["trust"]) == ("unverified", "unverified")


def test_with_a_pin_both_policies_have_to_verify(folder: Path) -> None:
    read = compared(diff(folder, "a.json", "b.json", "--json", "--trusted-key", PIN))
    assert (read["a"]["trust"], read["b"]["trust"]) == ("pinned", "pinned")
    (folder / "forged.json").write_bytes(as_bytes(signed_document(tools("x"), key=STRANGER, version="5")))
    for pair in (("forged.json", "b.json"), ("a.json", "forged.json")):
        ran = diff(folder, *pair, "--trusted-key", PIN)
        assert (ran.exit_code, ran.stdout) == (3, "")
        assert ran.stderr.startswith("policy.key_mismatch: ")


def test_the_lowest_version_binds_the_policy_that_will_be_alone(folder: Path) -> None:
    pinned = ("--trusted-key", PIN, "--min-policy-version", "4")
    assert diff(folder, "a.json", "b.json", *pinned).exit_code == 0
    ran = diff(folder, "b.json", "a.json", *pinned)
    assert (ran.exit_code, ran.stdout) == (3, "")
    assert ran.stderr.startswith("policy.rollback: ")


def test_a_pin_that_has_ended_may_have_signed_the_policy_that_was_and_not_the_one_that_will_be(folder: Path) -> None:
    (folder / "b.json").write_bytes(
        as_bytes(signed_document(tools("read"), version="4", key=STRANGER, signing_key_id="key_2"))
    )
    ended = ("--trusted-key", f"{PIN} until=2020-01-01", "--trusted-key", f"key_2={public_key(STRANGER).hex()}")
    ran = diff(folder, "a.json", "b.json", "--json", *ended)
    assert (ran.exit_code, ran.stderr) == (0, "")
    assert (compared(ran)["a"]["trust"], compared(ran)["b"]["trust"]) == ("pinned", "pinned")
    ran = diff(folder, "b.json", "a.json", *ended)
    assert (ran.exit_code, ran.stdout) == (3, "")
    assert ran.stderr.startswith("policy.key_expired: ")


@pytest.mark.parametrize(
    ("changes", "kind"),
    [
        ({"key": STRANGER, "signing_public_key": public_key().hex()}, "policy.signature_invalid"),
        ({"key": STRANGER}, "policy.key_mismatch"),
        ({"signing_key_id": "key_9"}, "policy.key_mismatch"),
        ({"status": "draft"}, "policy.not_active"),
    ],
    ids=["forged", "of another key", "of another id", "a draft"],
)
def test_of_the_policy_that_was_all_else_has_to_hold(folder: Path, changes: dict[str, Any], kind: str) -> None:
    (folder / "a.json").write_bytes(as_bytes(signed_document(tools("read"), **changes)))
    ran = diff(folder, "a.json", "b.json", "--trusted-key", f"{PIN} until=2020-01-01")
    assert (ran.exit_code, ran.stdout, ran.stderr.split(":")[0]) == (3, "", kind)


def test_policies_that_may_be_meant_the_other_way_are_pointed_out(folder: Path) -> None:
    ran = diff(folder, "b.json", "a.json")
    assert ran.exit_code == 0
    assert ran.stderr == "B is version 3, older than A, which is 4: were they meant the other way?\n"


def test_definitions_that_would_newly_fail_or_pass_are_told_by_path(folder: Path) -> None:
    ran = diff(folder, "a.json", "b.json", "--against", "agents", "--json")
    assert (ran.exit_code, ran.stderr) == (0, "")
    assert [(item["path"], item["a"], item["b"]) for item in compared(ran)["definitions"]] == [
        ("agents/reader/sekuire.yml", "pass", "pass"),
        ("agents/remover/sekuire.yml", "pass", "violation"),
        ("agents/writer/sekuire.yml", "violation", "pass"),
    ]
    (new,) = compared(ran)["definitions"][1]["new"]
    assert (new["rule"], new["value"], new["location"]["column"]) == ("tool.not_allowed", "rm", 17)
    (gone,) = compared(ran)["definitions"][2]["gone"]
    assert (gone["rule"], gone["value"]) == ("tool.not_allowed", "write")


@pytest.mark.parametrize(
    "arguments",
    [
        ("a.json", "b.json", "--against", "agents/reader/sekuire.yml", "agents/wr*/sekuire.yml"),
        ("a.json", "b.json", "--against", "agents/reader", "--against", "agents/writer"),
        ("--against", "agents/reader", "agents/writer", "--", "a.json", "b.json"),
    ],
    ids=["a file and a glob", "repeated", "first"],
)
def test_paths_are_files_folders_and_globs(folder: Path, arguments: tuple[str, ...]) -> None:
    found = compared(diff(folder, "--json", *arguments))["definitions"]
    assert [item["path"] for item in found] == ["agents/reader/sekuire.yml", "agents/writer/sekuire.yml"]


def test_paths_are_relative_to_the_working_directory_and_below_the_root(folder: Path) -> None:
    inside = folder / "agents"
    common = ("policy", "diff", "../a.json", "../b.json", "--json", "--root", "..", "--against")
    assert [item["path"] for item in compared(run(*common, "reader", cwd=inside))["definitions"]] == [
        "agents/reader/sekuire.yml"
    ]
    ran = run(*common, "../../elsewhere", cwd=inside)
    assert (ran.exit_code, ran.stdout) == (2, "")
    assert ran.stderr.startswith("config.usage: ")


def test_a_definition_that_cannot_be_read_does_not_hide_the_others(folder: Path) -> None:
    write(folder, {"agents/broken/sekuire.yml": "a: 1\na: 2\n"})
    ran = diff(folder, "a.json", "b.json", "--json", "--against", "agents", "none/*.yml")
    assert ran.exit_code == 5
    read = compared(ran)
    assert [problem["kind"] for problem in read["problems"]] == ["definition.no_match", "definition.duplicate_key"]
    assert len(read["definitions"]) == 3
    assert ran.stderr.startswith("definition.no_match: ")
    assert ran.stderr.count("\n") == 1


@pytest.mark.parametrize(
    ("document", "code", "kind"),
    [
        (b"{", 4, "fetch.bad_body"),
        (as_bytes({**signed_document(), "hash": "0" * 64}), 3, "policy.hash_mismatch"),
        (as_bytes(signed_document({})), 3, "policy.no_rules"),
        (None, 4, "fetch.file"),
    ],
    ids=["no JSON", "tampered", "no rules", "missing"],
)
@pytest.mark.parametrize("place", [0, 1], ids=["A", "B"])
def test_a_policy_that_cannot_be_had_or_believed_gives_no_comparison(
    folder: Path, document: bytes | None, code: int, kind: str, place: int
) -> None:
    if document is not None:
        (folder / "c.json").write_bytes(document)
    pair = ["a.json", "b.json"]
    pair[place] = "c.json"
    ran = diff(folder, *pair)
    assert (ran.exit_code, ran.stdout) == (code, "")
    assert ran.stderr.startswith(f"{kind}: ")


@pytest.mark.parametrize(
    "arguments",
    [("a.json",), ("a.json", "b.json", "b.json"), ("a.json", "b.json", "--against"), ("a.json", "b.json", "--x")],
    ids=["one", "three", "against nothing", "unknown flag"],
)
def test_arguments_that_make_no_sense_are_refused(folder: Path, arguments: tuple[str, ...]) -> None:
    ran = diff(folder, *arguments)
    assert (ran.exit_code, ran.stdout) == (2, "")
    assert ran.stderr.startswith("config.usage: ")


def test_the_same_comparison_gives_the_same_bytes(folder: Path) -> None:
    first, second = (diff(folder, "a.json", "b.json", "--json", "--against", "agents").stdout for _ in range(2))
    assert first == second


def test_the_root_is_where_actions_say_unless_it_is_given(folder: Path) -> None:
    ran = diff(folder, "a.json", "b.json", "--json", "--against", ".", environ={"GITHUB_WORKSPACE": str(folder)})
    assert len(compared(ran)["definitions"]) == 3
