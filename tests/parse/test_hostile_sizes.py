"""Files that are meant to take a reader forever: each gets an answer, and the process goes on."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.hostile_texts import MIB, READERS, TEXTS

ROOT = Path(__file__).parents[2]

_REFUSED = re.compile(r"definition\.[a-z_]+ f:[1-9][0-9]*:[1-9][0-9]*")
# Text and blanks of whatever length are a value, or nothing; everything else in the table is refused.
READ_AS_YAML = {
    "letters", "letters of four bytes", "one line of words", "single quotes", "comments", "one comment",
    "comments that are none", "line ends", "line ends of Windows", "blanks", "tabs behind a key",
    "blanks before each line", "a block", "a folded block", "an empty block", "5,000 digits", "5,000 digits in JSON",
    "1 MiB of digits", "1 MiB of sixties", "1 MiB of points", "a number with a large exponent",
}  # fmt: skip
READ_AS_JSON = {"5,000 digits in JSON", "a number with a large exponent"}


def test_no_file_ends_the_process_and_what_is_refused_has_a_place() -> None:
    command = (sys.executable, "-m", "tests.support.hostile_texts")
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=300)
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    assert done.returncode == 0, f"ended behind {lines[-1:]}: {done.stderr}"
    answers = {(line["reader"], line["name"]): line["answer"] for line in lines}
    assert answers.keys() == {(reader, name) for reader in READERS for name in TEXTS}
    read = {key for key, answer in answers.items() if answer == "read"}
    assert read == {("YAML", name) for name in READ_AS_YAML} | {("JSON", name) for name in READ_AS_JSON}
    assert [answer for key, answer in answers.items() if key not in read and not _REFUSED.fullmatch(answer)] == []


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
def test_the_files_are_as_large_as_a_definition_may_be_and_no_larger(text: str) -> None:
    assert 0 < len(text.encode()) <= MIB
