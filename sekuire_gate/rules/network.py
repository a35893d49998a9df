"""Rules on the hosts that a definition grants its agent."""

from collections.abc import Iterable, Iterator

from sekuire_gate.model.manifest import Claim, Manifest
from sekuire_gate.model.policy import Policy
from sekuire_gate.model.report import Subject
from sekuire_gate.model.variables import is_dynamic
from sekuire_gate.rules import hosts
from sekuire_gate.rules.grants import Grants, judged_texts
from sekuire_gate.rules.memory import remembered
from sekuire_gate.rules.rule import Observation
from sekuire_gate.rules.wording import described, quoted


@remembered
def grants(policy: Policy) -> Grants:
    """Return the policy's lists of domains."""
    return Grants("host", policy.network.hosts, hosts.reach, listed=hosts.listed, denied=hosts.denied)


def _judged(policy: Policy, manifest: Manifest) -> Iterable[Claim[str]]:
    """Return the hosts that are judged one by one: none where the network is switched off altogether."""
    return manifest.hosts if policy.network.enabled and policy.network.restricts else ()


def disabled(policy: Policy, manifest: Manifest) -> Iterator[Observation]:
    """The policy switches the network off, and the definition grants its agent some.

    Hosts that are granted, a model's `base_url`, and what tools files ask for under `permissions.network`: under
    `"enabled": false` nothing of it is permitted, whichever host it is.

    For example, under `"network": {"enabled": false}`:

        agent:
          network:
            allow: [api.example.com]      # refused

    Remove the grant, or ask the security team to change the policy.
    """
    for host in manifest.hosts if not policy.network.enabled else ():
        message = f"host {quoted(host.value)} is granted, and the workspace switches the network off."
        yield Observation(host, message, "Remove the grant, or ask the security team to change the policy.")


def tls_required(policy: Policy, manifest: Manifest) -> Iterator[Observation]:
    """The policy demands TLS, and an address begins with `http://` or `ws://`.

    What is sent in clear can be read and changed on the way: prompts, answers, keys. Loopback hosts (`localhost`,
    `127.0.0.1`, `[::1]`) are excepted. A host without a scheme says nothing of TLS.

    For example, under `"require_tls": true`:

        llm:
          base_url: http://llm.example.com/v1      # refused

    Write `https://` or `wss://`.
    """
    for claim, text in judged_texts(_judged(policy, manifest) if policy.network.require_tls else ()):
        host = hosts.read(text)
        if host.is_in_clear:
            what = described("host", claim.value, text)
            message = f"{what} is spoken to by {quoted(host.scheme)}, and the workspace demands TLS."
            yield Observation(claim, message, f"Write '{host.scheme}s://'.")


def blocked(policy: Policy, manifest: Manifest) -> Iterator[Observation]:
    """A host is on the workspace's deny-list.

    Deny wins over allow. `*.example.com` is example.com and every subdomain, `*` is any host. Letter case, a port, a
    path and one dot at the end make no difference. A host with `*` is blocked if it could stand for one that the
    policy blocks.

    For example, under `"blocked_domains": ["*.example.org"]`:

        agent:
          network:
            allow: ["https://files.example.org/upload"]      # refused

    Remove the host, or ask the security team to change the policy.
    """
    return grants(policy).blocked(_judged(policy, manifest))


def not_allowed(policy: Policy, manifest: Manifest) -> Iterator[Observation]:
    """A host is not in the workspace's allow-list.

    Every place that grants a host counts: `network.allow`, `permissions.network.allowed_hosts`, the `base_url` of a
    model, each tool inside a tools file. `*.example.com` in the policy is example.com and every subdomain. A host
    with `*` is permitted only if one entry of the policy covers all of it, and a tool that asks for the network
    without naming hosts asks for `*`.

    For example, under `"allowed_domains": ["api.example.com"]`:

        agent:
          network:
            allow: [example.com]      # refused: another host than api.example.com

    Write a host that the policy lists, or ask the security team to list this one.
    """
    return grants(policy).not_allowed(_judged(policy, manifest))


def undetermined(policy: Policy, manifest: Manifest) -> Iterator[Observation]:
    """The policy restricts the network, and a host is known at run time only.

    A variable (`${API_HOST}`) is resolved from the agent's environment, which a repository does not show. A default
    is judged too, but decides nothing.

    For example:

        llm:
          base_url: https://${API_HOST:-api.example.com}/v1

    Write the host.
    """
    return grants(policy).undetermined(_judged(policy, manifest))


def not_plain(policy: Policy, manifest: Manifest) -> Iterator[Observation]:
    """Yield each host that programs read in more than one way; a part of `name.not_plain`."""
    for claim in _judged(policy, manifest):
        if not is_dynamic(claim.value) and (oddity := hosts.read(claim.value).oddity):
            message = f"host {quoted(claim.value)} is not a plain host or URL: {oddity}."
            fix = "Write it as 'example.com' or 'https://example.com/path', in ASCII, without user or password."
            yield Observation(claim, message, fix, subject=Subject.NETWORK)
