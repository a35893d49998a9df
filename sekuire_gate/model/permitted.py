"""Which names a policy permits, so that other programs can ask (docs/contract.md 2, `schema`)."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Alternatives:
    """What one allow-list permits: a name is one of these, or one of the expressions fits it."""

    names: tuple[str, ...]  # without those that a deny-list holds
    patterns: tuple[str, ...]  # regular expressions that JavaScript, Java and Python read alike


@dataclass(frozen=True, slots=True)
class PermittedNames:
    """What a policy's lists say of one subject's names; all of it binds."""

    plain: tuple[str, str]  # expressions: one that fits a plain name, one that fits what no plain name holds
    allowed: tuple[Alternatives, ...]  # one per binding allow-list; (): any
    denied: tuple[str, ...]  # expressions that no name may fit


@dataclass(frozen=True, slots=True)
class Permitted:
    """What a policy permits of the three subjects that an editor completes; None: nothing binds the subject."""

    provider: PermittedNames | None = None
    model: PermittedNames | None = None
    tool: PermittedNames | None = None
