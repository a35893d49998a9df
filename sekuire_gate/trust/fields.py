"""The fields that a policy's content may hold, each found by its dotted name (docs/protocol.md 3, the table).

Read by hand from the very value that was hashed, not by pydantic: the table is a list of names, what it does not
name must be told in the order of the document, and each entry needs its JSON Pointer.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from sekuire_gate.canonical import Value
from sekuire_gate.errors import PolicyFormatError
from sekuire_gate.model.policy import Entry

_TABLE = (
    "agent.models.allowed_providers",
    "agent.models.denied_providers",
    "agent.models.blocked_providers",
    "agent.models.allowed_models",
    "agent.models.denied_models",
    "agent.models.blocked_models",
    "agent.capabilities.allowed_tools",
    "agent.capabilities.denied_tools",
    "agent.capabilities.blocked_tools",
    "agent.capabilities.allowed_capabilities",
    "agent.capabilities.denied_capabilities",
    "agent.capabilities.blocked_capabilities",
    "agent.capabilities.require_tool_approval",
    "tools.allowed_tools",
    "tools.denied_tools",
    "tools.blocked_tools",
    "tools.allowed_capabilities",
    "tools.denied_capabilities",
    "tools.blocked_capabilities",
    "permissions.network.enabled",
    "permissions.network.require_tls",
    "permissions.network.allowed_domains",
    "permissions.network.denied_domains",
    "permissions.network.blocked_domains",
    "permissions.filesystem.enabled",
    "permissions.filesystem.allowed_paths",
    "permissions.filesystem.denied_paths",
    "permissions.filesystem.blocked_paths",
    "permissions.filesystem.allowed_extensions",
    "permissions.api.enabled",
    "permissions.api.allowed_services",
    "rate_limits.per_agent.requests_per_minute",
    "rate_limits.per_agent.requests_per_hour",
    "rate_limits.per_agent.tokens_per_minute",
    "rate_limits.per_agent.tokens_per_hour",
    "compliance.frameworks",
    "compliance.require_audit_logging",
    "compliance.data_residency",
)
_PROSE = {"name", "description", "version", "metadata"}  # at the top: for people, of any type

# Places are tuples of keys while they are looked up: a key may hold a dot itself.
_FIELDS = {tuple(name.split(".")): name for name in _TABLE}
_SECTIONS = {place[:length] for place in _FIELDS for length in range(1, len(place))}


@dataclass(frozen=True, slots=True)
class Fields:
    """What of the table a content holds; each field is asked for by its dotted name, and its type is checked then.

    Every method raises a `PolicyFormatError`, `policy.malformed`, where the field has another type.
    """

    found: Mapping[str, Value]  # by dotted name; null is found too
    unknown: tuple[str, ...]  # dotted names of what the table does not name, in document order

    def entries(self, *names: str) -> tuple[Entry, ...]:
        """Return the entries of all these lists together."""
        return tuple(entry for name in names for _, entry in self._items(name))

    def binding(self, *names: str) -> tuple[tuple[Entry, ...], ...]:
        """Return those of these lists that bind, that is, have entries."""
        return tuple(entries for name in names if (entries := self.entries(name)))

    def services(self, name: str) -> tuple[tuple[str, tuple[str, ...]], ...]:
        """Return the services of a list, each with its endpoints; (): any."""
        items = enumerate(self._items(name))
        return tuple((entry.text, _endpoints(item, f"{name}[{index}].endpoints")) for index, (item, entry) in items)

    def flag(self, name: str, *, missing: bool) -> bool:
        """Return true or false, or what is meant where nothing is written."""
        data = self._data(name)
        if data is None:
            return missing
        if not isinstance(data, bool):
            raise _malformed(name, "true or false")
        return data

    def count(self, name: str) -> int | None:
        """Return a whole number from 0, or None."""
        data = self._data(name)
        if data is None:
            return None
        # true is an int in Python; in JSON it is no number.
        if not isinstance(data, int) or isinstance(data, bool) or data < 0:
            raise _malformed(name, "a whole number from 0")
        return data

    def text(self, name: str) -> str | None:
        """Return text, or None; empty text says nothing."""
        data = self._data(name)
        if data is not None and not isinstance(data, str):
            raise _malformed(name, "text")
        return data or None

    def _items(self, name: str) -> Iterator[tuple[Value, Entry]]:
        data = self._data(name)
        return iter(()) if data is None else _read_list(data, name, "/" + name.replace(".", "/"))

    def _data(self, name: str) -> object:
        assert name in _TABLE, name  # a slip of the pen would be a list that restricts nothing
        value = self.found.get(name)
        return None if value is None else value.data


def read_fields(content: Value) -> Fields:
    """Find the fields of a content, which is an object.

    Raises:
        PolicyFormatError: `policy.malformed`, a section is neither an object nor null.
    """
    found: dict[str, Value] = {}
    unknown: list[str] = []
    for place, value in _leaves(content, ()):
        if place in _FIELDS:
            found[_FIELDS[place]] = value
        elif place[0] not in _PROSE:
            unknown.append(".".join(place))
    return Fields(found, tuple(unknown))


def _leaves(section: Value, place: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], Value]]:
    """Go down as far as the table has sections; yield what stands there, in document order."""
    if not isinstance(section.data, dict):
        raise _malformed(".".join(place), "an object")
    for key, value in section.data.items():
        below = (*place, key)
        if below not in _SECTIONS:
            yield below, value
        elif value.data is not None:
            yield from _leaves(value, below)


def _read_list(data: object, name: str, pointer: str) -> Iterator[tuple[Value, Entry]]:
    """Read a list in either form: names, or objects that have a name."""
    if not isinstance(data, list):
        raise _malformed(name, "a list")
    for index, item in enumerate(data):
        yield item, _entry(item, f"{name}[{index}]", f"{pointer}/{index}")


def _entry(item: Value, place: str, pointer: str) -> Entry:
    if isinstance(item.data, dict):
        for key in ("name", "service_name"):
            if (named := item.data.get(key)) is not None and named.data is not None:
                return _entry_of_text(named, f"{place}.{key}", f"{pointer}/{key}")
        raise _malformed(place, "a name, or an object with 'name' or 'service_name'")
    return _entry_of_text(item, place, pointer)


def _entry_of_text(value: Value, place: str, pointer: str) -> Entry:
    if not isinstance(value.data, str) or not value.data:
        raise _malformed(place, "a name")
    return Entry(value.data, pointer)


def _endpoints(item: Value, place: str) -> tuple[str, ...]:
    endpoints = item.data.get("endpoints") if isinstance(item.data, dict) else None
    if endpoints is None or endpoints.data is None:
        return ()
    return tuple(entry.text for _, entry in _read_list(endpoints.data, place, ""))


def _malformed(place: str, expected: str) -> PolicyFormatError:
    return PolicyFormatError(
        f"'{place}' of the policy's content is not {expected}.",
        kind="policy.malformed",
        fix=f"Write {expected} there, and publish the policy again.",
    )
