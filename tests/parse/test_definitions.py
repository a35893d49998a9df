"""All definitions below the root: one that cannot be read does not hide the others."""

from pathlib import Path

from sekuire_gate.model.manifest import Search
from sekuire_gate.parse.definitions import read_definitions
from sekuire_gate.parse.folder import Folder
from sekuire_gate.parse.tree import MAX_DEFINITION_BYTES
from tests.support.marked import write


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
