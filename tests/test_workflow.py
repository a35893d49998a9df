"""What GitHub Actions says of the run."""

import json
import os
import tempfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from sekuire_gate import workflow
from sekuire_gate.workflow import MAX_EVENT_BYTES, Withheld, WorkflowRun, secrets_withheld

HERE = {"id": 7, "full_name": "acme/agents"}
FORK = {"id": 8, "full_name": "stranger/agents"}
PERSON = {"login": "octocat"}
DEPENDABOT = {"login": "dependabot[bot]"}


def test_outside_of_actions_everything_is_empty() -> None:
    assert workflow.load({}) == WorkflowRun()
    assert not workflow.load({"GITHUB_ACTIONS": "1"}).in_actions


@pytest.mark.parametrize(
    ("environ", "actor", "first_actor"),
    [
        ({"GITHUB_TRIGGERING_ACTOR": "again", "GITHUB_ACTOR": "first"}, "again", "first"),
        ({"GITHUB_TRIGGERING_ACTOR": "", "GITHUB_ACTOR": "first"}, "first", "first"),
        ({}, None, None),
    ],
    ids=["run again by another", "run once", "unknown"],
)
def test_the_actor_is_who_triggered_this_run(
    environ: dict[str, str], actor: str | None, first_actor: str | None
) -> None:
    run = workflow.load(environ)
    assert (run.actor, run.first_actor) == (actor, first_actor)


def test_the_files_of_the_runner_are_taken_as_they_are_named() -> None:
    run = workflow.load(
        {
            "GITHUB_ACTIONS": "true",
            "GITHUB_OUTPUT": "/o",
            "GITHUB_STEP_SUMMARY": "/s",
            "GITHUB_EVENT_PATH": "/e",
            "GITHUB_EVENT_NAME": "push",
            "GITHUB_REPOSITORY": "acme/agents",
        }
    )
    assert run == WorkflowRun(
        in_actions=True,
        output_file=Path("/o"),
        summary_file=Path("/s"),
        event="push",
        event_file=Path("/e"),
        repository="acme/agents",
    )


def pull_request(
    head: object = HERE, base: object = HERE, user: object = PERSON, sender: object = PERSON
) -> dict[str, Any]:
    """The part of a pull request's payload that is looked at, and a title that nobody should believe."""
    request = {"title": "x", "user": user, "head": {"ref": "main", "repo": head}, "base": {"repo": base}}
    return {"action": "opened", "pull_request": request, "sender": sender}


def run_of(event: str, payload: object, folder: Path, **fields: Any) -> WorkflowRun:  # noqa: ANN401 - a run's fields
    path = folder / "event.json"
    path.write_text(json.dumps(payload))
    return WorkflowRun(event=event, event_file=path, **fields)


@pytest.mark.parametrize("event", ["pull_request", "pull_request_review", "pull_request_review_comment"])
@pytest.mark.parametrize(
    ("head", "base"),
    [
        (FORK, HERE),
        (None, HERE),
        ({"id": 8, "full_name": "acme/agents"}, HERE),
        ({"full_name": "stranger/agents"}, HERE),
        ({"full_name": "stranger/agents"}, None),
    ],
    ids=["another repository", "a fork deleted since", "another id under the name", "without ids", "without a base"],
)
def test_a_pull_request_from_another_repository_gets_no_secrets(
    event: str, head: object, base: object, tmp_path: Path
) -> None:
    run = run_of(event, pull_request(head, base), tmp_path, repository="acme/agents")
    assert secrets_withheld(run) is Withheld.FORK


@pytest.mark.parametrize(
    ("head", "base"),
    [
        (HERE, HERE),
        ({"id": 7, "full_name": "acme/old-name"}, HERE),
        ({**HERE, "fork": True}, HERE),
        ({"full_name": "ACME/Agents"}, {"full_name": "acme/agents"}),
        ({"full_name": "acme/agents"}, None),
        ({}, HERE),
        ("stranger/agents", HERE),
        ({"id": True, "full_name": 8}, {"id": False}),
        ({"id": "8"}, HERE),
    ],
    ids=[
        "the same",
        "the same, renamed",
        "the same, itself a fork",
        "the same by name",
        "the run's own by name",
        "a head that tells nothing",
        "a head of another type",
        "booleans for ids",
        "text for an id",
    ],
)
def test_a_pull_request_that_is_not_certainly_from_elsewhere_has_its_secrets(
    head: object, base: object, tmp_path: Path
) -> None:
    run = run_of("pull_request", pull_request(head, base), tmp_path, repository="acme/agents")
    assert secrets_withheld(run) is None


def test_a_head_without_a_repository_is_no_deleted_fork(tmp_path: Path) -> None:
    payload = {"pull_request": {"head": {"ref": "main"}, "base": {"repo": HERE}}}
    assert secrets_withheld(run_of("pull_request", payload, tmp_path)) is None


@pytest.mark.parametrize(
    "event", ["pull_request_target", "push", "merge_group", "workflow_run", "issue_comment", "schedule", ""]
)
def test_other_events_have_their_secrets_whatever_the_payload_says(event: str, tmp_path: Path) -> None:
    assert secrets_withheld(run_of(event, pull_request(FORK), tmp_path)) is None


@pytest.mark.parametrize(
    ("event", "payload", "first_actor"),
    [
        ("pull_request", pull_request(user=DEPENDABOT, sender=DEPENDABOT), "dependabot[bot]"),
        ("pull_request", pull_request(user=DEPENDABOT), None),
        ("pull_request", pull_request(sender=DEPENDABOT), None),
        ("pull_request", pull_request(), "dependabot[bot]"),
        ("pull_request_target", pull_request(user=DEPENDABOT, sender=DEPENDABOT), None),
        ("push", {"sender": DEPENDABOT}, None),
        ("push", "nothing that is known", "dependabot[bot]"),
    ],
    ids=["by all signs", "its author", "its sender", "the actor", "on the base's side", "a push", "only the actor"],
)
def test_a_run_of_dependabot_gets_its_own_secrets_only(
    event: str, payload: object, first_actor: str | None, tmp_path: Path
) -> None:
    assert secrets_withheld(run_of(event, payload, tmp_path, first_actor=first_actor)) is Withheld.DEPENDABOT


@pytest.mark.parametrize(
    "payload",
    [
        pull_request(user={"login": "dependabot"}, sender={"login": "Dependabot[bot]"}),
        {**pull_request(), "comment": {"user": DEPENDABOT}},
        pull_request(user="dependabot[bot]", sender=["dependabot[bot]"]),
    ],
    ids=["a person of that name", "a comment", "other types"],
)
def test_nobody_else_is_dependabot(payload: object, tmp_path: Path) -> None:
    assert secrets_withheld(run_of("pull_request", payload, tmp_path)) is None


FROM_A_FORK = json.dumps(pull_request(FORK)).encode()
UNREADABLE: dict[str, bytes] = {
    "nothing": b"",
    "cut short": FROM_A_FORK[:-1],
    "with a byte order mark": b"\xef\xbb\xbf" + FROM_A_FORK,
    "not UTF-8": FROM_A_FORK.replace(b'"x"', b'"\xff"'),
    "a key twice": FROM_A_FORK[:-1] + b', "pull_request": {}}',
    "too deep": FROM_A_FORK.replace(b'"x"', b"[" * 100_000 + b"]" * 100_000),
    "too many values": FROM_A_FORK.replace(b'"x"', b"[" + b"0," * 100_000 + b"0]"),
    "too large": FROM_A_FORK.replace(b'"x"', b'"' + b"x" * MAX_EVENT_BYTES + b'"'),
}


@pytest.mark.parametrize("data", UNREADABLE.values(), ids=UNREADABLE.keys())
def test_of_a_payload_that_cannot_be_read_in_one_way_nothing_is_known(data: bytes, tmp_path: Path) -> None:
    path = tmp_path / "event.json"
    path.write_bytes(data)
    assert secrets_withheld(WorkflowRun(event="pull_request", event_file=path)) is None


def test_a_payload_that_is_no_file_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    for path in (None, tmp_path, tmp_path / "pipe", tmp_path / "none", tmp_path / "nul\0", Path(os.devnull)):
        assert secrets_withheld(WorkflowRun(event="pull_request", event_file=path)) is None


def test_a_long_description_does_not_hide_a_fork(tmp_path: Path) -> None:
    payload = pull_request(FORK) | {"body": "\U0001f600" * 65_536}
    assert secrets_withheld(run_of("pull_request", payload, tmp_path)) is Withheld.FORK


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5) | st.just("dependabot[bot]"),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["pull_request", "head", "base", "repo", "id", "full_name", "user", "sender", "login", "x"]
            ),
            inner,
            max_size=5,
        )
    ),
    max_leaves=20,
)


@given(st.binary(max_size=200) | JSON.map(lambda value: json.dumps(value).encode()))
@example(FROM_A_FORK)
@example(b"[" * 5000)
@example(b'{"pull_request": {"head": {"repo": {"id": 1e999}}}}')
def test_any_bytes_are_a_payload_and_the_answer_is_one_of_three(data: bytes) -> None:
    with tempfile.NamedTemporaryFile() as file:
        file.write(data)
        file.flush()
        run = WorkflowRun(event="pull_request", event_file=Path(file.name), repository="acme/agents")
        assert secrets_withheld(run) in {None, Withheld.FORK, Withheld.DEPENDABOT}
