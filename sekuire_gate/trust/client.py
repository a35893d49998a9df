"""The one HTTP client: whom it trusts, what it sends, no redirects, no cookies, nothing taken from the environment."""

import ssl
from collections.abc import Generator
from http.cookiejar import CookieJar

import httpx

from sekuire_gate import __version__
from sekuire_gate.errors import SettingsError
from sekuire_gate.model.secret import Secret
from sekuire_gate.trust.address import PolicyAddress, Transport
from sekuire_gate.trust.authorities import load_ca_bundle, load_system_authorities
from sekuire_gate.trust.proxy import proxy_for
from sekuire_gate.trust.wire import Wire


def open_client(address: PolicyAddress, transport: Transport) -> httpx.Client:
    """Return the client that fetches from this address; close it after use.

    The time-out is per operation here: `fetch_policy` sets one for the whole.

    Raises:
        SettingsError: `config.usage`, the proxy or the file of authorities is none; `config.api_url`, the host is a
            name in Punycode that stands for nothing.
    """
    _check_host(address)
    return httpx.Client(
        transport=Wire(_tls(address, transport), proxy_for(address, transport)),
        trust_env=False,
        follow_redirects=False,
        auth=ApiKey(transport.api_key) if transport.api_key else None,
        headers={
            "Accept": "application/json",
            "Accept-Encoding": "identity",
            "User-Agent": f"sekuire-gate/{__version__}",
        },
        cookies=_NoCookies(),
        event_hooks={"response": [_put_location_aside]},
        timeout=transport.timeout_seconds + 1,  # the deadline comes first, and says more
    )


def _check_host(address: PolicyAddress) -> None:
    """See that the library can read the host, which takes Punycode apart where somebody asks for the name."""
    try:
        httpx.URL(address.url).host  # noqa: B018 - the property raises
    except (httpx.InvalidURL, UnicodeError) as error:
        raise SettingsError(
            f"the host '{address.host}' of api-url is not a name that can be looked up.",
            kind="config.api_url",
            fix="Correct the label that begins with 'xn--'.",
        ) from error


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


def _tls(address: PolicyAddress, transport: Transport) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)  # checks certificate and host name
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    if address.is_https:
        load_system_authorities(context)
    if transport.ca_bundle:
        load_ca_bundle(context, transport.ca_bundle)
    return context
