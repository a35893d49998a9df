"""The gate: obtain, verify, read, evaluate; and never without an outcome."""

import traceback
from pathlib import Path

from sekuire_gate.errors import GateError
from sekuire_gate.model.outcome import Outcome
from sekuire_gate.model.policy import Policy
from sekuire_gate.model.problem import ExitCode, Problem
from sekuire_gate.parse.definitions import read_definitions
from sekuire_gate.parse.folder import Folder
from sekuire_gate.policy_settings import PolicySettings
from sekuire_gate.rules.evaluate import evaluate
from sekuire_gate.settings import Settings
from sekuire_gate.trust.source import obtain_policy
from sekuire_gate.trust.verify import verify_policy


def trusted_policy(settings: PolicySettings) -> Policy:
    """Obtain the policy and verify it.

    Raises:
        PolicyError: there is no policy to judge by.
    """
    return verify_policy(obtain_policy(settings.where, settings.transport), settings.anchor)


def judge(policy: Policy, settings: Settings) -> Outcome:
    """Read every definition below the root and judge it; what cannot be read is a problem of its own."""
    definitions = read_definitions(Folder(settings.asked.root), settings.search)
    report = evaluate(policy, definitions)
    return Outcome(report, definitions.problems, settings.mode, settings.force)


def answer(settings: Settings) -> Outcome:
    """Run the gate; whatever happens, there is an outcome to report."""
    policy: Policy | None = None
    try:
        policy = trusted_policy(settings.policy)
        return judge(policy, settings)
    except GateError as error:
        problem = error.problem
    except Exception as error:  # noqa: BLE001 - a bug blocks, and is reported like everything else
        problem = bug(error)
    return Outcome(None, (problem,), settings.mode, settings.force, policy)


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
