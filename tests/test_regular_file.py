"""Files that a stranger may have put there."""

import errno
import os
from pathlib import Path

import pytest

from sekuire_gate.regular_file import read_regular_file


def test_of_a_file_over_the_limit_one_byte_more_is_returned_and_of_a_smaller_one_all(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"0123456789")
    assert read_regular_file(path, 10) == b"0123456789"
    assert read_regular_file(path, 4) == b"01234"


def test_what_is_no_regular_file_is_nothing_and_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    assert read_regular_file(tmp_path / "pipe", 10) is None
    assert read_regular_file(Path(os.devnull), 10) is None


def test_a_link_is_followed_or_an_error_of_the_system_as_the_caller_asks(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"x")
    (tmp_path / "link").symlink_to("file")
    assert read_regular_file(tmp_path / "link", 10) == b"x"
    with pytest.raises(OSError, match="symbolic links") as caught:
        read_regular_file(tmp_path / "link", 10, follow_links=False)
    assert caught.value.errno == errno.ELOOP
