import pytest

from sekuire_gate.rules.paths import extension, matches, normal


@pytest.mark.parametrize(
    ("pattern", "path", "fits"),
    [
        ("/tmp/*", "/tmp/a/b", True),
        ("/tmp/*", "/tmp/", True),
        ("/tmp/*", "/tmpfile", False),
        ("/tmp/*", "/tmp/../etc/passwd", False),
        ("/tmp/*", "//tmp/a", True),
        ("/tmp*", "/tmpfile", True),
        ("/tmp*", "/tmp/a", True),
        ("/home/user/data", "/home/user/./data/", True),
        ("/home/user/data", "/home/user/data/x", False),
        ("*", "/anything", True),
        ("/*", "/", True),
        ("*.txt", "a.txt", False),
        ("data/*", "data/../data/x", True),
    ],
)
def test_a_path_of_the_policy_covers_itself_a_prefix_or_a_folder(pattern: str, path: str, fits: bool) -> None:
    resolved = normal(path)
    assert resolved is not None
    assert matches(pattern, resolved) is fits


@pytest.mark.parametrize("path", ["..", "../x", "a/../../x", "./.."])
def test_a_relative_path_that_leaves_its_folder_has_no_normal_form(path: str) -> None:
    assert normal(path) is None


@pytest.mark.parametrize(
    ("path", "ending"), [("/a/b.txt", ".txt"), ("/a.d/b", ""), ("/a/.env", ""), ("b.tar.gz", ".gz")]
)
def test_an_extension_is_that_of_the_last_part(path: str, ending: str) -> None:
    assert extension(path) == ending
