"""Tools files in all their shapes, and everything that makes one unusable."""

import json
import os
from pathlib import Path

import pytest

from sekuire_gate.errors import DefinitionError
from sekuire_gate.model.manifest import Search
from sekuire_gate.model.source import Location
from sekuire_gate.parse.definitions import read_definitions
from sekuire_gate.parse.files import Files
from sekuire_gate.parse.folder import Folder
from sekuire_gate.parse.tools import ToolsFiles
from sekuire_gate.parse.tree import Scalar, ScalarKind
from tests.support.marked import claims_of, found_in, in_order_of_fields, read, write

DEFINITION = "identity: {model: m}\nagent:\n  tools: tools.json\n"
ARRAY = """
[
  {"name": ⟦tools|"search"⟧, "description": "…", "parameters": {"type": "object"}},
  {"name": ⟦tools|"files:read"⟧, "enabled": false}
]
"""
VERSIONED = """
{"version": "1.0", "tools": [
  {"name": ⟦tools|"send_mail"⟧, "category": "mail", "enabled": true, "schema": {"limit": 1e400},
   "permissions": {"network": {"allow": []}}, "compliance": {"require_approval": true}},
  {"name": ⟦tools|"🚀"⟧, "compliance": null},
  {"name": ⟦tools|"read"⟧, "compliance": {"require_approval": false}}
]}
"""
OPENAI = """
[{"type": "function", "function": {"name": ⟦tools|"get_weather"⟧, "parameters": {}}},
 {"type": "function", "name": ⟦tools|"flat"⟧},
 {"name": ⟦tools|"shown"⟧, "function": {"name": ⟦tools|"called"⟧}},
 {"name": ⟦tools|"coded"⟧, "function": "module.function"}]
"""


@pytest.mark.parametrize("marked", [ARRAY, VERSIONED, OPENAI], ids=["array", "versioned object", "OpenAI"])
def test_each_shape_of_a_tools_file_names_its_tools_at_their_places(tmp_path: Path, marked: str) -> None:
    write(tmp_path, {"a/sekuire.yml": DEFINITION, "a/tools.json": marked})
    found = [one for one in found_in(read(tmp_path, "a/sekuire.yml")) if one.field == "tools"]
    assert found == in_order_of_fields(list(claims_of("a/tools.json", marked)))


def test_a_tool_that_its_file_marks_is_called_only_after_approval(tmp_path: Path) -> None:
    write(tmp_path, {"sekuire.yml": DEFINITION, "tools.json": VERSIONED})
    (approval,) = read(tmp_path).approvals
    assert (approval.value, str(approval.at)) == ("send_mail", "tools.json:3:82")


@pytest.mark.parametrize("content", ["[]", '{"tools": []}', " [ ] \n"])
def test_a_tools_file_may_name_no_tool(tmp_path: Path, content: str) -> None:
    write(tmp_path, {"sekuire.yml": DEFINITION, "tools.json": content})
    assert read(tmp_path).tools == ()


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "tools.json:1:1: not JSON"),
        (b"[\n  {'name': 1}]", "tools.json:2:4: not JSON"),
        (b"[] []", "tools.json:1:4: not JSON"),
        (b"[NaN]", "tools.json:1:2: not JSON"),
        (b"\xef\xbb\xbf[]", "byte order mark"),
        (b'["\xff"]', "not UTF-8"),
        ("[]".encode("utf-16"), "not UTF-8"),
        (b'[{"name": "a",\n  "name": "b"}]', "tools.json:2:3: key 'name' stands twice"),
        (b'[{"name": "\\ud800"}]', "tools.json:1:11: a lone surrogate"),
        ('[{"name": "a", "🚀": 1}]'.encode(), "tools.json:1:16: a key outside the BMP"),
        (b"[" * 65 + b"]" * 65, "tools.json:1:65: maps and lists are nested more than 64 deep"),
        (b"[" + b"0," * 100_000 + b"0]", "more values"),
        (b'[\n  {"name": "a"},\n    {"description": "b"}]', "tools.json:3:5: tool '1' has no name"),
        (b'{"tools": [{}]}', "tools.json:1:12: tool 'tools.0' has no name"),
        (b'[{"name": 7}]', "tools.json:1:11: '0.name' is '7'; expected a string"),
        (b'[{"name": null}]', "expected a string"),
        (b'[{"name": ""}]', "tools.json:1:11: '0.name' is ''; expected a string with something in it"),
        (b'[{"name": "a", "function": {"name": ""}}]', "tools.json:1:37: '0.function.name' is ''"),
        (b'[{"name": "a", "%s": 1}]' % (b"k" * 1025), "tools.json:1:16: a key is longer than 1,024 characters"),
        (b'[{"name": "a", "compliance": {"require_approval": {}}}]', "is a map; expected true or false"),
        (b'[{"name": ["a"]}]', "expected a string"),
        (b'[{"function": {"name": true}}]', "expected a string"),
        (b'["search"]', "tools.json:1:2: '0' is 'search'; expected a map"),
        (b'{"functions": []}', "tools.json:1:1: the object has no 'tools'"),
        (b'{"tools": {"a": {}}}', "tools.json:1:11: 'tools' is a map; expected a list"),
        (b'{"tools": null}', "expected a list"),
        (b'"tools"', "tools.json:1:1"),
        (b'[{"name": "a", "compliance": {"require_approval": "yes"}}]', "expected true or false"),
        (b'[{"name": "a", "compliance": []}]', "expected a map"),
    ],
)
def test_a_tools_file_that_is_not_read_without_doubt_is_a_problem_at_its_path(
    tmp_path: Path, content: bytes, said: str
) -> None:
    write(tmp_path, {"sekuire.yml": DEFINITION, "tools.json": content})
    with pytest.raises(DefinitionError) as caught:
        read(tmp_path)
    assert (caught.value.kind, str(caught.value.at)) == ("definition.tools_file", "sekuire.yml:3:10")
    assert said in caught.value.message


@pytest.mark.parametrize(
    "path",
    [
        "gone.json", "/etc/hosts", "../tools.json", "a/../../tools.json", "https://example.com/tools.json",
        "file:tools.json", "C:/tools.json", "C:tools.json", "a\\\\tools.json", "tools.json\\0", "", ".", "..",
        "folder", "folder/..", "tools.json/", "tools.json/.", "tools.json/x", "link.json", "linked/tools.json",
        "linked/../tools.json", "pipe", "~/tools.json", "x" * 300, "big.json",
    ],
)  # fmt: skip
def test_a_path_that_leads_to_no_tools_file_is_a_problem_at_the_value(tmp_path: Path, path: str) -> None:
    root = tmp_path / "root"
    write(root, {"sekuire.yml": f'agent: {{tools: "{path}"}}', "tools.json": "[]", "folder/tools.json": "[]"})
    write(root, {"big.json": b"[" + b" " * 1_048_576 + b"]"})
    write(tmp_path, {"tools.json": "[]"})
    (root / "link.json").symlink_to("tools.json")
    (root / "linked").symlink_to("folder")
    os.mkfifo(root / "pipe")
    with pytest.raises(DefinitionError) as caught:
        read(root)
    assert (caught.value.kind, str(caught.value.at)) == ("definition.tools_file", "sekuire.yml:1:16")


@pytest.mark.parametrize(
    "path",
    ["tools.json", "./tools.json", ".//tools.json", "../a/tools.json", "b/../tools.json", "../a/b/.././tools.json"],
)
def test_a_path_below_the_root_leads_to_its_file_by_whatever_way(tmp_path: Path, path: str) -> None:
    write(tmp_path, {"a/sekuire.yml": f"agent: {{tools: {path}}}", "a/tools.json": '[{"name": "x"}]', "a/b/c": ""})
    (tool,) = read(tmp_path, "a/sekuire.yml").tools
    assert str(tool.at) == "a/tools.json:1:11"


def test_a_path_that_is_none_stays_one_when_the_file_it_could_mean_was_read(tmp_path: Path) -> None:
    write(tmp_path, {"sekuire.yml": "agents: {a: {tools: tools.json}, b: {tools: tools.json/}}", "tools.json": "[]"})
    with pytest.raises(DefinitionError) as caught:
        read(tmp_path)
    assert (caught.value.kind, str(caught.value.at)) == ("definition.tools_file", "sekuire.yml:1:45")


def test_an_unusable_tools_file_is_read_once_however_many_name_it(tmp_path: Path) -> None:
    write(tmp_path, {"tools.json": "[NaN]"})
    tools_files = ToolsFiles(Files(Folder(tmp_path)))
    for line in (1, 2):
        written = Scalar("tools.json", ScalarKind.TEXT, Location("sekuire.yml", line, 1, line, 11))
        with pytest.raises(DefinitionError, match=r"tools\.json:1:2: not JSON") as caught:
            tools_files.named(written, "sekuire.yml")
        assert caught.value.at == written.at
        (tmp_path / "tools.json").write_text("[]")


def test_many_definitions_with_one_long_tools_file_are_a_limit_and_no_flood(tmp_path: Path) -> None:
    tools = json.dumps([{"name": f"t{number}"} for number in range(20_000)])
    write(tmp_path, {"tools.json": tools, "g/sekuire.yml": "agent: {tools: [z]}"})
    for name in "abcdefh":
        write(tmp_path, {f"{name}/sekuire.yml": "agent: {tools: ../tools.json}"})
    found = read_definitions(Folder(tmp_path), Search())
    assert [manifest.path for manifest in found.manifests] == [f"{name}/sekuire.yml" for name in "abcde"]
    assert [(problem.kind, str(problem.at)) for problem in found.problems] == [
        ("definition.too_many", place) for place in ("f/sekuire.yml:1:16", "g/sekuire.yml:1:17", "h/sekuire.yml:1:16")
    ]


def test_a_tools_file_with_more_claims_than_a_definition_may_make_is_said_at_its_path(tmp_path: Path) -> None:
    tools = json.dumps([{"name": f"t{number}"} for number in range(20_001)])
    write(tmp_path, {"tools.json": tools, "a/sekuire.yml": "agent: {tools: ../tools.json}"})
    write(tmp_path, {"b/sekuire.yml": "agent: {tools: [z]}"})
    found = read_definitions(Folder(tmp_path), Search())
    assert [manifest.path for manifest in found.manifests] == ["b/sekuire.yml"]
    (problem,) = found.problems
    assert (problem.kind, str(problem.at)) == ("definition.too_many", "a/sekuire.yml:1:16")
    assert "'../tools.json' can't be used: it makes over 20,000 claims" in problem.message
