"""What a name is, and how deny-lists look at it loosely."""

import pytest

from sekuire_gate.model.policy import Entry
from sekuire_gate.rules.names import fold, is_plain, is_plain_pattern, loose, loose_forms


@pytest.mark.parametrize(
    ("name", "plain"),
    [
        ("gpt-4o", True), ("@org/tool:v1.2+x_y", True), ("_x", True), ("0", True), ("a" * 200, True),
        ("a" * 201, False), ("", False), ("-x", False), ("/x", False), ("a b", False), ("a\n", False), ("a*", False),
        ("gpt\u20114", False), ("\u0430", False), ("a\u200b", False), ("a%", False), ("\ud800", False),
    ],
)  # fmt: skip
def test_a_name_is_plain_where_it_can_be_read_in_one_way_only(name: str, plain: bool) -> None:
    assert is_plain(name) is plain
    assert is_plain_pattern(name) is (plain or name == "a*")


@pytest.mark.parametrize(
    ("one", "other"),
    [("GPT-4", "gpt_4"), ("a.b c", "a-b_c"), ("\u017fecret", "SECRET"), ("\u212aey", "key"), ("\u00df", "SS")],
    ids=["letter case", "separators", "long s", "kelvin sign", "sharp s"],
)
def test_names_that_differ_in_case_and_separators_are_loosely_one(one: str, other: str) -> None:
    assert fold(one) == fold(other)


@pytest.mark.parametrize(
    ("name", "forms"),
    [
        ("A_b", ("a-b",)),
        ("x/A", ("x/a", "a")),
        ("x/y/A", ("x/y/a", "y/a", "a")),
        ("models/A", ("models/a", "a")),
        ("x/", ("x/",)),
        ("/x", ("/x", "x")),
        ("", ()),
    ],
)
def test_a_name_is_loosely_itself_and_what_follows_its_prefixes(name: str, forms: tuple[str, ...]) -> None:
    assert loose_forms(name) == forms


def test_a_million_prefixes_are_ten_forms() -> None:
    assert len(loose_forms("a/" * 500_000 + "b")) == 10


def test_of_a_name_of_plain_length_every_prefix_is_dropped() -> None:
    forms = loose_forms("/".join("abcdefghij" * 10))
    assert len(forms) == 100
    assert loose([Entry("i/j", "/0")]).covering(forms[98]) == Entry("i/j", "/0")


def test_every_prefix_of_a_few_is_dropped() -> None:
    assert loose_forms("litellm/openrouter/OpenAI/gpt_4") == (
        "litellm/openrouter/openai/gpt-4",
        "openrouter/openai/gpt-4",
        "openai/gpt-4",
        "gpt-4",
    )


def test_an_entry_on_two_stars_behind_a_prefix_is_not_an_entry_on_every_prefix() -> None:
    denied = loose([Entry("huggingface/*/*", "/0")])
    assert denied.covering("anthropic/claude-3") is None
    assert denied.covering("huggingface/a/b") == Entry("huggingface/*/*", "/0")


def test_an_entry_on_everything_behind_a_prefix_is_not_an_entry_on_everything() -> None:
    denied = loose([Entry("openai/*", "/0")])
    assert denied.covering("anthropic/claude") is None
    assert denied.covering("openai/gpt-4o") == Entry("openai/*", "/0")
    assert loose([Entry("*", "/0")]).covering("anything") == Entry("*", "/0")
