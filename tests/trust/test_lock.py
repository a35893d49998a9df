"""The lock file, as somebody may have changed it."""

import json
import os
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sekuire_gate.errors import SettingsError
from sekuire_gate.trust.anchor import LockedVersion, PinnedKey
from sekuire_gate.trust.lock import Lock, lock_text, read_lock
from tests.support.signing import STRANGER, public_key

HEX = public_key().hex()
HASH = "0123456789abcdef" * 4
RFC_8032 = "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a"

LOCK = Lock(
    workspace_id="ws_1",
    api_host="api.sekuire.ai:443",
    pins=(
        PinnedKey("key_1", public_key(), date(2026, 12, 31)),
        PinnedKey(None, public_key(STRANGER)),
    ),
    locked=LockedVersion("7", HASH),
    locked_at=datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC),
)
TEXT = f"""{{
  "version": 1,
  "workspace_id": "ws_1",
  "api_host": "api.sekuire.ai:443",
  "trusted_keys": [
    "key_1={HEX} until=2026-12-31",
    "{public_key(STRANGER).hex()}"
  ],
  "policy_version": "7",
  "policy_hash": "{HASH}",
  "locked_at": "2026-01-02T03:04:05Z"
}}
"""
FIELDS: dict[str, Any] = json.loads(TEXT)


def read(content: str | bytes, folder: Path, *, accept_test_keys: bool = False) -> Lock:
    path = folder / "sekuire.lock"
    path.write_bytes(content if isinstance(content, bytes) else content.encode("utf-8", "surrogatepass"))
    return read_lock(path, accept_test_keys=accept_test_keys)


def refused(content: str | bytes, folder: Path) -> SettingsError:
    with pytest.raises(SettingsError) as caught:
        read(content, folder)
    error = caught.value
    assert error.message.startswith(f"the lock file '{folder / 'sekuire.lock'}' ")
    assert error.message.endswith(".")
    assert error.fix.endswith(".")
    return error


def with_field(name: str, value: object) -> str:
    return json.dumps({**FIELDS, name: value})


def test_a_lock_is_written_and_read_as_the_documented_text(tmp_path: Path) -> None:
    assert lock_text(LOCK) == TEXT
    assert read(TEXT, tmp_path) == LOCK


def test_white_space_and_the_order_of_keys_say_nothing(tmp_path: Path) -> None:
    assert read(json.dumps(dict(reversed(FIELDS.items()))), tmp_path) == LOCK
    assert read(TEXT.replace("\n", "\r\n"), tmp_path) == LOCK


VERSIONS = st.lists(st.integers(0, 10**6), min_size=1, max_size=4).map(lambda parts: ".".join(map(str, parts)))
IDS = st.text("abzAZ09._-", min_size=1, max_size=128)


@settings(max_examples=50)
@given(
    workspace_id=IDS.filter(lambda text: text not in {".", ".."}),
    key_id=st.none() | IDS,
    last_day=st.none() | st.dates(),
    version=VERSIONS,
    locked_at=st.datetimes(timezones=st.just(UTC)).map(lambda time: time.replace(microsecond=0)),
    api_host=st.sampled_from(["127.0.0.1:80", "[::1]:9300", "localhost:1", "a-b.example:65535"]),
)
def test_whatever_is_written_is_read_again(  # noqa: PLR0917 - hypothesis names them
    tmp_path_factory: pytest.TempPathFactory,
    workspace_id: str,
    key_id: str | None,
    last_day: date | None,
    version: str,
    locked_at: datetime,
    api_host: str,
) -> None:
    pins = (PinnedKey(key_id, public_key(), last_day),)
    lock = Lock(workspace_id, api_host, pins, LockedVersion(version, HASH), locked_at)
    assert read(lock_text(lock), tmp_path_factory.mktemp("lock")) == lock


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("version", "1"),
        ("version", 2),
        ("version", 0),
        ("version", 1.0),
        ("version", True),
        ("version", None),
        ("workspace_id", ""),
        ("workspace_id", ".."),
        ("workspace_id", "a/b"),
        ("workspace_id", "w" * 129),
        ("workspace_id", "ws_1\n"),
        ("workspace_id", 7),
        ("workspace_id", None),
        ("api_host", ""),
        ("api_host", "api.sekuire.ai"),
        ("api_host", "API.sekuire.ai:443"),
        ("api_host", "api.sekuire.ai:0443"),
        ("api_host", "api.sekuire.ai:65536"),
        ("api_host", "https://api.sekuire.ai:443"),
        ("api_host", "api.sekuire.ai:443/"),
        ("api_host", "api.sekuire.ai:443/x"),
        ("api_host", "user@api.sekuire.ai:443"),
        ("api_host", "[::0001]:443"),
        ("api_host", "127.1:443"),
        ("api_host", ["api.sekuire.ai:443"]),
        ("policy_version", 7),
        ("policy_version", "v7"),
        ("policy_version", "7."),
        ("policy_version", ""),
        ("policy_version", "1" * 129),
        ("policy_version", "\u0667"),
        ("policy_hash", HASH.upper()),
        ("policy_hash", HASH[:-1]),
        ("policy_hash", HASH + "\n"),
        ("policy_hash", int("1" * 15)),
        ("locked_at", "2026-01-02"),
        ("locked_at", "2026-01-02T03:04:05"),
        ("locked_at", "2026-01-02T03:04:05+00:00"),
        ("locked_at", "2026-01-02T03:04:05.5Z"),
        ("locked_at", "2026-02-30T03:04:05Z"),
        ("locked_at", "20260102T030405Z"),
        ("locked_at", "2026-01-02 03:04:05Z"),
        ("locked_at", 1),
        ("trusted_keys", []),
        ("trusted_keys", None),
        ("trusted_keys", f"key_1={HEX}"),
        ("trusted_keys", {"key_1": HEX}),
        ("trusted_keys", [HEX, 1]),
        ("trusted_keys", [[HEX]]),
        ("trusted_keys", [""]),
        ("trusted_keys", [HEX.upper()]),
        ("trusted_keys", [HEX[:-1]]),
        ("trusted_keys", ["A6EHv/POEL4dcN0Y50vAmWfk1jCbpQ1fHdyGZBJVMbg="]),
        ("trusted_keys", [f"{HEX} # comment"]),
        ("trusted_keys", [f"# {HEX}"]),
        ("trusted_keys", [f" {HEX}"]),
        ("trusted_keys", [f"{HEX}\n{public_key(STRANGER).hex()}"]),
        ("trusted_keys", [f"{HEX}  until=2026-12-31"]),
        ("trusted_keys", [f"{HEX} until=2026-02-30"]),
        ("trusted_keys", [f"a={HEX}", f"a={HEX}"]),
        ("trusted_keys", [HEX, f"{HEX} until=2026-12-31"]),
        ("trusted_keys", [f"a={HEX} until=2026-12-31", HEX]),
        ("trusted_keys", [f"a={HEX} until=2026-12-31", f"b={HEX} until=2027-12-31"]),
        ("trusted_keys", [f"key_{number}={HEX}" for number in range(65)]),
        ("trusted_keys", ["02" + 31 * "00"]),
        ("trusted_keys", [32 * "é"]),
    ],
)
def test_a_value_of_another_type_or_form_is_refused_and_its_field_named(
    name: str, value: object, tmp_path: Path
) -> None:
    error = refused(with_field(name, value), tmp_path)
    assert error.kind == "config.lock_file"
    assert name in error.message


@pytest.mark.parametrize("name", FIELDS)
def test_no_field_may_be_missing(name: str, tmp_path: Path) -> None:
    error = refused(json.dumps({key: value for key, value in FIELDS.items() if key != name}), tmp_path)
    assert error.kind == "config.lock_file"
    assert f"'{name}'" in error.message


def test_a_key_that_no_lock_file_has_is_refused_and_shown_in_part(tmp_path: Path) -> None:
    error = refused(with_field("trusted_key" + "s" * 500, []), tmp_path)
    assert error.kind == "config.lock_file"
    assert "'trusted_keyss" in error.message
    assert len(error.message) < 300 + len(str(tmp_path))


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "is not JSON"),
        (b"\xff\xfe", "is not plain UTF-8"),
        (b"\xef\xbb\xbf" + TEXT.encode(), "is not plain UTF-8: byte order mark"),
        (TEXT.encode("utf-16"), "is not plain UTF-8"),
        (TEXT[:-3].encode(), "is not JSON"),
        (TEXT.encode() * 2, "is not JSON"),
        (b"[]", "is not a JSON object"),
        (b"null", "is not a JSON object"),
        (b"NaN", "is not JSON"),
        (b"[" * 1000, "can be read in two ways: depth over 64"),
        (b'{"a": ' * 1000, "can be read in two ways: depth over 64"),
        (TEXT.replace('"7"', '"7", "policy_version": "1"').encode(), "can be read in two ways: duplicate key"),
        (TEXT.replace("ws_1", "\\ud800").encode(), "can be read in two ways: lone surrogate"),
        (TEXT.replace("1,", "1e0,", 1).encode(), "can be read in two ways: number"),
        (TEXT.encode() + b" " * 65_536, "is over 65,536 bytes"),
    ],
    ids=[
        "empty",
        "not UTF-8",
        "BOM",
        "UTF-16",
        "cut short",
        "twice",
        "a list",
        "null",
        "NaN",
        "deep lists",
        "deep objects",
        "a key twice",
        "half a surrogate pair",
        "an exponent",
        "too large",
    ],
)
def test_bytes_that_are_no_lock_file_are_refused_and_say_why(content: bytes, says: str, tmp_path: Path) -> None:
    error = refused(content, tmp_path)
    assert error.kind == "config.lock_file"
    assert says in error.message


def test_an_unresolved_merge_conflict_has_words_and_a_remedy_of_its_own(tmp_path: Path) -> None:
    both = '<<<<<<< HEAD\n  "policy_version": "7",\n=======\n  "policy_version": "8",\n>>>>>>> main\n'
    error = refused(TEXT.replace('  "policy_version": "7",\n', both), tmp_path)
    assert error.kind == "config.lock_file"
    assert "holds an unresolved merge conflict, at line 9." in error.message
    assert "--update" in error.fix


def test_a_file_that_is_not_there_or_is_none_is_refused_without_waiting(tmp_path: Path) -> None:
    (tmp_path / "real").write_text(TEXT)
    (tmp_path / "link").symlink_to(tmp_path / "real")
    (tmp_path / "nowhere").symlink_to(tmp_path / "none")
    os.mkfifo(tmp_path / "pipe")
    for path, reason in (
        (tmp_path / "none", "cannot be read: No such file or directory"),
        (tmp_path / "link", "is a link, expected the file itself"),
        (tmp_path / "nowhere", "is a link, expected the file itself"),
        (tmp_path / "real" / "x", "cannot be read: Not a directory"),
        (tmp_path, "cannot be read: Is a directory"),
        (tmp_path / "pipe", "is not a regular file"),
        (Path("/dev/zero"), "is not a regular file"),
        (tmp_path / "a\x00b", "cannot be read: its name holds NUL"),
    ):
        with pytest.raises(SettingsError) as caught:
            read_lock(path, accept_test_keys=False)
        assert caught.value.kind == "config.lock_file"
        assert caught.value.message == f"the lock file '{path}' {reason}."


def test_a_weak_or_well_known_key_is_refused_by_its_own_kind_and_a_test_key_accepted_on_request(tmp_path: Path) -> None:
    for key in (32 * "00", RFC_8032):
        error = refused(with_field("trusted_keys", [f"key_1={key}"]), tmp_path)
        assert error.kind == "config.weak_key"
        assert "trusted_keys[0]" in error.message
    content = with_field("trusted_keys", [f"key_1={RFC_8032}"])
    assert read(content, tmp_path, accept_test_keys=True).pins[0].public_key.hex() == RFC_8032


@settings(max_examples=500, deadline=timedelta(seconds=5))
@given(st.data())
def test_any_bytes_are_a_lock_or_a_settings_error(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    start = data.draw(st.integers(0, len(TEXT)))
    end = data.draw(st.integers(start, min(len(TEXT), start + 8)))
    changed = TEXT.encode()[:start] + data.draw(st.binary(max_size=8)) + TEXT.encode()[end:]
    folder = tmp_path_factory.getbasetemp()
    for content in (changed, data.draw(st.binary(max_size=200))):
        with suppress(SettingsError):
            lock = read(content, folder)
            assert read(lock_text(lock), folder) == lock


JSON_VALUES: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=9),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)


@settings(max_examples=300)
@given(name=st.sampled_from([*FIELDS]), value=JSON_VALUES)
def test_any_value_of_any_field_is_part_of_a_lock_or_a_settings_error(
    tmp_path_factory: pytest.TempPathFactory, name: str, value: object
) -> None:
    with suppress(SettingsError):
        assert isinstance(read(with_field(name, value), tmp_path_factory.getbasetemp()), Lock)
