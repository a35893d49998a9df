"""The text of the rules, for people."""

from sekuire_gate.model.report import Level, RuleInfo, Subject
from sekuire_gate.render.rule_help import rule_list, rule_page

CERTAIN = RuleInfo("a.blocked", Level.ERROR, Subject.MODEL, "One line.", "One line.\n\nMore.")
UNSURE = RuleInfo("long.undetermined", Level.ERROR, Subject.MODEL, "Who knows.", "Who knows.", undetermined=True)


def test_the_list_is_a_table() -> None:
    assert rule_list([CERTAIN, UNSURE]) == (
        "a.blocked          error    One line.\nlong.undetermined  error    Who knows.\n"
    )


def test_a_page_begins_with_id_and_level() -> None:
    assert rule_page(CERTAIN) == "a.blocked (error)\n\nOne line.\n\nMore.\n"
    assert rule_page(UNSURE) == "long.undetermined (error, undetermined)\n\nWho knows.\n"


def test_no_rules_are_no_lines() -> None:
    assert rule_list([]) == ""
