"""An answer is kept for as long as the very same objects are asked about."""

from dataclasses import replace

from sekuire_gate.rules import capability, model, provider, tool
from sekuire_gate.rules.memory import remembered
from tests.support.judging import MANIFEST, POLICY, allows


def test_an_answer_is_worked_out_once_for_the_same_objects_and_again_for_others_that_are_equal() -> None:
    asked: list[tuple[list[int], list[int]]] = []

    @remembered
    def answer(one: list[int], other: list[int]) -> int:
        asked.append((one, other))
        return len(asked)

    one, other, equal = [1], [2], [1]
    assert [answer(one, other), answer(one, other)] == [1, 1]
    assert [answer(equal, other), answer(equal, other), answer(equal, one)] == [2, 2, 3]
    assert answer(one, other) == 4


def test_a_policys_lists_are_made_once_for_all_rules_and_definitions() -> None:
    other = replace(POLICY, models=allows("x"))
    for lists in (provider.lists, model.lists, tool.lists, capability.lists):
        assert lists(POLICY) is lists(POLICY)
        assert lists(other) is not lists(POLICY)


def test_a_definitions_providers_are_found_once_for_all_rules() -> None:
    found = provider.providers(POLICY, MANIFEST)
    assert provider.providers(POLICY, MANIFEST) is found
    assert provider.providers(POLICY, replace(MANIFEST)) is not found
    assert provider.providers(replace(POLICY), MANIFEST) is not found
