"""Values that are known at run time only."""

import time

import pytest

from sekuire_gate.model.variables import default_of, is_dynamic, judged_text


@pytest.mark.parametrize(
    ("text", "default"),
    [
        ("${A}", None),
        ("${A:-x}", "x"),
        ("${A:-}", None),
        ("p-${A:-x}-s", "p-x-s"),
        ("${A:-x}${B:-y}", "xy"),
        ("${A:-x}${B}", None),
        ("${A-x}", None),
        ("${A:-${B:-x}}", None),
        ("${}", None),
    ],
)
def test_a_variable_has_the_default_that_stands_in_it(text: str, default: str | None) -> None:
    assert is_dynamic(text)
    assert default_of(text) == default
    assert judged_text(text) == default


@pytest.mark.parametrize("text", ["", "x", "${", "$A", "{A}", "}${", "$ {A}"])
def test_text_without_a_whole_variable_is_itself(text: str) -> None:
    assert not is_dynamic(text)
    assert judged_text(text) == text


def test_a_million_open_variables_are_read_in_one_go() -> None:
    start = time.perf_counter()
    assert not is_dynamic("${" * 500_000)
    assert default_of("${" * 500_000 + "}") is None
    assert default_of("${A:-x}" * 150_000) == "x" * 150_000
    assert time.perf_counter() - start < 1
