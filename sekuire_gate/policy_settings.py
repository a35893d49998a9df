"""The inputs that concern trust and transport (docs/contract.md 3): where the policy comes from, what it must prove."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from sekuire_gate.errors import SettingsError
from sekuire_gate.inputs import Given, is_true
from sekuire_gate.model.secret import Secret
from sekuire_gate.trust.address import DEFAULT_API_URL, PolicyAddress, PolicyFile, Transport, policy_address
from sekuire_gate.trust.anchor import Anchor, read_pins
from sekuire_gate.trust.message import is_workspace_id
from sekuire_gate.trust.version import is_version

MAX_API_KEY_CHARACTERS = 4096
MIN_TIMEOUT_SECONDS = 1
MAX_TIMEOUT_SECONDS = 300

_NUMBER = re.compile(r"[0-9]{1,4}(\.[0-9]{1,3})?")
_PRINTABLE_ASCII = re.compile(r"[!-~]+")


@dataclass(frozen=True, slots=True)
class PolicySettings:
    """Where the policy comes from, and what it must prove."""

    where: PolicyAddress | PolicyFile
    transport: Transport
    anchor: Anchor


def read_policy_settings(given: Given, environ: Mapping[str, str], cwd: Path) -> PolicySettings:
    """Read the inputs that concern trust and transport.

    Raises:
        SettingsError: one of them makes no sense, or two contradict each other.
    """
    # The key first: a wrong one must never be repeated by a later message.
    api_key = read_api_key(given)
    anchor = read_anchor(given)
    transport = Transport(
        api_key=api_key,
        timeout_seconds=_timeout(given),
        https_proxy=environ.get("https_proxy") or environ.get("HTTPS_PROXY") or "",
        no_proxy=environ.get("no_proxy") or environ.get("NO_PROXY") or "",
    )
    allow_loopback_http = is_true(given, "allow-loopback-http")
    api_url = given.get("api-url", DEFAULT_API_URL).strip()
    if "policy-file" in given:
        # Not asked, and still to make sense.
        policy_address(api_url, anchor.workspace_id or "-", allow_loopback_http=allow_loopback_http)
        return PolicySettings(PolicyFile(cwd / given["policy-file"].strip()), transport, anchor)
    if anchor.workspace_id is None:
        raise SettingsError(
            "no workspace is given.",
            kind="config.workspace",
            fix="Set the input workspace-id (--workspace, SEKUIRE_WORKSPACE_ID), or policy-file for a saved policy.",
        )
    where = policy_address(api_url, anchor.workspace_id, allow_loopback_http=allow_loopback_http)
    return PolicySettings(where, transport, anchor)


def read_anchor(given: Given) -> Anchor:
    """Read what a policy must prove.

    Raises:
        SettingsError: a key, an id or a version of the wrong form, or pins beside a switch that ignores them.
    """
    pins = read_pins(given.get("trusted-keys", ""))
    for switch in ("unsafe-trust-embedded-key", "unsafe-allow-unsigned"):
        if is_true(given, switch) and pins:
            raise SettingsError(
                f"'{switch}' contradicts 'trusted-keys'.",
                kind="config.contradiction",
                fix=f"Keep the pinned keys and take '{switch}' away.",
            )
    workspace_id = given.get("workspace-id", "").strip() or None
    if workspace_id is not None and not is_workspace_id(workspace_id):
        raise SettingsError(
            f"the workspace id '{workspace_id}' is not of the form [A-Za-z0-9._-]{{1,128}}.",
            kind="config.workspace",
            fix="Copy the workspace's id from its dashboard.",
        )
    min_version = given.get("min-policy-version", "").strip() or None
    if min_version is not None and not is_version(min_version):
        raise SettingsError(
            f"min-policy-version is '{min_version}', expected dotted whole numbers.",
            kind="config.min_version",
            fix="Write it as 7 or 1.4.0.",
        )
    return Anchor(
        pins=pins,
        workspace_id=workspace_id,
        min_version=min_version,
        unsafe_trust_embedded_key=is_true(given, "unsafe-trust-embedded-key"),
        unsafe_allow_unsigned=is_true(given, "unsafe-allow-unsigned"),
    )


def read_api_key(given: Given) -> Secret | None:
    """Read the API key; its message holds not a word of it.

    Raises:
        SettingsError: `config.api_key`: not one word of printable ASCII, or over 4,096 characters.
    """
    text = given.get("api-key", "").strip()
    if not text:
        return None
    if len(text) > MAX_API_KEY_CHARACTERS or not _PRINTABLE_ASCII.fullmatch(text):
        # Not a word of the key itself: this line goes to logs and reports.
        raise SettingsError(
            "the API key (api-key, SEKUIRE_API_KEY) is not one word of printable ASCII of at most 4,096 characters.",
            kind="config.api_key",
            fix="Store the key again as a secret, without line breaks or quotes inside.",
        )
    return Secret(text)


def _timeout(given: Given) -> float:
    text = given.get("timeout", "30").strip()
    if _NUMBER.fullmatch(text) and MIN_TIMEOUT_SECONDS <= float(text) <= MAX_TIMEOUT_SECONDS:
        return float(text)
    raise SettingsError(
        f"timeout is '{text}', expected seconds from 1 to 300.", kind="config.usage", fix="Write it as 30."
    )
