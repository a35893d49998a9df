"""The rows of the table of checks: what is claimed, and what became of it."""

from dataclasses import replace

import pytest

from sekuire_gate.model.manifest import Claim, Identity, Rate
from sekuire_gate.model.policy import ComplianceRules, Entry, FilesystemRules, NetworkRules, Policy, RateLimits
from sekuire_gate.model.report import CHECKED_SUBJECTS, Status, Subject
from sekuire_gate.model.source import start_of
from sekuire_gate.rules import find_rule
from sekuire_gate.rules.checks import Observed, checks
from sekuire_gate.rules.rule import Observation
from tests.support.judging import MANIFEST, POLICY, allows, claim, denies, judged, row

MODEL = replace(MANIFEST, models=(claim("gpt-4o"),))


def status(policy: Policy, manifest: object = MODEL, subject: Subject = Subject.MODEL) -> Status:
    assert isinstance(manifest, type(MODEL))
    found = row(judged(policy, manifest), subject)
    assert found is not None
    return found.status


def test_the_definition_as_a_whole_has_a_row_for_every_subject() -> None:
    checks = judged(POLICY, MANIFEST).definitions[0].checks
    assert [(check.subject, check.agent) for check in checks] == [(subject, None) for subject in CHECKED_SUBJECTS]
    assert {check.status for check in checks} == {Status.NONE}


def test_an_agent_has_rows_for_what_it_claims() -> None:
    manifest = replace(
        MANIFEST, agents=("b", "a", "c"), tools=(claim("x", "/t", agent="a"), claim("y", "/u", agent="b"))
    )
    checks = judged(POLICY, manifest).definitions[0].checks
    rows = [(check.agent, check.subject, check.values) for check in checks if check.agent]
    assert rows == [("b", Subject.TOOLS, ("y",)), ("a", Subject.TOOLS, ("x",))]


def test_what_was_observed_is_gone_over_once_for_all_agents_and_subjects() -> None:
    agents = tuple(f"agent-{number}" for number in range(50))
    manifest = replace(
        MANIFEST,
        agents=agents,
        models=tuple(claim("m", f"/{agent}/model", agent=agent) for agent in agents),
        tools=tuple(claim("x", f"/{agent}/tools/0", agent=agent) for agent in agents),
    )
    odd = {agent for index, agent in enumerate(agents) if index % 2}
    rule = find_rule("tool.blocked")
    assert rule is not None
    seen = (Observed(rule, Observation(tool, "No.", "Remove it.")) for tool in manifest.tools if tool.agent in odd)
    # An iterator can be gone over only once.
    rows = [check for check in checks(replace(POLICY, models=allows("m")), manifest, seen) if check.agent]
    assert [(check.agent, check.subject) for check in rows] == [
        (agent, subject) for agent in agents for subject in (Subject.MODEL, Subject.TOOLS)
    ]
    tools = [check for check in rows if check.subject is Subject.TOOLS]
    assert {check.agent for check in tools if check.status is Status.VIOLATION} == odd
    assert all(check.status is Status.PASS for check in rows if check.subject is Subject.MODEL)


@pytest.mark.parametrize(
    ("policy", "expected"),
    [
        (replace(POLICY, models=allows("gpt-4o")), Status.PASS),
        (replace(POLICY, models=denies("gpt-4o")), Status.VIOLATION),
        (replace(POLICY, models=denies("x")), Status.UNRESTRICTED),
        (POLICY, Status.UNRESTRICTED),
        (replace(POLICY, providers=allows("openai")), Status.PASS),
        (replace(POLICY, providers=denies("x")), Status.UNRESTRICTED),
    ],
    ids=["allowed", "blocked", "deny-list alone", "no list", "bound by providers", "providers denied only"],
)
def test_a_models_row_says_whether_an_allow_list_binds_it(policy: Policy, expected: Status) -> None:
    assert status(policy) is expected


def test_a_missing_model_is_undetermined_although_nothing_is_claimed() -> None:
    check = row(judged(replace(POLICY, models=allows("x")), MANIFEST), Subject.MODEL)
    assert check is not None
    assert (check.status, check.values) == (Status.UNDETERMINED, ())


def test_a_violation_is_worse_than_what_is_undetermined() -> None:
    both = replace(MANIFEST, models=(claim("${A}"), claim("bad", "/model")))
    assert status(replace(POLICY, models=allows("good")), both) is Status.VIOLATION


def test_a_name_that_is_not_plain_counts_to_the_row_of_its_subject() -> None:
    policy = replace(POLICY, models=allows("x"), tools=allows("*"))
    manifest = replace(MANIFEST, models=(claim("x"),), tools=(claim("r m", "/t"),))
    assert status(policy, manifest, Subject.TOOLS) is Status.VIOLATION
    assert status(policy, manifest, Subject.MODEL) is Status.PASS


def test_an_inferred_provider_stands_in_the_row_as_its_plain_name() -> None:
    manifest = replace(
        MANIFEST,
        models=(claim("claude-3", "/a/model"), claim("meta/x", "/b/model", line=3)),
        providers=(claim("openai", "/c/provider", line=2),),
    )
    check = row(judged(POLICY, manifest), Subject.PROVIDER)
    assert check is not None
    assert check.values == ("anthropic", "openai", "meta")


def test_values_are_distinct_as_written_and_the_definition_comes_before_its_tools_files() -> None:
    manifest = replace(
        MANIFEST,
        tools=(claim("b", "/t/0"), claim("files:*", "/t/1", line=3), claim("a", "/0", path="a.json"), claim("b", "/1")),
        dynamic_tools_files=(claim("${T}", "/tools", line=2),),
    )
    check = row(judged(POLICY, manifest), Subject.TOOLS)
    assert check is not None
    assert check.values == ("b", "${T}", "files:*", "a")


def test_a_disagreement_of_provider_and_model_is_a_warning_in_the_providers_row() -> None:
    manifest = replace(MODEL, providers=(claim("anthropic", "/llm/provider"),))
    assert status(POLICY, manifest, Subject.PROVIDER) is Status.WARNING
    assert status(POLICY, manifest, Subject.MODEL) is Status.UNRESTRICTED


@pytest.mark.parametrize(
    ("demanded", "frameworks", "audits", "expected", "values"),
    [
        (("soc2",), ("SOC2",), (True,), Status.PASS, ("SOC2",)),
        (("soc2",), ("hipaa",), (), Status.WARNING, ("hipaa",)),
        (("soc2",), (), (), Status.WARNING, ()),
        ((), ("SOC2",), (), Status.UNRESTRICTED, ("SOC2",)),
        ((), (), (None,), Status.NONE, ()),
        ((), (), (True,), Status.UNRESTRICTED, ()),
        (("soc2",), (), (None,), Status.WARNING, ()),
        ((), (), (), Status.NONE, ()),
    ],
    ids=[
        "met",
        "another",
        "nothing declared",
        "nothing demanded",
        "a map that says neither",
        "audit logging alone",
        "a map that lacks the framework",
        "neither",
    ],
)
def test_the_row_of_compliance_shows_frameworks(
    demanded: tuple[str, ...],
    frameworks: tuple[str, ...],
    audits: tuple[bool | None, ...],
    expected: Status,
    values: tuple[str, ...],
) -> None:
    policy = replace(POLICY, compliance=ComplianceRules(tuple(Entry(name, "/f/0") for name in demanded)))
    manifest = replace(
        MANIFEST,
        frameworks=tuple(claim(name, "/f") for name in frameworks),
        audits=tuple(Claim(audit, start_of(MANIFEST.path)) for audit in audits),
    )
    check = row(judged(policy, manifest), Subject.COMPLIANCE)
    assert check is not None
    assert (check.status, check.values) == (expected, values)


@pytest.mark.parametrize(
    ("network", "host", "expected"),
    [
        (NetworkRules(hosts=allows("a.org")), "a.org", Status.PASS),
        (NetworkRules(hosts=allows("a.org")), "b.org", Status.VIOLATION),
        (NetworkRules(hosts=allows("a.org")), "${H}", Status.UNDETERMINED),
        (NetworkRules(hosts=allows("a.org")), "a@b", Status.VIOLATION),
        (NetworkRules(hosts=denies("a.org")), "b.org", Status.UNRESTRICTED),
        (NetworkRules(require_tls=True), "https://b.org", Status.UNRESTRICTED),
        (NetworkRules(enabled=False), "b.org", Status.VIOLATION),
        (NetworkRules(), "b.org", Status.UNRESTRICTED),
    ],
    ids=["allowed", "not allowed", "who knows", "not plain", "denied only", "TLS", "switched off", "no list"],
)
def test_the_row_of_the_network_shows_what_is_granted(network: NetworkRules, host: str, expected: Status) -> None:
    manifest = replace(MANIFEST, hosts=(claim(host),))
    check = row(judged(replace(POLICY, network=network), manifest), Subject.NETWORK)
    assert check is not None
    assert (check.status, check.values) == (expected, (host,))


@pytest.mark.parametrize(
    ("files", "path", "expected"),
    [
        (FilesystemRules(paths=allows("/a/*")), "/a/b", Status.PASS),
        (FilesystemRules(paths=allows("/a/*")), "../b", Status.UNDETERMINED),
        (FilesystemRules(paths=denies("/a/*")), "/b", Status.UNRESTRICTED),
        (FilesystemRules(extensions=(".csv",)), "/b.exe", Status.VIOLATION),
        (FilesystemRules(), "/b", Status.UNRESTRICTED),
    ],
    ids=["allowed", "who knows", "denied only", "extension", "no list"],
)
def test_the_row_of_files_shows_what_is_granted(files: FilesystemRules, path: str, expected: Status) -> None:
    manifest = replace(MANIFEST, paths=(claim(path),))
    check = row(judged(replace(POLICY, filesystem=files), manifest), Subject.FILESYSTEM)
    assert check is not None
    assert (check.status, check.values) == (expected, (path,))


@pytest.mark.parametrize(
    ("limits", "expected"),
    [
        (RateLimits(requests_per_minute=60), Status.PASS),
        (RateLimits(requests_per_minute=59), Status.VIOLATION),
        (RateLimits(), Status.UNRESTRICTED),
    ],
    ids=["within", "beyond", "no limit"],
)
def test_the_row_of_rates_shows_each_with_its_number(limits: RateLimits, expected: Status) -> None:
    manifest = replace(MANIFEST, rates=(Claim(Rate("requests.max_per_minute", 60), start_of(MANIFEST.path)),))
    check = row(judged(replace(POLICY, rate_limits=limits), manifest), Subject.RATES)
    assert check is not None
    assert (check.status, check.values) == (expected, ("requests.max_per_minute=60",))


def test_a_rate_without_a_limit_leaves_the_row_of_rates_unrestricted() -> None:
    limited, unlimited = Rate("requests.max_per_minute", 60), Rate("tokens.max_per_minute", 9)
    at = start_of(MANIFEST.path)
    claims = (Claim(limited, at), Claim(unlimited, at), Claim(limited, at, "a"))
    policy = replace(POLICY, rate_limits=RateLimits(requests_per_minute=60))
    report = judged(policy, replace(MANIFEST, agents=("a",), rates=claims))
    rows = (row(report, Subject.RATES), row(report, Subject.RATES, "a"))
    assert [check and check.status for check in rows] == [Status.UNRESTRICTED, Status.PASS]


@pytest.mark.parametrize(
    ("declared", "computed", "expected"),
    [
        ("aa", "aa", Status.PASS),
        ("aa", "bb", Status.WARNING),
        ("aa", None, Status.UNRESTRICTED),
        ("${ID}", "bb", Status.UNRESTRICTED),
        (None, "bb", Status.NONE),
    ],
    ids=["as computed", "another", "not computed", "a variable", "not declared"],
)
def test_the_row_of_the_identity_shows_the_declared_id(
    declared: str | None, computed: str | None, expected: Status
) -> None:
    manifest = replace(
        MANIFEST,
        sekuire_id=None if declared is None else claim(declared, "/project/sekuire_id"),
        computed=Identity(sekuire_id=computed),
    )
    check = row(judged(POLICY, manifest), Subject.IDENTITY)
    assert check is not None
    assert (check.status, check.values) == (expected, () if declared is None else (declared,))
