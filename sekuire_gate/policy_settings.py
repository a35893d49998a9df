"""The inputs that concern trust and transport (docs/contract.md 3): where the policy comes from, what it must prove."""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from sekuire_gate.errors import SettingsError
from sekuire_gate.inputs import Given, is_true
from sekuire_gate.model.secret import Secret
from sekuire_gate.trust.address import DEFAULT_API_URL, PolicyAddress, PolicyFile, Transport, policy_address
from sekuire_gate.trust.anchor import Anchor, read_pins
from sekuire_gate.trust.cache import PolicyCache
from sekuire_gate.trust.lock import DEFAULT_LOCK_FILE, Lock, read_lock
from sekuire_gate.trust.message import is_workspace_id
from sekuire_gate.trust.proxy import given_proxy
from sekuire_gate.trust.version import is_version

MAX_API_KEY_CHARACTERS = 4096
MIN_TIMEOUT_SECONDS = 1
MAX_TIMEOUT_SECONDS = 300
MAX_CACHE_AGE_SECONDS = 7 * 24 * 60 * 60

_NUMBER = re.compile(r"[0-9]{1,4}(\.[0-9]{1,3})?")
_AGE = re.compile(r"(?P<number>[0-9]{1,6})(?P<unit>[smhd])")
_SECONDS = {"s": 1, "m": 60, "h": 60 * 60, "d": 24 * 60 * 60}
_PRINTABLE_ASCII = re.compile(r"[!-~]+")


@dataclass(frozen=True, slots=True)
class PolicySettings:
    """Where the policy comes from, and what it must prove."""

    where: PolicyAddress | PolicyFile
    transport: Transport
    anchor: Anchor
    cache: PolicyCache | None = None  # None: nothing is kept
    lock: Lock | None = None  # as read; what it demands stands in the anchor


def read_policy_settings(given: Given, environ: Mapping[str, str], cwd: Path, now: datetime) -> PolicySettings:
    """Read the inputs that concern trust and transport, and the lock file.

    Args:
        given: the texts.
        environ: for the proxy's variables alone.
        cwd: what relative paths start from.
        now: by the machine's clock, in UTC.

    Raises:
        SettingsError: one of them makes no sense, or two contradict each other.
    """
    # The key first: a wrong one must never be repeated by a later message.
    read_api_key(given)
    path = lock_file(given, cwd)
    lock = read_lock(path, accept_test_keys=accepts_test_keys(given)) if path else None
    return settle(given, lock, environ, cwd, now)


def lock_file(given: Given, cwd: Path) -> Path | None:
    """Return the lock file that counts: the one that is given, else `sekuire.lock` where anything has that name."""
    if "lock-file" in given:
        return cwd / given["lock-file"].strip()
    # A link that leads nowhere is there too: it is refused, not taken for no lock file.
    return cwd / DEFAULT_LOCK_FILE if os.path.lexists(cwd / DEFAULT_LOCK_FILE) else None


def accepts_test_keys(given: Given) -> bool:
    """Whether well-known test keys may be pinned: only where a person has allowed for a workspace on this machine.

    Raises:
        SettingsError: `config.usage`, the input is no boolean.
    """
    return is_true(given, "allow-loopback-http")


def settle(given: Given, lock: Lock | None, environ: Mapping[str, str], cwd: Path, now: datetime) -> PolicySettings:
    """Join the inputs and what a lock file says, if there is one; every input but `trusted-keys` can only narrow that.

    Raises:
        SettingsError: as `read_policy_settings`.
    """
    api_key = read_api_key(given)
    anchor = read_anchor(given, lock, now.date())
    transport = _transport(given, api_key, environ, cwd)
    return PolicySettings(_where(given, anchor, lock, cwd), transport, anchor, _cache(given, cwd, now), lock)


def _transport(given: Given, api_key: Secret | None, environ: Mapping[str, str], cwd: Path) -> Transport:
    transport = Transport(
        api_key=api_key,
        timeout_seconds=_timeout(given),
        proxy=given.get("proxy", "").strip(),
        https_proxy=environ.get("https_proxy") or environ.get("HTTPS_PROXY") or "",
        no_proxy=environ.get("no_proxy") or environ.get("NO_PROXY") or "",
        ca_bundle=cwd / given["ca-bundle"].strip() if "ca-bundle" in given else None,
    )
    # Used or not, what a person gave has to make sense.
    if transport.proxy:
        given_proxy(transport.proxy)
    if transport.ca_bundle:
        from sekuire_gate.trust.authorities import check_ca_bundle  # noqa: PLC0415 - loads ssl, which few runs need here

        check_ca_bundle(transport.ca_bundle)
    return transport


def _where(given: Given, anchor: Anchor, lock: Lock | None, cwd: Path) -> PolicyAddress | PolicyFile:
    allow_loopback_http = is_true(given, "allow-loopback-http")
    api_url = given.get("api-url", DEFAULT_API_URL).strip()
    if "policy-file" in given:
        # Not asked, and still to make sense.
        policy_address(api_url, anchor.workspace_id or "-", allow_loopback_http=allow_loopback_http)
        return PolicyFile(cwd / given["policy-file"].strip())
    if anchor.workspace_id is None:
        raise SettingsError(
            "no workspace is given.",
            kind="config.workspace",
            fix="Set the input workspace-id (--workspace, SEKUIRE_WORKSPACE_ID), or policy-file for a saved policy.",
        )
    where = policy_address(api_url, anchor.workspace_id, allow_loopback_http=allow_loopback_http)
    # Compared, never used: the key goes only where the workflow says.
    if lock is not None and where.authority != lock.api_host:
        raise SettingsError(
            f"api-url leads to {where.authority}, the lock file is of {lock.api_host}.",
            kind="config.contradiction",
            fix="Correct api-url, or make a new lock file if the service has moved.",
        )
    return where


def read_anchor(given: Given, lock: Lock | None, today: date) -> Anchor:
    """Read what a policy must prove.

    Keys that the inputs pin come in place of the lock file's: a pull request can change that file, and must not get
    a key of its own trusted beside the workflow's.

    Raises:
        SettingsError: a key, an id or a version of the wrong form, or pins beside a switch that ignores them.
    """
    pins = read_pins(given.get("trusted-keys", ""), accept_test_keys=accepts_test_keys(given))
    if "trusted-keys" in given and not pins:
        # Else the lock file's would count, of which somebody may think that they do not.
        raise SettingsError(
            "trusted-keys holds comments and no key.",
            kind="config.trusted_key",
            fix="Pin a key, or leave trusted-keys out.",
        )
    for switch in ("unsafe-trust-embedded-key", "unsafe-allow-unsigned"):
        if is_true(given, switch) and (pins or lock):
            other = "'trusted-keys'" if pins else "the lock file, which pins keys"
            raise SettingsError(
                f"'{switch}' contradicts {other}.",
                kind="config.contradiction",
                fix=f"Keep the pinned keys and take '{switch}' away.",
            )
    return Anchor(
        pins=pins or (lock.pins if lock else ()),
        set_aside=lock.pins if lock and pins else (),
        workspace_id=_workspace(given, lock),
        min_version=_min_version(given),
        locked=lock.locked if lock else None,
        today=today,
        unsafe_trust_embedded_key=is_true(given, "unsafe-trust-embedded-key"),
        unsafe_allow_unsigned=is_true(given, "unsafe-allow-unsigned"),
    )


def _workspace(given: Given, lock: Lock | None) -> str | None:
    workspace_id = given.get("workspace-id", "").strip() or None
    if workspace_id is None:
        return lock.workspace_id if lock else None
    if not is_workspace_id(workspace_id):
        raise SettingsError(
            f"the workspace id '{workspace_id}' is not of the form [A-Za-z0-9._-]{{1,128}}.",
            kind="config.workspace",
            fix="Copy the workspace's id from its dashboard.",
        )
    if lock is not None and workspace_id != lock.workspace_id:
        raise SettingsError(
            f"workspace-id is '{workspace_id}', the lock file is of workspace '{lock.workspace_id}'.",
            kind="config.contradiction",
            fix="Correct workspace-id, or make a new lock file for this workspace.",
        )
    return workspace_id


def _min_version(given: Given) -> str | None:
    min_version = given.get("min-policy-version", "").strip() or None
    if min_version is not None and not is_version(min_version):
        raise SettingsError(
            f"min-policy-version is '{min_version}', expected dotted whole numbers.",
            kind="config.min_version",
            fix="Write it as 7 or 1.4.0.",
        )
    return min_version


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


def _cache(given: Given, cwd: Path, now: datetime) -> PolicyCache | None:
    on_unavailable = given.get("on-unavailable", "fail").strip()
    if on_unavailable not in {"fail", "cached"}:
        raise SettingsError(
            f"on-unavailable is '{on_unavailable}', expected fail or cached.",
            kind="config.usage",
            fix="Choose one of them.",
        )
    max_age_seconds = _max_cache_age(given)
    if "cache-dir" not in given:
        if on_unavailable == "cached":
            raise SettingsError(
                "on-unavailable is 'cached', and there is no cache-dir.",
                kind="config.contradiction",
                fix="Set cache-dir to a folder that is kept between runs.",
            )
        return None
    folder = given["cache-dir"].strip()
    _refuse_links(folder, cwd)
    return PolicyCache(cwd / folder, now, on_unavailable == "cached", max_age_seconds)


def _refuse_links(folder: str, cwd: Path) -> None:
    """Refuse links of the checkout, which a pull request may have brought: they would lead writing elsewhere."""
    if Path(folder).is_absolute() or "\0" in folder:
        return
    here = cwd
    for part in Path(folder).parts:
        here /= part
        if os.path.islink(here):  # noqa: PTH114 - a name that is too long is no link either
            raise SettingsError(
                f"cache-dir '{folder}' leads over '{part}', which is a link.",
                kind="config.usage",
                fix="Name the folder itself, by an absolute path if it lies elsewhere.",
            )


def _max_cache_age(given: Given) -> int:
    text = given.get("max-cache-age", "24h").strip()
    match = _AGE.fullmatch(text)
    seconds = int(match["number"]) * _SECONDS[match["unit"]] if match else 0
    if 0 < seconds <= MAX_CACHE_AGE_SECONDS:
        return seconds
    raise SettingsError(
        f"max-cache-age is '{text}', expected an age up to 7d.", kind="config.usage", fix="Write it as 90m, 24h or 7d."
    )
