"""What GitHub Actions says of the run (docs/contract.md 3, 5 and 8)."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

from sekuire_gate.regular_file import read_regular_file

MAX_EVENT_BYTES = 4_194_304  # 4 MiB; a pull request's longest description takes a fifth of it

_DEPENDABOT = "dependabot[bot]"
# https://docs.github.com/en/actions/reference/security/secure-use and, for Dependabot,
# https://docs.github.com/en/code-security/dependabot/troubleshooting-dependabot/troubleshooting-dependabot-on-github-actions
_WITHOUT_SECRETS_FROM_A_FORK = frozenset({"pull_request", "pull_request_review", "pull_request_review_comment"})
_WITHOUT_SECRETS_BY_DEPENDABOT = _WITHOUT_SECRETS_FROM_A_FORK | {
    "pull_request_target", "push", "create", "deployment", "deployment_status",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class WorkflowRun:
    """The run as the runner describes it; outside of Actions everything is empty."""

    in_actions: bool = False  # GITHUB_ACTIONS=true: annotations, job summary and outputs are written
    actor: str | None = None  # who triggered the run
    first_actor: str | None = None  # who triggered it first: running it again gives it no other secrets
    workspace: Path | None = None  # the checkout; annotations name files relative to it
    summary_file: Path | None = None
    output_file: Path | None = None
    event: str | None = None  # as "pull_request"
    event_file: Path | None = None  # the event's payload: titles and names in it are whoever's who sent it
    repository: str | None = None  # OWNER/NAME, where the workflow runs


class Withheld(Enum):
    """Why GitHub keeps the repository's secrets from a run."""

    FORK = "fork"  # a pull request from another repository
    DEPENDABOT = "dependabot"  # it gets Dependabot's own secrets only


def load(environ: Mapping[str, str]) -> WorkflowRun:
    """Read the run from the variables that the runner sets."""
    return WorkflowRun(
        in_actions=environ.get("GITHUB_ACTIONS") == "true",
        actor=environ.get("GITHUB_TRIGGERING_ACTOR") or environ.get("GITHUB_ACTOR") or None,
        first_actor=environ.get("GITHUB_ACTOR") or None,
        workspace=_path(environ, "GITHUB_WORKSPACE"),
        summary_file=_path(environ, "GITHUB_STEP_SUMMARY"),
        output_file=_path(environ, "GITHUB_OUTPUT"),
        event=environ.get("GITHUB_EVENT_NAME") or None,
        event_file=_path(environ, "GITHUB_EVENT_PATH"),
        repository=environ.get("GITHUB_REPOSITORY") or None,
    )


def secrets_withheld(run: WorkflowRun) -> Withheld | None:
    """Say why GitHub keeps secrets from this run, or None where it does not, or nothing tells.

    Reads the event's payload: to be asked where the answer matters. Of the payload's text nothing gets out, since
    whoever opens a pull request writes much of it.
    """
    if run.event not in _WITHOUT_SECRETS_BY_DEPENDABOT:
        return None
    payload = _payload(run.event_file)
    pull_request = _member(payload, "pull_request")
    if run.event in _WITHOUT_SECRETS_FROM_A_FORK and _is_from_elsewhere(pull_request, run):
        return Withheld.FORK
    people = (_member(payload, "sender"), _member(pull_request, "user"))
    if _DEPENDABOT in {run.first_actor, *(_text(person, "login") for person in people)}:
        return Withheld.DEPENDABOT
    return None


def _is_from_elsewhere(pull_request: object, run: WorkflowRun) -> bool:
    """Whether the head of a pull request is certainly in another repository than its base."""
    head, base = _member(pull_request, "head"), _member(_member(pull_request, "base"), "repo")
    if isinstance(head, dict) and "repo" in head and head["repo"] is None:
        return True  # a fork that was deleted since
    there = _member(head, "repo")
    ids = (_id(there), _id(base))
    if None not in ids:
        return ids[0] != ids[1]
    names = (_text(there, "full_name"), _text(base, "full_name") or run.repository or "")
    return all(names) and names[0].lower() != names[1].lower()


def _payload(path: Path | None) -> object:
    """Return the event's payload, or None where it cannot be read in one way only."""
    # Here, so that a run with a key does not pay for it.
    from sekuire_gate import canonical  # noqa: PLC0415 - see above

    try:
        document = canonical.read(canonical.decode(_bytes(path)), stop_at_nodes=True)
    except ValueError:
        return None
    return None if document.doubts else canonical.plain(document.root)


def _bytes(path: Path | None) -> bytes:
    """Return the file's bytes, or nothing: no regular file, unreadable, or too large."""
    if path is None:
        return b""
    try:
        data = read_regular_file(path, MAX_EVENT_BYTES)
    except (OSError, ValueError):
        return b""
    return data if data is not None and len(data) <= MAX_EVENT_BYTES else b""


def _member(value: object, name: str) -> object:
    return value.get(name) if isinstance(value, dict) else None


def _text(value: object, name: str) -> str:
    found = _member(value, name)
    return found if isinstance(found, str) else ""


def _id(repository: object) -> int | None:
    found = _member(repository, "id")
    return found if isinstance(found, int) and not isinstance(found, bool) else None


def _path(environ: Mapping[str, str], name: str) -> Path | None:
    value = environ.get(name)
    return Path(value) if value else None
