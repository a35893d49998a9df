"""Attacks on the policy, played with really signed documents: the gate as a process, the service over real HTTP.

The attacker owns the service, the network or an old document, and knows every public text; the key that is pinned is
somebody else's. Freezing an old policy by an outage is played in test_outages.py; every spelling and every order of the
same attacks is tried in process, in tests/trust.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.gate import Ran, run
from tests.support.signing import KEY_ID, STRANGER, Document, as_bytes, content_hash, public_key, signed_document
from tests.support.workspace import ServedWorkspace, served_workspace

API_KEY = "sk_live_0123456789abcdef"
HONEST = {"agent": {"models": {"allowed_models": ["gpt-4o"]}, "capabilities": {"denied_tools": ["shell_exec"]}}}
EVIL = {"agent": {"models": {"allowed_models": ["*"]}}}
PASSING = 'llm:\n  provider: openai\n  model: "gpt-4o"\n'
FAILING = 'llm:\n  provider: openai\n  model: "evil-model"\n'  # EVIL would let it pass
PIN = f"{KEY_ID}={public_key().hex()}"


class Stage:
    """A repository, and a service that answers with whatever it is told to."""

    def __init__(self, folder: Path, served: ServedWorkspace) -> None:
        self.repo = folder / "repo"
        self.repo.mkdir()
        (self.repo / "sekuire.yml").write_text(PASSING)
        self.requests = served.requests
        self._url = served.url
        self._path_of_active = served.path_of_active

    def serve(self, document: Document | bytes) -> None:
        """Answer with this from now on."""
        self._path_of_active.write_bytes(document if isinstance(document, bytes) else as_bytes(document))

    def check(self, *arguments: str, pins: tuple[str, ...] = (PIN,)) -> Ran:
        """Run `check` on the repository as a step of a workflow."""
        (self.repo / "report.json").unlink(missing_ok=True)
        return run(
            "check", "--backend", self._url, "--allow-loopback-http", "--workspace", "ws_1",
            *(part for pin in pins for part in ("--trusted-key", pin)),
            "--report", "json=report.json", *arguments,
            cwd=self.repo, environ={"SEKUIRE_API_KEY": API_KEY}, actions=True,
        )  # fmt: skip

    def lock(self) -> Ran:
        """Run `lock` on what is served."""
        return run(
            "lock", "--backend", self._url, "--allow-loopback-http", "--workspace", "ws_1", "--trusted-key", PIN,
            cwd=self.repo, environ={"SEKUIRE_API_KEY": API_KEY},
        )  # fmt: skip

    def attack(self, document: Document | bytes, *arguments: str, pins: tuple[str, ...] = (PIN,)) -> Ran:
        """Serve a document and check."""
        self.serve(document)
        return self.check(*arguments, pins=pins)


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Stage]:
    with served_workspace(tmp_path, workspace_id="ws_1") as served:
        yield Stage(tmp_path, served)


def honest(**fields: Any) -> Document:  # noqa: ANN401 - JSON is built here
    """The workspace's own policy."""
    return signed_document(HONEST, **fields)


def without(document: Document, *names: str) -> Document:
    return {name: value for name, value in document.items() if name not in names}


def rules_of_models(ran: Ran) -> list[str]:
    return [line.split()[0] for line in ran.found if line.startswith("model.")]


def refused(ran: Ran, kind: str) -> None:
    """The run ends red with this one problem, and nothing of the document is believed."""
    assert (ran.exit_code, ran.kinds) == (3, [kind])
    assert (ran.report["verdict"], ran.report["policy"], ran.report["definitions"]) == ("error", None, [])
    assert (ran.outputs["exit-reason"], ran.outputs["policy-id"]) == (kind, "")
    assert API_KEY not in ran.everything.replace(f"::add-mask::{API_KEY}\n", "")


def test_the_honest_policy_passes_so_that_what_follows_fails_for_its_own_reason(stage: Stage) -> None:
    assert stage.attack(honest()).exit_code == 0
    (stage.repo / "sekuire.yml").write_text(FAILING)
    assert stage.check().exit_code == 1


class TestOtherDocumentsOfTheSameKey:
    """All of them are well signed; a signature says who wrote, not that it is meant now or here."""

    def test_an_older_version_is_a_rollback_where_a_lowest_version_is_given(self, stage: Stage) -> None:
        assert stage.attack(honest(version="8"), "--min-policy-version", "8").exit_code == 0
        refused(stage.attack(honest(version="7"), "--min-policy-version", "8"), "policy.rollback")

    def test_the_policy_of_another_workspace_is_refused(self, stage: Stage) -> None:
        refused(stage.attack(signed_document(EVIL, workspace_id="ws_2")), "policy.wrong_workspace")

    def test_an_old_policy_that_a_pull_request_commits_is_bound_by_the_lock(self, stage: Stage) -> None:
        stage.serve(honest(version="8"))
        assert stage.lock().exit_code == 0
        for document, kind in ((honest(version="7"), "policy.rollback"), (honest(version="8"), None)):
            (stage.repo / "policy.json").write_bytes(as_bytes(document))
            ran = stage.check("--policy", "policy.json")
            assert ran.kinds == ([kind] if kind else [])

    def test_a_policy_that_was_never_activated_is_refused(self, stage: Stage) -> None:
        refused(stage.attack(signed_document(EVIL, status="draft")), "policy.not_active")

    def test_what_no_signature_covers_is_rewritten_at_will_and_the_lock_alone_stands_in_the_way(
        self, stage: Stage
    ) -> None:
        drafted_elsewhere = signed_document(EVIL, version="8", status="draft", workspace_id="ws_2")
        stolen = drafted_elsewhere | {"status": "active", "workspace_id": "ws_1"}
        assert stage.attack(stolen).exit_code == 0  # docs/protocol.md 2.2: not covered
        stage.serve(honest(version="8"))
        assert stage.lock().exit_code == 0
        refused(stage.attack(stolen), "policy.equivocation")


class TestKeys:
    def test_a_document_whose_content_signature_and_key_were_all_replaced_is_refused(self, stage: Stage) -> None:
        forged = signed_document(EVIL, key=STRANGER)
        refused(stage.attack(forged), "policy.key_mismatch")
        refused(stage.attack(forged, pins=()), "policy.key_not_pinned")

    def test_one_trusted_key_does_not_speak_in_the_name_of_another(self, stage: Stage) -> None:
        pins = (PIN, f"key_2={public_key(STRANGER).hex()}")
        assert stage.attack(signed_document(EVIL, key=STRANGER, signing_key_id="key_2"), pins=pins).exit_code == 0
        posing = signed_document(EVIL, key=STRANGER, signing_key_id=KEY_ID)
        refused(stage.attack(posing, pins=pins), "policy.key_mismatch")
        refused(stage.attack(without(posing, "signing_public_key"), pins=pins), "policy.signature_invalid")

    def test_a_key_that_has_ended_is_not_revived_by_a_document_that_chooses_another_pin_of_it(
        self, stage: Stage
    ) -> None:
        """The id beside a signature is not signed; so no key may end by one pin and go on by another."""
        key = public_key().hex()
        stage.serve(honest(signing_key_id="key_9"))
        ran = stage.check(pins=(f"{KEY_ID}={key} until=2020-01-01", f"key_9={key} until=2999-12-31"))
        assert (ran.exit_code, ran.kinds) == (2, ["config.trusted_key"])
        assert "with another last day" in ran.report["problems"][0]["message"]
        assert stage.requests == [], "nobody is asked with pins that make no sense"
        ended = f"{key} until=2020-01-01"
        refused(stage.check(pins=(ended, f"{KEY_ID}={ended}", f"key_9={ended}")), "policy.key_expired")


class TestSignatures:
    def test_a_signature_that_is_stripped_is_missed(self, stage: Stage) -> None:
        bare = without(signed_document(EVIL), "signature", "signing_key_id", "signing_public_key")
        refused(stage.attack(bare), "policy.signature_missing")

    def test_content_that_was_replaced_does_not_fit_its_hash(self, stage: Stage) -> None:
        refused(stage.attack(honest() | {"content": EVIL}), "policy.hash_mismatch")

    def test_content_and_hash_of_another_document_are_not_what_was_signed(self, stage: Stage) -> None:
        refused(stage.attack(honest() | {"content": EVIL, "hash": content_hash(EVIL)}), "policy.signature_invalid")

    def test_an_old_signature_does_not_make_a_higher_version(self, stage: Stage) -> None:
        old, new = honest(version="1"), honest(version="9")
        assert old["hash"] == new["hash"]
        forged = old | {"version": new["version"]}
        refused(stage.attack(forged, "--min-policy-version", "9"), "policy.signature_invalid")


class TestSpelling:
    """What was hashed is what is evaluated, however it is written; what could be two things is nothing."""

    def test_another_spelling_of_the_same_content_is_the_same_policy(self, stage: Stage) -> None:
        text = as_bytes(honest()).decode()
        assert '"gpt-4o"' in text
        assert '"allowed_models"' in text
        text = text.replace('"gpt-4o"', '"gpt\\u002d4\\u006F"').replace(
            '"allowed_models"', '\n\t"\\u0061llowed_models"\r\n '
        )
        (stage.repo / "sekuire.yml").write_text(FAILING)
        ran = stage.attack(text.encode())
        assert (ran.exit_code, rules_of_models(ran)) == (1, ["model.not_allowed"])

    @pytest.mark.parametrize("evil_first", [True, False], ids=["evil first", "evil last"])
    def test_a_second_content_is_ambiguous_whichever_is_the_signed_one(self, stage: Stage, *, evil_first: bool) -> None:
        text, evil = as_bytes(honest()).decode(), f'"\\u0063ontent": {json.dumps(EVIL)}'
        double = f"{{{evil}, {text[1:]}" if evil_first else f"{text[:-1]}, {evil}}}"
        refused(stage.attack(double.encode()), "policy.ambiguous")

    def test_fields_that_look_like_the_content_are_nobodys_content(self, stage: Stage) -> None:
        (stage.repo / "sekuire.yml").write_text(FAILING)
        alike = dict.fromkeys(("content ", "Content", "c\u043entent", "content\u0000"), EVIL)
        ran = stage.attack({**alike, **honest(), **{f"{name} ": EVIL for name in alike}})
        assert (ran.exit_code, rules_of_models(ran)) == (1, ["model.not_allowed"])


def test_a_document_that_repeats_the_api_key_is_refused_and_the_key_shown_nowhere(stage: Stage) -> None:
    refused(stage.attack(honest(policy_id=API_KEY)), "policy.malformed")
