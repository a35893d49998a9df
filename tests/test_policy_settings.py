"""The inputs that concern trust and transport, joined with what a lock file says."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from sekuire_gate.errors import SettingsError
from sekuire_gate.inputs import Given
from sekuire_gate.policy_settings import PolicySettings, lock_file, read_policy_settings
from sekuire_gate.trust.address import PolicyAddress, PolicyFile
from sekuire_gate.trust.anchor import LockedVersion, PinnedKey
from sekuire_gate.trust.cache import PolicyCache
from sekuire_gate.trust.lock import Lock, lock_text
from tests.support.certificates import Authority
from tests.support.signing import STRANGER, public_key

CLOCK = datetime(2026, 7, 1, 12, 30, tzinfo=UTC)
PIN = PinnedKey("key_1", public_key())
LOCK = Lock("ws_1", "api.sekuire.ai:443", (PIN,), LockedVersion("7", "0" * 64), CLOCK)
STRANGERS_KEY = public_key(STRANGER).hex()
TEST_KEY = "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a"
MINIMAL = {"workspace-id": "ws_1", "trusted-keys": PIN.line}


def read(given: Given, folder: Path, **environ: str) -> PolicySettings:
    return read_policy_settings(given, environ, folder, CLOCK)


def refused(given: Given, folder: Path) -> SettingsError:
    with pytest.raises(SettingsError) as caught:
        read(given, folder)
    assert caught.value.message.endswith(".")
    assert caught.value.fix
    return caught.value


def put_lock(folder: Path, lock: Lock = LOCK, name: str = "sekuire.lock") -> None:
    (folder / name).write_text(lock_text(lock))


class TestLock:
    def test_without_a_lock_file_nothing_is_locked(self, tmp_path: Path) -> None:
        settings = read(MINIMAL, tmp_path)
        assert settings.lock is None
        assert settings.anchor.locked is None
        assert settings.anchor.today == date(2026, 7, 1)

    def test_it_gives_workspace_pins_version_and_hash_where_the_inputs_are_silent(self, tmp_path: Path) -> None:
        put_lock(tmp_path)
        settings = read({}, tmp_path)
        assert isinstance(settings.where, PolicyAddress)
        assert settings.where.workspace_id == "ws_1"
        assert settings.anchor.pins == (PIN,)
        assert settings.anchor.workspace_id == "ws_1"
        assert settings.anchor.locked == LockedVersion("7", "0" * 64)
        assert settings.lock == LOCK

    def test_pins_of_the_inputs_come_in_its_place_and_its_version_stays(self, tmp_path: Path) -> None:
        put_lock(tmp_path)
        anchor = read({"trusted-keys": STRANGERS_KEY, "min-policy-version": "3"}, tmp_path).anchor
        assert anchor.pins == (PinnedKey(None, public_key(STRANGER)),)
        assert (anchor.min_version, anchor.locked) == ("3", LockedVersion("7", "0" * 64))

    @pytest.mark.parametrize("is_locked", [True, False], ids=["with a lock file", "without one"])
    def test_trusted_keys_that_hold_only_comments_are_refused_lest_a_pull_requests_lock_file_pins_instead(
        self, tmp_path: Path, *, is_locked: bool
    ) -> None:
        if is_locked:
            put_lock(tmp_path)
        for text in ("# see sekuire.lock", f"# {PIN.line}\n\n  # another\r\n"):
            error = refused({"workspace-id": "ws_1", "trusted-keys": text}, tmp_path)
            assert error.kind == "config.trusted_key"
            assert "holds comments and no key" in error.message

    def test_pins_that_do_not_count_beside_those_of_the_inputs_are_remembered_to_say_so(self, tmp_path: Path) -> None:
        put_lock(tmp_path)
        assert read({}, tmp_path).anchor.set_aside == ()
        assert read({"trusted-keys": STRANGERS_KEY}, tmp_path).anchor.set_aside == (PIN,)

    def test_one_that_is_given_is_read_instead_of_the_one_that_lies_there(self, tmp_path: Path) -> None:
        (tmp_path / "sekuire.lock").write_text("damaged")
        put_lock(tmp_path, name="other.lock")
        assert read({"lock-file": " other.lock "}, tmp_path).lock == LOCK
        assert read({"lock-file": str(tmp_path / "other.lock")}, tmp_path).lock == LOCK

    def test_a_link_that_leads_nowhere_is_found_and_a_name_in_another_case_is_not(self, tmp_path: Path) -> None:
        (tmp_path / "Sekuire.lock").touch()
        assert lock_file({}, tmp_path) is None
        (tmp_path / "sekuire.lock").symlink_to(tmp_path / "nowhere")
        assert lock_file({}, tmp_path) == tmp_path / "sekuire.lock"
        assert refused(MINIMAL, tmp_path).kind == "config.lock_file"

    @pytest.mark.parametrize(
        ("given", "says"),
        [
            ({"workspace-id": "ws_2"}, "workspace-id is 'ws_2', the lock file is of workspace 'ws_1'"),
            ({"api-url": "https://api.sekuire.com"}, "api.sekuire.com:443, the lock file is of api.sekuire.ai:443"),
            ({"api-url": "https://api.sekuire.ai:8443"}, "api.sekuire.ai:8443, the lock"),
            ({"unsafe-trust-embedded-key": "true"}, "'unsafe-trust-embedded-key' contradicts the lock file"),
            ({"unsafe-allow-unsigned": "true"}, "'unsafe-allow-unsigned' contradicts the lock file"),
            (
                {"unsafe-allow-unsigned": "true", "trusted-keys": STRANGERS_KEY},
                "'unsafe-allow-unsigned' contradicts 'trusted-keys'",
            ),
        ],
        ids=["workspace", "host", "port", "embedded key", "no signature", "no signature beside pins"],
    )
    def test_an_input_that_contradicts_it_is_named(self, given: Given, says: str, tmp_path: Path) -> None:
        put_lock(tmp_path)
        error = refused(given, tmp_path)
        assert error.kind == "config.contradiction"
        assert says in error.message

    def test_what_agrees_with_it_is_no_contradiction(self, tmp_path: Path) -> None:
        put_lock(tmp_path)
        for url in ("https://API.sekuire.ai", "https://api.sekuire.ai:443/api/v1/", "https://api.sekuire.ai/proxy"):
            assert read({"api-url": url, "workspace-id": "ws_1", "unsafe-allow-unsigned": "false"}, tmp_path).lock

    def test_a_saved_policy_is_bound_by_it_and_no_host_is_compared(self, tmp_path: Path) -> None:
        put_lock(tmp_path)
        settings = read({"policy-file": "p.json", "api-url": "https://elsewhere.example"}, tmp_path)
        assert settings.where == PolicyFile(tmp_path / "p.json")
        assert (settings.anchor.workspace_id, settings.anchor.locked) == ("ws_1", LockedVersion("7", "0" * 64))


def test_a_test_key_is_pinned_only_where_the_service_may_be_this_machine(tmp_path: Path) -> None:
    given = {**MINIMAL, "trusted-keys": TEST_KEY}
    assert refused(given, tmp_path).kind == "config.weak_key"
    allowed = {**given, "allow-loopback-http": "true"}
    assert read(allowed, tmp_path).anchor.pins[0].public_key.hex() == TEST_KEY


def test_a_key_of_the_wrong_form_is_refused_before_anything_else_so_that_nothing_repeats_it(tmp_path: Path) -> None:
    given = {"api-key": "sk_live\nhush", "lock-file": "sk_live\nhush", "workspace-id": "sk_live\nhush"}
    error = refused(given, tmp_path)
    assert error.kind == "config.api_key"
    assert "hush" not in error.message + error.fix


class TestTransport:
    def test_nothing_is_set_where_nothing_is_given(self, tmp_path: Path) -> None:
        transport = read(MINIMAL, tmp_path).transport
        assert (transport.proxy, transport.https_proxy, transport.no_proxy) == ("", "", "")
        assert transport.ca_bundle is None

    def test_a_bundle_is_relative_to_the_working_directory_and_a_proxy_taken_as_given(self, tmp_path: Path) -> None:
        (tmp_path / "certs").mkdir()
        Authority.create(tmp_path).file.rename(tmp_path / "certs/own.pem")
        given = {**MINIMAL, "ca-bundle": " certs/own.pem ", "proxy": " http://proxy:8080 "}
        transport = read(given, tmp_path).transport
        assert transport.ca_bundle == tmp_path / "certs/own.pem"
        assert transport.proxy == "http://proxy:8080"

    def test_of_the_environment_the_proxys_variables_count_and_no_other(self, tmp_path: Path) -> None:
        environ = {
            "HTTPS_PROXY": "http://upper:1",
            "https_proxy": "http://lower:1",
            "NO_PROXY": "a",
            "HTTP_PROXY": "http://plain:1",
            "ALL_PROXY": "http://all:1",
            "REQUESTS_CA_BUNDLE": "/ca.pem",
            "SSL_CERT_FILE": "/ca.pem",
            "CURL_CA_BUNDLE": "/ca.pem",
        }
        transport = read(MINIMAL, tmp_path, **environ).transport
        assert (transport.https_proxy, transport.no_proxy, transport.proxy) == ("http://lower:1", "a", "")
        assert transport.ca_bundle is None

    @pytest.mark.parametrize("where", [{}, {"policy-file": "p.json"}], ids=["the service", "a saved policy"])
    @pytest.mark.parametrize(
        ("item", "value", "words"),
        [
            ("proxy", "socks5://me:hunter2@proxy:1080", "proxy is not an address that can be used"),
            ("proxy", "https://proxy:8080", "proxy is not an address that can be used"),
            ("ca-bundle", "none.pem", "cannot be read: No such file or directory"),
            ("ca-bundle", "text.pem", "holds no certificate in PEM"),
            ("ca-bundle", "a\x00b", "cannot be read: its name holds NUL"),
        ],
        ids=["another proxy", "a proxy over TLS", "no file", "no authorities", "NUL"],
    )
    def test_proxy_and_bundle_have_to_make_sense_whether_or_not_anybody_is_asked(
        self, where: Given, item: str, value: str, words: str, tmp_path: Path
    ) -> None:
        (tmp_path / "text.pem").write_text("no authorities\n")
        error = refused({**MINIMAL, **where, item: value}, tmp_path)
        assert error.kind == "config.usage"
        assert words in error.message
        assert "hunter2" not in error.message + error.fix

    def test_a_proxy_of_the_runner_need_not_make_sense_until_it_is_used(self, tmp_path: Path) -> None:
        assert read(MINIMAL, tmp_path, https_proxy="socks5://proxy:1").transport.https_proxy == "socks5://proxy:1"


class TestCache:
    def test_without_a_folder_nothing_is_kept(self, tmp_path: Path) -> None:
        assert read({**MINIMAL, "on-unavailable": "fail", "max-cache-age": "1h"}, tmp_path).cache is None

    def test_a_folder_alone_is_filled_and_does_not_answer(self, tmp_path: Path) -> None:
        assert read({**MINIMAL, "cache-dir": "c"}, tmp_path).cache == PolicyCache(tmp_path / "c", CLOCK)

    @pytest.mark.parametrize(
        ("age", "seconds"),
        [("1s", 1), ("90m", 5_400), ("24h", 86_400), (" 7d ", 604_800), ("168h", 604_800), ("604800s", 604_800)],
    )
    def test_everything_that_is_given_arrives(self, age: str, seconds: int, tmp_path: Path) -> None:
        given = {**MINIMAL, "cache-dir": "/c", "on-unavailable": " cached ", "max-cache-age": age}
        assert read(given, tmp_path).cache == PolicyCache(Path("/c"), CLOCK, stands_in=True, max_age_seconds=seconds)

    @pytest.mark.parametrize(
        "age",
        [
            "0h",
            "0",
            "7",
            "24",
            "8d",
            "169h",
            "604801s",
            "1w",
            "-1h",
            "+1h",
            "1.5h",
            "1 h",
            "1H",
            "\u0661h",
            "h",
            "9" * 5_000 + "h",
        ],
    )
    def test_another_age_is_refused_with_and_without_a_folder(self, age: str, tmp_path: Path) -> None:
        for given in ({"max-cache-age": age}, {"max-cache-age": age, "cache-dir": "c"}):
            error = refused({**MINIMAL, **given}, tmp_path)
            assert error.kind == "config.usage"
            assert "up to 7d" in error.message

    def test_another_choice_is_refused_and_the_two_are_named(self, tmp_path: Path) -> None:
        for choice in ("Cached", "true", "pass", "cached,fail"):
            error = refused({**MINIMAL, "on-unavailable": choice, "cache-dir": "c"}, tmp_path)
            assert error.kind == "config.usage"
            assert "expected fail or cached" in error.message

    def test_to_answer_from_no_folder_is_a_contradiction(self, tmp_path: Path) -> None:
        error = refused({**MINIMAL, "on-unavailable": "cached"}, tmp_path)
        assert error.kind == "config.contradiction"
        assert "cache-dir" in error.fix

    @pytest.mark.parametrize("folder", ["link", "link/below", "real/link", "./real/../link/", "broken", "real/link/x"])
    def test_a_relative_folder_that_leads_over_a_link_of_the_checkout_is_refused(
        self, folder: str, tmp_path: Path
    ) -> None:
        (tmp_path / "real").mkdir()
        (tmp_path / "link").symlink_to("real")
        (tmp_path / "broken").symlink_to("nowhere")
        (tmp_path / "real" / "link").symlink_to("/")
        error = refused({**MINIMAL, "cache-dir": folder}, tmp_path)
        assert error.kind == "config.usage"
        assert f"cache-dir '{folder}' leads over " in error.message
        assert "which is a link" in error.message

    def test_links_that_no_pull_request_brings_may_lead_to_the_folder(self, tmp_path: Path) -> None:
        checkout = tmp_path / "checkout"
        (checkout / "real").mkdir(parents=True)
        (tmp_path / "link").symlink_to(checkout)
        for cwd, folder in ((tmp_path, str(tmp_path / "link" / "real")), (tmp_path / "link", "real/new")):
            cache = read({**MINIMAL, "cache-dir": folder}, cwd).cache
            assert cache is not None
            assert cache.folder == cwd / folder

    @pytest.mark.parametrize(
        "folder", ["x" * 300, "a\x00b", "/".join("d" * 3_000)], ids=["a long name", "NUL", "a long path"]
    )
    def test_a_folder_that_cannot_be_is_left_to_who_writes_in_it(self, folder: str, tmp_path: Path) -> None:
        cache = read({**MINIMAL, "cache-dir": folder}, tmp_path).cache
        assert cache is not None
        assert cache.folder == tmp_path / folder
