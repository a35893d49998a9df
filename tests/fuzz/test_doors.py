"""A short run of the fuzz tool, always with the same bytes, and all that it ever found."""

import random
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.fuzz.doors import Door, all_doors

FINDS = Path(__file__).parent / "finds"
NAMES = ("answer", "content", "policy-file", "http", "cache", "sealed-cache", "lock", "event", "pins", "tools-file")
TIMES = 150  # a second or less for each; tests/fuzz/run.py takes as long as it is told


@pytest.fixture(scope="module")
def doors(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Door]]:
    with all_doors(tmp_path_factory.mktemp("doors")) as opened:
        yield {door.name: door for door in opened}


def test_every_door_is_tried(doors: dict[str, Door]) -> None:
    assert tuple(doors) == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_real_documents_pass_through(doors: dict[str, Door], name: str) -> None:
    for seed in doors[name].seeds:
        assert doors[name].find(seed) is None


@pytest.mark.parametrize("name", NAMES)
def test_hostile_bytes_are_refused_with_a_documented_kind(doors: dict[str, Door], name: str) -> None:
    source = random.Random(name)
    for _ in range(TIMES):
        data = doors[name].hostile(source)
        assert doors[name].find(data) is None, data[:1000]


def test_what_was_found_once_is_found_no_more(doors: dict[str, Door]) -> None:
    for path in sorted(FINDS.glob("*-*")):
        name, _, _ = path.name.rpartition("-")
        assert doors[name].find(path.read_bytes()) is None, path.name


def test_a_find_is_told_from_a_refusal(doors: dict[str, Door]) -> None:
    def enter(data: bytes) -> None:
        raise RecursionError(data.decode())

    assert "RecursionError" in str(Door("x", enter, (), ()).find(b"too deep"))
    assert doors["lock"].find(b"no lock file") is None
