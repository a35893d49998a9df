"""`check`: what becomes of the exit code when a report fails."""

import argparse
import io
from datetime import UTC, datetime
from pathlib import Path

import pytest

from sekuire_gate.commands import check
from sekuire_gate.commands.command import Outside
from sekuire_gate.model.manifest import Search
from sekuire_gate.model.problem import ExitCode
from sekuire_gate.parse.definitions import read_definitions
from sekuire_gate.parse.folder import Folder
from tests.support.signing import KEY_ID, as_bytes, public_key, signed_document


class BrokenStream(io.StringIO):
    """Fails in a way that nobody foresaw."""

    def write(self, text: str, /) -> int:
        raise RuntimeError(text)


class Terminal(io.StringIO):
    """Somebody watches."""

    def isatty(self) -> bool:
        return True


def run(
    folder: Path, model: str, *arguments: str, stdout: io.StringIO, stderr: io.StringIO | None = None
) -> tuple[ExitCode, str]:
    """Run `check` in this process on a definition with this model; return the exit code and stderr."""
    (folder / "policy.json").write_bytes(as_bytes(signed_document()))
    (folder / "sekuire.yml").write_text(f"llm: {{provider: openai, model: {model}}}\n")
    parser = argparse.ArgumentParser()
    check.arguments(parser)
    options = parser.parse_args(
        ["--policy", "policy.json", "--trusted-key", f"{KEY_ID}={public_key().hex()}", *arguments]
    )
    stderr = stderr or io.StringIO()
    now = datetime(2026, 1, 2, tzinfo=UTC)
    outside = Outside({}, now, now, folder, io.StringIO(), stdout, stderr)
    return check.run(options, outside), stderr.getvalue()


def test_a_bug_in_a_report_blocks_what_would_have_passed_and_leaves_a_violation_one(tmp_path: Path) -> None:
    assert run(tmp_path, "gpt-4o", stdout=io.StringIO()) == (ExitCode.OK, "")
    code, stderr = run(tmp_path, "gpt-4o", stdout=BrokenStream())
    assert (code, stderr.split(":")[0]) == (ExitCode.INTERNAL, "internal.error")
    assert run(tmp_path, "gpt-4", stdout=BrokenStream())[0] is ExitCode.BLOCKED


def test_a_report_that_cannot_be_written_is_named_and_the_verdict_stands(tmp_path: Path) -> None:
    name = "r" * 300
    code, stderr = run(tmp_path, "gpt-4o", "--report", f"json={name}", stdout=io.StringIO())
    assert code is ExitCode.OK
    assert stderr.startswith("publish.failed: ")


class Clock:
    """Goes on by what it is told, at each look."""

    def __init__(self, step: float) -> None:
        self.seconds = 0.0
        self.step = step

    def __call__(self) -> float:
        self.seconds += self.step
        return self.seconds


LINES = [
    "Looking for definitions: 0 files ...",
    "Looking for definitions: 0 files ...",
    "Looking for definitions: 3 files ...",
    "Looking for definitions: 7 files ...",
    "Reading definition 1 of 9 ...",
    "Reading definition 5 of 9 ...",
]


@pytest.mark.parametrize(("pace", "lines"), [(0.0002, []), (0.3, LINES)], ids=["within a second", "slowly"])
def test_who_watches_is_told_once_a_second_how_far_reading_has_come(
    pace: float, lines: list[str], tmp_path: Path
) -> None:
    for number in range(9):
        folder = tmp_path / str(number)
        folder.mkdir()
        (folder / "sekuire.yml").write_text("llm: {provider: openai, model: gpt-4o}\n")
    stderr = Terminal()
    now = datetime(2026, 1, 2, tzinfo=UTC)
    outside = Outside({}, now, now, tmp_path, io.StringIO(), io.StringIO(), stderr)
    found = read_definitions(Folder(tmp_path), Search(), check.telling_of_steps(outside, Clock(pace)))
    assert len(found.manifests) == 9
    said = stderr.getvalue().splitlines()
    assert said == lines
