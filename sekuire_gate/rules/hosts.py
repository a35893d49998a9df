"""How a domain of the policy matches a host (docs/protocol.md 3.1, "Domains")."""

LOOPBACK = frozenset({"localhost", "127.0.0.1", "[::1]", "::1"})


def normal(host: str) -> str:
    """Return a host in its one spelling: lower case, without one trailing dot."""
    return host.lower().removesuffix(".")


def matches(domain: str, host: str) -> bool:
    """Whether a domain of the policy covers a host: `*` any, `*.example.com` that one and all below, else itself.

    Args:
        domain: as the policy writes it.
        host: without scheme, port or user; in any case.
    """
    if domain == "*":
        return True
    wanted, host = normal(domain), normal(host)
    base = wanted.removeprefix("*.")
    return host == base or (base != wanted and host.endswith(f".{base}"))
