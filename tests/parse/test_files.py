"""The files of one run: whatever lies where a definition or a tools file is expected gets an answer, and soon."""

import os
import socket
from pathlib import Path

import pytest

from sekuire_gate.errors import DefinitionError
from sekuire_gate.model.manifest import Definitions, Search
from sekuire_gate.parse.definitions import read_definitions
from sekuire_gate.parse.files import Files
from sekuire_gate.parse.folder import Folder
from sekuire_gate.parse.tree import MAX_DEFINITION_BYTES

POINTER = f"version https://git-lfs.github.com/spec/v1\noid sha256:{'4d7a' * 16}\nsize 12345\n".encode()


def found(root: Path) -> Definitions:
    return read_definitions(Folder(root), Search())


def problems(root: Path) -> list[str]:
    return [f"{problem.kind} {problem.at}" for problem in found(root).problems]


def test_a_file_is_opened_once_so_that_it_cannot_be_two(tmp_path: Path) -> None:
    files = Files(Folder(tmp_path))
    (tmp_path / "f").write_text("one")
    assert files.read("f") == b"one"
    (tmp_path / "f").write_text("two")
    assert files.read("f") == b"one"


@pytest.mark.parametrize("name", ["sekuire.yml", "sekuire.yaml", "sekuire.json"])
def test_a_definition_that_is_a_pointer_of_git_lfs_says_how_to_fetch_it(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(POINTER)
    (problem,) = found(tmp_path).problems
    assert (problem.kind, str(problem.at)) == ("definition.not_regular", f"{name}:1:1")
    assert "Git LFS" in problem.message
    assert "'lfs: true' for actions/checkout" in problem.fix


def test_a_tools_file_that_is_a_pointer_of_git_lfs_says_how_to_fetch_it(tmp_path: Path) -> None:
    (tmp_path / "sekuire.yml").write_text("agent: {tools: tools.json}\n")
    (tmp_path / "tools.json").write_bytes(POINTER)
    (problem,) = found(tmp_path).problems
    assert (problem.kind, str(problem.at)) == ("definition.tools_file", "sekuire.yml:1:16")
    assert "Git LFS" in problem.message
    assert "'lfs: true' for actions/checkout" in problem.fix


def test_of_a_prompt_that_is_a_pointer_of_git_lfs_no_identity_is_computed(tmp_path: Path) -> None:
    (tmp_path / "sekuire.yml").write_text("identity: {model: m, system_prompt_path: p.md, tools_path: t.json}\n")
    (tmp_path / "t.json").write_text("[]")
    (tmp_path / "p.md").write_bytes(POINTER)
    (manifest,) = found(tmp_path).manifests
    assert (manifest.computed.prompt_hash, manifest.computed.sekuire_id) == (None, None)
    assert "Git LFS" in manifest.computed.reasons[0]


def test_a_file_that_only_speaks_of_git_lfs_is_itself(tmp_path: Path) -> None:
    long = POINTER + b"#" * 1_024
    for name, data in {"long": long, "about": b"# " + POINTER}.items():
        (tmp_path / name).write_bytes(data)
        assert Files(Folder(tmp_path)).read(name) == data


def test_a_definition_may_have_1_mib_and_no_byte_more(tmp_path: Path) -> None:
    text = "model: a\n#"
    (tmp_path / "sekuire.yml").write_text(text.ljust(MAX_DEFINITION_BYTES, "x"))
    assert problems(tmp_path) == []
    (tmp_path / "sekuire.yml").write_text(text.ljust(MAX_DEFINITION_BYTES + 1, "x"))
    assert problems(tmp_path) == ["definition.too_large sekuire.yml:1:1"]


def test_a_file_of_a_size_that_no_machine_has_is_refused_by_its_size(tmp_path: Path) -> None:
    with (tmp_path / "sekuire.yml").open("wb") as file:
        file.truncate(2**40)  # a hole: nothing of it is on the disk
    assert problems(tmp_path) == ["definition.too_large sekuire.yml:1:1"]


@pytest.mark.parametrize("name", ["sekuire.yml", "tools.json"])
def test_a_pipe_that_nobody_writes_to_holds_nothing_up(tmp_path: Path, name: str) -> None:
    (tmp_path / "sekuire.yml").write_text("agent: {tools: tools.json}\n")
    (tmp_path / name).unlink(missing_ok=True)
    os.mkfifo(tmp_path / name)
    expected = "not_regular sekuire.yml:1:1" if name == "sekuire.yml" else "tools_file sekuire.yml:1:16"
    assert problems(tmp_path) == [f"definition.{expected}"]


def test_a_socket_holds_nothing_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)  # the name of a socket has to be short
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind("sekuire.yml")
        assert problems(tmp_path) == ["definition.not_regular sekuire.yml:1:1"]


@pytest.mark.parametrize("target", ["other.yml", "nowhere", "/nowhere/sekuire.yml", "sekuire.yml", "/dev/zero"])
def test_a_definition_that_is_a_link_is_a_problem_wherever_it_leads(tmp_path: Path, target: str) -> None:
    (tmp_path / "other.yml").write_text("model: a\n")
    (tmp_path / "sekuire.yml").symlink_to(target)
    assert problems(tmp_path) == ["definition.symlink sekuire.yml:1:1"]


def test_a_tools_file_that_is_a_link_is_a_problem_where_it_is_named(tmp_path: Path) -> None:
    (tmp_path / "sekuire.yml").write_text("agent: {tools: tools.json}\n")
    (tmp_path / "real.json").write_text("[]")
    (tmp_path / "tools.json").symlink_to("real.json")
    assert problems(tmp_path) == ["definition.tools_file sekuire.yml:1:16"]


def test_definitions_and_problems_stand_in_the_order_of_their_paths(tmp_path: Path) -> None:
    for name in ("b", "c", "a/z", "a", "B", "é"):
        (tmp_path / name).mkdir(parents=True, exist_ok=True)
        (tmp_path / name / "sekuire.yml").write_text("model: x\n")
        (tmp_path / name / "sekuire.json").write_text("{")
    paths = [f"{name}/sekuire.yml" for name in ("B", "a", "a/z", "b", "c", "é")]
    result = found(tmp_path)
    assert [manifest.path for manifest in result.manifests] == paths
    assert [problem.at.path for problem in result.problems if problem.at] == [
        path.replace("yml", "json") for path in paths
    ]


def test_what_is_not_there_is_not_read_as_nothing(tmp_path: Path) -> None:
    with pytest.raises(DefinitionError, match="No such file"):
        Files(Folder(tmp_path)).read("nowhere")
