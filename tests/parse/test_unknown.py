"""Keys that sound like claims: those in places that the protocol names are none, and all others are."""

from pathlib import Path

import pytest

from tests.support.marked import claims_of, found_in, read, write

NAMED = """
model: m
provider: p
identity: {model: m, tools: [a]}
llm: {model: m, provider: p}
llm_providers: [{model: m, provider: p}]
agent: {model: m, llm: {model: m, provider: p}, tools: [a], allowed_tools: [a]}
agents: {a: {llm: {model: m, provider: p}, tools: [a]}}
policy: {tools: {allowed: [a]}}
"""
ELSEWHERE = """
Model: ⟦unknown=Model|m⟧
"model_": ⟦unknown=model_|m⟧
MODELS: ⟦unknown=MODELS|[a, b]⟧
l-l.m: ⟦unknown=l-l.m|x⟧
tools: ⟦unknown=tools|t.json⟧
Tools: ⟦unknown=Tools|[no, 1]⟧
providers: ⟦unknown=providers|~⟧
identity: {provider: ⟦unknown=provider|p⟧, llm: ⟦unknown=llm|"x"⟧, models: ⟦unknown=models|""⟧}
llm: {models: ⟦unknown=models|m⟧, Model: ⟦unknown=Model|m⟧, tools: ⟦unknown=tools|t⟧}
llm_providers:
  - {models: ⟦unknown=models|m⟧, extra: [[{provider: ⟦unknown=provider|p⟧}]]}
agent:
  provider: ⟦unknown=provider|p⟧
  tools: [{name: a, model: ⟦unknown=model|m⟧}]
  fallback: {model: ⟦unknown=model|m⟧, llm_providers: [{model: ⟦unknown=model|n⟧}]}
  compliance: {tools: ⟦unknown=tools|x⟧}
agents:
  tools: {llm: {model: m}, model: ⟦unknown=model@tools|m⟧, provider: ⟦unknown=provider@tools|p⟧}
  memory: {models: ⟦unknown=models@memory|m⟧}
  a: {agents: {b: {tools: ⟦unknown=tools@a|x⟧}}, llm: {}}
policy: {tools: {tools: ⟦unknown=tools|x⟧}, models: ⟦unknown=models|{a: b}⟧}
capabilities: {provides: [{name: x, tools: ⟦unknown=tools|y⟧}]}
"""
LISTED_AGENTS = """
agents:
  - {name: llm, llm: {model: m}, model: ⟦unknown=model@llm|m⟧}
  - {models: ⟦unknown=models@1|m⟧}
"""
NOT_LIKE_A_CLAIM = """
tool: a
model_name: m
fallback_models: [m]
llm_config: {temperature: 1}
modell: m
Agents: {x: {y: z}}
agents:
"""
ABOUT_OTHER_THINGS = """
memory: {llm: {model: m}}
agent: {memory: {embedder: {provider: p, model: m}}}
deployment: {tools: [x], resources: [{model: m}]}
llm: {model: m, extra: {deployment: {models: [x]}}}
Memory: {model: ⟦unknown=model|m⟧}
deployments: {model: ⟦unknown=model|m⟧}
"""


@pytest.mark.parametrize(
    "marked",
    [NAMED, ELSEWHERE, LISTED_AGENTS, NOT_LIKE_A_CLAIM, ABOUT_OTHER_THINGS],
    ids=["named places", "elsewhere", "in listed agents", "other keys", "below memory and deployment"],
)
def test_a_key_that_sounds_like_a_claim_is_unknown_exactly_where_it_is_marked(tmp_path: Path, marked: str) -> None:
    write(tmp_path, {"sekuire.yml": marked})
    found = [one for one in found_in(read(tmp_path)) if one.field == "unknown"]
    assert found == [one for one in claims_of("sekuire.yml", marked) if one.field == "unknown"]


def test_keys_below_an_unknown_key_are_unknown_too(tmp_path: Path) -> None:
    write(tmp_path, {"sekuire.json": '{"llms": [\n {"model": "m",\n  "llm": {"provider": "p"}}]}'})
    unknown = read(tmp_path, "sekuire.json").unknown
    assert [(claim.value, str(claim.at), claim.at.pointer) for claim in unknown] == [
        ("llms", "sekuire.json:1:10", "/llms"),
        ("model", "sekuire.json:2:12", "/llms/0/model"),
        ("llm", "sekuire.json:3:10", "/llms/0/llm"),
        ("provider", "sekuire.json:3:23", "/llms/0/llm/provider"),
    ]


def test_nothing_in_a_tools_file_is_an_unknown_claim(tmp_path: Path) -> None:
    tools = '{"model": "m", "tools": [{"name": "a", "model": "m", "llm": {}, "tools": []}]}'
    write(tmp_path, {"sekuire.yml": "agent: {tools: tools.json}", "tools.json": tools})
    assert read(tmp_path).unknown == ()


def test_many_keys_are_gone_over_in_time_that_grows_with_them(tmp_path: Path) -> None:
    deep = "{" * 60 + "models: m" + "}" * 60
    text = "\n".join(f"k{number}: {deep.replace('{', '{a: ', 59)}" for number in range(400))
    write(tmp_path, {"sekuire.yml": text})
    assert len(read(tmp_path).unknown) == 400
