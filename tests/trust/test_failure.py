"""What a failure of the connection means: a kind, words of our own, a remedy."""

import errno
import os
import socket
import ssl

import httpx
import pytest

from sekuire_gate.errors import PolicyFetchError
from sekuire_gate.trust.address import policy_address
from sekuire_gate.trust.failure import failure
from tests.support.library import HTTPX_ERRORS, instance

API = policy_address("https://api.example.test", "ws_1", allow_loopback_http=False)


@pytest.mark.parametrize("error_class", HTTPX_ERRORS)
def test_every_error_of_the_library_has_a_kind_and_none_of_its_words_is_shown(error_class: type[Exception]) -> None:
    error = failure(instance(error_class), API)
    assert type(error) is PolicyFetchError
    assert error.kind.startswith("fetch.")
    assert error.message.endswith(".")
    assert error.fix
    assert "library" not in error.message + error.fix


def caused(error: Exception, cause: Exception) -> Exception:
    error.__cause__ = cause
    return error


REFUSED = OSError(errno.ECONNREFUSED, "the library's words")
UNKNOWN = socket.gaierror(socket.EAI_NONAME, "the library's words")


HOST = "api.example.test:443"


@pytest.mark.parametrize(
    ("error", "message"),
    [
        (httpx.ConnectError(""), f"{HOST} cannot be reached: the connection breaks."),
        (caused(httpx.ConnectError(""), REFUSED), f"{HOST} cannot be reached: Connection refused."),
        (caused(httpx.ConnectError(""), UNKNOWN), f"{HOST} cannot be reached: its name does not resolve."),
        (caused(httpx.ConnectError(""), ssl.SSLEOFError(8, "x")), f"{HOST} cannot be reached: the connection breaks."),
        (caused(httpx.ConnectError(""), ssl.SSLError("x")), f"no trusted connection to {HOST}: the handshake fails."),
        (httpx.ProxyError("407"), f"the proxy refuses to connect to {HOST}: status 407."),
        (httpx.ProxyError("302"), f"the proxy refuses to connect to {HOST}: status 302."),
        (httpx.ProxyError("502"), f"the proxy does not connect to {HOST}."),
        (caused(httpx.ProxyError(""), REFUSED), "the proxy cannot be reached: Connection refused."),
        (caused(httpx.ProxyError(""), UNKNOWN), "the proxy cannot be reached: its name does not resolve."),
        (httpx.ReadError(""), f"{HOST} closes the connection before its answer is complete."),
        (httpx.ReadTimeout(""), f"{HOST} does not answer in time."),
        (httpx.RemoteProtocolError(""), f"{HOST} does not keep to HTTP/1.1."),
    ],
    ids=["closed", "refused", "unknown", "closed in TLS", "TLS", "proxy refuses", "proxy redirects", "proxy fails",
         "no proxy", "unknown proxy", "cut", "late", "no HTTP"],
)  # fmt: skip
def test_a_failure_says_who_and_what(error: Exception, message: str) -> None:
    assert failure(error, API).message == message


def test_the_systems_own_words_say_why() -> None:
    assert failure(OSError(errno.EHOSTUNREACH, "x"), API).message.endswith(f"{os.strerror(errno.EHOSTUNREACH)}.")
