"""A policy that is shown or compared, not judged by: verified wherever something is said of whom to trust."""

from dataclasses import replace
from datetime import date

from sekuire_gate.model.policy import Policy
from sekuire_gate.trust.anchor import Anchor, LockedVersion
from sekuire_gate.trust.envelope import SignedPolicy
from sekuire_gate.trust.verify import inspect_policy, verify_policy
from sekuire_gate.trust.version import is_version, version_is_older


def shown_policy(signed: SignedPolicy, anchor: Anchor) -> Policy:
    """Verify a document where there are pins, or a switch that takes their place; else check its hash alone.

    Raises:
        PolicyTrustError: it does not verify, or its content is not the one whose hash it states.
        PolicyFormatError: the content is not a policy.
    """
    accepts_unsigned = anchor.unsafe_allow_unsigned and signed.signature is None
    if anchor.pins or anchor.unsafe_trust_embedded_key or accepts_unsigned:
        return verify_policy(signed, anchor)
    return inspect_policy(signed)


def former_policy(signed: SignedPolicy, anchor: Anchor) -> Policy:
    """As `shown_policy`, for the policy that was: an old version, or a key that has ended, is no reason against it.

    Everything else holds: the keys, the workspace, and that the lock file's version has the lock file's content.

    Raises:
        PolicyTrustError: as `shown_policy`.
        PolicyFormatError: as `shown_policy`.
    """
    return shown_policy(signed, replace(anchor, min_version=None, locked=_reached(signed, anchor), today=date.min))


def _reached(signed: SignedPolicy, anchor: Anchor) -> LockedVersion | None:
    locked = anchor.locked
    if locked is None or not is_version(signed.version) or version_is_older(signed.version, than=locked.version):
        return None
    return locked
