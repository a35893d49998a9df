"""Explanations for people: one claim after the other, and no text in them that a terminal or a runner obeys."""

import pytest

from sekuire_gate.model.explanation import Explanation, How, Reason, Said
from sekuire_gate.model.report import Status, Subject
from sekuire_gate.model.source import Location
from sekuire_gate.render import explanation
from tests.support.outcomes import HOSTILE, POLICY, place


def lines(*explained: Explanation) -> list[str]:
    return explanation.render(POLICY, [("sekuire.yml", explained)]).splitlines()


def one(at: Location, *reasons: Reason, value: str = "x", agent: str | None = None) -> Explanation:
    return Explanation(Subject.TOOLS, value, agent, at, Status.PASS, reasons=reasons)


def test_a_claim_of_another_file_is_shown_with_its_path() -> None:
    at = place("tools.json", 3, 5, 8)
    assert lines(one(at, agent="mail"))[:2] == ["sekuire.yml", "  tools.json:3:5  tool 'x' of agent 'mail': pass"]


def test_a_form_is_shown_where_it_is_not_the_value_itself() -> None:
    at = place("sekuire.yml", 1, 1, 2)
    same = Reason(How.EXACT, "/tools/allowed_tools/0", "x", "x")
    other = Reason(How.LOOSE, "/tools/blocked_tools/0", "X", "mcp/x")
    assert lines(one(at, same))[2] == "      exact                  /content/tools/allowed_tools/0  'x'"
    assert lines(one(at, other))[2] == "      loose                  /content/tools/blocked_tools/0  'X', as 'mcp/x'"


def test_every_way_of_deciding_has_a_line() -> None:
    at = place("sekuire.yml", 1, 1, 2)
    shown = lines(*(one(at, Reason(how, "/a/0", "e")) for how in How))
    assert all(any(line.startswith(f"      {how.value} ") for line in shown) for how in How)
    assert "      nothing binds it" in lines(one(at, Reason(How.UNBOUND)))


def test_a_definition_that_claims_nothing_says_so() -> None:
    assert lines()[:2] == ["sekuire.yml", "  nothing is claimed"]


@pytest.mark.parametrize("text", HOSTILE, ids=ascii)
def test_hostile_text_is_shown_and_not_obeyed(text: str) -> None:
    at = Location(text or "x", 1, 1, 1, 2)
    hostile = Explanation(
        Subject.MODEL, text, text, at, Status.PASS, text, text, (Said("model.blocked", text),),
        (Reason(How.EXACT, f"/{text}", text, f"{text}x"),),
    )  # fmt: skip
    shown = explanation.render(POLICY, [(text, [hostile])])
    assert all(line.isprintable() for line in shown.split("\n"))
    assert "##[" not in shown
    assert not any(line.lstrip().startswith("::") for line in shown.split("\n"))
