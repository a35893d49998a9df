"""What a failure of the connection means, in words of our own (docs/contract.md 4).

The library's words are not used: they can repeat what was sent or received.
"""

import os
import socket
import ssl
from collections.abc import Iterator

import httpx

from sekuire_gate.errors import PolicyFetchError
from sekuire_gate.trust.address import PolicyAddress

# OpenSSL's numbers for what is wrong with a certificate (X509_V_ERR_…).
_CERTIFICATE = {
    9: "its certificate is not valid yet",
    10: "its certificate has expired",
    18: "its certificate is self-signed",
    19: "its certificate chain ends in an authority that is not trusted here",
    20: "its certificate comes from an authority that is not trusted here, or the chain is incomplete",
    21: "its certificate comes from an authority that is not trusted here, or the chain is incomplete",
    62: "its certificate is for another host name",
    64: "its certificate is for another address",
}

# OpenSSL's names for what goes wrong before a certificate is looked at.
_HANDSHAKE = {
    "WRONG_VERSION_NUMBER": "it does not speak TLS on this port",
    "HTTP_REQUEST": "it does not speak TLS on this port",
    "UNSUPPORTED_PROTOCOL": "it speaks no version of TLS from 1.2 on",
    "TLSV1_ALERT_PROTOCOL_VERSION": "it speaks no version of TLS from 1.2 on",
    "TLSV1_UNRECOGNIZED_NAME": "it does not know the host name",
}


def failure(error: Exception, address: PolicyAddress) -> PolicyFetchError:
    """Return the error that says what a failure of the library means.

    Args:
        error: raised by httpx (as `Wire` tells them apart), or by the socket below it.
        address: whom we talk to.
    """
    server = address.authority
    causes = tuple(_causes(error))
    for cause in causes:
        # A connection that is closed in the middle of a handshake is a broken connection.
        if isinstance(cause, ssl.SSLError) and not isinstance(cause, ssl.SSLEOFError | ssl.SSLZeroReturnError):
            return _tls_failure(cause, server)
    match error:
        case httpx.TimeoutException():
            kind, what = "fetch.timeout", f"{server} does not answer in time"
            fix = "Run again; if it stays, raise timeout, or look for what slows the connection down."
        case httpx.ReadError():
            kind, what = "fetch.truncated", f"{server} closes the connection before its answer is complete"
            fix = "Run again; if it stays, look at what stands between the gate and the service."
        case httpx.ProxyError() if str(error).startswith(("3", "4")):
            # Not tried again: it is an answer, and some proxies lock an account after a few wrong passwords.
            kind, what = "fetch.rejected", f"the proxy refuses to connect to {server}: status {error}"
            fix = "Check the proxy and its credentials (proxy, or HTTPS_PROXY), or list the API's host in NO_PROXY."
        case httpx.ProxyError():
            reason = _reason(causes)
            kind = "fetch.unreachable"
            what = f"the proxy cannot be reached: {reason}" if reason else f"the proxy does not connect to {server}"
            fix = "Check the proxy and its credentials (proxy, or HTTPS_PROXY), or list the API's host in NO_PROXY."
        case httpx.NetworkError() | OSError():
            kind, what = (
                "fetch.unreachable",
                f"{server} cannot be reached: {_reason(causes) or 'the connection breaks'}",
            )
            fix = "Check api-url, and that this machine may connect to it, or through which proxy."
        case _:
            kind, what = "fetch.protocol", f"{server} does not keep to HTTP/1.1"
            fix = "Check that api-url leads to the Sekuire API itself, by scheme, host and port."
    return PolicyFetchError(f"{what}.", kind=kind, fix=fix)


def _causes(error: BaseException) -> Iterator[BaseException]:
    cause: BaseException | None = error
    while cause is not None:
        yield cause
        cause = cause.__cause__ or cause.__context__


def _reason(causes: tuple[BaseException, ...]) -> str | None:
    for cause in causes:
        if isinstance(cause, socket.gaierror):
            return "its name does not resolve"
        if isinstance(cause, OSError) and not isinstance(cause, ssl.SSLError) and cause.errno:
            return os.strerror(cause.errno)
    return None


def _tls_failure(error: ssl.SSLError, server: str) -> PolicyFetchError:
    if isinstance(error, ssl.SSLCertVerificationError):
        reason = _CERTIFICATE.get(error.verify_code, f"its certificate does not verify (OpenSSL's {error.verify_code})")
    else:
        # Python makes some of them itself, without what OpenSSL says.
        reason = _HANDSHAKE.get(getattr(error, "reason", None) or "", "the handshake fails")
    return PolicyFetchError(
        f"no trusted connection to {server}: {reason}.",
        kind="fetch.tls",
        fix="Check the host in api-url, its certificate, this machine's clock and its authorities (see ca-bundle).",
    )
