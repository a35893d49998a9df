"""What a change of lists permits and forbids, compared with what the rules say of every name that is tried."""

from collections.abc import Callable, Iterable, Sequence
from itertools import product
from typing import NamedTuple

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from sekuire_gate.changes.list_changes import list_changes, toggled
from sekuire_gate.changes.permitted import HOSTS, MODELS, NAMES, PATHS, PROVIDERS, Matching
from sekuire_gate.model.difference import Change, Document, Effect
from sekuire_gate.model.policy import Entry, NameRules
from sekuire_gate.model.report import Subject
from sekuire_gate.rules import filesystem, hosts, network, paths
from sekuire_gate.rules.lists import Lists, Named
from sekuire_gate.rules.names import is_plain
from sekuire_gate.rules.patterns import matches
from tests.support.judging import LISTED, claim

GOVERNANCE, RUNTIME, DENIED = "/agent/capabilities/allowed_tools", "/tools/allowed_tools", "/tools/denied_tools"

Judge = Callable[[NameRules], Callable[[str], bool]]


def rules(allowed: str | None = None, denied: str = "", *, other: str | None = None) -> NameRules:
    """Lists written as words; None: there is no such list."""
    return listed(
        None if allowed is None else allowed.split(), None if other is None else other.split(), denied.split()
    )


def listed(one: Iterable[str] | None, other: Iterable[str] | None, denied: Iterable[str]) -> NameRules:
    allowed = (entries(one or (), GOVERNANCE), entries(other or (), RUNTIME))
    return NameRules(tuple(filter(None, allowed)), entries(denied, DENIED))


def entries(texts: Iterable[str], pointer: str) -> tuple[Entry, ...]:
    return tuple(Entry(text, f"{pointer}/{index}") for index, text in enumerate(texts))


def changes(a: NameRules, b: NameRules, matching: Matching = NAMES) -> list[Change]:
    return list(list_changes("tools", a, b, matching))


def said(a: NameRules, b: NameRules, matching: Matching = NAMES) -> list[str]:
    """Each change as its effect and value."""
    return [f"{change.effect.value} {change.value}" for change in changes(a, b, matching)]


def by_name(given_rules: NameRules) -> Callable[[str], bool]:
    lists = Lists("tool", Subject.TOOLS, given_rules, wildcards=True)
    return lambda name: lists.blocking(name) is None and lists.missing(name) is None


def by_owner(owner: str) -> Judge:
    """As a model is judged whose provider is known: also by what a deny-list says of that provider's models."""

    def judge(given_rules: NameRules) -> Callable[[str], bool]:
        lists = Lists("model", Subject.MODEL, given_rules)
        return lambda name: not lists.refuses(Named(claim(name), full=f"{owner}/{name}"))

    return judge


def by_host(given_rules: NameRules) -> Callable[[str], bool]:
    grants = network.grants(LISTED["host"].policy(given_rules))
    return lambda host: not grants.judged(host).refused


def by_path(given_rules: NameRules) -> Callable[[str], bool]:
    """As paths are judged that are plain: also by what lies below them."""
    policy, manifest = LISTED["path"].policy(given_rules), LISTED["path"].manifest
    grants = filesystem.grants(policy)
    return lambda path: (
        not (grants.judged(path).refused or any(filesystem.undetermined(policy, manifest((claim(path),)))))
    )


@pytest.mark.parametrize(
    ("a", "b", "expected"),
    [
        (rules("x"), rules("x y"), ["permits y"]),
        (rules("x y"), rules("x"), ["forbids y"]),
        (rules("gpt-*"), rules("gpt-* gpt-4o"), []),
        (rules("gpt-* gpt-4o"), rules("gpt-*"), []),
        (rules("gpt-4o"), rules("gpt-*"), ["permits_part gpt-*"]),
        (rules("gpt-*"), rules("gpt-4o"), ["forbids_part gpt-*"]),
        (rules("x", "y"), rules("x y", "y"), []),
        (rules("x", "y*"), rules("x yes", "y*"), []),
        (rules("x", "Y_ES"), rules("x y-es", "Y_ES"), []),
        (rules("x", "yes"), rules("x y*", "yes"), ["permits_part y*"]),
        (rules("x", "no"), rules("x y*", "no"), ["permits y*"]),
        (rules(None), rules(None, "x"), ["forbids x"]),
        (rules(None, "x"), rules(None), ["permits x"]),
        (rules(None), rules(None, "b a b"), ["forbids b", "forbids a"]),
        (rules(None, "x*"), rules(None, "x* xy"), []),
        (rules(None, "x"), rules(None, "X"), []),
        (rules(None, "a/x"), rules(None, "x"), []),
        (rules("x"), rules("x", "y"), []),
        (rules("x", "x"), rules("x"), ["permits x"]),
        (rules("x-y", "X_Y"), rules("x-y"), ["permits x-y"]),
        (rules("a/x", "x"), rules("a/x"), ["permits a/x"]),
        (rules("gpt-4 gpt-4o x"), rules("gpt-4 gpt-4o x", "gpt-4*"), ["forbids gpt-4", "forbids gpt-4o"]),
        (rules("gpt-4* x"), rules("gpt-4* x", "gpt-*"), ["forbids gpt-4*"]),
        (rules("gpt-* x"), rules("gpt-* x", "*-4"), ["may_forbid *-4"]),
        (rules("r_*"), rules("r_*", "rm"), ["may_forbid rm"]),
        (rules("x"), rules(None), ["permits_rest None"]),
        (rules(None), rules("x"), ["forbids_rest None"]),
        (rules("*"), rules(None), []),
        (rules(None), rules("x *"), []),
        (rules("x"), rules(None, "*"), ["forbids x"]),
        (rules("x y"), rules("x y", other="x"), ["forbids y"]),
        (rules("x y", other="x"), rules("x y"), ["permits y"]),
        (rules("x"), rules(None, other="x"), []),
        (rules("x*", other="*y"), rules("x* z", other="*y"), []),
        (rules("x*", other="*y"), rules("x* z*", other="*y"), ["may_permit z*"]),
        (rules("x", other="y"), rules("x", other="y x"), ["permits x"]),
    ],
    ids=str,
)
def test_an_entry_is_told_by_what_it_does_beside_all_other_entries(
    a: NameRules, b: NameRules, expected: list[str]
) -> None:
    assert said(a, b) == expected


def test_a_model_that_was_permitted_without_its_prefix_may_be_no_news() -> None:
    assert said(rules("gpt-4o"), rules("gpt-4o openai/gpt-4o"), MODELS) == ["may_permit openai/gpt-4o"]
    assert said(rules("gpt-4o"), rules("gpt-4o openai/gpt-5"), MODELS) == ["permits openai/gpt-5"]


@pytest.mark.parametrize(
    ("a", "b", "expected"),
    [
        (rules("gpt-4o"), rules("gpt-4o", "openai/*"), ["may_forbid openai/*"]),
        (rules(None, "o*"), rules(None, "o* openai/*"), ["may_forbid openai/*"]),
        (rules(None, "*"), rules(None, "* openai/*"), []),
        (rules(None, "OpenAI/*"), rules(None, "openai/*"), []),
        (rules(None, "gpt-4"), rules(None, "gpt-4 openai/gpt-4"), []),
    ],
    ids=str,
)
def test_a_deny_entry_that_names_a_provider_may_block_its_models_by_any_name(
    a: NameRules, b: NameRules, expected: list[str]
) -> None:
    assert said(a, b, MODELS) == expected


def test_a_model_of_thousands_of_prefixes_is_compared_like_any_other() -> None:
    assert said(rules("x"), rules("x " + "a/" * 5000 + "x"), MODELS) == ["permits " + "a/" * 5000 + "x"]


def test_a_denied_provider_may_be_felt_as_a_prefix_beside_another_provider() -> None:
    assert said(rules("ollama"), rules("ollama", "meta"), PROVIDERS) == ["may_forbid meta"]
    assert said(rules("ollama", "meta"), rules("ollama", "meta META"), PROVIDERS) == []


@pytest.mark.parametrize(
    ("a", "b", "expected"),
    [
        (rules("example.com"), rules("example.com *.example.com"), ["permits_part *.example.com"]),
        (rules("*.example.com"), rules("*.example.com a.EXAMPLE.com."), []),
        (rules("example.com"), rules("EXAMPLE.com"), []),
        (rules("*"), rules("*", "*.evil.org"), ["forbids *.evil.org"]),
        (rules(None, "a.evil.org"), rules(None, "*.evil.org"), ["forbids_part *.evil.org"]),
        (rules("a.com"), rules("b.com"), ["permits b.com", "forbids a.com"]),
        (rules("api.*"), rules("api.* api.example.com"), ["permits api.example.com"]),
        (rules("*"), rules("*", "a*b"), ["forbids a*b"]),
        (rules("*", "*.b.a"), rules("*", "*.b.a https://C.b.a:443/x"), []),
        (rules("*.a", "x*"), rules("*.a *.b.a", "x*"), []),
        (rules("x"), rules("x https://y.com"), []),
        (rules("*.com"), rules("*.com", "api*"), ["may_forbid api*"]),
        (rules("a.*b"), rules("a.*b", "a.xb"), ["forbids a.*b"]),
        (rules("*.1.2"), rules("x"), ["permits x", "forbids *.1.2"]),
    ],
    ids=str,
)
def test_hosts_are_compared_as_domains(a: NameRules, b: NameRules, expected: list[str]) -> None:
    assert said(a, b, HOSTS) == expected


@pytest.mark.parametrize(
    ("a", "b", "expected"),
    [
        (rules("/tmp/*"), rules("/tmp/* /tmp/a /tmp"), []),
        (rules("/tmp/*"), rules("/tmp*"), ["permits_part /tmp*"]),
        (rules("/tmp*"), rules("/tmp/*"), ["forbids_part /tmp*"]),
        (rules("/data"), rules("/data /data/./x/.."), []),
        (rules("/tmp/*"), rules("/tmp/*", "/tmp/secret/*"), ["forbids /tmp/secret/*"]),
        (rules("/*"), rules("/*", "/etc/*"), ["forbids /etc/*"]),
        (rules("/tmp//*"), rules("/tmp/*"), []),
        (rules("/tmp/*.csv"), rules("/tmp/*.csv /tmp/a.csv"), ["permits /tmp/a.csv"]),
        (rules("/tmp/*"), rules("/tmp/*", "/tmp/*.csv"), ["forbids /tmp/*.csv"]),
        (rules("/tmp*"), rules("/tmp*", "*.csv"), ["may_forbid *.csv"]),
        (rules("/data/*"), rules("/data/*", "/DATA/*"), ["forbids /data/*"]),
        (rules("/data/*"), rules("/data/*", "/DATA/x"), ["may_forbid /DATA/x"]),
        (rules(None, "/x"), rules(None, "/x /X"), []),
        (rules("/data"), rules("/data", "/data/x"), ["forbids /data"]),
        (rules("/data", "/data/x"), rules("/data /", "/data/x"), []),
        (rules(None, "*/x"), rules(None, "*/x /a/x"), ["may_forbid /a/x"]),
        (rules("/a", "../x"), rules("/a ../x"), []),
    ],
    ids=str,
)
def test_paths_are_compared_as_paths(a: NameRules, b: NameRules, expected: list[str]) -> None:
    assert said(a, b, PATHS) == expected


def test_a_change_names_the_list_that_makes_the_difference_and_its_document() -> None:
    (added,) = changes(rules("x"), rules("x y"))
    assert (added.document, added.pointer) == (Document.B, f"{GOVERNANCE}/1")
    assert added.reason == "added to the allow-list (agent.capabilities.allowed_tools)"
    (freed,) = changes(rules(None, "x"), rules(None))
    assert (freed.document, freed.pointer) == (Document.A, f"{DENIED}/0")
    assert freed.reason == "taken off the deny-list (tools.denied_tools)"
    (unbound,) = changes(rules("x y", other="x"), rules("x y"))
    (taken,) = changes(rules("x-y"), rules("x-y", "X*"))
    assert (taken.value, taken.document, taken.pointer) == ("x-y", Document.B, f"{DENIED}/0")
    assert taken.reason == "'X*' is added to the deny-list (tools.denied_tools)"
    assert unbound.reason == "an allow-list that did not hold it is gone (tools.allowed_tools)"


def test_an_allow_list_that_comes_or_goes_is_told_with_what_it_holds() -> None:
    (gone,) = changes(rules("x"), rules(None, "x"))[:1]
    assert gone.reason == (
        "the last allow-list is gone (agent.capabilities.allowed_tools): anything goes now, but for what the deny-list "
        "holds"
    )
    (come,) = changes(rules(None), rules("a b c d e f"))
    assert come.reason.endswith("only what it holds is permitted now: 'a', 'b', 'c', 'd', 'e' and 1 more")


@pytest.mark.parametrize(
    ("a", "b", "note"),
    [
        (rules("gpt-4o"), rules("gpt-*"), "part of it was permitted before"),
        (rules("gpt-*"), rules("gpt-4o"), "part of it stays permitted"),
        (rules("x", "yes"), rules("x y*", "yes"), "part of it stays forbidden"),
        (rules("x y*", "yes"), rules("x", "yes"), "part of it was forbidden before"),
        (rules("x", "no"), rules("x y*", "no"), "behind a prefix that its '*' may stand for"),
        (
            rules("r_*"),
            rules("r_*", "rm"),
            "of effect only where a deny-list looks further: other spellings, prefixes, ",
        ),
    ],
    ids=str,
)
def test_the_reason_says_what_is_left_out(a: NameRules, b: NameRules, note: str) -> None:
    (change,) = changes(a, b)
    assert f"; {note}" in change.reason or change.reason.endswith(note)


def test_a_subject_that_is_restricted_at_all_is_told_unless_the_rest_says_it() -> None:
    found = tuple(changes(rules(None), rules("*")))
    (change,) = toggled("tools", found, was=False, will=True)
    assert (change.effect, change.value) == (Effect.FORBIDS, None)
    (change,) = toggled("tools", (), was=True, will=False)
    assert (change.effect, change.value) == (Effect.PERMITS, None)
    assert list(toggled("tools", (), was=True, will=True)) == []
    rest = tuple(changes(rules(None), rules("x")))
    assert list(toggled("tools", rest, was=False, will=True)) == []


def test_lists_that_would_take_minutes_to_compare_are_said_to_be_too_long() -> None:
    many = entries((f"*{number}" for number in range(3000)), GOVERNANCE)
    others = entries((f"*x{number}" for number in range(3000)), GOVERNANCE)
    assert said(NameRules((many,)), NameRules((others,))) == ["may_permit None", "may_forbid None"]


class Trial(NamedTuple):
    """How a kind of lists is compared, and how to find out whether that is true."""

    matching: Matching
    judge: Judge
    tried: Sequence[str]
    fits: Callable[[str, str], bool]  # an entry of an allow-list, and a name
    denies: Callable[[str, str], bool]  # an entry of a deny-list, and a name
    new: Callable[[str], tuple[str, ...]]  # names that an entry matches, and no other one spells out


def alone(text: str) -> NameRules:
    return NameRules((), entries([text], DENIED))


def denies_name(text: str, name: str) -> bool:
    return Lists("tool", Subject.TOOLS, alone(text), wildcards=True).blocking(name) is not None


def holds_host(domain: str, host: str) -> bool:
    reach = hosts.reach(host)
    return reach is not None and hosts.listed(entries([domain], RUNTIME)).covering(reach.whole) is not None


def holds_path(pattern: str, path: str) -> bool:
    return paths.listed(entries([pattern], RUNTIME)).covering(path) is not None


def new_paths(pattern: str) -> tuple[str, ...]:
    """At any place, where a pattern begins with a star; a claim may do that too."""
    path = paths.normal(pattern) or ""
    new = path.replace("*", "z")
    return (f"/{new}", f"./{new}", path) if path.startswith("*") else (new,)


WORDS = st.lists(st.text("aA_-/*", min_size=1, max_size=4), max_size=3)
LISTS = st.builds(listed, st.none() | WORDS, st.none() | WORDS, WORDS)
TRIED = ["".join(letters) for length in range(1, 4) for letters in product("aA_-/", repeat=length)]
DOMAINS = st.lists(
    st.sampled_from(["*", "*.", "*.a", "*.b.a", "*.b", "*a", "*b.*", "*.*", "*.*.a", "a*", "b*a", "b.*"])
    | st.sampled_from(["a", "b", "b.a", "B.A.", "c.b.a", "[::1]", "::1", "https://b.a:1/x"]),
    max_size=3,
)
HOSTS_TRIED = ["".join(letters) for length in range(1, 6) for letters in product("ab.*", repeat=length)]
PATTERNS = st.lists(st.text("aA/.*", min_size=1, max_size=5), max_size=3)
PATHS_TRIED = {paths.normal("".join(letters)) for length in range(1, 5) for letters in product("aA/.*", repeat=length)}

OF_NAMES = Trial(NAMES, by_name, TRIED, matches, denies_name, lambda pattern: (pattern.replace("*", "z"),))
OF_MODELS = OF_NAMES._replace(matching=MODELS)
OF_HOSTS = Trial(
    HOSTS,
    by_host,
    [*(host for host in HOSTS_TRIED if hosts.read(host).name == host), "d.c.b.a", "[::1]"],
    holds_host,
    lambda domain, host: not by_host(alone(domain))(host),
    lambda domain: ((hosts.read(domain).name or hosts.normal(domain)).replace("*", "z"),),
)
OF_PATHS = Trial(
    PATHS,
    by_path,
    sorted(filter(None, PATHS_TRIED)),
    holds_path,
    lambda pattern, path: not by_path(alone(pattern))(path),
    new_paths,
)


@settings(max_examples=300)
@given(LISTS, LISTS)
@example(listed(["a/*"], None, ["a"]), listed(["a/*"], None, []))
@example(listed(None, None, ["a/a"]), listed(None, None, ["a/*"]))
@example(listed(None, None, ["*a/_"]), listed(None, None, []))
def test_what_is_said_of_names_is_what_the_rules_say(a: NameRules, b: NameRules) -> None:
    agrees(a, b, OF_NAMES)


@given(LISTS, LISTS)
def test_what_is_said_of_models_is_what_the_rules_say(a: NameRules, b: NameRules) -> None:
    agrees(a, b, OF_MODELS)


@given(LISTS, LISTS, st.sampled_from(["a", "A", "_"]))
def test_no_model_is_judged_otherwise_without_a_word(a: NameRules, b: NameRules, owner: str) -> None:
    plain = [name for name in TRIED if is_plain(name)]
    says_something_where_names_differ(changes(a, b, MODELS), by_owner(owner)(a), by_owner(owner)(b), plain)


@given(st.builds(listed, DOMAINS, DOMAINS, DOMAINS), st.builds(listed, DOMAINS, DOMAINS, DOMAINS))
def test_what_is_said_of_hosts_is_what_the_rules_say(a: NameRules, b: NameRules) -> None:
    agrees(a, b, OF_HOSTS)


@given(st.builds(listed, PATTERNS, PATTERNS, PATTERNS), st.builds(listed, PATTERNS, PATTERNS, PATTERNS))
def test_what_is_said_of_paths_is_what_the_rules_say(a: NameRules, b: NameRules) -> None:
    agrees(a, b, OF_PATHS)


def agrees(a: NameRules, b: NameRules, trial: Trial) -> None:
    """Compare what is said with how each policy judges each of the names."""
    found = changes(a, b, trial.matching)
    was, will = trial.judge(a), trial.judge(b)
    verdicts = says_something_where_names_differ(found, was, will, trial.tried)
    every_difference_is_told(found, verdicts, trial)
    for change in found:
        pattern = change.value
        if pattern is None or change.effect in {Effect.MAY_PERMIT, Effect.MAY_FORBID}:
            continue
        expected = (False, True) if change.effect in {Effect.PERMITS, Effect.PERMITS_PART} else (True, False)
        # What is certain of a part is true of a name that nothing else speaks of.
        stands_for = trial.denies if change.reason.startswith(BY_DENIAL) else trial.fits
        new = [name for name in trial.new(pattern) if stands_for(pattern, name)]
        assert not new or expected in [(was(name), will(name)) for name in new], change
        # What is certain of all is true of every name, but where a star stands for a prefix that is denied.
        if change.effect in {Effect.PERMITS, Effect.FORBIDS}:
            for name in trial.tried:
                hides_prefix = trial.judge is by_name and "*" in pattern and "/" in name
                assert hides_prefix or not trial.fits(pattern, name) or verdicts[name] == expected, (change, name)


BY_DENIAL = ("added to the deny-list", "taken off the deny-list")


def every_difference_is_told(found: Iterable[Change], verdicts: dict[str, tuple[bool, bool]], trial: Trial) -> None:
    """See that each name that is judged otherwise is among those that a change speaks of."""
    for name, (was, will) in verdicts.items():
        told = [change.value for change in found if (change.effect in PERMITTING) is will]
        assert was == will or any(
            text is None or trial.fits(text, name) or trial.denies(text, name) for text in told
        ), name


PERMITTING = {Effect.PERMITS, Effect.PERMITS_PART, Effect.MAY_PERMIT, Effect.PERMITS_REST}


def says_something_where_names_differ(
    found: Iterable[Change], was: Callable[[str], bool], will: Callable[[str], bool], tried: Iterable[str]
) -> dict[str, tuple[bool, bool]]:
    """Return how each name is judged before and after, once that is seen."""
    verdicts = {name: (was(name), will(name)) for name in tried}
    effects = {change.effect for change in found}
    if (False, True) in verdicts.values():
        assert effects & PERMITTING
    if (True, False) in verdicts.values():
        assert effects - PERMITTING
    return verdicts
