"""Realistic definitions of each shape, and exactly the claims that they make, each at its place."""

import json
import random
from contextlib import suppress
from pathlib import Path

import blake3
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sekuire_gate.errors import DefinitionError
from tests.support.marked import claims_of, clean, found_in, in_order_of_fields, read, write

INIT = """
# as `sekuire init` writes it
project:
  name: mail-agent
  sekuire_id: ⟦sekuire_id|d53d18c23212ea7b⟧

agent:
  llm:
    provider: ⟦providers|openai⟧   # trailing comment
    model: ⟦models|gpt-4o⟧
    temperature: 0.7
  system_prompt: ./prompts/system.md
  tools: ⟦dynamic_tools_files|${TOOLS_FILE}⟧
  allowed_tools:
    - ⟦tools|files:*⟧
    - ⟦tools|"directories:*"⟧
    - ⟦tools|'web_search'⟧
  memory: null
"""
ADOPT = """
identity:
  name: adopted
  model: ⟦models|claude-3-5-sonnet⟧
  system_prompt: prompt.md
  tools: tools.json
"""
MULTI = """
llm: {provider: ⟦providers|anthropic⟧, model: ⟦models|claude-3-opus⟧}
llm_providers:
  - provider: ⟦providers|"google"⟧
    model: ⟦models|gemini-1.5-pro⟧
  - model: ⟦models|mistralai/mixtral⟧
agents:
  mail:
    llm: {provider: ⟦providers@mail|openai⟧, model: ⟦models@mail|gpt-4o⟧}
    tools:
      - ⟦tools@mail|send⟧
      - name: ⟦tools@mail|read⟧
        description: reads mail
    system_prompt: prompts/mail.md
  "no":
    allowed_tools: [⟦tools@no|shell⟧]
    compliance:
      framework: [⟦frameworks@no|SOC2⟧, ⟦frameworks@no|"HIPAA"⟧]
      audit_logging: ⟦audits@no|False⟧
      require_approval: [⟦approvals@no|shell⟧]
  idle:
policy:
  tools:
    allowed:
      - ⟦tools|calculator⟧
capabilities:
  provides:
    - ⟦capabilities|summarise⟧
    - name: ⟦capabilities|translate⟧
  requires: [⟦capabilities|search⟧]
  delegates_to:
    - agent: other
      capabilities: [⟦capabilities|code:*⟧]
"""
AGENT_LIST = """
provider: ⟦providers|openai⟧
model: ⟦models|gpt-4⟧
agent:
  model: ⟦models|"gpt-4-turbo"⟧
  compliance: {framework: ⟦frameworks|pci-dss⟧, audit_logging: ⟦audits|true⟧}
agents:
  - name: writer
    llm: {model: ⟦models@writer|o1-mini⟧}
  - llm: {model: ⟦models@1|o3⟧}
  - name: 7
    tools: [⟦tools@7|x⟧]
capabilities: [⟦capabilities|chat⟧, {name: ⟦capabilities|plan⟧}]
"""
ALIASES = """
base: &base gpt-4o
tool: &tools [a, b]
identity: {model: ⟦models|*base⟧}
agents:
  one: &one {llm: {model: ⟦models@one|gpt-4⟧}, tools: ⟦tools@one,tools@one|*tools⟧}
"""
ODD = """
model: ⟦models|""⟧
provider: ⟦providers|${PROVIDER:-openai}⟧
tools: not_a_place
network: {allow: no}
agent:
  llm:
  tools: ~
  allowed_tools: null
  compliance:
capabilities:
"""
JSON_DEFINITION = """
{
  "identity": {"model": ⟦models|"gpt-4o"⟧, "tools_path": "schemas/tools.json"},
  "agent": {"tools": [⟦tools|"local"⟧], "compliance": {"audit_logging": ⟦audits|true⟧}},
  "capabilities": {"requires": [⟦capabilities|"search"⟧]}
}
"""


@pytest.mark.parametrize(
    "marked",
    [INIT, MULTI, AGENT_LIST, ODD],
    ids=["sekuire init", "several agents", "agents as a list", "empty, dynamic and elsewhere"],
)
def test_a_definition_makes_exactly_the_marked_claims(tmp_path: Path, marked: str) -> None:
    write(tmp_path, {"sekuire.yml": marked})
    assert found_in(read(tmp_path)) == in_order_of_fields(list(claims_of("sekuire.yml", marked)))


def test_a_tools_file_brings_claims_that_stand_in_it_after_those_of_the_definition(tmp_path: Path) -> None:
    tools = (
        '[{"name": ⟦tools|"read"⟧},\n {"name": ⟦tools|"write"⟧, "compliance": {"require_approval": ⟦approvals|true⟧}}]'
    )
    files = {"agents/a/sekuire.json": JSON_DEFINITION, "agents/a/schemas/tools.json": tools.replace("approvals|", "x|")}
    write(tmp_path, files)
    manifest = read(tmp_path, "agents/a/sekuire.json")
    expected = [
        *claims_of("agents/a/sekuire.json", JSON_DEFINITION),
        *(one for one in claims_of("agents/a/schemas/tools.json", tools) if one.field == "tools"),
    ]
    assert [one for one in found_in(manifest) if one.field != "approvals"] == in_order_of_fields(expected)
    (approval,) = manifest.approvals
    assert (approval.value, str(approval.at)) == ("write", "agents/a/schemas/tools.json:2:55")


def test_a_tools_file_that_two_agents_name_is_a_claim_of_each_and_of_none_twice(tmp_path: Path) -> None:
    definition = """
        identity: {tools_path: tools.json, tools: ./tools.json}
        agents: {a: {tools: tools.json}, b: {tools: ../x/tools.json}}
    """
    write(tmp_path, {"x/sekuire.yml": definition, "x/tools.json": '[{"name": "read"}]'})
    claims = read(tmp_path, "x/sekuire.yml").tools
    assert [(claim.value, claim.agent, str(claim.at)) for claim in claims] == [
        ("read", agent, "x/tools.json:1:11") for agent in (None, "a", "b")
    ]


def test_a_tools_path_that_is_a_list_holds_names_and_leads_to_no_tools_hash(tmp_path: Path) -> None:
    write(tmp_path, {"sekuire.yml": "identity: {model: m, tools_path: [read, {name: write}]}"})
    manifest = read(tmp_path)
    assert [(claim.value, str(claim.at)) for claim in manifest.tools] == [
        ("read", "sekuire.yml:1:35"),
        ("write", "sekuire.yml:1:48"),
    ]
    assert manifest.computed.tools_hash is None


def test_adopts_spelling_names_a_tools_file_and_a_prompt(tmp_path: Path) -> None:
    write(tmp_path, {"sekuire.yml": ADOPT, "tools.json": "[]", "prompt.md": "Be kind."})
    manifest = read(tmp_path)
    assert found_in(manifest) == list(claims_of("sekuire.yml", ADOPT))
    assert manifest.computed.reasons == ()


def test_a_claim_written_as_an_alias_stands_at_the_alias(tmp_path: Path) -> None:
    write(tmp_path, {"sekuire.yml": ALIASES})
    manifest = read(tmp_path)
    places = [(one.value, one.place) for one in found_in(manifest)]
    assert places == [
        ("gpt-4o", "sekuire.yml:3:19-24"),
        ("gpt-4", "sekuire.yml:5:27-32"),
        ("a", "sekuire.yml:5:42-48"),
        ("b", "sekuire.yml:5:42-48"),
    ]
    assert [claim.at.pointer for claim in manifest.tools] == ["/agents/one/tools/0", "/agents/one/tools/1"]


def test_a_block_scalar_stands_at_its_header(tmp_path: Path) -> None:
    write(tmp_path, {"sekuire.yml": "model: >-\n  gpt-4o\n"})
    (claim,) = read(tmp_path).models
    assert (claim.value, str(claim.at), claim.at.end_column) == ("gpt-4o", "sekuire.yml:1:8", 10)


def test_a_compliance_map_without_audit_logging_says_nothing_of_it_at_the_map(tmp_path: Path) -> None:
    write(tmp_path, {"sekuire.yml": "agents:\n  a:\n    compliance:\n      framework: SOC2\n"})
    (audit,) = read(tmp_path).audits
    assert (audit.value, audit.agent, str(audit.at), audit.at.pointer) == (
        None, "a", "sekuire.yml:4:7", "/agents/a/compliance",
    )  # fmt: skip


def test_agents_are_known_by_their_keys_in_order_of_place(tmp_path: Path) -> None:
    write(tmp_path, {"a.yml": MULTI, "b.yml": AGENT_LIST, "c.yml": "agents: ~"})
    assert read(tmp_path, "a.yml").agents == ("mail", "no", "idle")
    assert read(tmp_path, "b.yml").agents == ("writer", "1", "7")
    assert read(tmp_path, "c.yml").agents == ()


def test_a_path_known_at_run_time_brings_the_tools_of_its_default(tmp_path: Path) -> None:
    definition = "agent: {tools: '${DIR:-schemas}/tools.json'}\nagents: {a: {tools: '${X:-gone.json}'}}\n"
    write(tmp_path, {"sekuire.yml": definition, "schemas/tools.json": '[{"name": "read"}]'})
    manifest = read(tmp_path)
    assert [claim.value for claim in manifest.dynamic_tools_files] == ["${DIR:-schemas}/tools.json", "${X:-gone.json}"]
    assert [claim.value for claim in manifest.tools] == ["read"]


def test_the_hash_of_a_definition_is_of_its_bytes(tmp_path: Path) -> None:
    data = b"\xef\xbb\xbfmodel: x\r\n"
    write(tmp_path, {"sekuire.yml": data})
    assert read(tmp_path).blake3 == blake3.blake3(data).hexdigest()


def test_a_quoted_name_is_text_whatever_it_looks_like(tmp_path: Path) -> None:
    write(tmp_path, {"sekuire.yml": "model: 'no'\nprovider: \"010\"\n"})
    manifest = read(tmp_path)
    assert (manifest.models[0].value, manifest.providers[0].value) == ("no", "010")


UNQUOTED = ["null", "~", "", "no", "On", "true", "y", "010", "1:30", "4.10", "0x1f", ".inf", "1e3", "2026-01-02"]


@pytest.mark.parametrize("written", UNQUOTED)
@pytest.mark.parametrize(
    "place",
    [
        "llm: {{provider: {0}}}",
        "identity: {{model: {0}}}",
        "identity: {{tools_path: {0}}}",
        "identity: {{system_prompt: {0}}}",
        "project: {{sekuire_id: {0}}}",
        "agents: {{x: {{llm: {{model: {0}}}}}}}",
        "agent: {{allowed_tools: [a, {{name: {0}}}]}}",
    ],
)
def test_a_name_or_path_that_some_reader_converts_has_to_be_quoted(tmp_path: Path, place: str, written: str) -> None:
    write(tmp_path, {"sekuire.yml": place.format(written)})
    with pytest.raises(DefinitionError, match="without quotes") as caught:
        read(tmp_path)
    assert caught.value.kind == "definition.type"
    assert f'Quote it: "{written}"' in caught.value.fix
    assert caught.value.at is not None
    assert caught.value.at.column == place.format("\0").index("\0") + 1


@pytest.mark.parametrize(
    ("definition", "kind", "place"),
    [
        ("", "definition.shape", "1:1"),
        ("- a\n", "definition.shape", "1:1"),
        ("just text", "definition.shape", "1:1"),
        ("llm: openai", "definition.shape", "1:6"),
        ("llm: [a]", "definition.shape", "1:6"),
        ("llm_providers: {a: b}", "definition.shape", "1:16"),
        ("llm_providers: [a]", "definition.shape", "1:17"),
        ("agents: x", "definition.shape", "1:9"),
        ("agents: {a: x}", "definition.shape", "1:13"),
        ("model: [a]", "definition.shape", "1:8"),
        ("model: {a: b}", "definition.shape", "1:8"),
        ("agent: {tools: {a: b}}", "definition.shape", "1:16"),
        ("agent: {allowed_tools: all}", "definition.shape", "1:24"),
        ("agent: {tools: [{description: d}]}", "definition.shape", "1:17"),
        ("agent: {tools: [[a]]}", "definition.shape", "1:17"),
        ("agent: {tools: [no]}", "definition.type", "1:17"),
        ("agent: {tools: 010}", "definition.type", "1:16"),
        ("capabilities: chat", "definition.shape", "1:15"),
        ("capabilities: {provides: chat}", "definition.shape", "1:26"),
        ("capabilities: {delegates_to: [b]}", "definition.shape", "1:31"),
        ("agent: {compliance: [SOC2]}", "definition.shape", "1:21"),
        ("agent: {compliance: {framework: {a: b}}}", "definition.shape", "1:33"),
        ("agent: {compliance: {framework: 27001}}", "definition.type", "1:33"),
        ("agent: {compliance: {require_approval: true}}", "definition.shape", "1:40"),
        ("agent: {compliance: {audit_logging: yes}}", "definition.type", "1:37"),
        ('agent: {compliance: {audit_logging: "true"}}', "definition.type", "1:37"),
        ("agent: {compliance: {audit_logging: ~}}", "definition.type", "1:37"),
        ("agent: {compliance: {audit_logging: '${AUDIT}'}}", "definition.type", "1:37"),
        ("agent: {compliance: {audit_logging: [true]}}", "definition.type", "1:37"),
        ("agent: {compliance: {audit_logging: {on: true}}}", "definition.type", "1:37"),
        ("identity: {tools_path: {a: b}}", "definition.shape", "1:24"),
        ("identity: {tools_path: [no]}", "definition.type", "1:25"),
    ],
)
def test_a_value_of_another_shape_or_type_is_refused_where_it_stands(
    tmp_path: Path, definition: str, kind: str, place: str
) -> None:
    write(tmp_path, {"sekuire.yml": definition})
    with pytest.raises(DefinitionError) as caught:
        read(tmp_path)
    assert (caught.value.kind, str(caught.value.at)) == (kind, f"sekuire.yml:{place}")


def test_a_long_value_is_not_repeated_in_a_message(tmp_path: Path) -> None:
    write(tmp_path, {"sekuire.yml": f"llm: {'x' * 5000}\n", "number.yml": f"model: {'1' * 5000}\n"})
    for path in ("sekuire.yml", "number.yml"):
        with pytest.raises(DefinitionError) as caught:
            read(tmp_path, path)
        assert len(caught.value.message) + len(caught.value.fix) < 600


def test_many_agents_with_one_long_tools_file_are_a_limit_and_no_flood(tmp_path: Path) -> None:
    agents = ", ".join(f"a{number}: {{tools: tools.json}}" for number in range(60))
    tools = json.dumps([{"name": str(number)} for number in range(2000)])
    write(tmp_path, {"sekuire.yml": f"agents: {{{agents}}}\n", "tools.json": tools})
    with pytest.raises(DefinitionError) as caught:
        read(tmp_path)
    assert caught.value.kind == "definition.too_many"
    assert caught.value.at is not None


def _read_or_refused(root: Path, files: dict[str, bytes], path: str) -> None:
    """Read a definition; any other exception than the gate's own fails the test."""
    write(root, files)
    with suppress(DefinitionError):
        read(root, path)


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(definition=st.binary(max_size=200), tools=st.binary(max_size=100), prompt=st.binary(max_size=50))
def test_any_bytes_are_a_manifest_or_a_definition_error(
    tmp_path: Path, definition: bytes, tools: bytes, prompt: bytes
) -> None:
    _read_or_refused(tmp_path, {"sekuire.yml": definition, "sekuire.json": definition}, "sekuire.yml")
    _read_or_refused(tmp_path, {}, "sekuire.json")
    _read_or_refused(tmp_path, {"ok.yml": clean(ADOPT).encode(), "tools.json": tools, "prompt.md": prompt}, "ok.yml")


def test_any_mutation_of_a_realistic_definition_is_a_manifest_or_a_definition_error(tmp_path: Path) -> None:
    chance = random.Random(3)
    tools = b'{"version": "1", "tools": [{"type": "function", "function": {"name": "a"}}]}'
    write(tmp_path, {"prompt.md": "p", "schemas/tools.json": tools, "prompts/system.md": "s"})
    sources = [clean(text).encode() for text in (INIT, ADOPT, MULTI, AGENT_LIST, ALIASES, ODD, JSON_DEFINITION)]
    pieces = [
        b"\n",
        b" ",
        b":",
        b"[",
        b"]",
        b"{",
        b"}",
        b"*one",
        b"&a ",
        b"~",
        b"no",
        b"\x00",
        b"\xff",
        b'"',
        b"- ",
        b"\xe2\x80\xa8",
    ]
    for _ in range(600):
        mutant = bytearray(chance.choice(sources))
        for _ in range(chance.randint(1, 4)):
            start = chance.randrange(len(mutant) + 1)
            mutant[start : start + chance.randint(0, 6)] = chance.choice(pieces)
        _read_or_refused(tmp_path, {"sekuire.yml": bytes(mutant), "tools.json": bytes(mutant)}, "sekuire.yml")
        _read_or_refused(tmp_path, {"sekuire.json": bytes(mutant)}, "sekuire.json")
