"""`conformance`: the OAGS harness's adapter on stdin and stdout (docs/protocol.md 6).

One JSON object a line each way. A line that makes no sense is answered with an error, and the next one is read.
"""

import argparse
import json
import re
from collections.abc import Callable, Mapping
from json import JSONDecodeError

from sekuire_gate import canonical
from sekuire_gate.canonical import Value, blake3_hex
from sekuire_gate.commands.command import Command, Outside
from sekuire_gate.errors import GateError
from sekuire_gate.model.policy import Policy, Source
from sekuire_gate.model.problem import ExitCode
from sekuire_gate.parse.identity import prompt_hash, sekuire_id, tools_hash
from sekuire_gate.rules import runtime
from sekuire_gate.trust import ed25519
from sekuire_gate.trust.envelope import read_envelope
from sekuire_gate.trust.verify import inspect_policy
from sekuire_gate.workspace.keys import WorkspaceKey

_SECRET_KEY = re.compile(r"([0-9a-fA-F]{64})(?:[0-9a-fA-F]{64})?")  # the seed, alone or before the public half
_HEX = re.compile(r"(?:[0-9a-f]{2})*")

_Fields = Mapping[str, Value]


class _RequestError(ValueError):
    """A request that makes no sense; never leaves this module."""


def arguments(_: argparse.ArgumentParser) -> None:
    """Declare nothing: the harness speaks on stdin."""


def run(_: argparse.Namespace, outside: Outside) -> ExitCode:
    """Answer line by line until `exit` or the end of stdin."""
    for line in outside.stdin.buffer:
        try:
            request = _object(canonical.read(canonical.decode(line)))
            operation = _text(request, "operation")
            answer: dict[str, object] = {"result": _result(operation, request)}
        except (ValueError, GateError) as error:
            operation, answer = "", {"error": _reason(error)}
        outside.stdout.write(json.dumps(answer) + "\n")
        outside.stdout.flush()
        if operation == "exit":
            break
    return ExitCode.OK


def _result(operation: str, request: _Fields) -> str | bool:
    if operation == "exit":
        return "exit"
    if operation not in _OPERATIONS:
        raise _RequestError("there is no such operation.")
    return _OPERATIONS[operation](_section(request, "params"))


def _calculate_sekuire_id(params: _Fields) -> str:
    tools = _text(params, "tools")
    try:
        hashed = tools_hash(tools)
    except JSONDecodeError:
        hashed = blake3_hex(tools.encode())
    return sekuire_id(_text(params, "model"), prompt_hash(_text(params, "systemPrompt")), hashed)


def _sign(params: _Fields) -> str:
    secret = _SECRET_KEY.fullmatch(_text(params, "secretKey"))
    if secret is None:
        raise _RequestError("'secretKey' is not 64 or 128 hex digits.")
    key = WorkspaceKey.from_seed(bytes.fromhex(secret[1]))
    return key.sign(_text(params, "message").encode()).hex()


def _verify(params: _Fields) -> bool:
    signature, public_key = _text(params, "signature"), _text(params, "publicKey")
    if not _HEX.fullmatch(signature) or not _HEX.fullmatch(public_key):
        return False
    return ed25519.verify(bytes.fromhex(public_key), bytes.fromhex(signature), _text(params, "message").encode())


def _hash(params: _Fields) -> str:
    return blake3_hex(_text(params, "input").encode())


def _enforce_policy(params: _Fields) -> str:
    policy = _policy(_section(params, "policy"))
    action = _section(params, "action")
    kind = _text(action, "type")
    if kind not in _ACTIONS:
        raise _RequestError("there is no such action.")
    return "allow" if _ACTIONS[kind](policy, action) else "deny"


def _policy(document: _Fields) -> Policy:
    """Read the content through the one door there is: as an unsigned document, shown and not trusted."""
    content = document.get("content")
    if content is None:
        raise _RequestError("'content' is missing.")
    written = canonical.canonical_bytes(content)
    names = '"policy_id":"harness","workspace_id":"harness","version":"1","status":"active"'
    envelope = f'{{{names},"hash":"{blake3_hex(written)}","content":'.encode() + written + b"}"
    return inspect_policy(read_envelope(envelope, Source.FILE))


def _network(policy: Policy, action: _Fields) -> bool:
    # A protocol that is not said is none that TLS is known of.
    protocol = _text(action, "protocol") if "protocol" in action else ""
    return runtime.allows_host(policy, _text(action, "domain"), protocol)


def _filesystem(policy: Policy, action: _Fields) -> bool:
    return runtime.allows_path(policy, _text(action, "path"))


def _tool(policy: Policy, action: _Fields) -> bool:
    return runtime.allows_tool(policy, _text(action, "toolName"))


def _model(policy: Policy, action: _Fields) -> bool:
    return runtime.allows_model(policy, _text(action, "model"))


def _api(policy: Policy, action: _Fields) -> bool:
    return runtime.allows_service(policy, _text(action, "service"))


def _rate_limit(policy: Policy, action: _Fields) -> bool:
    limits = policy.rate_limits
    windows = {
        "request": (limits.requests_per_minute, limits.requests_per_hour),
        "token": (limits.tokens_per_minute, limits.tokens_per_hour),
    }
    kind = _text(action, "limitType").removesuffix("s")
    if kind not in windows:
        raise _RequestError("'limitType' is neither request nor token.")
    count = action.get("count")
    if count is None or not isinstance(count.data, int) or isinstance(count.data, bool):
        raise _RequestError("'count' is not a whole number.")
    return runtime.allows_rate(windows[kind], count.data)


def _object(document: canonical.Document) -> _Fields:
    if document.doubts:
        raise _RequestError(f"the line can be read in two ways: {document.doubts[0].kind.value}.")
    if not isinstance(document.root.data, dict):
        raise _RequestError("the line is not a JSON object.")
    return document.root.data


def _section(fields: _Fields, name: str) -> _Fields:
    value = fields.get(name)
    if value is None or not isinstance(value.data, dict):
        raise _RequestError(f"'{name}' is not an object.")
    return value.data


def _text(fields: _Fields, name: str) -> str:
    value = fields.get(name)
    if value is None or not isinstance(value.data, str):
        raise _RequestError(f"'{name}' is not text.")
    return value.data


def _reason(error: ValueError | GateError) -> str:
    match error:
        case GateError():
            return error.message
        case JSONDecodeError():
            return f"the line is not JSON: {error.msg}."
        case UnicodeDecodeError():
            return "the line is not UTF-8."
    return str(error)


_OPERATIONS: Mapping[str, Callable[[_Fields], str | bool]] = {
    "calculate_sekuire_id": _calculate_sekuire_id,
    "sign": _sign,
    "verify": _verify,
    "enforce_policy": _enforce_policy,
    "hash": _hash,
}
_ACTIONS: Mapping[str, Callable[[Policy, _Fields], bool]] = {
    "network": _network,
    "network_access": _network,
    "filesystem": _filesystem,
    "file_access": _filesystem,
    "tool": _tool,
    "tool_execution": _tool,
    "model": _model,
    "model_call": _model,
    "api": _api,
    "api_access": _api,
    "rate_limit": _rate_limit,
    "rate_limit_check": _rate_limit,
}

COMMAND = Command(arguments, run)
