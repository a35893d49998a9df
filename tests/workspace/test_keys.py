"""The workspace's key: made, kept, and never shown."""

import stat
from pathlib import Path

import pytest

from sekuire_gate.errors import SettingsError
from sekuire_gate.workspace.keys import WorkspaceKey, load_key
from tests.support.workspace import KNOWN_PUBLIC_KEY as PUBLIC
from tests.support.workspace import KNOWN_SEED as SEED

# RFC 8032, 7.1, test 1.
EMPTY_SIGNED = (
    "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e06522490155"
    "5fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b"
)


def test_a_saved_key_is_the_same_key_when_read(tmp_path: Path) -> None:
    key = WorkspaceKey.generate()
    key.save(tmp_path / "key")
    loaded = load_key(tmp_path / "key")
    assert (loaded.key_id, loaded.public_key, loaded.pin) == (key.key_id, key.public_key, key.pin)
    assert loaded.sign(b"x") == key.sign(b"x")


def test_a_known_seed_gives_the_known_key_and_signature(tmp_path: Path) -> None:
    (tmp_path / "key").write_text(f"{SEED}\n")
    key = load_key(tmp_path / "key")
    assert key.public_key.hex() == PUBLIC
    assert key.sign(b"").hex() == EMPTY_SIGNED
    assert key.pin == f"key_21fe31dfa154a261={PUBLIC}"


def test_the_key_file_is_for_its_owner_alone_and_is_never_replaced(tmp_path: Path) -> None:
    path = tmp_path / "key"
    WorkspaceKey.generate().save(path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    before = path.read_bytes()
    with pytest.raises(FileExistsError):
        WorkspaceKey.generate().save(path)
    assert path.read_bytes() == before


def test_a_key_does_not_show_its_secret_half(tmp_path: Path) -> None:
    (tmp_path / "key").write_text(SEED)
    key = load_key(tmp_path / "key")
    assert repr(key) == "WorkspaceKey(key_21fe31dfa154a261)"
    assert SEED not in f"{key} {key!r}"


@pytest.mark.parametrize(
    "text",
    ["", SEED[:-1], SEED.upper(), f"{SEED}\n\n", f" {SEED}", f"{SEED}00", "key", SEED[:-1] + "g", SEED + "\n" * 500],
    ids=["empty", "short", "upper case", "two line ends", "blank", "long", "word", "no hex", "very long"],
)
def test_a_file_that_holds_anything_else_is_no_key_and_is_not_repeated(text: str, tmp_path: Path) -> None:
    (tmp_path / "key").write_text(text)
    with pytest.raises(SettingsError) as caught:
        load_key(tmp_path / "key")
    assert caught.value.kind == "config.workspace"
    assert SEED[:20] not in caught.value.message.lower()


def test_a_missing_key_names_what_makes_one(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="No such file") as caught:
        load_key(tmp_path / "key")
    assert "workspace init" in caught.value.fix
