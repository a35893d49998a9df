import json
from collections import Counter
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sekuire_gate import canonical
from sekuire_gate.errors import PolicyError, PolicyFetchError, PolicyFormatError
from sekuire_gate.model.policy import Source
from sekuire_gate.trust.envelope import read_envelope
from tests.support.signing import as_bytes, signed_document
from tests.support.vectors import vectors

DOCUMENT = signed_document()


def kind_of(raw: bytes) -> str:
    with pytest.raises(PolicyError) as caught:
        read_envelope(raw, Source.FETCHED)
    return caught.value.kind


def with_fields(**fields: object) -> bytes:
    return as_bytes({**DOCUMENT, **fields})


def without(name: str) -> bytes:
    return as_bytes({key: value for key, value in DOCUMENT.items() if key != name})


def test_a_document_is_read_field_by_field_and_its_bytes_are_kept() -> None:
    raw = with_fields(updated_at="2026-02-03T04:05:06Z")
    signed = read_envelope(raw, Source.FILE)
    fields = ("policy_id", "workspace_id", "version", "status", "hash", "signature", "signing_key_id")
    assert [getattr(signed, name) for name in fields] == [DOCUMENT[name] for name in fields]
    assert (signed.signing_public_key, signed.raw, signed.source) == (DOCUMENT["signing_public_key"], raw, Source.FILE)
    assert (signed.activated_at, signed.updated_at) == ("2026-01-02T03:04:05Z", "2026-02-03T04:05:06Z")


def test_absent_and_null_are_the_same_for_what_is_optional() -> None:
    optional = ("signature", "signing_key_id", "signing_public_key", "activated_at", "updated_at")
    nulls = read_envelope(as_bytes({**DOCUMENT, **dict.fromkeys(optional)}), Source.FETCHED)
    bare = read_envelope(as_bytes({k: v for k, v in DOCUMENT.items() if k not in optional}), Source.FETCHED)
    assert [getattr(nulls, name) for name in optional] == [getattr(bare, name) for name in optional] == [None] * 5


def test_further_fields_are_tolerated_even_those_named_like_ours() -> None:
    raw = with_fields(source="file", raw="x", content_type={"a": [1]}, __class__="x")
    signed = read_envelope(raw, Source.FETCHED)
    assert (signed.raw, signed.source) == (raw, Source.FETCHED)


@pytest.mark.parametrize("content", ["null", "[]", '"text"', "1"])
def test_content_may_be_any_json(content: str) -> None:
    raw = without("content")[:-1] + f', "content": {content}}}'.encode()
    assert canonical.plain(read_envelope(raw, Source.FETCHED).content) == json.loads(content)


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b" \n",
        b"\xef\xbb\xbf" + as_bytes(DOCUMENT),
        as_bytes(DOCUMENT).decode().encode("utf-16"),
        as_bytes(DOCUMENT).decode().encode("utf-32-le"),
        as_bytes(DOCUMENT)[:-1],
        as_bytes(DOCUMENT) + b"x",
        as_bytes(DOCUMENT) + b"{}",
        b'{"a": NaN}',
        b'{"a": -Infinity}',
        b'{"a": 01}',
        b"{'a': 1}",
        b'{"a": 1,}',
        b'{"a": "\xff"}',
        b'{"a": "\xed\xa0\x80"}',
        b'{"a": "\n"}',
        b"[]",
        b"null",
        b"7",
        b'"text"',
        b"[" * 100_000,
        b"<html>",
    ],
    ids=[
        "empty",
        "blank",
        "BOM",
        "UTF-16",
        "UTF-32",
        "cut short",
        "text after",
        "two documents",
        "NaN",
        "infinity",
        "leading zero",
        "single quotes",
        "trailing comma",
        "not UTF-8",
        "surrogate in UTF-8",
        "control character",
        "a list",
        "null",
        "a number",
        "text",
        "lists without end",
        "a page",
    ],
)
@pytest.mark.parametrize("source", list(Source))
def test_what_is_not_one_json_object_in_utf8_is_a_bad_body(raw: bytes, source: Source) -> None:
    with pytest.raises(PolicyFetchError) as caught:
        read_envelope(raw, source)
    assert caught.value.kind == "fetch.bad_body"


def test_the_188_public_texts_that_are_no_json_are_bad_bodies() -> None:
    paths = sorted(vectors("jsontestsuite/test_parsing").glob("n_*.json"))
    assert [kind_of(path.read_bytes()) for path in paths] == ["fetch.bad_body"] * 188


def test_the_130_other_public_texts_are_taken_as_content_or_refused_with_a_kind() -> None:
    answers = {
        path.name: answer_to_content(path.read_bytes())
        for path in vectors("jsontestsuite/test_parsing").glob("[yi]_*.json")
    }
    assert Counter((name[0], kind) for name, kind in answers.items()) == {
        ("y", "accepted"): 95 - 17,
        ("y", "policy.ambiguous"): 2 + 15,  # duplicate keys, and numbers that programs write differently
        ("i", "policy.ambiguous"): 21,
        ("i", "fetch.bad_body"): 14,
    }


def answer_to_content(content: bytes) -> str:
    try:
        read_envelope(without("content")[:-1] + b', "content": ' + content + b"}", Source.FETCHED)
    except PolicyError as error:
        return error.kind
    return "accepted"


def nested(depth: int) -> bytes:
    return b'{"more": ' + b"[" * (depth - 1) + b"]" * (depth - 1) + b"," + as_bytes(DOCUMENT)[1:]


@pytest.mark.parametrize(
    "raw",
    [
        as_bytes(DOCUMENT)[:-1] + b', "hash": "x"}',
        as_bytes(DOCUMENT)[:-1] + b', "ha\\u0073h": "x"}',
        as_bytes(DOCUMENT)[:-1] + b', "content": {}}',
        as_bytes({"more": [{"a": 1}], **DOCUMENT}).replace(b'"a": 1', b'"a": 1, "a": 1'),
        as_bytes({"more": "?", **DOCUMENT}).replace(b"?", b"\\ud800"),
        as_bytes({"more": {"\U0001f600": 1}, **DOCUMENT}),
        as_bytes({"more": "?", **DOCUMENT}).replace(b'"?"', b"1e2"),
        as_bytes({"more": "?", **DOCUMENT}).replace(b'"?"', b"-0"),
        as_bytes({"more": "?", **DOCUMENT}).replace(b'"?"', b"9" * 5000),
        nested(65),
        b'{"a": ' * 100_000,
        as_bytes({"more": [0] * 100_000, **DOCUMENT}),
    ],
    ids=[
        "key twice",
        "key twice by an escape",
        "content twice",
        "key twice in what nobody reads",
        "lone surrogate",
        "key outside the BMP",
        "exponent",
        "minus zero",
        "thousands of digits",
        "65 levels",
        "levels without end",
        "too many values",
    ],
)
def test_what_two_readers_could_see_differently_is_refused_wherever_it_stands(raw: bytes) -> None:
    assert kind_of(raw) == "policy.ambiguous"


def test_sixty_four_levels_are_read() -> None:
    assert read_envelope(nested(64), Source.FETCHED).raw == nested(64)


def test_an_ambiguous_place_is_named_by_line_and_column() -> None:
    with pytest.raises(PolicyFormatError, match=r"twice in one object, at line 3, column 2\.$"):
        read_envelope(b'{"a": 1,\n "b": 2,\n "a": 3}', Source.FETCHED)


@pytest.mark.parametrize("name", ["policy_id", "workspace_id", "version", "status", "hash", "content"])
def test_a_missing_field_is_malformed_and_named(name: str) -> None:
    with pytest.raises(PolicyFormatError, match=f"has no '{name}'") as caught:
        read_envelope(without(name), Source.FETCHED)
    assert caught.value.kind == "policy.malformed"


@pytest.mark.parametrize("value", [1, 1.5, True, [], {}, None], ids=str)
@pytest.mark.parametrize("name", [name for name in DOCUMENT if name != "content"])
def test_a_field_of_another_type_is_malformed(name: str, value: object) -> None:
    optional = name in {"signature", "signing_key_id", "signing_public_key", "activated_at"}
    if value is not None or not optional:
        assert kind_of(with_fields(**{name: value})) == "policy.malformed"


@pytest.mark.parametrize("name", ["policy_id", "workspace_id", "version", "signing_key_id"])
@pytest.mark.parametrize("value", ["", "a:b", "a" * 129, "a b", "a\n", "\u00e4"], ids=ascii)
def test_an_id_or_version_by_another_rule_is_malformed(name: str, value: str) -> None:
    assert kind_of(with_fields(**{name: value})) == "policy.malformed"


@pytest.mark.parametrize(
    "value",
    [
        "",
        "A" * 64,
        "a" * 63 + "A",
        "a" * 63,
        "a" * 65,
        "g" * 64,
        "0x" + "a" * 62,
        "0x" + "a" * 64,
        " " + "a" * 64,
        "a" * 64 + "\n",
        "a" * 32 + " " + "a" * 32,
        "\u0661" * 64,
        "\uff41" * 64,
        "a" * 43 + "=",
    ],
    ids=ascii,
)
def test_a_hash_that_is_not_64_lower_case_hex_digits_is_malformed(value: str) -> None:
    assert kind_of(with_fields(hash=value)) == "policy.malformed"


@pytest.mark.parametrize(
    ("name", "digits"), [("signature", 128), ("signing_public_key", 64)], ids=["signature", "public key"]
)
@pytest.mark.parametrize(
    "spoil",
    [
        str.upper,
        lambda text: text[:-2],
        lambda text: text[:-1],
        lambda text: text + "ab",
        lambda text: text + "\n",
        lambda text: " " + text,
        lambda text: text[:8] + " " + text[8:],
        lambda text: "0x" + text,
        lambda text: "0x" + text[2:],
        lambda text: text[:-2] + "\u0661\u0661",
        lambda _: "",
        lambda _: "AA==",
    ],
    ids=[
        "upper case",
        "a byte short",
        "a digit short",
        "a byte more",
        "line feed",
        "space before",
        "space inside",
        "0x before",
        "0x at the start",
        "Arabic digits",
        "empty",
        "base64",
    ],
)
def test_a_signature_or_key_that_is_not_hex_of_its_length_has_a_kind_of_its_own(
    name: str,
    digits: int,
    spoil: Any,  # noqa: ANN401 - str.upper and lambdas
) -> None:
    assert kind_of(with_fields(**{name: spoil("ab" * (digits // 2))})) == "policy.signature_format"


def test_the_form_of_the_signature_is_asked_before_the_hash_and_after_everything_else_of_the_shape() -> None:
    assert kind_of(with_fields(signature="AB", hash="0" * 64)) == "policy.signature_format"
    assert kind_of(with_fields(signature="AB", activated_at=7)) == "policy.malformed"


def test_no_value_of_the_document_is_echoed() -> None:
    with pytest.raises(PolicyFormatError) as caught:
        read_envelope(with_fields(version="sk_live_secret:"), Source.FETCHED)
    assert "secret" not in repr(caught.value.problem)


@settings(deadline=None)
@given(st.binary(max_size=200))
def test_any_bytes_are_an_envelope_or_a_policy_error(raw: bytes) -> None:
    with suppress(PolicyError):
        assert read_envelope(raw, Source.FETCHED).raw == raw


@settings(deadline=None)
@given(
    st.recursive(st.none() | st.booleans() | st.integers() | st.floats() | st.text(), st.lists, max_leaves=5), st.data()
)
def test_any_value_in_any_field_is_an_envelope_or_a_policy_error(value: object, data: st.DataObject) -> None:
    name = data.draw(st.sampled_from([*DOCUMENT, "updated_at", "more"]))
    raw = json.dumps({**DOCUMENT, name: value}).encode()
    with suppress(PolicyError):
        assert read_envelope(raw, Source.FILE).raw == raw


@pytest.mark.parametrize("field", ["policy_id", "version", "hash", "signature", "signing_public_key", "signing_key_id"])
def test_a_line_break_at_the_end_is_part_of_no_form(field: str) -> None:
    document = signed_document()
    with pytest.raises(PolicyFormatError):
        read_envelope(as_bytes({**document, field: f"{document[field]}\n"}), Source.FILE)
