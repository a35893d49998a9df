"""The order in which things are looked at; a problem does not end it where the next still makes sense."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sekuire_gate.checkup import local
from sekuire_gate.checkup.service import Clock, connection, problem, saved_policy, service
from sekuire_gate.errors import SettingsError
from sekuire_gate.inputs import TRANSPORT_INPUTS, Given
from sekuire_gate.model.checkup import Examined, Mark
from sekuire_gate.model.policy import Policy
from sekuire_gate.policy_settings import (
    PolicySettings,
    accepts_test_keys,
    lock_file,
    read_anchor,
    read_policy_settings,
    settle,
)
from sekuire_gate.trust.address import PolicyAddress, PolicyFile
from sekuire_gate.trust.anchor import Anchor
from sekuire_gate.trust.lock import Lock, read_lock
from sekuire_gate.workflow import WorkflowRun


@dataclass(frozen=True, slots=True)
class Checkup:
    """What is to be looked at: nothing of it has been asked of anybody yet."""

    settings: PolicySettings | SettingsError  # what the inputs say, or why they make no sense
    lock_path: Path | None  # None: there is no lock file
    lock: Lock | SettingsError | None  # what the lock file says, or why it cannot be read
    anchor: Anchor | None  # None: the inputs that say what a policy must prove make no sense
    way: PolicySettings | None  # where the inputs make no sense: what those that concern the way alone say, if they do


def prepare(given: Given, environ: Mapping[str, str], cwd: Path, clock: datetime) -> Checkup:
    """Read the inputs and the lock file, as far as that goes.

    Args:
        given: the texts.
        environ: for the proxy's variables alone.
        cwd: what relative paths start from.
        clock: the machine's, in UTC.
    """
    path = lock_file(given, cwd)
    lock = _lock(path, given)
    try:
        settings = read_policy_settings(given, environ, cwd, clock)
    except SettingsError as error:
        return Checkup(error, path, lock, _anchor(given, lock, clock), _way(given, environ, cwd, clock))
    return Checkup(settings, path, lock, settings.anchor, None)


def examine(checkup: Checkup, run: WorkflowRun, clock: Clock) -> Iterator[Examined]:
    """Look at one thing after the other; what asks the service comes last but for the cache.

    Args:
        checkup: from `prepare`.
        run: the run as the runner describes it.
        clock: the machine's.
    """
    yield from _inputs(checkup)
    if checkup.anchor:
        yield from local.pins(checkup.anchor)
    yield from local.event(run)
    match checkup:
        case Checkup(settings=PolicySettings(where=PolicyAddress() as where) as settings):
            kept = local.kept_policy(settings)
            yield from service(where, settings, run, clock, kept if isinstance(kept, Policy) else None)
            yield local.cache(settings, kept)
        case Checkup(settings=PolicySettings(where=PolicyFile() as where) as settings):
            yield from saved_policy(where, settings)
        case Checkup(way=PolicySettings(where=PolicyAddress() as where, transport=transport)):
            yield from connection(where, transport, clock)


def _inputs(checkup: Checkup) -> Iterator[Examined]:
    settings, lock = checkup.settings, checkup.lock
    if isinstance(settings, SettingsError):
        yield problem("inputs", settings)
    else:
        yield Examined(Mark.OK, "inputs", "they make sense.")
    if not isinstance(lock, SettingsError):
        yield local.lock_file(lock)
    elif isinstance(settings, SettingsError) and settings.message != lock.message:
        yield problem("lock", lock)


def _lock(path: Path | None, given: Given) -> Lock | SettingsError | None:
    try:
        return read_lock(path, accept_test_keys=accepts_test_keys(given)) if path else None
    except SettingsError as error:
        return error


def _anchor(given: Given, lock: Lock | SettingsError | None, clock: datetime) -> Anchor | None:
    try:
        return read_anchor(given, lock if isinstance(lock, Lock) else None, clock.date())
    except SettingsError:
        return None


def _way(given: Given, environ: Mapping[str, str], cwd: Path, clock: datetime) -> PolicySettings | None:
    """Read the inputs that concern the way to the service, and no other; the workspace is whichever."""
    if "policy-file" in given:
        return None
    names = {item.name for item in TRANSPORT_INPUTS} - {"workspace-id"}
    texts = {name: text for name, text in given.items() if name in names} | {"workspace-id": "-"}
    try:
        return settle(texts, None, environ, cwd, clock)
    except SettingsError:
        return None
