"""What a declared host is, and how domains of the policy match it (docs/protocol.md 3.1, "Domains").

A declared host is a URL or a host. Its host part is found as RFC 3986 says; where programs in use would find another
one (WHATWG's URL standard, libraries that decode first) it has an oddity and no name.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from sekuire_gate.model.policy import Entry
from sekuire_gate.rules.grants import Reach
from sekuire_gate.rules.patterns import Patterns

LOOPBACK = frozenset({"localhost", "127.0.0.1", "[::1]"})
MAX_PORT = 65535
MAX_NAME_LENGTH = 253  # characters of a domain name, RFC 1035 and its text form

_ODD_CHARACTER = re.compile(r"[^!-~]|\\")
_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*)://|//")
# Of WHATWG's special schemes: what follows the colon is the host, with slashes or without.
_SCHEME_ALONE = re.compile(r"(https?|wss?|ftp|file):", re.IGNORECASE)
_END = re.compile(r"[/?#]")
_RANGE = re.compile(r"[0-9.]+/[0-9]+|\[?[0-9A-Fa-f]*:[0-9A-Fa-f:.]*\]?/[0-9]+")
_PORT = re.compile(r":([0-9]*|\*)\Z")
_LABELS = re.compile(r"[a-z0-9_*-]+(?:\.[a-z0-9_*-]+)*")
# A host whose last label is a number is an address to WHATWG, however many labels there are.
_ENDS_IN_NUMBER = re.compile(r"(?:.*\.)?(?:[0-9]+|0x[0-9a-f]*)", re.DOTALL)
_ADDRESS = re.compile(r"(?:(?:25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])(?:\.(?!\Z)|\Z)){4}")


@dataclass(frozen=True, slots=True)
class Host:
    """A declared host, read."""

    scheme: str  # lower case; "" where none is written
    name: str  # lower case, without port and final dot, IPv6 in brackets; "" where it is odd
    oddity: str = ""  # why it could be read in more than one way: a clause

    @property
    def is_in_clear(self) -> bool:
        """Whether it is spoken to without TLS, as far as the scheme says, and not on the same machine."""
        return self.scheme in {"http", "ws"} and self.name not in LOOPBACK


def read(written: str) -> Host:
    """Find scheme and host part of a URL or a host."""
    start = _SCHEME.match(written)
    scheme = (found[1] or "").lower() if (found := start or _SCHEME_ALONE.match(written)) else ""
    if odd := _ODD_CHARACTER.search(written):
        return Host(scheme, "", f"character {odd.start() + 1} is U+{ord(odd[0]):04X}")
    if scheme and not start:
        return Host(scheme, "", "'//' is missing behind the scheme")
    if not start and _RANGE.fullmatch(written):
        return Host(scheme, "", "it is a range of addresses")
    authority = _END.split(written[start.end() if start else 0 :], maxsplit=1)[0]
    if not start and (address := _ipv6(authority)):
        return Host(scheme, address)  # without brackets, as only a host alone may be
    return _of_authority(scheme, authority, is_url=start is not None)


def _of_authority(scheme: str, authority: str, *, is_url: bool) -> Host:
    if "@" in authority:
        return Host(scheme, "", "user information stands before the host")
    port = _PORT.search(authority)
    # An empty port is a URL's; `https:/example.com` is a URL to some readers and the host `https` to others.
    if port and (port[1] or is_url):
        if not _is_port(port[1]):
            return Host(scheme, "", f"its port is not a number from 0 to {MAX_PORT}")
        authority = authority[: port.start()]
    name = authority.lower().removesuffix(".")
    if name.startswith("[") and (address := _ipv6(name)):
        return Host(scheme, address)
    return Host(scheme, "", oddity) if (oddity := _oddity(name)) else Host(scheme, name)


def _is_port(text: str) -> bool:
    """Whether a port is none, any, or a number that ports have; longer ones wrap around in some programs."""
    return text in {"", "*"} or (len(text) <= len(str(MAX_PORT)) and int(text) <= MAX_PORT)


def _oddity(name: str) -> str:
    if not name:
        return "it names no host"
    if len(name) > MAX_NAME_LENGTH:
        return f"its host has {len(name)} characters"
    if not _LABELS.fullmatch(name):
        return "its host is not made of letters, digits, '-' and '_' between dots"
    if _ENDS_IN_NUMBER.fullmatch(name) and not _ADDRESS.fullmatch(name):
        return "its host is an address in an unusual spelling"
    return ""


def _ipv6(text: str) -> str:
    """Return an IPv6 address in its one spelling, in brackets, or the IPv4 address that it holds; "" of others."""
    if ":" not in text:
        return ""
    from ipaddress import AddressValueError, IPv6Address  # noqa: PLC0415 - few definitions name addresses

    try:
        address = IPv6Address(text.removeprefix("[").removesuffix("]") if text.startswith("[") else text)
    except AddressValueError:
        return ""
    if address.scope_id is not None:
        return ""
    return str(address.ipv4_mapped) if address.ipv4_mapped else f"[{address.compressed}]"


def reach(written: str) -> Reach | None:
    """Return what a declared host can reach; None where it is odd. `*.example.com` reaches example.com too."""
    name = read(written).name
    if not name:
        return None
    return Reach(name, (name, name.removeprefix("*."))) if name.startswith("*.") else Reach(name, (name,))


def normal(host: str) -> str:
    """Return a host without scheme in its one spelling: lower case, without one final dot, IPv6 in brackets."""
    return _ipv6(host) or host.lower().removesuffix(".")


def listed(entries: Iterable[Entry]) -> Patterns:
    """Prepare a list: `*` is any host, `*.example.com` that one and all below, everything else itself."""
    forms: list[tuple[str, Entry]] = []
    literal: list[tuple[str, Entry]] = []
    for entry in entries:
        domain = entry.text if entry.text == "*" else normal(entry.text)
        base = domain.removeprefix("*.")
        if entry.text == "*" or "*" not in domain:
            forms.append((domain, entry))
        elif base != domain and "*" not in base:
            forms += ((domain, entry), (base, entry))
        else:
            literal.append((domain, entry))
    return Patterns(forms, literal)


def denied(entries: Iterable[Entry]) -> Patterns:
    """Prepare a deny-list: wider than `listed`, for an entry that matches nothing would be passed over in silence.

    A star stands for any run wherever it is, and an entry may be written as definitions write hosts: with a scheme,
    a port or a path.
    """
    forms: list[tuple[str, Entry]] = []
    for entry in entries:
        domain = read(entry.text).name or normal(entry.text)
        forms += ((form, entry) for form in dict.fromkeys((domain, domain.removeprefix("*."))))
    return Patterns(forms)
