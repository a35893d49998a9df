"""The one HTTP client: its CA, its proxy, no redirects, no cookies, nothing taken from the environment."""

import os
import re
import ssl
from collections.abc import Generator
from http.cookiejar import CookieJar
from urllib.parse import unquote

import httpx

from sekuire_gate import __version__
from sekuire_gate.errors import SettingsError
from sekuire_gate.model.secret import Secret
from sekuire_gate.trust.address import MAX_PORT, PolicyAddress, Transport

_HASHED_CA = re.compile(r"[0-9a-f]{8}\.[0-9]+")  # how OpenSSL names a CA's file, to find it when it is needed
_PROXY = re.compile(
    r"(?:http://)?(?:(?P<user>[!-~]*)@)?(?P<server>(?:[A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\])(?::(?P<port>[1-9][0-9]{0,4}))?)/?",
    re.IGNORECASE,
)


def open_client(address: PolicyAddress, transport: Transport) -> httpx.Client:
    """Return the client that fetches from this address; close it after use.

    The time-out is per operation here: `fetch_policy` sets one for the whole.

    Raises:
        SettingsError: `config.usage`, the proxy is none.
    """
    return httpx.Client(
        trust_env=False,
        follow_redirects=False,
        verify=_tls(address),
        proxy=_proxy(address, transport),
        auth=ApiKey(transport.api_key) if transport.api_key else None,
        headers={
            "Accept": "application/json",
            "Accept-Encoding": "identity",
            "User-Agent": f"sekuire-gate/{__version__}",
        },
        cookies=_NoCookies(),
        # A connection is used once: one that the server has just closed is no answer to the next request.
        limits=httpx.Limits(max_keepalive_connections=0),
        event_hooks={"response": [_put_location_aside]},
        timeout=transport.timeout_seconds,
    )


class ApiKey(httpx.Auth):
    """Puts the API key into its header as a request goes out; kept out of whatever prints a client."""

    def __init__(self, key: Secret) -> None:
        """Keep the key."""
        self.key = key

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        """Send the key with the request, and leave the answer alone."""
        request.headers["X-API-Key"] = self.key.reveal()
        yield request


class _NoCookies(CookieJar):
    """Keeps no cookie, and does not try to read one."""

    def extract_cookies(self, response: object, request: object) -> None:
        pass


def _put_location_aside(response: httpx.Response) -> None:
    # httpx prepares the request that would follow a redirect even where it is told not to send it, with our key in
    # it, and takes an address that it cannot read for a broken answer.
    response.extensions["location"] = response.headers.pop("Location", "")


def _tls(address: PolicyAddress) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)  # checks certificate and host name
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    if address.is_https:
        # The paths that OpenSSL was compiled with: SSL_CERT_FILE and SSL_CERT_DIR could be set by an earlier step.
        paths = ssl.get_default_verify_paths()
        load_authorities(context, folder=paths.openssl_capath, file=paths.openssl_cafile)
    return context


def load_authorities(context: ssl.SSLContext, *, folder: str, file: str) -> None:
    """Trust the system's authorities, or those that certifi brings where the system has none.

    Args:
        context: checks servers by them.
        folder: one file for each, named by OpenSSL's hash; preferred, as only what is asked for is read.
        file: all of them in PEM.
    """
    if _holds_hashed_authorities(folder):
        context.load_verify_locations(capath=folder)
    elif os.path.isfile(file):  # noqa: PTH113 - pathlib is not needed for a name from OpenSSL
        context.load_verify_locations(cafile=file)
    else:
        import certifi  # noqa: PLC0415 - only where the system brings no authorities

        context.load_verify_locations(cafile=certifi.where())


def _holds_hashed_authorities(folder: str) -> bool:
    try:
        with os.scandir(folder) as entries:
            return any(_HASHED_CA.fullmatch(entry.name) for entry in entries)
    except OSError:
        return False


def _proxy(address: PolicyAddress, transport: Transport) -> httpx.Proxy | None:
    if not transport.https_proxy or not address.is_https or address.is_loopback:
        return None
    if _goes_direct(address, transport.no_proxy):
        return None
    match = _PROXY.fullmatch(transport.https_proxy)
    if match is None or int(match["port"] or 80) > MAX_PORT:
        raise _no_proxy_address()
    try:
        return httpx.Proxy(f"http://{match['server']}", auth=_credentials(match["user"]))
    except httpx.InvalidURL as error:
        raise _no_proxy_address() from error


def _no_proxy_address() -> SettingsError:
    # Not a word of the value: it may hold a password.
    return SettingsError(
        "the proxy is not an address that can be used, expected http://HOST:PORT.",
        kind="config.usage",
        fix="Correct HTTPS_PROXY, or list the API's host in NO_PROXY.",
    )


def _goes_direct(address: PolicyAddress, no_proxy: str) -> bool:
    """Whether NO_PROXY names the host: by itself, by a domain above it, with its port, or by `*`."""
    for entry in no_proxy.lower().split(","):
        name = entry.strip().removeprefix("*.").lstrip(".")
        if name == "*" or (name and name in {address.host.strip("[]"), address.host, address.authority}):
            return True
        if name and (address.host.endswith(f".{name}") or address.authority.endswith(f".{name}")):
            return True
    return False


def _credentials(user: str | None) -> tuple[str, str] | None:
    if not user:
        return None
    name, _, password = user.partition(":")
    return unquote(name), unquote(password)
