"""The SekuireID: known answers, and everything that must not be computed."""

import json
import os
from pathlib import Path

import blake3
import pytest

from sekuire_gate.errors import DefinitionError
from sekuire_gate.model.manifest import Identity
from sekuire_gate.parse.document import open_definition
from sekuire_gate.parse.files import Files
from sekuire_gate.parse.folder import Folder
from sekuire_gate.parse.identity import WHITE_SPACE, compute_identity, prompt_hash, sekuire_id, tools_hash
from tests.support.marked import read, write
from tests.support.vectors import vectors

# The first of the public vectors: `gpt-4o`, `You are a helpful assistant.`, `[]`.
PROMPT = "b8c5de4f2d4c609746f1dc226580d4f9ddd4267c28d96a6edc1693a9095cb411"
TOOLS = "d53d18c23212ea7b6300594bb89bce60218f6eff2b9d628b8cc42d3e79bbd5ab"
ID = "28da5805f90c0b2d7437e448f40853092cc38f5fa223cae21994a8b76d338b53"
DEFINITION = "identity: {model: gpt-4o, system_prompt_path: prompt.md, tools_path: tools.json}"


def computed(root: Path, **files: str | bytes) -> Identity:
    contents = {"sekuire.yml": DEFINITION, "prompt.md": "You are a helpful assistant.", "tools.json": "[]"}
    write(root, {**contents, **{name.replace("_", "."): content for name, content in files.items()}})
    door = Files(Folder(root))
    return compute_identity(door, "sekuire.yml", open_definition(door, "sekuire.yml").root)


def test_the_id_is_made_of_model_prompt_and_tools(tmp_path: Path) -> None:
    assert computed(tmp_path) == Identity("gpt-4o", PROMPT, TOOLS, ID)
    assert read(tmp_path).computed == Identity("gpt-4o", PROMPT, TOOLS, ID)


def test_the_public_vectors_give_their_ids() -> None:
    cases = json.loads((vectors("oags") / "identity.json").read_text())["vectors"]
    assert len(cases) == 10
    for case in cases:
        given = case["input"]
        prompt, tools = prompt_hash(given["systemPrompt"]), tools_hash(given["tools"])
        assert sekuire_id(given["model"], prompt, tools) == case["expected"], case["name"]


def test_the_public_vectors_give_their_ids_as_definitions_with_files(tmp_path: Path) -> None:
    for number, case in enumerate(json.loads((vectors("oags") / "identity.json").read_text())["vectors"]):
        given, parts = case["input"], case.get("intermediates", {})
        paths = [("system_prompt_path", "tools_path"), ("system_prompt", "tools")][number % 2]
        definition = {"identity": {"model": given["model"], paths[0]: "prompt.md", paths[1]: "tools.json"}}
        files = {
            "sekuire.json": json.dumps(definition),
            "prompt.md": given["systemPrompt"],
            "tools.json": given["tools"],
        }
        folder = tmp_path / str(number)
        folder.mkdir()
        for name, text in files.items():
            (folder / name).write_bytes(text.encode())
        door = Files(Folder(folder))
        identity = compute_identity(door, "sekuire.json", open_definition(door, "sekuire.json").root)
        assert identity.sekuire_id == case["expected"], case["name"]
        assert identity.prompt_hash == parts.get("promptHash", identity.prompt_hash)
        assert identity.tools_hash == parts.get("toolsHash", identity.tools_hash)


# Each with its hash, of the bytes that stand beside it.
PROMPTS = {
    "CRLF at the ends": (b"\r\nBe kind.\r\n", b"Be kind."),
    "CRLF inside": (b"Be kind.\r\nBe brief.\r\n", b"Be kind.\r\nBe brief."),
    "a BOM": (b"\xef\xbb\xbfBe kind.\n", b"\xef\xbb\xbfBe kind."),
    "a BOM and CRLF": (b"\xef\xbb\xbf\r\nBe kind.\r\n", b"\xef\xbb\xbf\r\nBe kind."),
    "nothing": (b"", b""),
    "white space": (b" \r\n\t\xc2\xa0", b""),
    "words of a Git LFS pointer": (b"x version https://git-lfs.github.com/spec/v1", None),
}
TOOLS_FILES = {
    "an array": (
        b'[ {"parameters": {"type": "object"}, "name": "read", "description": "Reads."} ]\r\n',
        b'[{"description":"Reads.","name":"read","parameters":{"type":"object"}}]',
    ),
    "an object with a version": (
        b'{"version": "1.0", "tools": [{"name": "r\\u00e9ad", "enabled": false, "limit": 1.50}]}',
        '{"tools":[{"enabled":false,"limit":1.5,"name":"r\u00e9ad"}],"version":"1.0"}'.encode(),
    ),
    "as OpenAI writes it": (
        b'[{"type": "function", "function": {"name": "a\\/b", "strict": null}}]',
        b'[{"function":{"name":"a/b","strict":null},"type":"function"}]',
    ),
    "keys by code point": (
        '{"\u00e9": 1, "z": 2, "\uffff": 3, "Z": 4}'.encode(),
        '{"Z":4,"z":2,"\u00e9":1,"\uffff":3}'.encode(),
    ),
    "names that no tools file has": (b'[{"function": 1}, {}, "x"]', b'[{"function":1},{},"x"]'),
}


@pytest.mark.parametrize(("prompt", "hashed"), PROMPTS.values(), ids=PROMPTS)
def test_a_prompt_is_hashed_as_its_bytes_without_white_space_at_the_ends(
    tmp_path: Path, prompt: bytes, hashed: bytes | None
) -> None:
    expected = blake3.blake3(prompt if hashed is None else hashed).hexdigest()
    identity = computed(tmp_path, prompt_md=prompt)
    whole = f"model:gpt-4o|prompt:{expected}|tools:{TOOLS}"
    assert (identity.prompt_hash, identity.sekuire_id) == (expected, blake3.blake3(whole.encode()).hexdigest())


@pytest.mark.parametrize(("tools", "hashed"), TOOLS_FILES.values(), ids=TOOLS_FILES)
def test_a_tools_file_of_each_shape_is_hashed_in_its_canonical_form(
    tmp_path: Path, tools: bytes, hashed: bytes
) -> None:
    expected = blake3.blake3(hashed).hexdigest()
    identity = computed(tmp_path, tools_json=tools)
    whole = f"model:gpt-4o|prompt:{PROMPT}|tools:{expected}"
    assert (identity.tools_hash, identity.sekuire_id) == (expected, blake3.blake3(whole.encode()).hexdigest())


def test_a_prompt_that_is_a_pointer_of_git_lfs_gives_no_id(tmp_path: Path) -> None:
    pointer = b"version https://git-lfs.github.com/spec/v1\noid sha256:" + b"0" * 64 + b"\nsize 12\n"
    identity = computed(tmp_path, prompt_md=pointer)
    assert identity.prompt_hash is None
    assert "Git LFS" in identity.reasons[0]


@pytest.mark.parametrize(
    "prompt",
    [
        b" \t\r\n\x0b\x0cYou are a helpful assistant.\r\n",
        "\x85\xa0\u1680\u2000\u200a\u2028\u2029\u202f\u205f\u3000You are a helpful assistant.\x85".encode(),
    ],
)
def test_white_space_around_a_prompt_makes_no_difference(tmp_path: Path, prompt: bytes) -> None:
    assert computed(tmp_path, prompt_md=prompt).sekuire_id == ID


@pytest.mark.parametrize("character", ["\x1c", "\x1d", "\x1e", "\x1f", "\ufeff", "\u200b", "\u2060", "\x00"])
def test_what_is_no_white_space_stays_part_of_a_prompt(tmp_path: Path, character: str) -> None:
    prompt = f"{character}You are a helpful assistant."
    assert computed(tmp_path, prompt_md=prompt.encode()).prompt_hash not in {PROMPT, None}


def test_white_space_is_what_unicode_says() -> None:
    listed: set[int] = set()
    for line in (vectors("unicode") / "PropList.txt").read_text("utf-8").splitlines():
        points, _, name = line.partition("#")[0].partition(";")
        if name.strip() == "White_Space":
            first, _, last = points.strip().partition("..")
            listed |= set(range(int(first, 16), int(last or first, 16) + 1))
    assert {ord(character) for character in WHITE_SPACE} == listed


def test_line_ends_inside_a_prompt_count(tmp_path: Path) -> None:
    one = computed(tmp_path, prompt_md=b"a\nb").prompt_hash
    assert computed(tmp_path, prompt_md=b"a\r\nb").prompt_hash != one


@pytest.mark.parametrize("tools", [b"[ ]\n", b"\r\n[\t]"])
def test_the_writing_of_a_tools_file_makes_no_difference(tmp_path: Path, tools: bytes) -> None:
    assert computed(tmp_path, tools_json=tools).tools_hash == TOOLS


@pytest.mark.parametrize(
    "tools", ['"text"', "{}", '{"name": "search"}', "[1.5, 18446744073709551615]", "null", "[[{}]]"]
)
def test_an_id_needs_strict_json_of_no_certain_shape(tmp_path: Path, tools: str) -> None:
    assert computed(tmp_path, tools_json=tools).sekuire_id is not None


@pytest.mark.parametrize(
    ("tools", "why"),
    [
        (b"[1e5]", "number"),
        (b"[-0]", "number"),
        (b"[18446744073709551616]", "number"),
        (b"[1.2345678901234567]", "number"),
        (b'{"a": 1,\n"a": 1}', "duplicate key, line 2"),
        (b'["\\udfff"]', "lone surrogate"),
        ('{"\U0001f680": 1}'.encode(), "BMP"),
        (b"[" * 65 + b"]" * 65, "depth"),
        (b"[,]", "not JSON"),
        (b"", "not JSON"),
        (b"\xef\xbb\xbf[]", "not UTF-8 without a byte order mark"),
        (b"\xff", "not UTF-8"),
    ],
)
def test_a_tools_file_that_programs_read_differently_gives_no_id(tmp_path: Path, tools: bytes, why: str) -> None:
    identity = computed(tmp_path, tools_json=tools)
    assert (identity.prompt_hash, identity.tools_hash, identity.sekuire_id) == (PROMPT, None, None)
    (reason,) = identity.reasons
    assert why in reason


@pytest.mark.parametrize(
    ("definition", "missing"),
    [
        ("identity: {system_prompt: prompt.md, tools: tools.json}", "'identity.model' is missing."),
        ("identity: {model: '${M}', system_prompt: prompt.md, tools: tools.json}", "'${M}', which is known at run"),
        ("identity: {model: gpt-4o, tools: tools.json}", "'identity.system_prompt_path' is missing."),
        ("identity: {model: gpt-4o, system_prompt: prompt.md}", "'identity.tools_path' is missing."),
        ("identity: {model: gpt-4o, system_prompt: prompt.md, tools: [a]}", "'identity.tools_path' is missing."),
        ("identity: {model: gpt-4o, system_prompt: gone.md, tools: tools.json}", "'gone.md' cannot be read"),
        ("identity: {model: gpt-4o, system_prompt: '', tools: tools.json}", "system prompt can't be read"),
        ("identity: {model: gpt-4o, system_prompt: '${P:-prompt.md}', tools: tools.json}", "known at run time only"),
        ("identity: {model: gpt-4o, system_prompt: prompt.md, tools: '${T}'}", "known at run time only"),
        ("identity: {model: m, system_prompt: prompt.md, system_prompt_path: p.md, tools: tools.json}", "two paths"),
        ("identity: {model: m, system_prompt: prompt.md, tools: tools.json, tools_path: t.json}", "two paths"),
    ],
)
def test_an_id_without_one_of_its_parts_is_not_computed(tmp_path: Path, definition: str, missing: str) -> None:
    identity = computed(tmp_path, sekuire_yml=definition)
    assert identity.sekuire_id is None
    (reason,) = identity.reasons
    assert missing in reason


def test_two_spellings_of_one_path_are_one_path(tmp_path: Path) -> None:
    both = "identity: {model: gpt-4o, system_prompt: ./prompt.md, system_prompt_path: prompt.md, tools: .//tools.json}"
    assert computed(tmp_path, sekuire_yml=both).sekuire_id == ID


def test_a_prompt_that_is_no_text_or_too_long_gives_no_id(tmp_path: Path) -> None:
    assert "not UTF-8" in computed(tmp_path, prompt_md=b"\xff").reasons[0]
    assert "larger than" in computed(tmp_path, prompt_md=b"x" * 1_048_577).reasons[0]


def test_a_missing_prompt_is_no_problem_of_the_verdict(tmp_path: Path) -> None:
    text = "You are helpful.\\nBe kind: never C:\\\\x or https://example.com/.. or ../up."
    agents = f"{{a: {{system_prompt: gone.md}}, b: {{system_prompt: {'x' * 999}}}}}"
    definition = f'agent: {{system_prompt: "{text}"}}\nagents: {agents}\n'
    write(tmp_path, {"sekuire.yml": definition})
    assert read(tmp_path).computed.sekuire_id is None


TEXTS = {
    "several lines": "You are helpful.\nNever read ../secrets or /etc/passwd.",
    "several lines that lead out": "../up\n/etc",
    "several lines that name a folder": "folder/\n",
    "lines of Windows": "/a\r\nb",
    "words that lead out": "../.. are dots. You are helpful",
    "words that begin with a slash": "/no_think You are helpful",
    "words with a tab": "/a\tb",
    "longer than a path": "/" + "x" * 1_024,
    "an emoji": "ok \u2764\ufe0f \U0001f469\u200d\U0001f4bb",
    "a Persian word": "\u0645\u06cc\u200c\u062e\u0648",
    "a soft hyphen": "so\u00adft",
    "a variable in words": "/a Hello ${NAME}",
}


@pytest.mark.parametrize(
    "place",
    ["identity/system_prompt", "agent/system_prompt", "agents/a/system_prompt"],
    ids=["identity", "agent", "one"],
)
@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
def test_a_prompt_may_be_the_text_itself(tmp_path: Path, place: str, text: str) -> None:
    definition: object = text
    for key in reversed(place.split("/")):
        definition = {key: definition}
    write(tmp_path, {"sekuire.json": json.dumps(definition), "folder/x": ""})
    assert read(tmp_path, "sekuire.json").computed.prompt_hash is None


def test_an_id_is_not_computed_of_a_prompt_that_is_the_text_itself(tmp_path: Path) -> None:
    text = (
        "identity: {model: m, system_prompt: You are helpful., system_prompt_path: prompt.md, tools_path: tools.json}"
    )
    identity = computed(tmp_path, sekuire_yml=text)
    assert identity.tools_hash is not None
    assert identity.sekuire_id is None
    assert identity.reasons == ("the system prompt is text in the definition; expected the path of its file.",)


def test_a_prompt_whose_file_has_a_blank_in_its_name_is_a_path(tmp_path: Path) -> None:
    text = "identity: {model: gpt-4o, system_prompt: my prompt.md, tools: tools.json}"
    write(tmp_path, {"my prompt.md": "You are a helpful assistant."})
    assert computed(tmp_path, sekuire_yml=text).sekuire_id == ID


@pytest.mark.parametrize(
    ("definition", "kind"),
    [
        ("agent: {system_prompt: a link.md}", "definition.symlink"),
        ("agent: {system_prompt: a folder}", "definition.not_regular"),
        ("agent: {system_prompt: a pipe}", "definition.not_regular"),
        ("identity: {system_prompt_path: ../my prompts/a.md}", "definition.outside_root"),
        ("agent: {system_prompt: 12}", "definition.type"),
    ],
)
def test_a_path_with_a_blank_and_one_under_a_key_for_paths_are_checked_as_any(
    tmp_path: Path, definition: str, kind: str
) -> None:
    write(tmp_path, {"sekuire.yml": definition, "a folder/x": ""})
    (tmp_path / "a link.md").symlink_to("/etc/hosts")
    os.mkfifo(tmp_path / "a pipe")
    with pytest.raises(DefinitionError) as caught:
        read(tmp_path)
    assert caught.value.kind == kind


@pytest.mark.parametrize("place", ["identity: {{system_prompt_path: {0}}}", "agents: {{a: {{system_prompt: {0}}}}}"])
@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("../prompt.md", "definition.outside_root"),
        ("/etc/hosts", "definition.outside_root"),
        ("folder", "definition.not_regular"),
        ("link.md", "definition.symlink"),
        ("linked/prompt.md", "definition.symlink"),
    ],
)
def test_a_prompt_that_leads_out_or_to_no_file_is_a_problem_at_the_value(
    tmp_path: Path, place: str, path: str, kind: str
) -> None:
    write(tmp_path, {"sekuire.yml": place.format(path), "folder/prompt.md": "x"})
    (tmp_path / "link.md").symlink_to("/etc/hosts")
    (tmp_path / "linked").symlink_to("folder")
    with pytest.raises(DefinitionError) as caught:
        read(tmp_path)
    assert (caught.value.kind, str(caught.value.at)) == (
        kind,
        f"sekuire.yml:1:{place.format(chr(0)).index(chr(0)) + 1}",
    )
