"""Names that look like others: none is allowed in their place, and none slips past a deny-list.

Every look-alike of every character (UTS 39), and every text that some normal form of Unicode takes for a part of the
name, for a sample of names of each subject.
"""

import json
from collections.abc import Callable, Iterator

import pytest

from sekuire_gate.model.policy import NameRules
from sekuire_gate.model.report import Level
from tests.support.judging import LISTED, allows, claim, denies, judged
from tests.support.vectors import vectors

NAMES = {
    "provider": ("openai", "anthropic", "mistral-ai", "hf.co"),
    "model": ("gpt-4o", "claude-3.5-sonnet", "meta/llama-3", "o1"),
    "tool": ("shell_exec", "read_file", "mcp:search", "@org/tool"),
    "capability": ("payments", "web.search", "files:write"),
    "host": ("api.example.com", "https://files.example.com:8443/x", "10.0.0.1"),
    "path": ("/etc/passwd", "/home/user/data", "keys/id_rsa"),
}


def confusables() -> dict[str, set[str]]:
    """Character → what looks like it, but for what is plain itself: `0` is another letter than `o`."""
    known = json.loads((vectors("unicode") / "confusables.json").read_text("utf-8"))
    return {
        character: {other["c"] for other in others if not other["c"].isascii()}
        for character, others in known.items()
        if character.isascii()
    }


def normalised() -> dict[str, set[str]]:
    """ASCII text → what some normal form takes for it."""
    found: dict[str, set[str]] = {}
    for line in (vectors("unicode") / "NormalizationTest.txt").read_text("utf-8").splitlines():
        if line.startswith(("#", "@")) or not line:
            continue
        columns = ["".join(chr(int(code, 16)) for code in column.split()) for column in line.split(";")[:5]]
        for text in filter(str.isascii, columns):
            found.setdefault(text, set()).update(column for column in columns if not column.isascii())
    return found


def variants(name: str, alike: dict[str, set[str]]) -> Iterator[str]:
    """Put each look-alike in each place; and a mark that joins what is before it."""
    for text, others in alike.items():
        start = name.find(text)
        while start >= 0:
            yield from (name[:start] + other + name[start + len(text) :] for other in others)
            start = name.find(text, start + 1)
    for end in range(1, len(name) + 1):
        yield from (
            name[:end] + mark + name[end:] for mark in ("\u0301", "\u200b", "\u200d", "\xad", "\ufe0f", "\u202e")
        )


def passing(subject: str, rules: NameRules, names: list[str]) -> set[str]:
    """Return the names of which no rule says anything that blocks."""
    pointers = {f"/names/{index}": name for index, name in enumerate(names)}
    claims = tuple(claim(name, pointer) for pointer, name in pointers.items())
    listed = LISTED[subject]
    found = judged(listed.policy(rules), listed.manifest(claims)).findings
    refused = {finding.at.pointer for finding in found if finding.rule.level is Level.ERROR and finding.at}
    return {name for pointer, name in pointers.items() if pointer not in refused}


@pytest.mark.parametrize("lists", [allows, denies], ids=["allow-list", "deny-list"])
@pytest.mark.parametrize("alike", [confusables, normalised], ids=["confusables", "normal forms"])
@pytest.mark.parametrize("subject", NAMES)
def test_no_look_alike_passes(
    subject: str, alike: Callable[[], dict[str, set[str]]], lists: Callable[..., NameRules]
) -> None:
    names = NAMES[subject]
    rules = lists(*(name.removeprefix("https://").removesuffix(":8443/x") for name in names))
    known = alike()
    looking = sorted({variant for name in names for variant in variants(name, known)} - set(names))
    assert len(looking) > 300
    assert passing(subject, rules, looking) == set()
    assert passing(subject, rules, list(names)) == (set(names) if lists is allows else set())


@pytest.mark.parametrize("subject", ["provider", "model", "tool", "capability", "host"])
def test_a_look_alike_is_told_by_its_code_point(subject: str) -> None:
    name = NAMES[subject][0].replace("a", "\u0430").replace("o", "\u043e").replace("e", "\u0435")
    listed = LISTED[subject]
    found = judged(listed.policy(allows("*")), listed.manifest((claim(name),))).findings
    odd = [item for item in found if item.rule.id == "name.not_plain" and item.value == name]
    assert len(odd) == 1
    assert ": character " in odd[0].message
    assert " is U+04" in odd[0].message
