"""How much of what a pattern stands for a list of hosts or paths holds, and leaves."""

import pytest

from sekuire_gate.changes.extents import Extent
from sekuire_gate.changes.nesting import holds_hosts, holds_paths, host_list, path_list
from sekuire_gate.model.policy import Entry


@pytest.mark.parametrize(
    ("domain", "other", "holds"),
    [
        ("*", "*.a.com", True),
        ("*.a.com", "*", False),
        ("*.a.com", "a.com", True),
        ("*.a.com", "*.b.A.com.", True),
        ("*.a.com", "*.ba.com", False),
        ("a.com", "*.a.com", False),
        ("a*", "a*", True),
        ("a*", "ab", False),
    ],
)
def test_a_domain_holds_itself_and_what_lies_below_it(domain: str, other: str, holds: bool) -> None:
    assert holds_hosts(domain, other) is holds


@pytest.mark.parametrize(
    ("pattern", "other", "holds"),
    [
        ("*", "/*", True),
        ("/*", "*", False),
        ("/tmp/*", "/tmp/a*", True),
        ("/tmp*", "/tmp/*", True),
        ("/tmp/*", "/tmp*", False),
        ("/tmp/*", "/tmp//*", True),
        ("/tmp//*", "/tmp/*", False),
        ("/tmp", "/tmp/*", False),
        ("/tmp/*", "/tmp/./a/..", True),
        ("*", "../a", False),
    ],
)
def test_a_path_pattern_holds_itself_a_folder_or_a_prefix(pattern: str, other: str, holds: bool) -> None:
    assert holds_paths(pattern, other) is holds


def test_a_list_holds_all_some_or_nothing_and_leaves_the_rest() -> None:
    hosts = host_list([Entry("*.a.com", ""), Entry("b.com", "")])
    asked = ("c.a.com", "*.b.com", "c.com")
    assert [hosts.covered(text) for text in asked] == [Extent.ALL, Extent.SOME, Extent.NONE]
    assert [hosts.left(text) for text in asked] == [Extent.NONE, Extent.SOME, Extent.ALL]
    assert [hosts.spares(text) for text in asked] == [False, True, True]


def test_nothing_is_spelt_otherwise_in_lists_of_hosts_and_paths() -> None:
    paths = path_list([Entry("/a", "")])
    assert list(paths.uncovered("/b")) == []
    assert not paths.spells("/a")
