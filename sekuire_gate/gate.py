"""The gate: obtain, verify, read, evaluate; and never without an outcome."""

import traceback
from dataclasses import dataclass
from pathlib import Path

from sekuire_gate.errors import GateError, PolicyError, PolicyFetchError
from sekuire_gate.keyless import explained
from sekuire_gate.model.outcome import Outcome
from sekuire_gate.model.policy import Policy, Trust
from sekuire_gate.model.problem import ExitCode, Problem
from sekuire_gate.parse.definitions import read_definitions
from sekuire_gate.parse.discover import Step, unwatched
from sekuire_gate.parse.folder import Folder
from sekuire_gate.policy_settings import PolicySettings
from sekuire_gate.rules.evaluate import evaluate
from sekuire_gate.settings import Settings
from sekuire_gate.trust.address import PolicyAddress
from sekuire_gate.trust.cache import keep, not_kept
from sekuire_gate.trust.envelope import SignedPolicy
from sekuire_gate.trust.fallback import fallback_policy, without_fallback
from sekuire_gate.trust.source import obtain_policy
from sekuire_gate.trust.verify import verify_policy
from sekuire_gate.workflow import WorkflowRun


@dataclass(frozen=True, slots=True)
class Trusted:
    """A policy that was verified, and what went wrong beside that."""

    policy: Policy
    remarks: tuple[Problem, ...] = ()  # the outage that a kept policy stands in for, or why none is kept


def obtain(settings: PolicySettings, run: WorkflowRun) -> SignedPolicy:
    """Fetch or read the policy; nothing of it is proven yet.

    Raises:
        SettingsError: the proxy or the authorities make no sense.
        PolicyError: there is no document; where a call without a key fails, the reason why there is no key, if the
            run tells it.
    """
    try:
        return obtain_policy(settings.where, settings.transport)
    except PolicyError as error:
        if settings.transport.api_key is not None or not isinstance(settings.where, PolicyAddress):
            raise
        reason = explained(error, run)
        if reason is error:
            raise
        raise reason from error


def trusted_policy(settings: PolicySettings, run: WorkflowRun) -> Trusted:
    """Obtain the policy, during an outage perhaps the one that was kept, and verify it; keep what was fetched.

    Raises:
        SettingsError: the proxy or the authorities make no sense.
        PolicyError: there is no policy to judge by.
    """
    try:
        signed = obtain(settings, run)
    except PolicyFetchError as outage:
        return Trusted(_stand_in(settings, outage), (outage.problem,))
    policy = verify_policy(signed, settings.anchor)
    return Trusted(policy, _keep(settings, signed, policy))


def _stand_in(settings: PolicySettings, failure: PolicyFetchError) -> Policy:
    where, cache = settings.where, settings.cache
    if cache is None or not cache.may_answer(failure) or not isinstance(where, PolicyAddress):
        raise failure
    found = fallback_policy(cache, where, settings.transport, settings.anchor)
    if isinstance(found, str):
        raise without_fallback(failure, found) from failure
    return found


def _keep(settings: PolicySettings, signed: SignedPolicy, policy: Policy) -> tuple[Problem, ...]:
    """Keep a policy that came from the service, or say why not."""
    where, cache, api_key, proof = settings.where, settings.cache, settings.transport.api_key, policy.proof
    if cache is None or not isinstance(where, PolicyAddress):
        return ()
    if api_key is None:
        return (not_kept(cache, "there is no API key to seal it with"),)
    # What is believed without a pinned key is asked for anew each time.
    if proof.trust is not Trust.PINNED or proof.key_fingerprint is None:
        return (not_kept(cache, "its signing key is not pinned"),)
    return keep(cache, where, api_key, signed.raw, proof.key_fingerprint)


def judge(trusted: Trusted, settings: Settings, step: Step = unwatched) -> Outcome:
    """Read every definition below the root and judge it; what cannot be read is a problem of its own."""
    definitions = read_definitions(Folder(settings.asked.root), settings.search, step)
    report = evaluate(trusted.policy, definitions)
    return Outcome(report, definitions.problems, settings.mode, settings.force, remarks=trusted.remarks)


def answer(settings: Settings, run: WorkflowRun, step: Step = unwatched) -> Outcome:
    """Run the gate; whatever happens, there is an outcome to report.

    Args:
        settings: what it is told.
        run: the run as the runner describes it.
        step: called while definitions are looked for and read, for somebody who watches.
    """
    trusted: Trusted | None = None
    try:
        trusted = trusted_policy(settings.policy, run)
        return judge(trusted, settings, step)
    except GateError as error:
        problem = error.problem
    except Exception as error:  # noqa: BLE001 - a bug blocks, and is reported like everything else
        problem = bug(error)
    policy, remarks = (trusted.policy, trusted.remarks) if trusted else (None, ())
    return Outcome(None, (problem,), settings.mode, settings.force, policy, remarks)


def bug(error: Exception) -> Problem:
    """Describe an error that no stage expected: by its type and place, since its text may repeat foreign input."""
    frames = traceback.extract_tb(error.__traceback__)
    place = f" at {Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else ""
    return Problem(
        kind="internal.error",
        message=f"this is a bug in sekuire-gate: {type(error).__name__}{place}.",
        fix="Report it with the version and the definition or policy that brings it about.",
        exit_code=ExitCode.INTERNAL,
    )
