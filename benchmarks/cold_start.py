"""How long a whole `check` takes from a cold start, as a multiple of an interpreter that does nothing.

Each round runs every case once, in an order that turns from round to round, so that what else the machine does falls
on all of them alike; a ratio is taken within its round. Prints a table, then where the imports' time goes.
"""

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

EXAMPLES = Path(__file__).parents[1] / "examples"
GATE = (sys.executable, "-I", "-m", "sekuire_gate")
BARE = "python -I -c pass"
API_KEY = "sk_bench_0123456789"
PASS, VIOLATION = 0, 1

Cases = Mapping[str, tuple[tuple[str, ...], int]]  # name → command, and the exit code that it must have


def main() -> None:
    """Measure, and print the table and the imports."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=40, help="how often each case runs (default: 40)")
    rounds = parser.parse_args().rounds
    with tempfile.TemporaryDirectory() as folder, served(Path(folder)) as (url, pin):
        known = cases(Path(folder) / "workspace/policies/1.json", url, pin)
        print(table(measure(known, rounds)))
        command, _ = known["check, policy fetched, one definition"]
        print(f"\n{imports(command)}")


@contextmanager
def served(folder: Path) -> Iterator[tuple[str, str]]:
    """Serve the policy of the examples; give the address and the pin."""
    workspace = str(folder / "workspace")
    gate("workspace", "init", workspace, "--workspace", "ws_bench")
    gate("workspace", "publish", workspace, str(EXAMPLES / "policy.json"))
    pin = gate("workspace", "key", workspace).strip()
    command = (*GATE, "workspace", "serve", workspace, "--require-key")
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=environment(), text=True
    ) as server:
        if server.stdout is None:
            raise AssertionError
        yield server.stdout.readline().strip().removeprefix("listening on "), pin
        server.terminate()


def cases(policy: Path, url: str, pin: str) -> Cases:
    """Name what is measured."""
    saved = (*GATE, "check", "--policy", str(policy), "--trusted-key", pin)
    fetched = (
        *(*GATE, "check", "--backend", url, "--allow-loopback-http"),
        *("--workspace", "ws_bench", "--trusted-key", pin),
    )
    one = ("--root", str(EXAMPLES / "agents/researcher"))
    every = ("--root", str(EXAMPLES))
    return {
        BARE: ((sys.executable, "-I", "-c", "pass"), PASS),
        "sekuire-gate --version": ((*GATE, "--version"), PASS),
        "check, policy from a file, one definition": ((*saved, *one), PASS),
        "check, policy from a file, ten definitions": ((*saved, *every), VIOLATION),
        "check, policy fetched, one definition": ((*fetched, *one), PASS),
        "check, policy fetched, ten definitions": ((*fetched, *every), VIOLATION),
    }


def measure(known: Cases, rounds: int) -> dict[str, list[float]]:
    """Run every case once a round; give the seconds of each."""
    names = list(known)
    seconds: dict[str, list[float]] = {name: [] for name in names}
    for name in names:  # once unmeasured: byte code and the disk's cache
        timed(*known[name])
    for turn in range(rounds):
        first = turn % len(names)
        for name in (*names[first:], *names[:first]):
            seconds[name].append(timed(*known[name]))
    return seconds


def timed(command: Sequence[str], expected: int) -> float:
    """Give the seconds of one whole process; another exit code than expected ends the benchmark."""
    begun = time.perf_counter()
    done = subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, env=environment(), check=False)
    took = time.perf_counter() - begun
    if done.returncode != expected:
        sys.exit(f"{' '.join(command)}\nexit {done.returncode}, expected {expected}\n{done.stderr.decode()}")
    return took


def table(seconds: Mapping[str, Sequence[float]]) -> str:
    """Write medians, spread and ratios as a Markdown table."""
    rows = ["| case | median | fastest | times bare |", "|---|---|---|---|"]
    for name, taken in seconds.items():
        ratio = statistics.median(mine / bare for mine, bare in zip(taken, seconds[BARE], strict=True))
        rows.append(f"| {name} | {statistics.median(taken) * 1000:.1f} ms | {min(taken) * 1000:.1f} ms | {ratio:.1f} |")
    return "\n".join(rows)


def imports(command: Sequence[str], shown: int = 12) -> str:
    """Write where the time of the imports goes, by top-level package, as a Markdown table."""
    traced = (command[0], "-X", "importtime", *command[1:])
    lines = subprocess.run(traced, capture_output=True, text=True, env=environment(), check=False).stderr.splitlines()
    own: dict[str, int] = defaultdict(int)
    count: dict[str, int] = defaultdict(int)
    for line in lines:
        fields = line.removeprefix("import time:").split("|")
        if line.startswith("import time:") and fields[0].strip().isdigit():
            package = fields[2].strip().partition(".")[0]
            own[package] += int(fields[0])
            count[package] += 1
    heaviest = sorted(own, key=lambda name: own[name], reverse=True)[:shown]
    rows = [f"| {name} | {count[name]} | {own[name] / 1000:.1f} ms |" for name in heaviest]
    whole = f"| all | {sum(count.values())} | {sum(own.values()) / 1000:.1f} ms |"
    return "\n".join(("| package | modules | own time under `-X importtime` |", "|---|---|---|", *rows, whole))


def gate(*arguments: str) -> str:
    """Run the gate and give its stdout."""
    return subprocess.run((*GATE, *arguments), capture_output=True, text=True, env=environment(), check=True).stdout


def environment() -> dict[str, str]:
    """Only what a process needs, and the key."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "TMPDIR") if name in os.environ}
    return {**kept, "SEKUIRE_API_KEY": API_KEY}


if __name__ == "__main__":
    main()
