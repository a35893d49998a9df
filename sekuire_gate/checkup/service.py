"""What only the service can show: the way to it, its certificates and clock, and the policy that it gives."""

import ssl
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime
from functools import partial
from math import ceil
from time import monotonic

from sekuire_gate.errors import GateError, PolicyError, PolicyFetchError
from sekuire_gate.keyless import explained
from sekuire_gate.model.checkup import Examined, Mark
from sekuire_gate.model.duration import in_words
from sekuire_gate.model.policy import Policy, Trust
from sekuire_gate.policy_settings import PolicySettings
from sekuire_gate.trust.address import PolicyAddress, PolicyFile, Transport
from sekuire_gate.trust.anchor import Anchor
from sekuire_gate.trust.authorities import load_ca_bundle, load_system_authorities
from sekuire_gate.trust.cache import PolicyCache
from sekuire_gate.trust.envelope import SignedPolicy
from sekuire_gate.trust.probe import Certificate, Encryption, Sighting, addresses_of, ask
from sekuire_gate.trust.proxy import proxy_for
from sekuire_gate.trust.source import obtain_policy
from sekuire_gate.trust.verify import verify_policy
from sekuire_gate.workflow import WorkflowRun

MAX_CLOCK_DIFFERENCE_SECONDS = 60  # the last day of a key and the age of a cached policy go by this machine's clock
MAX_SHOWN_ADDRESSES = 8

Clock = Callable[[float], datetime]  # the machine's time in UTC, at a moment of `monotonic`
LookUp = Callable[[str, int, float], tuple[str, ...]]  # as `addresses_of`
End = Callable[[str, GateError], Examined]  # tells what an error means for a check; of this subject
Judged = Callable[[Sighting], Iterator[Examined]]


def service(
    where: PolicyAddress,
    settings: PolicySettings,
    run: WorkflowRun,
    clock: Clock,
    kept: Policy | None,
    *,
    look_up: LookUp = addresses_of,
) -> Iterator[Examined]:
    """Look at the way to the service, ask it for the policy, and verify that.

    Args:
        where: the service.
        settings: what the inputs say.
        run: the run as the runner describes it.
        clock: the machine's.
        kept: what an outage would be answered with, if `on-unavailable` says so.
        look_up: finds a host's addresses.
    """
    end = partial(_end, settings.cache if kept else None)
    yield from _asked(
        where,
        settings.transport,
        clock,
        look_up=look_up,
        end=end,
        judged=lambda sighting: _answer(sighting, settings, run, end),
    )


def connection(where: PolicyAddress, transport: Transport, clock: Clock) -> Iterator[Examined]:
    """Look at the way to the service alone: where inputs make no sense, the key is not sent."""
    keyless = replace(transport, api_key=None)
    yield from _asked(where, keyless, clock, look_up=addresses_of, end=problem, judged=_answer_to_a_stranger)


def saved_policy(where: PolicyFile, settings: PolicySettings) -> Iterator[Examined]:
    """Look at a saved policy, which takes the service's place."""
    try:
        signed = obtain_policy(where, settings.transport)
    except PolicyError as error:
        yield problem("policy-file", error)
        return
    yield Examined(Mark.OK, "policy-file", f"'{where.path}'; the service is not asked.")
    yield from _policy(signed, settings.anchor)


def problem(subject: str, error: GateError) -> Examined:
    """Tell what would end a check."""
    return Examined(Mark.PROBLEM, subject, error.message, error.problem)


def _end(stand_in: PolicyCache | None, subject: str, error: GateError) -> Examined:
    """Tell what would end a check, unless the policy that is kept would stand in."""
    if stand_in is None or not isinstance(error, PolicyFetchError) or not stand_in.may_answer(error):
        return problem(subject, error)
    text = f"{error.kind}: {error.message} 'check' would judge by the cached policy. {error.fix}"
    return Examined(Mark.WARNING, subject, text)


def _asked(
    where: PolicyAddress, transport: Transport, clock: Clock, *, look_up: LookUp, end: End, judged: Judged
) -> Iterator[Examined]:
    started = monotonic()
    try:
        yield from _way(where, transport, look_up)
    except GateError as error:
        yield end("connection", error)
        return
    left = transport.timeout_seconds - (monotonic() - started)
    # Rounded up to a tenth of a second: messages name it.
    sighting = ask(where, replace(transport, timeout_seconds=ceil(max(left, 0) * 10) / 10))
    if sighting.status is not None:
        yield _encryption(sighting.encryption)
        yield _clock(sighting, clock)
    yield from judged(sighting)


def _way(where: PolicyAddress, transport: Transport, look_up: LookUp) -> Iterator[Examined]:
    """Look at what is needed before anybody can be asked.

    Raises:
        GateError: what is missing.
    """
    yield Examined(Mark.OK, "host", f"{where.authority}{'' if where.is_https else ', plain http to this machine'}.")
    proxy = proxy_for(where, transport)
    if proxy:
        yield Examined(Mark.OK, "proxy", f"{proxy.host}:{proxy.port}, asked in plain http to connect.")
    elif transport.proxy or transport.https_proxy:
        yield Examined(Mark.NOTE, "proxy", "not used: the host is this machine, or stands in NO_PROXY.")
    if where.is_https:
        yield Examined(Mark.OK, "authorities", _authorities(transport))
    name, _, port = where.authority.rpartition(":")
    host = proxy.host if proxy else name.strip("[]")
    addresses = look_up(host, proxy.port if proxy else int(port), transport.timeout_seconds)
    shown = ", ".join(addresses[:MAX_SHOWN_ADDRESSES])
    more = f" and {len(addresses) - MAX_SHOWN_ADDRESSES} more" if len(addresses) > MAX_SHOWN_ADDRESSES else ""
    yield Examined(Mark.OK, "name", f"'{host}' is at {shown}{more}.")


def _authorities(transport: Transport) -> str:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    system = load_system_authorities(context)
    if transport.ca_bundle is None:
        return f"'{system}'."
    load_ca_bundle(context, transport.ca_bundle)
    return f"'{system}', and '{transport.ca_bundle}' by ca-bundle."


def _encryption(encryption: Encryption | None) -> Examined:
    if encryption is None:
        return Examined(Mark.NOTE, "tls", "none: the connection does not leave this machine.")
    proven = "; ".join(map(_certificate, encryption.chain)) or "by a certificate that cannot be shown"
    return Examined(Mark.OK, "tls", f"{encryption.version}, {encryption.cipher}; {proven}.")


def _certificate(certificate: Certificate) -> str:
    valid = f"{certificate.valid_from:%Y-%m-%d} to {certificate.valid_until:%Y-%m-%d}"
    return f"'{certificate.subject}' by '{certificate.issuer}', valid {valid}"


def _clock(sighting: Sighting, clock: Clock) -> Examined:
    if sighting.clock is None:
        return Examined(Mark.NOTE, "clock", "the service does not tell its time.")
    difference = round((clock(sighting.seen_at) - sighting.clock).total_seconds())
    if abs(difference) <= MAX_CLOCK_DIFFERENCE_SECONDS:
        return Examined(Mark.OK, "clock", "this machine's is within a minute of the service's.")
    direction = "ahead of" if difference > 0 else "behind"
    text = (
        f"this machine's is {in_words(abs(difference))} {direction} the service's, which says "
        f"{sighting.clock:%Y-%m-%d %H:%M:%S} UTC; the last day of a key and the age of a cached policy go by this "
        "machine's."
    )
    return Examined(Mark.WARNING, "clock", text)


def _answer(sighting: Sighting, settings: PolicySettings, run: WorkflowRun, end: End) -> Iterator[Examined]:
    match sighting.outcome:
        case SignedPolicy() as signed:
            yield Examined(Mark.OK, "answer", f"status {sighting.status}, {len(signed.raw):,} bytes.")
            yield from _policy(signed, settings.anchor)
        case PolicyError() as error if settings.transport.api_key is None:
            yield problem("answer", explained(error, run))
        case GateError() as error:
            yield end("answer", error)


def _answer_to_a_stranger(sighting: Sighting) -> Iterator[Examined]:
    if sighting.status is not None:
        yield Examined(
            Mark.NOTE, "answer", f"status {sighting.status}; the key is not sent while inputs make no sense."
        )
    elif isinstance(sighting.outcome, GateError):
        yield problem("answer", sighting.outcome)


def _policy(signed: SignedPolicy, anchor: Anchor) -> Iterator[Examined]:
    try:
        policy = verify_policy(signed, anchor)
    except PolicyError as error:
        yield problem("policy", error)
        return
    yield Examined(*_trust(policy))
    if anchor.locked is None:
        return
    if policy.proof.locked_version is None:
        yield Examined(Mark.OK, "lock", f"version {policy.proof.version} is the one that is locked.")
    else:
        text = f"{policy.proof.locked_version} → {policy.proof.version} since the lock: 'sekuire-gate lock --update'."
        yield Examined(Mark.NOTE, "lock", text)


def _trust(policy: Policy) -> tuple[Mark, str, str]:
    proof = policy.proof
    name = (
        f"{proof.policy_id} version {proof.version} of workspace {policy.label.workspace_id}, hash {proof.content_hash}"
    )
    match proof.trust:
        case Trust.PINNED:
            return Mark.OK, "policy", f"{name}, verified with the pinned key {proof.key_fingerprint}."
        case Trust.EMBEDDED:
            return Mark.WARNING, "policy", f"{name}, integrity only: the key {proof.key_fingerprint} is not pinned."
        case _:
            return Mark.WARNING, "policy", f"{name}, not signed."
