"""The API key stands in one header, and nowhere that anybody could read it."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from sekuire_gate.workspace import faults
from sekuire_gate.workspace.faults import Fault
from tests.support.gate import Ran, run
from tests.support.signing import as_bytes, public_key, signed_document
from tests.support.workspace import ServedWorkspace, served_workspace

API_KEY = "sk_live_do_not_show_this_0123456789"
MASK = f"::add-mask::{API_KEY}\n"


def check(
    served: ServedWorkspace, repo: Path, *, actions: bool = True, key: str = API_KEY, pin: str | None = None
) -> Ran:
    repo.mkdir(exist_ok=True)
    (repo / "sekuire.yml").write_text("llm: {provider: openai, model: gpt-4}\n")
    return run(
        "check", "--backend", served.url, "--allow-loopback-http", "--workspace", served.workspace_id,
        "--trusted-key", pin or served.pin, "--report", "json=report.json", "--report", "markdown=report.md",
        cwd=repo, environ={"SEKUIRE_API_KEY": key}, actions=actions,
    )  # fmt: skip


def assert_unseen(ran: Ran, repo: Path) -> None:
    written = [path.read_text("utf-8") for path in repo.iterdir() if path.is_file()]
    assert API_KEY not in "\n".join((ran.everything.replace(MASK, ""), *written))


def test_the_key_is_masked_first_of_all_and_sent_in_its_header_alone(tmp_path: Path) -> None:
    with served_workspace(tmp_path, require_key=API_KEY) as served:
        ran = check(served, tmp_path / "repo")
    assert ran.exit_code == 1
    assert ran.stdout.startswith(MASK)
    assert ran.stdout.count(API_KEY) == 1
    (request,) = served.requests
    assert [name for name, value in request.headers if API_KEY in value] == ["X-API-Key"]
    assert API_KEY not in request.path
    assert_unseen(ran, tmp_path / "repo")


def test_outside_of_actions_not_even_the_mask_is_printed(tmp_path: Path) -> None:
    with served_workspace(tmp_path, require_key=API_KEY) as served:
        ran = check(served, tmp_path / "repo", actions=False)
    assert API_KEY not in ran.everything


ECHOES: dict[str, Callable[[], Fault]] = {
    "as an error's code": lambda: faults.echo_key(403, lambda key: {"error": key}),
    "inside a code": lambda: faults.echo_key(402, lambda key: {"error": f"plan_{key}", "required_plan": key}),
    "as prose": lambda: faults.echo_key(401, lambda key: {"error": {"code": "bad_key", "message": f"bad {key}"}}),
    "in a redirect": lambda: faults.echo_key(302, lambda key: key),
    "in a server's error": lambda: faults.echo_key(500, lambda key: {"code": key}),
    "as the document": lambda: faults.echo_key(200, lambda key: key),
    "as a field of the document": lambda: faults.echo_key(200, lambda key: {"policy_id": key, "status": key}),
}


@pytest.mark.parametrize("echo", ECHOES.values(), ids=ECHOES.keys())
def test_a_server_that_echoes_the_key_makes_nobody_see_it(echo: Callable[[], Fault], tmp_path: Path) -> None:
    with served_workspace(tmp_path, faults=[echo()]) as served:
        ran = check(served, tmp_path / "repo")
    assert ran.exit_code in {2, 3, 4}
    assert_unseen(ran, tmp_path / "repo")


FIELDS = ("policy_id", "version", "workspace_id", "status", "signing_key_id", "updated_at", "an_unknown_field")


@pytest.mark.parametrize("field", FIELDS)
def test_a_genuine_document_into_which_the_service_puts_the_key_is_refused_unseen(field: str, tmp_path: Path) -> None:
    fields: dict[str, Any] = {field: API_KEY}
    document = as_bytes(signed_document(**fields))
    repo = tmp_path / "repo"
    with served_workspace(tmp_path, faults=[faults.document(document)], workspace_id="ws_1") as served:
        ran = check(served, repo, pin=public_key().hex())
    assert (ran.exit_code, ran.kinds) == (3, ["policy.malformed"])
    assert_unseen(ran, repo)


def test_a_content_that_repeats_the_key_is_refused_unseen(tmp_path: Path) -> None:
    document = as_bytes(signed_document({"agent": {"models": {"allowed_models": [API_KEY]}}}))
    repo = tmp_path / "repo"
    with served_workspace(tmp_path, faults=[faults.document(document)], workspace_id="ws_1") as served:
        ran = check(served, repo, pin=public_key().hex())
    assert (ran.exit_code, ran.kinds) == (3, ["policy.malformed"])
    assert_unseen(ran, repo)


NOBODY = ("--workspace", "w", "--backend", "http://127.0.0.1:9", "--allow-loopback-http")


@pytest.mark.parametrize(
    ("arguments", "as_action", "stream"),
    [
        (["check", "--bad"], False, "stdout"),
        (["policy", "pull", *NOBODY], False, "stderr"),
        (["lock", *NOBODY], False, "stderr"),
        (["surplus"], True, "stdout"),
    ],
    ids=["a flag that makes no sense", "policy pull", "lock", "an argument to the action"],
)
def test_the_key_is_masked_whatever_else_is_wrong(
    arguments: list[str], as_action: bool, stream: str, tmp_path: Path
) -> None:
    entry = [str(Path(__file__).parents[2] / "entrypoint.py")] if as_action else ["-m", "sekuire_gate"]
    done = subprocess.run(
        [sys.executable, "-I", *entry, *arguments],
        cwd=tmp_path,
        env={"GITHUB_ACTIONS": "true", "SEKUIRE_API_KEY": API_KEY, "INPUT_API-KEY": API_KEY},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode in {2, 3, 4}
    masked, other = (done.stdout, done.stderr) if stream == "stdout" else (done.stderr, done.stdout)
    assert masked.startswith(MASK)
    assert API_KEY not in masked.removeprefix(MASK) + other


@pytest.mark.parametrize("command", [("policy", "pull"), ("lock",)], ids=" ".join)
def test_what_people_write_to_files_holds_no_mask_and_so_no_key(command: tuple[str, ...], tmp_path: Path) -> None:
    """`policy pull > out` in a step, and out is uploaded: the runner takes the mask from stderr as well."""
    repo = tmp_path / "repo"
    repo.mkdir()
    with served_workspace(tmp_path, require_key=API_KEY) as served:
        ran = run(
            *command, "--backend", served.url, "--allow-loopback-http", "--workspace", served.workspace_id,
            "--trusted-key", served.pin, cwd=repo, environ={"SEKUIRE_API_KEY": API_KEY}, actions=True,
        )  # fmt: skip
    assert (ran.exit_code, ran.stderr) == (0, MASK)
    assert ran.stdout
    assert_unseen(ran, repo)
    assert API_KEY not in ran.stdout


def test_a_key_that_is_refused_for_its_form_is_not_repeated(tmp_path: Path) -> None:
    broken = f"{API_KEY}\n{API_KEY}"
    with served_workspace(tmp_path) as served:
        ran = check(served, tmp_path / "repo", key=broken)
    assert ran.kinds == ["config.api_key"]
    assert ran.stdout.startswith(MASK)
    assert_unseen(ran, tmp_path / "repo")
    assert served.requests == []


def test_the_command_line_of_the_process_and_of_its_children_shows_no_key(tmp_path: Path) -> None:
    """The gate starts no program: its own arguments are all there is."""
    probe = (
        "import json, os, sys\n"
        "sys.addaudithook(lambda event, args: event in {'subprocess.Popen', 'os.exec', 'os.fork', 'os.posix_spawn',"
        " 'os.system'} and sys.exit('a program was started'))\n"
        "from sekuire_gate import cli\n"
        "sys.argv[1:] = json.loads(os.environ.pop('ARGUMENTS'))\n"
        "code = cli.main()\n"
        "assert os.environ['SEKUIRE_API_KEY'] not in open('/proc/self/cmdline', encoding='utf-8').read()\n"
        "sys.exit(code)\n"
    )
    repo = tmp_path / "repo"
    repo.mkdir()
    (repo / "sekuire.yml").write_text("llm: {provider: openai, model: gpt-4o}\n")
    with served_workspace(tmp_path, require_key=API_KEY) as served:
        arguments = [
            "check", "--backend", served.url, "--allow-loopback-http", "--workspace", served.workspace_id,
            "--trusted-key", served.pin,
        ]  # fmt: skip
        done = subprocess.run(
            [sys.executable, "-I", "-c", probe],
            cwd=repo,
            env={"PATH": os.environ["PATH"], "SEKUIRE_API_KEY": API_KEY, "ARGUMENTS": json.dumps(arguments)},
            capture_output=True,
            text=True,
            check=False,
        )
    assert (done.returncode, done.stderr) == (0, "")
    assert API_KEY not in done.stdout
