"""The shape of a policy document; its content is not looked into (docs/protocol.md 2).

Nothing here is proven. What is checked: everybody who reads these bytes reads the same document, and each of its
fields has the type and the form that verifying needs.
"""

from dataclasses import dataclass
from json import JSONDecodeError

from pydantic_core import CoreSchema, ErrorDetails, SchemaValidator, ValidationError, core_schema

from sekuire_gate import canonical
from sekuire_gate.canonical import Document, Doubt, Kind, Value
from sekuire_gate.errors import PolicyFetchError, PolicyFormatError
from sekuire_gate.model.policy import Source


@dataclass(frozen=True, slots=True)
class SignedPolicy:
    """A policy document as it was served or saved: claimed, not proven; further fields are tolerated."""

    policy_id: str  # signed
    workspace_id: str  # not signed
    version: str  # signed; text, whatever it looks like
    status: str  # not signed
    hash: str  # signed; says which content is meant
    content: Value  # signed through its hash
    signature: str | None
    signing_key_id: str | None  # not signed
    signing_public_key: str | None  # travels with the document, so it proves nothing by itself
    activated_at: str | None  # not signed
    updated_at: str | None  # not signed
    raw: bytes  # the very bytes of the answer or the file
    source: Source
    cached_seconds: int | None = None  # since it was fetched, where it comes from the cache


# pydantic's validator with a schema written out: defining a `BaseModel` brings in what generates schemas, which
# takes as long as a quarter of a whole check (benchmarks/README.md). Hex is refused, not normalised: an upper-case
# twin of a hash or a signature would be a second spelling of one thing.
_TEXT = core_schema.str_schema(strict=True)
_ID = core_schema.str_schema(strict=True, pattern=r"\A[A-Za-z0-9._-]{1,128}\z")
_HEX64 = core_schema.str_schema(strict=True, pattern=r"\A[0-9a-f]{64}\z")
_HEX128 = core_schema.str_schema(strict=True, pattern=r"\A[0-9a-f]{128}\z")


def _required(schema: CoreSchema) -> core_schema.TypedDictField:
    return core_schema.typed_dict_field(schema, required=True)


def _optional(schema: CoreSchema) -> core_schema.TypedDictField:
    absent_or_null = core_schema.with_default_schema(core_schema.nullable_schema(schema), default=None)
    return core_schema.typed_dict_field(absent_or_null, required=False)


_VALIDATOR = SchemaValidator(
    core_schema.typed_dict_schema(
        {
            "policy_id": _required(_ID),
            "workspace_id": _required(_ID),
            "version": _required(_ID),
            "status": _required(_TEXT),
            "hash": _required(_HEX64),
            "content": _required(core_schema.is_instance_schema(Value)),
            "signature": _optional(_HEX128),
            "signing_key_id": _optional(_ID),
            "signing_public_key": _optional(_HEX64),
            "activated_at": _optional(_TEXT),
            "updated_at": _optional(_TEXT),
        },
        extra_behavior="ignore",
    )
)
_SIGNATURE_FIELDS = {"signature": "128 lower-case hex digits", "signing_public_key": "64 lower-case hex digits"}
_FORMS = {
    **_SIGNATURE_FIELDS,
    "hash": "64 lower-case hex digits",
    **dict.fromkeys(
        ("policy_id", "workspace_id", "version", "signing_key_id"),
        "1 to 128 of the characters A-Z, a-z, 0-9, '.', '_', '-'",
    ),
}


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
        return SignedPolicy(**_VALIDATOR.validate_python(fields), raw=raw, source=source)
    except ValidationError as error:
        # The form of signature and key is asked last: a document of another shape is not a badly signed one.
        raise _misshapen(min(error.errors(include_url=False), key=_is_badly_signed), fields) from error


def _is_badly_signed(detail: ErrorDetails) -> bool:
    return detail["type"] == "string_pattern_mismatch" and detail["loc"][0] in _SIGNATURE_FIELDS


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
    line, column = canonical.line_and_column(text, doubt.start)
    return PolicyFormatError(
        f"the policy can be read in two ways: {_DOUBTS[doubt.kind]}, at line {line}, column {column}.",
        kind="policy.ambiguous",
        fix="Change that place in the workspace's policy and publish it again.",
    )


def _misshapen(detail: ErrorDetails, fields: dict[str, object]) -> PolicyFormatError:
    name = str(detail["loc"][0])
    match detail["type"]:
        case "missing":
            message = f"the policy has no '{name}'."
        case "string_pattern_mismatch":
            message = f"'{name}' of the policy is not {_FORMS[name]}."
        case _:
            message = f"'{name}' of the policy is {_type_name(fields[name])}, expected text."
    return PolicyFormatError(
        message,
        kind="policy.signature_format" if _is_badly_signed(detail) else "policy.malformed",
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
