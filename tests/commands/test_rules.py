"""`rules`: the list of all rules, and the help page of each."""

import argparse
from datetime import UTC, datetime
from io import StringIO
from pathlib import Path

import pytest

from sekuire_gate.commands.command import Outside
from sekuire_gate.commands.rules import COMMAND
from sekuire_gate.errors import SettingsError
from sekuire_gate.model.problem import ExitCode
from sekuire_gate.rules import ALL_RULES


def printed(*words: str) -> str:
    now = datetime(2026, 1, 2, tzinfo=UTC)
    outside = Outside({}, now, now, Path(), StringIO(), StringIO(), StringIO())
    parser = argparse.ArgumentParser()
    COMMAND.arguments(parser)
    assert COMMAND.run(parser.parse_args(words), outside) is ExitCode.OK
    assert isinstance(outside.stdout, StringIO)
    return outside.stdout.getvalue()


def test_the_list_has_a_line_for_every_rule_with_its_level() -> None:
    lines = printed().splitlines()
    assert len(lines) == len(ALL_RULES)
    for line, rule in zip(lines, ALL_RULES, strict=True):
        assert line.split()[:2] == [rule.id, rule.level.word]
        assert line.endswith(rule.summary)


@pytest.mark.parametrize("rule", [rule.id for rule in ALL_RULES])
def test_a_help_page_says_why_shows_an_example_and_what_to_write_instead(rule: str) -> None:
    title, blank, summary, *rest = printed(rule).splitlines()
    assert title.startswith(f"{rule} (")
    assert blank == ""
    assert summary.endswith(".")
    assert any(line.startswith("For example") for line in rest)
    assert len([paragraph for paragraph in "\n".join(rest).split("\n\n") if paragraph.strip()]) >= 3


def test_a_rule_that_does_not_exist_is_answered_with_those_that_do() -> None:
    with pytest.raises(SettingsError) as raised:
        printed("model.nope")
    assert raised.value.kind == "config.usage"
    assert "'model.nope'" in raised.value.message
    assert all(rule.id in raised.value.fix for rule in ALL_RULES)
