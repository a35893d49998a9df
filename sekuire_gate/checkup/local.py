"""What can be looked at without asking anybody: lock file, pins, cache, and the run itself."""

from collections.abc import Iterator

from sekuire_gate.errors import PolicyTrustError
from sekuire_gate.model.checkup import Examined, Mark
from sekuire_gate.model.duration import in_words
from sekuire_gate.model.policy import EXPIRING_DAYS, Policy
from sekuire_gate.policy_settings import PolicySettings
from sekuire_gate.trust.address import PolicyAddress
from sekuire_gate.trust.anchor import Anchor, PinnedKey
from sekuire_gate.trust.ed25519 import fingerprint
from sekuire_gate.trust.fallback import fallback_policy
from sekuire_gate.trust.lock import Lock
from sekuire_gate.workflow import Withheld, WorkflowRun, secrets_withheld

_WITHHELD = {
    Withheld.FORK: "a pull request from a fork, which GitHub gives no secrets",
    Withheld.DEPENDABOT: "a run of Dependabot, which GitHub gives Dependabot secrets only",
}


def lock_file(lock: Lock | None) -> Examined:
    """Look at what the lock file says, which could be read."""
    if lock is None:
        return Examined(Mark.NOTE, "lock", "no lock file: pins, workspace and lowest version are the inputs' alone.")
    text = (
        f"of workspace '{lock.workspace_id}' at {lock.api_host}, version {lock.locked.version} since "
        f"{lock.locked_at.date()}, {len(lock.pins)} pinned."
    )
    return Examined(Mark.OK, "lock", text)


def pins(anchor: Anchor) -> Iterator[Examined]:
    """Look at each pinned key, and how long it counts."""
    if not anchor.pins:
        yield Examined(Mark.WARNING, "pins", _without_pins(anchor))
        return
    for pin in anchor.pins:
        yield _pin(pin, anchor)
    if not any(pin.counts_on(anchor.today) for pin in anchor.pins):
        expired = PolicyTrustError(
            f"no pinned key counts any more, today is {anchor.today} (UTC).",
            kind="policy.key_expired",
            fix="Compare the workspace's present key with your dashboard, and pin it.",
        )
        yield Examined(Mark.PROBLEM, "pins", expired.message, expired.problem)


def _without_pins(anchor: Anchor) -> str:
    if anchor.unsafe_trust_embedded_key:
        return "none: a policy is verified with the key inside it, which proves that it is whole, not whose it is."
    if anchor.unsafe_allow_unsigned:
        return "none: an unsigned policy is accepted, whoever wrote it."
    return "none: no policy is accepted."


def _pin(pin: PinnedKey, anchor: Anchor) -> Examined:
    name = f"'{pin.key_id}'" if pin.key_id is not None else "of any id"
    days = pin.days_left(anchor.today)
    shown = f"{name} {fingerprint(pin.public_key)}"
    if days is None:
        return Examined(Mark.OK, "pins", f"{shown}, without a last day.")
    if days < 0:
        return Examined(Mark.WARNING, "pins", f"{shown}, until {pin.last_day}: it no longer counts.")
    mark = Mark.WARNING if days <= EXPIRING_DAYS else Mark.OK
    return Examined(mark, "pins", f"{shown}, until {pin.last_day} (UTC), {days} day{'' if days == 1 else 's'} left.")


def event(run: WorkflowRun) -> Iterator[Examined]:
    """Look at what started the run, and at what its token may write as far as that tells."""
    if run.event is None:
        yield Examined(Mark.NOTE, "event", "no workflow run.")
        return
    withheld = secrets_withheld(run)
    if withheld is not None:
        yield Examined(Mark.NOTE, "event", f"'{run.event}', {_WITHHELD[withheld]}.")
        yield Examined(Mark.NOTE, "token", "GITHUB_TOKEN may only read.")
        return
    yield Examined(Mark.OK, "event", f"'{run.event}', with no sign of a fork or of Dependabot: secrets are given.")
    yield Examined(
        Mark.NOTE,
        "token",
        "not asked, as only GitHub could tell: GITHUB_TOKEN may write what 'permissions' of the job say; fetching and "
        "judging need nothing of it.",
    )


def kept_policy(settings: PolicySettings) -> Policy | str | None:
    """Look for the policy that `check` would judge by if the service were down now.

    Returns:
        The policy, or a sentence that says why none could stand in; None where none is to be kept.
    """
    if settings.cache is None or not isinstance(settings.where, PolicyAddress):
        return None
    return fallback_policy(settings.cache, settings.where, settings.transport, settings.anchor)


def cache(settings: PolicySettings, kept: Policy | str | None) -> Examined:
    """Tell of the policy that is kept for an outage, from `kept_policy`."""
    stands_in = settings.cache is not None and settings.cache.stands_in
    match kept:
        case None:
            return Examined(Mark.NOTE, "cache", "none: while the service is down, a check fails.")
        case str() as reason:
            mark = Mark.WARNING if stands_in else Mark.NOTE
            return Examined(mark, "cache", f"no policy could stand in now: {reason}")
    fetched = f"fetched {in_words(kept.proof.cached_seconds or 0)} ago"
    if stands_in:
        return Examined(Mark.OK, "cache", f"{fetched}, stands in while the service is down.")
    return Examined(Mark.NOTE, "cache", f"{fetched}, not used: on-unavailable is not 'cached'.")
