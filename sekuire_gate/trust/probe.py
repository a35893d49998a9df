"""What is seen of the service while it is asked for the policy: its addresses, certificates and clock, for `doctor`."""

import socket
import ssl
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from queue import Empty, SimpleQueue
from time import monotonic

import httpx
from cryptography import x509

from sekuire_gate.errors import GateError, PolicyFetchError
from sekuire_gate.model.policy import Source
from sekuire_gate.trust.address import PolicyAddress, Transport
from sekuire_gate.trust.client import open_client
from sekuire_gate.trust.envelope import SignedPolicy
from sekuire_gate.trust.fetch import fetch_policy
from sekuire_gate.trust.source import read_policy


@dataclass(frozen=True, slots=True)
class Certificate:
    """One certificate of the chain that the service proved itself with; its names are whatever it says."""

    subject: str
    issuer: str
    valid_from: datetime  # in UTC
    valid_until: datetime  # in UTC


@dataclass(frozen=True, slots=True)
class Encryption:
    """What was agreed with the service, after its certificates were verified."""

    version: str  # as "TLSv1.3"
    cipher: str
    chain: tuple[Certificate, ...]  # the service's own first; before Python 3.13 it alone


@dataclass(slots=True)
class Sighting:
    """What is seen of the service as it is asked; of several tries the last that was answered."""

    status: int | None = None  # None: no answer
    clock: datetime | None = None  # the service's, in UTC, to the second; None: it does not tell
    seen_at: float = 0.0  # `monotonic` as the answer came
    encryption: Encryption | None = None  # None: no answer, or none over TLS
    outcome: SignedPolicy | GateError | None = None  # what comes of it; None: it is still being asked

    def take(self, response: httpx.Response) -> None:
        """See an answer: a hook of the client."""
        self.seen_at = monotonic()
        self.status = response.status_code
        self.clock = http_date(response.headers.get("Date", ""))
        line = response.extensions["network_stream"].get_extra_info("socket")
        self.encryption = _encryption(line) if isinstance(line, ssl.SSLSocket) else None


def ask(address: PolicyAddress, transport: Transport) -> Sighting:
    """Fetch the policy as `obtain_policy` does, look at who answers, and keep what comes of it, good or bad.

    Args:
        address: the service.
        transport: key, proxy and deadline.
    """
    sighting = Sighting()
    try:
        with open_client(address, transport) as client:
            client.event_hooks = {"response": [*client.event_hooks["response"], sighting.take]}
            raw = fetch_policy(client, address, transport.timeout_seconds, on_retry=transport.on_retry)
        sighting.outcome = read_policy(raw, Source.FETCHED, transport.api_key)
    except GateError as error:
        sighting.outcome = error
    return sighting


def http_date(text: str) -> datetime | None:
    """Read the value of a Date header, or None where it is none (RFC 9110, 5.6.7)."""
    try:
        date = parsedate_to_datetime(text)
        return date.replace(tzinfo=UTC) if date.tzinfo is None else date.astimezone(UTC)
    except (ValueError, TypeError, OverflowError):
        return None


def addresses_of(host: str, port: int, seconds: float) -> tuple[str, ...]:
    """Look up a host's name, in the system's order, each address once.

    Args:
        host: a name or an address, IPv6 without brackets.
        port: where to connect.
        seconds: how long to wait for the system, which has its own idea of that.

    Raises:
        PolicyFetchError: `fetch.unreachable`, the name does not resolve; `fetch.timeout`, not in this time.
    """
    answers: SimpleQueue[tuple[str, ...] | Exception] = SimpleQueue()
    threading.Thread(target=_look_up, args=(host, port, answers.put), daemon=True).start()
    try:
        answer = answers.get(timeout=seconds)
    except Empty as error:
        raise PolicyFetchError(
            f"the name '{host}' does not resolve within {seconds:g} seconds.",
            kind="fetch.timeout",
            fix="Look at this machine's name servers.",
        ) from error
    if isinstance(answer, Exception):
        raise PolicyFetchError(
            f"the name '{host}' does not resolve.",
            kind="fetch.unreachable",
            fix="Check the host in api-url or of the proxy, and this machine's name servers.",
        ) from answer
    return answer


def _look_up(host: str, port: int, answer: Callable[[tuple[str, ...] | Exception], None]) -> None:
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        answer(error)
    else:
        answer(tuple(dict.fromkeys(str(address[0]) for *_, address in found)))


def _encryption(line: ssl.SSLSocket) -> Encryption:
    cipher = line.cipher()
    return Encryption(line.version() or "", cipher[0] if cipher else "", tuple(_chain(line)))


def _chain(line: ssl.SSLSocket) -> list[Certificate]:
    own = line.getpeercert(binary_form=True)
    chain: list[bytes] = line.get_verified_chain() if hasattr(line, "get_verified_chain") else [own or b""]
    try:
        return [_certificate(x509.load_der_x509_certificate(der)) for der in chain]
    except (ValueError, x509.InvalidVersion):
        return []  # OpenSSL is content with it, and this reader is not: there is nothing to show


def _certificate(certificate: x509.Certificate) -> Certificate:
    return Certificate(
        certificate.subject.rfc4514_string(),
        certificate.issuer.rfc4514_string(),
        certificate.not_valid_before_utc,
        certificate.not_valid_after_utc,
    )
