"""`policy pull`, `validate` and `show`: what is saved is what was served, and only what verifies is called verified."""

import json
from pathlib import Path

import pytest

from tests.support.gate import Ran, run
from tests.support.signing import CONTENT, KEY_ID, STRANGER, as_bytes, public_key, signed_document
from tests.support.workspace import ServedWorkspace, served_workspace

PIN = f"{KEY_ID}={public_key().hex()}"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "folder"
    folder.mkdir()
    return folder


def pull(served: ServedWorkspace, folder: Path, *arguments: str) -> Ran:
    common = ("--workspace", served.workspace_id, "--backend", served.url, "--allow-loopback-http")
    return run("policy", "pull", *common, *arguments, cwd=folder)


def test_pull_replaces_the_file_with_the_very_bytes_of_the_answer_for_its_owner_alone(
    folder: Path, tmp_path: Path
) -> None:
    (folder / "out.json").write_text("old")
    with served_workspace(tmp_path) as served:
        ran = pull(served, folder, "--trusted-key", served.pin, "--out", "out.json")
        assert (ran.exit_code, ran.stderr) == (0, "")
        assert (folder / "out.json").read_bytes() == served.document
    assert (folder / "out.json").stat().st_mode & 0o777 == 0o600
    assert [path.name for path in folder.iterdir()] == ["out.json"]


def test_pull_saves_nothing_that_does_not_verify(folder: Path, tmp_path: Path) -> None:
    with served_workspace(tmp_path) as served:
        unpinned = pull(served, folder)
        mismatch = pull(served, folder, "--trusted-key", public_key(STRANGER).hex())
        old = pull(served, folder, "--trusted-key", served.pin, "--min-policy-version", "2")
    assert [ran.exit_code for ran in (unpinned, mismatch, old)] == [3, 3, 3]
    assert unpinned.stderr.startswith("policy.key_not_pinned: ")
    assert mismatch.stderr.startswith("policy.key_mismatch: ")
    assert old.stderr.startswith("policy.rollback: ")
    assert list(folder.iterdir()) == []


def test_pull_says_so_where_it_cannot_write(folder: Path, tmp_path: Path) -> None:
    with served_workspace(tmp_path) as served:
        ran = pull(served, folder, "--trusted-key", served.pin, "--out", "nowhere/policy.json")
    assert (ran.exit_code, ran.stdout) == (2, "")
    assert "nowhere/policy.json" in ran.stderr


@pytest.mark.parametrize(
    ("changes", "arguments", "code", "says"),
    [
        ({}, ["--trusted-key", PIN], 0, "integrity verified (hash/signature)"),
        ({}, ["--unsafe-trust-embedded-key"], 0, "Signature: integrity only, key not pinned"),
        ({"signature": None}, ["--unsafe-allow-unsigned"], 0, "no signature provided"),
        ({}, [], 3, "policy.key_not_pinned"),
        ({"signature": None}, ["--trusted-key", PIN], 3, "policy.signature_missing"),
        ({"status": "draft"}, ["--trusted-key", PIN], 3, "policy.not_active"),
        ({}, ["--trusted-key", PIN, "--workspace", "ws_other"], 3, "policy.wrong_workspace"),
        ({}, ["--trusted-key", PIN, "--min-policy-version", "99"], 3, "policy.rollback"),
        ({}, ["--trusted-key", PIN, "--unsafe-allow-unsigned"], 2, "config.contradiction"),
    ],
    ids=["pinned", "embedded", "unsigned", "no pin", "stripped", "draft", "workspace", "version", "contradiction"],
)
def test_validate_accepts_and_refuses_as_check_does(
    changes: dict[str, object], arguments: list[str], code: int, says: str, folder: Path
) -> None:
    (folder / "policy.json").write_bytes(as_bytes({**signed_document(CONTENT), **changes}))
    ran = run("policy", "validate", *arguments, cwd=folder)
    assert ran.exit_code == code
    assert says in (ran.stdout if code == 0 else ran.stderr)


def test_an_unsigned_policy_is_never_called_verified_by_its_signature(folder: Path) -> None:
    (folder / "policy.json").write_bytes(as_bytes({**signed_document(CONTENT), "signature": None}))
    ran = run("policy", "validate", "--unsafe-allow-unsigned", cwd=folder)
    assert "hash/signature" not in ran.stdout


def test_show_without_a_pin_checks_the_hash_and_says_not_verified(folder: Path) -> None:
    document = signed_document(CONTENT)
    (folder / "policy.json").write_bytes(as_bytes(document))
    assert "not verified" in run("policy", "show", cwd=folder).stdout
    (folder / "policy.json").write_bytes(as_bytes({**document, "hash": "0" * 64}))
    ran = run("policy", "show", "--json", cwd=folder)
    assert (ran.exit_code, ran.stdout) == (3, "")
    assert "policy.hash_mismatch" in ran.stderr


def test_show_with_a_pin_shows_only_what_verifies(folder: Path) -> None:
    (folder / "policy.json").write_bytes(as_bytes(signed_document(CONTENT)))
    shown = run("policy", "show", "--json", "--trusted-key", PIN, cwd=folder)
    assert json.loads(shown.stdout)["trust"] == "pinned"
    refused = run("policy", "show", "--trusted-key", public_key(STRANGER).hex(), cwd=folder)
    assert refused.exit_code == 3
