"""Throw hostile bytes at every door for a while, and keep what comes out wrong.

    .venv/bin/python tests/fuzz/run.py SECONDS [--seed N] [--door NAME]

A find is written to tests/fuzz/finds/DOOR-HASH, where `make test` throws it again. Ends with 1 if there was any.
"""

import argparse
import random
import sys
import tempfile
import time
from collections import Counter
from hashlib import sha256
from pathlib import Path
from types import ModuleType

TESTS = Path(__file__).parents[1]
FINDS = Path(__file__).parent / "finds"
ROUND = 20  # bytes for a door before it is the next one's turn


def main() -> int:
    """Run for as long as is asked."""
    _find_our_tests()
    from tests.fuzz.doors import all_doors

    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("seconds", type=float, help="how long")
    parser.add_argument("--seed", type=int, default=time.time_ns(), help="to have the same bytes again (default: new)")
    parser.add_argument("--door", help="one door only (default: each in turn)")
    asked = parser.parse_args()
    source = random.Random(asked.seed)
    thrown: Counter[str] = Counter()
    found: Counter[str] = Counter()
    end = time.monotonic() + asked.seconds
    with tempfile.TemporaryDirectory() as folder, all_doors(Path(folder)) as doors:
        chosen = [door for door in doors if asked.door in {None, door.name}]
        while chosen and time.monotonic() < end:
            for door in chosen:
                for _ in range(ROUND):
                    data = door.hostile(source)
                    thrown[door.name] += 1
                    if wrong := door.find(data):
                        found[door.name] += 1
                        say(f"{keep(door.name, data)}\n{wrong}")
    say(f"seed {asked.seed}")
    for name, count in thrown.items():
        say(f"{name:<14}{count:>10,} thrown{found[name]:>8,} found")
    say(f"{'together':<14}{thrown.total():>10,} thrown{found.total():>8,} found")
    return 1 if found else 0


def say(line: str) -> None:
    """Write a line at once."""
    print(line, flush=True)  # noqa: T201 - a script that tells what it does


def _find_our_tests() -> None:
    """Let `tests` be this folder's: actions-toolkit installs a package of that name, which would be found first."""
    package = ModuleType("tests")
    package.__path__ = [str(TESTS)]
    sys.modules["tests"] = package


def keep(name: str, data: bytes) -> Path:
    """Save the bytes of a find, for the door of this name."""
    path = FINDS / f"{name}-{sha256(data).hexdigest()[:16]}"
    FINDS.mkdir(exist_ok=True)
    path.write_bytes(data)
    return path


if __name__ == "__main__":
    sys.exit(main())
