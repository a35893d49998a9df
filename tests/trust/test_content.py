import json
from typing import Any

import pytest

from sekuire_gate import canonical
from sekuire_gate.errors import PolicyFormatError
from sekuire_gate.model.policy import (
    ApiRules,
    ComplianceRules,
    Entry,
    FilesystemRules,
    NameRules,
    NetworkRules,
    Policy,
    PolicyLabel,
    PolicyProof,
    RateLimits,
    Source,
    Trust,
)
from sekuire_gate.trust.content import read_content

PROOF = PolicyProof("policy_1", "1", "ab" * 32, None, Trust.UNVERIFIED, Source.FILE)
LABEL = PolicyLabel("ws_1", "active", None, None)

MODELS = "agent.models"
CAPABILITIES = "agent.capabilities"
NETWORK = "permissions.network"
FILES = "permissions.filesystem"
API = "permissions.api"
RATES = "rate_limits.per_agent"

ALLOWING = {
    f"{MODELS}.allowed_providers": "providers",
    f"{MODELS}.allowed_models": "models",
    f"{CAPABILITIES}.allowed_tools": "tools",
    "tools.allowed_tools": "tools",
    f"{CAPABILITIES}.allowed_capabilities": "capabilities",
    "tools.allowed_capabilities": "capabilities",
    f"{NETWORK}.allowed_domains": "hosts",
    f"{FILES}.allowed_paths": "paths",
}
DENYING = {
    f"{MODELS}.denied_providers": "providers",
    f"{MODELS}.blocked_providers": "providers",
    f"{MODELS}.denied_models": "models",
    f"{MODELS}.blocked_models": "models",
    f"{CAPABILITIES}.denied_tools": "tools",
    f"{CAPABILITIES}.blocked_tools": "tools",
    "tools.denied_tools": "tools",
    "tools.blocked_tools": "tools",
    f"{CAPABILITIES}.denied_capabilities": "capabilities",
    f"{CAPABILITIES}.blocked_capabilities": "capabilities",
    "tools.denied_capabilities": "capabilities",
    "tools.blocked_capabilities": "capabilities",
    f"{NETWORK}.denied_domains": "hosts",
    f"{NETWORK}.blocked_domains": "hosts",
    f"{FILES}.denied_paths": "paths",
    f"{FILES}.blocked_paths": "paths",
}
OTHER_LISTS = [f"{FILES}.allowed_extensions", f"{API}.allowed_services", "compliance.frameworks"]
LISTS = [*ALLOWING, *DENYING, *OTHER_LISTS]
FLAGS = [
    f"{CAPABILITIES}.require_tool_approval",
    f"{NETWORK}.enabled",
    f"{NETWORK}.require_tls",
    f"{FILES}.enabled",
    f"{API}.enabled",
    "compliance.require_audit_logging",
]
COUNTS = [f"{RATES}.{what}_per_{unit}" for what in ("requests", "tokens") for unit in ("minute", "hour")]
TEXT = "compliance.data_residency"
EVERY_FIELD = [*LISTS, *FLAGS, *COUNTS, TEXT]


def read(content: object) -> Policy:
    return read_content(canonical.read(json.dumps(content)).root, PROOF, LABEL)


def at(place: str, value: object) -> dict[str, Any]:
    """Nest a value: at("a.b", 1) is {"a": {"b": 1}}."""
    for key in reversed(place.split(".")):
        value = {key: value}
    assert isinstance(value, dict)
    return value


def refused(content: object) -> PolicyFormatError:
    with pytest.raises(PolicyFormatError) as caught:
        read(content)
    return caught.value


def subject(policy: Policy, name: str) -> NameRules:
    rules = {"hosts": policy.network.hosts, "paths": policy.filesystem.paths}.get(name) or getattr(policy, name)
    assert isinstance(rules, NameRules)
    return rules


def pointer(place: str, rest: str) -> str:
    return "/" + place.replace(".", "/") + rest


@pytest.mark.parametrize(("place", "name"), ALLOWING.items(), ids=ALLOWING)
def test_an_allow_list_binds_its_subject_and_no_other(place: str, name: str) -> None:
    policy = read(at(place, ["one", {"name": "two", "more": 1}]))
    entries = (Entry("one", pointer(place, "/0")), Entry("two", pointer(place, "/1/name")))
    assert subject(policy, name) == NameRules(allowed=(entries,))
    assert [other for other in set(ALLOWING.values()) if subject(policy, other).restricts] == [name]


@pytest.mark.parametrize(("place", "name"), DENYING.items(), ids=DENYING)
def test_a_deny_list_blocks_under_both_of_its_names(place: str, name: str) -> None:
    policy = read(at(place, [{"service_name": "one"}, "two"]))
    entries = (Entry("one", pointer(place, "/0/service_name")), Entry("two", pointer(place, "/1")))
    assert subject(policy, name) == NameRules(blocked=entries)
    expected = {"tools", "capabilities"} if name == "tools" else {name}
    assert {other for other in set(ALLOWING.values()) if subject(policy, other).restricts} == expected


def test_both_vocabularies_bind_together() -> None:
    policy = read(
        {
            "tools": {"allowed_tools": [{"name": "a"}, {"name": "b"}], "blocked_tools": ["x"]},
            "agent": {"capabilities": {"allowed_tools": ["b", "c"], "denied_tools": ["y"]}},
        }
    )
    assert [[entry.text for entry in entries] for entries in policy.tools.allowed] == [["b", "c"], ["a", "b"]]
    assert [entry.text for entry in policy.tools.blocked] == ["y", "x"]


def test_denied_tools_are_denied_as_capabilities_and_allowed_tools_say_nothing_of_them() -> None:
    policy = read({"tools": {"allowed_tools": ["a"], "blocked_tools": ["x"], "denied_capabilities": ["z"]}})
    assert [entry.text for entry in policy.capabilities.blocked] == ["z", "x"]
    assert policy.capabilities.allowed == ()


def test_the_sections_that_are_not_about_names_are_read() -> None:
    policy = read(
        {
            "permissions": {
                "network": {"enabled": False, "require_tls": True},
                "filesystem": {"enabled": False, "allowed_extensions": [".md", {"name": ".txt"}]},
                "api": {
                    "enabled": False,
                    "allowed_services": [
                        "mail",
                        {"service_name": "crm", "endpoints": ["/v1", "/v2"]},
                        {"name": "erp", "endpoints": None},
                    ],
                },
            },
            "rate_limits": {
                "per_agent": {
                    "requests_per_minute": 0,
                    "requests_per_hour": 60,
                    "tokens_per_minute": 2**64 - 1,
                    "tokens_per_hour": None,
                }
            },
            "compliance": {"frameworks": ["SOC2"], "require_audit_logging": True, "data_residency": "eu"},
            "agent": {"capabilities": {"require_tool_approval": True}},
        }
    )
    assert policy == Policy(
        PROOF,
        LABEL,
        tool_approval=True,
        network=NetworkRules(enabled=False, require_tls=True),
        filesystem=FilesystemRules(enabled=False, extensions=(".md", ".txt")),
        api=ApiRules(enabled=False, services=(("mail", ()), ("crm", ("/v1", "/v2")), ("erp", ()))),
        rate_limits=RateLimits(0, 60, 2**64 - 1, None),
        compliance=ComplianceRules(
            (Entry("SOC2", "/compliance/frameworks/0"),), audit_logging=True, data_residency="eu"
        ),
    )


@pytest.mark.parametrize("place", EVERY_FIELD)
def test_null_restricts_nothing_though_the_field_is_there(place: str) -> None:
    assert read(at(place, None)) == Policy(PROOF, LABEL)


@pytest.mark.parametrize("place", LISTS)
def test_an_empty_list_restricts_nothing(place: str) -> None:
    assert read(at(place, [])) == Policy(PROOF, LABEL)


@pytest.mark.parametrize("place", EVERY_FIELD)
def test_every_field_of_the_table_changes_the_policy_and_is_known(place: str) -> None:
    value: object = ["x"]
    if place in FLAGS:
        value = not place.endswith("enabled")
    elif place in COUNTS:
        value = 1
    elif place == TEXT:
        value = "eu"
    policy = read(at(place, value))
    assert policy != Policy(PROOF, LABEL)
    assert policy.unknown == ()


@pytest.mark.parametrize("place", LISTS)
@pytest.mark.parametrize(
    ("value", "where"),
    [
        ("shell_exec", ""),
        ({"name": "a"}, ""),
        (False, ""),
        (0, ""),
        ("", ""),
        ([1], "[0]"),
        (["a", None], "[1]"),
        (["a", ""], "[1]"),
        ([["a"]], "[0]"),
        ([True], "[0]"),
        ([{}], "[0]"),
        ([{"Name": "a"}], "[0]"),
        ([{"name": None}], "[0]"),
        ([{"name": ""}], "[0].name"),
        ([{"name": 1, "service_name": "a"}], "[0].name"),
        ([{"service_name": ["a"]}], "[0].service_name"),
    ],
    ids=str,
)
def test_a_list_of_another_type_is_malformed_and_named(place: str, value: object, where: str) -> None:
    error = refused(at(place, value))
    assert error.kind == "policy.malformed"
    assert f"'{place}{where}' of the policy's content" in error.message


@pytest.mark.parametrize("value", [0, 1, "true", "", [], {}], ids=repr)
@pytest.mark.parametrize("place", FLAGS)
def test_a_flag_is_true_or_false_and_nothing_else(place: str, value: object) -> None:
    error = refused(at(place, value))
    assert (error.kind, f"'{place}'" in error.message) == ("policy.malformed", True)


@pytest.mark.parametrize("value", [-1, 60.0, 0.5, "60", "", True, [], {}], ids=repr)
@pytest.mark.parametrize("place", COUNTS)
def test_a_rate_is_a_whole_number_from_zero(place: str, value: object) -> None:
    error = refused(at(place, value))
    assert (error.kind, f"'{place}'" in error.message) == ("policy.malformed", True)


@pytest.mark.parametrize("value", [1, True, ["eu"], {}], ids=repr)
def test_a_data_residency_is_text(value: object) -> None:
    assert refused(at(TEXT, value)).kind == "policy.malformed"


@pytest.mark.parametrize("value", ["a", 1, {"a": 1}, [1], [""]], ids=repr)
def test_endpoints_are_a_list_of_names(value: object) -> None:
    error = refused(at(f"{API}.allowed_services", ["mail", {"service_name": "crm", "endpoints": value}]))
    assert "'permissions.api.allowed_services[1].endpoints" in error.message


SECTIONS = sorted(
    {".".join(place.split(".")[:length]) for place in EVERY_FIELD for length in (1, 2)} - set(EVERY_FIELD)
)


@pytest.mark.parametrize("value", [[], "", "x", 0, False], ids=repr)
@pytest.mark.parametrize("section", SECTIONS)
def test_a_section_that_is_no_object_is_malformed_and_named(section: str, value: object) -> None:
    error = refused(at(section, value))
    assert (error.kind, f"'{section}'" in error.message) == ("policy.malformed", True)


@pytest.mark.parametrize("section", SECTIONS)
@pytest.mark.parametrize("value", [None, {}], ids=repr)
def test_a_section_that_is_null_or_empty_holds_no_rules(section: str, value: object) -> None:
    assert refused(at(section, value)).kind == "policy.no_rules"


@pytest.mark.parametrize(
    "content",
    [
        None,
        [],
        "text",
        7,
        {},
        {"name": "p", "description": "d", "version": "1", "metadata": {}},
        {"agent": {"models": {"alowed_models": ["gpt-4o"]}}},
        {"agent.models.allowed_models": ["gpt-4o"]},
        {"agent.models": {"allowed_models": ["gpt-4o"]}},
        {"Version": "2025-01-01", "Statement": [{"Effect": "Deny", "Action": "*", "Resource": "*"}]},
    ],
    ids=["null", "list", "text", "number", "empty", "prose", "misspelt", "dotted key", "dotted section", "old dialect"],
)
def test_content_that_restricts_nothing_we_know_holds_no_rules(content: object) -> None:
    assert refused(content).kind == "policy.no_rules"


def test_what_the_table_does_not_name_is_remembered_in_document_order() -> None:
    policy = read(
        {
            "zone": 1,
            "name": "for people",
            "agent": {"models": {"alowed_models": ["x"], "allowed_models": ["y"], "name": "n"}, "tools": {"deep": [1]}},
            "agent.models": {"allowed_models": []},
            "rate_limits": {"per_agent": {"requests_per_day": 1}, "global": None},
            "metadata": {"owner": "team"},
            "Agent": {},
            "a\n::error::b": 1,
        }
    )
    assert policy.unknown == (
        "zone",
        "agent.models.alowed_models",
        "agent.models.name",
        "agent.tools",
        "agent.models",
        "rate_limits.per_agent.requests_per_day",
        "rate_limits.global",
        "Agent",
        "a\n::error::b",
    )


def test_further_keys_inside_list_items_are_nobodys_business() -> None:
    assert read(at("tools.allowed_tools", [{"name": "a", "why": {"b": 1}}])).unknown == ()
