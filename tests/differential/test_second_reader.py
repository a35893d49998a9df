"""What our YAML reader accepts, js-yaml reads as the same tree (its failsafe schema; an empty plain scalar is null)."""

from collections.abc import Iterator

import pytest

from tests.differential.compare import compared, mutations
from tests.differential.js_yaml import JsYaml, MissingError, RefusedError, js_yaml
from tests.differential.mutations import definitions
from tests.support.vectors import vectors

MUTATIONS = 8_000  # a few seconds; `python -m tests.differential.compare` makes as many as it is told
SEED = 20_260_102

# js-yaml accepts these three, of which the suite says that they are errors, and the last as an empty block: as we do.
ACCEPTED_ERRORS = {"003", "9C9N", "QB6E", "S98Z"}


@pytest.fixture(scope="module")
def second() -> Iterator[JsYaml]:
    try:
        with js_yaml() as running:
            yield running
    except MissingError as error:
        pytest.skip(f"no second reader: {error}")


@pytest.mark.parametrize("name", sorted(definitions()))
def test_an_ordinary_definition_is_read_by_both_readers_alike(name: str, second: JsYaml) -> None:
    result = compared(name, definitions()[name], second)
    assert (result.accepted, result.wrong) == (True, "")


def test_every_case_of_the_public_suite_that_is_accepted_is_the_tree_of_the_second_reader(second: JsYaml) -> None:
    cases = sorted(vectors("yaml-test-suite/data").rglob("in.yaml"))
    results = {case.parent: compared(case.parent.name, case.read_bytes(), second) for case in cases}
    assert len(cases) == 402
    assert {str(folder): result.wrong for folder, result in results.items() if result.wrong} == {}
    accepted = {folder for folder, result in results.items() if result.accepted}
    assert len(accepted) > 100
    assert {folder.name for folder in accepted if (folder / "error").exists()} == ACCEPTED_ERRORS


def test_a_mutation_that_is_accepted_is_the_tree_of_the_second_reader(second: JsYaml) -> None:
    results = list(mutations(SEED, range(MUTATIONS), second))
    assert [(result.name, result.data, result.wrong) for result in results if result.wrong] == []
    # Both answers have to occur, or nothing was compared.
    assert 0.15 < sum(result.accepted for result in results) / MUTATIONS < 0.85


def test_the_second_reader_can_disagree(second: JsYaml) -> None:
    assert second.tree(b"a: [b, 1, ~, ]\nc:\n") == {"a": ["b", "1", "~"], "c": None}
    assert second.tree("a: 'é\u2028'".encode()) == {"a": "é\u2028"}
    with pytest.raises(RefusedError, match="duplicated mapping key"):
        second.tree(b"a: 1\na: 2\n")
