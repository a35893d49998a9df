"""A call without a key says why there is none: as processes, against a workspace that asks for one."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from sekuire_gate.errors import PolicyAccessError, PolicyError, PolicyFetchError, PolicyTrustError
from sekuire_gate.keyless import explained
from sekuire_gate.workflow import WorkflowRun
from tests.support.gate import Ran, run
from tests.support.workspace import ServedWorkspace, served_workspace

API_KEY = "sk_live_do_not_show_this_0123456789"
TITLE = "::error::owned##[error]owned"
HERE = {"id": 7, "full_name": "acme/agents"}
FORK = {"id": 8, "full_name": "stranger/agents"}


@pytest.fixture
def served(tmp_path: Path) -> Iterator[ServedWorkspace]:
    with served_workspace(tmp_path, require_key=API_KEY) as workspace:
        yield workspace


def payload(head: object = HERE, author: str = "octocat") -> str:
    person = {"login": author}
    request = {"title": TITLE, "user": person, "head": {"ref": TITLE, "repo": head}, "base": {"repo": HERE}}
    return json.dumps({"pull_request": request, "sender": person})


def check(
    served: ServedWorkspace, folder: Path, event: str, text: str, *, key: str = "", workspace_id: str | None = None
) -> Ran:
    repo = folder / "repo"
    repo.mkdir()
    (repo / "sekuire.yml").write_text("llm: {provider: openai, model: gpt-4o}\n")
    (folder / "event.json").write_text(text)
    return run(
        "check", "--backend", served.url, "--allow-loopback-http", "--workspace", workspace_id or served.workspace_id,
        "--trusted-key", served.pin, "--report", "json=report.json",
        cwd=repo, actions=True,
        environ={
            "GITHUB_EVENT_NAME": event,
            "GITHUB_EVENT_PATH": str(folder / "event.json"),
            "GITHUB_REPOSITORY": "acme/agents",
            "GITHUB_ACTOR": json.loads(text)["sender"]["login"] if text.startswith("{") else "octocat",
            "SEKUIRE_API_KEY": key,
        },
    )  # fmt: skip


@pytest.mark.parametrize("head", [FORK, None], ids=["there", "deleted since"])
def test_a_pull_request_from_a_fork_is_told_so_and_what_helps(
    head: object, served: ServedWorkspace, tmp_path: Path
) -> None:
    ran = check(served, tmp_path, "pull_request", payload(head))
    assert (ran.exit_code, ran.kinds) == (2, ["fetch.unauthorized"])
    (problem,) = ran.report["problems"]
    assert "status 401" in problem["message"]
    assert "comes from a fork" in problem["message"]
    for remedy in ("policy-file", "trusted-keys", "min-policy-version", "merge queue", "main branch"):
        assert remedy in problem["fix"], remedy
    assert "owned" not in ran.everything


def test_dependabot_is_told_to_have_a_secret_of_its_own(served: ServedWorkspace, tmp_path: Path) -> None:
    ran = check(served, tmp_path, "pull_request", payload(author="dependabot[bot]"))
    assert (ran.exit_code, ran.kinds) == (2, ["fetch.unauthorized"])
    (problem,) = ran.report["problems"]
    assert "Dependabot" in problem["message"]
    assert "a Dependabot secret of the same name" in problem["fix"]
    assert "policy-file" in problem["fix"]


@pytest.mark.parametrize(
    ("event", "text"),
    [
        ("pull_request", payload()),
        ("pull_request_target", payload(FORK)),
        ("push", payload(FORK)),
        ("pull_request", "\0{"),
    ],
    ids=["same repository", "pull_request_target", "push", "unreadable payload"],
)
def test_where_secrets_are_given_the_answer_is_the_services_own(
    event: str, text: str, served: ServedWorkspace, tmp_path: Path
) -> None:
    ran = check(served, tmp_path, event, text)
    assert (ran.exit_code, ran.kinds) == (2, ["fetch.unauthorized"])
    assert "fork" not in ran.everything
    assert "Dependabot" not in ran.everything


def test_a_key_that_was_sent_and_refused_is_no_matter_of_forks(served: ServedWorkspace, tmp_path: Path) -> None:
    ran = check(served, tmp_path, "pull_request", payload(FORK), key="sk_live_another_key")
    assert (ran.exit_code, ran.kinds) == (2, ["fetch.unauthorized"])
    assert "fork" not in ran.everything


def test_a_workspace_that_asks_for_no_key_answers_a_fork_too(tmp_path: Path) -> None:
    with served_workspace(tmp_path) as served:
        ran = check(served, tmp_path, "pull_request", payload(FORK))
    assert (ran.exit_code, ran.report["verdict"]) == (0, "pass")
    assert len(served.requests) == 1


def test_a_workspace_that_hides_from_strangers_is_explained_too(tmp_path: Path) -> None:
    with served_workspace(tmp_path) as served:
        ran = check(served, tmp_path, "pull_request", payload(FORK), workspace_id="ws_hidden")
    assert (ran.exit_code, ran.kinds) == (4, ["fetch.not_found"])
    assert "comes from a fork" in ran.report["problems"][0]["message"]


@pytest.mark.parametrize(
    ("error", "gains"),
    [
        (PolicyAccessError("No.", kind="fetch.unauthorized", fix="x"), True),
        (PolicyAccessError("No.", kind="fetch.forbidden", fix="x"), True),
        (PolicyFetchError("No.", kind="fetch.not_found", fix="x"), True),
        (PolicyAccessError("No.", kind="fetch.plan_limit", fix="x"), False),
        (PolicyFetchError("No.", kind="fetch.unreachable", fix="x"), False),
        (PolicyTrustError("No.", kind="policy.rollback", fix="x"), False),
    ],
    ids=lambda value: value.kind if isinstance(value, PolicyError) else "",
)
def test_only_what_the_lack_of_a_key_can_bring_about_is_explained(
    error: PolicyError, gains: bool, tmp_path: Path
) -> None:
    (tmp_path / "event.json").write_text(payload(FORK))
    told = explained(error, WorkflowRun(event="pull_request", event_file=tmp_path / "event.json"))
    assert (type(told), told.kind, told.exit_code) == (type(error), error.kind, error.exit_code)
    assert ("fork" in told.message) == gains
    assert told.message.startswith("No.")
    assert (told is error) != gains
