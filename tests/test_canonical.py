import hashlib
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sekuire_gate.canonical import Kind, Value, blake3_hex, canonical_bytes, line_and_column, plain, read
from tests.support.vectors import vectors


def rewritten(text: str) -> bytes:
    document = read(text)
    assert document.doubts == ()
    return canonical_bytes(document.root)


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
        assert kind in {doubt.kind for doubt in read(text).doubts}


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


def test_a_lone_surrogate_is_never_written() -> None:
    with pytest.raises(UnicodeEncodeError):
        canonical_bytes(read('"\\ud800"').root)


@pytest.mark.parametrize(
    ("index", "place"),
    [(0, (1, 1)), (2, (1, 3)), (3, (2, 1)), (5, (2, 3)), (6, (3, 1)), (9, (3, 4))],
    ids=["start", "line feed", "next line", "its line feed", "line of its own", "past the end"],
)
def test_an_index_is_a_line_and_a_column_both_counted_from_one(index: int, place: tuple[int, int]) -> None:
    assert line_and_column("ab\nc\r\n\u2028\U0001f600d", index) == place
