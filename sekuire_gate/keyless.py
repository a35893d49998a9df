"""Why a run has no API key: GitHub withholds secrets from some of them (docs/contract.md 3, `api-key`)."""

from sekuire_gate.errors import PolicyError
from sekuire_gate.workflow import Withheld, WorkflowRun, secrets_withheld

# What a service says to who shows no key: some do not even tell that the workspace exists.
_FOR_WANT_OF_A_KEY = frozenset({"fetch.unauthorized", "fetch.forbidden", "fetch.not_found"})

_COMMITTED = "set policy-file with trusted-keys and min-policy-version (README, 'Pull requests without secrets')"
_REASONS = {
    Withheld.FORK: "This pull request comes from a fork, and GitHub gives such a run no secrets: there is no api-key.",
    Withheld.DEPENDABOT: "This run is Dependabot's, and GitHub gives it Dependabot secrets only: there is no api-key.",
}
_REMEDIES = {
    Withheld.FORK: (
        f"Commit a policy.json saved by 'sekuire-gate policy pull', and {_COMMITTED}; or run the gate with the key in "
        "the merge queue or on the main branch."
    ),
    Withheld.DEPENDABOT: (
        "Add the key as a Dependabot secret of the same name (Settings, Secrets and variables, Dependabot); or commit "
        f"a policy.json saved by 'sekuire-gate policy pull', and {_COMMITTED}."
    ),
}


def explained(error: PolicyError, run: WorkflowRun) -> PolicyError:
    """Return the error of a call without a key, with the reason and the remedy where the run tells them.

    Class and kind stay: what is added is for people.

    Args:
        error: of a call that sent no key.
        run: its event is looked into only if the lack of a key can explain the error.
    """
    withheld = secrets_withheld(run) if error.kind in _FOR_WANT_OF_A_KEY else None
    if withheld is None:
        return error
    message = f"{error.message} {_REASONS[withheld]}"
    return type(error)(message, kind=error.kind, fix=_REMEDIES[withheld], at=error.at)
