"""`id`, as a process: never another id than the official one."""

import json
from pathlib import Path

import pytest

from tests.support.gate import run
from tests.support.marked import write

FILES = {
    "sekuire.yml": "identity: {model: gpt-4o, system_prompt_path: prompt.md, tools_path: tools.json}",
    "prompt.md": "You are a helpful assistant.\n",
    "tools.json": "[ ]",
}
PROMPT = "b8c5de4f2d4c609746f1dc226580d4f9ddd4267c28d96a6edc1693a9095cb411"
TOOLS = "d53d18c23212ea7b6300594bb89bce60218f6eff2b9d628b8cc42d3e79bbd5ab"
ID = "28da5805f90c0b2d7437e448f40853092cc38f5fa223cae21994a8b76d338b53"
WHOLE = f"""{{
  "path": "sekuire.yml",
  "model": "gpt-4o",
  "prompt_hash": "{PROMPT}",
  "tools_hash": "{TOOLS}",
  "sekuire_id": "{ID}"
}}
"""


def test_the_id_and_its_parts_are_printed_as_json(tmp_path: Path) -> None:
    write(tmp_path, FILES)
    ran = run("id", "--json", cwd=tmp_path)
    assert (ran.exit_code, ran.stdout, ran.stderr) == (0, WHOLE, "")


def test_the_id_is_printed_for_people(tmp_path: Path) -> None:
    write(tmp_path, FILES)
    ran = run("id", "sekuire.yml", cwd=tmp_path)
    assert ran.exit_code == 0
    assert f"SekuireID:   {ID}\n" in ran.stdout


@pytest.mark.parametrize("name", ["sekuire.yml", "sekuire.yaml", "sekuire.json"])
def test_without_a_path_the_first_of_the_three_names_is_meant(tmp_path: Path, name: str) -> None:
    names = ["sekuire.yml", "sekuire.yaml", "sekuire.json"]
    write(tmp_path, dict.fromkeys(names[names.index(name) :], '{"identity": {"model": "m"}}'))
    assert json.loads(run("id", "--json", cwd=tmp_path).stdout)["path"] == name


def test_a_path_is_relative_to_the_working_directory_and_shown_from_the_root(tmp_path: Path) -> None:
    write(tmp_path, {f"agents/a/{name}": content for name, content in FILES.items()})
    ran = run("id", "a/sekuire.yml", "--json", "--root", "..", cwd=tmp_path / "agents")
    assert json.loads(ran.stdout)["path"] == "agents/a/sekuire.yml"
    ran = run("id", "--json", cwd=tmp_path / "agents/a", environ={"GITHUB_WORKSPACE": str(tmp_path)})
    assert (json.loads(ran.stdout)["path"], ran.exit_code) == ("agents/a/sekuire.yml", 0)


@pytest.mark.parametrize(
    ("file", "content", "there"),
    [
        ("tools.json", "[1e5]", {"model", "prompt_hash"}),
        ("tools.json", '{"a": 1, "a": 2}', {"model", "prompt_hash"}),
        ("prompt.md", b"\xff", {"model", "tools_hash"}),
        ("sekuire.yml", "identity: {system_prompt: ../prompt.md, tools: tools.json}", {"tools_hash"}),
        ("sekuire.yml", "model: gpt-4o", set()),
        ("sekuire.yml", "identity: {model: 4.10}", set()),
        ("sekuire.yml", "a: [", set()),
        ("sekuire.yml", "", set()),
    ],
)
def test_what_cannot_be_computed_without_doubt_is_null_with_exit_5_and_one_line_of_reason(
    tmp_path: Path, file: str, content: str | bytes, there: set[str]
) -> None:
    write(tmp_path, {**FILES, file: content})
    ran = run("id", "--json", cwd=tmp_path)
    printed = json.loads(ran.stdout)
    assert list(printed) == ["path", "model", "prompt_hash", "tools_hash", "sekuire_id"]
    assert {key for key, value in printed.items() if value is not None} == {"path", *there}
    assert ran.exit_code == 5
    assert ran.stderr.count("\n") == 1
    assert ran.stderr.startswith("sekuire.yml:")


def test_a_tools_file_of_another_shape_has_an_id_all_the_same(tmp_path: Path) -> None:
    write(tmp_path, {**FILES, "tools.json": '{"name": "search"}'})
    assert run("id", "--json", cwd=tmp_path).exit_code == 0


@pytest.mark.parametrize("arguments", [(), ("gone.yml",), ("folder",), ("sekuire.yml",)])
def test_a_definition_that_is_not_there_or_a_link_is_exit_5(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    root = tmp_path / "root"
    write(tmp_path, FILES)
    (root / "folder").mkdir(parents=True)
    if arguments == ("sekuire.yml",):
        (root / "sekuire.yml").symlink_to("../sekuire.yml")
    ran = run("id", *arguments, cwd=root)
    assert (ran.exit_code, ran.stdout) == (5, "")
    assert ran.stderr.count("\n") == 1


@pytest.mark.parametrize("path", ["nope.yml", "nope/sekuire.yml"])
def test_a_file_that_is_not_there_is_no_match_as_for_a_check(tmp_path: Path, path: str) -> None:
    ran = run("id", path, cwd=tmp_path)
    assert (ran.exit_code, ran.stdout) == (5, "")
    assert ran.stderr.startswith(f"definition.no_match: there is no file '{path}'.")


def test_a_definition_elsewhere_is_computed_from_its_own_folder_unless_a_root_was_named(tmp_path: Path) -> None:
    write(tmp_path, {**FILES, "root/x": ""})
    here = tmp_path / "root"
    for path in ("../sekuire.yml", str(tmp_path / "sekuire.yml"), ".."):
        ran = run("id", path, cwd=here)
        assert (ran.exit_code, "SekuireID:   28da5805" in ran.stdout) == (0, True)
    assert run("id", "../sekuire.yml", "--root", ".", cwd=here).exit_code == 2


def test_a_hostile_model_is_shown_by_escapes_and_obeyed_by_no_runner(tmp_path: Path) -> None:
    model = "x\\n::error::y ##[add-mask]z \\x9b"
    write(tmp_path, {**FILES, "sekuire.yml": FILES["sekuire.yml"].replace("gpt-4o", f'"{model}"')})
    for flags in ((), ("--json",)):
        printed = run("id", *flags, cwd=tmp_path).stdout
        assert "##[" not in printed
        assert "\x9b" not in printed
        assert not any(line.lstrip().startswith("::") for line in printed.splitlines())
