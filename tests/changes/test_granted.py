"""How much of what an entry stands for a list of hosts, paths or extensions holds, and leaves."""

import pytest

from sekuire_gate.changes import granted
from sekuire_gate.changes.extents import Asked, Extent
from sekuire_gate.model.policy import Entry


def entries(*texts: str) -> list[Entry]:
    return [Entry(text, "") for text in texts]


@pytest.mark.parametrize(
    ("domain", "other", "extent"),
    [
        ("*", "*.a.com", Extent.ALL),
        ("*.a.com", "*", Extent.SOME),
        ("*.a.com", "a.com", Extent.ALL),
        ("*.a.com", "*.b.A.com.", Extent.ALL),
        ("*.a.com", "*.ba.com", Extent.NONE),
        ("a.com", "*.a.com", Extent.SOME),
        ("a*", "a*", Extent.ALL),
        ("a*", "ab", Extent.NONE),
        ("*", "https://a.com", Extent.NONE),
    ],
)
def test_an_allowed_domain_holds_itself_and_what_lies_below_it(domain: str, other: str, extent: Extent) -> None:
    assert granted.hosts_allowed(entries(domain)).covered(Asked(other)) is extent


@pytest.mark.parametrize(
    ("domain", "other", "extent"),
    [
        ("a*", "ab", Extent.NONE),
        ("a*", "*.b", Extent.SOME),
        ("a*", "*b", Extent.NONE),
        ("https://a.com:443/x", "a.com", Extent.NONE),
        ("ab", "a*", Extent.NONE),
        ("a.b", "a.*", Extent.NONE),
        ("*.a.com", "*.b.com", Extent.ALL),
    ],
)
def test_a_denied_domain_is_read_like_a_claim_and_takes_all_that_a_claim_with_a_star_may_be(
    domain: str, other: str, extent: Extent
) -> None:
    assert granted.hosts_denied(entries(domain)).left(Asked(other)) is extent


def test_a_text_may_stand_for_more_in_a_deny_list() -> None:
    hosts = granted.hosts_allowed(entries("a*"))
    assert hosts.covered(Asked("a*")) is Extent.ALL
    assert hosts.covered(Asked("a*", is_denial=True)) is Extent.SOME


@pytest.mark.parametrize(
    ("pattern", "other", "extent"),
    [
        ("*", "/*", Extent.ALL),
        ("/*", "*", Extent.SOME),
        ("/tmp/*", "/tmp/a*", Extent.ALL),
        ("/tmp*", "/tmp/*", Extent.ALL),
        ("/tmp/*", "/tmp*", Extent.SOME),
        ("/tmp/*", "/tmp//*", Extent.ALL),
        ("/tmp//*", "/tmp/*", Extent.ALL),
        ("/tmp", "/tmp/*", Extent.SOME),
        ("/tmp/*", "/tmp/./a/..", Extent.ALL),
        ("*", "../a", Extent.NONE),
        ("/tmp/*.a", "/tmp/x.a", Extent.NONE),
        ("/tmp", "/TMP", Extent.NONE),
    ],
)
def test_an_allowed_path_holds_itself_a_folder_or_a_prefix(pattern: str, other: str, extent: Extent) -> None:
    assert granted.paths_allowed(entries(pattern)).covered(Asked(other)) is extent


@pytest.mark.parametrize(
    ("pattern", "other", "extent"),
    [
        ("/tmp/*.a", "/tmp/x.a", Extent.NONE),
        ("/TMP", "/tmp", Extent.NONE),
        ("/a/b", "/a", Extent.NONE),
        ("/a/b", "/a/*", Extent.SOME),
        ("/a/b", "/", Extent.NONE),
        ("*/b", "/a", Extent.ALL),
        ("../b", "/a", Extent.ALL),
        ("/a", "../b", Extent.NONE),
    ],
)
def test_a_denied_path_takes_a_star_anywhere_any_letter_case_and_the_folders_above(
    pattern: str, other: str, extent: Extent
) -> None:
    assert granted.paths_denied(entries(pattern)).left(Asked(other)) is extent


@pytest.mark.parametrize(
    ("text", "folders"),
    [
        ("/a/b", ["/", "/a"]),
        ("/A/*/c", ["/", "/a"]),
        ("/a*", ["/"]),
        ("x/y", ["./", "./x"]),
        ("*/y", []),
        ("../y", []),
        ("/*", []),
        ("/A/*", ["/"]),
    ],
)
def test_the_folders_above_a_denied_path_end_at_its_first_star(text: str, folders: list[str]) -> None:
    assert list(granted.folders_above(text)) == folders


def test_a_list_spares_the_names_that_none_of_its_entries_speaks_of() -> None:
    hosts = granted.hosts_denied(entries("*.a.com", "b.com"))
    asked = ("c.a.com", "*.b.com", "c.com", "b.*")
    assert [hosts.spares(Asked(text)) for text in asked] == [False, True, True, False]


@pytest.mark.parametrize(
    ("extension", "other", "extent"),
    [
        (".csv", "csv", Extent.ALL),
        ("*.csv", ".csv", Extent.ALL),
        (".c*", "csv", Extent.ALL),
        ("csv", ".c*", Extent.SOME),
        ("*", ".a.b", Extent.NONE),
        (".csv", ".CSV", Extent.NONE),
    ],
)
def test_extensions_are_compared_without_their_dot(extension: str, other: str, extent: Extent) -> None:
    assert granted.extensions_allowed(entries(extension)).covered(Asked(other)) is extent
