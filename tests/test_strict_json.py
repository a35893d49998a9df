import json
from contextlib import suppress
from json import JSONDecodeError

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sekuire_gate.canonical import Kind, decode, plain, read
from tests.support.vectors import vectors


def kinds(text: str) -> list[Kind]:
    return [doubt.kind for doubt in read(text).doubts]


_NO_JSON = [
    *("", " ", "nul", "nulll", "True", "NaN", "Infinity", "-", "+1", "01", "-01", "1.", ".5", "1e", "0x1", "1_0"),
    *("[1,]", "[,1]", "[1", "{", '{"a"}', '{"a":}', '{"a":1,}', "{a:1}", "{'a':1}", "{1:1}", "[1]]", "1 2", "//"),
    *('"', '"\\"', '"\\x41"', '"\\u12"', '"\\u 123"', '"\\u+123"', '"\n"', '"\t"', '"\x00"'),
    *("\ufeff1", "\u00a01", "\u0661", "[\x0c]"),
]


class TestSyntax:
    @pytest.mark.parametrize(
        "text",
        _NO_JSON,
        ids=ascii,
    )
    def test_what_is_not_json_by_rfc_8259_is_refused_with_a_position(self, text: str) -> None:
        with pytest.raises(JSONDecodeError) as caught:
            read(text)
        assert 0 <= caught.value.pos <= len(text)

    @pytest.mark.parametrize(
        "data",
        [b"\xef\xbb\xbf{}", "{}".encode("utf-16"), b"\xff", b"\xc0\x80", b"\xed\xa0\x80", b"\xf4\x90\x80\x80"],
        ids=["BOM", "UTF-16", "no UTF-8", "overlong NUL", "surrogate", "past the last code point"],
    )
    def test_bytes_that_are_not_plain_utf8_are_refused(self, data: bytes) -> None:
        with pytest.raises(UnicodeDecodeError):
            decode(data)

    def test_bytes_that_are_utf8_are_text_as_it_is(self) -> None:
        assert decode("\u00e4\U0001f600\ufeff".encode()) == "\u00e4\U0001f600\ufeff"

    def test_every_value_knows_where_it_was_written(self) -> None:
        text = '  {"a" : [1, "b\\u0041"] }\n'
        root = read(text).root
        assert text[root.start : root.end] == '{"a" : [1, "b\\u0041"] }'
        assert isinstance(root.data, dict)
        items = root.data["a"].data
        assert isinstance(items, list)
        assert [(item.data, text[item.start : item.end]) for item in items] == [(1, "1"), ("bA", '"b\\u0041"')]

    @settings(deadline=None)
    @given(st.text())
    def test_any_text_is_a_document_or_a_decode_error(self, text: str) -> None:
        with suppress(JSONDecodeError):
            document = read(text)
            assert document.doubts or plain(document.root) == json.loads(text)


class TestDoubts:
    @pytest.mark.parametrize(
        ("text", "kind"),
        [
            ('{"a": 1, "a": 1}', Kind.DUPLICATE_KEY),
            ('{"a": 1, "\\u0061": 1}', Kind.DUPLICATE_KEY),
            ('{"\\u00e4": 1, "\u00e4": 1}', Kind.DUPLICATE_KEY),
            ('[{"": 1, "": 1}]', Kind.DUPLICATE_KEY),
            ('"\\ud800"', Kind.LONE_SURROGATE),
            ('"\\udc00\\ud800"', Kind.LONE_SURROGATE),
            ('{"\\udfff": 1}', Kind.LONE_SURROGATE),
            ('{"\U0001f600": 1}', Kind.ASTRAL_KEY),
            ('{"\\ud83d\\ude00": 1}', Kind.ASTRAL_KEY),
            ("1e2", Kind.NUMBER),
            ("[" * 65 + "]" * 65, Kind.DEPTH),
            ('{"a":' * 65 + "1" + "}" * 65, Kind.DEPTH),
            ("[" + "1," * 99_999 + "1]", Kind.NODES),
        ],
        ids=lambda value: ascii(value)[:24],
    )
    def test_what_two_readers_could_see_differently_is_doubted(self, text: str, kind: Kind) -> None:
        assert kinds(text) == [kind]

    @pytest.mark.parametrize(
        "text",
        [
            '{"a": 1, "A": 1, "b": {"a": 1}}',
            '"\\ud83d\\ude00"',
            '["\U0001f600"]',
            '{"\uffff": 1}',
            "[" * 64 + "]" * 64,
            "[" + "1," * 99_998 + "1]",
        ],
        ids=lambda text: ascii(text)[:24],
    )
    def test_what_all_readers_see_alike_is_not(self, text: str) -> None:
        assert kinds(text) == []

    def test_the_first_doubt_of_each_kind_is_kept_with_its_place(self) -> None:
        text = '{"a": 1e1, "a": 2e2, "b": "\\ud800"}'
        assert [(doubt.kind, text[doubt.start : doubt.end]) for doubt in read(text).doubts] == [
            (Kind.NUMBER, "1e1"),
            (Kind.DUPLICATE_KEY, '"a"'),
            (Kind.LONE_SURROGATE, '"\\ud800"'),
        ]

    @pytest.mark.parametrize(("opening", "data"), [("[", []), ("{", {})])
    def test_reading_stops_at_depth_65_and_the_root_keeps_its_type(self, opening: str, data: object) -> None:
        step = "[" if opening == "[" else '{"a":'
        document = read(" " + step * 1_000_000)
        assert [doubt.kind for doubt in document.doubts] == [Kind.DEPTH]
        assert document.root.data == data


def test_reading_may_stop_at_the_first_node_too_many() -> None:
    document = read("[" + "1," * 100_000 + "no JSON", stop_at_nodes=True)
    assert [(doubt.kind, doubt.start) for doubt in document.doubts] == [(Kind.NODES, 199_999)]
    assert document.root.data == []


# JSONTestSuite: `y_` is to be accepted, `n_` to be refused, `i_` is left to the reader.
# Reading stops at depth 65; these go wrong deeper down, and a doubt refuses them just as well.
DEEPER = frozenset({"n_structure_100000_opening_arrays.json", "n_structure_open_array_object.json"})
DUPLICATE_KEYS = frozenset({"y_object_duplicated_key.json", "y_object_duplicated_key_and_value.json"})


def answer(data: bytes) -> set[Kind] | None:
    try:
        return {doubt.kind for doubt in read(decode(data)).doubts}
    except (JSONDecodeError, UnicodeDecodeError):
        return None


@pytest.fixture(scope="module")
def answers() -> dict[str, set[Kind] | None]:
    """The doubts of each file; None: refused."""
    paths = vectors("jsontestsuite/test_parsing").glob("*.json")
    return {path.name: answer(path.read_bytes()) for path in paths}


def test_all_188_that_are_no_json_are_refused(answers: dict[str, set[Kind] | None]) -> None:
    refused = {name: doubts for name, doubts in answers.items() if name.startswith("n_")}
    assert len(refused) == 188
    assert {name for name, doubts in refused.items() if doubts is not None} == DEEPER
    assert all(refused[name] == {Kind.DEPTH} for name in DEEPER)


def test_all_95_that_are_json_are_read_and_doubted_for_duplicate_keys_and_numbers_alone(
    answers: dict[str, set[Kind] | None],
) -> None:
    read_ = {name: doubts for name, doubts in answers.items() if name.startswith("y_")}
    assert len(read_) == 95
    assert None not in read_.values()
    assert {name for name, doubts in read_.items() if doubts == {Kind.DUPLICATE_KEY}} == DUPLICATE_KEYS
    numbers = {name for name, doubts in read_.items() if doubts == {Kind.NUMBER}}
    assert len(numbers) == 15
    assert all(name.startswith("y_number") or name == "y_object_extreme_numbers.json" for name in numbers)
    assert sum(doubts == set() for doubts in read_.values()) == 95 - 2 - 15


def test_the_35_on_which_readers_differ_are_refused_or_doubted(answers: dict[str, set[Kind] | None]) -> None:
    differing = [doubts for name, doubts in answers.items() if name.startswith("i_")]
    assert len(differing) == 35
    assert set() not in differing
