"""How much of what a pattern stands for a list of names holds, and leaves."""

import pytest

from sekuire_gate.changes.extents import AllowedNames, Asked, DeniedNames, Extent
from sekuire_gate.model.policy import Entry


def entries(*texts: str) -> list[Entry]:
    return [Entry(text, "") for text in texts]


@pytest.mark.parametrize(
    ("text", "extent"),
    [("read", Extent.ALL), ("w_*_x", Extent.ALL), ("w*", Extent.SOME), ("r*", Extent.SOME), ("Read", Extent.NONE)],
)
def test_an_allow_list_holds_what_one_of_its_entries_covers(text: str, extent: Extent) -> None:
    assert AllowedNames(entries("read", "w_*")).covered(Asked(text)) is extent


@pytest.mark.parametrize(
    ("text", "extent"),
    [
        ("rm", Extent.NONE),
        ("a/b/RM", Extent.NONE),
        ("a/rm-*", Extent.NEARLY),
        ("*/rm", Extent.NONE),
        ("r*", Extent.SOME),
        ("x*", Extent.NEARLY),
        ("xrm", Extent.ALL),
        ("a/x_*", Extent.NONE),
        ("*/x_*", Extent.SOME),
    ],
)
def test_a_deny_list_leaves_what_no_entry_matches_in_any_spelling(text: str, extent: Extent) -> None:
    denied = DeniedNames(entries("rm")) if "x_" not in text else DeniedNames(entries("x-*"))
    assert denied.left(Asked(text)) is extent


def test_a_deny_list_spares_the_names_that_no_entry_speaks_of() -> None:
    denied = DeniedNames(entries("rm", "sh*"))
    assert [denied.spares(Asked(text)) for text in ("r*", "*", "shell*", "rm")] == [True, True, False, False]


def test_the_forms_of_an_entry_that_a_deny_list_leaves_are_told() -> None:
    assert list(DeniedNames(entries("openai/*")).uncovered("openai/gpt-4")) == ["gpt-4"]
    assert list(DeniedNames(entries("gpt-*")).uncovered("openai/gpt-4")) == []
    assert list(DeniedNames(()).uncovered("openai/*")) == ["openai/*"]
