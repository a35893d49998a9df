"""The examples are what their page says, and the benchmark still runs on them."""

import json
import re
import subprocess
import sys
from pathlib import Path

from tests.support.gate import run
from tests.support.signing import KEY_ID, as_bytes, public_key, signed_document

ROOT = Path(__file__).parents[2]
EXAMPLES = ROOT / "examples"


def test_each_example_has_the_findings_that_its_page_names(tmp_path: Path) -> None:
    policy = tmp_path / "policy.json"
    policy.write_bytes(as_bytes(signed_document(json.loads((EXAMPLES / "policy.json").read_text("utf-8")))))
    pin = f"{KEY_ID}={public_key().hex()}"
    arguments = ("--policy", str(policy), "--trusted-key", pin, "--root", str(EXAMPLES), "--report", "json=-")
    seen = run("check", *arguments, cwd=tmp_path)
    found = [
        (item["location"]["path"].split("/")[1], item["rule"])
        for item in json.loads(seen.stdout)["findings"]
        if item["location"]
    ]
    page = re.findall(
        r"^\| `([a-z-]+)` \| (`[^|]+`|passes) \|", (EXAMPLES / "README.md").read_text("utf-8"), re.MULTILINE
    )
    assert {folder for folder, _ in page} == {path.name for path in (EXAMPLES / "agents").iterdir()}
    assert sorted(found) == sorted((folder, rule) for folder, rules in page for rule in re.findall(r"`(.+?)`", rules))


def test_the_benchmark_measures_the_program_as_it_is() -> None:
    command = [sys.executable, str(ROOT / "benchmarks/cold_start.py"), "--rounds", "1"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("| case | median |")
