"""What a tool's `permissions` grant of the network and of the file system (docs/protocol.md 4).

No format is laid down for them: the SDK takes any JSON. So hosts and paths are taken wherever they are listed, and
what grants something without naming it (`true`, "read", a map of other keys) grants all of it: `*`, also beside what
is named. What blocks, or asks for approval, grants nothing, nor does what only describes. Nothing here is refused.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain, islice

from sekuire_gate.model.source import Located
from sekuire_gate.parse.places import loosely
from sekuire_gate.parse.tree import Entry, Mapping, Node, Scalar, ScalarKind, Sequence

ANY = "*"

# Keys and words are compared loosely: `allowed_hosts`, `allowedHosts` and `allowed-hosts` are one.
_SWITCHES = frozenset({"enabled", "allow", "allowed"})  # with true or false: no more than whether at all
_LISTS = frozenset({"allow", "allowed", "allowlist", "whitelist"})
_GRANTS_ALL = frozenset(
    {"true", "yes", "on", "any", "all", "full", "allow", "allowed", "enabled", "required", "unrestricted"}
    | {"read", "write", "readonly", "readwrite", "outbound", "inbound", "internet"}
)
_GRANTS_NOTHING = frozenset({"false", "no", "off", "none", "never", "deny", "denied", "block", "blocked", "disabled"})
# How keys begin that take something away, unless they go on as in `deny_none` or `block_all_except`.
_RESTRICTING = (
    *("block", "deny", "denied", "disallow", "exclude", "forbid"),
    *("defaultdeny", "defaultblock", "requiretls", "requireapproval"),
)
_YET_GRANTING = ("none", "nothing", "except")
_PROSE = frozenset({"comment", "description", "justification", "note", "notes", "purpose", "reason", "title"})
# What says more of the things that are named beside it, and grants by itself where none is.
_DETAILS = frozenset(
    {"enabled", "name", "port", "ports", "protocol", "protocols", "scheme", "schemes", "method", "methods"}
    | {"timeout", "timeoutms", "timeoutseconds", "rate", "rates", "ratelimit", "ratelimits", "retries", "maxretries"}
)
_ACCESS = frozenset({"access", "mode", "operation", "operations"})  # of files: with these words a detail as well
_ACCESS_WORDS = frozenset({"r", "w", "rw", "ro", "wo", "read", "write", "readonly", "writeonly", "readwrite"})


@dataclass(frozen=True, slots=True)
class _Kind:
    """One of the two things that are granted."""

    keys: frozenset[str]  # below `permissions`
    access: frozenset[str]  # keys under which a map says in what way
    lists: frozenset[str]  # keys under which a map names what is granted


_PERMISSIONS = frozenset({"permission", "permissions"})
_NETWORK = _Kind(
    frozenset({"network", "networkaccess", "networking", "net", "http", "https", "internet", "internetaccess"}),
    frozenset(),
    _LISTS
    | {"host", "hosts", "hostname", "hostnames", "domain", "domains", "url", "urls", "endpoint", "endpoints"}
    | {"allowedhosts", "alloweddomains", "allowedurls", "allowedendpoints", "allowhosts", "allowdomains", "baseurl"},
)
_FILESYSTEM = _Kind(
    frozenset({"filesystem", "filesystemaccess", "file", "files", "fileaccess", "fs"}),
    _ACCESS,
    _LISTS
    | {
        "path",
        "paths",
        "file",
        "files",
        "folder",
        "folders",
        "directory",
        "directories",
        "dir",
        "dirs",
        "root",
        "roots",
    }
    | {"read", "write", "readonly", "readwrite", "readpaths", "writepaths", "allowread", "allowwrite"}
    | {"allowedpaths", "allowpaths", "allowedfiles", "alloweddirectories", "allowedread", "allowedwrite"},
)


def granted_hosts(tool: Mapping) -> Iterator[Located[str]]:
    """Go over the hosts and URLs that a tool of a tools file may reach; `*` stands for any."""
    return _granted(tool, _NETWORK)


def granted_paths(tool: Mapping) -> Iterator[Located[str]]:
    """Go over the paths that a tool of a tools file may read or write; `*` stands for any."""
    return _granted(tool, _FILESYSTEM)


def _granted(tool: Mapping, kind: _Kind) -> Iterator[Located[str]]:
    """Look at both `permissions` of a tool that has two, as at its names."""
    for holder in (tool, tool.get("function")):
        for permissions in _permissions(holder):
            if isinstance(permissions, Mapping):
                granting = (entry.value for entry in permissions if loosely(entry.key) in kind.keys)
                yield from chain.from_iterable(_named(value, kind) for value in granting)
            elif _grants(permissions):
                yield Located(ANY, permissions.at)


def _permissions(holder: Node | None) -> Iterator[Node]:
    if isinstance(holder, Mapping):
        yield from (entry.value for entry in holder if loosely(entry.key) in _PERMISSIONS)


def _named(node: Node, kind: _Kind) -> Iterator[Located[str]]:
    match node:
        case Sequence():
            for item in node.items:
                yield from _named(item, kind)
        case Mapping():
            yield from _named_in_map(node, kind)
        case Scalar() if _grants(node):
            is_named = node.kind is ScalarKind.TEXT and loosely(node.text) not in _GRANTS_ALL
            yield Located(node.text if is_named else ANY, node.at)


def _named_in_map(section: Mapping, kind: _Kind) -> Iterator[Located[str]]:
    named = [found for entry in section if _lists(entry, kind) for found in _named(entry.value, kind)]
    yield from named
    others = (entry for entry in section if not _lists(entry, kind) and _grants_more(entry))
    without_names = (entry.value.at for entry in others if not named or not _is_detail(entry, kind))
    yield from (Located(ANY, at) for at in islice(without_names, 1))


def _lists(entry: Entry, kind: _Kind) -> bool:
    return loosely(entry.key) in kind.lists and not _is_switch(entry)


def _grants_more(entry: Entry) -> bool:
    key = loosely(entry.key)
    restricts = key.startswith(_RESTRICTING) and not any(word in key for word in _YET_GRANTING)
    return not restricts and key not in _PROSE and _grants(entry.value)


def _is_detail(entry: Entry, kind: _Kind) -> bool:
    key = loosely(entry.key)
    values = entry.value.items if isinstance(entry.value, Sequence) else (entry.value,)
    if key in kind.access:
        return all(isinstance(value, Scalar) and loosely(value.text) in _ACCESS_WORDS for value in values)
    return _is_switch(entry) or (key in _DETAILS and all(map(_names_nothing, values)))


def _names_nothing(node: Node) -> bool:
    """Whether no host or path can stand inside a value: it is a scalar, or a map of numbers, as of a rate."""
    if isinstance(node, Mapping):
        return all(isinstance(entry.value, Scalar) and entry.value.kind is ScalarKind.NUMBER for entry in node)
    return isinstance(node, Scalar)


def _is_switch(entry: Entry) -> bool:
    is_boolean = isinstance(entry.value, Scalar) and entry.value.kind is ScalarKind.BOOLEAN
    return is_boolean and loosely(entry.key) in _SWITCHES


def _grants(node: Node) -> bool:
    """Whether a value grants anything at all: not so false, null, "none", an empty list or map."""
    match node:
        case Sequence():
            return bool(node.items)
        case Mapping():
            return bool(node.entries)
        case Scalar():
            return node.kind is not ScalarKind.NULL and loosely(node.text) not in _GRANTS_NOTHING
