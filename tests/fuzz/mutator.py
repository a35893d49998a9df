"""Hostile bytes made out of real documents, the same ones again for the same seed."""

import json
import random
import re
from collections.abc import Callable, Sequence

MAX_BYTES = 1_200_000  # just over what any door reads of a policy

# A JSON text or scalar, a header's line, or a word: what is worth changing as a whole.
_PIECE = re.compile(rb'"(?:[^"\\]|\\.)*"|-?[0-9][0-9.eE+-]*|[A-Za-z-]+: [^\r\n]*|[A-Za-z0-9._-]+')


def mutated(source: random.Random, seeds: Sequence[bytes], pieces: Sequence[bytes]) -> bytes:
    """Return a seed with a few things wrong with it, now and then bytes out of nowhere."""
    if source.random() < 0.02:
        return source.randbytes(source.randrange(300))
    data = source.choice(seeds)
    # Half of them stay JSON where they were, so that what lies behind the syntax is reached as well.
    changes = source.choice((_CHANGES, (_reshape,)))
    for _ in range(source.choice((1, 1, 1, 2, 2, 3, 5, 8))):
        data = source.choice(changes)(source, data, source.choice((*seeds, *pieces)))[:MAX_BYTES]
    return data


def _piece(source: random.Random, data: bytes) -> tuple[int, int]:
    """Where a piece of the data stands; anywhere, where there is none."""
    found = [match.span() for match in _PIECE.finditer(data[:50_000])]
    if not found or source.random() < 0.2:
        start = source.randint(0, len(data))
        return start, min(len(data), start + source.randrange(9))
    return source.choice(found)


def _replace(source: random.Random, data: bytes, other: bytes) -> bytes:
    start, end = _piece(source, data)
    return data[:start] + other + data[end:]


def _insert(source: random.Random, data: bytes, other: bytes) -> bytes:
    start, end = _piece(source, data)
    at = source.choice((start, end))
    return data[:at] + other + data[at:]


def _remove(source: random.Random, data: bytes, _: bytes) -> bytes:
    start, end = _piece(source, data)
    return data[:start] + data[end:]


def _move(source: random.Random, data: bytes, _: bytes) -> bytes:
    """Copy one piece of the data over another: values change places, keys come twice."""
    start, end = _piece(source, data)
    return _replace(source, data, data[start:end])


def _splice(source: random.Random, data: bytes, other: bytes) -> bytes:
    return data[: source.randint(0, len(data))] + other[source.randint(0, len(other)) :]


def _cut(source: random.Random, data: bytes, _: bytes) -> bytes:
    return data[: source.randint(0, len(data))]


def _repeat(source: random.Random, data: bytes, _: bytes) -> bytes:
    start, end = _piece(source, data)
    return data[:end] + data[start:end] * source.choice((1, 2, 70, 3000)) + data[end:]


def _flip(source: random.Random, data: bytes, _: bytes) -> bytes:
    if not data:
        return data
    at = source.randrange(len(data))
    return data[:at] + bytes((data[at] ^ 1 << source.randrange(8),)) + data[at + 1 :]


def _reshape(source: random.Random, data: bytes, other: bytes) -> bytes:
    """Change one value inside a JSON text, which may stand in something else."""
    text = data.decode("utf-8", "surrogateescape")
    openings = [match.start() for match in re.finditer(r"[\[{]", text[:50_000])]
    if not openings:
        return _replace(source, data, other)
    start = source.choice(openings)
    try:
        value, end = _DECODER.raw_decode(text, start)
        shown = json.dumps(_reshaped(source, value), ensure_ascii=source.random() < 0.5)
        return (text[:start] + shown + text[end:]).encode("utf-8", "surrogateescape")
    except (ValueError, RecursionError):
        return _replace(source, data, other)


def _reshaped(source: random.Random, value: object) -> object:
    """Return a map or list in which one thing is another."""
    if isinstance(value, dict):
        keys = [*value, *_KEYS]
        key, other = source.choice(keys), source.choice(keys)
        kept = value.get(key)
        match source.randrange(5):
            case 0:
                return {name: item for name, item in value.items() if name != key}
            case 1:
                return {**{name: item for name, item in value.items() if name != key}, other: kept}
            case 2:
                return {**value, key: value.get(other), other: kept}
            case 3:
                return {**value, key: [kept]}
        return {**value, key: source.choice(_VALUES)}
    assert isinstance(value, list)
    at = source.randint(0, len(value))
    return [*value[:at], source.choice((*_VALUES, *value)), *value[at + source.randrange(2) :]]


_DECODER = json.JSONDecoder()
_KEYS = (
    *("content", "hash", "signature", "signing_public_key", "signing_key_id", "status", "version", "agent", "models"),
    *(
        "allowed_models",
        "denied_models",
        "allowed_tools",
        "enabled",
        "tools",
        "name",
        "",
        "a.b",
        "a/b~c",
        "\u00e9",
        "\n",
    ),
)
_VALUES: tuple[object, ...] = (
    *(None, True, False, 0, -1, 1.5, 2**63, 2**64, 10**30, 0.00001, "", "a", "*", "a:b", "\n", "\x00", "\u202e"),
    *(
        "\U0001f600",
        "x" * 5000,
        "active",
        "00" * 32,
        "00" * 64,
        "A" * 64,
        "2026-01-02T03:04:05Z",
        "ws_2",
        "9" * 128,
        "9" * 5000,
    ),
    *([], {}, [[]], [""], [None], {"name": ""}, {"name": "b"}, {"name": {"name": "c"}}, {"enabled": None}),
    *({"service_name": "d", "endpoints": ["e"]}, ["f", {"name": "g"}], {"\U0001f600": 0}),
)
_CHANGES: tuple[Callable[[random.Random, bytes, bytes], bytes], ...] = (
    _replace, _replace, _insert, _remove, _move, _splice, _cut, _repeat, _flip, _flip,
)  # fmt: skip
