"""`lock`: write the lock file from the policy that is active and verified now (docs/contract.md 2)."""

import argparse
import os
from dataclasses import replace
from pathlib import Path

from sekuire_gate import inputs, workflow
from sekuire_gate.commands.command import Command, Outside, mask, say
from sekuire_gate.durable import replace_file
from sekuire_gate.errors import SettingsError
from sekuire_gate.inputs import API_KEY, TRANSPORT_INPUTS, TRUST_INPUTS, Given, is_true
from sekuire_gate.model.policy import Policy
from sekuire_gate.model.problem import ExitCode
from sekuire_gate.policy_settings import (
    PolicySettings,
    accepts_test_keys,
    lock_file,
    read_api_key,
    read_policy_settings,
    settle,
)
from sekuire_gate.render.escape import for_log
from sekuire_gate.trust.address import PolicyAddress
from sekuire_gate.trust.anchor import LockedVersion, PinnedKey, pins_of
from sekuire_gate.trust.lock import DEFAULT_LOCK_FILE, Lock, lock_text
from sekuire_gate.trust.version import is_version

FLAGS = (*TRANSPORT_INPUTS, *TRUST_INPUTS)
_FILE_MODE = 0o644  # no secret: it is committed


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the flags of `lock`."""
    parser.add_argument(
        "--update",
        action="store_true",
        help="move the lock file that is there to the version that is active now; what it says binds until then",
    )
    inputs.declare(parser, FLAGS)
    parser.epilog = (
        "Pins come from --trusted-key; with --update they are added to the lock file's. Commit the file, and review "
        "its changes like code: from then on 'check' refuses a lower version, and another policy under this version. "
        "It names workspace and host because no signature covers them. The API key comes from $SEKUIRE_API_KEY."
    )


def run(options: argparse.Namespace, outside: Outside) -> ExitCode:
    """Lock the policy, and only a policy that a pinned key verifies."""
    given = inputs.from_flags(options, (API_KEY, *FLAGS), outside.environ)
    mask(given.get("api-key", ""), outside)
    read_api_key(given)  # the key first: a wrong one must never be repeated by a later message
    path = lock_file(given, outside.cwd) or outside.cwd / DEFAULT_LOCK_FILE
    settings = _settings(given, path, outside, update=options.update)
    policy = _verified(settings, outside)
    pins = _lasting_pins(settings, outside)
    lock = _lock(settings, policy, pins, outside)
    name = given.get("lock-file", DEFAULT_LOCK_FILE).strip()
    if settings.lock is not None and _says_the_same(settings.lock, lock):
        outside.stdout.write(f"{for_log(f'{_named(policy)} is locked already in {name}')}\n")
        return ExitCode.OK
    _write(lock, path)
    outside.stdout.write(f"{for_log(f'Locked {_named(policy)} in {name}{_moved(settings.lock, lock)}')}\n")
    return ExitCode.OK


def _settings(given: Given, path: Path, outside: Outside, *, update: bool) -> PolicySettings:
    for switch in ("unsafe-trust-embedded-key", "unsafe-allow-unsigned"):
        if is_true(given, switch):
            raise SettingsError(
                f"'{switch}' contradicts a lock file, which pins keys.",
                kind="config.contradiction",
                fix=f"Pin the workspace's key, and take '{switch}' away.",
            )
    is_there = os.path.lexists(path)  # a link that leads nowhere is there too
    if is_there and not update:
        raise _refused(f"the lock file '{path}' exists already", "Move it with 'sekuire-gate lock --update'.")
    if not is_there and update:
        raise _refused(
            f"there is no lock file '{path}' to update", "Correct --lock-file, or make a first one without --update."
        )
    if update:
        settings = read_policy_settings(given, outside.environ, outside.cwd, outside.now)
        return _with_both_pins(settings, accept_test_keys=accepts_test_keys(given))
    return settle(given, None, outside.environ, outside.cwd, outside.now)


def _with_both_pins(settings: PolicySettings, *, accept_test_keys: bool) -> PolicySettings:
    """Add the keys that are given to those that are locked: a given one comes in the place of one with its id."""
    given, locked = settings.anchor.pins, settings.anchor.set_aside
    ids = {pin.key_id for pin in given if pin.key_id is not None}
    bare = {pin.public_key for pin in given if pin.key_id is None}
    kept = (pin for pin in locked if (pin.public_key not in bare if pin.key_id is None else pin.key_id not in ids))
    lines = [pin.line for pin in (*kept, *given)]
    # Read anew: what each may pin alone, the file might not pin together.
    pins = pins_of(((f"the line '{line}'", line) for line in lines), accept_test_keys=accept_test_keys)
    return replace(settings, anchor=replace(settings.anchor, pins=pins, set_aside=()))


def _verified(settings: PolicySettings, outside: Outside) -> Policy:
    from sekuire_gate.gate import obtain  # noqa: PLC0415 - loads what fetches
    from sekuire_gate.trust.verify import verify_policy  # noqa: PLC0415 - loads what verifies

    policy = verify_policy(obtain(settings, workflow.load(outside.environ)), settings.anchor)
    if not is_version(policy.proof.version):
        raise _refused(
            f"the policy's version '{policy.proof.version}' is not made of dotted whole numbers, so that no other can "
            "be said to be lower",
            "Publish the policy under a version as 7 or 1.4.0, and lock that one.",
        )
    return policy


def _lasting_pins(settings: PolicySettings, outside: Outside) -> tuple[PinnedKey, ...]:
    """Return the pins in force, and say which have ended."""
    today = settings.anchor.today
    for pin in settings.anchor.pins:
        if not pin.counts_on(today):
            say(for_log(f"Left out, because its last day is over: {pin.line}"), outside)
    return tuple(pin for pin in settings.anchor.pins if pin.counts_on(today))


def _lock(settings: PolicySettings, policy: Policy, pins: tuple[PinnedKey, ...], outside: Outside) -> Lock:
    assert isinstance(settings.where, PolicyAddress), "no flag of this command names a saved policy"
    return Lock(
        workspace_id=settings.where.workspace_id,
        api_host=settings.where.authority,
        pins=pins,
        locked=LockedVersion(policy.proof.version, policy.proof.content_hash),
        locked_at=outside.now.replace(microsecond=0),
    )


def _says_the_same(old: Lock, new: Lock) -> bool:
    """Whether only the time differs: then the file stays, so that nobody has to review a change that is none."""
    return replace(new, locked_at=old.locked_at) == old


def _write(lock: Lock, path: Path) -> None:
    try:
        replace_file(path, lock_text(lock).encode(), mode=_FILE_MODE)
    except (OSError, ValueError) as error:
        reason = (error.strerror if isinstance(error, OSError) else None) or "not a file name"
        raise _refused(f"the lock file '{path}' cannot be written: {reason}", "Choose another --lock-file.") from error


def _named(policy: Policy) -> str:
    return f"policy {policy.proof.policy_id} (v{policy.proof.version}) of workspace {policy.label.workspace_id}"


def _moved(old: Lock | None, new: Lock) -> str:
    return f" ({old.locked.version} → {new.locked.version})" if old and old.locked.version != new.locked.version else ""


def _refused(what: str, fix: str) -> SettingsError:
    return SettingsError(f"{what}.", kind="config.lock_file", fix=fix)


COMMAND = Command(arguments, run)
