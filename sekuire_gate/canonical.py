"""JSON read strictly, written canonically, hashed: the one way (docs/protocol.md 2.1, 2.4).

Every foreign JSON text comes in through here: policies, cached policies, lock files, definitions, tools files, event
payloads, and what a service answers instead of a policy.
"""

import json

import blake3

from sekuire_gate.strict_json import (
    MAX_DEPTH,
    MAX_NODES,
    Document,
    Doubt,
    Kind,
    Value,
    decode,
    read,
)

__all__ = [
    "MAX_DEPTH",
    "MAX_NODES",
    "Document",
    "Doubt",
    "Kind",
    "Value",
    "blake3_hex",
    "canonical_bytes",
    "decode",
    "line_and_column",
    "plain",
    "read",
]


def canonical_bytes(value: Value) -> bytes:
    """Write a value as compact JSON, keys sorted by code point, non-ASCII as it is, in UTF-8.

    Raises:
        UnicodeEncodeError: the value holds a lone surrogate; `read` said so with a doubt.
    """
    text = json.dumps(plain(value), sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return text.encode("utf-8")


def plain(value: Value) -> object:
    """Return the value as dicts, lists and scalars, without places."""
    if isinstance(value.data, dict):
        return {key: plain(item) for key, item in value.data.items()}
    if isinstance(value.data, list):
        return [plain(item) for item in value.data]
    return value.data


def blake3_hex(data: bytes) -> str:
    """Return the BLAKE3 hash: 64 lower-case hex digits."""
    return blake3.blake3(data).hexdigest()


def line_and_column(text: str, index: int) -> tuple[int, int]:
    """Return where an index into a text stands: both from 1, lines ended by LF, columns in code points."""
    return text.count("\n", 0, index) + 1, index - text.rfind("\n", 0, index)
