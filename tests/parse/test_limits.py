"""A budget ends, and says where."""

import pytest

from sekuire_gate.errors import DefinitionError
from sekuire_gate.model.source import Location, start_of
from sekuire_gate.parse.limits import MAX_CHARACTERS, Budget


def test_a_budget_allows_as_many_nodes_as_it_says() -> None:
    budget = Budget(2)
    budget.spend(start_of("f"))
    budget.spend(start_of("f"))
    with pytest.raises(DefinitionError, match="more values") as caught:
        budget.spend(Location("f", 3, 4, 3, 5))
    assert (caught.value.kind, str(caught.value.at)) == ("definition.too_large", "f:3:4")


def test_a_budget_counts_what_pointers_take() -> None:
    budget = Budget(10)
    long = Location("f", 1, 1, 1, 1, "x" * (MAX_CHARACTERS // 2))
    budget.spend(long)
    budget.spend(long)
    with pytest.raises(DefinitionError):
        budget.spend(Location("f", 1, 1, 1, 1, "/a"))


def test_a_budget_counts_the_text_that_aliases_repeat() -> None:
    budget = Budget(10)
    budget.spend(start_of("f"), repeated=MAX_CHARACTERS)
    with pytest.raises(DefinitionError):
        budget.spend(start_of("f"), repeated=1)
