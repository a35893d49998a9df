"""The shape of a policy document; its content is not looked into (docs/protocol.md 2).

Nothing here is proven. What is checked: everybody who reads these bytes reads the same document, and each of its
fields has the type and the form that verifying needs.
"""

import re
from collections.abc import Callable
from json import JSONDecodeError
from typing import Annotated, LiteralString

from pydantic import AfterValidator, BaseModel, ConfigDict, InstanceOf, ValidationError
from pydantic_core import ErrorDetails, PydanticCustomError

from sekuire_gate import canonical
from sekuire_gate.canonical import Document, Doubt, Kind, Value
from sekuire_gate.errors import PolicyFetchError, PolicyFormatError
from sekuire_gate.model.policy import Source
from sekuire_gate.trust.message import is_plain_id

_HEX = re.compile(r"[0-9a-f]*")


def _form(is_so: Callable[[str], bool], kind: LiteralString, words: LiteralString) -> AfterValidator:
    def check(text: str) -> str:
        if not is_so(text):
            raise PydanticCustomError(kind, words)
        return text

    return AfterValidator(check)


def _hex(digits: int, kind: LiteralString, words: LiteralString) -> AfterValidator:
    # Refused, not normalised: an upper-case twin of a hash or a signature would be a second spelling of one thing.
    return _form(lambda text: len(text) == digits and _HEX.fullmatch(text) is not None, kind, words)


_Id = Annotated[str, _form(is_plain_id, "policy.malformed", "1 to 128 of the characters A-Z, a-z, 0-9, '.', '_', '-'")]
_Hash = Annotated[str, _hex(64, "policy.malformed", "64 lower-case hex digits")]
_Signature = Annotated[str, _hex(128, "policy.signature_format", "128 lower-case hex digits")]
_PublicKey = Annotated[str, _hex(64, "policy.signature_format", "64 lower-case hex digits")]


class SignedPolicy(BaseModel):
    """A policy document as it was served or saved: claimed, not proven; further fields are tolerated."""

    model_config = ConfigDict(strict=True, frozen=True, extra="ignore")

    policy_id: _Id  # signed
    workspace_id: _Id  # not signed
    version: _Id  # signed; text, whatever it looks like
    status: str  # not signed
    hash: _Hash  # signed; says which content is meant
    content: InstanceOf[Value]  # signed through its hash
    signature: _Signature | None = None
    signing_key_id: _Id | None = None  # not signed
    signing_public_key: _PublicKey | None = None  # travels with the document, so it proves nothing by itself
    activated_at: str | None = None  # not signed
    updated_at: str | None = None  # not signed
    raw: bytes  # the very bytes of the answer or the file
    source: Source


def read_envelope(raw: bytes, source: Source) -> SignedPolicy:
    """Read the bytes of a policy document.

    Raises:
        PolicyFetchError: `fetch.bad_body`, not one JSON object by RFC 8259 in UTF-8.
        PolicyFormatError: `policy.ambiguous`, JSON that two readers could see differently, wherever in the document;
            `policy.malformed`, a field is missing or has another type or form; `policy.signature_format`, signature
            or key is not lower-case hex of its length.
    """
    text = _text(raw, source)
    document = _document(text, source)
    if document.doubts:
        raise _ambiguous(document.doubts[0], text)
    assert isinstance(document.root.data, dict)
    fields: dict[str, object] = {
        name: value if name == "content" else value.data for name, value in document.root.data.items()
    }
    try:
        return SignedPolicy.model_validate({**fields, "raw": raw, "source": source})
    except ValidationError as error:
        # The form of signature and key is asked last: a document of another shape is not a badly signed one.
        details = sorted(error.errors(include_url=False), key=lambda one: one["type"] == "policy.signature_format")
        raise _misshapen(details[0], fields) from error


def _text(raw: bytes, source: Source) -> str:
    if not raw:
        raise _bad_body("is empty", source)
    try:
        return canonical.decode(raw)
    except UnicodeDecodeError as error:
        raise _bad_body(f"is not plain UTF-8: {error.reason} at byte {error.start}", source) from error


def _document(text: str, source: Source) -> Document:
    try:
        document = canonical.read(text)
    except JSONDecodeError as error:
        place = f"line {error.lineno}, column {error.colno}"
        raise _bad_body(f"is not JSON: {error.msg} at {place}", source) from error
    if not isinstance(document.root.data, dict):
        raise _bad_body(f"is {_type_name(document.root.data)}, expected a JSON object", source)
    return document


_ORIGINS = {
    Source.FETCHED: (
        "the service's answer",
        "Check that api-url leads to the Sekuire API itself, not to a page or a proxy in front of it.",
    ),
    Source.CACHED: ("the cached policy", "Delete the cached policy, so that it is fetched again."),
    Source.FILE: ("the policy file", "Save it again with 'sekuire-gate policy pull', and commit it as it is."),
}


def _bad_body(what: str, source: Source) -> PolicyFetchError:
    subject, fix = _ORIGINS[source]
    return PolicyFetchError(f"{subject} {what}.", kind="fetch.bad_body", fix=fix)


_DOUBTS = {
    Kind.DUPLICATE_KEY: "a key that stands twice in one object",
    Kind.LONE_SURROGATE: "half a surrogate pair",
    Kind.ASTRAL_KEY: "a key outside the Basic Multilingual Plane, which programs sort differently",
    Kind.NUMBER: "a number that programs write differently",
    Kind.DEPTH: f"more than {canonical.MAX_DEPTH} levels of nesting",
    Kind.NODES: f"more than {canonical.MAX_NODES:,} values",
}


def _ambiguous(doubt: Doubt, text: str) -> PolicyFormatError:
    line = text.count("\n", 0, doubt.start) + 1
    column = doubt.start - text.rfind("\n", 0, doubt.start)
    return PolicyFormatError(
        f"the policy can be read in two ways: {_DOUBTS[doubt.kind]}, at line {line}, column {column}.",
        kind="policy.ambiguous",
        fix="Change that place in the workspace's policy and publish it again.",
    )


def _misshapen(detail: ErrorDetails, fields: dict[str, object]) -> PolicyFormatError:
    name = str(detail["loc"][0])
    own_words = detail["type"].startswith("policy.")
    if detail["type"] == "missing":
        message = f"the policy has no '{name}'."
    elif own_words:
        message = f"'{name}' of the policy is not {detail['msg']}."
    else:
        message = f"'{name}' of the policy is {_type_name(fields[name])}, expected text."
    return PolicyFormatError(
        message,
        kind=detail["type"] if own_words else "policy.malformed",
        fix="Publish the policy again; a document that was edited or saved by another program may have lost its form.",
    )


def _type_name(data: object) -> str:
    match data:
        case None:
            return "null"
        case bool():
            return "true or false"
        case int() | float():
            return "a number"
        case str():
            return "text"
        case list():
            return "a list"
        case _:
            return "an object"
