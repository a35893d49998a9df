"""`lock`, and what a lock file means to `check` and its siblings: each as a process, against a served workspace."""

import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from sekuire_gate.trust.anchor import LockedVersion, read_pins
from sekuire_gate.trust.lock import Lock, lock_text
from tests.support.gate import Ran, run
from tests.support.signing import STRANGER, as_bytes, public_key, signed_document
from tests.support.workspace import CONTENT, ServedWorkspace, served_workspace

OTHER_CONTENT = {"agent": {"models": {"allowed_models": ["*"]}}}
STRANGERS_PIN = f"key_2={public_key(STRANGER).hex()}"
LOCK = "sekuire.lock"


@dataclass
class Repository:
    """A folder with one definition, and the workspace that it belongs to."""

    folder: Path
    served: ServedWorkspace

    @property
    def backend(self) -> tuple[str, ...]:
        return ("--backend", self.served.url, "--allow-loopback-http")

    @property
    def pinned(self) -> tuple[str, ...]:
        return ("--trusted-key", self.served.pin)

    @property
    def lock(self) -> dict[str, Any]:
        fields: dict[str, Any] = json.loads((self.folder / LOCK).read_bytes())
        return fields

    def change_lock(self, **fields: object) -> None:
        (self.folder / LOCK).write_text(json.dumps({**self.lock, **fields}))

    def make_lock(self, *arguments: str) -> Ran:
        return run("lock", "--workspace", "ws_test", *self.backend, *arguments, cwd=self.folder)

    def check(self, *arguments: str, environ: dict[str, str] | None = None) -> Ran:
        return run("check", *self.backend, "--report", "json=r.json", *arguments, cwd=self.folder, environ=environ)


@pytest.fixture
def repository(tmp_path: Path) -> Iterator[Repository]:
    """A repository that has no lock file yet."""
    folder = tmp_path / "repository"
    folder.mkdir()
    (folder / "sekuire.yml").write_text("llm: {provider: openai, model: gpt-4o}\n")
    with served_workspace(tmp_path) as served:
        yield Repository(folder, served)


@pytest.fixture
def locked(repository: Repository) -> Repository:
    """One whose lock file names version 1; that `lock` writes such a file has a test of its own."""
    document = json.loads(repository.served.document)
    lock = Lock(
        workspace_id="ws_test",
        api_host=repository.served.url.removeprefix("http://"),
        pins=read_pins(repository.served.pin),
        locked=LockedVersion("1", document["hash"]),
        locked_at=datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC),
    )
    (repository.folder / LOCK).write_text(lock_text(lock))
    return repository


def findings(ran: Ran) -> list[str]:
    return [item["rule"] for item in ran.report["findings"] if item["rule"] != "policy.unrestricted"]


def test_lock_writes_what_was_verified_for_everybody_to_read(repository: Repository) -> None:
    before = datetime.now(UTC).replace(microsecond=0)
    ran = repository.make_lock(*repository.pinned, "--trusted-key", f"{STRANGERS_PIN} until=2999-12-31")
    document = json.loads(repository.served.document)
    assert (ran.exit_code, ran.stderr) == (0, "")
    assert ran.stdout == f"Locked policy {document['policy_id']} (v1) of workspace ws_test in sekuire.lock\n"
    lock = repository.lock
    assert before <= datetime.fromisoformat(lock.pop("locked_at")) <= datetime.now(UTC)
    assert lock == {
        "version": 1,
        "workspace_id": "ws_test",
        "api_host": repository.served.url.removeprefix("http://"),
        "trusted_keys": [repository.served.pin, f"{STRANGERS_PIN} until=2999-12-31"],
        "policy_version": "1",
        "policy_hash": document["hash"],
    }
    assert (repository.folder / LOCK).stat().st_mode & 0o777 == 0o644
    assert sorted(path.name for path in repository.folder.iterdir()) == [LOCK, "sekuire.yml"]


def test_a_first_lock_file_is_not_written_over_one_that_is_there(locked: Repository) -> None:
    before = (locked.folder / LOCK).read_bytes()
    ran = locked.make_lock(*locked.pinned)
    assert (ran.exit_code, ran.stdout) == (2, "")
    assert ran.stderr.startswith("config.lock_file: ")
    assert "--update" in ran.stderr
    assert (locked.folder / LOCK).read_bytes() == before
    assert locked.served.requests == []


def test_update_needs_a_lock_file_that_is_there(repository: Repository) -> None:
    ran = repository.make_lock("--update", *repository.pinned)
    assert (ran.exit_code, ran.stderr.split(":")[0]) == (2, "config.lock_file")
    assert not (repository.folder / LOCK).exists()


def test_update_moves_to_a_higher_version_by_the_pins_of_the_file_alone(locked: Repository) -> None:
    locked.served.publish(OTHER_CONTENT)
    ran = run("lock", "--update", *locked.backend, cwd=locked.folder)
    assert (ran.exit_code, ran.stderr) == (0, "")
    assert "(v2) of workspace ws_test in sekuire.lock (1 → 2)" in ran.stdout
    assert locked.lock["policy_version"] == "2"
    assert locked.lock["policy_hash"] == json.loads(locked.served.document)["hash"]
    assert locked.lock["trusted_keys"] == [locked.served.pin]


def test_update_leaves_a_file_alone_that_says_all_that_is_to_be_said(locked: Repository) -> None:
    before = (locked.folder / LOCK).read_bytes()
    ran = locked.make_lock("--update")
    assert (ran.exit_code, ran.stderr) == (0, "")
    assert ran.stdout.endswith(" is locked already in sekuire.lock\n")
    assert (locked.folder / LOCK).read_bytes() == before


def test_update_never_goes_back_and_never_takes_another_policy_of_the_same_version(locked: Repository) -> None:
    locked.change_lock(policy_version="2")
    lower = locked.make_lock("--update")
    locked.change_lock(policy_version="1", policy_hash="0" * 64)
    other = locked.make_lock("--update")
    assert (lower.exit_code, lower.stderr.split(":")[0]) == (3, "policy.rollback")
    assert (other.exit_code, other.stderr.split(":")[0]) == (3, "policy.equivocation")
    assert locked.lock["policy_hash"] == "0" * 64


def test_update_adds_the_pins_of_the_flags_to_the_files(locked: Repository) -> None:
    next_key = f"{STRANGERS_PIN} until=2999-12-31"
    ran = locked.make_lock("--update", "--trusted-key", next_key)
    assert (ran.exit_code, ran.stderr) == (0, "")
    assert locked.lock["trusted_keys"] == [locked.served.pin, next_key]
    # A second time, with all of them, it says the same.
    before = (locked.folder / LOCK).read_bytes()
    assert locked.make_lock("--update", *locked.pinned, "--trusted-key", next_key).exit_code == 0
    assert (locked.folder / LOCK).read_bytes() == before


def test_update_puts_a_pin_of_the_flags_in_place_of_the_files_of_the_same_id_and_of_a_bare_one(
    locked: Repository,
) -> None:
    first, bare = locked.served.pin, public_key(STRANGER).hex()
    locked.change_lock(trusted_keys=[bare, first])
    ran = locked.make_lock(
        "--update", "--trusted-key", f"{first} until=2999-12-31", "--trusted-key", f"{bare} until=2998-12-31"
    )
    assert (ran.exit_code, ran.stderr) == (0, "")
    assert locked.lock["trusted_keys"] == [f"{first} until=2999-12-31", f"{bare} until=2998-12-31"]
    # Another key under the id: the old one is gone with its pin.
    key_id = first.partition("=")[0]
    before = (locked.folder / LOCK).read_bytes()
    ran = locked.make_lock("--update", "--trusted-key", f"{key_id}={public_key().hex()}")
    assert (ran.exit_code, ran.stderr.split(":")[0]) == (3, "policy.key_mismatch")
    assert (locked.folder / LOCK).read_bytes() == before


def test_update_does_not_write_pins_that_no_run_could_read_together(locked: Repository) -> None:
    before = (locked.folder / LOCK).read_bytes()
    key = locked.served.pin.partition("=")[2]
    many = [part for number in range(64) for part in ("--trusted-key", f"k{number}={key}")]
    for arguments, says in (
        (("--trusted-key", f"{key} until=2999-12-31"), "with another last day"),
        (many, "is one more than 64"),
    ):
        ran = locked.make_lock("--update", *arguments)
        assert (ran.exit_code, ran.stderr.split(":")[0]) == (2, "config.trusted_key")
        assert says in ran.stderr
        assert (locked.folder / LOCK).read_bytes() == before


def test_a_pin_whose_last_day_is_over_is_left_out_with_a_word(locked: Repository) -> None:
    ended = f"{STRANGERS_PIN} until=2020-01-01"
    locked.change_lock(trusted_keys=[ended, locked.served.pin])
    ran = locked.make_lock("--update")
    assert ran.exit_code == 0
    assert ran.stderr == f"Left out, because its last day is over: {ended}\n"
    assert locked.lock["trusted_keys"] == [locked.served.pin]


def test_without_a_pin_nothing_is_locked_and_the_line_to_compare_is_told(repository: Repository) -> None:
    ran = repository.make_lock()
    assert (ran.exit_code, ran.stderr.split(":")[0]) == (3, "policy.key_not_pinned")
    assert repository.served.pin in ran.stderr
    assert not (repository.folder / LOCK).exists()


@pytest.mark.parametrize("switch", ["--unsafe-trust-embedded-key", "--unsafe-allow-unsigned"])
def test_an_unsafe_switch_locks_nothing(switch: str, repository: Repository) -> None:
    ran = repository.make_lock(switch)
    assert (ran.exit_code, ran.stderr.split(":")[0]) == (2, "config.contradiction")
    assert not (repository.folder / LOCK).exists()


def test_a_version_that_has_no_order_is_not_locked(repository: Repository) -> None:
    repository.served.publish(CONTENT, version="2026-spring")
    ran = repository.make_lock(*repository.pinned)
    assert (ran.exit_code, ran.stderr.split(":")[0]) == (2, "config.lock_file")
    assert "'2026-spring'" in ran.stderr
    assert not (repository.folder / LOCK).exists()


def test_a_lock_file_may_have_another_name_and_place(repository: Repository) -> None:
    (repository.folder / ".github").mkdir()
    there = ("--lock-file", ".github/gate.lock")
    ran = repository.make_lock(*repository.pinned, *there)
    assert (ran.exit_code, ran.stdout.split()[-1]) == (0, ".github/gate.lock")
    assert not (repository.folder / LOCK).exists()
    assert repository.check(*there).exit_code == 0
    assert repository.make_lock("--update", *there).exit_code == 0


def test_where_it_cannot_be_written_it_is_said_so(repository: Repository) -> None:
    ran = repository.make_lock(*repository.pinned, "--lock-file", "nowhere/sekuire.lock")
    assert (ran.exit_code, ran.stdout) == (2, "")
    assert ran.stderr.startswith("config.lock_file: ")
    assert "nowhere/sekuire.lock" in ran.stderr


def test_a_link_in_the_place_of_the_lock_file_is_neither_followed_nor_replaced(repository: Repository) -> None:
    (repository.folder / LOCK).symlink_to(repository.folder / "elsewhere")
    for arguments in ((), ("--update",)):
        ran = repository.make_lock(*repository.pinned, *arguments)
        assert (ran.exit_code, ran.stderr.split(":")[0]) == (2, "config.lock_file")
    assert repository.check(*repository.pinned).kinds == ["config.lock_file"]
    assert sorted(path.name for path in repository.folder.iterdir()) == ["r.json", LOCK, "sekuire.yml"]


def test_the_api_key_is_sent_and_never_shown(repository: Repository) -> None:
    key = "sk_live_0123456789"
    environ = {"SEKUIRE_API_KEY": key, "SEKUIRE_WORKSPACE_ID": "ws_test"}
    ran = run("lock", *repository.backend, *repository.pinned, cwd=repository.folder, environ=environ)
    assert ran.exit_code == 0
    assert dict(repository.served.requests[0].headers)["X-API-Key"] == key
    assert key not in ran.everything + (repository.folder / LOCK).read_text()


def test_a_clock_that_an_earlier_step_has_set_back_is_not_what_is_written(repository: Repository) -> None:
    arguments = ("--workspace", "ws_test", *repository.backend, *repository.pinned)
    run("lock", *arguments, cwd=repository.folder, environ={"SOURCE_DATE_EPOCH": "0"})
    assert repository.lock["locked_at"] > "2026"


class TestCheck:
    def test_a_lock_file_takes_the_place_of_workspace_and_pins(self, locked: Repository) -> None:
        ran = locked.check()
        assert (ran.exit_code, ran.report["policy"]["trust"]) == (0, "pinned")
        assert findings(ran) == []

    def test_a_version_below_the_locked_one_is_a_rollback(self, locked: Repository) -> None:
        locked.change_lock(policy_version="1.0.1")
        ran = locked.check(*locked.pinned)
        assert (ran.exit_code, ran.kinds) == (3, ["policy.rollback"])
        assert "expected '1.0.1' or higher, by the lock file" in ran.stderr

    def test_another_policy_of_the_locked_version_is_an_equivocation(self, locked: Repository) -> None:
        key = locked.served.workspace.key
        document = json.loads(locked.served.document)
        other = signed_document(OTHER_CONTENT, **{name: document[name] for name in ("policy_id", "workspace_id")})
        other |= {"version": "1", "signing_key_id": key.key_id, "signing_public_key": key.public_key.hex()}
        other["signature"] = key.sign(f"{other['policy_id']}:1:{other['hash']}".encode()).hex()
        locked.served.path_of_active.write_bytes(as_bytes(other))
        ran = locked.check()
        assert (ran.exit_code, ran.kinds) == (3, ["policy.equivocation"])

    def test_a_higher_version_is_judged_by_with_a_notice(self, locked: Repository) -> None:
        locked.served.publish({"agent": {"models": {"denied_models": ["gpt-4o"]}}}, version="9")
        ran = locked.check()
        assert ran.exit_code == 1
        assert findings(ran) == ["model.blocked", "policy.ahead_of_lock"]
        (notice,) = (item for item in ran.report["findings"] if item["rule"] == "policy.ahead_of_lock")
        assert "1 → 9 since the lock" in notice["message"]

    def test_the_lowest_version_of_the_inputs_binds_beside_the_locks(self, locked: Repository) -> None:
        assert locked.check("--min-policy-version", "2").kinds == ["policy.rollback"]

    def test_inputs_that_contradict_the_lock_file_stop_the_run_before_anybody_is_asked(
        self, locked: Repository
    ) -> None:
        ran = locked.check("--unsafe-allow-unsigned")
        assert (ran.exit_code, ran.kinds) == (2, ["config.contradiction"])
        assert locked.served.requests == []

    def test_the_locks_host_is_compared_and_never_asked(self, locked: Repository, tmp_path: Path) -> None:
        (tmp_path / "evil").mkdir()
        with served_workspace(tmp_path / "evil") as evil:
            locked.change_lock(api_host=evil.url.removeprefix("http://"))
            ran = locked.check(environ={"SEKUIRE_API_KEY": "sk_live_0123456789"})
            assert (ran.exit_code, ran.kinds) == (2, ["config.contradiction"])
            assert evil.requests == locked.served.requests == []

    def test_a_key_that_a_pull_request_adds_to_the_lock_file_is_not_trusted_beside_the_workflows(
        self, repository: Repository
    ) -> None:
        forged = signed_document(OTHER_CONTENT, key=STRANGER, workspace_id="ws_test", signing_key_id="key_2")
        (repository.folder / "policy.json").write_bytes(as_bytes(forged))
        lock = {
            "version": 1,
            "workspace_id": "ws_test",
            "api_host": repository.served.url.removeprefix("http://"),
            "trusted_keys": [STRANGERS_PIN],
            "policy_version": "1",
            "policy_hash": "0" * 64,
            "locked_at": "2026-01-02T03:04:05Z",
        }
        (repository.folder / LOCK).write_text(json.dumps(lock))
        assert repository.check("--policy", "policy.json").exit_code == 0
        ran = repository.check("--policy", "policy.json", *repository.pinned)
        assert (ran.exit_code, ran.kinds) == (3, ["policy.key_mismatch"])
        assert "The lock file pins it, and its pins do not count while trusted-keys is given." in ran.stderr

    def test_trusted_keys_that_hold_no_key_do_not_hand_over_to_the_lock_file(self, locked: Repository) -> None:
        locked.change_lock(trusted_keys=[STRANGERS_PIN])
        ran = locked.check("--trusted-key", "# to be filled in")
        assert (ran.exit_code, ran.kinds) == (2, ["config.trusted_key"])
        assert locked.served.requests == []

    def test_a_strangers_key_in_the_lock_file_does_not_keep_the_workflows_own_from_counting(
        self, locked: Repository
    ) -> None:
        locked.change_lock(trusted_keys=[STRANGERS_PIN])
        assert locked.check(*locked.pinned).exit_code == 0
        assert locked.check().kinds == ["policy.key_mismatch"]

    @pytest.mark.parametrize("given", [(), ("--lock-file", LOCK)], ids=["found", "given"])
    def test_a_lock_file_that_cannot_be_read_stops_the_run_whatever_else_is_pinned(
        self, given: tuple[str, ...], repository: Repository
    ) -> None:
        (repository.folder / LOCK).write_bytes(b"<<<<<<< HEAD\n")
        ran = repository.check("--workspace", "ws_test", *repository.pinned, *given)
        assert (ran.exit_code, ran.kinds) == (2, ["config.lock_file"])
        assert repository.served.requests == []

    def test_a_lock_file_that_is_given_has_to_be_there(self, repository: Repository) -> None:
        ran = repository.check("--workspace", "ws_test", *repository.pinned, "--lock-file", "none.lock")
        assert (ran.exit_code, ran.kinds) == (2, ["config.lock_file"])

    def test_a_pipe_in_the_place_of_the_lock_file_is_not_waited_for(self, repository: Repository) -> None:
        os.mkfifo(repository.folder / LOCK)
        ran = repository.check("--workspace", "ws_test", *repository.pinned)
        assert (ran.exit_code, ran.kinds) == (2, ["config.lock_file"])

    def test_a_well_known_test_key_in_the_lock_file_needs_the_switch_for_this_machine(self, locked: Repository) -> None:
        known = "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a"
        locked.change_lock(trusted_keys=[locked.served.pin, known], api_host="api.sekuire.ai:443")
        ran = run("check", "--report", "json=r.json", cwd=locked.folder)
        assert (ran.exit_code, ran.kinds) == (2, ["config.weak_key"])
        assert locked.check().kinds == ["config.contradiction"]

    def test_a_clock_that_an_earlier_step_has_set_back_revives_no_expired_key(self, repository: Repository) -> None:
        arguments = ("--workspace", "ws_test", "--trusted-key", f"{repository.served.pin} until=2020-01-01")
        ran = repository.check(*arguments, environ={"SOURCE_DATE_EPOCH": "1"})
        assert (ran.exit_code, ran.kinds) == (3, ["policy.key_expired"])

    def test_a_key_that_ends_soon_is_a_notice_and_one_that_ends_later_is_none(self, repository: Repository) -> None:
        today = datetime.now(UTC).date()
        noticed = {}
        for days in (5, 40):
            pin = f"{repository.served.pin} until={today + timedelta(days)}"
            ran = repository.check("--workspace", "ws_test", "--trusted-key", pin)
            assert ran.exit_code == 0
            noticed[days] = findings(ran)
        assert noticed == {5: ["policy.key_expiring"], 40: []}


def test_pull_validate_and_show_are_bound_by_the_lock_file(locked: Repository) -> None:
    arguments = ("policy", "pull", *locked.backend)
    assert run(*arguments, cwd=locked.folder).exit_code == 0
    assert json.loads(run("policy", "show", "--json", cwd=locked.folder).stdout)["trust"] == "pinned"
    locked.change_lock(policy_version="2")
    for command in (arguments, ("policy", "validate"), ("policy", "show")):
        ran = run(*command, cwd=locked.folder)
        assert (ran.exit_code, ran.stderr.split(":")[0]) == (3, "policy.rollback")


def test_help_says_where_pins_come_from(tmp_path: Path) -> None:
    ran = run("lock", "--help", cwd=tmp_path)
    assert ran.exit_code == 0
    assert "--update" in ran.stdout
    assert "--trusted-key" in ran.stdout
    assert "--policy " not in ran.stdout
