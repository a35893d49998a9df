"""GET, tried again where that may help: capped, within one deadline, every failure named (docs/protocol.md 1)."""

import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from queue import Empty, SimpleQueue
from random import random

import httpx

from sekuire_gate.errors import PolicyError, PolicyFetchError
from sekuire_gate.model.secret import Secret
from sekuire_gate.trust.address import PolicyAddress
from sekuire_gate.trust.answer import MAX_POLICY_BYTES, Head, check_head, refusal, too_large
from sekuire_gate.trust.failure import failure
from sekuire_gate.trust.retry import MAX_ASKED_SECONDS, is_tried_again, pause_before, read_retry_after

_OK = 200  # the one good answer (docs/protocol.md 1)
_MAX_ERROR_BYTES = 16_384  # of an error's body, read for its code
_ERROR_BODY_SECONDS = 2.0  # an answer that is a No already is not waited for much longer

_FAILURES = (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError, httpx.CookieConflict, OSError)

_Event = Head | bytes | BaseException  # what comes out of one try, in order: a head, its body, or why not


def _now() -> datetime:
    return datetime.now(UTC)


def fetch_policy(
    client: httpx.Client,
    address: PolicyAddress,
    deadline_seconds: float,
    *,
    on_retry: Callable[[PolicyError, float], None] | None = None,
    sleep: Callable[[float], None] = time.sleep,
    chance: Callable[[], float] = random,
    clock: Callable[[], datetime] = _now,
) -> bytes:
    """Download the active policy of a workspace; the bytes are as they came, and nobody has looked into them.

    The client brings credentials and transport. What may have passed a moment later is tried again, four times in all.

    Args:
        client: from `open_client`.
        address: the one URL.
        deadline_seconds: for everything: all tries, the pauses between them, the resolution of the host's name.
        on_retry: told of a failed try, and how many seconds later the next one comes.
        sleep: makes a pause of so many seconds.
        chance: draws from 0 up to 1, for the length of pauses.
        clock: the machine's, in UTC, for a `Retry-After` that is a date.

    Raises:
        PolicyAccessError: the service refuses the key.
        PolicyFetchError: no complete answer within the limits of size and time, or one that is no policy.
    """
    deadline = _Deadline(deadline_seconds)
    tries = 0
    while True:
        tries += 1
        asked = None
        try:
            head, body = _try(client, address, deadline)
            if head.status == _OK:
                return body
            error = refusal(head, body)
            asked = read_retry_after(head.retry_after, clock())
        except PolicyFetchError as failed:
            error = failed
        again = is_tried_again(error.kind)
        pause = pause_before(tries + 1, deadline.remaining(), asked=asked, chance=chance()) if again else None
        if pause is None:
            raise _summed_up(error, tries, asked if again else None)
        if on_retry:
            on_retry(error, pause)
        sleep(pause)


class _Deadline:
    """A moment that does not move."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self._moment = time.monotonic() + seconds

    def remaining(self) -> float:
        return max(0.0, self._moment - time.monotonic())


def _summed_up(error: PolicyError, tries: int, asked: int | None) -> PolicyError:
    """Return the last try's error, which says too how many there were and how long the service asks to wait."""
    message = error.message.removesuffix(".")
    if tries > 1:
        message += f", after {tries} tries"
    if asked:
        more = " or more" if asked == MAX_ASKED_SECONDS else ""
        message += f"; it asks to wait {asked} second{'s' if asked > 1 else ''}{more}"
    return type(error)(f"{message}.", kind=error.kind, fix=error.fix)


def _try(client: httpx.Client, address: PolicyAddress, deadline: _Deadline) -> tuple[Head, bytes]:
    """Send one request and wait for its answer; of one that is not 200, the body is what could be had.

    No time-out of a socket is a deadline (a byte now and then resets it), so the exchange runs in a thread of its own
    and is left behind when the time is over.
    """
    events: SimpleQueue[_Event] = SimpleQueue()
    # A daemon: whatever it is stuck in, the process can end.
    threading.Thread(target=_exchange, args=(client, address.url, events), daemon=True).start()
    try:
        head = _next(events, deadline, address)
        assert isinstance(head, Head)
        if head.status != _OK:
            return head, _error_body(events, deadline)
        check_head(head)
        body = _next(events, deadline, address)
        assert isinstance(body, bytes)
    except Empty as error:
        raise PolicyFetchError(
            f"{address.authority} gives no complete answer within {deadline.seconds:g} seconds.",
            kind="fetch.timeout",
            fix="Run again; if it stays, raise timeout, or look for what slows the connection down.",
        ) from error
    if len(body) > MAX_POLICY_BYTES:
        raise too_large("the service's answer")
    return head, body


def _next(events: SimpleQueue[_Event], deadline: _Deadline, address: PolicyAddress) -> Head | bytes:
    event = events.get(timeout=deadline.remaining())
    if isinstance(event, _FAILURES):
        # Not `from event`: the library's words repeat what the server sent, our key perhaps.
        raise failure(event, address)
    if isinstance(event, BaseException):
        raise event  # an answer that was refused below; or a bug, which is not hidden in a thread
    return event


def _error_body(events: SimpleQueue[_Event], deadline: _Deadline) -> bytes:
    """Return what could be had of an error's body in a short time; the status says enough without it."""
    try:
        body = events.get(timeout=min(_ERROR_BODY_SECONDS, deadline.remaining()))
    except Empty:
        return b""
    return body if isinstance(body, bytes) else b""


def _exchange(client: httpx.Client, url: str, events: SimpleQueue[_Event]) -> None:
    """Send the request and hand over what comes, until it is complete, too large or broken."""
    try:
        with client.stream("GET", url) as response:
            events.put(_head(response))
            limit = MAX_POLICY_BYTES if response.status_code == _OK else _MAX_ERROR_BYTES
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
        tuple(response.headers.get_list("Retry-After")),
    )


def _capped(chunks: Iterator[bytes], limit: int) -> bytes:
    """Return the body, or its beginning, longer than the limit, as soon as that is passed."""
    body = bytearray()
    for chunk in chunks:
        body += chunk
        if len(body) > limit:
            break
    return bytes(body)
