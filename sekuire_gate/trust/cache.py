"""The last verified policy, kept to stand in while the service is down (docs/contract.md 3, `on-unavailable`).

A cache may be written by others: a job of the same workflow, whoever may write the folder. So nothing is taken from
it on trust. What it gives is verified again like any answer; that it came from this address with this API key, and
when, is proven by its seal. An attacker who cuts the service off and puts an older file back gains the time that
`max-cache-age` grants from the day on which it was really fetched, and no more.
"""

import errno
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sekuire_gate.canonical import blake3_hex
from sekuire_gate.durable import make_folder, replace_file
from sekuire_gate.errors import PolicyFetchError
from sekuire_gate.model.duration import in_words
from sekuire_gate.model.problem import ExitCode, Problem
from sekuire_gate.model.secret import Secret
from sekuire_gate.regular_file import read_regular_file
from sekuire_gate.trust.address import PolicyAddress
from sekuire_gate.trust.anchor import PinnedKey
from sekuire_gate.trust.answer import MAX_POLICY_BYTES
from sekuire_gate.trust.cache_entry import CacheEntry, seal, unseal
from sekuire_gate.trust.ed25519 import fingerprint
from sekuire_gate.trust.retry import TRANSIENT_KINDS

# Only what waiting could heal, and what says nothing about the policy. A No of the service, a redirect, a certificate
# or a document that is wrong is an answer, and is never covered up with an older one.
MAY_PASS = TRANSIENT_KINDS | {"fetch.timeout"}
MAX_BYTES = MAX_POLICY_BYTES + 16_384  # a policy and what stands before it
MAX_CLOCK_STEP_SECONDS = 300  # a clock that is set right may go back by so much


@dataclass(frozen=True, slots=True)
class PolicyCache:
    """Where verified policies are kept, and whether they may stand in."""

    folder: Path
    now: datetime  # the machine's clock, in UTC; never SOURCE_DATE_EPOCH
    stands_in: bool = False  # `on-unavailable: cached`
    max_age_seconds: int = 24 * 60 * 60

    def may_answer(self, failure: PolicyFetchError) -> bool:
        """Whether a kept policy may be looked for, after this failure to fetch one."""
        return self.stands_in and failure.kind in MAY_PASS


@dataclass(frozen=True, slots=True)
class KeptPolicy:
    """A document that was verified when it was kept, and is to be verified again."""

    document: bytes
    seconds: int  # since it was fetched


class _UnusableError(Exception):
    """Why a kept policy is not used, in words that follow a colon."""


def keep(
    cache: PolicyCache, where: PolicyAddress, api_key: Secret, document: bytes, key_fingerprint: str
) -> tuple[Problem, ...]:
    """Keep a policy that was just fetched and verified, in place of the one before.

    Args:
        cache: its clock was read before the fetch, so that the policy never seems younger than it is.
        where: the address that answered.
        api_key: the key that was sent.
        document: the very bytes of the answer.
        key_fingerprint: of the pinned key that verified it.

    Returns:
        Why it is not kept, if it is not: the verdict stands without it.
    """
    entry = CacheEntry(where.url, where.workspace_id, key_fingerprint, int(cache.now.timestamp()), document)
    try:
        make_folder(cache.folder)
        replace_file(_file(cache, where), seal(entry, api_key))
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "its name holds NUL"
        return (not_kept(cache, reason),)
    return ()


def not_kept(cache: PolicyCache, reason: str) -> Problem:
    """Return the remark that a policy is not kept; the reason follows a colon."""
    return Problem(
        kind="",  # no problem of the run: the verdict stands
        message=f"the policy is not kept in '{cache.folder}': {reason}.",
        fix="The verdict stands. Give api-key and trusted-keys, and let cache-dir name a folder that may be written.",
        exit_code=ExitCode.OK,
    )


def look(
    cache: PolicyCache, where: PolicyAddress, api_key: Secret | None, pins: tuple[PinnedKey, ...]
) -> KeptPolicy | str:
    """Return what would stand in if the service were down now, or in a few words why nothing would.

    Args:
        cache: where it is, and how old it may be.
        where: the address.
        api_key: the key that it must be sealed with.
        pins: the keys of which one must have signed it.
    """
    try:
        entry = _authentic(cache, where, api_key, pins)
        return KeptPolicy(entry.document, _age(entry, cache, where))
    except _UnusableError as reason:
        return str(reason)


def _file(cache: PolicyCache, where: PolicyAddress) -> Path:
    """One file per address: workspaces and hosts that share a folder do not overwrite each other's."""
    return cache.folder / f"policy-{blake3_hex(where.url.encode())}.cache"


def _authentic(
    cache: PolicyCache, where: PolicyAddress, api_key: Secret | None, pins: tuple[PinnedKey, ...]
) -> CacheEntry:
    """Open what is kept: sealed with this API key, and signed by one of these keys."""
    if api_key is None:
        raise _UnusableError("one is kept only under an API key")
    if not pins:
        raise _UnusableError("one is kept only where its signing key is pinned")
    entry = unseal(_read(cache, where), api_key)
    if entry is None:
        raise _UnusableError("it was kept with another API key, or changed since")
    if all(fingerprint(pin.public_key) != entry.key_fingerprint for pin in pins):
        raise _UnusableError("it was signed by a key that is not pinned now")
    return entry


def _age(entry: CacheEntry, cache: PolicyCache, where: PolicyAddress) -> int:
    """Return for how many seconds an entry of this address is kept, at least 0."""
    if (entry.url, entry.workspace_id) != (where.url, where.workspace_id):
        raise _UnusableError("it is of another host or workspace")
    seconds = int(cache.now.timestamp()) - entry.fetched_at
    if seconds < -MAX_CLOCK_STEP_SECONDS:
        raise _UnusableError("by this machine's clock it was fetched in the future")
    if seconds > cache.max_age_seconds:
        raise _UnusableError(f"it is older than max-cache-age, {in_words(cache.max_age_seconds)}")
    return max(seconds, 0)


def _read(cache: PolicyCache, where: PolicyAddress) -> bytes:
    """Read a file as it is. Its mode and owner say nothing: the seal does."""
    try:
        data = read_regular_file(_file(cache, where), MAX_BYTES, follow_links=False)
    except FileNotFoundError as error:
        raise _UnusableError(f"none is kept in '{cache.folder}'") from error
    except OSError as error:
        # What the system says of a link that is not followed would send people looking for a loop.
        reason = "it is a link" if error.errno == errno.ELOOP else f"it cannot be read: {error.strerror}"
        raise _UnusableError(reason) from error
    except ValueError as error:
        raise _UnusableError("the name of its folder holds NUL") from error
    if data is None:
        raise _UnusableError("it is not a regular file")
    if len(data) > MAX_BYTES:
        raise _UnusableError("it is larger than any that is kept")
    return data
