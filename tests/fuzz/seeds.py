"""Real documents of each kind, and the pieces that are put into them."""

from datetime import UTC, date, datetime

from sekuire_gate.model.secret import Secret
from sekuire_gate.trust.anchor import LockedVersion, PinnedKey
from sekuire_gate.trust.lock import Lock, lock_text
from tests.support.signing import CONTENT, KEY_ID, STRANGER, as_bytes, public_key, signed_document

API_KEY = Secret("sk_live_fuzz_0123456789abcdef")
NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)

RICH = {
    **CONTENT,
    "tools": {"allowed_tools": [{"name": "file_*"}, "web"], "blocked_tools": ["\u00e9\u2028"], "denied_tools": None},
    "permissions": {
        "network": {"enabled": True, "require_tls": False, "allowed_domains": ["*.example.com"]},
        "filesystem": {"allowed_paths": ["/tmp/*"], "allowed_extensions": [".txt"]},
        "api": {"allowed_services": [{"service_name": "mail", "endpoints": ["/send"]}]},
    },
    "rate_limits": {"per_agent": {"requests_per_minute": 60, "tokens_per_hour": 18446744073709551615}},
    "compliance": {"frameworks": ["SOC2"], "require_audit_logging": True, "data_residency": "eu"},
    "metadata": {"ratio": 0.5, "low": -9223372036854775808},
}
SIGNED = (signed_document(), signed_document(RICH, version="4"), signed_document(RICH, version="5", status="draft"))
BODIES = tuple(as_bytes(document) for document in SIGNED)

PINS = (PinnedKey(KEY_ID, public_key()), PinnedKey(None, public_key(), date(2026, 1, 9)))
LOCKED = LockedVersion("4", str(SIGNED[1]["hash"]))

_LOCK = Lock("ws_1", "api.example.com:443", PINS, LOCKED, NOW)
LOCK_FILES = (lock_text(_LOCK).encode(), lock_text(_LOCK).replace("api.example.com", "[::1]").encode())

JSON_PIECES = (
    *rb"""null true [] {} "" "a" {"name":"a"} [[]] [""] [null] {"":0} { } [ ] , : // ' \ " "\ud800" "\udc00\ud800"
    "\u0000" "\x00" "\u12" "a\nb" "\/" 0 -0 -0.0 0.00 1e3 1E400 1e-400 56.0 -1 01 1. - 0x1 NaN Infinity
    18446744073709551616 0.1234567890123456 "::error::x" "\u0063ontent" "content" "signature" "status" "draft"
    """.split(),
    *'"\U0001f600" "\u2028\u202e\u200b" "\x1b[31m" "\u0661" \ufeff \x00 \n \r'.encode().split(b" "),
    *(b'"\xff"', b"\xed\xa0\x80", b"\t", b" "),
    *(b"9" * 5000, b"1" + b"0" * 400, b'"' + b"x" * 70_000 + b'"', b"[" + b"0," * 100_001 + b"0]"),
    *(b"[" * 70, b'{"a":' * 70, b"[" * 20_000),
)

_BODY = BODIES[0]
_CHUNKS = b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in (_BODY[:100], _BODY[100:])) + b"0\r\n\r\n"
_HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
_WHOLE = _HEAD + b"Content-Length: %d\r\n\r\n" % len(_BODY) + _BODY
HTTP_ANSWERS = (
    _WHOLE,
    _HEAD + b"Transfer-Encoding: chunked\r\n\r\n" + _CHUNKS,
    _HEAD + b"\r\n" + _BODY,
    b"HTTP/1.1 100 Continue\r\n\r\n" + _WHOLE,
    b"HTTP/1.1 302 Found\r\nLocation: https://evil.example/x\r\nContent-Length: 0\r\n\r\n",
    b'HTTP/1.1 402 Payment Required\r\nContent-Length: 48\r\n\r\n{"error": "plan_limit", "required_plan": "team"}',
    b"HTTP/1.1 429 Too Many Requests\r\nRetry-After: 1\r\nContent-Length: 0\r\n\r\n",
    b"HTTP/1.1 503 Busy\r\nRetry-After: Fri, 02 Jan 2026 03:04:06 GMT\r\nContent-Length: 0\r\n\r\n",
)
HTTP_PIECES = (
    *(
        line + b"\r\n"
        for line in rb"""
Content-Length: 0
Content-Length: 1048577
Content-Length: -1
Content-Length: +5
Content-Length: 99999999999999999999
Content-Type: text/html
Content-Type: application/json; charset=utf-16
Content-Encoding: gzip
Content-Encoding: br, identity
Transfer-Encoding: gzip
Transfer-Encoding: chunked
Transfer-Encoding: chunked, identity
Location: http://[::1
Location: //sk_live_fuzz_0123456789abcdef
Retry-After: -1
Retry-After: 0
Retry-After: 0.1
Retry-After: 99999999999999999999
Retry-After: Fri, 31 Feb 0000 99:99:99 GMT
Retry-After: Mon, 01 Jan 99999 00:00:00 +9999
Set-Cookie: a=b; Domain=*
Date: x
Connection: upgrade
HTTP/1.1 100 Continue
HTTP/1.1 101 Switching Protocols
HTTP/1.0 204 No Content
HTTP/1.1 99 x
HTTP/1.1 999 x
HTTP/1.1 200
HTTP/2 200
ICY 200 OK
 folded
: nameless
a b: c
0
-1
0x5
5;a=b
ffffffffffffffffff
""".splitlines()
    ),
    *(b"\r\n\r\n", b"\r", b"\n", b"\x00", b"\xff", b"\x16\x03\x01\x02", "\u0661".encode()),
    *(b"Content-Length: " + b"9" * 5000 + b"\r\n", b"x" * 70_000, b"X: y\r\n" * 300),
    API_KEY.reveal().encode(),
)

EVENTS = (
    b'{"pull_request": {"head": {"repo": {"id": 2, "full_name": "a/b"}}, "base": {"repo": {"id": 1}}}, "action": "x"}',
    b'{"pull_request": {"head": {"repo": {"id": 1}}, "user": {"login": "dependabot[bot]"}}, "sender": {"login": "x"}}',
    b'{"pull_request": {"head": {"repo": null}, "base": {"repo": {"full_name": "c/d"}}}, "sender": {"login": "x"}}',
    b'{"ref": "refs/heads/main", "sender": {"login": "dependabot[bot]", "id": 49699333}, "commits": []}',
)

PIN_LINES = (
    f"{KEY_ID}={public_key().hex()}\n# comment\n{public_key().hex()} until=2026-01-09\n".encode(),
    b"A6EHv/POEL4dcN0Y50vAmWfk1jCbpQ1fHdyGZBJVMbg= # bare\r\n\tkey-2=" + public_key(STRANGER).hex().encode(),
    f"key_3={public_key(STRANGER).hex()}  until=2026-02-28".encode(),
)
PIN_PIECES = (
    *(f" until={day}".encode() for day in ("2026-02-29", "0000-00-00", "9999-12-31", "2026-1-1", "\u0661", "")),
    *(
        b"=",
        b"==",
        b"#",
        b" ",
        b"\t",
        b"\n",
        b"\r",
        b"\x0b",
        b"\x00",
        b"\xff",
        b"\xe2\x80\xa8",
        "\uff41\u0661".encode(),
    ),
    *(b"A" * 44, b"/" * 43 + b"=", b"01" + b"0" * 62, b"ed" + b"f" * 60 + b"7f", b"F" * 64, b"f" * 64, b"x" * 10_000),
)

TOOLS_FILES = (
    b'[{"name": "read_file", "description": "Reads.", "parameters": {"type": "object"}}]',
    b'{"version": "1", "tools": [{"name": "a", "enabled": false, "permissions": {"network": ["x"]}}]}',
)
