"""What a hostile server costs the machine that the gate runs on: memory, time, and the documented exit code."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from sekuire_gate.workspace import faults, floods
from sekuire_gate.workspace.faults import Fault
from tests.support.gate import GATE
from tests.support.hostile import KEY, SLACK
from tests.support.signing import as_bytes, public_key, signed_document
from tests.support.workspace import ServedWorkspace, served_workspace

MIB = 1_048_576
MAX_MEMORY = 150 * MIB
TIMEOUT = 2  # seconds for the fetch
MAX_CPU = 4.0  # seconds of the processor, twice of what the costliest takes
MAX_SECONDS = 30.0  # by the clock, which runs on while a busy machine does other things

# A process takes over the peak of whoever starts it, so that is a small one of its own, not the test.
MEASURE = """
import json, os, sys
process = os.posix_spawn(sys.argv[1], sys.argv[1:], os.environ)
_, status, usage = os.wait4(process, 0)
print(json.dumps([os.waitstatus_to_exitcode(status), usage.ru_maxrss, usage.ru_utime + usage.ru_stime]))
"""
BYTES = 1 if sys.platform == "darwin" else 1_024  # of the unit in which the system counts memory

DOCUMENT = as_bytes(signed_document()).decode()


def filled(piece: str, end: str = "") -> Fault:
    """Serve a signed document with one more field, a list of so many pieces that the whole is 1 MiB."""
    start = f'{DOCUMENT.removesuffix("}")}, "extra": ['
    room = MIB - len(start) - len(end) - 2
    return faults.document(f"{start}{piece * (room // len(piece))}{end}]}}".encode())


# One wide character makes all of the text wide; not too deep, the lists are read up to the end, which is missing.
NESTED = '{"a":["\N{GRINNING FACE}",'.encode() + b",".join(8_380 * [b"[" * 62 + b"]" * 62])

COSTLY: dict[str, tuple[Callable[[], Fault], int, str]] = {
    "a body without end": (faults.endless_body, 4, "fetch.too_large"),
    "an outage's body without end": (lambda: faults.endless_body(503), 4, "fetch.server_error"),
    "a chunk without end": (floods.chunk, 4, "fetch.too_large"),
    "a gzip bomb": (faults.gzip_bomb, 4, "fetch.content_encoding"),
    "a gzip bomb that does not say so": (lambda: faults.gzip_bomb(encoding=None), 4, "fetch.bad_body"),
    "headers without end": (floods.headers, 4, "fetch.protocol"),
    "early hints without end": (floods.hints, 4, "fetch.protocol"),
    "chunk extensions without end": (floods.chunk_extensions, 4, "fetch.timeout"),
    "trailers without end": (floods.trailers, 4, "fetch.protocol"),
    "1 MiB of white space": (lambda: faults.document(b" " * MIB), 4, "fetch.bad_body"),
    "1 MiB of open lists": (lambda: faults.document(b"[" * MIB), 4, "fetch.bad_body"),
    "1 MiB of open lists in a field": (lambda: filled("["), 3, "policy.ambiguous"),
    "1 MiB of open objects in a field": (lambda: filled('{"":'), 3, "policy.ambiguous"),
    "1 MiB of digits": (lambda: filled("9"), 3, "policy.ambiguous"),
    "1 MiB of numbers": (lambda: filled("0,", "0"), 3, "policy.ambiguous"),
    "1 MiB of empty objects": (lambda: filled("{},", "{}"), 3, "policy.ambiguous"),
    "1 MiB of escapes": (lambda: faults.document(b'"' + rb"\u00e9" * (MIB // 6 - 1) + b'"'), 4, "fetch.bad_body"),
    "1 MiB of nested lists behind a text of wide characters": (lambda: faults.document(NESTED), 4, "fetch.bad_body"),
    "1 MiB of nested lists in a field": (lambda: filled(f"{'[' * 62}{']' * 62},", "0"), 3, "policy.ambiguous"),
    "a policy of 1 MiB": (lambda: filled('"12345678",', '""'), 0, ""),
}


@dataclass(frozen=True)
class Cost:
    """What a run of the gate came to."""

    exit_code: int
    memory: int  # bytes, at its peak
    cpu: float  # seconds of the processor: what others do on this machine is not in there
    seconds: float  # by the clock


def run_measured(served: ServedWorkspace, command: tuple[str, ...], cwd: Path) -> Cost:
    """Run a command of the gate against a server, and measure it."""
    transport = ("--backend", served.url, "--allow-loopback-http", "--workspace", "ws_1", "--timeout", str(TIMEOUT))
    started = time.monotonic()
    done = subprocess.run(
        [sys.executable, "-I", "-S", "-c", MEASURE, *GATE, *command, *transport, "--trusted-key", public_key().hex()],
        cwd=cwd,
        env={"PATH": os.environ["PATH"], "SEKUIRE_API_KEY": KEY},
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
        timeout=60,
        check=True,
    )
    seconds = time.monotonic() - started
    exit_code, peak, cpu = json.loads(done.stdout.splitlines()[-1])
    assert "Traceback" not in done.stderr
    return Cost(exit_code, peak * BYTES, cpu, seconds)


def assert_bounded(cost: Cost, kind: str) -> None:
    """Hold the cost against its bounds; where it is the deadline that ends the fetch, by the clock too."""
    assert cost.memory < MAX_MEMORY, f"{cost.memory / MIB:.0f} MiB"
    assert cost.cpu < MAX_CPU, f"{cost.cpu:.1f} seconds of the processor"
    assert cost.seconds <= (TIMEOUT + SLACK if kind == "fetch.timeout" else MAX_SECONDS)


@pytest.mark.parametrize(("fault", "exit_code", "kind"), COSTLY.values(), ids=COSTLY)
def test_no_server_makes_a_check_large_or_late(
    fault: Callable[[], Fault], exit_code: int, kind: str, tmp_path: Path
) -> None:
    repo = tmp_path / "repo"
    repo.mkdir()
    (repo / "sekuire.yml").write_text("llm: {provider: openai, model: gpt-4o}\n")
    with served_workspace(tmp_path, faults=[fault()], workspace_id="ws_1") as served:
        cost = run_measured(served, ("check", "--report", "json=report.json"), repo)
    assert_bounded(cost, kind)
    report: dict[str, Any] = json.loads((repo / "report.json").read_text("utf-8"))
    assert cost.exit_code == report["exit_code"] == exit_code
    assert [problem["kind"] for problem in report["problems"]] == ([kind] if kind else [])


@pytest.mark.parametrize(
    "name",
    ["1 MiB of numbers", "a policy of 1 MiB"],
)
def test_no_server_makes_a_pull_large_or_late_and_only_a_policy_is_saved(name: str, tmp_path: Path) -> None:
    fault, exit_code, kind = COSTLY[name]
    repo = tmp_path / "repo"
    repo.mkdir()
    with served_workspace(tmp_path, faults=[fault()], workspace_id="ws_1") as served:
        cost = run_measured(served, ("policy", "pull"), repo)
    assert_bounded(cost, kind)
    assert cost.exit_code == exit_code
    assert [path.name for path in repo.iterdir()] == ([] if exit_code else ["policy.json"])
