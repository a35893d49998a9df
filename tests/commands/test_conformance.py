"""`conformance`, as a process: the public vectors through the harness's protocol, and lines that make no sense."""

import json
import subprocess
import sys
from collections.abc import Sequence
from typing import Any

import pytest

from tests.support.vectors import vectors

POLICY = {
    "content": {
        "agent": {"models": {"allowed_models": ["gpt-4*"], "blocked_models": ["gpt-4-32k"]}},
        "tools": {"allowed_tools": [{"name": "read"}], "blocked_tools": ["exec_*"]},
        "permissions": {
            "network": {"require_tls": True, "allowed_domains": ["*.example.com", "localhost"]},
            "filesystem": {"allowed_paths": ["/tmp/*"], "blocked_paths": ["/tmp/x"], "allowed_extensions": [".txt"]},
            "api": {"allowed_services": [{"service_name": "openai"}]},
        },
        "rate_limits": {"per_agent": {"requests_per_hour": 60, "tokens_per_minute": 100}},
    }
}


def answers(lines: Sequence[bytes]) -> list[dict[str, Any]]:
    done = subprocess.run(
        [sys.executable, "-I", "-m", "sekuire_gate", "conformance"],
        input=b"".join(line + b"\n" for line in lines),
        capture_output=True,
        timeout=60,
        check=True,
    )
    assert done.stderr == b""
    return [json.loads(line) for line in done.stdout.splitlines()]


def ask(*requests: tuple[str, object]) -> list[dict[str, Any]]:
    return answers([json.dumps({"operation": name, "params": params}).encode() for name, params in requests])


def results(*requests: tuple[str, object]) -> list[object]:
    return [answer.get("result") for answer in ask(*requests)]


def test_the_ten_identity_vectors_give_their_ids() -> None:
    cases = json.loads((vectors("oags") / "identity.json").read_text())["vectors"]
    got = results(*(("calculate_sekuire_id", case["input"]) for case in cases))
    assert got == [case["expected"] for case in cases]
    assert len(got) == 10


def test_the_three_signing_vectors_are_signed_and_verified() -> None:
    suite = json.loads((vectors("oags") / "signing.json").read_text())
    keys, cases = suite["keyPair"], suite["vectors"]
    signed = results(
        *(("sign", {"message": case["message"], "secretKey": keys["secretKey"]}) for case in cases),
        *(("sign", {"message": case["message"], "secretKey": keys["secretKey"][:64]}) for case in cases),
    )
    assert signed == [case["signature"] for case in cases] * 2
    verified = results(*(("verify", {**case, "publicKey": keys["publicKey"]}) for case in cases))
    assert verified == [True] * 3
    wrong = {**cases[0], "message": "another", "publicKey": keys["publicKey"]}
    assert results(("verify", wrong), ("verify", {**wrong, "signature": "zz"})) == [False, False]


def test_the_nineteen_enforcement_vectors_give_their_decisions() -> None:
    suite = json.loads((vectors("oags") / "policy-enforcement.json").read_text())
    got = results(
        *(("enforce_policy", {"policy": suite["policy"], "action": case["action"]}) for case in suite["vectors"])
    )
    assert got == [case["expected"]["decision"] for case in suite["vectors"]]
    assert len(got) == 19


@pytest.mark.parametrize(
    ("action", "decision"),
    [
        ({"type": "model_call", "model": "gpt-4o"}, "allow"),
        ({"type": "model", "model": "gpt-4-32k"}, "deny"),
        ({"type": "tool_execution", "toolName": "read"}, "allow"),
        ({"type": "tool", "toolName": "exec_command"}, "deny"),
        ({"type": "network_access", "domain": "EXAMPLE.com", "protocol": "https"}, "allow"),
        ({"type": "network", "domain": "localhost", "protocol": "http"}, "allow"),
        ({"type": "network", "domain": "a.example.com", "protocol": "ws"}, "deny"),
        ({"type": "network", "domain": "a.example.com"}, "deny"),
        ({"type": "network", "domain": "notexample.com", "protocol": "https"}, "deny"),
        ({"type": "file_access", "path": "/tmp/a.txt", "operation": "read"}, "allow"),
        ({"type": "filesystem", "path": "/tmp/../etc/a.txt"}, "deny"),
        ({"type": "filesystem", "path": "../x"}, "deny"),
        ({"type": "filesystem", "path": "/tmp/x"}, "deny"),
        ({"type": "filesystem", "path": "/tmp/a.exe"}, "deny"),
        ({"type": "filesystem", "path": "/tmp/a"}, "allow"),
        ({"type": "api_access", "service": "openai"}, "allow"),
        ({"type": "api", "service": "stripe"}, "deny"),
        ({"type": "rate_limit_check", "limitType": "request", "count": 61}, "deny"),
        ({"type": "rate_limit", "limitType": "token", "count": 100}, "allow"),
    ],
    ids=str,
)
def test_an_action_is_allowed_or_denied_as_at_run_time(action: dict[str, object], decision: str) -> None:
    assert results(("enforce_policy", {"policy": POLICY, "action": action})) == [decision]


def test_a_section_that_is_disabled_denies_and_one_that_is_absent_allows() -> None:
    content = {"permissions": {name: {"enabled": False} for name in ("network", "filesystem", "api")}}
    actions: list[dict[str, object]] = [
        {"type": "network", "domain": "a.b", "protocol": "https"},
        {"type": "filesystem", "path": "/tmp/a"},
        {"type": "api", "service": "x"},
        {"type": "tool", "toolName": "x"},
        {"type": "model", "model": "x"},
        {"type": "rate_limit", "limitType": "request", "count": 9},
    ]
    got = results(*(("enforce_policy", {"policy": {"content": content}, "action": action}) for action in actions))
    assert got == ["deny", "deny", "deny", "allow", "allow", "allow"]


def test_a_text_is_hashed_and_tools_that_are_no_json_are_hashed_raw() -> None:
    assert results(("hash", {"input": ""})) == ["af1349b9f5f9a1a6a0404dea36dcc9499bcb25c9adc112b7cc9a93cae41f3262"]
    raw = {"model": "m", "systemPrompt": "", "tools": "not json"}
    assert len(str(results(("calculate_sekuire_id", raw))[0])) == 64


BAD = [
    b"", b"{", b"[]", b"null", b"\xff\xfe", b"\xef\xbb\xbf{}", b"{}", b'{"operation": 1}', b'{"operation": "nope"}',
    b'{"operation": "hash"}', b'{"operation": "hash", "params": []}', b'{"operation": "hash", "params": {"input": 1}}',
    b'{"operation": "hash", "operation": "exit"}', b'{"operation": "hash", "params": {"input": "\\ud800"}}',
    b"[" * 5000, b'{"operation": "sign", "params": {"message": "", "secretKey": "00"}}',
    b'{"operation": "calculate_sekuire_id", "params": {"model": "m", "systemPrompt": "", "tools": "[1e9]"}}',
    b'{"operation": "enforce_policy", "params": {"policy": {}, "action": {"type": "tool"}}}',
    b'{"operation": "enforce_policy", "params": {"policy": {"content": {}}, "action": {"type": "tool"}}}',
    b'{"operation": "enforce_policy", "params": {"policy": {"content": {"tools": []}}, "action": {"type": "tool"}}}',
    b'{"operation": "enforce_policy", "params": {"policy": {"content": {"tools": {}}}, "action": {"type": "dance"}}}',
]  # fmt: skip


def test_a_line_that_makes_no_sense_is_answered_with_an_error_and_the_next_one_is_read() -> None:
    hashed = b'{"operation": "hash", "params": {"input": ""}}'
    got = answers([line for bad in BAD for line in (bad, hashed)])
    assert [sorted(answer) for answer in got] == [["error"], ["result"]] * len(BAD)
    assert all(isinstance(answer["error"], str) for answer in got[::2])


def test_exit_is_answered_with_one_line_and_nothing_after_it_is_read() -> None:
    assert len(answers([b'{"operation": "exit"}', b'{"operation": "exit"}'])) == 1


def test_every_answer_comes_before_the_next_question() -> None:
    with subprocess.Popen(
        [sys.executable, "-I", "-m", "sekuire_gate", "conformance"], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        for _ in range(3):
            process.stdin.write(b'{"operation": "hash", "params": {"input": ""}}\n')
            process.stdin.flush()
            assert b"af1349b9" in process.stdout.readline()
        process.stdin.close()
        assert process.wait(timeout=30) == 0
