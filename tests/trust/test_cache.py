"""The last verified policy stands in for an outage: for the same address, key and signer, and not for long."""

import contextlib
import os
import socket
import stat
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sekuire_gate.errors import PolicyFetchError
from sekuire_gate.model.problem import ExitCode
from sekuire_gate.model.secret import Secret
from sekuire_gate.trust.address import PolicyAddress, policy_address
from sekuire_gate.trust.anchor import PinnedKey
from sekuire_gate.trust.answer import MAX_POLICY_BYTES
from sekuire_gate.trust.cache import (
    MAX_BYTES,
    KeptPolicy,
    PolicyCache,
    keep,
    look,
    not_kept,
)
from sekuire_gate.trust.cache_entry import CacheEntry, seal
from sekuire_gate.trust.ed25519 import fingerprint
from tests.support.signing import STRANGER, as_bytes, public_key, signed_document

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
API_KEY = Secret("sk_live_0123456789abcdef")
DOCUMENT = as_bytes(signed_document())
PIN = PinnedKey("key_1", public_key())
OTHER_PIN = PinnedKey("key_2", public_key(STRANGER))
OUTAGE = PolicyFetchError("the service fails: status 503.", kind="fetch.server_error", fix="Run again later.")


def address(host: str = "api.sekuire.ai", workspace_id: str = "ws_1") -> PolicyAddress:
    return policy_address(f"https://{host}", workspace_id, allow_loopback_http=False)


class Kept:
    """A cache in which the document was kept, and how it is asked."""

    def __init__(self, folder: Path) -> None:
        self.cache = PolicyCache(folder, NOW, stands_in=True)
        self.where = address()
        assert keep(self.cache, self.where, API_KEY, DOCUMENT, fingerprint(PIN.public_key)) == ()
        (self.path,) = folder.iterdir()

    def at(self, seconds: int, *, max_age_seconds: int = 24 * 60 * 60) -> PolicyCache:
        """The cache so many seconds later."""
        return replace(self.cache, now=NOW + timedelta(seconds=seconds), max_age_seconds=max_age_seconds)

    def look(
        self,
        cache: PolicyCache | None = None,
        where: PolicyAddress | None = None,
        api_key: Secret | None = API_KEY,
        pins: tuple[PinnedKey, ...] = (PIN,),
    ) -> KeptPolicy | str:
        return look(cache or self.cache, where or self.where, api_key, pins)


@pytest.fixture
def kept(tmp_path: Path) -> Kept:
    return Kept(tmp_path / "cache")


def test_the_very_bytes_come_back_with_their_age(kept: Kept) -> None:
    assert kept.look(kept.at(7_200)) == KeptPolicy(DOCUMENT, 7_200)


def test_the_file_is_its_owners_alone_and_so_is_a_folder_that_is_made_for_it(tmp_path: Path) -> None:
    kept = Kept(tmp_path / "made" / "for it")
    assert stat.S_IMODE(kept.path.stat().st_mode) == 0o600
    assert stat.S_IMODE(kept.path.parent.stat().st_mode) == 0o700


def test_the_api_key_is_nowhere_in_the_folder(kept: Kept) -> None:
    key = API_KEY.reveal()
    assert key not in kept.path.name
    assert key.encode() not in kept.path.read_bytes()


def test_the_file_of_one_address_is_replaced_and_that_of_another_stays(kept: Kept) -> None:
    newer = as_bytes(signed_document(version="4"))
    signer = fingerprint(PIN.public_key)
    other = address(workspace_id="ws_2")
    assert keep(kept.at(60), kept.where, API_KEY, newer, signer) == ()
    assert keep(kept.at(60), other, API_KEY, DOCUMENT, signer) == ()
    assert kept.look(kept.at(90)) == KeptPolicy(newer, 30)
    assert kept.look(kept.at(90), other) == KeptPolicy(DOCUMENT, 30)
    assert len(list(kept.cache.folder.iterdir())) == 2


@pytest.mark.parametrize(
    ("seconds", "max_age_seconds", "used"),
    [
        (0, 1, True),
        (86_400, 86_400, True),
        (86_401, 86_400, False),
        (604_801, 604_800, False),
        (-1, 86_400, True),
        (-300, 86_400, True),
        (-301, 86_400, False),
        (-86_400 * 3_650, 604_800, False),
    ],
    ids=["new", "just in time", "stale", "after a week", "clock set back", "by 5 minutes", "by more", "by 10 years"],
)
def test_it_is_used_for_max_cache_age_from_the_time_that_is_sealed(
    seconds: int, max_age_seconds: int, used: bool, kept: Kept
) -> None:
    found = kept.look(kept.at(seconds, max_age_seconds=max_age_seconds))
    assert isinstance(found, KeptPolicy) == used
    if isinstance(found, KeptPolicy):
        assert found.seconds == max(seconds, 0)


def test_touching_the_file_makes_it_no_younger(kept: Kept) -> None:
    later = NOW + timedelta(days=2)
    os.utime(kept.path, (later.timestamp(), later.timestamp()))
    assert kept.look(kept.at(172_800)) == "it is older than max-cache-age, 1 day"


def test_freezing_the_policy_by_putting_an_older_file_back_ends_with_the_age_that_is_sealed(kept: Kept) -> None:
    """The attacker keeps a file of an old policy, cuts the service off for ever, and puts the file back each day."""
    old_file = kept.path.read_bytes()
    newer = as_bytes(signed_document(version="4"))
    assert keep(kept.at(80_000), kept.where, API_KEY, newer, fingerprint(PIN.public_key)) == ()
    used = []
    for hour in range(24 * 14):
        kept.path.write_bytes(old_file)
        found = kept.look(kept.at(hour * 3_600))
        used.append(isinstance(found, KeptPolicy))
    assert used == [True] * 25 + [False] * (24 * 14 - 25)


MISFITS: dict[str, tuple[Callable[[Kept], KeptPolicy | str], str]] = {
    "no API key": (lambda kept: kept.look(api_key=None), "one is kept only under an API key"),
    "no pin": (lambda kept: kept.look(pins=()), "one is kept only where its signing key is pinned"),
    "another API key": (
        lambda kept: kept.look(api_key=Secret("sk_live_another_key")),
        "it was kept with another API key, or changed since",
    ),
    "another signing key": (
        lambda kept: kept.look(pins=(OTHER_PIN,)),
        "it was signed by a key that is not pinned now",
    ),
    "another host": (
        lambda kept: kept.look(where=address("api.sekuire.example")),
        "none is kept in '{folder}'",
    ),
    "another port": (lambda kept: kept.look(where=address("api.sekuire.ai:8443")), "none is kept in '{folder}'"),
    "another workspace": (lambda kept: kept.look(where=address(workspace_id="ws_2")), "none is kept in '{folder}'"),
    "no folder": (
        lambda kept: kept.look(replace(kept.cache, folder=kept.cache.folder / "none")),
        "none is kept in '{folder}/none'",
    ),
    "a folder that is none": (
        lambda kept: kept.look(replace(kept.cache, folder=kept.path)),
        "it cannot be read: Not a directory",
    ),
    "NUL in the folder's name": (
        lambda kept: kept.look(replace(kept.cache, folder=Path("a\x00b"))),
        "the name of its folder holds NUL",
    ),
}


@pytest.mark.parametrize("name", MISFITS)
def test_what_was_kept_for_something_else_is_not_used(name: str, kept: Kept) -> None:
    ask, reason = MISFITS[name]
    assert ask(kept) == reason.format(folder=kept.cache.folder)


def test_a_signer_that_is_still_pinned_among_others_counts(kept: Kept) -> None:
    assert isinstance(kept.look(pins=(OTHER_PIN, PIN)), KeptPolicy)


@pytest.mark.parametrize(
    "other", [address("api.sekuire.example"), address(workspace_id="ws_2")], ids=["host", "workspace"]
)
def test_a_file_that_is_copied_to_the_name_of_another_address_is_not_used(other: PolicyAddress, kept: Kept) -> None:
    assert keep(kept.cache, other, API_KEY, DOCUMENT, fingerprint(PIN.public_key)) == ()
    (name_of_other,) = set(kept.cache.folder.iterdir()) - {kept.path}
    kept.path.replace(name_of_other)
    assert kept.look(where=other) == "it is of another host or workspace"


def link(path: Path) -> None:
    path.rename(path.with_name("moved"))
    path.symlink_to("moved")


def dangling_link(path: Path) -> None:
    path.unlink()
    path.symlink_to("nowhere")


def pipe(path: Path) -> None:
    path.unlink()
    os.mkfifo(path)


def listening_socket(path: Path) -> None:
    path.unlink()
    # An address of this kind is short, so it is a name in the working directory.
    with contextlib.chdir(path.parent), socket.socket(socket.AF_UNIX) as listener:
        listener.bind(path.name)


def folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


def unreadable(path: Path) -> None:
    path.chmod(0)


def endless(path: Path) -> None:
    with path.open("r+b") as file:
        file.truncate(2**40)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (link, "it is a link"),
        (dangling_link, "it is a link"),
        (pipe, "it is not a regular file"),
        (listening_socket, "it cannot be read: No such device or address"),
        (folder, "it cannot be read: Is a directory"),
        (endless, "it is larger than any that is kept"),
        pytest.param(
            unreadable,
            "it cannot be read: Permission denied",
            marks=pytest.mark.skipif(os.geteuid() == 0, reason="the superuser may read every file"),
        ),
    ],
    ids=["link", "dangling link", "pipe", "socket", "folder", "a sparse TiB", "unreadable"],
)
def test_what_is_no_plain_file_is_not_used(change: Callable[[Path], None], reason: str, kept: Kept) -> None:
    change(kept.path)
    assert kept.look() == reason


@pytest.mark.parametrize("mode", [0o644, 0o666, 0o400], ids=oct)
def test_other_modes_are_no_reason_to_refuse_since_the_seal_is_the_proof(mode: int, kept: Kept) -> None:
    kept.path.chmod(mode)
    assert isinstance(kept.look(), KeptPolicy)


def test_the_largest_policy_is_kept_and_comes_back(tmp_path: Path) -> None:
    kept = Kept(tmp_path / "cache")
    largest = bytes(MAX_POLICY_BYTES)
    long_path = policy_address(f"https://api.sekuire.ai/{'x' * 8_000}", "ws_1", allow_loopback_http=False)
    assert keep(kept.cache, long_path, API_KEY, largest, fingerprint(PIN.public_key)) == ()
    assert kept.look(where=long_path) == KeptPolicy(largest, 0)


def test_no_byte_of_the_file_can_be_changed(kept: Kept) -> None:
    good = kept.path.read_bytes()
    for index in range(len(good)):
        kept.path.write_bytes(good[:index] + bytes([good[index] ^ 1]) + good[index + 1 :])
        assert kept.look() == "it was kept with another API key, or changed since"


@given(data=st.binary() | st.binary().map(lambda data: b"sekuire-gate cached policy 1\n" + data))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_bytes_are_a_reason_and_no_crash(data: bytes, kept: Kept) -> None:
    kept.path.write_bytes(data)
    assert isinstance(kept.look(), str)


@pytest.mark.parametrize("fetched_at", [-(2**63), 0, 2**64 - 1], ids=["long ago", "1970", "never"])
def test_any_time_that_the_holder_of_the_api_key_seals_is_judged_like_another(fetched_at: int, kept: Kept) -> None:
    entry = CacheEntry(kept.where.url, "ws_1", fingerprint(PIN.public_key), fetched_at, DOCUMENT)
    kept.path.write_bytes(seal(entry, API_KEY))
    assert isinstance(kept.look(), str)


@pytest.mark.parametrize(
    ("kind", "may"),
    [
        ("fetch.rate_limited", True),
        ("fetch.server_error", True),
        ("fetch.unreachable", True),
        ("fetch.timeout", True),
        ("fetch.truncated", True),
        ("fetch.unauthorized", False),
        ("fetch.forbidden", False),
        ("fetch.plan_limit", False),
        ("fetch.not_found", False),
        ("fetch.rejected", False),
        ("fetch.redirect", False),
        ("fetch.tls", False),
        ("fetch.protocol", False),
        ("fetch.too_large", False),
        ("fetch.content_type", False),
        ("fetch.content_encoding", False),
        ("fetch.bad_body", False),
        ("fetch.file", False),
        ("policy.hash_mismatch", False),
    ],
)
def test_only_an_outage_that_waiting_could_heal_may_be_answered_from_the_cache(
    kind: str, may: bool, tmp_path: Path
) -> None:
    failure = PolicyFetchError("it fails.", kind=kind, fix="Mend it.")
    assert PolicyCache(tmp_path, NOW, stands_in=True).may_answer(failure) == may
    assert not PolicyCache(tmp_path, NOW, stands_in=False).may_answer(failure)


@pytest.mark.parametrize(
    ("place", "reason"),
    [
        ("file", "File exists"),
        ("file/below", "File exists"),
        ("a\x00b", "its name holds NUL"),
        ("x" * 300, "File name too long"),
        pytest.param(
            "locked/below",
            "Permission denied",
            marks=pytest.mark.skipif(os.geteuid() == 0, reason="the superuser may write everywhere"),
        ),
    ],
    ids=["a file", "below a file", "NUL", "too long", "no permission"],
)
def test_what_cannot_be_kept_is_a_remark_that_says_so_and_no_error(place: str, reason: str, tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    (tmp_path / "locked").mkdir(mode=0o500)
    cache = PolicyCache(tmp_path / place, NOW)
    (remark,) = keep(cache, address(), API_KEY, DOCUMENT, fingerprint(PIN.public_key))
    assert remark == not_kept(cache, reason)


def test_a_remark_is_no_problem_of_the_run(tmp_path: Path) -> None:
    remark = not_kept(PolicyCache(tmp_path, NOW), "it cannot be")
    assert (remark.kind, remark.exit_code, remark.at) == ("", ExitCode.OK, None)
    assert remark.message == f"the policy is not kept in '{tmp_path}': it cannot be."
    assert remark.fix.startswith("The verdict stands. ")


def test_a_link_in_the_files_place_is_replaced_and_not_followed(kept: Kept, tmp_path: Path) -> None:
    target = tmp_path / "target"
    target.write_bytes(b"not ours")
    kept.path.unlink()
    kept.path.symlink_to(target)
    assert keep(kept.cache, kept.where, API_KEY, DOCUMENT, fingerprint(PIN.public_key)) == ()
    assert target.read_bytes() == b"not ours"
    assert isinstance(kept.look(), KeptPolicy)


def test_no_more_of_a_file_is_read_than_one_that_is_kept_can_have(kept: Kept) -> None:
    kept.path.write_bytes(kept.path.read_bytes().ljust(MAX_BYTES, b" "))
    assert kept.look() == "it was kept with another API key, or changed since"
    kept.path.write_bytes(kept.path.read_bytes() + b" ")
    assert kept.look() == "it is larger than any that is kept"
