"""Writes a cached policy or a lock file over and over, to be killed at it: a program of its own, which may fork.

Started by its path, with `cache` or `lock` and a folder. For each line on stdin a process is forked that writes
old (0) and new (1) in turn, the one on the line first, until it is killed; its number comes on stdout, and how it ended
once it did.
"""

import os
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import cycle
from pathlib import Path

from sekuire_gate.durable import replace_file
from sekuire_gate.model.secret import Secret
from sekuire_gate.trust.address import policy_address
from sekuire_gate.trust.anchor import LockedVersion, PinnedKey
from sekuire_gate.trust.cache import PolicyCache, keep
from sekuire_gate.trust.ed25519 import fingerprint
from sekuire_gate.trust.lock import Lock, lock_text

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
WHERE = policy_address("https://api.sekuire.ai", "ws_1", allow_loopback_http=False)
API_KEY = Secret("sk_live_0123456789abcdef")
PUBLIC_KEY = bytes(32)  # nobody looks: what is written here is not verified
DOCUMENTS = (b"a" * 1_000_000, b"b" * 900_000)  # long enough that many kills come while one is written


def write_cache(folder: Path, turn: int) -> None:
    """Keep the old policy or the new one, as a run that fetched it does."""
    cache = PolicyCache(folder, NOW + timedelta(hours=turn))
    assert keep(cache, WHERE, API_KEY, DOCUMENTS[turn], fingerprint(PUBLIC_KEY)) == ()


def write_lock(folder: Path, turn: int) -> None:
    """Write the old lock file or the new one, as the command `lock` does."""
    pins = tuple(PinnedKey(f"key_{number}", PUBLIC_KEY) for number in range(5_000))
    locked = LockedVersion(f"{3 + turn}", "ab" * 32)
    lock = Lock(WHERE.workspace_id, WHERE.authority, pins, locked, NOW + timedelta(hours=turn))
    replace_file(folder / "sekuire.lock", lock_text(lock).encode(), mode=0o644)


WRITERS: dict[str, Callable[[Path, int], None]] = {"cache": write_cache, "lock": write_lock}


def main(write: Callable[[Path, int], None], folder: Path) -> None:
    """Fork a writer for each line on stdin."""
    for line in sys.stdin:
        writer = os.fork()
        if writer == 0:
            try:
                for turn in cycle((int(line), 1 - int(line))):
                    write(folder, turn)
            finally:
                os._exit(1)
        print(writer, flush=True)  # noqa: T201 - the answer
        print(os.waitstatus_to_exitcode(os.waitpid(writer, 0)[1]), flush=True)  # noqa: T201 - the answer


if __name__ == "__main__":
    main(WRITERS[sys.argv[1]], Path(sys.argv[2]))
