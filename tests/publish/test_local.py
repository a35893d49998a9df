"""Reports on this machine."""

import io
import os
import stat
from pathlib import Path

import pytest

from sekuire_gate.errors import PublishError
from sekuire_gate.publish.local import to_end_of, to_file, to_outputs, to_stream


def test_a_stream_gets_the_text_at_once() -> None:
    raw = io.BytesIO()
    stream = io.TextIOWrapper(raw, encoding="utf-8", write_through=False)
    to_stream(stream)("a ❌\n")
    assert raw.getvalue() == "a ❌\n".encode()


def test_a_stream_of_another_encoding_gets_escapes_for_what_it_lacks() -> None:
    raw = io.BytesIO()
    stream = io.TextIOWrapper(raw, encoding="ascii")
    to_stream(stream)("é ❌\n")
    assert raw.getvalue() == b"\\xe9 \\u274c\n"


def test_a_reader_who_went_away_is_no_failed_delivery() -> None:
    reader, writer = os.pipe()
    os.close(reader)
    stream = os.fdopen(writer, "w")
    to_stream(stream)("x")
    with pytest.raises(BrokenPipeError):
        stream.close()


def test_a_stream_that_cannot_be_written_to_is_a_failed_delivery() -> None:
    stream = Path("/dev/full").open("w")  # noqa: SIM115 - closing writes once more, and fails once more
    with pytest.raises(PublishError, match="No space left"):
        to_stream(stream)("x")
    with pytest.raises(OSError, match="No space left"):
        stream.close()


def test_a_report_is_written_with_the_folders_that_are_missing(tmp_path: Path) -> None:
    to_file(tmp_path, "a/b/report.json")("{}\n")
    assert (tmp_path / "a/b/report.json").read_bytes() == b"{}\n"
    assert [path.name for path in (tmp_path / "a/b").iterdir()] == ["report.json"]


def test_a_report_replaces_an_older_one_and_leaves_its_hard_links_alone(tmp_path: Path) -> None:
    (tmp_path / "r").write_text("old")
    (tmp_path / "link").hardlink_to(tmp_path / "r")
    to_file(tmp_path, "r")("new")
    assert ((tmp_path / "r").read_text(), (tmp_path / "link").read_text()) == ("new", "old")


def test_a_report_can_be_read_by_the_steps_that_follow(tmp_path: Path) -> None:
    before = os.umask(0o022)
    try:
        to_file(tmp_path, "r")("x")
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "r").stat().st_mode) == 0o644


@pytest.mark.parametrize(
    "path", ["link/report", "link", "folder/link/report"], ids=["above", "itself", "in the middle"]
)
def test_no_link_is_followed_on_the_way(tmp_path: Path, path: str) -> None:
    root, outside = tmp_path / "root", tmp_path / "outside"
    (root / "folder").mkdir(parents=True)
    outside.mkdir()
    (root / "link").symlink_to(outside)
    (root / "folder/link").symlink_to(outside)
    with pytest.raises(PublishError):
        to_file(root, path)("x")
    assert list(outside.iterdir()) == []
    assert (root / "link").is_symlink()


@pytest.mark.parametrize("path", ["folder", "fifo", "file/r", "../r", "/r", "a/../../r", "..", ""], ids=repr)
def test_what_is_not_a_file_below_the_root_is_refused(tmp_path: Path, path: str) -> None:
    root = tmp_path / "root"
    (root / "folder").mkdir(parents=True)
    os.mkfifo(root / "fifo")
    (root / "file").write_text("kept")
    with pytest.raises(PublishError) as caught:
        to_file(root, path)("x")
    assert caught.value.kind == "publish.failed"
    assert sorted(each.name for each in root.iterdir()) == ["fifo", "file", "folder"]
    assert list(tmp_path.iterdir()) == [root]


def test_a_failed_report_leaves_the_old_one_and_nothing_else(tmp_path: Path) -> None:
    (tmp_path / "r").write_text("old")
    with pytest.raises(PublishError):
        to_file(tmp_path, "r")("lone \ud800")
    assert [(path.name, path.read_text()) for path in tmp_path.iterdir()] == [("r", "old")]


def test_the_summary_is_appended_to_what_is_there(tmp_path: Path) -> None:
    (tmp_path / "summary").write_text("before\n")
    to_end_of(tmp_path / "summary")("after ✅\n")
    assert (tmp_path / "summary").read_bytes() == "before\nafter ✅\n".encode()


def test_a_summary_that_cannot_be_written_is_a_failed_delivery(tmp_path: Path) -> None:
    with pytest.raises(PublishError, match="No such file"):
        to_end_of(tmp_path / "missing" / "summary")("x")


def test_outputs_stand_between_random_delimiters_and_the_last_line_ends(tmp_path: Path) -> None:
    path = tmp_path / "output"
    path.write_text("earlier=1\n")
    to_outputs(path)({"verdict": "pass", "errors": ""})
    lines = path.read_bytes().decode().split("\n")
    first, second = lines[1].split("<<"), lines[4].split("<<")
    assert lines == ["earlier=1", lines[1], "pass", first[1], lines[4], "", second[1], ""]
    assert (first[0], second[0]) == ("verdict", "errors")
    assert first[1].startswith("ghadelimiter_")
    assert first[1] != second[1]
