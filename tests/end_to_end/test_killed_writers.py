"""A kill at any moment: the old cached policy or lock file, or the new one, never another."""

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from sekuire_gate.durable import ABANDONED_SECONDS
from tests.support import writers
from tests.support.writers import WRITERS

KILLS = 200


@pytest.mark.parametrize("name", WRITERS)
def test_a_kill_at_any_moment_leaves_the_old_file_or_the_new_one_and_the_next_write_works(
    name: str, tmp_path: Path
) -> None:
    whole = [written(name, tmp_path / "whole", turn) for turn in (0, 1)]
    folder = tmp_path / "folder"
    folder.mkdir()
    assert written(name, folder, 0) == whole[0]
    (path,) = folder.iterdir()
    moments = random.Random(20260102)
    found: list[bytes] = []
    command = (sys.executable, writers.__file__, name, str(folder))
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        for number in range(KILLS):
            print(number % 2, file=process.stdin, flush=True)
            writer = int(process.stdout.readline())
            time.sleep(moments.uniform(0.0, 0.04))
            os.kill(writer, signal.SIGKILL)
            assert process.stdout.readline().strip() == str(-signal.SIGKILL)
            found.append(path.read_bytes())
        process.stdin.close()
    assert [data for data in found if data not in whole] == []
    assert set(found) == set(whole)
    left_behind = [left for left in folder.iterdir() if left != path]
    assert left_behind, "some kills came in the middle of writing"
    for left in left_behind:
        long_ago = left.stat().st_mtime - ABANDONED_SECONDS - 60
        os.utime(left, (long_ago, long_ago))
    assert written(name, folder, 1) == whole[1]
    assert list(folder.iterdir()) == [path]


def written(name: str, folder: Path, turn: int) -> bytes:
    """Write the file once, whole, and return it."""
    folder.mkdir(exist_ok=True)
    WRITERS[name](folder, turn)
    (path,) = (path for path in folder.iterdir() if not path.name.endswith(".tmp"))
    return path.read_bytes()
