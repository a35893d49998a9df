"""All definitions below the root: one that cannot be read does not hide the others."""

import json
from pathlib import Path

import pytest

from sekuire_gate.model.manifest import Search
from sekuire_gate.parse import definitions as module
from sekuire_gate.parse.definitions import read_definitions
from sekuire_gate.parse.folder import Folder
from sekuire_gate.parse.tree import MAX_DEFINITION_BYTES
from tests.support.marked import write


def test_every_realistic_definition_is_read_whole() -> None:
    folder = Path(__file__).parents[1] / "data" / "definitions"
    found = read_definitions(Folder(folder), Search(("*.yml", "as-json.json")))
    assert len(found.manifests) == 20
    assert found.problems == ()
    assert all(manifest.models for manifest in found.manifests)


def test_an_unreadable_definition_is_a_problem_and_the_others_are_read(tmp_path: Path) -> None:
    write(
        tmp_path,
        {
            "c/sekuire.yml": "model: c",
            "b/sekuire.yaml": "model: no",
            "a/sekuire.json": '{"model": "a"}',
            "d/sekuire.json": "{",
            "e/sekuire.yml": "agent: {tools: gone.json}",
        },
    )
    found = read_definitions(Folder(tmp_path), Search())
    assert [manifest.path for manifest in found.manifests] == ["a/sekuire.json", "c/sekuire.yml"]
    assert [(problem.kind, str(problem.at)) for problem in found.problems] == [
        ("definition.type", "b/sekuire.yaml:1:8"),
        ("definition.syntax", "d/sekuire.json:1:2"),
        ("definition.tools_file", "e/sekuire.yml:1:16"),
    ]


def test_long_definitions_are_a_problem_each_and_do_not_use_up_what_others_may_claim(tmp_path: Path) -> None:
    tools = json.dumps({"agent": {"tools": [str(number) for number in range(20_001)]}})
    for number in range(6):
        write(tmp_path, {f"a{number}/sekuire.json": tools})
    write(tmp_path, {"b/sekuire.yml": "model: gpt-4o"})
    found = read_definitions(Folder(tmp_path), Search())
    assert [problem.kind for problem in found.problems] == ["definition.too_many"] * 6
    assert [manifest.path for manifest in found.manifests] == ["b/sekuire.yml"]


def test_a_definition_named_by_its_path_is_json_by_its_ending_and_else_yaml(tmp_path: Path) -> None:
    write(tmp_path, {"agent.json": '{"model": "a"}', "agent.txt": "model: b", "bad.json": "model: c"})
    found = read_definitions(Folder(tmp_path), Search(("agent.json", "agent.txt", "bad.json")))
    assert [manifest.models[0].value for manifest in found.manifests] == ["a", "b"]
    assert [problem.kind for problem in found.problems] == ["definition.syntax"]


def test_no_definition_is_a_problem_and_what_is_excluded_is_counted(tmp_path: Path) -> None:
    write(tmp_path, {"a/sekuire.yml": "model: a"})
    found = read_definitions(Folder(tmp_path), Search(exclude=("a",)))
    assert (found.manifests, found.excluded) == ((), 1)
    assert [problem.kind for problem in found.problems] == ["definition.none"]


def test_more_than_64_mib_together_is_a_problem_of_what_goes_beyond(tmp_path: Path) -> None:
    tools = b"[" + b" " * (MAX_DEFINITION_BYTES - 2) + b"]"
    for number in range(64):
        write(tmp_path, {f"{number:02}/sekuire.yml": "agent: {tools: tools.json}", f"{number:02}/tools.json": tools})
    found = read_definitions(Folder(tmp_path), Search())
    assert len(found.manifests) == 63
    (problem,) = found.problems
    assert "64 MiB" in problem.message
    assert str(problem.at) == "63/sekuire.yml:1:16"


def test_a_tools_file_that_many_definitions_name_is_read_and_counted_once(tmp_path: Path) -> None:
    write(tmp_path, {f"{number}/sekuire.yml": "agent: {tools: ../tools.json}" for number in range(80)})
    write(tmp_path, {"tools.json": b"[" + b" " * 1_000_000 + b"]"})
    found = read_definitions(Folder(tmp_path), Search())
    assert (len(found.manifests), found.problems) == (80, ())


def test_one_long_key_in_many_pointers_is_a_limit_and_no_flood(tmp_path: Path) -> None:
    tools = ", ".join(f"t{number}" for number in range(6000))
    for number in range(3):
        write(tmp_path, {f"{number}/sekuire.yml": f"agents: {{{'k' * 1000}: {{tools: [{tools}]}}}}"})
    found = read_definitions(Folder(tmp_path), Search())
    assert [manifest.path for manifest in found.manifests] == ["0/sekuire.yml"]
    assert [(problem.kind, str(problem.at)) for problem in found.problems] == [
        ("definition.too_large", "1/sekuire.yml:1:1"),
        ("definition.too_large", "2/sekuire.yml:1:1"),
    ]
    assert "16,777,216 characters" in found.problems[0].message


@pytest.mark.parametrize(
    ("start", "item"),
    [("permissions: {network: {allowed_hosts: [", "h%d"), ("permissions: {filesystem: {allowed_paths: [", "p%d"),
     ("'%s': [" % ("k" * 900), "{models: %d}")],
    ids=["hosts", "paths", "unknown claims"],
)  # fmt: skip
def test_all_kinds_of_claims_count_to_the_limit(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, start: str, item: str
) -> None:
    monkeypatch.setattr(module, "MAX_CLAIM_CHARACTERS", 10_000)
    items = ", ".join(item % number for number in range(1000))
    write(tmp_path, {"sekuire.yml": start + items + "]" + "}" * start.count("{")})
    assert [problem.kind for problem in read_definitions(Folder(tmp_path), Search()).problems] == [
        "definition.too_large"
    ]


def test_all_that_was_found_is_named_read_or_not_and_so_is_what_nobody_reads(tmp_path: Path) -> None:
    write(
        tmp_path, {"a/sekuire.yml": "model: a", "a/sekuire.json": "{", "b/Sekuire.yaml": "", "c/sekuire.yaml": "x: 1"}
    )
    (tmp_path / "c" / "sekuire.yml").symlink_to("sekuire.yaml")
    found = read_definitions(Folder(tmp_path), Search())
    assert found.found == ("a/sekuire.json", "a/sekuire.yml", "c/sekuire.yaml", "c/sekuire.yml")
    assert found.unusual == ("b/Sekuire.yaml",)
    assert [manifest.path for manifest in found.manifests] == ["a/sekuire.yml", "c/sekuire.yaml"]


def test_who_watches_sees_every_file_that_is_walked_and_every_definition_that_is_read(tmp_path: Path) -> None:
    write(tmp_path, {"a/sekuire.yml": "model: a", "b/sekuire.yml": "model: b", "b/readme.md": "", "c": ""})
    steps: list[tuple[int, int | None]] = []
    read_definitions(Folder(tmp_path), Search(), lambda done, of: steps.append((done, of)))
    walking = [done for done, of in steps if of is None]
    assert (walking[-1], sorted(walking)) == (4, walking)
    assert steps[len(walking) :] == [(0, 2), (1, 2)]
