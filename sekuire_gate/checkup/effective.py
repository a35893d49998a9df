"""The inputs as they count, each with where it comes from, and without anything secret: for `doctor`."""

import argparse
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from sekuire_gate.errors import SettingsError
from sekuire_gate.inputs import Given, Input, lines_of
from sekuire_gate.model.checkup import EffectiveInput
from sekuire_gate.trust.address import DEFAULT_API_URL, policy_address
from sekuire_gate.trust.lock import Lock

DEFAULTS = {
    "api-url": DEFAULT_API_URL,
    "allow-loopback-http": "false",
    "timeout": "30",
    "unsafe-trust-embedded-key": "false",
    "unsafe-allow-unsigned": "false",
    "on-unavailable": "fail",
    "max-cache-age": "24h",
}

_PROXY_VARIABLES = ("https_proxy", "HTTPS_PROXY")
_NOT_SHOWN = "given, not shown"  # it is not of a form that leaves no room for a password
_SERVER = re.compile(r"[A-Za-z0-9._-]+:[0-9]{1,5}|\[[0-9A-Fa-f:.]+\]:[0-9]{1,5}")


def effective_inputs(
    inputs: Sequence[Input],
    options: argparse.Namespace,
    given: Given,
    environ: Mapping[str, str],
    lock: Mapping[str, str],
) -> Iterator[EffectiveInput]:
    """Yield the inputs in the order of the table.

    Args:
        inputs: those of the command.
        options: the flags, to tell them from variables.
        given: the texts.
        environ: for the proxy's variables alone.
        lock: from `by_lock_file`.
    """
    for item in inputs:
        if item.name in given:
            by_flag = item.flag if getattr(options, item.name, None) else None
            yield EffectiveInput(item.name, _shown(item.name, given), by_flag or f"${item.variable}")
        elif item.name == "proxy" and (variable := next(filter(environ.get, _PROXY_VARIABLES), None)):
            yield EffectiveInput(item.name, _proxy(environ[variable]), f"${variable}")
        elif item.name in lock:
            yield EffectiveInput(item.name, lock[item.name], "default" if item.name == "lock-file" else "lock file")
        else:
            yield EffectiveInput(item.name, DEFAULTS.get(item.name, ""), "default")


def by_lock_file(path: Path | None, lock: Lock | None) -> dict[str, str]:
    """Return the texts of the inputs that a lock file brings where they are not given.

    Args:
        path: of the lock file, where there is one.
        lock: what it says, where it could be read.
    """
    texts = {"lock-file": path.name} if path else {}
    if lock:
        texts["workspace-id"] = lock.workspace_id
        texts["trusted-keys"] = _number(len(lock.pins))
        texts["min-policy-version"] = lock.locked.version
    return texts


def _shown(name: str, given: Given) -> str:
    """Return what may be seen of an input: no key, no password, nothing of what may be one by mistake."""
    text = given[name].strip()
    match name:
        case "api-key":
            return f"set, {len(text)} characters"
        case "api-url":
            return text if _is_plain_address(text) else _NOT_SHOWN
        case "proxy":
            return _proxy(text)
        case "trusted-keys":
            return _number(len(lines_of(given, name)))
    return text


def _number(lines: int) -> str:
    return f"{lines} line{'' if lines == 1 else 's'}"


def _is_plain_address(text: str) -> bool:
    try:
        policy_address(text, "any", allow_loopback_http=True)
    except SettingsError:
        return False
    return True


def _proxy(text: str) -> str:
    server = text.strip().rpartition("@")[2].removeprefix("http://").rstrip("/")
    return f"http://{server}" if _SERVER.fullmatch(server) else _NOT_SHOWN
