"""From a signed policy on a server to an exit code, by the program's own commands alone."""

import json
import re
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from sekuire_gate.canonical import blake3_hex
from tests.support.gate import Ran, run, running

API_KEY = "sk_live_0123456789abcdef"
CONTENT = {
    "agent": {
        "models": {"allowed_providers": ["openai"], "allowed_models": ["gpt-4o"], "denied_models": ["gpt-4"]},
        "capabilities": {"denied_tools": ["shell_exec"]},
    }
}
PASSING = 'llm:\n  provider: openai\n  model: "gpt-4o"\n'
FAILING = 'llm:\n  provider: openai\n  model: "gpt-4"\nagent:\n  tools: tools.json\n'
TOOLS = '[\n  {"name": "read_file"},\n  {"name": "shell_exec"}\n]\n'


class Setup:
    """A workspace folder made by `workspace init` and `publish`, and a repository beside it."""

    def __init__(self, folder: Path) -> None:
        self.store = folder / "workspace"
        self.repo = folder / "repo"
        self.repo.mkdir()
        content = folder / "content.json"
        content.write_text(json.dumps(CONTENT))
        assert run("workspace", "init", str(self.store), "--workspace", "ws_demo", cwd=folder).exit_code == 0
        assert run("workspace", "publish", str(self.store), str(content), cwd=folder).exit_code == 0
        self.pin = run("workspace", "key", str(self.store), cwd=folder).stdout.strip()

    @contextmanager
    def served(self, *, key: str = API_KEY) -> Iterator[str]:
        """Run `workspace serve --require-key` and give its address."""
        command = ("workspace", "serve", str(self.store), "--require-key")
        with running(*command, cwd=self.repo, environ={"SEKUIRE_API_KEY": key}) as server:
            assert server.stdout is not None
            yield server.stdout.readline().strip().removeprefix("listening on ")
            server.send_signal(signal.SIGTERM)
            server.communicate(timeout=10)
            assert server.returncode == 0

    def check(self, url: str, *arguments: str, pin: bool = True, key: str = API_KEY) -> Ran:
        """Run `check` on the repository as a step of a workflow, with a JSON report."""
        pinned = ("--trusted-key", self.pin) if pin else ()
        return run(
            "check",
            "--backend", url, "--allow-loopback-http", "--workspace", "ws_demo",
            *pinned, "--report", "json=report.json", *arguments,
            cwd=self.repo,
            environ={"SEKUIRE_API_KEY": key},
            actions=True,
        )  # fmt: skip

    def document(self) -> tuple[Path, dict[str, Any]]:
        """The active document as it lies in the store."""
        path = self.store / "policies" / "1.json"
        return path, json.loads(path.read_text("utf-8"))


@pytest.fixture
def setup(tmp_path: Path) -> Setup:
    return Setup(tmp_path)


def test_the_policy_that_is_pulled_is_accepted_by_validate_and_shown(setup: Setup) -> None:
    with setup.served() as url:
        pulled = run(
            "policy", "pull", "--workspace", "ws_demo", "--backend", url, "--allow-loopback-http",
            "--trusted-key", setup.pin,
            cwd=setup.repo, environ={"SEKUIRE_API_KEY": API_KEY},
        )  # fmt: skip
    assert pulled.stdout.splitlines()[0].startswith("Saved active policy ")
    assert pulled.stdout.splitlines()[0].endswith(" (v1) for workspace ws_demo to policy.json")
    assert pulled.stdout.splitlines()[1] == "   Signature: verified"
    saved = setup.repo / "policy.json"
    assert saved.stat().st_mode & 0o777 == 0o600
    assert saved.read_bytes() == setup.document()[0].read_bytes()
    validated = run("policy", "validate", "--trusted-key", setup.pin, cwd=setup.repo)
    assert validated.exit_code == 0
    assert "integrity verified (hash/signature)" in validated.stdout
    unpinned = run("policy", "validate", "--unsafe-trust-embedded-key", cwd=setup.repo)
    assert "Signature: integrity only, key not pinned" in unpinned.stdout
    shown = json.loads(run("policy", "show", "--json", cwd=setup.repo).stdout)
    assert shown["trust"] == "unverified"
    assert shown["permits"]["model"] == {"allow": [["gpt-4o"]], "deny": ["gpt-4"]}
    assert "not verified" in run("policy", "show", cwd=setup.repo).stdout


def test_a_violation_blocks_with_the_value_itself_as_its_range_in_tools_files_too(setup: Setup) -> None:
    (setup.repo / "sekuire.yml").write_text(FAILING)
    (setup.repo / "tools.json").write_text(TOOLS)
    with setup.served() as url:
        ran = setup.check(url)
    assert ran.exit_code == 1
    errors = [line for line in ran.found if not line.startswith("policy.")]
    assert errors == [
        "model.blocked gpt-4 sekuire.yml:3:10-3:17",
        "tool.blocked shell_exec tools.json:3:12-3:24",
    ]
    assert ",file=sekuire.yml,line=3,endLine=3,col=10,endColumn=16::model 'gpt-4'" in ran.stdout
    assert ran.outputs["verdict"] == "violation"
    assert ran.outputs["errors"] == "2"
    assert ran.outputs["policy-version"] == "1"
    assert "gpt-4" in ran.summary


def test_a_definition_that_keeps_to_the_policy_passes(setup: Setup) -> None:
    (setup.repo / "sekuire.yml").write_text(PASSING)
    with setup.served() as url:
        ran = setup.check(url)
    assert (ran.exit_code, ran.report["verdict"], ran.outputs["exit-reason"]) == (0, "pass", "pass")
    assert ran.report["policy"]["trust"] == "pinned"


def test_a_changed_byte_of_content_is_a_hash_mismatch_and_a_new_hash_an_invalid_signature(setup: Setup) -> None:
    (setup.repo / "sekuire.yml").write_text(PASSING)
    path, document = setup.document()
    document["content"]["agent"]["models"]["allowed_models"] = ["gpt-4x"]
    path.write_text(json.dumps(document))
    with setup.served() as url:
        tampered = setup.check(url)
        canonical = json.dumps(document["content"], sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        path.write_text(json.dumps({**document, "hash": blake3_hex(canonical.encode())}))
        rehashed = setup.check(url)
    assert (tampered.exit_code, tampered.kinds) == (3, ["policy.hash_mismatch"])
    assert (rehashed.exit_code, rehashed.kinds) == (3, ["policy.signature_invalid"])
    assert_reported(tampered)
    assert_reported(rehashed)


def test_a_policy_signed_by_another_key_is_a_key_mismatch(setup: Setup, tmp_path: Path) -> None:
    (setup.repo / "sekuire.yml").write_text(PASSING)
    (tmp_path / "other").mkdir()
    stranger = Setup(tmp_path / "other")
    with stranger.served() as url:
        ran = setup.check(url)
    assert (ran.exit_code, ran.kinds) == (3, ["policy.key_mismatch"])
    assert_reported(ran)


def test_without_a_pin_the_fix_is_the_line_to_paste_and_it_works(setup: Setup) -> None:
    (setup.repo / "sekuire.yml").write_text(PASSING)
    with setup.served() as url:
        refused = setup.check(url, pin=False)
        assert (refused.exit_code, refused.kinds) == (3, ["policy.key_not_pinned"])
        assert setup.pin in refused.report["problems"][0]["fix"]
        assert setup.check(url, "--trusted-key", setup.pin, pin=False).exit_code == 0
    assert_reported(refused)


def test_a_server_that_is_stopped_a_refused_key_and_no_definitions_each_have_their_exit_code(setup: Setup) -> None:
    with setup.served() as url:
        refused = setup.check(url, key="sk_live_another_key_than_that")
        empty = setup.check(url)
        absent = setup.check(url, "--allow-no-definitions")
    stopped = setup.check(url)
    assert (refused.exit_code, refused.kinds) == (2, ["fetch.unauthorized"])
    assert (empty.exit_code, empty.kinds) == (5, ["definition.none"])
    assert empty.report["policy"]["version"] == "1"
    assert (absent.exit_code, [line.split()[0] for line in absent.found]) == (
        0,
        ["definition.absent", "policy.unrestricted"],
    )
    assert (stopped.exit_code, stopped.kinds) == (4, ["fetch.unreachable"])
    for ran in (refused, empty, stopped):
        assert_reported(ran)


def test_a_host_that_no_library_can_read_is_a_matter_of_settings_and_no_bug(setup: Setup) -> None:
    ran = setup.check("https://xn--a")
    assert (ran.exit_code, ran.kinds) == (2, ["config.api_url"])
    assert_reported(ran)


def test_one_unreadable_definition_of_three_hides_nothing_of_the_others(setup: Setup) -> None:
    for name, text in (("a", FAILING), ("b", "llm:\n  model: x\n  model: y\n"), ("c", PASSING)):
        (setup.repo / name).mkdir()
        (setup.repo / name / "sekuire.yml").write_text(text)
    (setup.repo / "a" / "tools.json").write_text(TOOLS)
    with setup.served() as url:
        ran = setup.check(url)
    assert (ran.exit_code, ran.kinds) == (5, ["definition.duplicate_key"])
    assert ran.report["problems"][0]["location"]["line"] == 3
    assert [item["path"] for item in ran.report["definitions"]] == ["a/sekuire.yml", "c/sekuire.yml"]
    assert "model.blocked gpt-4 a/sekuire.yml:3:10-3:17" in ran.found
    assert_reported(ran)


def test_mode_and_force_let_a_violation_through_on_the_record_and_nothing_else(setup: Setup) -> None:
    (setup.repo / "sekuire.yml").write_text(PASSING.replace("gpt-4o", "gpt-4"))
    with setup.served() as url:
        warned = setup.check(url, "--mode", "warn")
        forced = setup.check(url, "--force", "--force-reason", "incident 7")
        unreasoned = setup.check(url, "--force")
    stopped = setup.check(url, "--force", "--force-reason", "incident 7")
    assert (warned.exit_code, warned.report["verdict"], warned.report["counts"]["errors"]) == (0, "violation", 1)
    assert "::error" not in warned.stdout
    assert (forced.exit_code, forced.report["exit_reason"]) == (0, "forced")
    assert forced.report["forced"] == {"reason": "incident 7", "actor": "octocat"}
    assert "incident 7" in forced.summary
    assert "octocat" in forced.summary
    assert (unreasoned.exit_code, unreasoned.kinds) == (2, ["config.force_reason"])
    assert stopped.exit_code == 4


def assert_reported(ran: Ran) -> None:
    """The one problem is in the JSON report, the summary, the outputs, once in the annotations, and on stderr."""
    (problem,) = ran.report["problems"]
    assert (ran.report["verdict"], ran.report["exit_code"]) == ("error", ran.exit_code)
    assert (ran.outputs["verdict"], ran.outputs["exit-reason"]) == ("error", problem["kind"])
    assert problem["kind"] in ran.summary
    titles = [title.replace("%3A", ":") for title in re.findall(r"^::error title=([^,:]*)", ran.stdout, re.MULTILINE)]
    assert ran.stdout.count("::error") == len(titles)
    assert problem["message"] in ran.stderr
    assert ran.stderr.count("\n") == 1
    errors = [f"{item['rule']}: {item['value']}" for item in ran.report["findings"] if item["level"] == "error"]
    assert titles == [problem["kind"], *errors]
    assert API_KEY not in ran.everything.replace(f"::add-mask::{API_KEY}\n", "")
