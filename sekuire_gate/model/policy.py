"""What a workspace permits, and how we know (docs/protocol.md 2 and 3)."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import Enum

EXPIRING_DAYS = 14  # from so many days before a pin's last day, reports say so


class Trust(Enum):
    """How far the proof of a policy goes."""

    PINNED = "pinned"  # signed by a key that the workflow pins
    EMBEDDED = "embedded"  # signed by the key inside the document: integrity, not origin
    UNSIGNED = "unsigned"  # no signature, accepted on request: the hash fits the content, nothing more
    UNVERIFIED = "unverified"  # hash checked, signature not: only to be shown, never to judge by


class Source(Enum):
    """Where the document came from."""

    FETCHED = "fetched"
    CACHED = "cached"
    FILE = "file"


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of a policy's list."""

    text: str  # as written in the policy, wildcards included
    pointer: str  # JSON Pointer into `content`, of the entry itself


@dataclass(frozen=True, slots=True)
class NameRules:
    """An allow-list and a deny-list over names; several allow-lists bind together."""

    allowed: tuple[tuple[Entry, ...], ...] = ()  # each binding list, never an empty one; (): unrestricted
    blocked: tuple[Entry, ...] = ()

    @property
    def restricts(self) -> bool:
        """Whether any list of the subject exists."""
        return bool(self.allowed or self.blocked)


@dataclass(frozen=True, slots=True)
class NetworkRules:
    """`permissions.network`."""

    enabled: bool = True
    require_tls: bool = False
    hosts: NameRules = field(default_factory=NameRules)

    @property
    def restricts(self) -> bool:
        """Whether the section forbids anything at all."""
        return not self.enabled or self.require_tls or self.hosts.restricts


@dataclass(frozen=True, slots=True)
class FilesystemRules:
    """`permissions.filesystem`."""

    enabled: bool = True
    paths: NameRules = field(default_factory=NameRules)
    extensions: tuple[str, ...] = ()  # (): any

    @property
    def restricts(self) -> bool:
        """Whether the section forbids anything at all."""
        return not self.enabled or self.paths.restricts or bool(self.extensions)


@dataclass(frozen=True, slots=True)
class ApiRules:
    """`permissions.api`: cannot be judged from a repository."""

    enabled: bool = True
    services: tuple[tuple[str, tuple[str, ...]], ...] = ()  # (service, its endpoints); (): any

    @property
    def restricts(self) -> bool:
        """Whether the section forbids anything at all."""
        return not self.enabled or bool(self.services)


@dataclass(frozen=True, slots=True)
class RateLimits:
    """`rate_limits.per_agent`; None where not limited."""

    requests_per_minute: int | None = None
    requests_per_hour: int | None = None
    tokens_per_minute: int | None = None
    tokens_per_hour: int | None = None

    @property
    def restricts(self) -> bool:
        """Whether the section forbids anything at all."""
        return self != RateLimits()


@dataclass(frozen=True, slots=True)
class ComplianceRules:
    """`compliance`."""

    frameworks: tuple[Entry, ...] = ()
    audit_logging: bool = False
    data_residency: str | None = None


@dataclass(frozen=True, slots=True)
class PolicyProof:
    """What is proven about a policy, and by which key."""

    policy_id: str  # covered by the signature; never holds ':' (docs/protocol.md 2.2)
    version: str  # covered too; text, compared as dotted whole numbers
    content_hash: str  # BLAKE3 of the canonical content: 64 lower-case hex digits
    key_fingerprint: str | None  # "sha256:" + 64 hex digits over the 32 raw bytes; None where none verified
    trust: Trust
    source: Source
    key_days_left: int | None = None  # whole days after today on which the pin still counts; None: it has no last day
    locked_version: str | None = None  # the lock file's, where this version is newer; None: the same, or no lock
    cached_seconds: int | None = None  # since it was fetched and kept; None: not from the cache


@dataclass(frozen=True, slots=True)
class PolicyLabel:
    """What stands beside the signature, NOT under it: a wrong label is reason to refuse, a right one proves nothing."""

    workspace_id: str
    status: str
    signing_key_id: str | None
    activated_at: str | None


@dataclass(frozen=True, slots=True)
class Policy:
    """What a workspace permits; apart from `Trust.UNVERIFIED`, holding one is the proof."""

    proof: PolicyProof
    label: PolicyLabel
    providers: NameRules = field(default_factory=NameRules)
    models: NameRules = field(default_factory=NameRules)
    tools: NameRules = field(default_factory=NameRules)
    capabilities: NameRules = field(default_factory=NameRules)
    tool_approval: bool = False
    network: NetworkRules = field(default_factory=NetworkRules)
    filesystem: FilesystemRules = field(default_factory=FilesystemRules)
    api: ApiRules = field(default_factory=ApiRules)
    rate_limits: RateLimits = field(default_factory=RateLimits)
    compliance: ComplianceRules = field(default_factory=ComplianceRules)
    unknown: tuple[str, ...] = ()  # dotted names of what no rule can check, in document order

    @property
    def unrestricted(self) -> tuple[str, ...]:
        """The subjects that no allow-list binds, even if a deny-list exists (docs/contract.md 6)."""
        return tuple(self._unrestricted())

    def _unrestricted(self) -> Iterator[str]:
        if not self.providers.allowed:
            yield "provider"
        # A list of providers binds the models too: each model is one provider's.
        if not self.models.allowed and not self.providers.allowed:
            yield "model"
        for subject, rules in (
            ("tools", self.tools),
            ("capabilities", self.capabilities),
            ("network", self.network.hosts),
            ("filesystem", self.filesystem.paths),
        ):
            if not rules.allowed:
                yield subject
