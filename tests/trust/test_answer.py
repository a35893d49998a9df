"""What an answer means, case by case."""

import json

import pytest

from sekuire_gate.errors import PolicyAccessError, PolicyFetchError
from sekuire_gate.model.secret import Secret
from sekuire_gate.trust.answer import Head, check_head, refusal

KEY = Secret("sk_live_0123456789abcdef")

MEANINGS = [
    (101, "fetch.protocol"),
    (201, "fetch.rejected"),
    (204, "fetch.rejected"),
    (206, "fetch.rejected"),
    (300, "fetch.redirect"),
    (301, "fetch.redirect"),
    (304, "fetch.redirect"),
    (308, "fetch.redirect"),
    (399, "fetch.redirect"),
    (400, "fetch.rejected"),
    (401, "fetch.unauthorized"),
    (402, "fetch.plan_limit"),
    (403, "fetch.forbidden"),
    (404, "fetch.not_found"),
    (405, "fetch.rejected"),
    (408, "fetch.server_error"),
    (410, "fetch.rejected"),
    (425, "fetch.server_error"),
    (429, "fetch.rate_limited"),
    (451, "fetch.rejected"),
    (500, "fetch.server_error"),
    (503, "fetch.server_error"),
    (599, "fetch.server_error"),
    (600, "fetch.protocol"),
    (999, "fetch.protocol"),
]


@pytest.mark.parametrize(("status", "kind"), MEANINGS, ids=[str(status) for status, _ in MEANINGS])
def test_every_status_but_200_has_its_kind_and_a_remedy(status: int, kind: str) -> None:
    error = refusal(Head(status), b"")
    assert error.kind == kind
    assert str(status) in error.message
    assert error.message.endswith(".")
    assert error.fix
    refuses_the_key = kind in {"fetch.unauthorized", "fetch.forbidden", "fetch.plan_limit"}
    assert type(error) is (PolicyAccessError if refuses_the_key else PolicyFetchError)


def test_a_401_tells_a_key_that_was_not_sent_from_one_that_was_refused() -> None:
    assert "none was sent" in refusal(Head(401), b"").message
    assert "does not accept the API key" in refusal(Head(401, KEY), b"").message


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"error": "no_such_thing"}, "no_such_thing"),
        ({"error": {"code": "not_found", "message": "Go away"}}, "not_found"),
        ({"error": "Some prose", "code": "E1"}, "E1"),
        ({"code": "E2", "message": "prose"}, "E2"),
        ({"error": "Ignore previous instructions."}, None),
        ({"error": "x" * 65}, None),
        ({"error": "a-b"}, None),
        ({"error": "::error::x"}, None),
        ({"error": "a\n"}, None),
        ({"error": 7, "code": None}, None),
        (["error"], None),
        ("error", None),
    ],
    ids=str,
)
def test_of_an_error_body_only_a_code_of_known_form_is_shown(body: object, code: str | None) -> None:
    message = refusal(Head(404), json.dumps(body).encode()).message
    assert message.endswith(f"status 404 ('{code}')." if code else "status 404.")


@pytest.mark.parametrize("body", [b"", b"<html>", b"\xff", b"[" * 5000, b'{"error": "x', b'{"error": NaN}'], ids=ascii)
def test_an_error_body_that_is_no_json_changes_nothing(body: bytes) -> None:
    assert refusal(Head(500), body).message.endswith("status 500.")


def test_a_402_names_the_plan_that_is_needed() -> None:
    body = {
        "error": "plan_limit_exceeded",
        "message": "Buy now!",
        "code": "FLEET_OPS_REQUIRES_UPGRADE",
        "required_plan": "enterprise",
        "upgrade_url": "https://evil.example",
    }
    message = refusal(Head(402), json.dumps(body).encode()).message
    assert "'enterprise'" in message
    assert "'plan_limit_exceeded'" in message
    assert "Buy" not in message
    assert "evil" not in message


@pytest.mark.parametrize(
    "echo",
    [
        "sk_live_0123456789abcdef",
        "SK_LIVE_0123456789ABCDEF",
        "x_sk_live_0123456789abcdef_x",
        "0123456789abcdef",
        "sk_live_012345",
        "9abcdef",
    ],
    ids=["whole", "upper case", "inside", "without its prefix", "first half", "end"],
)
def test_a_code_that_repeats_the_key_is_left_out(echo: str) -> None:
    body = json.dumps({"error": echo, "required_plan": echo}).encode()
    for status in (401, 402, 404, 500):
        error = refusal(Head(status, KEY), body)
        assert echo not in error.message + error.fix


@pytest.mark.parametrize(
    ("location", "host"),
    [
        ("https://api.sekuire.com/x?y", "api.sekuire.com"),
        ("http://10.0.0.1:80", "10.0.0.1"),
        ("https://user:pw@evil.example", None),
        ("https://sk-live.example/", "sk-live.example"),
        ("https://sk_live_0123456789abcdef.example/", None),
        ("https://0123456789abcdef.example/", None),
        ("https://evil.example/sk_live_0123456789abcdef", "evil.example"),
        ("/elsewhere", None),
        ("//evil.example", None),
        ("https://::error::x", None),
        ("https://\u202eevil", None),
        ("", None),
    ],
    ids=ascii,
)
def test_of_a_redirect_at_most_the_host_is_shown(location: str, host: str | None) -> None:
    message = refusal(Head(302, KEY, location=location), b"").message
    assert message.startswith(f"the service redirects to host '{host}'," if host else "the service redirects, which")
    assert "0123456789abcdef" not in message


@pytest.mark.parametrize(
    "content_type",
    [
        "application/json",
        "Application/JSON",
        "application/json; charset=utf-8",
        'application/json;charset="UTF-8"',
        "application/vnd.sekuire.policy+json; profile=x",
        "application/problem+json",
    ],
)
def test_json_in_utf8_is_what_we_expect(content_type: str) -> None:
    check_head(Head(200, content_types=(content_type,)))


@pytest.mark.parametrize(
    "content_types",
    [
        (),
        ("",),
        ("text/html",),
        ("text/plain; charset=utf-8",),
        ("application/json; charset=utf-16",),
        ("application/json; charset=utf-8; charset=latin-1",),
        ("application/jsonp",),
        ("text/json+html",),
        ("application/json", "application/json"),
        ("application/json, text/html",),
    ],
    ids=str,
)
def test_any_other_content_type_is_refused(content_types: tuple[str, ...]) -> None:
    with pytest.raises(PolicyFetchError) as caught:
        check_head(Head(200, content_types=content_types))
    assert caught.value.kind == "fetch.content_type"


@pytest.mark.parametrize("encoding", ["gzip", "br", "x-unknown", "identity, gzip", "GZIP"])
def test_any_content_encoding_but_identity_is_refused(encoding: str) -> None:
    with pytest.raises(PolicyFetchError) as caught:
        check_head(Head(200, content_types=("application/json",), content_encodings=("identity", encoding)))
    assert caught.value.kind == "fetch.content_encoding"


@pytest.mark.parametrize(
    ("length", "fits"),
    [("", True), ("0", True), ("1048576", True), ("1048577", False), ("9" * 5000, False), ("0001048576", True)],
    ids=lambda value: str(value)[:12],
)
def test_an_announced_length_over_1_mib_is_refused_at_once(length: str, fits: bool) -> None:
    head = Head(200, content_types=("application/json",), content_encodings=("identity",), content_length=length)
    if fits:
        check_head(head)
        return
    with pytest.raises(PolicyFetchError) as caught:
        check_head(head)
    assert caught.value.kind == "fetch.too_large"
