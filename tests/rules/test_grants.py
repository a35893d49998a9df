"""What a finding on hosts and paths says: which entry decided, and what to use instead."""

from dataclasses import replace

import pytest

from sekuire_gate.model.manifest import Claim, Definitions, Identity, Rate
from sekuire_gate.model.policy import FilesystemRules, NameRules, NetworkRules, RateLimits
from sekuire_gate.model.source import start_of
from sekuire_gate.rules import network
from sekuire_gate.rules.evaluate import evaluate
from tests.support.judging import LISTED, MANIFEST, POLICY, allows, claim, denies, judged


def said(subject: str, rules: NameRules, value: str) -> tuple[str, str]:
    listed = LISTED[subject]
    (finding,) = judged(listed.policy(rules), listed.manifest((claim(value),))).findings
    return finding.message, finding.fix


def test_a_host_outside_an_allow_list_is_told_the_list_and_the_host_that_was_meant() -> None:
    assert said("host", allows("api.example.com", "*.example.org"), "https://api.exmaple.com") == (
        "host 'https://api.exmaple.com' is not in the workspace's allow-list (some.list).",
        "Use one of: 'api.example.com', '*.example.org' (or ask the security team to change the policy).",
    )
    _, fix = said("host", allows("api.example.com"), "api.exmaple.com")
    assert fix.startswith("Did you mean 'api.example.com'? Use one of: ")


def test_a_blocked_path_is_told_the_entry() -> None:
    assert said("path", denies("/etc/*"), "/etc/passwd") == (
        "path '/etc/passwd' is on the workspace's deny-list: '/etc/*' (some.list).",
        "Use another path, or ask the security team to change the policy.",
    )


def test_a_path_that_is_blocked_in_another_letter_case_is_told_so() -> None:
    message, _ = said("path", denies("/etc/*"), "/ETC/passwd")
    assert message == (
        "path '/ETC/passwd' is on the workspace's deny-list: '/etc/*' (some.list), "
        "matched loosely (letter case makes no difference to a deny-list)."
    )


@pytest.mark.parametrize("folder", ["/data", "/DATA/", "/x/../data"])
def test_a_folder_above_a_denied_path_is_told_which_and_what_to_name(folder: str) -> None:
    message, fix = said("path", denies("/other", "/data/secret/*"), folder)
    assert message == (
        f"the workspace denies '/data/secret/*' (some.list), which lies below path '{folder}'; "
        "whether that grants what is below it, nothing says."
    )
    assert fix == "Name the folders below it that the agent needs, or ask the security team to change the policy."


def test_what_holds_a_star_may_stand_for_what_is_blocked() -> None:
    message, _ = said("host", denies("evil.org"), "*")
    assert message == "host '*' may stand for what is on the workspace's deny-list: 'evil.org' (some.list)."


@pytest.mark.parametrize(
    ("path", "doubt"),
    [
        ("../x", "'..' leads out of the folder that it begins in"),
        ("C:/x", "it begins with a drive or a scheme"),
    ],
)
def test_a_path_that_nobody_can_place_is_told_why(path: str, doubt: str) -> None:
    message, _ = said("path", denies("/etc/passwd"), path)
    assert message == f"path '{path}' may be another than it seems: {doubt}."


def test_only_what_every_list_permits_is_proposed() -> None:
    rules = NameRules((*allows("a.org", "b.org", "c.org").allowed, *allows("*.org").allowed), denies("b.org").blocked)
    assert said("host", rules, "x.net")[1].startswith("Use one of: 'a.org', 'c.org' (or ")


def test_a_scheme_in_clear_is_told_with_the_one_to_write() -> None:
    policy = replace(POLICY, network=NetworkRules(require_tls=True))
    findings = judged(policy, replace(MANIFEST, hosts=(claim("${U:-ws://x.org}"),))).findings
    finding = next(item for item in findings if item.rule.id == "network.tls_required")
    assert finding.message == (
        "host 'ws://x.org', the default of '${U:-ws://x.org}', is spoken to by 'ws', and the workspace demands TLS."
    )
    assert finding.fix == "Write 'wss://'."


def test_an_extension_is_told_with_those_to_choose_from() -> None:
    policy = replace(POLICY, filesystem=FilesystemRules(extensions=(".csv", "json")))
    (finding,) = judged(policy, replace(MANIFEST, paths=(claim("/x.exe"),))).findings
    assert finding.message == "path '/x.exe' has the extension '.exe', which is not in the workspace's list."
    assert finding.fix == "Use one of: '.csv', 'json' (or ask the security team to change the policy)."


def test_a_rate_is_told_beside_the_limit() -> None:
    policy = replace(POLICY, rate_limits=RateLimits(tokens_per_hour=5))
    rate = Claim(Rate("tokens.max_per_hour", 9), start_of(MANIFEST.path))
    (finding,) = judged(policy, replace(MANIFEST, rates=(rate,))).findings
    assert finding.value == "tokens.max_per_hour=9"
    assert finding.message == (
        "'tokens.max_per_hour' is '9', and the workspace permits 5 (rate_limits.per_agent.tokens_per_hour)."
    )


def test_a_stale_id_is_told_beside_the_computed_one() -> None:
    manifest = replace(MANIFEST, sekuire_id=claim("aa", "/project/sekuire_id"), computed=Identity(sekuire_id="bb"))
    (finding,) = judged(POLICY, manifest).findings
    assert finding.message == "the declared SekuireID is 'aa', and the computed one is 'bb'."


def test_why_an_id_is_not_computed_is_told_in_full() -> None:
    reasons = ("'identity.model' is missing.", "the system prompt is not UTF-8.")
    manifest = replace(MANIFEST, sekuire_id=claim("aa", "/project/sekuire_id"), computed=Identity(reasons=reasons))
    (finding,) = judged(POLICY, manifest).findings
    assert finding.message == (
        "the SekuireID is not computed: 'identity.model' is missing; the system prompt is not UTF-8."
    )


def test_a_host_is_asked_of_the_lists_once_however_often_it_is_claimed() -> None:
    grants = network.grants(replace(POLICY, network=NetworkRules(hosts=denies("*.org"))))
    assert grants.judged("a.org") is grants.judged("a.org")


@pytest.mark.parametrize(
    ("found", "first", "others"),
    [
        (("sekuire.json", "sekuire.yaml", "sekuire.yml"), "sekuire.yml", "sekuire.yaml, sekuire.json"),
        (("a/sekuire.json", "a/sekuire.yaml"), "a/sekuire.yaml", "sekuire.json"),
        (("a/b.yml", "a/sekuire.json"), None, None),
        (("a/sekuire.yml", "b/sekuire.yml"), None, None),
    ],
    ids=["three", "in a folder", "another name", "two folders"],
)
def test_files_side_by_side_are_told_at_the_one_that_the_cli_reads(
    found: tuple[str, ...], first: str | None, others: str | None
) -> None:
    findings = evaluate(POLICY, Definitions(found=found)).findings
    several = [(str(item.at), item.value) for item in findings if item.rule.id == "definition.several"]
    assert several == ([] if first is None else [(f"{first}:1:1", others)])
