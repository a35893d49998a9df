"""JSON with exact places; every doubt but that about a number is a refusal."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sekuire_gate.errors import DefinitionError
from sekuire_gate.parse.json_tree import read_json
from sekuire_gate.parse.tree import Mapping, Scalar, ScalarKind
from tests.support.places import marks_of, nodes_of, places_of, plain, unmarked
from tests.support.vectors import vectors

PLACES = {
    "text": '{"a": ⟦/a|"b\\n"⟧, "c":⟦/c|""⟧}',
    "words and numbers": '{"a": ⟦/a|null⟧,\n "b": [⟦/b/0|true⟧ , ⟦/b/1|-1.50e3⟧ ]}',
    "containers": '⟦|{"a": [1, {"b": 2}]}⟧ ',
    "inner containers": '{"a": ⟦/a|[1, {"b": 2}]⟧}',
    "empty ones": "[⟦/0|{}⟧, ⟦/1|[]⟧]",
    "code points": '{"ä": ⟦/ä|"é😀"⟧, "b": ⟦/b|1⟧}',
    "keys with quotes": '{"a\\"b": ⟦/a"b|1⟧, "c/d~": ⟦/c~1d~0|2⟧}',
    "CRLF": '{\r\n\t"a": ⟦/a|1⟧,\r\n\t"b": ⟦/b|2⟧\r\n}\r\n',
    "separators inside text": '{"a": "\u2028\x85",\n"b": ⟦/b|1⟧}',
}


@pytest.mark.parametrize("marked", PLACES.values(), ids=PLACES)
def test_every_value_stands_where_it_is_written(marked: str) -> None:
    found = places_of(read_json(unmarked(marked).encode(), "f.json").root)
    expected = marks_of(marked)
    assert expected
    assert {pointer: found[pointer] for pointer in expected} == expected


def test_a_key_has_its_own_place() -> None:
    root = read_json(b'{"a" : 1 ,\n  "b\\"" :2}', "f.json").root
    assert isinstance(root, Mapping)
    places = [(entry.key, entry.key_at.line, entry.key_at.column, entry.key_at.end_column) for entry in root]
    assert places == [("a", 1, 2, 5), ('b"', 2, 3, 8)]


def test_scalars_keep_their_kind_and_numbers_their_text() -> None:
    root = read_json(b'["1", 1.50, true, null, 1e999]', "f.json").root
    found = [(node.text, node.kind) for node in nodes_of(root) if isinstance(node, Scalar)]
    assert found == [
        ("1", ScalarKind.TEXT),
        ("1.50", ScalarKind.NUMBER),
        ("true", ScalarKind.BOOLEAN),
        ("null", ScalarKind.NULL),
        ("1e999", ScalarKind.NUMBER),
    ]


REFUSED = {
    "a byte order mark": ("\ufeff{}".encode(), "encoding", "1:1"),
    "not UTF-8": (b'{"a":\n "\xff"}', "encoding", "2:3"),
    "UTF-16": ("{}".encode("utf-16"), "encoding", "1:1"),
    "UTF-16 without a mark": ("{}".encode("utf-16-le"), "encoding", "1:1"),
    "nothing": (b"", "syntax", "1:1"),
    "a comment": (b'{"a": 1} // b', "syntax", "1:10"),
    "a trailing comma": (b'{\n"a": 1,}', "syntax", "2:8"),
    "NaN": (b'{"a": NaN}', "syntax", "1:7"),
    "a key twice": (b'{"a": 1,\n "\\u0061": 2}', "duplicate_key", "2:2"),
    "a lone surrogate": (b'{"a": "\\ud800"}', "ambiguous", "1:7"),
    "a key outside the BMP": ('{"😀": 1}'.encode(), "ambiguous", "1:2"),
    "a zero-width character in a key": ('{"a\u200b": 1}'.encode(), "ambiguous", "1:2"),
    "a control character in a key": (b'{"a\\u0000": 1}', "ambiguous", "1:2"),
    "a lone CR": (b'{"a": 1,\r"b": 2}', "ambiguous", "1:9"),
    "depth 65": (b"[" * 65 + b"]" * 65, "too_deep", "1:65"),
    "depth without end": (b"[" * 1_048_576, "too_deep", "1:65"),
}


@pytest.mark.parametrize(("data", "kind", "place"), REFUSED.values(), ids=REFUSED)
def test_what_is_in_doubt_is_refused_with_its_place(data: bytes, kind: str, place: str) -> None:
    with pytest.raises(DefinitionError) as caught:
        read_json(data, "f.json")
    assert (caught.value.kind, str(caught.value.at)) == (f"definition.{kind}", f"f.json:{place}")
    assert caught.value.fix


@pytest.mark.parametrize(
    ("data", "pointer"),
    [
        (b'{"llm": {"model": "a", "model": "b"}}', "/llm/model"),
        (b'{"x": {"a": 1}, "y": [0, {"a/b": 1, "a\\/b": 2}]}', "/y/1/a~1b"),
        (b'{"a": 1, "a": {"b": 1}}', "/a"),
    ],
)
def test_a_key_that_stands_twice_has_its_pointer(data: bytes, pointer: str) -> None:
    with pytest.raises(DefinitionError) as caught:
        read_json(data, "f.json")
    assert caught.value.at
    assert (caught.value.kind, caught.value.at.pointer) == ("definition.duplicate_key", pointer)


def test_more_than_100_000_values_are_too_many() -> None:
    with pytest.raises(DefinitionError) as caught:
        read_json(b"[" + b"0," * 100_000 + b"0]", "f.json")
    assert caught.value.kind == "definition.too_large"


def test_reading_stops_where_there_are_too_many_values_and_not_at_the_end() -> None:
    with pytest.raises(DefinitionError) as caught:
        read_json(b"[" + b"0," * 100_000 + b"no JSON", "f.json")
    assert caught.value.kind == "definition.too_large"


@pytest.mark.parametrize("key", ["漢" * 1024, "\\u6f22" * 1024], ids=["plain", "escaped"])
def test_a_key_over_1024_characters_is_too_large(key: str) -> None:
    assert isinstance(read_json(f'{{"a": {{"{key}": 1}}}}'.encode(), "f.json").root, Mapping)
    with pytest.raises(DefinitionError, match="longer than 1,024 characters") as caught:
        read_json(f'{{"a": {{"{key}k": 1}}}}'.encode(), "f.json")
    assert (caught.value.kind, str(caught.value.at)) == ("definition.too_large", "f.json:1:8")
    assert caught.value.at
    assert caught.value.at.pointer == "/a"


def test_long_keys_cannot_make_pointers_without_end() -> None:
    data = b"".join(b'{"%s":' % (b"k" * 1_000) for _ in range(60)) + b"[1" + b",1" * 300 + b"]" + b"}" * 60
    with pytest.raises(DefinitionError) as caught:
        read_json(data, "f.json")
    assert caught.value.kind == "definition.too_large"


def test_a_number_that_programs_write_differently_is_no_doubt_here() -> None:
    assert plain(read_json(b'{"a": -0, "b": 1e5}', "f.json").root) == {"a": "-0", "b": "1e5"}


@given(st.binary(max_size=200) | st.text(st.sampled_from(' \n"{}[]:,\\u0aé1e-.tn'), max_size=60).map(str.encode))
def test_any_bytes_are_a_document_or_a_definition_error(data: bytes) -> None:
    try:
        read_json(data, "f.json")
    except DefinitionError as error:
        assert error.at is not None  # noqa: PT017 - either answer will do


_KEYS = st.text(st.characters(categories=("Lu", "Ll", "Nd"), max_codepoint=0xFFFF), max_size=4)
_VALUES = st.recursive(
    st.text(st.characters(codec="utf-8"), max_size=6),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_KEYS, inner, max_size=3),
    max_leaves=12,
)


@given(_VALUES, st.sampled_from([None, 1]))
def test_what_python_writes_is_read_back_as_it_was(value: object, indent: int | None) -> None:
    assert plain(read_json(json.dumps(value, indent=indent).encode(), "f.json").root) == value


def test_the_public_suite_is_refused_where_it_must_be() -> None:
    cases = sorted(vectors("jsontestsuite/test_parsing").glob("n_*.json"))
    assert len(cases) == 188
    assert [case.name for case in cases if _is_read(case.read_bytes())] == []


def _is_read(data: bytes) -> bool:
    try:
        read_json(data, "f.json")
    except DefinitionError:
        return False
    return True
