"""Paths as definitions write them, and as policies do."""

import pytest

from sekuire_gate.model.policy import Entry
from sekuire_gate.rules import paths


@pytest.mark.parametrize(
    ("pattern", "path", "fits"),
    [
        ("/tmp/*", "/tmp/a/b", True),
        ("/tmp/*", "/tmp/", True),
        ("/tmp/*", "/tmp", True),
        ("/tmp/**", "/tmp/a", True),
        ("/tmp/*", "/tmpfile", False),
        ("/tmp/*", "/tmp/../etc/passwd", False),
        ("/tmp/*", "//tmp/a", True),
        ("/tmp/*", "/var/../tmp/a", True),
        ("/tmp/*", "/../tmp/a", True),
        ("/tmp*", "/tmpfile", True),
        ("/tmp*", "/tmp/a", True),
        ("/home/user/data", "/home/user/./data/", True),
        ("/home/user/data/", "/home/user/data", True),
        ("/home/user/data", "/home/user/data/x", False),
        ("*", "/anything", True),
        ("*", "anything", True),
        ("/*", "/", True),
        ("/*", "data", False),
        ("*.txt", "a.txt", False),
        ("/home/*/x", "/home/a/x", False),
        ("/home/*/x", "/home/*/x", True),
        ("data/*", "data/../data/x", True),
        ("data/*", "./data/x", True),
        ("./*", "data", True),
        ("./*", ".", True),
        ("./*", "/data", False),
        ("../*", "data", False),
        ("/tmp/*", "/tmp/*", True),
        ("/tmp/*", "/tmp/**/x", True),
        ("/tmp/*", "/t*", False),
        ("/tmp/a", "/tmp/*", False),
    ],
)
def test_a_path_of_the_policy_covers_itself_a_prefix_or_a_folder(pattern: str, path: str, fits: bool) -> None:
    resolved = paths.normal(path)
    assert resolved is not None
    assert (paths.listed([Entry(pattern, "/0")]).covering(resolved) is not None) is fits


@pytest.mark.parametrize(
    ("pattern", "claimed", "touches"),
    [
        ("/etc/*", "/etc/passwd", True),
        ("/etc/*", "/etc", True),
        ("/etc/*", "/etcetera", False),
        ("/etc/passwd", "/etc/*", True),
        ("/etc/passwd", "/e*", True),
        ("/etc/passwd", "*", True),
        ("/etc", "/etc/*", True),
        ("/etc/passwd", "/data/*", False),
        ("/home/*/.ssh/*", "/home/a/.ssh/id", True),
        ("*.pem", "/data/key.pem", True),
        ("*.pem", "key.pem", True),
        ("*.pem", "/data/*", True),
        ("*/./x", "/a/x", True),
        ("secrets/*", "./secrets/x", True),
        ("secrets/*", "/secrets/x", False),
        ("../x", "x", False),
    ],
)
def test_an_entry_of_a_deny_list_touches_whatever_a_claim_can_reach(pattern: str, claimed: str, touches: bool) -> None:
    reach = paths.reach(claimed)
    assert reach is not None
    denied = paths.denied([Entry(pattern, "/0")])
    assert any(denied.touching(part) for part in reach.parts) is touches


@pytest.mark.parametrize("path", ["..", "../x", "a/../../x", "./..", "/a*/../x", "*/../x", "*/..", "/data/**/../x"])
def test_a_path_that_leads_who_knows_where_has_no_normal_form(path: str) -> None:
    assert paths.normal(path) is None
    assert paths.reach(path) is None


@pytest.mark.parametrize(
    ("path", "normal"),
    [
        ("/", "/"),
        ("", "./"),
        (".", "./"),
        ("/..", "/"),
        ("a//b/./c/..", "./a/b"),
        ("**/./x", "**/x"),
        ("/a/*/x/..", "/a/*"),
    ],
)
def test_a_path_has_one_spelling(path: str, normal: str) -> None:
    assert paths.normal(path) == normal


@pytest.mark.parametrize(
    ("path", "ending"),
    [
        ("/a/b.txt", ".txt"),
        ("/a.d/b", ""),
        ("/a/", ""),
        ("/a/.env", ""),
        ("b.tar.gz", ".gz"),
        ("/a/b.sh/", ".sh"),
        ("/a/b.sh/.", ".sh"),
        ("/a/b.sh/x/..", ".sh"),
        ("../b.sh/", ".sh"),
        (".", ""),
        ("..", ""),
    ],
)
def test_an_extension_is_that_of_the_last_part(path: str, ending: str) -> None:
    assert paths.extension(path) == ending


@pytest.mark.parametrize(
    ("path", "why"),
    [
        ("/a\x00b", "it holds a control character"),
        ("/a\nb", "it holds a control character"),
        ("..\\x", "it holds a backslash, which divides folders on some systems"),
        ("C:/x", "it begins with a drive or a scheme"),
        ("file:///etc/passwd", "it begins with a drive or a scheme"),
        ("/data/$HOME/x", "it holds a variable of a shell"),
        ("$(pwd)", "it holds a variable of a shell"),
        ("%APPDATA%/x", "it holds a variable of a shell"),
        ("/a/$1/b%20c 5%/d:e", None),
        ("/data/x", None),
    ],
)
def test_a_path_that_systems_read_in_more_than_one_way_may_lead_elsewhere(path: str, why: str | None) -> None:
    assert paths.leads_elsewhere(path) == why


@pytest.mark.parametrize(
    ("path", "why"),
    [
        ("~/x", "it begins with a home folder"),
        ("~root", "it begins with a home folder"),
        ("/\u0435tc/passwd", "it holds letters that some systems take for others"),
        ("/a/~x", None),
    ],
)
def test_a_path_may_be_another_spelling_of_a_denied_one(path: str, why: str | None) -> None:
    assert paths.another_spelling(path) == why
