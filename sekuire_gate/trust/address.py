"""How a policy is reached: one URL, or a file, and what the way there needs (docs/protocol.md 1)."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from sekuire_gate.errors import PolicyError, SettingsError
from sekuire_gate.model.secret import Secret
from sekuire_gate.trust.message import is_workspace_id

DEFAULT_API_URL = "https://api.sekuire.ai"
LOOPBACK_HOSTS = ("127.0.0.1", "[::1]", "localhost")
MAX_PORT = 65_535

# Only what every URL reader takes apart in the same way: no user, query, fragment, escape or empty part has a place.
_API_URL = re.compile(
    r"(?P<scheme>https?)://(?P<host>\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._-]+)(?::(?P<port>[1-9][0-9]{0,4}))?"
    r"(?P<path>(?:/[A-Za-z0-9._~-]+)*)/*",
    re.IGNORECASE,
)
_LABEL = r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?"
_HOST_NAME = re.compile(rf"(?:{_LABEL}\.)*{_LABEL}")
_BYTE = r"(?:25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])"
_IPV4 = re.compile(rf"(?:{_BYTE}\.){{3}}{_BYTE}")
_NUMBER_LIKE = re.compile(r"(?:.*\.)?(?:[0-9]+|0x[0-9a-f]*)")  # what some programs read as an IPv4 address
_MAX_HOST = 253  # characters, by DNS


@dataclass(frozen=True, slots=True)
class PolicyAddress:
    """The one URL of a workspace's active policy."""

    url: str  # https, or http to a loopback host; no user, query or fragment
    workspace_id: str

    @property
    def is_https(self) -> bool:
        """Whether the way is encrypted and the server proves who it is."""
        return self.url.startswith("https://")

    @property
    def host(self) -> str:
        """The host as it stands in the URL, an IPv6 address in brackets, without the port."""
        return self._parts()["host"]

    @property
    def authority(self) -> str:
        """Whom the gate talks to: `host:port`, the port always written."""
        parts = self._parts()
        return f"{parts['host']}:{parts['port'] or (443 if self.is_https else 80)}"

    @property
    def is_loopback(self) -> bool:
        """Whether the host is this very machine."""
        return self.host in LOOPBACK_HOSTS or (self.host.startswith("127.") and _IPV4.fullmatch(self.host) is not None)

    def _parts(self) -> dict[str, str]:
        match = _API_URL.fullmatch(self.url)
        assert match is not None, "policy_address makes the URL"
        return match.groupdict()


@dataclass(frozen=True, slots=True)
class PolicyFile:
    """A saved policy instead of the service's answer."""

    path: Path


@dataclass(frozen=True, slots=True)
class Transport:
    """What the way to the service needs, and nothing of the environment besides.

    Nothing here goes through a proxy to this very machine, and nothing switches the checks of TLS off.
    """

    api_key: Secret | None = None  # sent as `X-API-Key`, nowhere else
    timeout_seconds: float = 30.0  # for the whole fetch, from the look-up of its name to the last byte of the last try
    proxy: str = field(default="", repr=False)  # given by a person, so whatever the two below say; "": not given
    https_proxy: str = field(default="", repr=False)  # as the runner sets HTTPS_PROXY; "": none
    no_proxy: str = ""  # as the runner sets NO_PROXY
    ca_bundle: Path | None = None  # authorities in PEM, beside the system's; at most 4 MiB
    on_retry: Callable[[PolicyError, float], None] | None = None  # told why and for how many seconds a try is put off


def policy_address(api_url: str, workspace_id: str, *, allow_loopback_http: bool) -> PolicyAddress:
    """Join the API's address and a workspace's id to the one URL that is asked.

    Args:
        api_url: `https://HOST[:PORT]`, with or without a path, `/api/v1` or `/` at its end.
        workspace_id: a plain id, not `.` or `..`.
        allow_loopback_http: accept plain http to a loopback host.

    Raises:
        SettingsError: `config.api_url` or `config.workspace`. A message repeats of the address at most the host: the
            rest may hold a password.
    """
    if not is_workspace_id(workspace_id):
        raise SettingsError(
            f"workspace-id '{workspace_id}' is no workspace id, expected 1 to 128 of A-Z, a-z, 0-9, '.', '_', '-'.",
            kind="config.workspace",
            fix="Copy the id from the workspace's page in the dashboard.",
        )
    match = _API_URL.fullmatch(api_url)
    if match is None:
        raise _refused(_what_is_wrong(api_url))
    scheme, host, port = match["scheme"].lower(), plain_host(match["host"].lower()), match["port"]
    if host is None:
        raise _refused("has a host that is neither a name nor an address")
    if port is not None and int(port) > MAX_PORT:
        raise _refused(f"has port {port}, which does not exist")
    if any(set(segment) == {"."} for segment in match["path"].split("/")):
        raise _refused("has '.' or '..' as a part of its path")
    if scheme == "http":
        _see_loopback(host, allow_loopback_http=allow_loopback_http)
    base = f"{scheme}://{host}{f':{port}' if port else ''}{match['path'].removesuffix('/api/v1')}"
    return PolicyAddress(f"{base}/api/v1/workspaces/{workspace_id}/policy/active", workspace_id)


def plain_host(host: str) -> str | None:
    """Return a host as every reader takes it, an IPv6 address in brackets and compressed; None: it is none.

    Args:
        host: in lower case.
    """
    if host.startswith("["):
        import ipaddress  # noqa: PLC0415 - costs start-up time, and few need it

        try:
            return f"[{ipaddress.IPv6Address(host[1:-1]).compressed}]"
        except ValueError:
            return None
    if _IPV4.fullmatch(host):
        return host
    is_name = _HOST_NAME.fullmatch(host) and not _NUMBER_LIKE.fullmatch(host) and len(host) <= _MAX_HOST
    return host if is_name else None


def _see_loopback(host: str, *, allow_loopback_http: bool) -> None:
    if host not in LOOPBACK_HOSTS:
        raise _refused(f"sends to host '{host}' over plain http, expected https")
    if not allow_loopback_http:
        raise SettingsError(
            f"api-url sends to host '{host}' over plain http, which has to be allowed.",
            kind="config.api_url",
            fix="Use https, or set allow-loopback-http (--allow-loopback-http) for a server on this machine.",
        )


def _what_is_wrong(api_url: str) -> str:
    """Say what keeps a text from being an API's address, without repeating it."""
    scheme, separator, rest = api_url.partition("://")
    authority = re.split(r"[/?#]", rest, maxsplit=1)[0]
    if not all("!" <= character <= "~" for character in api_url):
        return "holds white space, a control character or a character that is not ASCII"
    if "\\" in api_url:
        return "holds a backslash"
    if not separator or scheme.lower() not in {"https", "http"}:
        return "does not begin with 'https://'"
    if "@" in authority:
        return "holds a user or a password"
    if "?" in rest or "#" in rest:
        return "holds a query or a fragment"
    return "has a host, a port or a path that cannot be read in one way only"


def _refused(what: str) -> SettingsError:
    return SettingsError(
        f"api-url {what}.",
        kind="config.api_url",
        fix=f"Write it as https://HOST or https://HOST:PORT, as in {DEFAULT_API_URL}.",
    )
