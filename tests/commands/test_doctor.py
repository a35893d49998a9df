"""`doctor`, as a process, on real servers."""

import json
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Any

import pytest

from sekuire_gate.checkup.effective import DEFAULTS
from sekuire_gate.trust.anchor import LockedVersion, PinnedKey
from sekuire_gate.trust.lock import Lock, lock_text
from sekuire_gate.workspace import faults
from sekuire_gate.workspace.reply import error_reply, reply
from tests.support.certificates import Authority
from tests.support.gate import Ran, run
from tests.support.signing import KEY_ID, STRANGER, as_bytes, content_hash, public_key, signed_document
from tests.support.sockets import SocketServer, sending, socket_server
from tests.support.workspace import ServedWorkspace, served_workspace

API_KEY = "sk_live_do_not_show_this_0123456789"
PASSWORD = "hush_hush_hush"
PIN = f"{KEY_ID}={public_key().hex()}"
TODAY = datetime.now(UTC).date()
DOCUMENT = as_bytes(signed_document())
CONTRACT = Path(__file__).parents[2] / "docs" / "contract.md"


@pytest.fixture
def repo(tmp_path: Path) -> Path:
    folder = tmp_path / "repo"
    folder.mkdir()
    return folder


def doctor(
    repo: Path,
    url: str,
    *arguments: str,
    workspace: str = "ws_1",
    pin: str | None = PIN,
    key: str = "",
    actions: bool = False,
    environ: Mapping[str, str] | None = None,
) -> Ran:
    pins = () if pin is None else ("--trusted-key", pin)
    return run(
        "doctor", "--backend", url, "--allow-loopback-http", "--workspace", workspace, *pins, *arguments,
        cwd=repo, actions=actions, environ={**({"SEKUIRE_API_KEY": key} if key else {}), **(environ or {})},
    )  # fmt: skip


def checked(ran: Ran) -> dict[str, list[tuple[str, str]]]:
    """What was looked at: the marks and texts of each subject, in order."""
    found: dict[str, list[tuple[str, str]]] = {}
    for line in ran.stdout.partition("Checks:\n")[2].partition("\n\n")[0].splitlines():
        mark, subject, text = line.split(maxsplit=2)
        found.setdefault(subject, []).append((mark, text))
    return found


def inputs(ran: Ran) -> dict[str, str]:
    """The inputs as they count, each with its origin."""
    rows = ran.stdout.partition("Inputs:\n")[2].partition("\n\n")[0].splitlines()
    return dict(row.split(maxsplit=1) for row in rows)


@contextmanager
def answering(answer: bytes = reply(200, DOCUMENT)) -> Iterator[SocketServer]:
    with socket_server(sending(answer)) as server:
        yield server


def url(server: SocketServer) -> str:
    return f"http://127.0.0.1:{server.port}"


def test_a_healthy_workspace_has_no_problem_and_is_asked_once(tmp_path: Path, repo: Path) -> None:
    with served_workspace(tmp_path, require_key=API_KEY) as served:
        ran = doctor(repo, served.url, workspace=served.workspace_id, pin=served.pin, key=API_KEY)
    assert (ran.exit_code, ran.stderr) == (0, "")
    assert re.match(r"sekuire-gate [0-9.]+ on Python 3\.[0-9.]+.*, OpenSSL ", ran.stdout)
    found = checked(ran)
    assert [mark for marks in found.values() for mark, _ in marks if mark not in {"ok", "note"}] == []
    assert found["answer"] == [("ok", f"status 200, {len(served.document)} bytes.")]
    assert found["clock"] == [("ok", "this machine's is within a minute of the service's.")]
    policy = json.loads(served.document)
    for fact in (policy["policy_id"], "version 1", policy["hash"], served.workspace_id, "verified with the pinned key"):
        assert fact in found["policy"][0][1]
    assert ran.stdout.endswith("\n\nno problems, no warnings: exit code 0.\n")
    assert [request.header("X-API-Key") for request in served.requests] == [API_KEY]
    assert list(repo.iterdir()) == []


def test_the_inputs_are_shown_with_their_origin(repo: Path) -> None:
    with answering() as server:
        environ = {"SEKUIRE_API_KEY": API_KEY, "SEKUIRE_WORKSPACE_ID": "ws_1", "SEKUIRE_API_URL": url(server)}
        ran = run(
            "doctor", "--allow-loopback-http", "--timeout", "9", "--trusted-key", PIN, "--trusted-key", "# none yet",
            cwd=repo, environ=environ,
        )  # fmt: skip
    shown = inputs(ran)
    assert shown["api-key"] == "set, 35 characters  ($SEKUIRE_API_KEY)"
    assert shown["workspace-id"] == "ws_1  ($SEKUIRE_WORKSPACE_ID)"
    assert shown["api-url"] == f"{url(server)}  ($SEKUIRE_API_URL)"
    assert shown["timeout"] == "9  (--timeout)"
    assert shown["trusted-keys"] == "2 lines  (--trusted-key)"
    assert shown["on-unavailable"] == "fail  (default)"
    assert shown["policy-file"] == "none  (default)"


def test_the_defaults_that_are_shown_are_those_of_the_contract() -> None:
    rows = [line.strip("|").split(" | ") for line in CONTRACT.read_text("utf-8").splitlines() if line.startswith("| `")]
    promised: dict[str, str] = {}
    for names, _, default, *_ in (row for row in rows if len(row) > 3):
        values = [part.strip().strip("`") for part in default.split(",")]
        listed = [name.strip().strip("`") for name in names.split(",")]
        promised |= dict(zip(listed, values * len(listed) if len(values) == 1 else values, strict=False))
    assert {name: promised[name] for name in DEFAULTS} == DEFAULTS


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    return Authority.create(tmp_path)


def over_tls(authority: Authority, repo: Path, *arguments: str, **server: Any) -> Ran:  # noqa: ANN401 - of server_context
    with socket_server(sending(reply(200, DOCUMENT)), tls=authority.server_context(**server)) as listening:
        return doctor(repo, f"https://localhost:{listening.port}", *arguments)


def test_tls_is_shown_with_version_certificate_and_authorities(authority: Authority, repo: Path) -> None:
    ran = over_tls(authority, repo, "--ca-bundle", str(authority.file))
    assert ran.exit_code == 0, ran.stdout
    found = checked(ran)
    ((mark, text),) = found["tls"]
    tomorrow = (datetime.now(UTC) + timedelta(days=1)).date()
    assert mark == "ok"
    assert text.startswith("TLSv1.3, TLS_")
    assert "'CN=test server' by 'CN=test authority', valid " in text
    assert f" to {tomorrow}" in text
    ((mark, text),) = found["authorities"]
    assert mark == "ok"
    assert text.endswith(f", and '{authority.file}' by ca-bundle.")


@pytest.mark.parametrize(
    ("arguments", "server", "words"),
    [
        ((), {"valid_for": timedelta(days=-1)}, "its certificate has expired"),
        ((), {"names": ("elsewhere.example",)}, "its certificate is for another host name"),
        ((), {"self_signed": True}, "its certificate is self-signed"),
    ],
    ids=["expired", "another host", "self-signed"],
)
def test_a_certificate_that_does_not_verify_is_a_problem_of_tls(
    arguments: tuple[str, ...], server: dict[str, Any], words: str, authority: Authority, repo: Path
) -> None:
    ran = over_tls(authority, repo, "--ca-bundle", str(authority.file), *arguments, **server)
    assert ran.exit_code == 4
    ((mark, text),) = checked(ran)["answer"]
    assert mark == "PROBLEM"
    assert text.startswith("fetch.tls: ")
    assert words in text
    assert ran.stderr.startswith("fetch.tls: ")
    assert ran.stderr.count("\n") == 1


def test_a_name_in_a_certificate_is_obeyed_by_nobody(authority: Authority, repo: Path) -> None:
    name = "x\n::error::owned\r##[error]owned\u202e"
    ran = over_tls(authority, repo, "--ca-bundle", str(authority.file), common_name=name)
    assert ran.exit_code == 0
    assert "owned" in checked(ran)["tls"][0][1]
    assert "##[" not in ran.stdout
    assert "\u202e" not in ran.stdout
    assert [line for line in ran.stdout.splitlines() if line.lstrip().startswith("::")] == []


def test_authorities_that_cannot_be_read_are_a_matter_of_settings(repo: Path) -> None:
    ran = doctor(repo, "https://localhost:1", "--ca-bundle", "none.pem")
    assert ran.exit_code == 2
    mark, text = checked(ran)["inputs"][0]
    assert mark == "PROBLEM"
    assert text.startswith("config.usage: the file '")


def test_a_service_that_is_not_there_cannot_be_reached(repo: Path) -> None:
    with answering() as server:
        pass
    ran = doctor(repo, url(server), "--timeout", "2")
    assert ran.exit_code == 4
    assert checked(ran)["answer"][0][1].startswith(f"fetch.unreachable: 127.0.0.1:{server.port} cannot be reached")


def test_a_name_that_does_not_resolve_is_said_so_and_nobody_is_asked(repo: Path) -> None:
    ran = doctor(repo, "https://nowhere.invalid", "--timeout", "5")
    assert ran.exit_code == 4
    found = checked(ran)
    assert found["connection"][0][1].startswith("fetch.unreachable: the name 'nowhere.invalid' does not resolve.")
    assert "answer" not in found


def test_a_key_that_is_refused_is_the_problem(tmp_path: Path, repo: Path) -> None:
    with served_workspace(tmp_path, require_key="sk_live_the_right_one") as served:
        ran = doctor(repo, served.url, workspace=served.workspace_id, pin=served.pin, key=API_KEY)
    assert ran.exit_code == 2
    assert checked(ran)["answer"][0][1].startswith("fetch.unauthorized: the service does not accept the API key")
    assert API_KEY not in ran.everything


def test_without_a_pin_the_line_to_pin_is_offered(repo: Path) -> None:
    with answering() as server:
        ran = doctor(repo, url(server), pin=None)
    assert ran.exit_code == 3
    found = checked(ran)
    assert found["pins"] == [("warning", "none: no policy is accepted.")]
    assert found["policy"][0][1].startswith("policy.key_not_pinned: ")
    assert PIN in found["policy"][0][1]


@pytest.mark.parametrize(
    ("switch", "document", "words"),
    [
        ("--unsafe-trust-embedded-key", DOCUMENT, "integrity only"),
        ("--unsafe-allow-unsigned", as_bytes(signed_document() | {"signature": None}), "not signed"),
    ],
    ids=["embedded key", "unsigned"],
)
def test_what_weakens_the_proof_is_warned_of(switch: str, document: bytes, words: str, repo: Path) -> None:
    with answering(reply(200, document)) as server:
        ran = doctor(repo, url(server), switch, pin=None)
    assert ran.exit_code == 0
    assert [mark for mark, _ in checked(ran)["pins"]] == ["warning"]
    ((mark, text),) = checked(ran)["policy"]
    assert mark == "warning"
    assert words in text


@pytest.mark.parametrize(
    ("days", "mark", "words"),
    [
        (15, "ok", "15 days left"),
        (14, "warning", "14 days left"),
        (1, "warning", "1 day left"),
        (0, "warning", "0 days left"),
    ],
)
def test_a_pin_that_ends_is_warned_of_two_weeks_before(days: int, mark: str, words: str, repo: Path) -> None:
    with answering() as server:
        ran = doctor(repo, url(server), pin=f"{PIN} until={datetime.now(UTC).date() + timedelta(days=days)}")
    assert ran.exit_code == 0
    ((found, text),) = checked(ran)["pins"]
    assert (found, words in text) == (mark, True)


def test_where_every_pin_has_ended_that_is_the_first_problem(repo: Path) -> None:
    with answering(error_reply(401, "unauthorized", "No.")) as server:
        ran = doctor(repo, url(server), pin=f"{PIN} until={TODAY - timedelta(days=1)}")
    assert ran.exit_code == 3
    found = checked(ran)
    assert [mark for mark, _ in found["pins"]] == ["warning", "PROBLEM"]
    assert found["pins"][1][1].startswith("policy.key_expired: ")
    assert found["answer"][0][0] == "PROBLEM"
    assert ran.stdout.endswith("2 problems, 1 warning: exit code 3, of the first problem.\n")


def write_lock(repo: Path, server: SocketServer, version: str, content: object = None) -> None:
    locked = LockedVersion(version, content_hash(content) if content else json.loads(DOCUMENT)["hash"])
    pins = (PinnedKey(KEY_ID, public_key()),)
    at = datetime(2026, 1, 2, tzinfo=UTC)
    lock = Lock("ws_1", f"127.0.0.1:{server.port}", pins, locked, at)
    (repo / "sekuire.lock").write_text(lock_text(lock))


@pytest.mark.parametrize(
    ("version", "mark", "words"),
    [("3", "ok", "version 3 is the one that is locked."), ("2", "note", "2 \u2192 3 since the lock")],
    ids=["matches", "ahead"],
)
def test_the_lock_is_compared_with_what_is_active(version: str, mark: str, words: str, repo: Path) -> None:
    with answering() as server:
        write_lock(repo, server, version)
        ran = run("doctor", "--backend", url(server), "--allow-loopback-http", cwd=repo)
    assert ran.exit_code == 0, ran.stdout
    said, compared = checked(ran)["lock"]
    assert said[0] == "ok"
    assert f"of workspace 'ws_1' at 127.0.0.1:{server.port}, version {version} since 2026-01-02" in said[1]
    assert compared[0] == mark
    assert words in compared[1]
    shown = inputs(ran)
    assert shown["lock-file"] == "sekuire.lock  (default)"
    assert shown["workspace-id"] == "ws_1  (lock file)"
    assert shown["trusted-keys"] == "1 line  (lock file)"
    assert shown["min-policy-version"] == f"{version}  (lock file)"


@pytest.mark.parametrize(
    ("version", "content", "kind"),
    [("4", None, "policy.rollback"), ("3", {"other": True}, "policy.equivocation")],
    ids=["older than locked", "another content"],
)
def test_a_policy_that_the_lock_refuses_is_a_problem(version: str, content: object, kind: str, repo: Path) -> None:
    with answering() as server:
        write_lock(repo, server, version, content)
        ran = run("doctor", "--backend", url(server), "--allow-loopback-http", cwd=repo)
    assert ran.exit_code == 3
    assert checked(ran)["policy"][0][1].startswith(f"{kind}: ")


def test_a_lock_that_cannot_be_read_does_not_keep_the_rest_from_being_looked_at(repo: Path) -> None:
    (repo / "sekuire.lock").write_text("{")
    with answering() as server:
        ran = doctor(repo, url(server), key=API_KEY)
    assert ran.exit_code == 2
    found = checked(ran)
    assert found["inputs"][0][1].startswith("config.lock_file: ")
    assert found["pins"][0][0] == "ok"
    assert found["answer"] == [("note", "status 200; the key is not sent while inputs make no sense.")]
    assert API_KEY.encode() not in b"".join(server.received)


@pytest.mark.parametrize(
    ("arguments", "key", "kind"),
    [
        (("--min-policy-version", "seven"), "", "config.min_version"),
        (("--trusted-key", "00" * 31), "", "config.trusted_key"),
        (("--max-cache-age", "8d"), "", "config.usage"),
        ((), "sk_live with blanks", "config.api_key"),
    ],
    ids=["version", "pin", "age", "key"],
)
def test_inputs_that_make_no_sense_do_not_keep_the_way_from_being_looked_at(
    arguments: tuple[str, ...], key: str, kind: str, repo: Path
) -> None:
    with answering(reply(401, b"{}", headers=(("Date", format_datetime(datetime.now(UTC), usegmt=True)),))) as server:
        ran = doctor(repo, url(server), *arguments, key=key)
    found = checked(ran)
    assert [mark for subject in ("name", "clock") for mark, _ in found[subject]] == ["ok", "ok"]
    assert found["answer"] == [("note", "status 401; the key is not sent while inputs make no sense.")]
    assert b"sk_live" not in b"".join(server.received)
    assert ran.exit_code == 2
    assert found["inputs"][0][1].startswith(f"{kind}: ")


@pytest.mark.parametrize(
    ("behind", "mark", "words"),
    [
        (0, "ok", "within a minute"),
        (50, "ok", "within a minute"),
        (600, "warning", "10 minutes ahead of the service's"),
        (-90_000, "warning", "1 day"),
        (-600, "warning", "behind the service's"),
    ],
)
def test_the_clock_is_compared_with_the_services(
    behind: int, mark: str, words: str, tmp_path: Path, repo: Path
) -> None:
    date = format_datetime(datetime.now(UTC) - timedelta(seconds=behind), usegmt=True)
    with served_workspace(tmp_path) as served:
        document = served.document
    headers = (("Date", date),)
    with served_workspace(tmp_path / "b", faults=[faults.status(200, document, headers=headers)]) as other:
        ran = doctor(repo, other.url, workspace=served.workspace_id, pin=served.pin, environ={"SOURCE_DATE_EPOCH": "1"})
    assert ran.exit_code == 0
    ((found, text),) = checked(ran)["clock"]
    assert (found, words in text) == (mark, True), text


@pytest.mark.parametrize(
    "date", ["", "yesterday", "Fri, 31 Dec 9999 23:59:59 -2300", "0", "Thu, 01 Jan 99999999999 00:00:00 GMT"]
)
def test_a_date_that_is_none_is_no_clock(date: str, repo: Path) -> None:
    with answering(reply(200, DOCUMENT, headers=(("Date", date),))) as server:
        ran = doctor(repo, url(server))
    assert ran.exit_code == 0
    assert checked(ran)["clock"] == [("note", "the service does not tell its time.")]


def test_a_fork_is_named_with_what_its_token_may(tmp_path: Path, repo: Path) -> None:
    here, fork = {"id": 7}, {"id": 8}
    payload = {"pull_request": {"head": {"repo": fork}, "base": {"repo": here}}}
    (tmp_path / "event.json").write_text(json.dumps(payload))
    environ = {"GITHUB_EVENT_NAME": "pull_request", "GITHUB_EVENT_PATH": str(tmp_path / "event.json")}
    with served_workspace(tmp_path, require_key=API_KEY) as served:
        ran = doctor(repo, served.url, workspace=served.workspace_id, pin=served.pin, actions=True, environ=environ)
    assert ran.exit_code == 2
    found = checked(ran)
    assert found["event"] == [("note", "'pull_request', a pull request from a fork, which GitHub gives no secrets.")]
    assert found["token"] == [("note", "GITHUB_TOKEN may only read.")]
    assert "comes from a fork" in found["answer"][0][1]


def test_another_event_is_named_and_the_token_is_not_asked(repo: Path) -> None:
    environ = {"GITHUB_EVENT_NAME": "push\n::error::x", "GITHUB_TOKEN": "ghs_do_not_show", "GITHUB_API_URL": "http://x"}
    with answering() as server:
        ran = doctor(repo, url(server), actions=True, environ=environ)
    assert ran.exit_code == 0
    found = checked(ran)
    assert found["event"][0][1].startswith(r"'push\n::error::x', ")
    assert found["token"][0][1].startswith("not asked")
    assert "ghs_" not in ran.everything


@pytest.mark.parametrize(
    ("arguments", "environ"),
    [
        (("--proxy", "http://me:{}@127.0.0.1:{}"), {}),
        ((), {"HTTPS_PROXY": "http://me:{}@127.0.0.1:{}"}),
    ],
    ids=["given", "the runner's"],
)
def test_neither_key_nor_the_proxys_password_is_shown(
    arguments: tuple[str, ...], environ: dict[str, str], repo: Path
) -> None:
    with answering(b"HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n") as proxy:
        filled = [argument.format(PASSWORD, proxy.port) for argument in arguments]
        variables = {name: value.format(PASSWORD, proxy.port) for name, value in environ.items()}
        ran = doctor(repo, "https://service.example", "--timeout", "5", *filled, key=API_KEY, environ=variables)
    assert ran.exit_code == 4
    assert checked(ran)["proxy"] == [("ok", f"127.0.0.1:{proxy.port}, asked in plain http to connect.")]
    assert inputs(ran)["proxy"].startswith(f"http://127.0.0.1:{proxy.port}  (")
    assert API_KEY not in ran.everything
    assert PASSWORD not in ran.everything


@pytest.mark.parametrize(
    "arguments",
    [
        ("--proxy", f"https://me:{PASSWORD}@proxy.example"),
        ("--backend", f"https://me:{PASSWORD}@service.example"),
        ("--backend", f"https://service.example/?token={PASSWORD}"),
        ("--workspace", API_KEY),
        ("--workspace", f"{API_KEY}/x"),
        ("--workspace", f"{'x' * 180}{API_KEY}"),
        ("--ca-bundle", f"{API_KEY}.pem"),
        ("--trusted-key", API_KEY),
        ("--trusted-key", f"x={PASSWORD}"),
    ],
    ids=[
        "a proxy of another form",
        "an address with a password",
        "an address with a token",
        "the key as a workspace",
        "the key as part of one",
        "the key where a value is cut",
        "the key as a file",
        "the key as a pin",
        "a password as a pin",
    ],
)
def test_a_secret_that_was_put_in_the_wrong_place_is_not_shown(arguments: tuple[str, ...], repo: Path) -> None:
    with answering() as server:
        ran = doctor(repo, url(server), "--timeout", "2", *arguments, key=API_KEY)
    assert ran.exit_code != 0
    assert API_KEY[:8] not in ran.everything
    assert PASSWORD not in ran.everything


def test_the_key_is_masked_in_actions_and_what_may_go_to_a_file_holds_nothing_of_it(repo: Path) -> None:
    with answering() as server:
        ran = doctor(repo, url(server), key=API_KEY, actions=True)
    assert ran.stderr == f"::add-mask::{API_KEY}\n"
    assert API_KEY not in ran.stdout


def test_a_saved_policy_is_looked_at_in_the_services_place(repo: Path) -> None:
    (repo / "policy.json").write_bytes(DOCUMENT)
    ran = run("doctor", "--policy", "policy.json", "--trusted-key", PIN, cwd=repo)
    assert ran.exit_code == 0
    found = checked(ran)
    assert found["policy"][0][0] == "ok"
    assert {"host", "name", "answer"}.isdisjoint(found)
    gone = run("doctor", "--policy", "none.json", "--trusted-key", PIN, cwd=repo)
    assert gone.exit_code == 4
    assert checked(gone)["policy-file"][0][1].startswith("fetch.file: ")


def cached(served: ServedWorkspace, repo: Path, *arguments: str, key: str = API_KEY) -> tuple[str, str]:
    asking = ("--cache-dir", "kept", *arguments)
    ran = doctor(repo, served.url, *asking, workspace=served.workspace_id, pin=served.pin, key=key)
    assert ran.exit_code == 0, ran.stdout
    return checked(ran)["cache"][0]


def test_the_cache_is_looked_at_and_left_as_it_is(tmp_path: Path, repo: Path) -> None:
    (repo / "sekuire.yml").write_text("llm: {provider: openai, model: gpt-4o}\n")
    with served_workspace(tmp_path) as served:
        mark, text = cached(served, repo, "--on-unavailable", "cached")
        assert (mark, "none is kept" in text) == ("warning", True)
        assert not (repo / "kept").exists()
        run(
            "check", "--backend", served.url, "--allow-loopback-http", "--workspace", served.workspace_id,
            "--trusted-key", served.pin, "--cache-dir", "kept", cwd=repo, environ={"SEKUIRE_API_KEY": API_KEY},
        )  # fmt: skip
        (file,) = (repo / "kept").iterdir()
        before = file.read_bytes()
        assert cached(served, repo, "--on-unavailable", "cached")[0] == "ok"
        mark, text = cached(served, repo)
        assert (mark, "not used" in text) == ("note", True)
        mark, text = cached(served, repo, "--on-unavailable", "cached", key="sk_live_another_key")
        assert (mark, "another API key" in text) == ("warning", True)
        assert file.read_bytes() == before
        file.write_bytes(before.replace(b"fetched_at", b"fetched_It"))
        mark, text = cached(served, repo, "--on-unavailable", "cached")
        assert (mark, "changed since" in text) == ("warning", True)


ASKING = ("--cache-dir", "kept", "--on-unavailable", "cached", "--timeout", "1")


@contextmanager
def kept_policy(repo: Path) -> Iterator[tuple[SocketServer, list[bytes]]]:
    """A service whose policy a check has kept, and the one answer that it gives from now on."""
    (repo / "sekuire.yml").write_text("llm: {provider: openai, model: gpt-4o}\n")
    answer = [reply(200, DOCUMENT)]
    with socket_server(lambda connection: connection.sendall(answer[0])) as server:
        assert check(repo, server) == 0
        yield server, answer


def check(repo: Path, server: SocketServer, *arguments: str) -> int:
    ran = run(
        "check", "--backend", url(server), "--allow-loopback-http", "--workspace", "ws_1", "--trusted-key", PIN,
        *ASKING, *arguments, cwd=repo, environ={"SEKUIRE_API_KEY": API_KEY},
    )  # fmt: skip
    return ran.exit_code


def test_an_outage_that_the_kept_policy_bridges_is_a_warning(repo: Path) -> None:
    with kept_policy(repo) as (server, answer):
        answer[0] = error_reply(503, "down", "Later.")
        ran = doctor(repo, url(server), *ASKING, key=API_KEY)
        assert (ran.exit_code, check(repo, server)) == (0, 0)
    ((mark, text),) = checked(ran)["answer"]
    assert mark == "warning"
    assert text.startswith("fetch.server_error: ")
    assert "'check' would judge by the cached policy." in text
    assert checked(ran)["cache"][0][0] == "ok"
    assert ran.stdout.endswith("\n\nno problems, 1 warning: exit code 0.\n")
    assert ran.stderr == ""


@pytest.mark.parametrize(
    ("status", "arguments", "code"),
    [
        (401, (), 2),
        (503, ("--on-unavailable", "fail"), 4),
        (503, ("--min-policy-version", "4"), 4),
    ],
    ids=["no outage", "not to be used", "of no use"],
)
def test_what_the_kept_policy_does_not_bridge_stays_a_problem(
    status: int, arguments: tuple[str, ...], code: int, repo: Path
) -> None:
    with kept_policy(repo) as (server, answer):
        answer[0] = error_reply(status, "no", "No.")
        ran = doctor(repo, url(server), *ASKING, *arguments, key=API_KEY)
        assert (ran.exit_code, check(repo, server, *arguments)) == (code, code)
    assert [mark for mark, _ in checked(ran)["answer"]] == ["PROBLEM"]


NEXT = as_bytes(signed_document(version="4"))
NEXT_BY_ANOTHER = as_bytes(signed_document(version="4", key=STRANGER, signing_key_id="key_2"))
ANOTHER_PIN = f"key_2={public_key(STRANGER).hex()}"


@pytest.mark.parametrize(
    ("arguments", "pin", "locked", "document", "words"),
    [
        (("--min-policy-version", "4"), PIN, None, NEXT, "version is '3', expected '4' or higher, by min-policy"),
        ((), PIN, "4", NEXT, "version is '3', expected '4' or higher, by the lock file"),
        (("--trusted-key", ANOTHER_PIN), f"{PIN} until={TODAY - timedelta(days=1)}", None, NEXT_BY_ANOTHER, "counted"),
    ],
    ids=["lowest version", "lock", "a key that has ended"],
)
def test_a_kept_policy_that_would_not_verify_now_is_not_said_to_stand_in(  # noqa: PLR0917 - a row of the table
    arguments: tuple[str, ...], pin: str, locked: str | None, document: bytes, words: str, repo: Path
) -> None:
    with kept_policy(repo) as (server, answer):
        answer[0] = reply(200, document)
        if locked:
            write_lock(repo, server, locked)
        ran = doctor(repo, url(server), *ASKING, *arguments, pin=pin, key=API_KEY)
    assert ran.exit_code == 0, ran.stdout
    ((mark, text),) = checked(ran)["cache"]
    assert mark == "warning"
    assert text.startswith("no policy could stand in now: ")
    assert words in text


def test_a_flag_that_does_not_exist_is_exit_2_and_help_tells_what_is_looked_at(repo: Path) -> None:
    assert run("doctor", "--ask-everybody", cwd=repo).exit_code == 2
    helped = run("doctor", "--help", cwd=repo)
    assert helped.exit_code == 0
    for words in ("--lock-file", "--cache-dir", "--policy", "writes nothing"):
        assert words in helped.stdout
