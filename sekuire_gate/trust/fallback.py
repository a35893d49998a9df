"""The policy that may stand in for an outage, or why none does (docs/contract.md 3, `on-unavailable`)."""

from dataclasses import replace

from sekuire_gate.errors import PolicyError, PolicyFetchError
from sekuire_gate.model.policy import Policy, Source
from sekuire_gate.trust.address import PolicyAddress, Transport
from sekuire_gate.trust.anchor import Anchor
from sekuire_gate.trust.cache import PolicyCache, look
from sekuire_gate.trust.source import read_policy
from sekuire_gate.trust.verify import verify_policy


def fallback_policy(cache: PolicyCache, where: PolicyAddress, transport: Transport, anchor: Anchor) -> Policy | str:
    """Return the policy that was kept for an address, verified again in full; or a sentence that says why not.

    Args:
        cache: where it is kept, and how old it may be.
        where: the address that was asked.
        transport: with the API key that it must be sealed with.
        anchor: what it must prove, like any other.
    """
    found = look(cache, where, transport.api_key, anchor.pins)
    if isinstance(found, str):
        return f"{found}."
    try:
        signed = read_policy(found.document, Source.CACHED, transport.api_key)
        return verify_policy(replace(signed, cached_seconds=found.seconds), anchor)
    except PolicyError as error:
        return error.message


def without_fallback(outage: PolicyFetchError, reason: str) -> PolicyFetchError:
    """Return the outage with one more sentence: why the policy that is kept, if any, is of no use.

    Nobody has just served that one: what there is to mend is the outage, so kind and remedy stay.

    Args:
        outage: what went wrong with the service.
        reason: from `fallback_policy`.
    """
    message = f"{outage.message} The cached policy does not stand in: {reason}"
    return PolicyFetchError(message, kind=outage.kind, fix=outage.fix, at=outage.at)
