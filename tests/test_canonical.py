import hashlib
import json
import random
from contextlib import suppress
from json import JSONDecodeError

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sekuire_gate.canonical import Kind, Value, blake3_hex, canonical_bytes, decode, is_plain_number, plain, read
from tests.support.vectors import vectors


def test_reading_may_stop_at_the_first_node_too_many() -> None:
    document = read("[" + "1," * 100_000 + "no JSON", stop_at_nodes=True)
    assert [(doubt.kind, doubt.start) for doubt in document.doubts] == [(Kind.NODES, 199_999)]
    assert document.root.data == []


def kinds(text: str) -> list[Kind]:
    return [doubt.kind for doubt in read(text).doubts]


def rewritten(text: str) -> bytes:
    document = read(text)
    assert document.doubts == ()
    return canonical_bytes(document.root)


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

    def test_the_public_suite_of_parsing_tests_is_answered_as_it_asks(self) -> None:
        doubtful = {"y_object_duplicated_key.json", "y_object_duplicated_key_and_value.json"}
        for path in sorted(vectors("jsontestsuite/test_parsing").glob("*.json")):
            try:
                document = read(decode(path.read_bytes()))
            except (JSONDecodeError, UnicodeDecodeError):
                assert path.name[0] in "ni", path.name
                continue
            # Reading stops at depth 65, so one file that goes wrong deeper down is a doubt instead of an error.
            too_deep = [doubt.kind for doubt in document.doubts] == [Kind.DEPTH]
            assert path.name[0] in "yi" or too_deep, path.name
            others = {doubt.kind for doubt in document.doubts} - {Kind.NUMBER}
            assert path.name[0] != "y" or bool(others) == (path.name in doubtful), path.name


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

    def test_a_lone_surrogate_is_never_written(self) -> None:
        with pytest.raises(UnicodeEncodeError):
            canonical_bytes(read('"\\ud800"').root)


class TestNumbers:
    @pytest.mark.parametrize(
        ("written", "again"),
        [
            ("0", "0"),
            ("-1", "-1"),
            ("9007199254740993", "9007199254740993"),
            ("18446744073709551615", "18446744073709551615"),
            ("-9223372036854775808", "-9223372036854775808"),
            ("0.0", "0.0"),
            ("1.0", "1.0"),
            ("56.0", "56.0"),
            ("-1.50", "-1.5"),
            ("0.10", "0.1"),
            ("0.0001", "0.0001"),
            ("-0.0001", "-0.0001"),
            ("0.000100000000000000", "0.0001"),
            ("0.123456789012345", "0.123456789012345"),
            ("12345678901234.5", "12345678901234.5"),
            ("99999999999999.9", "99999999999999.9"),
        ],
    )
    def test_a_number_that_all_programs_write_alike_is_written_back(self, written: str, again: str) -> None:
        assert rewritten(written) == again.encode()

    @pytest.mark.parametrize(
        "written",
        [
            "-0",
            "-0.0",
            "0.00",
            "18446744073709551616",
            "-9223372036854775809",
            "9" * 5000,
            "1e0",
            "1E5",
            "1.5e3",
            "0e0",
            "1e400",
            "1e-400",
            "0.1234567890123456",
            "1.000000000000000",
            "1000000000000000.0",
            "0.00009999",
            "0.00001",
            "0.0001000000000000000",
            "1" + "0" * 5000 + ".0",
            "0." + "0" * 5000 + "1",
        ],
        ids=lambda written: written[:24],
    )
    def test_any_other_number_is_doubted(self, written: str) -> None:
        assert kinds(written) == [Kind.NUMBER]

    def test_random_numbers_are_judged_and_written_as_the_rule_says(self) -> None:
        random_source = random.Random(20_260_102)
        for _ in range(20_000):
            digits = str(random_source.randrange(10 ** random_source.randrange(1, 19)))
            cut = random_source.randrange(len(digits) + 1)
            written = random_source.choice(["", "-"]) + (digits[:cut] or "0") + "." + (digits[cut:] or "0")
            if written.lstrip("-").startswith("0") and not written.lstrip("-").startswith("0."):
                continue
            significant = len(written.lstrip("-").replace(".", "").lstrip("0"))
            fits = written == "0.0" or (1 <= significant <= 15 and 1e-4 <= abs(float(written)) < 1e16)
            assert is_plain_number(written) == fits, written
            if fits:
                assert rewritten(written) == repr(float(written)).encode()


_KEYS = st.text(st.characters(max_codepoint=0xFFFF, exclude_categories=["Cs"]))
_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**64 - 1) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(_KEYS, inner),
    max_leaves=8,
)


class TestCanonicalBytes:
    @pytest.mark.parametrize(
        ("text", "canonical"),
        [
            (' { "b" : 1 , "a" : [ ] , "" : { } } ', b'{"":{},"a":[],"b":1}'),
            ('{"b":{"d":1,"c":2},"a":[{"f":1,"e":2}]}', b'{"a":[{"e":2,"f":1}],"b":{"c":2,"d":1}}'),
            (
                '{"\\u00e9":1,"z":2,"Z":3,"\\uffff":4,"\\ue000":5}',
                '{"Z":3,"z":2,"\u00e9":1,"\ue000":5,"\uffff":4}'.encode(),
            ),
            ("[true,false,null]", b"[true,false,null]"),
            (r'"\"\\\/\b\f\n\r\t"', rb'"\"\\/\b\f\n\r\t"'),
            (r'"\u0000\u001F\u007f\u2028\u00e9"', b'"\\u0000\\u001f\x7f\xe2\x80\xa8\xc3\xa9"'),
            (r'"\ud83d\ude00"', b'"\xf0\x9f\x98\x80"'),
        ],
        ids=["keys and space", "every level", "by code point", "words", "short escapes", "other characters", "pair"],
    )
    def test_there_is_one_way_to_write_a_value(self, text: str, canonical: bytes) -> None:
        assert rewritten(text) == canonical

    @settings(deadline=None)
    @given(_VALUES)
    def test_writing_and_reading_again_gives_the_same_value_and_the_same_bytes(self, value: object) -> None:
        first = rewritten(json.dumps(value))
        assert plain(read(first.decode()).root) == value
        assert rewritten(first.decode()) == first

    @pytest.mark.parametrize("name", ["arrays", "french", "unicode"])
    def test_rfc_8785_agrees_byte_for_byte_where_it_means_the_same(self, name: str) -> None:
        folder = vectors("jcs/testdata")
        text = (folder / "input" / f"{name}.json").read_text("utf-8")
        assert rewritten(text) == (folder / "output" / f"{name}.json").read_bytes()

    def test_where_rfc_8785_writes_56_for_56_0_we_keep_the_fraction(self) -> None:
        folder = vectors("jcs/testdata")
        theirs = (folder / "output" / "structures.json").read_bytes()
        assert b"56," in theirs
        assert rewritten((folder / "input" / "structures.json").read_text("utf-8")) == theirs.replace(b"56,", b"56.0,")

    @pytest.mark.parametrize(("name", "kind"), [("values", Kind.NUMBER), ("weird", Kind.ASTRAL_KEY)])
    def test_what_rfc_8785_writes_otherwise_is_doubted(self, name: str, kind: Kind) -> None:
        text = (vectors("jcs/testdata") / "input" / f"{name}.json").read_text("utf-8")
        assert kind in kinds(text)


def test_blake3_gives_the_published_hashes() -> None:
    cases = json.loads(vectors("blake3/test_vectors.json").read_bytes())["cases"]
    assert len(cases) == 35
    for case in cases:
        data = bytes(index % 251 for index in range(case["input_len"]))
        assert blake3_hex(data) == case["hash"][:64]


def test_a_hash_is_64_lower_case_hex_digits_of_blake3_and_of_nothing_else() -> None:
    assert blake3_hex(b"") == "af1349b9f5f9a1a6a0404dea36dcc9499bcb25c9adc112b7cc9a93cae41f3262"
    assert blake3_hex(b"") != hashlib.blake2s(b"").hexdigest()


def test_a_value_is_made_plain_without_its_places() -> None:
    value = Value({"a": Value([Value(1, 0, 0), Value(None, 0, 0)], 0, 0)}, 0, 0)
    assert plain(value) == {"a": [1, None]}
