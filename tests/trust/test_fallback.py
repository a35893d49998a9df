"""The policy that stands in for an outage: verified like any other, or a sentence that says why not."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from sekuire_gate.errors import PolicyFetchError
from sekuire_gate.model.policy import Policy, Source
from sekuire_gate.model.problem import ExitCode, Problem
from sekuire_gate.model.secret import Secret
from sekuire_gate.trust.address import Transport, policy_address
from sekuire_gate.trust.anchor import Anchor, LockedVersion, PinnedKey
from sekuire_gate.trust.cache import PolicyCache, keep
from sekuire_gate.trust.ed25519 import fingerprint
from sekuire_gate.trust.fallback import fallback_policy, without_fallback
from tests.support.signing import CONTENT, as_bytes, public_key, signed_document

API_KEY = Secret("sk_live_0123456789abcdef")
PIN = PinnedKey(None, public_key())
ANCHOR = Anchor((PIN,), workspace_id="ws_1")


def found(folder: Path, document: bytes, anchor: Anchor = ANCHOR) -> Policy | str:
    """Keep a document, and ask for it an hour later."""
    cache = PolicyCache(folder, datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC), stands_in=True)
    address = policy_address("https://api.sekuire.ai", "ws_1", allow_loopback_http=False)
    assert keep(cache, address, API_KEY, document, fingerprint(PIN.public_key)) == ()
    later = replace(cache, now=cache.now + timedelta(hours=1))
    return fallback_policy(later, address, Transport(api_key=API_KEY), anchor)


def test_what_stands_in_is_the_policy_that_was_kept_and_it_says_how_old_it_is(tmp_path: Path) -> None:
    policy = found(tmp_path, as_bytes(signed_document()))
    assert isinstance(policy, Policy)
    assert (policy.proof.source, policy.proof.cached_seconds, policy.proof.version) == (Source.CACHED, 3_600, "3")


ECHO = {**CONTENT, "name": API_KEY.reveal()}
REFUSED: Mapping[str, tuple[bytes, Anchor, str]] = {
    "no JSON": (b"{", ANCHOR, "the cached policy is not JSON"),
    "no policy": (b"{}", ANCHOR, "the policy has no 'policy_id'."),
    "the API key in it": (as_bytes(signed_document(ECHO)), ANCHOR, "the policy repeats the API key."),
    "a draft": (as_bytes(signed_document(status="draft")), ANCHOR, "the policy's status is 'draft'"),
    "below the lock file": (
        as_bytes(signed_document()),
        replace(ANCHOR, locked=LockedVersion("4", "0" * 64)),
        "the policy's version is '3', expected '4' or higher, by the lock file.",
    ),
}


@pytest.mark.parametrize(("document", "anchor", "reason"), REFUSED.values(), ids=REFUSED)
def test_what_would_be_refused_of_the_service_does_not_stand_in(
    document: bytes, anchor: Anchor, reason: str, tmp_path: Path
) -> None:
    sentence = found(tmp_path, document, anchor)
    assert isinstance(sentence, str)
    assert sentence.startswith(reason)
    assert sentence.endswith(".")


def test_the_outage_stays_the_problem_and_says_in_one_more_sentence_why_nothing_stands_in() -> None:
    outage = PolicyFetchError("the service fails: status 503.", kind="fetch.server_error", fix="Run again later.")
    assert without_fallback(outage, "its version is too low.").problem == Problem(
        "fetch.server_error",
        "the service fails: status 503. The cached policy does not stand in: its version is too low.",
        "Run again later.",
        ExitCode.UNAVAILABLE,
    )
