"""An outage, and what may stand in for the service: the gate as a process, in front of a service that is down.

The attacker may cut the service off, knows every public text, and can write to the cache: what he gains by it is
time, as much as `max-cache-age` grants from the moment at which the policy was really fetched.
"""

import json
import os
import socket
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from sekuire_gate.model.secret import Secret
from sekuire_gate.trust.address import PolicyAddress, policy_address
from sekuire_gate.trust.cache import PolicyCache, keep
from sekuire_gate.trust.ed25519 import fingerprint
from sekuire_gate.workspace import faults
from sekuire_gate.workspace.faults import Fault
from sekuire_gate.workspace.reply import reply
from tests.support.gate import Ran, run
from tests.support.signing import (
    CONTENT,
    KEY_ID,
    STRANGER,
    as_bytes,
    content_hash,
    public_key,
    signed_document,
)
from tests.support.sockets import sending, socket_server
from tests.support.workspace import served_workspace

API_KEY = "sk_live_0123456789abcdef"
PIN = f"{KEY_ID}={public_key().hex()}"
DOCUMENT = as_bytes(signed_document())
PASSING = 'llm:\n  provider: openai\n  model: "gpt-4o"\n'
FAILING = 'llm:\n  provider: openai\n  model: "gpt-4"\n'
LATER = (("Retry-After", "1000"),)  # nobody waits for that, so the failure is reported at once
DOWN = reply(503, b"", headers=LATER)
DOES_NOT_STAND_IN = " The cached policy does not stand in: "


@dataclass
class Site:
    """A repository with a cache, and a service on this machine."""

    repo: Path
    port: int
    workspace_id: str = "ws_1"
    pin: str = PIN

    @property
    def cache(self) -> Path:
        return self.repo / ".cache"

    @property
    def address(self) -> PolicyAddress:
        return policy_address(f"http://127.0.0.1:{self.port}", self.workspace_id, allow_loopback_http=True)

    @property
    def kept(self) -> Path:
        """The one file of the cache."""
        (path,) = self.cache.iterdir()
        return path

    def keep(
        self, *, ago: timedelta = timedelta(), document: bytes = DOCUMENT, key: str = API_KEY, folder: str = ".cache"
    ) -> None:
        """Keep a policy, as a run of that time with that key has."""
        cache = PolicyCache(self.repo / folder, datetime.now(UTC) - ago)
        assert keep(cache, self.address, Secret(key), document, fingerprint(public_key())) == ()

    def check(
        self,
        *arguments: str,
        key: str = API_KEY,
        pins: tuple[str, ...] | None = None,
        on_unavailable: str = "cached",
        epoch: str = "",
    ) -> Ran:
        """Run `check` on the repository as a step of a workflow that has a cache."""
        return run(
            "check",
            "--backend", f"http://127.0.0.1:{self.port}", "--allow-loopback-http", "--workspace", self.workspace_id,
            *(part for pin in ((self.pin,) if pins is None else pins) for part in ("--trusted-key", pin)),
            "--cache-dir", ".cache", "--on-unavailable", on_unavailable, "--timeout", "2",
            "--report", "json=report.json", *arguments,
            cwd=self.repo,
            environ={"SEKUIRE_API_KEY": key, "SOURCE_DATE_EPOCH": epoch},
            actions=True,
        )  # fmt: skip


@pytest.fixture
def repo(tmp_path: Path) -> Path:
    repo = tmp_path / "repo"
    repo.mkdir()
    (repo / "sekuire.yml").write_text(PASSING)
    return repo


@pytest.fixture
def site(repo: Path) -> Iterator[Site]:
    """A service that is down, whatever it is asked."""
    with socket_server(sending(DOWN)) as server:
        yield Site(repo, server.port)


def honest(times: int) -> Fault:
    """Answer as if nothing were wrong, so many times."""
    return Fault(lambda _, document: iter([reply(200, document)]), times)


@contextmanager
def served(repo: Path, *behaviour: Fault) -> Iterator[Site]:
    """Serve a workspace that publishes and behaves, or misbehaves."""
    with served_workspace(repo.parent, CONTENT, workspace_id="ws_1", faults=behaviour) as workspace:
        port = int(workspace.url.rpartition(":")[2])
        yield Site(repo, port, pin=workspace.pin)


def assert_stands_in(ran: Ran, age: str) -> None:
    assert (ran.exit_code, ran.outputs["verdict"]) == (0, "pass")
    assert (ran.outputs["policy-source"], ran.report["policy"]["source"]) == ("cached", "cached")
    assert ran.report["policy"]["trust"] == "pinned"
    (finding,) = (item for item in ran.report["findings"] if item["rule"] == "policy.cached")
    assert (finding["level"], finding["location"]) == ("warning", None)
    assert age in finding["message"]
    (annotation,) = (line for line in ran.stdout.splitlines() if "policy.cached%3A" in line)
    assert annotation.startswith("::warning title=policy.cached%3A ")
    assert age in annotation
    for text in (ran.stdout, ran.summary):
        assert "(cached)" in text
        assert "policy.cached" in text
    assert_silent_about_the_key(ran)


def message_of(ran: Ran) -> str:
    (problem,) = ran.report["problems"]
    message: str = problem["message"]
    return message


def assert_not_used(ran: Ran, reason: str) -> None:
    """The outage stays what it is, and says why nothing stands in."""
    assert (ran.exit_code, ran.kinds) == (4, ["fetch.server_error"])
    assert message_of(ran).partition(DOES_NOT_STAND_IN)[2] == f"{reason}."
    assert (ran.report["policy"], ran.outputs["policy-source"]) == (None, "")
    assert_silent_about_the_key(ran)


def assert_silent_about_the_key(ran: Ran) -> None:
    assert API_KEY not in ran.everything.replace(f"::add-mask::{API_KEY}\n", "")


def test_after_a_good_run_the_policy_is_kept_and_stands_in_when_the_service_is_down(repo: Path) -> None:
    with served(repo, honest(1), faults.status(503, headers=LATER, times=1)) as site:
        good = site.check()
        kept = site.kept.stat().st_ino
        down = site.check()
        assert site.kept.stat().st_ino == kept, "what stands in does not become younger"
        again = site.check()
    assert (good.exit_code, good.outputs["policy-source"]) == (0, "fetched")
    assert good.stderr == ""
    assert "policy.cached" not in good.everything
    assert_stands_in(down, "less than a minute")
    assert (again.exit_code, again.outputs["policy-source"]) == (0, "fetched")
    assert site.kept.stat().st_ino != kept


def test_what_is_kept_is_for_its_owner_alone_holds_the_very_document_and_nothing_of_the_key(repo: Path) -> None:
    with served(repo) as site:
        assert site.check(on_unavailable="fail").exit_code == 0
    document = (repo.parent / "workspace" / "policies" / "1.json").read_bytes()
    assert site.kept.read_bytes().endswith(b"\n" + document)
    assert API_KEY.encode() not in site.kept.read_bytes()
    assert stat.S_IMODE(site.kept.stat().st_mode) == 0o600
    assert stat.S_IMODE(site.cache.stat().st_mode) == 0o700


def test_a_policy_that_judges_a_definition_unfit_is_kept_too_and_judges_the_same_from_the_cache(repo: Path) -> None:
    (repo / "sekuire.yml").write_text(FAILING)
    with served(repo, honest(1), faults.status(503, headers=LATER)) as site:
        good, down = site.check(), site.check()
    assert (good.exit_code, down.exit_code) == (1, 1)
    assert down.outputs["policy-source"] == "cached"
    assert [line for line in down.found if not line.startswith("policy.cached")] == good.found


OUTAGES: dict[str, tuple[bytes, str]] = {
    "429": (reply(429, b"", headers=LATER), "fetch.rate_limited"),
    "502, a page of a proxy": (
        reply(502, b"<html>down</html>", content_type="text/html", headers=LATER),
        "fetch.server_error",
    ),
    "cut in the body": (reply(200, DOCUMENT)[:-1], "fetch.truncated"),
}


@pytest.mark.parametrize("name", OUTAGES)
def test_an_outage_that_may_pass_is_answered_from_the_cache_or_by_default_is_exit_4(name: str, repo: Path) -> None:
    answer, kind = OUTAGES[name]
    with socket_server(sending(answer)) as server:
        site = Site(repo, server.port)
        site.keep(ago=timedelta(hours=2, minutes=5, seconds=30))
        cached = site.check("--timeout", "1")
        failed = site.check("--timeout", "1", on_unavailable="fail")
    assert_stands_in(cached, "2 hours 5 minutes")
    assert cached.stderr.startswith(f"{kind}: "), "the log says what is wrong with the service"
    assert (failed.exit_code, failed.kinds, failed.outputs["policy-source"]) == (4, [kind], "")
    assert "cached policy" not in failed.everything


def say_nothing(connection: socket.socket) -> None:
    """Wait until the client goes away."""
    connection.recv(1)


def test_a_service_that_is_gone_or_never_answers_is_an_outage_that_may_pass(repo: Path) -> None:
    with socket_server(say_nothing) as server:
        silent = Site(repo, server.port)
        silent.keep(ago=timedelta(minutes=3))
        late = silent.check("--timeout", "1")
    gone = silent.check("--timeout", "1")
    for ran, kind in ((late, "fetch.timeout"), (gone, "fetch.unreachable")):
        assert_stands_in(ran, "3 minutes")
        assert ran.stderr.startswith(f"{kind}: ")


# One of each class; which kinds may pass is asked in tests/trust/test_cache.py.
ANSWERS: dict[str, tuple[bytes, int, str]] = {
    "a refused key": (reply(403, b""), 2, "fetch.forbidden"),
    "a redirect": (reply(302, b"", headers=(("Location", "http://127.0.0.1:1/"),)), 4, "fetch.redirect"),
    "no JSON": (reply(200, b"down for maintenance"), 4, "fetch.bad_body"),
    "rollback": (reply(200, as_bytes(signed_document(version="2"))), 3, "policy.rollback"),
}


@pytest.mark.parametrize("name", ANSWERS)
def test_what_is_an_answer_is_never_covered_up_with_the_cached_policy(name: str, repo: Path) -> None:
    answer, exit_code, kind = ANSWERS[name]
    with socket_server(sending(answer)) as server:
        site = Site(repo, server.port)
        site.keep()
        before = site.kept.read_bytes()
        ran = site.check("--min-policy-version", "3")
    assert (ran.exit_code, ran.kinds) == (exit_code, [kind])
    assert (ran.report["policy"], ran.outputs["policy-source"]) == (None, "")
    assert "cached policy" not in ran.everything
    assert site.kept.read_bytes() == before, "what is not believed is not kept"


def test_a_connection_that_is_not_trusted_is_no_outage(site: Site) -> None:
    address = policy_address(f"https://127.0.0.1:{site.port}", site.workspace_id, allow_loopback_http=False)
    now = datetime.now(UTC)
    assert keep(PolicyCache(site.cache, now), address, Secret(API_KEY), DOCUMENT, fingerprint(public_key())) == ()
    ran = site.check("--backend", f"https://127.0.0.1:{site.port}")
    assert (ran.exit_code, ran.kinds) == (4, ["fetch.tls"])
    assert "cached policy" not in ran.everything


def through_a_proxy(repo: Path, answer: bytes) -> Ran:
    """Check by way of a proxy that answers so."""
    backend = "https://api.example.test"
    address = policy_address(backend, "ws_1", allow_loopback_http=False)
    cache = PolicyCache(repo / ".cache", datetime.now(UTC))
    assert keep(cache, address, Secret(API_KEY), DOCUMENT, fingerprint(public_key())) == ()
    with socket_server(sending(answer)) as proxy:
        through = ("--proxy", f"http://127.0.0.1:{proxy.port}")
        return Site(repo, 1).check("--backend", backend, *through, "--timeout", "1")


def test_a_proxy_that_refuses_is_an_answer_and_never_covered_up(repo: Path) -> None:
    ran = through_a_proxy(repo, b"HTTP/1.1 407 No\r\nContent-Length: 0\r\n\r\n")
    assert (ran.exit_code, ran.kinds) == (4, ["fetch.rejected"])
    assert (ran.report["policy"], ran.outputs["policy-source"]) == (None, "")
    assert "cached policy" not in ran.everything


def test_a_proxy_that_does_not_get_through_is_an_outage(repo: Path) -> None:
    ran = through_a_proxy(repo, b"HTTP/1.1 502 No\r\nContent-Length: 0\r\n\r\n")
    assert_stands_in(ran, "less than a minute")


def of_another_api_key(site: Site) -> Ran:
    site.keep(key="sk_live_of_somebody_else")
    return site.check()


def under_another_pin(site: Site) -> Ran:
    site.keep()
    return site.check(pins=(public_key(STRANGER).hex(),))


def with_other_rules(site: Site) -> Ran:
    site.keep(ago=timedelta(hours=1))
    data = site.kept.read_bytes()
    assert b'"gpt-4o"' in data
    site.kept.write_bytes(data.replace(b'"gpt-4o"', b'"gpt-4x"'))
    return site.check()


def older_than_asked_for(site: Site) -> Ran:
    site.keep(ago=timedelta(minutes=90, seconds=30))
    return site.check("--max-cache-age", "1h")


def a_day_old_with_a_clock_that_an_earlier_step_set_back(site: Site) -> Ran:
    site.keep(ago=timedelta(days=2))
    return site.check(epoch=str(int(datetime.now(UTC).timestamp()) - 2 * 86_400))


_CHANGED = "it was kept with another API key, or changed since"
# What key, pins, age and clock a run gives is what is asked for; every reason is tried in tests/trust/test_cache.py.
UNUSED: dict[str, tuple[Callable[[Site], Ran], str]] = {
    "another API key": (of_another_api_key, _CHANGED),
    "another pin": (under_another_pin, "it was signed by a key that is not pinned now"),
    "a changed document": (with_other_rules, _CHANGED),
    "older than asked for": (older_than_asked_for, "it is older than max-cache-age, 1 hour"),
    "a clock set back": (
        a_day_old_with_a_clock_that_an_earlier_step_set_back,
        "it is older than max-cache-age, 1 day",
    ),
}


@pytest.mark.parametrize(("case", "reason"), UNUSED.values(), ids=UNUSED)
def test_a_cached_policy_that_does_not_fit_leaves_the_outage_and_the_reason(
    case: Callable[[Site], Ran], reason: str, site: Site
) -> None:
    assert_not_used(case(site), reason)


def test_freezing_an_old_policy_by_putting_its_file_back_gains_the_age_that_is_granted_and_no_more(site: Site) -> None:
    """The attacker has the file of a policy that was replaced since, and cuts the service off."""
    site.keep(ago=timedelta(hours=30))
    old = site.kept.read_bytes()
    site.keep(ago=timedelta(hours=1), document=as_bytes(signed_document(version="4")))
    assert site.check().outputs["policy-version"] == "4"
    site.kept.write_bytes(old)
    assert_not_used(site.check(), "it is older than max-cache-age, 1 day")
    # Who grants a week has the lock file, or min-policy-version, against this.
    assert_stands_in(site.check("--max-cache-age", "7d"), "1 day 6 hours")
    ran = site.check("--max-cache-age", "7d", "--min-policy-version", "4")
    assert_not_used(ran, "the policy's version is '3', expected '4' or higher, by min-policy-version")


def locked(site: Site, **fields: str) -> tuple[str, ...]:
    """Write a lock file of the policy that is kept, but for these fields."""
    lock = {
        "version": 1,
        "workspace_id": "ws_1",
        "api_host": f"127.0.0.1:{site.port}",
        "trusted_keys": [PIN],
        "policy_version": "3",
        "policy_hash": content_hash(CONTENT),
        "locked_at": "2026-01-02T03:04:05Z",
        **fields,
    }
    (site.repo / "sekuire.lock").write_text(json.dumps(lock))
    return ()


NO_LONGER: dict[str, tuple[Callable[[Site], Ran], str]] = {
    "a pin that has ended": (
        lambda site: site.check(pins=(f"{PIN} until=2026-01-01",)),
        "no pin that may sign this policy counts any more: ",
    ),
    "a lock file of a higher version": (
        lambda site: site.check(*locked(site, policy_version="4")),
        "the policy's version is '3', expected '4' or higher, by the lock file.",
    ),
}


@pytest.mark.parametrize("name", NO_LONGER)
def test_a_cached_policy_is_verified_again_in_full_and_what_does_not_hold_leaves_the_outage_and_the_reason(
    name: str, site: Site
) -> None:
    check, reason = NO_LONGER[name]
    site.keep()
    ran = check(site)
    said = message_of(ran).partition(DOES_NOT_STAND_IN)[2]
    assert said.startswith(reason)
    assert_not_used(ran, said.removesuffix("."))
    assert ran.outputs["exit-reason"] == "fetch.server_error"
    assert "policy." not in ran.stderr, "nobody has just served it: there is nothing of it to mend"


def test_a_cached_policy_that_the_lock_file_names_stands_in(site: Site) -> None:
    site.keep(ago=timedelta(hours=2))
    locked(site)
    assert_stands_in(site.check(pins=()), "2 hours")


def test_the_warning_is_one_in_mode_warn_too_and_none_in_mode_observe(site: Site) -> None:
    site.keep()
    warned, observed = site.check("--mode", "warn"), site.check("--mode", "observe")
    assert_stands_in(warned, "less than a minute")
    assert [line for line in observed.stdout.splitlines() if line.startswith(("::warning", "::error"))] == []
    assert "policy.cached - -" in [f"{item['rule']} - -" for item in observed.report["findings"]]


def assert_not_kept(ran: Ran, site: Site, reason: str) -> None:
    """One line on stderr, and no problem of the run, whose verdict stands."""
    assert (ran.exit_code, ran.outputs["verdict"], ran.kinds) == (0, "pass", [])
    (line,) = ran.stderr.splitlines()
    assert line.startswith(f"the policy is not kept in '{site.cache}': {reason}. The verdict stands. ")
    assert "not kept" not in ran.stdout + ran.summary + json.dumps(ran.report)


def test_a_policy_without_an_api_key_or_a_pin_is_not_kept_and_that_is_said(repo: Path) -> None:
    with served(repo) as site:
        without_key = site.check(key="", on_unavailable="fail")
        without_pin = site.check("--unsafe-trust-embedded-key", pins=(), on_unavailable="cached")
    assert_not_kept(without_key, site, "there is no API key to seal it with")
    assert_not_kept(without_pin, site, "its signing key is not pinned")
    assert not site.cache.exists()


def test_a_cache_that_cannot_be_written_is_one_line_on_stderr_and_the_verdict_stands(repo: Path) -> None:
    (repo / ".cache").write_text("a file")
    with served(repo) as site:
        ran = site.check()
    assert_not_kept(ran, site, "File exists")


@pytest.mark.parametrize(
    ("folder", "policy"),
    [("link/below", ()), ("link", ("--policy", "policy.json"))],
    ids=["below, of the service", "itself, saved"],
)
def test_a_cache_behind_a_link_of_the_checkout_is_refused_before_anything_is_written_or_taken_away(
    folder: str, policy: tuple[str, ...], repo: Path
) -> None:
    """A pull request may bring the link; what it leads to is somebody else's."""
    outside = repo.parent / "outside"
    outside.mkdir()
    abandoned = outside / ".sekuire-0.tmp"
    abandoned.write_text("not ours")
    os.utime(abandoned, (0, 0))
    (repo / "link").symlink_to(outside)
    (repo / "policy.json").write_bytes(DOCUMENT)
    with served(repo) as site:
        ran = site.check("--cache-dir", folder, *policy)
    assert (ran.exit_code, ran.kinds) == (2, ["config.usage"])
    assert [path.name for path in outside.iterdir()] == [".sekuire-0.tmp"]


def test_a_cache_that_is_named_by_an_absolute_path_may_lie_behind_a_link(repo: Path) -> None:
    (repo.parent / "outside").mkdir()
    (repo / "link").symlink_to(repo.parent / "outside")
    with served(repo) as site:
        ran = site.check("--cache-dir", str(repo / "link"))
    assert (ran.exit_code, ran.stderr) == (0, "")
    assert len(list((repo.parent / "outside").iterdir())) == 1


def test_a_cache_whose_name_no_folder_can_have_is_a_line_on_stderr_and_no_crash(repo: Path) -> None:
    with served(repo) as site:
        ran = site.check("--cache-dir", "/".join("d" * 3_000))
    assert (ran.exit_code, ran.kinds) == (0, [])
    (line,) = ran.stderr.splitlines()
    assert line.startswith("the policy is not kept in '")
    assert line.endswith(" let cache-dir name a folder that may be written.")


def test_a_saved_policy_has_no_use_for_a_cache(repo: Path) -> None:
    (repo / "policy.json").write_bytes(DOCUMENT)
    ran = Site(repo, 1).check("--policy", "policy.json")
    assert (ran.exit_code, ran.outputs["policy-source"]) == (0, "file")
    assert not (repo / ".cache").exists()
