"""The rule on the rates that a definition declares."""

from collections.abc import Iterator

from sekuire_gate.model.manifest import Manifest, Rate
from sekuire_gate.model.policy import Policy, RateLimits
from sekuire_gate.rules.rule import Observation
from sekuire_gate.rules.wording import quoted

SECTION = "rate_limits.per_agent"  # of the policy

# The policy's limit for each that a definition can declare (docs/protocol.md 3 and 4).
LIMITS = {
    "requests.max_per_minute": "requests_per_minute",
    "requests.max_per_hour": "requests_per_hour",
    "tokens.max_per_minute": "tokens_per_minute",
    "tokens.max_per_hour": "tokens_per_hour",
}


def limits(policy: RateLimits) -> dict[str, int]:
    """Return the rates that a policy limits, by the name that it gives them."""
    known = (
        ("requests_per_minute", policy.requests_per_minute),
        ("requests_per_hour", policy.requests_per_hour),
        ("tokens_per_minute", policy.tokens_per_minute),
        ("tokens_per_hour", policy.tokens_per_hour),
    )
    return {name: limit for name, limit in known if limit is not None}


def limited_name(rate: Rate) -> str:
    """Return the name that the policy gives a declared rate."""
    return LIMITS[rate.limit]


def exceeded(policy: Policy, manifest: Manifest) -> Iterator[Observation]:
    """A declared rate is higher than the policy's limit.

    Requests and tokens, by minute and by hour, are compared one by one: a rate by the minute says nothing of the one
    by the hour. What a definition does not declare is not judged.

    For example, under `"per_agent": {"requests_per_minute": 60}`:

        rate_limits:
          requests:
            max_per_minute: 120      # refused

    Write a number up to the limit, or ask the security team to raise it.
    """
    permitted = limits(policy.rate_limits)
    for rate in manifest.rates:
        name = limited_name(rate.value)
        limit = permitted.get(name)
        if limit is not None and rate.value.number > limit:
            message = (
                f"'{rate.value.limit}' is {quoted(f'{rate.value.number}')}, and the workspace permits {limit} "
                f"({SECTION}.{name})."
            )
            fix = f"Write at most {limit}, or ask the security team to change the policy."
            yield Observation(rate, message, fix, value=str(rate.value))
