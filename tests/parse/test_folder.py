"""Files below the root, and nothing else, whatever lies there."""

import os
import socket
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sekuire_gate.errors import DefinitionError
from sekuire_gate.parse.folder import EntryKind, Folder, shown_path

LIMIT = 100  # bytes


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A root with one of everything, beside a secret that it must not lead to."""
    (tmp_path / "secret").write_text("secret")
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside" / "file").write_text("outside")
    root = tmp_path / "root"
    (root / "a" / "b").mkdir(parents=True)
    (root / "a" / "b" / "file").write_text("content")
    (root / "a" / "link").symlink_to("b/file")
    (root / "a" / "out").symlink_to(tmp_path / "secret")
    (root / "a" / "dangling").symlink_to("nowhere")
    (root / "folder-link").symlink_to("a")
    (root / "outside-link").symlink_to(tmp_path / "outside")
    os.mkfifo(root / "pipe")
    (root / "exact").write_bytes(b"x" * LIMIT)
    (root / "large").write_bytes(b"x" * (LIMIT + 1))
    (root / ".git").mkdir()
    (root / ".hidden").mkdir()
    return root


@pytest.mark.parametrize("path", ["a/b/file", "./a//b/./file", "a/b/../b/file", "a/../a/b/file"])
def test_a_file_below_the_root_is_read(root: Path, path: str) -> None:
    assert Folder(root).read(path, limit=LIMIT) == b"content"


def test_a_file_as_large_as_the_limit_is_read(root: Path) -> None:
    assert len(Folder(root).read("exact", limit=LIMIT)) == LIMIT


def test_the_root_itself_may_be_a_link(root: Path) -> None:
    (root.parent / "named").symlink_to(root)
    assert Folder(root.parent / "named").read("a/b/file", limit=LIMIT) == b"content"


REFUSED = {
    "a link to a file": ("a/link", "symlink"),
    "a link out": ("a/out", "symlink"),
    "a link to nothing": ("a/dangling", "symlink"),
    "a link to a folder": ("folder-link", "symlink"),
    "behind a link": ("folder-link/b/file", "symlink"),
    "behind a link out": ("outside-link/file", "symlink"),
    "up again behind a link": ("outside-link/../a/b/file", "symlink"),
    "above the root": ("../secret", "outside_root"),
    "above the root and back": ("../root/a/b/file", "outside_root"),
    "further up than down": ("a/../../secret", "outside_root"),
    "absolute": ("/etc/passwd", "outside_root"),
    "a folder": ("a/b", "not_regular"),
    "the root": (".", "not_regular"),
    "a folder by its parent": ("a/b/..", "not_regular"),
    "nothing written": ("", "not_regular"),
    "a pipe": ("pipe", "not_regular"),
    "missing": ("nowhere", "not_regular"),
    "missing folder": ("nowhere/file", "not_regular"),
    "below a file": ("a/b/file/x", "not_regular"),
    "a name too long": ("x" * 300, "not_regular"),
    "NUL in a name": ("a\0b", "not_regular"),
    "a lone surrogate": ("\ud800", "not_regular"),
    "too large": ("large", "too_large"),
}


@pytest.mark.parametrize(("path", "kind"), REFUSED.values(), ids=REFUSED)
def test_what_is_no_file_below_the_root_is_refused_by_its_path(root: Path, path: str, kind: str) -> None:
    with pytest.raises(DefinitionError) as caught:
        Folder(root).read(path, limit=LIMIT)
    assert caught.value.kind == f"definition.{kind}"
    assert str(caught.value.at) == f"{shown_path(path)}:1:1"
    assert "secret'" in caught.value.message or "secret" not in caught.value.message


def test_a_device_is_refused() -> None:
    with pytest.raises(DefinitionError, match="device"):
        Folder(Path("/dev")).read("zero", limit=LIMIT)


def test_a_socket_is_refused(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(root)  # the name of a socket has to be short
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind("socket")
        with pytest.raises(DefinitionError, match="socket"):
            Folder(root).read("socket", limit=LIMIT)


def test_what_has_no_size_is_still_read_to_the_limit_only() -> None:
    with pytest.raises(DefinitionError) as caught:
        Folder(Path("/proc/self")).read("status", limit=LIMIT)
    assert caught.value.kind == "definition.too_large"


def test_a_file_that_fails_while_it_is_read_gets_an_answer() -> None:
    with pytest.raises(DefinitionError, match="cannot be read") as caught:
        Folder(Path("/proc/self")).read("mem", limit=LIMIT)
    assert caught.value.kind == "definition.not_regular"


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_without_permission_gets_an_answer(root: Path) -> None:
    (root / "exact").chmod(0)
    with pytest.raises(DefinitionError, match="Permission denied"):
        Folder(root).read("exact", limit=LIMIT)


def test_a_root_that_is_none_gets_an_answer(root: Path) -> None:
    with pytest.raises(DefinitionError):
        Folder(root / "nowhere").read("a", limit=LIMIT)


def test_no_handle_stays_open(root: Path) -> None:
    before = len(list(Path("/proc/self/fd").iterdir()))
    folder = Folder(root)
    for path in ("a/b/file", "a/b/../b/file", "a/link", "nowhere/x", "pipe", "large"):
        try:
            folder.read(path, limit=LIMIT)
        except DefinitionError:
            continue
    folder.entries("a")
    assert len(list(Path("/proc/self/fd").iterdir())) == before


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("a", EntryKind.FOLDER),
        ("", EntryKind.FOLDER),
        ("a/b/file", EntryKind.FILE),
        ("a/link", EntryKind.LINK),
        ("pipe", EntryKind.OTHER),
        ("nowhere/file", None),
        ("a/b/file/x", None),
        ("x" * 300, None),
    ],
)
def test_a_path_is_of_a_kind_or_nothing(root: Path, path: str, kind: EntryKind | None) -> None:
    assert Folder(root).kind(path) is kind


@pytest.mark.parametrize(("path", "kind"), [("folder-link/b", "symlink"), ("../x", "outside_root")])
def test_a_path_of_no_kind_is_refused(root: Path, path: str, kind: str) -> None:
    with pytest.raises(DefinitionError) as caught:
        Folder(root).kind(path)
    assert caught.value.kind == f"definition.{kind}"


def test_a_folder_lists_what_lies_in_it_by_name_and_leaves_out_git(root: Path) -> None:
    found = [(entry.path, entry.kind) for entry in Folder(root).entries("")]
    assert found == [
        (".hidden", EntryKind.FOLDER),
        ("a", EntryKind.FOLDER),
        ("exact", EntryKind.FILE),
        ("folder-link", EntryKind.LINK),
        ("large", EntryKind.FILE),
        ("outside-link", EntryKind.LINK),
        ("pipe", EntryKind.OTHER),
    ]
    assert [entry.path for entry in Folder(root).entries("a/b")] == ["a/b/file"]


@pytest.mark.parametrize("path", ["folder-link", "outside-link", "nowhere", "exact", ".."])
def test_what_is_no_folder_below_the_root_is_not_listed(root: Path, path: str) -> None:
    with pytest.raises(DefinitionError):
        Folder(root).entries(path)


def test_a_name_that_is_no_text_can_be_listed_and_read(root: Path) -> None:
    (root / os.fsdecode(b"caf\xe9")).write_text("x")
    found = next(entry.path for entry in Folder(root).entries("") if entry.path.startswith("caf"))
    assert Folder(root).read(found, limit=LIMIT) == b"x"
    assert shown_path(found) == "caf\\xe9"


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Folder:
    return Folder(tmp_path_factory.mktemp("small"))


@given(path=st.text(max_size=40) | st.text(st.sampled_from("./a\0\ud800\udcff~"), max_size=12))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_path_is_read_or_refused_with_a_text_that_reports_can_hold(small: Folder, path: str) -> None:
    with pytest.raises(DefinitionError) as caught:
        small.read(path, limit=LIMIT)
    assert caught.value.message.encode()
    assert caught.value.at
    assert caught.value.at.path.encode() is not None


@pytest.mark.parametrize(
    ("link", "target"),
    [("folder-link", "a"), ("a/link", None), ("a/out", None), ("a/dangling", None), ("up", ""), ("loop", None)],
)
def test_a_link_to_a_folder_says_where_it_leads(root: Path, link: str, target: str | None) -> None:
    (root / "up").symlink_to(".")
    (root / "loop").symlink_to("loop")
    (root.parent / "named").symlink_to(root)
    assert Folder(root).behind(link) == target
    assert Folder(root.parent / "named").behind(link) == target


def test_of_a_folder_outside_only_names_are_seen(root: Path) -> None:
    (root.parent / "outside" / "folder").mkdir()
    assert Folder(root).behind("outside-link") == str(root.parent / "outside")
    assert Folder(root).names_behind("outside-link") == ("file",)


def test_a_root_lies_in_the_repository_around_it_or_is_one_by_itself(root: Path) -> None:
    def around(folder: Path) -> tuple[list[str], str]:
        repository, path = Folder(folder).repository()
        return [entry.path for entry in repository.entries("")][:2], path

    assert around(root) == ([".hidden", "a"], "")
    assert around(root / "a" / "b") == ([".hidden", "a"], "a/b")
    assert around(root / "folder-link") == ([".hidden", "a"], "a")
    assert around(root.parent / "outside") == (["file"], "")
