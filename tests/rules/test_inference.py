"""The prefixes of a model's name: which there are, and how long it takes to find them."""

import time
from dataclasses import replace

import pytest

from sekuire_gate.rules import provider
from sekuire_gate.rules.inference import MAX_PREFIXES, prefixes_of
from tests.support.judging import MANIFEST, POLICY, allows, claim, judged


@pytest.mark.parametrize(
    ("model", "prefixes"),
    [
        ("gpt-4o", ()),
        ("openai/gpt-4o", ("openai",)),
        ("openai/", ()),
        ("/gpt-4o", ()),
        ("a//", ("a",)),
        ("openai//anthropic/claude-3", ("openai", "anthropic")),
        ("models/gemini-pro", ()),
        ("models/anthropic/claude-3", ("anthropic",)),
        ("openai/models/anthropic/claude-3", ("openai", "anthropic")),
        ("a/b/a/x", ("a", "b")),
        ("${M:-a/b}", ()),
        ("${P:-a/b}/c/x", ("${P:-a/b}", "c")),
        ("a/${P/b}c/x", ("a", "${P/b}c")),
        ("a}/${b/c", ("a}", "${b")),
    ],
)
def test_every_part_before_the_last_slash_is_a_prefix_but_what_names_nobody(
    model: str, prefixes: tuple[str, ...]
) -> None:
    assert prefixes_of(model) == prefixes


@pytest.mark.parametrize("part", ["/", "a/", "${/", "${A:-b/c}/", "}/${"])
def test_half_a_million_characters_are_divided_in_time(part: str) -> None:
    started = time.perf_counter()
    prefixes_of(part * (500_000 // len(part)) + "x")
    assert time.perf_counter() - started < 2


def test_more_prefixes_than_a_plain_name_has_are_one_name_that_is_not_plain() -> None:
    model = "/".join(f"p{number}" for number in range(150))
    policy = replace(POLICY, providers=allows("*"))
    manifest = replace(MANIFEST, models=(claim(model),))
    named = provider.providers(policy, manifest).named
    assert [name.claim.value for name in named] == [
        *(f"p{number}" for number in range(MAX_PREFIXES)),
        model.rpartition("/")[0],
    ]
    (finding,) = judged(policy, manifest).findings
    assert (finding.rule.id, finding.value) == ("name.not_plain", model.rpartition("/")[0])
