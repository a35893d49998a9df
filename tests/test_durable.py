"""A file is replaced in one step."""

import os
import stat
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from sekuire_gate.durable import ABANDONED_SECONDS, make_folder, replace_file


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


@pytest.mark.parametrize("umask", [0o000, 0o077], ids=["an open umask", "a strict umask"])
@pytest.mark.parametrize("mode", [0o600, 0o644], ids=["its owner alone", "everybody"])
def test_the_new_file_has_the_whole_data_and_the_mode_that_was_asked_for(mode: int, umask: int, tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"old and longer")
    path.chmod(0o666)
    before = os.umask(umask)
    try:
        replace_file(path, b"new", mode=mode)
    finally:
        os.umask(before)
    assert path.read_bytes() == b"new"
    assert stat.S_IMODE(path.stat().st_mode) == mode
    assert names(tmp_path) == ["file"]


def test_without_a_mode_only_its_owner_may_read_it(tmp_path: Path) -> None:
    replace_file(tmp_path / "file", b"")
    assert stat.S_IMODE((tmp_path / "file").stat().st_mode) == 0o600


@pytest.mark.parametrize("leads_to", ["target", "nowhere"])
def test_a_link_is_replaced_and_not_followed(leads_to: str, tmp_path: Path) -> None:
    (tmp_path / "target").write_bytes(b"not ours")
    path = tmp_path / "folder" / "file"
    path.parent.mkdir()
    path.symlink_to(tmp_path / leads_to)
    replace_file(path, b"new")
    assert (path.is_symlink(), path.read_bytes()) == (False, b"new")
    assert (tmp_path / "target").read_bytes() == b"not ours"
    assert names(tmp_path) == ["folder", "target"]


def test_a_file_that_others_share_by_a_hard_link_keeps_what_it_holds(tmp_path: Path) -> None:
    (tmp_path / "other").write_bytes(b"shared")
    os.link(tmp_path / "other", tmp_path / "file")
    replace_file(tmp_path / "file", b"new")
    assert (tmp_path / "other").read_bytes() == b"shared"


def test_a_full_disk_leaves_the_old_file_and_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"old")
    program = (
        "import resource, signal, sys\n"
        "from pathlib import Path\n"
        "from sekuire_gate.durable import replace_file\n"
        # The system then refuses to write more, as a full disk does.
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, resource.RLIM_INFINITY))\n"
        "try:\n"
        "    replace_file(Path(sys.argv[1]), bytes(200_000))\n"
        "except OSError as error:\n"
        "    print(error.strerror)\n"
    )
    done = subprocess.run([sys.executable, "-c", program, str(path)], capture_output=True, text=True, check=True)
    assert done.stdout == "File too large\n"
    assert path.read_bytes() == b"old"
    assert names(tmp_path) == ["file"]


def test_what_cannot_be_replaced_stays_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    with pytest.raises(OSError, match="Is a directory"):
        replace_file(tmp_path / "folder", b"new")
    with pytest.raises(OSError, match="No such file"):
        replace_file(tmp_path / "none" / "file", b"new")
    with pytest.raises(ValueError, match="null byte"):
        replace_file(tmp_path / "a\x00b", b"new")
    assert names(tmp_path) == ["folder"]


@pytest.mark.skipif(os.geteuid() != 0, reason="only the superuser can give files away")
def test_what_the_superuser_of_a_container_makes_belongs_to_the_owner_of_the_checkout(tmp_path: Path) -> None:
    checkout = tmp_path / "checkout"
    checkout.mkdir()
    os.chown(checkout, 1001, 1002)
    make_folder(checkout / "cache" / "below")
    replace_file(checkout / "cache" / "below" / "file", b"new")
    made = [checkout / "cache", checkout / "cache" / "below", checkout / "cache" / "below" / "file"]
    assert [(path.stat().st_uid, path.stat().st_gid) for path in made] == [(1001, 1002)] * 3
    assert [stat.S_IMODE(path.stat().st_mode) for path in made] == [0o700, 0o700, 0o600]


def test_a_folder_that_is_there_stays_as_it_is_even_behind_a_link(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir(mode=0o755)
    (tmp_path / "link").symlink_to("folder")
    make_folder(tmp_path / "folder")
    make_folder(tmp_path / "link")
    make_folder(tmp_path / "link" / "below")
    assert stat.S_IMODE((tmp_path / "folder").stat().st_mode) == 0o755
    assert stat.S_IMODE((tmp_path / "folder" / "below").stat().st_mode) == 0o700


def test_a_folder_below_thousands_that_are_missing_is_made_or_an_error_of_the_system(tmp_path: Path) -> None:
    deep = tmp_path / "/".join("d" * 1_900)
    make_folder(deep)
    assert deep.is_dir()
    with pytest.raises(OSError, match="File name too long"):
        make_folder(tmp_path / "/".join("e" * 3_000))
    assert names(tmp_path) == ["d"]
    # Where the test's own cleaning up would recurse.
    while deep != tmp_path:
        deep.rmdir()
        deep = deep.parent


def test_a_folder_that_cannot_be_made_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    (tmp_path / "link").symlink_to("nowhere")
    for name in ("file", "link"):
        with pytest.raises(FileExistsError):
            make_folder(tmp_path / name)
        with pytest.raises(OSError, match=r"File exists"):
            make_folder(tmp_path / name / "below")
    with pytest.raises(ValueError, match="null byte"):
        make_folder(tmp_path / "a\x00b")


def test_what_a_killed_writer_has_left_is_taken_away_once_it_is_old(tmp_path: Path) -> None:
    for name in (".sekuire-old.tmp", ".sekuire-new.tmp", ".sekuire-old.json", "old.tmp"):
        (tmp_path / name).write_bytes(b"torn")
    (tmp_path / ".sekuire-folder.tmp").mkdir()
    for path in tmp_path.iterdir():
        if "new" not in path.name:
            long_ago = path.stat().st_mtime - ABANDONED_SECONDS - 60
            os.utime(path, (long_ago, long_ago))
    replace_file(tmp_path / "file", b"new")
    # Another writer's young one, and what only looks alike.
    assert names(tmp_path) == [".sekuire-folder.tmp", ".sekuire-new.tmp", ".sekuire-old.json", "file", "old.tmp"]


def test_of_writers_at_once_one_has_its_way_wholly(tmp_path: Path) -> None:
    path = tmp_path / "file"
    whole = [bytes([number]) * 50_000 for number in range(4)]

    def write(data: bytes) -> None:
        for _ in range(20):
            replace_file(path, data)
            assert path.read_bytes() in whole

    threads = [threading.Thread(target=write, args=(data,)) for data in whole]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert path.read_bytes() in whole
    assert names(tmp_path) == ["file"]
