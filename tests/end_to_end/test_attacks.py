"""Attacks on the policy, played with really signed documents: the gate as a process, the service over real HTTP.

The attacker owns the service, the network or an old document, and knows every public text; the key that is pinned is
somebody else's.
"""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
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


@contextmanager
def staged(folder: Path) -> Iterator[Stage]:
    """Serve until the end of the block; the repository stays."""
    with served_workspace(folder, workspace_id="ws_1") as served:
        yield Stage(folder, served)


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Stage]:
    with staged(tmp_path) as stage:
        yield stage


def honest(**fields: Any) -> Document:  # noqa: ANN401 - JSON is built here
    """The workspace's own policy."""
    return signed_document(HONEST, **fields)


def without(document: Document, *names: str) -> Document:
    return {name: value for name, value in document.items() if name not in names}


def refused(ran: Ran, kind: str) -> None:
    """The run ends red with this one problem, and nothing of the document is believed."""
    assert (ran.exit_code, ran.kinds) == (3, [kind])
    assert (ran.report["verdict"], ran.report["policy"], ran.report["definitions"]) == ("error", None, [])
    assert (ran.outputs["exit-reason"], ran.outputs["policy-id"]) == (kind, "")
    assert API_KEY not in ran.everything.replace(f"::add-mask::{API_KEY}\n", "")


def not_used(ran: Ran, reason: str) -> None:
    """The outage is the problem, and its message ends with why the kept policy does not stand in."""
    assert (ran.exit_code, ran.kinds) == (4, ["fetch.unreachable"])
    assert ran.report["problems"][0]["message"].endswith(f" The cached policy does not stand in: {reason}")
    assert (ran.report["policy"], ran.outputs["policy-source"]) == (None, "")


def test_the_honest_policy_passes_so_that_what_follows_fails_for_its_own_reason(stage: Stage) -> None:
    assert stage.attack(honest()).exit_code == 0
    (stage.repo / "sekuire.yml").write_text(FAILING)
    assert stage.check().exit_code == 1


class TestOtherDocumentsOfTheSameKey:
    """All of them are well signed; a signature says who wrote, not that it is meant now or here."""

    def test_an_older_version_is_a_rollback_where_a_lowest_version_is_given(self, stage: Stage) -> None:
        assert stage.attack(honest(version="8"), "--min-policy-version", "8").exit_code == 0
        refused(stage.attack(honest(version="7"), "--min-policy-version", "8"), "policy.rollback")
        refused(stage.attack(honest(version="7.9.9"), "--min-policy-version", "8"), "policy.rollback")
        refused(stage.attack(honest(version="v9"), "--min-policy-version", "8"), "policy.rollback")

    def test_the_policy_of_another_workspace_is_refused(self, stage: Stage) -> None:
        refused(stage.attack(signed_document(EVIL, workspace_id="ws_2")), "policy.wrong_workspace")

    def test_below_the_lock_is_a_rollback_and_beside_it_an_equivocation(self, stage: Stage) -> None:
        stage.serve(honest(version="8"))
        assert stage.lock().exit_code == 0
        assert stage.check().exit_code == 0
        refused(stage.attack(honest(version="7")), "policy.rollback")
        refused(stage.attack(honest(version="8-final")), "policy.rollback")
        refused(stage.attack(signed_document(EVIL, version="8")), "policy.equivocation")
        refused(stage.attack(signed_document(EVIL, version="8.0")), "policy.equivocation")
        ahead = stage.attack(honest(version="9"))
        assert (ahead.exit_code, ahead.kinds) == (0, [])
        assert "policy.ahead_of_lock" in [line.split()[0] for line in ahead.found]

    def test_an_old_policy_that_a_pull_request_commits_is_bound_by_the_lock(self, stage: Stage) -> None:
        stage.serve(honest(version="8"))
        assert stage.lock().exit_code == 0
        for document, kind in ((honest(version="7"), "policy.rollback"), (honest(version="8"), None)):
            (stage.repo / "policy.json").write_bytes(as_bytes(document))
            ran = stage.check("--policy", "policy.json")
            assert ran.kinds == ([kind] if kind else [])

    def test_a_cache_file_of_an_older_run_that_is_put_back_in_an_outage_does_not_outlive_its_age_or_the_lock(
        self, tmp_path: Path
    ) -> None:
        """Freeze: the attacker keeps the service away, so that a policy which was replaced stays in force."""
        cached = ("--cache-dir", ".cache", "--on-unavailable", "cached")
        with staged(tmp_path) as stage:
            assert stage.attack(signed_document(EVIL, version="7"), *cached).exit_code == 0
            (path,) = (stage.repo / ".cache").iterdir()
            older = path.read_bytes()
            assert stage.attack(honest(version="8"), *cached).exit_code == 0
            assert stage.lock().exit_code == 0
        # The server is gone.
        outage = (*cached, "--timeout", "2")
        assert stage.check(*outage).report["policy"]["version"] == "8"
        path.write_bytes(older)
        not_used(stage.check(*outage), "the policy's version is '7', expected '8' or higher, by the lock file.")
        (stage.repo / "sekuire.lock").unlink()
        not_used(
            stage.check(*outage, "--min-policy-version", "8"),
            "the policy's version is '7', expected '8' or higher, by min-policy-version.",
        )
        unbound = stage.check(*outage)
        assert (unbound.report["policy"]["version"], unbound.report["policy"]["source"]) == ("7", "cached")
        assert "policy.cached" in [line.split()[0] for line in unbound.found]
        # What neither lock nor lowest version bounds, its age does.
        not_used(stage.check(*outage, "--max-cache-age", "1s"), "it is older than max-cache-age, less than a minute.")

    @pytest.mark.parametrize("status", ["draft", "Active", "active "])
    def test_a_policy_that_was_never_activated_is_refused(self, stage: Stage, status: str) -> None:
        refused(stage.attack(signed_document(EVIL, status=status)), "policy.not_active")

    @pytest.mark.parametrize(
        "stolen",
        [
            signed_document(EVIL, version="8", status="draft") | {"status": "active"},
            signed_document(EVIL, version="8", workspace_id="ws_2") | {"workspace_id": "ws_1"},
        ],
        ids=["status", "workspace"],
    )
    def test_what_no_signature_covers_is_rewritten_at_will_and_the_lock_alone_stands_in_the_way(
        self, stage: Stage, stolen: Document
    ) -> None:
        assert stage.attack(stolen).exit_code == 0  # docs/protocol.md 2.2: not covered
        stage.serve(honest(version="8"))
        assert stage.lock().exit_code == 0
        refused(stage.attack(stolen), "policy.equivocation")


class TestKeys:
    def test_a_document_whose_content_signature_and_key_were_all_replaced_is_refused(self, stage: Stage) -> None:
        forged = signed_document(EVIL, key=STRANGER)
        refused(stage.attack(forged), "policy.key_mismatch")
        refused(stage.attack(forged, pins=(public_key().hex(),)), "policy.key_mismatch")
        refused(stage.attack(forged, pins=()), "policy.key_not_pinned")
        refused(stage.attack(without(forged, "signing_public_key")), "policy.signature_invalid")
        refused(stage.attack(without(forged, "signing_key_id")), "policy.key_mismatch")

    def test_a_strangers_signature_beside_the_pinned_key_is_refused(self, stage: Stage) -> None:
        forged = signed_document(EVIL, key=STRANGER, signing_public_key=public_key().hex())
        refused(stage.attack(forged), "policy.signature_invalid")

    @pytest.mark.parametrize("brings_key", [True, False], ids=["with its key", "without its key"])
    @pytest.mark.parametrize("of_other", ["key_2", None], ids=["pinned by id", "pinned bare"])
    def test_one_trusted_key_does_not_speak_in_the_name_of_another(
        self, stage: Stage, of_other: str | None, *, brings_key: bool
    ) -> None:
        other = public_key(STRANGER).hex()
        pins = (PIN, other if of_other is None else f"{of_other}={other}")
        assert stage.attack(signed_document(EVIL, key=STRANGER, signing_key_id="key_2"), pins=pins).exit_code == 0
        posing = signed_document(EVIL, key=STRANGER, signing_key_id=KEY_ID)
        kind = "policy.key_mismatch" if brings_key else "policy.signature_invalid"
        refused(stage.attack(posing if brings_key else without(posing, "signing_public_key"), pins=pins), kind)

    @pytest.mark.parametrize("key_id", [KEY_ID, "key_9", None], ids=["its id", "another id", "no id"])
    def test_a_key_that_has_ended_is_not_revived_by_a_document_that_chooses_another_pin_of_it(
        self, stage: Stage, key_id: str | None
    ) -> None:
        """The id beside a signature is not signed; so no key may end by one pin and go on by another."""
        key = public_key().hex()
        stage.serve(honest(signing_key_id=key_id) if key_id else without(honest(), "signing_key_id"))
        requests = len(stage.requests)
        for pins in (
            (f"{KEY_ID}={key} until=2020-01-01", key),
            (key, f"{KEY_ID}={key} until=2020-01-01"),
            (f"{KEY_ID}={key} until=2020-01-01", f"key_9={key} until=2999-12-31"),
        ):
            ran = stage.check(pins=pins)
            assert (ran.exit_code, ran.kinds) == (2, ["config.trusted_key"])
            assert "with another last day" in ran.report["problems"][0]["message"]
        assert len(stage.requests) == requests, "nobody is asked with pins that make no sense"
        ended = f"{key} until=2020-01-01"
        refused(stage.check(pins=(ended, f"{KEY_ID}={ended}", f"key_9={ended}")), "policy.key_expired")

    @pytest.mark.parametrize("key_id", ["KEY_1", "key_1."])
    def test_an_id_that_looks_like_the_pinned_one_is_another_id(self, stage: Stage, key_id: str) -> None:
        refused(stage.attack(honest(signing_key_id=key_id)), "policy.key_mismatch")

    @pytest.mark.parametrize("key_id", ["key_1\n", "k\u0435y_1", ""], ids=ascii)
    def test_an_id_that_is_no_id_is_malformed(self, stage: Stage, key_id: str) -> None:
        refused(stage.attack(honest(signing_key_id=key_id)), "policy.malformed")


class TestSignatures:
    @pytest.mark.parametrize(
        "names",
        [("signature",), ("signature", "signing_public_key"), ("signature", "signing_key_id", "signing_public_key")],
        ids=["signature", "and key", "and key and id"],
    )
    @pytest.mark.parametrize("as_null", [False, True], ids=["left out", "null"])
    def test_a_signature_that_is_stripped_is_missed(
        self, stage: Stage, names: tuple[str, ...], *, as_null: bool
    ) -> None:
        bare = without(signed_document(EVIL), *names)
        refused(stage.attack(bare | dict.fromkeys(names) if as_null else bare), "policy.signature_missing")

    def test_the_signature_of_another_document_does_not_fit(self, stage: Stage) -> None:
        other = honest(version="4")
        refused(stage.attack(honest() | {"signature": other["signature"]}), "policy.signature_invalid")
        evil = signed_document(EVIL)  # signed by the same key some day: a test policy, say
        refused(stage.attack(honest() | {"signature": evil["signature"]}), "policy.signature_invalid")

    def test_the_hash_of_another_document_is_not_that_of_this_content(self, stage: Stage) -> None:
        for changed in ({"content": EVIL}, {"hash": content_hash(EVIL)}):
            refused(stage.attack(honest() | changed), "policy.hash_mismatch")
        refused(stage.attack(signed_document(EVIL) | {"content": HONEST}), "policy.hash_mismatch")

    def test_content_and_hash_of_another_document_are_not_what_was_signed(self, stage: Stage) -> None:
        refused(stage.attack(honest() | {"content": EVIL, "hash": content_hash(EVIL)}), "policy.signature_invalid")

    @pytest.mark.parametrize("field", ["policy_id", "version"])
    def test_two_signed_documents_do_not_swap_their_ids_or_versions(self, stage: Stage, field: str) -> None:
        one, other = honest(policy_id="policy_1", version="1"), honest(policy_id="policy_2", version="9")
        assert one["hash"] == other["hash"]
        refused(stage.attack(one | {field: other[field]}, "--min-policy-version", "1"), "policy.signature_invalid")

    def test_the_colon_of_the_signed_text_is_in_no_id_and_no_version(self, stage: Stage) -> None:
        one, other = honest(policy_id="a:b", version="1"), honest(policy_id="a", version="b:1")
        assert one["signature"] == other["signature"]
        refused(stage.attack(one), "policy.malformed")
        refused(stage.attack(other), "policy.malformed")

    @pytest.mark.parametrize(
        "spell",
        [
            str.upper,
            lambda digits: digits.translate({0x61 + at: 0xFF41 + at for at in range(6)}),
        ],
        ids=["upper case", "full width"],
    )
    @pytest.mark.parametrize(
        ("field", "kind"),
        [
            ("hash", "policy.malformed"),
            ("signature", "policy.signature_format"),
            ("signing_public_key", "policy.signature_format"),
        ],
    )
    def test_hex_has_one_spelling(self, stage: Stage, field: str, kind: str, spell: Any) -> None:  # noqa: ANN401 - str.upper and lambdas
        document = honest()
        refused(stage.attack(document | {field: spell(document[field])}), kind)


NUMBERED = {"metadata": {"count": 60, "ratio": 0.5}, **HONEST}


def respelled(old: str, new: str) -> bytes:
    """A signed document of which a piece was written otherwise afterwards."""
    text = as_bytes(signed_document(NUMBERED)).decode()
    assert text.count(old) == 1
    return text.replace(old, new).encode()


class TestSpelling:
    """What was hashed is what is evaluated, however it is written; what could be two things is nothing."""

    @pytest.mark.parametrize(
        ("old", "new"),
        [
            ('"gpt-4o"', '"gpt\\u002d4\\u006F"'),
            ('"allowed_models"', '\n\t"\\u0061llowed_models"\r\n '),
            ("0.5", "0.50"),
        ],
        ids=["escapes", "white space and an escaped key", "a trailing zero"],
    )
    def test_another_spelling_of_the_same_content_is_the_same_policy(self, stage: Stage, old: str, new: str) -> None:
        assert stage.attack(respelled(old, new)).exit_code == 0
        (stage.repo / "sekuire.yml").write_text(FAILING)
        assert stage.check().exit_code == 1

    @pytest.mark.parametrize(
        ("old", "new", "kind"),
        [
            (": 60", ": 60.0", "policy.hash_mismatch"),
            (": 60", ": 6e1", "policy.ambiguous"),
            (": 60", ": 60.00000000000000000", "policy.ambiguous"),
            ("0.5", "5e-1", "policy.ambiguous"),
            ("0.5", "0.50000000000000001", "policy.ambiguous"),
            ('"gpt-4o"', '"gpt-4\u043e"', "policy.hash_mismatch"),
            ('"gpt-4o"', '"gpt-4o\\u0000"', "policy.hash_mismatch"),
            ('"gpt-4o"', '"gpt-4o\\ud800"', "policy.ambiguous"),
        ],
        ids=["fraction", "exponent", "zeros", "small exponent", "a digit beyond", "look-alike", "NUL", "half a pair"],
    )
    def test_another_value_is_another_content_or_two(self, stage: Stage, old: str, new: str, kind: str) -> None:
        refused(stage.attack(respelled(old, new)), kind)

    @pytest.mark.parametrize("key", ['"content"', '"\\u0063ontent"', '"content" '], ids=["plain", "escaped", "space"])
    @pytest.mark.parametrize("evil_first", [True, False], ids=["evil first", "evil last"])
    def test_a_second_content_is_ambiguous_whichever_is_the_signed_one(
        self, stage: Stage, key: str, *, evil_first: bool
    ) -> None:
        text, evil = as_bytes(honest()).decode(), f"{key}: {json.dumps(EVIL)}"
        double = f"{{{evil}, {text[1:]}" if evil_first else f"{text[:-1]}, {evil}}}"
        refused(stage.attack(double.encode()), "policy.ambiguous")

    def test_a_key_twice_inside_the_content_is_ambiguous(self, stage: Stage) -> None:
        double = as_bytes(honest()).decode().replace('["gpt-4o"]', '["gpt-4o"], "allowed_models": ["*"]')
        refused(stage.attack(double.encode()), "policy.ambiguous")

    @pytest.mark.parametrize(
        "name",
        ["content ", "Content", "c\u043entent", "content\u0000"],
        ids=ascii,
    )
    def test_a_field_that_looks_like_the_content_is_nobodys_content(self, stage: Stage, name: str) -> None:
        (stage.repo / "sekuire.yml").write_text(FAILING)
        ran = stage.attack({name: EVIL, **honest(), f"{name} ": EVIL})
        models = [line.split()[0] for line in ran.found if line.startswith("model.")]
        assert (ran.exit_code, models) == (1, ["model.not_allowed"])


@pytest.mark.parametrize(
    "document",
    [
        honest(policy_id=API_KEY),
        honest(version=API_KEY),
        honest(signing_key_id=API_KEY),
        honest(status=API_KEY),
        signed_document({**HONEST, "description": f"key {API_KEY}"}),
        honest() | {"more": [API_KEY]},
    ],
    ids=["id", "version", "key id", "status", "content", "what nobody reads"],
)
def test_a_document_that_repeats_the_api_key_is_refused_and_the_key_shown_nowhere(
    stage: Stage, document: Document
) -> None:
    refused(stage.attack(document), "policy.malformed")


def escaped(text: str) -> str:
    """Write each character as an escape of JSON."""
    return "".join(f"\\u{ord(character):04x}" for character in text)


HIDDEN = {
    "in the content": as_bytes(signed_document({**HONEST, "description": f"key {API_KEY}"})).decode(),
    "in what nobody reads": as_bytes(honest() | {"more": [[API_KEY]]}).decode(),
    "as a name": as_bytes(honest() | {"more": [{f"a {API_KEY} b": 1}]}).decode(),
}


@pytest.mark.parametrize(
    "spell",
    [escaped, lambda key: escaped(key).upper().replace("U", "u"), lambda key: f"{key[:5]}{escaped(key[5])}{key[6:]}"],
    ids=["all escapes", "upper case", "one escape"],
)
@pytest.mark.parametrize("text", HIDDEN.values(), ids=HIDDEN)
def test_the_api_key_is_found_in_escapes_too_since_whoever_reads_the_file_reads_the_key(
    stage: Stage, text: str, spell: Callable[[str], str]
) -> None:
    assert text.count(API_KEY) == 1
    refused(stage.attack(text.replace(API_KEY, spell(API_KEY)).encode()), "policy.malformed")
