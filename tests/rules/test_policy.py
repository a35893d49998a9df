"""The rules on what is proven of a policy, which no content can say."""

from dataclasses import replace

import pytest

from sekuire_gate.model.policy import PolicyProof
from sekuire_gate.model.report import Finding, Level
from tests.support.judging import MANIFEST, POLICY, judged

SIGNED = replace(POLICY.proof, key_fingerprint="sha256:" + "ab" * 32)


def found(proof: PolicyProof) -> Finding:
    (finding,) = findings(proof)
    return finding


def findings(proof: PolicyProof) -> tuple[Finding, ...]:
    return judged(replace(POLICY, proof=proof), MANIFEST).findings


@pytest.mark.parametrize(
    ("days", "words"),
    [
        (14, "counts for 14 more days after today (UTC)."),
        (2, "counts for 2 more days after today (UTC)."),
        (1, "counts for 1 more day after today (UTC)."),
        (0, "counts today for the last time (UTC)."),
    ],
)
def test_a_key_that_ends_within_two_weeks_is_a_notice_that_counts_the_days(days: int, words: str) -> None:
    finding = found(replace(SIGNED, key_days_left=days))
    assert (finding.rule.id, finding.rule.level) == ("policy.key_expiring", Level.NOTICE)
    assert finding.message.endswith(words)
    assert "beside it" in finding.fix
    assert (finding.value, finding.at) == (SIGNED.key_fingerprint, None)


@pytest.mark.parametrize("days", [None, 15, 3_000_000])
def test_a_key_that_ends_later_or_never_is_none(days: int | None) -> None:
    assert findings(replace(SIGNED, key_days_left=days)) == ()


def test_the_days_pass_and_the_finding_stays_the_same_one() -> None:
    fingerprints = {found(replace(SIGNED, key_days_left=days)).fingerprint for days in (0, 1, 14)}
    assert len(fingerprints) == 1


def test_a_policy_newer_than_the_lock_file_is_a_notice_that_names_both_versions() -> None:
    finding = found(replace(SIGNED, version="9", locked_version="7"))
    assert (finding.rule.id, finding.rule.level) == ("policy.ahead_of_lock", Level.NOTICE)
    assert "7 → 9 since the lock" in finding.message
    assert "sekuire-gate lock --update" in finding.fix
    assert (finding.value, finding.at) == ("9", None)


@pytest.mark.parametrize(
    ("seconds", "age"), [(0, "less than a minute"), (61, "1 minute"), (7_500, "2 hours 5 minutes"), (604_800, "7 days")]
)
def test_a_cached_policy_is_a_warning_that_tells_its_age(seconds: int, age: str) -> None:
    finding = found(replace(SIGNED, version="9", cached_seconds=seconds))
    assert (finding.rule.id, finding.rule.level) == ("policy.cached", Level.WARNING)
    assert finding.message == f"the service is unavailable: version '9', fetched {age} ago, stands in."
    assert (finding.value, finding.at) == ("9", None)


def test_a_policy_fetched_now_in_the_locked_version_under_a_lasting_key_has_no_finding() -> None:
    assert findings(SIGNED) == ()
