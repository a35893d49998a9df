"""What tools files grant of network and files, in whatever shape people write it."""

import json
from pathlib import Path

import pytest

from sekuire_gate.errors import DefinitionError
from tests.support.marked import claims_of, found_in, in_order_of_fields, read, write

NETWORK = {
    "a list": '[⟦hosts|"a.example.com"⟧, ⟦hosts|"https://b.example.com/x"⟧]',
    "one host": '⟦hosts|"api.example.com"⟧',
    "known at run time": '[⟦hosts|"${HOST}"⟧]',
    "any host": '⟦hosts|"*"⟧',
    "true": "⟦hosts=*|true⟧",
    "a word": '⟦hosts=*|"outbound"⟧',
    "a word in a list": '[⟦hosts=*|"Read-Only"⟧]',
    "allow": '{"allow": [⟦hosts|"a"⟧]}',
    "allowed hosts": '{"allowed_hosts": [⟦hosts|"a"⟧], "blocked_hosts": ["b"]}',
    "allowed domains": '{"allowed_domains": [⟦hosts|"a"⟧], "require_tls": true}',
    "in camel case": '{"allowedHosts": [⟦hosts|"a"⟧]}',
    "two lists": '{"hosts": [⟦hosts|"a"⟧], "domains": [⟦hosts|"b"⟧]}',
    "switched on, and named": '{"enabled": true, "allow": true, "hosts": [⟦hosts|"a"⟧]}',
    "switched off, and named": '{"enabled": false, "hosts": [⟦hosts|"a"⟧]}',
    "one in a map": '{"host": ⟦hosts|"a"⟧, "port": 443}',
    "maps in a list": '[{"host": ⟦hosts|"a"⟧, "methods": ["GET"]}, {"url": ⟦hosts|"https://b"⟧}]',
    "switched on": '{"enabled": ⟦hosts=*|true⟧, "mode": "full"}',
    "switched on, with an empty list": '{"enabled": ⟦hosts=*|true⟧, "hosts": []}',
    "allowed as a whole": '{"allow": ⟦hosts=*|true⟧}',
    "allowed as a whole, by a word": '{"allow": ⟦hosts=*|"all"⟧}',
    "hosts as a whole": '{"hosts": ⟦hosts=*|true⟧, "domains": [⟦hosts|"a"⟧]}',
    "hosts as keys": '{"hosts": {"a.example.com": ⟦hosts=*|{"methods": []}⟧}}',
    "keys that say nothing here": '{"egress": ⟦hosts=*|["a"]⟧}',
    "rules beside named ones": '{"allowed_hosts": [⟦hosts|"a"⟧], "rules": ⟦hosts=*|[{"to": "b"}]⟧}',
    "everything beside named ones": '{"hosts": [⟦hosts|"a"⟧], "allow_all": ⟦hosts=*|true⟧, "everything": true}',
    "a mode beside named ones": '{"hosts": [⟦hosts|"a"⟧], "mode": ⟦hosts=*|"full"⟧}',
    "a default beside named ones": '{"hosts": [⟦hosts|"a"⟧], "default": ⟦hosts=*|"allow"⟧}',
    "more in a map in a list": '[{"host": ⟦hosts|"a"⟧, "also": ⟦hosts=*|["b"]⟧}, {"host": ⟦hosts|"c"⟧}]',
    "details beside named ones": '{"hosts": [⟦hosts|"a"⟧], "ports": [443], "protocols": ["https"], "methods": ["GET"], '
    '"timeout": 5, "rate": {"per_minute": 5}, "reason": "x", "description": "y", "name": "z", "enabled": true}',
    "hosts inside a detail": '{"hosts": [⟦hosts|"a"⟧], "methods": ⟦hosts=*|{"GET": "b"}⟧}',
    "nothing unblocked": '{"hosts": [⟦hosts|"a"⟧], "unblocked_domains": ⟦hosts=*|["b"]⟧}',
    "nothing disallowed": '{"disallow_none": ⟦hosts=*|true⟧}',
    "blocked but for some": '{"block_all_except": ⟦hosts=*|["a"]⟧}',
    "restricting words begin keys": '{"blocked": ["a"], "blocked_hosts": ["a"], "denyList": ["a"], "denied": ["a"], '
    '"disallowed": ["a"], "forbidden_urls": ["a"], "excludes": ["a"]}',
    "prose alone": '{"enabled": false, "reason": "offline", "description": "needs no network"}',
    "a map in a list, without a host": '[{"port": ⟦hosts=*|443⟧}]',
    "numbers": "[⟦hosts=*|1⟧]",
    "empty text": '⟦hosts|""⟧',
    "null": "null",
    "false": "false",
    "an empty list": "[]",
    "an empty map": "{}",
    "a word for nothing": '"none"',
    "words for nothing": '["Off", "DENIED"]',
    "an empty allow-list": '{"allow": []}',
    "not allowed": '{"allow": false, "enabled": null}',
    "switched off": '{"enabled": false, "hosts": []}',
    "blocks alone": '{"blocked_hosts": ["a"], "deny": true, "default_deny": true, "excluded": {"b": 1}}',
    "no mode": '{"mode": "none", "default": "deny"}',
    "approvals alone": '{"require_approval": true, "requireTLS": true}',
}
FILESYSTEM = {
    "a list": '[⟦paths|"/tmp/*"⟧, ⟦paths|"./data"⟧, ⟦paths|"."⟧]',
    "true": "⟦paths=*|true⟧",
    "words": '[⟦paths=*|"read"⟧, ⟦paths=*|"write"⟧]',
    "read-only": '⟦paths=*|"read-only"⟧',
    "by access": '{"read": [⟦paths|"a"⟧], "write": [⟦paths|"b"⟧]}',
    "reading alone": '{"read": ⟦paths=*|true⟧, "write": false}',
    "writing anything": '{"read": [⟦paths|"a"⟧], "write": ⟦paths=*|true⟧}',
    "as in definitions": '{"allow_read": [⟦paths|"a"⟧], "allow_write": [⟦paths|"b"⟧], "block_all": ["c"]}',
    "allowed paths": '{"enabled": true, "allowed_paths": [⟦paths|"a"⟧], "blocked_paths": ["/"]}',
    "maps in a list": '[{"path": ⟦paths|"a"⟧, "mode": "rw"}]',
    "a mode of everything": '{"path": ⟦paths|"a"⟧, "mode": ⟦paths=*|"full"⟧}',
    "in what way": '{"paths": [⟦paths|"a"⟧], "access": ["read", "write"], "operations": "read-only"}',
    "a mode alone": '{"mode": ⟦paths=*|"rw"⟧}',
    "blocks alone": '{"blocked_paths": ["/"], "read": [], "write": []}',
    "nothing": '"none"',
}
WHOLE = {
    "all": '⟦hosts=*,paths=*|"all"⟧',
    "a list of words": '⟦hosts=*,paths=*|["net", "fs:read"]⟧',
    "true": "⟦hosts=*,paths=*|true⟧",
    "nothing": '"none"',
    "false": "false",
    "null": "null",
    "an empty list": "[]",
    "other things": '{"env": ["HOME"], "shell": true}',
    "keys that sound like the network": '{"network_access": [⟦hosts|"a"⟧], "http": ⟦hosts=*|true⟧, '
    '"net": [⟦hosts|"b"⟧]}',
    "keys that sound like files": '{"fs": {"read": [⟦paths|"a"⟧]}, "files": [⟦paths|"b"⟧]}',
    "keys in another spelling": '{"Network": [⟦hosts|"a"⟧], "file_system": [⟦paths|"b"⟧]}',
}


def granted(root: Path, tools: str) -> None:
    """Check that the hosts and paths of a tools file are exactly those that are marked."""
    write(root, {"sekuire.yml": "agent: {tools: tools.json}", "tools.json": tools})
    found = [one for one in found_in(read(root)) if one.field in {"hosts", "paths"}]
    expected = [one for one in claims_of("tools.json", tools) if one.field in {"hosts", "paths"}]
    assert found == in_order_of_fields(expected)


@pytest.mark.parametrize("written", NETWORK.values(), ids=NETWORK)
def test_hosts_that_a_tool_may_reach_are_claims(tmp_path: Path, written: str) -> None:
    granted(tmp_path, f'[{{"name": "t", "permissions": {{"network": {written}}}}}]')


@pytest.mark.parametrize("written", FILESYSTEM.values(), ids=FILESYSTEM)
def test_paths_that_a_tool_may_use_are_claims(tmp_path: Path, written: str) -> None:
    granted(tmp_path, f'[{{"name": "t", "permissions": {{"filesystem": {written}}}}}]')


@pytest.mark.parametrize("written", WHOLE.values(), ids=WHOLE)
def test_permissions_that_are_no_map_of_the_two_grant_both_or_nothing(tmp_path: Path, written: str) -> None:
    granted(tmp_path, f'{{"tools": [{{"name": "t", "permissions": {written}}}]}}')


def test_permissions_count_in_every_shape_of_a_tools_file_and_for_each_agent_that_names_it(tmp_path: Path) -> None:
    tools = """
    {"version": "1", "tools": [
      {"name": "a", "enabled": false, "permissions": {"network": ["a.example.com"]}},
      {"type": "function", "function": {"name": "b", "permissions": {"network": ["b.example.com"]}}},
      {"type": "function", "permissions": {"filesystem": ["/c"]}, "function": {"name": "c"}}
    ]}
    """
    definition = "agent: {tools: '${T:-tools.json}'}\nagents: {x: {tools: tools.json}}\n"
    write(tmp_path, {"sekuire.yml": definition, "tools.json": tools})
    manifest = read(tmp_path)
    assert [(claim.value, claim.agent, str(claim.at)) for claim in manifest.hosts] == [
        (host, agent, place)
        for host, place in (("a.example.com", "tools.json:2:63"), ("b.example.com", "tools.json:3:78"))
        for agent in (None, "x")
    ]
    assert [(claim.value, claim.agent) for claim in manifest.paths] == [("/c", None), ("/c", "x")]
    assert [claim.at.pointer for claim in manifest.paths] == ["/tools/2/permissions/filesystem/0"] * 2


def test_what_a_tools_file_grants_counts_to_the_limit_of_claims(tmp_path: Path) -> None:
    agents = ", ".join(f"a{number}: {{tools: tools.json}}" for number in range(11))
    tools = json.dumps([{"name": "t", "permissions": {"network": ["h"] * 1000, "filesystem": ["p"] * 1000}}])
    write(tmp_path, {"sekuire.yml": f"agents: {{{agents}}}\n", "tools.json": tools})
    with pytest.raises(DefinitionError) as caught:
        read(tmp_path)
    assert (caught.value.kind, str(caught.value.at)) == ("definition.too_many", "sekuire.yml:1:247")
