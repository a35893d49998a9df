"""Maps, and the pointers of what is in them."""

import pytest

from sekuire_gate.model.source import Pointer, stable_pointer, start_of
from sekuire_gate.parse.tree import Entry, Mapping, Scalar, ScalarKind, child_pointer

AT = start_of("f")


@pytest.mark.parametrize(
    ("parent", "segment", "pointer", "stable"),
    [
        ("", "a", "/a", "/a"),
        ("", 0, "/0", ""),
        ("/a", 0, "/a/0", "/a"),
        ("/a", "0", "/a/0", "/a/0"),
        (Pointer("/a/0", (1,)), 7, "/a/0/7", "/a"),
        (Pointer("/a/0", (1,)), "7", "/a/0/7", "/a/7"),
        ("", "", "/", "/"),
        ("/a", "b/c", "/a/b~1c", "/a/b~1c"),
        ("/a", "~1", "/a/~01", "/a/~01"),
        ("", "é\n", "/é\n", "/é\n"),
    ],
)
def test_a_pointer_escapes_tilde_and_slash_and_knows_its_indexes(
    parent: str, segment: str | int, pointer: str, stable: str
) -> None:
    child = child_pointer(parent, segment)
    assert (child, stable_pointer(child)) == (pointer, stable)


def test_a_map_answers_for_its_keys_in_order_of_place() -> None:
    value = Scalar("x", ScalarKind.TEXT, AT)
    mapping = Mapping((Entry("b", AT, value), Entry("a", AT, value)), AT)
    assert [entry.key for entry in mapping] == ["b", "a"]
    assert mapping.get("a") is value
    assert mapping.get("c") is None
