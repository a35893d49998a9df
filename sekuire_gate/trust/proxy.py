"""Through which proxy the service is reached, if any (docs/contract.md 3, `proxy`).

Pure. No message says a word of a proxy's address: it may hold a password.
"""

import re
from dataclasses import dataclass
from urllib.parse import unquote_to_bytes

from sekuire_gate.errors import SettingsError
from sekuire_gate.trust.address import MAX_PORT, PolicyAddress, Transport, plain_host

_PROXY = re.compile(
    r"(?P<scheme>http://)?(?:(?P<user>[!-~]*)@)?(?P<host>[A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\])"
    r"(?::(?P<port>[1-9][0-9]{0,4}))?/?",
    re.IGNORECASE,
)
_DEFAULT_PORT = 80


@dataclass(frozen=True, slots=True, repr=False)
class Proxy:
    """An HTTP proxy that is asked to connect; printing it shows nothing of it."""

    host: str  # a name or an address, IPv6 without brackets
    port: int
    credentials: tuple[bytes, bytes] | None = None  # user and password


def proxy_for(address: PolicyAddress, transport: Transport) -> Proxy | None:
    """Choose the proxy: the one that a person gave, else the runner's; none for plain http and for loopback.

    Raises:
        SettingsError: `config.usage`: the given proxy is none, used or not; or the runner's is none and would be used.
    """
    given = given_proxy(transport.proxy) if transport.proxy else None
    if not address.is_https or address.is_loopback:
        return None
    if given or not transport.https_proxy or _goes_direct(address, transport.no_proxy):
        return given
    return _of_the_runner(transport.https_proxy)


def given_proxy(text: str) -> Proxy:
    """Read the proxy that a person gave: `http://HOST:PORT`, with credentials or without.

    Raises:
        SettingsError: `config.usage`, it is none.
    """
    match = _PROXY.fullmatch(text)
    proxy = _proxy(match) if match and match["scheme"] and match["port"] else None
    if proxy is None:
        raise SettingsError(
            "proxy is not an address that can be used, expected http://HOST:PORT.",
            kind="config.usage",
            fix="Write proxy as http://HOST:PORT or http://USER:PASSWORD@HOST:PORT, with %XX for special characters.",
        )
    return proxy


def _of_the_runner(text: str) -> Proxy:
    match = _PROXY.fullmatch(text)
    proxy = _proxy(match) if match else None
    if proxy is None:
        raise SettingsError(
            "the runner's proxy is not an address that can be used, expected http://HOST:PORT.",
            kind="config.usage",
            fix="Correct HTTPS_PROXY, or list the API's host in NO_PROXY.",
        )
    return proxy


def _proxy(match: re.Match[str]) -> Proxy | None:
    host, port = plain_host(match["host"].lower()), int(match["port"] or _DEFAULT_PORT)
    if host is None or port > MAX_PORT:
        return None
    return Proxy(host.strip("[]"), port, _credentials(match["user"]))


def _credentials(user: str | None) -> tuple[bytes, bytes] | None:
    if not user:
        return None
    name, _, password = user.partition(":")
    return unquote_to_bytes(name), unquote_to_bytes(password)


def _goes_direct(address: PolicyAddress, no_proxy: str) -> bool:
    """Whether NO_PROXY names the host: by itself, by a domain above it, with its port, or by `*`."""
    for entry in no_proxy.lower().split(","):
        name = entry.strip().removeprefix("*.").lstrip(".")
        if name == "*" or (name and name in {address.host.strip("[]"), address.host, address.authority}):
            return True
        if name and (address.host.endswith(f".{name}") or address.authority.endswith(f".{name}")):
            return True
    return False
