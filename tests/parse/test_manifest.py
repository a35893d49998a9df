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
  system_prompt: ⟦identity_paths|prompt.md⟧
  tools: ⟦identity_paths|tools.json⟧
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
tools: ⟦unknown=tools|not_a_place⟧
network: {allow: no}
agent:
  llm:
  tools: ~
  allowed_tools: null
  compliance:
capabilities:
"""
GRANTS = """
# as a public repository writes them
project: {name: workspace-agent, sekuire_id: ⟦sekuire_id|72ad085f⟧}
identity:
  model: ⟦models|gemini-1.5-flash⟧
  system_prompt_path: ⟦identity_paths|prompts/system.md⟧
  system_prompt_hash: ⟦prompt_hash|b8c5de4f⟧
  tools_hash: ⟦tools_hash|"d53d18c2"⟧
a2a:
  upstream_url: https://agent.example.com/a2a/tasks
permissions:
  network:
    allowed_hosts:
    - ⟦hosts|'*.googleapis.com'⟧
    - ⟦hosts|localhost⟧
    - ⟦hosts|192.0.2.7⟧
    - ⟦hosts|${API_HOST:-api.example.com}⟧
    blocked_hosts: [evil.example.com]
  filesystem:
    allowed_paths: [⟦paths|./data⟧, ⟦paths|"/tmp/*"⟧]
    blocked_paths: [/etc]
rate_limits:
  requests:
    max_per_minute: ⟦rates=requests.max_per_minute=60|60⟧
    max_per_hour: ⟦rates=requests.max_per_hour=0|0⟧
  tokens:
    max_per_hour: ⟦rates=tokens.max_per_hour=18446744073709551615|18446744073709551615⟧
    max_per_minute: ⟦rates=tokens.max_per_minute=50000|50000⟧
deployment:
  env:
  - name: GOOGLE_API_KEY
"""
GRANTS_BY_AGENT = """
llm: {base_url: ⟦hosts|https://llm.example.com/v1⟧}
llm_providers:
  - base_url: ⟦hosts|"http://localhost:11434"⟧
agent:
  llm: {base_url: ⟦hosts|https://b.example.com:8443⟧}
  network: {allow: [⟦hosts|c.example.com⟧], block: [d.example.com]}
  filesystem: {allow_read: [⟦paths|data⟧], allow_write: [⟦paths|out⟧], block_all: [/]}
agents:
  mail:
    llm: {base_url: ⟦hosts@mail|"${BASE_URL}"⟧}
    network:
      allow: [⟦hosts@mail|smtp.example.com⟧, ⟦hosts@mail|"*"⟧]
    filesystem:
      allow_write: [⟦paths@mail|/var/mail/*⟧]
      allow_read: [⟦paths@mail|../shared⟧]
  idle: {network: , filesystem: }
policy:
  network: {allowed_domains: [⟦hosts|"*.example.com"⟧], blocked_domains: [x.example.com]}
"""
GRANTS_IN_A_LIST = """
agents:
- name: web
  network: {allow: [⟦hosts@web|a.example.com⟧]}
- filesystem: {allow_read: [⟦paths@1|/a⟧], allow_write: [⟦paths@1|/a⟧]}
permissions: {network: {allowed_hosts: []}, filesystem: {allowed_paths: }}
rate_limits: {requests: , tokens: {}}
identity: {system_prompt_hash: , tools_hash: ~, tools: }
"""
TOOLS_IN_LISTS = """
identity:
  tools_path: [{name: ⟦tools|a⟧, permissions: {network: [⟦hosts|a.example.com⟧]}}]
  tools:
  - type: function
    function: {name: ⟦tools|b⟧, permissions: {filesystem: [⟦paths|/b⟧]}}
agent:
  tools:
  - name: ⟦tools|c⟧
    function: {name: ⟦tools|d⟧}
    compliance: {require_approval: ⟦approvals=c,approvals=d|true⟧}
  allowed_tools: [{name: ⟦tools|e⟧, permissions: {network: ⟦hosts=*|true⟧}}, ⟦tools|f⟧]
agents:
  mail:
    tools: [{name: ⟦tools@mail|g⟧, compliance: {require_approval: ⟦approvals=g@mail|True⟧}}]
    allowed_tools: [{name: ⟦tools@mail|h⟧, permissions: {fs: {read: [⟦paths@mail|/h⟧]}}}]
policy: {tools: {allowed: [{name: ⟦tools|i⟧, permissions: {network: {allow: [⟦hosts|i.example.com⟧]}}}]}}
"""
JSON_DEFINITION = """
{
  "identity": {"model": ⟦models|"gpt-4o"⟧, "tools_path": ⟦identity_paths|"schemas/tools.json"⟧},
  "agent": {"tools": [⟦tools|"local"⟧], "compliance": {"audit_logging": ⟦audits|true⟧}},
  "capabilities": {"requires": [⟦capabilities|"search"⟧]},
  "permissions": {"network": {"allowed_hosts": [⟦hosts|"a.example.com"⟧]},
                  "filesystem": {"allowed_paths": [⟦paths|"/srv"⟧]}},
  "rate_limits": {"requests": {"max_per_minute": ⟦rates=requests.max_per_minute=5|5⟧}}
}
"""


@pytest.mark.parametrize(
    "marked",
    [INIT, MULTI, AGENT_LIST, ODD, GRANTS, GRANTS_BY_AGENT, GRANTS_IN_A_LIST],
    ids=[
        "sekuire init",
        "several agents",
        "agents as a list",
        "empty, dynamic and elsewhere",
        "what is granted",
        "granted by agent",
        "granted in a list, or not",
    ],
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


def test_a_tool_in_a_list_says_as_much_of_itself_as_in_a_tools_file(tmp_path: Path) -> None:
    write(tmp_path, {"sekuire.yml": TOOLS_IN_LISTS})
    assert found_in(read(tmp_path)) == in_order_of_fields(list(claims_of("sekuire.yml", TOOLS_IN_LISTS)))


def test_the_name_of_a_tool_in_json_has_a_pointer_into_the_definition(tmp_path: Path) -> None:
    tool = '{"function": {"name": "f"}, "permissions": {"network": true}, "compliance": {"require_approval": true}}'
    write(tmp_path, {"sekuire.json": f'{{"identity": {{"tools": [{tool}]}}}}'})
    manifest = read(tmp_path, "sekuire.json")
    claims = (*manifest.tools, *manifest.hosts, *manifest.approvals)
    assert [(claim.value, claim.at.pointer) for claim in claims] == [
        ("f", "/identity/tools/0/function/name"),
        ("*", "/identity/tools/0/permissions/network"),
        ("f", "/identity/tools/0/compliance/require_approval"),
    ]


@pytest.mark.parametrize("written", ["7", "010", "no", "1e5", "2026-01-02", "'12'", "abc"])
def test_an_id_or_a_hash_is_text_as_it_is_written_whatever_some_reader_makes_of_it(
    tmp_path: Path, written: str
) -> None:
    definition = (
        f"project: {{sekuire_id: {written}}}\nidentity: {{tools_hash: {written}, system_prompt_hash: {written}}}"
    )
    write(tmp_path, {"sekuire.yml": definition})
    manifest = read(tmp_path)
    declared = (manifest.sekuire_id, manifest.tools_hash, manifest.prompt_hash)
    assert [claim.value for claim in declared if claim is not None] == [written.strip("'")] * 3


@pytest.mark.parametrize("written", ["", "~", "null"])
def test_an_id_or_a_hash_that_is_null_is_absent(tmp_path: Path, written: str) -> None:
    definition = (
        f"project:\n  sekuire_id: {written}\nidentity: {{tools_hash: {written}, system_prompt_hash: {written}}}"
    )
    write(tmp_path, {"sekuire.yml": definition})
    manifest = read(tmp_path)
    assert (manifest.sekuire_id, manifest.tools_hash, manifest.prompt_hash) == (None, None, None)


def test_an_agent_without_a_name_is_known_by_its_place_in_the_list(tmp_path: Path) -> None:
    write(tmp_path, {"sekuire.yml": "agents: [{name: ''}, {name: }, {name: [x]}, {name: '0x'}, {name: '7'}, {}]"})
    assert read(tmp_path).agents == ("0", "1", "2", "0x", "7", "5")


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
        "llm: {{base_url: {0}}}",
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
        ("agent: {network: true}", "definition.shape", "1:18"),
        ("agent: {network: {allow: true}}", "definition.shape", "1:26"),
        ("agent: {network: {allow: api.example.com}}", "definition.shape", "1:26"),
        ("agents: {a: {network: {allow: {x: y}}}}", "definition.shape", "1:31"),
        ("agent: {network: {allow: [{name: a.example.com}]}}", "definition.shape", "1:27"),
        ("permissions: [network]", "definition.shape", "1:14"),
        ("permissions: {network: {allowed_hosts: [4.10]}}", "definition.type", "1:41"),
        ("agents:\n  a:\n    network:\n      allow:\n      -\n", "definition.type", "5:8"),
        ("agent: {network: {allow: [a, no]}}", "definition.type", "1:30"),
        ("agent: {filesystem: {allow_write: [~]}}", "definition.type", "1:36"),
        ("policy: {network: {allowed_domains: all}}", "definition.shape", "1:37"),
        ("agent: {filesystem: {allow_read: /}}", "definition.shape", "1:34"),
        ("permissions: {filesystem: {allowed_paths: [{path: /}]}}", "definition.shape", "1:44"),
        ("llm: {base_url: [a]}", "definition.shape", "1:17"),
        ("rate_limits: 60", "definition.shape", "1:14"),
        ("rate_limits: {requests: 60}", "definition.shape", "1:25"),
        ("identity: {tools_hash: [a]}", "definition.shape", "1:24"),
        ("identity: {system_prompt_hash: {a: b}}", "definition.shape", "1:32"),
        ("project: {sekuire_id: [a]}", "definition.shape", "1:23"),
        ('project: {sekuire_id: "a\\u200b"}', "definition.ambiguous", "1:23"),
        ("agent: {tools: [{name: a, function: {name: no}}]}", "definition.type", "1:44"),
        ("agent: {tools: [{function: {}}]}", "definition.shape", "1:17"),
        ("agent: {tools: [{name: a, compliance: [x]}]}", "definition.shape", "1:39"),
        ("agent: {tools: [{name: a, compliance: {require_approval: yes}}]}", "definition.type", "1:58"),
        ("agents: [{name: a}, {name: a}]", "definition.ambiguous", "1:28"),
        ('agents: [{}, {}, {name: "1"}]', "definition.ambiguous", "1:25"),
        ("agents: [{name: 1}, {tools: [x]}]", "definition.ambiguous", "1:17"),
        ("agents: [{name: a, tools: [x]}, {name: 'a'}]", "definition.ambiguous", "1:40"),
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


@pytest.mark.parametrize("limit", ["requests.max_per_minute", "requests.max_per_hour", "tokens.max_per_minute"])
@pytest.mark.parametrize(
    "written",
    [
        '"60"', "-1", "+1", "1.0", "1e3", "010", "00", "1_000", "0x10", "0o17", "1:30", ".inf", "sixty", "${RATE}",
        '"${RATE:-60}"', "true", "~", "", "[60]", "{a: 60}", "2026-01-02", "18446744073709551616", "9" * 5000, "٣",
    ],
)  # fmt: skip
def test_a_rate_that_is_no_whole_number_in_plain_digits_is_refused(tmp_path: Path, limit: str, written: str) -> None:
    section, name = limit.split(".")
    write(tmp_path, {"sekuire.yml": f"rate_limits:\n  {section}:\n    {name}: {written}\n"})
    with pytest.raises(DefinitionError) as caught:
        read(tmp_path)
    column = len(f"    {name}:") + (2 if written else 1)
    assert (caught.value.kind, str(caught.value.at)) == ("definition.type", f"sekuire.yml:3:{column}")
    assert len(caught.value.message) < 300


@pytest.mark.parametrize("written", ["60.0", "6e1", "-60", '"60"', "null", "true", "18446744073709551616"])
def test_a_rate_in_json_that_is_no_whole_number_in_plain_digits_is_refused(tmp_path: Path, written: str) -> None:
    write(tmp_path, {"sekuire.json": f'{{"rate_limits": {{"tokens": {{"max_per_hour": {written}}}}}}}'})
    with pytest.raises(DefinitionError) as caught:
        read(tmp_path, "sekuire.json")
    assert (caught.value.kind, str(caught.value.at)) == ("definition.type", "sekuire.json:1:45")


@pytest.mark.parametrize(
    "place",
    ["model: {}", "agents: {{a: {{tools: [{}]}}}}", "permissions: {{network: {{allowed_hosts: [{}]}}}}",
     "identity: {{tools_path: {}}}", "agent: {{compliance: {{framework: {}}}}}"],
)  # fmt: skip
@pytest.mark.parametrize("character", ["\u200b", "\u202e", "\u2066", "\u00ad", "\ufe0f", "\u2060"], ids=ascii)
def test_a_name_with_a_character_that_nobody_sees_is_refused(tmp_path: Path, place: str, character: str) -> None:
    escaped = f'"a\\u{ord(character):04x}b"'
    write(tmp_path, {"raw.yml": place.format(f"a{character}b"), "escaped.yml": place.format(escaped)})
    for path in ("raw.yml", "escaped.yml"):
        with pytest.raises(DefinitionError, match=f"invisible character U\\+{ord(character):04X}") as caught:
            read(tmp_path, path)
        column = place.format("\0").index("\0") + 1
        assert (caught.value.kind, str(caught.value.at)) == ("definition.ambiguous", f"{path}:1:{column}")


def test_elsewhere_a_character_that_nobody_sees_is_ordinary_text(tmp_path: Path) -> None:
    write(tmp_path, {"sekuire.yml": "project: {description: 'a\u200bb'}\nmodel: gpt-4o\n"})
    assert [claim.value for claim in read(tmp_path).models] == ["gpt-4o"]


def test_a_host_that_aliases_repeat_stands_at_each_alias(tmp_path: Path) -> None:
    definition = "x: &hosts [a.example.com]\nagents: {b: {network: {allow: *hosts}}, c: {network: {allow: *hosts}}}\n"
    write(tmp_path, {"sekuire.yml": definition})
    claims = [(claim.value, claim.agent, str(claim.at), claim.at.pointer) for claim in read(tmp_path).hosts]
    assert claims == [
        ("a.example.com", "b", "sekuire.yml:2:31", "/agents/b/network/allow/0"),
        ("a.example.com", "c", "sekuire.yml:2:62", "/agents/c/network/allow/0"),
    ]


def test_a_long_value_is_not_repeated_in_a_message(tmp_path: Path) -> None:
    write(tmp_path, {"sekuire.yml": f"llm: {'x' * 5000}\n", "number.yml": f"model: {'1' * 5000}\n"})
    for path in ("sekuire.yml", "number.yml"):
        with pytest.raises(DefinitionError) as caught:
            read(tmp_path, path)
        assert len(caught.value.message) + len(caught.value.fix) < 600


def test_many_agents_with_one_long_tools_file_are_a_limit_and_no_flood(tmp_path: Path) -> None:
    agents = ", ".join(f"a{number}: {{tools: tools.json}}" for number in range(11))
    tools = json.dumps([{"name": str(number)} for number in range(2000)])
    write(tmp_path, {"sekuire.yml": f"agents: {{{agents}}}\n", "tools.json": tools})
    with pytest.raises(DefinitionError) as caught:
        read(tmp_path)
    assert (caught.value.kind, str(caught.value.at)) == ("definition.too_many", "sekuire.yml:1:273")


@pytest.mark.parametrize(
    "definition",
    [
        "agent: {{tools: [{0}]}}",
        "capabilities: {{requires: [{0}]}}",
        "permissions: {{network: {{allowed_hosts: [{0}]}}}}",
    ],
)
def test_a_definition_makes_20_000_claims_and_not_one_more(tmp_path: Path, definition: str) -> None:
    full = ",".join(f"x{number:05}" for number in range(20_000))
    write(tmp_path, {"full.yml": definition.format(full), "over.yml": definition.format(f"{full},z")})
    read(tmp_path, "full.yml")
    with pytest.raises(DefinitionError) as caught:
        read(tmp_path, "over.yml")
    column = definition.format("\0").index("\0") + 1 + len(full) + 1
    assert (caught.value.kind, str(caught.value.at)) == ("definition.too_many", f"over.yml:1:{column}")
    assert "Split the definition" in caught.value.fix


def test_what_a_default_of_a_variable_brings_is_not_dropped_where_it_is_too_much(tmp_path: Path) -> None:
    tools = json.dumps([{"name": str(number)} for number in range(20_001)])
    write(tmp_path, {"sekuire.yml": "agent: {tools: '${T:-tools.json}'}", "tools.json": tools})
    with pytest.raises(DefinitionError, match="over 20,000 claims") as caught:
        read(tmp_path)
    assert (caught.value.kind, str(caught.value.at)) == ("definition.too_many", "sekuire.yml:1:16")


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
    sources = [
        clean(text).encode()
        for text in (
            INIT,
            ADOPT,
            MULTI,
            AGENT_LIST,
            ALIASES,
            ODD,
            GRANTS,
            GRANTS_BY_AGENT,
            GRANTS_IN_A_LIST,
            JSON_DEFINITION,
        )
    ]
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
