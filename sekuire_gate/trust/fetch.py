"""One GET: capped while streaming, within one deadline, every failure named (docs/protocol.md 1)."""

import os
import socket
import ssl
import threading
from collections.abc import Iterator
from queue import Empty, SimpleQueue
from time import monotonic

import httpx

from sekuire_gate.errors import GateError, PolicyFetchError
from sekuire_gate.model.secret import Secret
from sekuire_gate.trust.address import PolicyAddress
from sekuire_gate.trust.answer import MAX_POLICY_BYTES, Head, check_head, refusal, too_large

_MAX_ERROR_BYTES = 16_384  # of an error's body, read for its code
_ERROR_BODY_SECONDS = 2.0  # an answer that is a No already is not waited for much longer

_FAILURES = (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError, httpx.CookieConflict, OSError)

_Event = Head | bytes | BaseException  # what comes out of the exchange, in order: a head, its body, or why not


def fetch_policy(client: httpx.Client, address: PolicyAddress, deadline_seconds: float) -> bytes:
    """Download the active policy of a workspace; the bytes are as they came, and nobody has looked into them.

    The client brings credentials and transport. No time-out of a socket is a deadline (a byte now and then resets
    it), so the exchange runs in a thread of its own and is left behind when the time is over.

    Args:
        client: from `open_client`.
        address: the one URL.
        deadline_seconds: for everything, the resolution of the host's name included.

    Raises:
        PolicyAccessError: the service refuses the key.
        PolicyFetchError: no complete answer within the limits of size and time, or one that is no policy.
    """
    deadline = monotonic() + deadline_seconds
    events: SimpleQueue[_Event] = SimpleQueue()
    # A daemon: whatever it is stuck in, the process can end.
    threading.Thread(target=_exchange, args=(client, address.url, events), daemon=True).start()
    try:
        head = _next(events, deadline, address)
        assert isinstance(head, Head)
        if head.status != 200:  # noqa: PLR2004 - the one good answer (docs/protocol.md 1)
            raise refusal(head, _error_body(events, deadline))
        check_head(head)
        body = _next(events, deadline, address, in_body=True)
        assert isinstance(body, bytes)
    except Empty as error:
        raise PolicyFetchError(
            f"{address.authority} gives no complete answer within {deadline_seconds:g} seconds.",
            kind="fetch.timeout",
            fix="Run again; if it stays, raise timeout, or look for what slows the connection down.",
        ) from error
    if len(body) > MAX_POLICY_BYTES:
        raise too_large("the service's answer")
    return body


def _next(
    events: SimpleQueue[_Event], deadline: float, address: PolicyAddress, *, in_body: bool = False
) -> Head | bytes:
    event = events.get(timeout=max(0.0, deadline - monotonic()))
    if isinstance(event, _FAILURES):
        # Not `from event`: the library's words repeat what the server sent, our key perhaps.
        raise failure(event, address, in_body=in_body)
    if isinstance(event, BaseException):
        raise event  # a bug: it is not hidden in a thread
    return event


def _error_body(events: SimpleQueue[_Event], deadline: float) -> bytes:
    """Return what could be had of an error's body in a short time; the status says enough without it."""
    try:
        body = events.get(timeout=max(0.0, min(_ERROR_BODY_SECONDS, deadline - monotonic())))
    except Empty:
        return b""
    return body if isinstance(body, bytes) else b""


def _exchange(client: httpx.Client, url: str, events: SimpleQueue[_Event]) -> None:
    """Send the request and hand over what comes, until it is complete, too large or broken."""
    try:
        with client.stream("GET", url) as response:
            events.put(_head(response))
            limit = MAX_POLICY_BYTES if response.status_code == 200 else _MAX_ERROR_BYTES  # noqa: PLR2004 - as above
            events.put(_capped(response.iter_raw(), limit))
    except BaseException as error:  # noqa: BLE001 - raised again in the thread that waits
        events.put(error)


def _head(response: httpx.Response) -> Head:
    key = response.request.headers.get("X-API-Key")
    return Head(
        response.status_code,
        Secret(key) if key else None,
        tuple(response.headers.get_list("Content-Type")),
        tuple(response.headers.get_list("Content-Encoding")),
        response.headers.get("Content-Length", ""),
        response.extensions.get("location", ""),
    )


def _capped(chunks: Iterator[bytes], limit: int) -> bytes:
    """Return the body, or its beginning, longer than the limit, as soon as that is passed."""
    body = bytearray()
    for chunk in chunks:
        body += chunk
        if len(body) > limit:
            break
    return bytes(body)


def failure(error: Exception, address: PolicyAddress, *, in_body: bool = False) -> GateError:
    """Return the error that says what a failure of the library means.

    The library's own words are not used: they can repeat what was sent or received.

    Args:
        error: raised by httpx, or by the socket below it.
        address: whom we talk to.
        in_body: whether a good head had come already.
    """
    server = address.authority
    causes = tuple(_causes(error))
    for cause in causes:
        if isinstance(cause, ssl.SSLError):
            return _tls_failure(cause, server)
    match error:
        case httpx.TimeoutException():
            kind, what = "fetch.timeout", f"{server} does not answer in time"
            fix = "Run again; if it stays, raise timeout, or look for what slows the connection down."
        case httpx.RemoteProtocolError() | httpx.NetworkError() | OSError() if in_body and _is_cut(error):
            kind, what = "fetch.truncated", f"{server} closes the connection before its answer is complete"
            fix = "Run again; if it stays, look at what stands between the gate and the service."
        case httpx.ProxyError():
            kind, what = "fetch.unreachable", f"the proxy does not connect to {server}"
            fix = "Check the proxy and its credentials, or list the API's host in NO_PROXY."
        case httpx.NetworkError() | OSError():
            kind, what = "fetch.unreachable", f"{server} cannot be reached: {_reason(causes)}"
            fix = "Check api-url, and that this machine may connect to it, or through which proxy."
        case httpx.DecodingError():
            kind, what = "fetch.content_encoding", f"{server} answers with a compressed body"
            fix = "Switch compression off for this path, in whatever stands between the gate and the service."
        case httpx.TooManyRedirects():
            kind, what, fix = "fetch.redirect", f"{server} redirects", "Set api-url to the API's own address."
        case _:
            kind, what = "fetch.protocol", f"{server} does not keep to HTTP/1.1"
            fix = "Check that api-url leads to the Sekuire API itself, by scheme, host and port."
    return PolicyFetchError(f"{what}.", kind=kind, fix=fix)


def _causes(error: BaseException) -> Iterator[BaseException]:
    cause: BaseException | None = error
    while cause is not None:
        yield cause
        cause = cause.__cause__ or cause.__context__


def _is_cut(error: Exception) -> bool:
    # h11's words: the one way to tell a connection that ends early from chunks that are malformed.
    return not isinstance(error, httpx.RemoteProtocolError) or str(error).startswith("peer closed connection")


def _reason(causes: tuple[BaseException, ...]) -> str:
    for cause in causes:
        if isinstance(cause, socket.gaierror):
            return "its name does not resolve"
        if isinstance(cause, OSError) and cause.errno:
            return os.strerror(cause.errno)
    return "the connection breaks"


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


def _tls_failure(error: ssl.SSLError, server: str) -> PolicyFetchError:
    if isinstance(error, ssl.SSLCertVerificationError):
        reason = _CERTIFICATE.get(error.verify_code, f"its certificate does not verify (OpenSSL's {error.verify_code})")
    else:
        reason = _HANDSHAKE.get(error.reason or "", "the handshake fails")
    return PolicyFetchError(
        f"no trusted connection to {server}: {reason}.",
        kind="fetch.tls",
        fix="Check the host in api-url, its certificate, and this machine's clock and authorities.",
    )
