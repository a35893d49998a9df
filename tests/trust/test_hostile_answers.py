"""Whole answers that are no policy: statuses, redirects, media types, encodings, bodies; and nobody else is asked."""

from collections.abc import Iterator, Mapping
from concurrent.futures import Future
from pathlib import Path

import pytest

from sekuire_gate.workspace import faults
from sekuire_gate.workspace.reply import Headers
from tests.support.hostile import HONEST, KEY, Case, Met, hold_against, play, playing
from tests.support.signing import as_bytes, signed_document
from tests.support.sockets import SocketServer, sending, socket_server

MIB = 1_048_576

STATUSES = {
    # A 2xx but 200.
    201: "fetch.rejected", 202: "fetch.rejected", 203: "fetch.rejected", 204: "fetch.rejected", 205: "fetch.rejected",
    206: "fetch.rejected", 207: "fetch.rejected", 226: "fetch.rejected", 299: "fetch.rejected",
    # Every 3xx.
    300: "fetch.redirect", 301: "fetch.redirect", 302: "fetch.redirect", 303: "fetch.redirect", 304: "fetch.redirect",
    305: "fetch.redirect", 306: "fetch.redirect", 307: "fetch.redirect", 308: "fetch.redirect", 399: "fetch.redirect",
    # The service refuses the key.
    401: "fetch.unauthorized", 402: "fetch.plan_limit", 403: "fetch.forbidden",
    # Any other 4xx.
    400: "fetch.rejected", 404: "fetch.not_found", 405: "fetch.rejected", 406: "fetch.rejected", 407: "fetch.rejected",
    409: "fetch.rejected", 410: "fetch.rejected", 411: "fetch.rejected", 412: "fetch.rejected", 413: "fetch.rejected",
    415: "fetch.rejected", 418: "fetch.rejected", 421: "fetch.rejected", 422: "fetch.rejected", 426: "fetch.rejected",
    428: "fetch.rejected", 431: "fetch.rejected", 451: "fetch.rejected", 499: "fetch.rejected",
    # What may pass.
    408: "fetch.server_error", 425: "fetch.server_error", 429: "fetch.rate_limited",
    500: "fetch.server_error", 501: "fetch.server_error", 502: "fetch.server_error", 503: "fetch.server_error",
    504: "fetch.server_error", 505: "fetch.server_error", 507: "fetch.server_error", 511: "fetch.server_error",
    520: "fetch.server_error", 599: "fetch.server_error",
    # No status of HTTP.
    600: "fetch.protocol", 777: "fetch.protocol", 999: "fetch.protocol",
}  # fmt: skip


LOCATIONS = {
    "another host": "http://{other}/",
    "another host, scheme left out": "//{other}/",
    "another host, behind a user": "http://127.0.0.1:hunter2@{other}/",
    "another host, behind a backslash": "http://127.0.0.1\\@{other}/",
    "another host, in 16 KiB": "http://{other}/" + "a" * 16_384,
    "another host, and a further header": "http://{other}/%0d%0aX-Injected:%20hunter2",
    "itself, for ever": "/api/v1/workspaces/ws_test/policy/active",
    "a relative path": "../../ws_other/policy/active",
    "plain http": "http://api.example/",
    "a file": "file:///etc/passwd",
    "a script": "javascript:alert(1)",
    "no address": "http://[::1",
    "no port": "http://127.0.0.1:99999/",
    "control characters": "\x01\x1b[31mhunter2\x7f",
    "no ASCII": "http://\xe9xample/\xff",
    "nowhere": "",
}

KINDS_OF_TYPE = {
    "application/json": HONEST,
    "Application/JSON; Charset=UTF-8": HONEST,
    'application/json; charset="utf-8"': HONEST,
    "application/problem+json": HONEST,
    "application/json; charset=utf-16": "fetch.content_type",
    "application/json; charset=latin-1": "fetch.content_type",
    "application/json; charset=utf-8; charset=utf-16": "fetch.content_type",
    "application/json, text/html": "fetch.content_type",
    "application/jsonp": "fetch.content_type",
    "application/xml": "fetch.content_type",
    "application/octet-stream": "fetch.content_type",
    "text/html; charset=utf-8": "fetch.content_type",
    "text/json": "fetch.content_type",
    "text/plain": "fetch.content_type",
    "multipart/form-data; boundary=application/json": "fetch.content_type",
    "json": "fetch.content_type",
    "*/*": "fetch.content_type",
    "\xe9/json": "fetch.content_type",
    ";" * 8_192: "fetch.content_type",
    "": "fetch.content_type",
}

ENCODINGS = (
    "gzip",
    "GZIP",
    "x-gzip",
    "deflate",
    "br",
    "zstd",
    "compress",
    "unheard-of",
    "identity, gzip",
    "gzip, gzip",
)

HEADS = {
    **{f"type {name[:50]!r}": Case(faults.content_type(name), kind) for name, kind in KINDS_OF_TYPE.items()},
    "no type": Case(faults.content_type(None), "fetch.content_type"),
    "two types": Case(faults.with_lines("Content-Type: application/json"), "fetch.content_type"),
    **{f"encoding {name!r}": Case(faults.content_encoding(name), "fetch.content_encoding") for name in ENCODINGS},
    "encoding 'identity'": Case(faults.with_lines("Content-Encoding: identity")),
    "two encodings": Case(
        faults.with_lines("Content-Encoding: identity", "Content-Encoding: gzip"), "fetch.content_encoding"
    ),
    "a bomb": Case(faults.gzip_bomb(), "fetch.content_encoding"),
    "a bomb that does not say so": Case(faults.gzip_bomb(encoding=None), "fetch.bad_body"),
    "a bomb in a refusal": Case(faults.gzip_bomb(403), "fetch.forbidden", words="status 403."),
    "a redirect that names no place": Case(faults.status(302), "fetch.redirect"),
    "a plan that is too small": Case(
        faults.status(402, b'{"error": "plan_limit_exceeded", "message": "Pay.", "required_plan": "team"}'),
        "fetch.plan_limit",
        words="it needs plan 'team': status 402 ('plan_limit_exceeded')",
    ),
}

DOCUMENT = as_bytes(signed_document()).decode()


def with_field(value: str) -> str:
    """The document with one more field."""
    return f'{DOCUMENT.removesuffix("}")}, "extra": {value}}}'


BODIES: dict[str, tuple[str | bytes, str]] = {
    "nothing": ("", "fetch.bad_body"),
    "white space": (" \t\r\n" * 9, "fetch.bad_body"),
    "1 MiB of white space": (" " * MIB, "fetch.bad_body"),
    "null": ("null", "fetch.bad_body"),
    "true": ("true", "fetch.bad_body"),
    "a number": ("17", "fetch.bad_body"),
    "a string": ('"policy"', "fetch.bad_body"),
    "a list": (f"[{DOCUMENT}]", "fetch.bad_body"),
    "a web page": ("<!doctype html><title>Log in</title>", "fetch.bad_body"),
    "YAML": ("policy_id: p\n", "fetch.bad_body"),
    "single quotes": (DOCUMENT.replace('"', "'"), "fetch.bad_body"),
    "half a document": (DOCUMENT[: len(DOCUMENT) // 2], "fetch.bad_body"),
    "two documents": (DOCUMENT + DOCUMENT, "fetch.bad_body"),
    "two documents on two lines": (f"{DOCUMENT}\n{DOCUMENT}\n", "fetch.bad_body"),
    "text after it": (f"{DOCUMENT} x", "fetch.bad_body"),
    "NUL after it": (f"{DOCUMENT}\x00", "fetch.bad_body"),
    "text before it": (f")]}}',\n{DOCUMENT}", "fetch.bad_body"),
    "a comment": (f"{DOCUMENT}// x", "fetch.bad_body"),
    "a trailing comma": (f"{DOCUMENT[:-1]},}}", "fetch.bad_body"),
    "NaN": (with_field("NaN"), "fetch.bad_body"),
    "Infinity": (with_field("-Infinity"), "fetch.bad_body"),
    "an octal number": (with_field("010"), "fetch.bad_body"),
    "a raw line break in a string": (with_field('"a\nb"'), "fetch.bad_body"),
    "a no-break space": (f"\xa0{DOCUMENT}", "fetch.bad_body"),
    "a byte order mark": (f"\ufeff{DOCUMENT}", "fetch.bad_body"),
    "UTF-16": (DOCUMENT.encode("utf-16"), "fetch.bad_body"),
    "UTF-16 without a mark": (DOCUMENT.encode("utf-16-le"), "fetch.bad_body"),
    "Latin-1": (with_field('"\xe9"').encode("latin-1"), "fetch.bad_body"),
    "an overlong byte sequence": (with_field('"x"').encode().replace(b'"x"', b'"\xc0\xaf"'), "fetch.bad_body"),
    "a surrogate in UTF-8": (with_field('"x"').encode().replace(b'"x"', b'"\xed\xa0\x80"'), "fetch.bad_body"),
    "200,000 open lists": ("[" * 200_000, "fetch.bad_body"),
    "200,000 open lists in a field": (with_field("[" * 200_000), "policy.ambiguous"),
    "65 levels": (with_field("[" * 64 + "]" * 64), "policy.ambiguous"),
    "100,001 values": (with_field(f"[{'0,' * 100_000}0]"), "policy.ambiguous"),
    "a number of 5,000 digits": (with_field("9" * 5_000), "policy.ambiguous"),
    "a number of 1,000,000 digits": (with_field("9" * 1_000_000), "policy.ambiguous"),
    "a number with an exponent": (with_field("1e400"), "policy.ambiguous"),
    "minus nothing": (with_field("-0"), "policy.ambiguous"),
    "a field twice": (DOCUMENT.replace("{", '{"status": "draft", ', 1), "policy.ambiguous"),
    "a field twice, once in escapes": (DOCUMENT.replace("{", r'{"statu\u0073": "draft", ', 1), "policy.ambiguous"),
    "a field twice in the content": (with_field('{"a": 1, "a": 1}'), "policy.ambiguous"),
    "half a surrogate pair": (with_field(r'"\ud800"'), "policy.ambiguous"),
    "a key outside the BMP": (with_field('{"\U0001f600": 1}'), "policy.ambiguous"),
    "an empty object": ("{}", "policy.malformed"),
    "an error with status 200": ('{"error": {"code": "not_found"}}', "policy.malformed"),
    "a version that is a number": (DOCUMENT.replace('"version": "3"', '"version": 3'), "policy.malformed"),
}


def escaped(text: str) -> str:
    """Write each character as an escape of JSON."""
    return "".join(f"\\u{ord(character):04x}" for character in text)


SPELLINGS = {
    "plainly": KEY,
    "in escapes": escaped(KEY),
    "in escapes in upper case": escaped(KEY).upper().replace("U", "u"),
    "with one escape": f"{KEY[:5]}{escaped(KEY[5])}{KEY[6:]}",
}
# Whoever pulls a policy may commit it, and whoever reads it reads the key.
ECHOES = {
    **{
        f"as its {name}": as_bytes(signed_document() | {name: KEY})
        for name in ("policy_id", "version", "signing_key_id", "status")
    },
    **{
        f"{place}, {how}": as_bytes(document).decode().replace("KEY", spelled).encode()
        for place, document in {
            "in the content": signed_document({"description": "a KEY"}),
            "in what nobody reads": signed_document() | {"more": [["KEY"]]},
            "as a name": signed_document() | {"more": [{"a KEY b": 1}]},
        }.items()
        for how, spelled in SPELLINGS.items()
    },
}

CASES = {
    **HEADS,
    **{
        f"body {name}": Case(faults.document(body if isinstance(body, bytes) else body.encode()), kind)
        for name, (body, kind) in BODIES.items()
    },
    **{
        f"the API key {where}": Case(faults.document(body), "policy.malformed", words="the policy repeats the API key.")
        for where, body in ECHOES.items()
    },
    "body of 1 MiB": Case(faults.padded(MIB)),
    "body of 1 MiB and a byte": Case(faults.padded(MIB + 1), "fetch.too_large"),
}


def headers_to(host: str) -> Headers:
    """Every header that could make a client go to another host."""
    return (
        ("Location", f"http://{host}/a"),
        ("Refresh", f"0; url=http://{host}/b"),
        ("Content-Location", f"http://{host}/c"),
        ("Link", f"<http://{host}/d>; rel=preload, <http://{host}/e>; rel=canonical"),
        ("Alt-Svc", f'http/1.1="{host}"; ma=3600'),
        ("Set-Cookie", "session=1; Domain=127.0.0.1"),
        ("WWW-Authenticate", 'Basic realm="x", Digest realm="x", nonce="x", Negotiate'),
    )


def status_case(code: int, host: str) -> Case:
    """A server that answers with this status and names another host wherever it can."""
    return Case(
        faults.status(code, b'{"error": "e_1"}', headers=headers_to(host)), STATUSES[code], words=f"status {code}"
    )


@pytest.fixture(scope="module")
def other() -> Iterator[SocketServer]:
    with socket_server(sending(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")) as server:
        yield server


@pytest.fixture(scope="module")
def met(other: SocketServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mapping[str, Future[Met]]]:
    cases = {str(code): status_case(code, f"127.0.0.1:{other.port}") for code in STATUSES}
    with playing(cases, tmp_path_factory.mktemp("statuses")) as futures:
        yield futures


@pytest.mark.parametrize("code", STATUSES)
def test_every_status_has_its_kind_and_leads_nowhere_else(
    code: int, met: Mapping[str, Future[Met]], other: SocketServer
) -> None:
    hold_against(status_case(code, ""), met[str(code)].result())
    assert other.connections == 0


@pytest.mark.parametrize("location", LOCATIONS.values(), ids=LOCATIONS)
def test_a_redirect_ends_where_it_stands_wherever_it_leads(location: str, other: SocketServer, tmp_path: Path) -> None:
    where = location.replace("{other}", f"127.0.0.1:{other.port}")
    case = Case(faults.redirect(where), "fetch.redirect")
    result = play(case, tmp_path / "served")
    hold_against(case, result)
    assert "hunter2" not in f"{result.error} {result.error!r}"
    assert other.connections == 0


def test_two_redirects_in_one_answer_lead_nowhere_either(other: SocketServer, tmp_path: Path) -> None:
    location = ("Location", f"http://127.0.0.1:{other.port}/")
    case = Case(faults.status(307, headers=(location, location)), "fetch.redirect")
    hold_against(case, play(case, tmp_path / "served"))
    assert other.connections == 0


def test_a_policy_that_names_another_host_is_taken_and_the_host_left_alone(other: SocketServer, tmp_path: Path) -> None:
    case = Case(faults.with_lines(*map(": ".join, headers_to(f"127.0.0.1:{other.port}"))))
    hold_against(case, play(case, tmp_path / "served"))
    assert other.connections == 0


@pytest.mark.parametrize("name", CASES)
def test_an_answer_that_is_no_policy_is_said_to_be_none(name: str, tmp_path: Path) -> None:
    hold_against(CASES[name], play(CASES[name], tmp_path / "served"))
