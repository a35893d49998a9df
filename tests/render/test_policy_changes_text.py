"""What a change of policy does, for people and as JSON."""

import json
from dataclasses import replace

import pytest

from sekuire_gate.model.difference import Change, DefinitionDifference, Document, Effect, PolicyDifference
from sekuire_gate.model.policy import Trust
from sekuire_gate.model.report import Finding, Verdict
from sekuire_gate.render import policy_changes_text
from sekuire_gate.render.json_report import finding_object, policy_object, problem_object
from tests.support.log_readers import commands_in
from tests.support.outcomes import BLOCKED_TOOL, HOSTILE, NOTHING_BINDS, POLICY, UNREADABLE

A = replace(POLICY, proof=replace(POLICY.proof, version="11", content_hash="0" * 64))
B = replace(POLICY, proof=replace(POLICY.proof, trust=Trust.UNVERIFIED, key_fingerprint=None))
ADDED = Change("model", Effect.PERMITS, "gpt-5", "added to the allow-list (x.y)", Document.B, "/x/y/1")
OPEN = Change("capabilities", Effect.PERMITS_REST, None, "the last allow-list is gone", Document.A, "/x/z")


def definition(
    path: str, a: Verdict, b: Verdict, *new: Finding, gone: tuple[Finding, ...] = ()
) -> DefinitionDifference:
    return DefinitionDifference(path, a, b, new, gone)


def lines(*changes: Change, definitions: tuple[DefinitionDifference, ...] = ()) -> list[str]:
    return policy_changes_text.render(PolicyDifference(A, B, changes, definitions)).splitlines()


def test_it_begins_with_both_policies_and_how_far_each_is_trusted() -> None:
    assert lines()[:5] == [
        f"A: policy_mail version 11 of workspace ws_acme (fetched), hash {'0' * 64}",
        f"   signature verified with the pinned key sha256:{'ab' * 32}.",
        f"B: policy_mail version 12 of workspace ws_acme (fetched), hash {'3f' * 32}",
        "   not verified: the hash fits the content, the signature was not checked.",
        "",
    ]


def test_changes_are_written_by_subject_and_what_is_opened_altogether_loudly() -> None:
    assert lines(ADDED, OPEN)[5:] == [
        "model         + permits           'gpt-5': added to the allow-list (x.y)",
        "capabilities  + PERMITS ALL ELSE  the last allow-list is gone",
    ]


def test_every_effect_has_words_of_its_own_and_a_sign() -> None:
    said = lines(*(replace(ADDED, effect=effect) for effect in Effect))[5:]
    assert len(set(said)) == len(Effect)
    assert all(line.startswith(("model  + ", "model  - ", "model  ! ")) for line in said)


def test_where_nothing_changes_it_says_so() -> None:
    same = policy_changes_text.render(PolicyDifference(A, A, ()))
    assert same.splitlines()[-1] == "The same content: nothing is permitted or forbidden newly."
    other = replace(ADDED, effect=Effect.DIFFERS)
    assert lines(other)[5] == "Another content to the same effect: nothing is permitted or forbidden newly."


def test_definitions_are_written_with_what_becomes_of_them_and_why() -> None:
    passing, failing, unclear = Verdict.PASS, Verdict.VIOLATION, Verdict.UNDETERMINED
    definitions = (
        definition("a.yml", passing, failing, BLOCKED_TOOL),
        definition("b.yml", unclear, passing, gone=(BLOCKED_TOOL,)),
        definition("c.yml", passing, passing),
        definition("d.yml", failing, unclear),
        definition("e.yml", failing, failing),
    )
    found = PolicyDifference(A, B, (ADDED,), definitions, (UNREADABLE,))
    assert policy_changes_text.render(found).splitlines()[7:] == [
        "a.yml: NEWLY FAILS (pass -> violation)",
        "  - new   agents/mail/tools.json:3:12: error[tool.blocked]: 'shell_exec'",
        "b.yml: newly passes (undetermined -> pass)",
        "  + gone  agents/mail/tools.json:3:12: error[tool.blocked]: 'shell_exec'",
        "c.yml: still passes",
        "d.yml: still fails (violation -> undetermined)",
        "e.yml: still fails (violation)",
        "unreadable: agents/mail/sekuire.yml:4:3: definition.duplicate_key: key 'model' twice. Keep one.",
        "1 newly failing, 1 newly passing, 2 still failing, 1 still passing, 1 unreadable",
    ]


def test_as_json_it_has_the_reports_objects_and_the_changes_in_order() -> None:
    definitions = (definition("a.yml", Verdict.PASS, Verdict.VIOLATION, BLOCKED_TOOL),)
    found = PolicyDifference(A, B, (ADDED, OPEN), definitions, (UNREADABLE,))
    read = json.loads(policy_changes_text.as_json(found))
    assert list(read) == ["a", "b", "changes", "definitions", "problems"]
    assert (read["a"], read["b"]) == (policy_object(A), policy_object(B))
    assert list(read["changes"][0].items()) == [
        ("subject", "model"),
        ("effect", "permits"),
        ("value", "gpt-5"),
        ("reason", "added to the allow-list (x.y)"),
        ("document", "b"),
        ("pointer", "/x/y/1"),
    ]
    assert (read["changes"][1]["value"], read["changes"][1]["document"]) == (None, "a")
    assert read["definitions"] == [
        {"path": "a.yml", "a": "pass", "b": "violation", "new": [finding_object(BLOCKED_TOOL)], "gone": []}
    ]
    assert read["problems"] == [problem_object(UNREADABLE)]


@pytest.mark.parametrize("text", HOSTILE, ids=lambda text: ascii(text)[:24])
def test_no_text_of_a_policy_or_a_definition_is_obeyed_by_a_runner(text: str) -> None:
    change = replace(ADDED, value=text, reason=f"{text} {text}")
    finding = replace(BLOCKED_TOOL, value=text, at=replace(BLOCKED_TOOL.at, path=text) if BLOCKED_TOOL.at else None)
    definitions = (
        definition(text, Verdict.PASS, Verdict.VIOLATION, finding, gone=(replace(NOTHING_BINDS, value=text),)),
    )
    problem = replace(UNREADABLE, message=text, fix=text)
    found = PolicyDifference(A, B, (change, replace(change, value=None)), definitions, (problem,))
    shown = policy_changes_text.render(found)
    assert commands_in(shown) == []
    assert len(shown.split("\n")) == 14
    read = json.loads(policy_changes_text.as_json(found))
    assert (read["changes"][0]["value"], read["definitions"][0]["path"]) == (text, text)
    assert commands_in(policy_changes_text.as_json(found)) == []


def test_long_values_are_cut_for_people_and_whole_in_json() -> None:
    change = replace(ADDED, value="x" * 5000)
    assert len(lines(change)[5]) < 400
    assert (
        json.loads(policy_changes_text.as_json(PolicyDifference(A, B, (change,))))["changes"][0]["value"] == "x" * 5000
    )
