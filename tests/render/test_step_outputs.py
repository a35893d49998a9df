"""The outputs of the action."""

import pytest

from sekuire_gate.model.outcome import Outcome
from sekuire_gate.render import step_outputs
from tests.support import outcomes

NAMES = [
    "verdict",
    "exit-reason",
    "errors",
    "warnings",
    "definitions",
    "policy-id",
    "policy-version",
    "policy-hash",
    "key-fingerprint",
    "policy-source",
    "report-json",
]


@pytest.mark.parametrize("outcome", outcomes.ALL.values(), ids=outcomes.ALL)
def test_every_output_is_there_always_and_single_line(outcome: Outcome) -> None:
    values = step_outputs.values(outcome, report_json="out/r.json")
    assert list(values) == NAMES
    assert all(value.isprintable() for value in values.values())


def test_a_judged_run_gives_verdict_counts_policy_and_the_path_of_its_report() -> None:
    assert list(step_outputs.values(outcomes.VIOLATING, report_json="out/r.json").values()) == [
        "violation",
        "violation",
        "4",
        "1",
        "2",
        "policy_mail",
        "12",
        "3f" * 32,
        "sha256:" + "ab" * 32,
        "fetched",
        "out/r.json",
    ]


def test_what_is_unknown_is_empty() -> None:
    values = step_outputs.values(outcomes.NOT_AUTHENTIC, report_json=None)
    assert list(values.values()) == ["error", "policy.hash_mismatch", *[""] * 9]
    assert step_outputs.values(outcomes.UNSIGNED, report_json=None)["key-fingerprint"] == ""


def test_a_forced_run_says_so() -> None:
    values = step_outputs.values(outcomes.FORCED, report_json=None)
    assert (values["verdict"], values["exit-reason"]) == ("forced", "forced")


@pytest.mark.parametrize("text", outcomes.HOSTILE, ids=lambda text: ascii(text)[:24])
def test_nothing_that_a_pull_request_chose_is_an_output(text: str) -> None:
    for outcome in (outcomes.with_text(text), outcomes.forced_with(text)):
        values = step_outputs.values(outcome, report_json=None)
        assert values["verdict"] in {"error", "forced"}
        assert values["exit-reason"] in {"definition.syntax", "forced"}
        assert values | outcomes_of_policy() == values


def outcomes_of_policy() -> dict[str, str]:
    """What the policy alone says."""
    names = ("policy-id", "policy-version", "policy-hash", "key-fingerprint", "policy-source")
    return dict(zip(names, ("policy_mail", "12", "3f" * 32, "sha256:" + "ab" * 32, "fetched"), strict=True))


def test_a_report_path_with_a_line_end_in_it_is_not_written() -> None:
    assert step_outputs.values(outcomes.PASSING, report_json="a\nverdict=pass")["report-json"] == ""
