"""Maps, and the pointers of what is in them."""

import pytest

from sekuire_gate.model.source import start_of
from sekuire_gate.parse.tree import Entry, Mapping, Scalar, ScalarKind, child_pointer

AT = start_of("f")


@pytest.mark.parametrize(
    ("parent", "segment", "pointer"),
    [
        ("", "a", "/a"),
        ("/a", 0, "/a/0"),
        ("/a", "0", "/a/0"),
        ("", "", "/"),
        ("/a", "b/c", "/a/b~1c"),
        ("/a", "~1", "/a/~01"),
        ("", "é\n", "/é\n"),
    ],
)
def test_a_pointer_escapes_tilde_and_slash(parent: str, segment: str | int, pointer: str) -> None:
    assert child_pointer(parent, segment) == pointer


def test_a_map_answers_for_its_keys_in_order_of_place() -> None:
    value = Scalar("x", ScalarKind.TEXT, AT)
    mapping = Mapping((Entry("b", AT, value), Entry("a", AT, value)), AT)
    assert [entry.key for entry in mapping] == ["b", "a"]
    assert mapping.get("a") is value
    assert mapping.get("c") is None
