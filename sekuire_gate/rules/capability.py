"""Rules on the capabilities that an agent provides, requires or delegates to."""

from collections.abc import Iterator

from sekuire_gate.model.manifest import Manifest
from sekuire_gate.model.policy import Policy
from sekuire_gate.model.report import Subject
from sekuire_gate.rules.lists import Lists, Named
from sekuire_gate.rules.memory import remembered
from sekuire_gate.rules.rule import Observation


@remembered
def lists(policy: Policy) -> Lists:
    """Return the policy's lists of capabilities; its denied tools are among them."""
    return Lists("capability", Subject.CAPABILITIES, policy.capabilities, wildcards=True)


def capabilities(manifest: Manifest) -> Iterator[Named]:
    """Yield the capabilities."""
    return (Named(capability) for capability in manifest.capabilities)


def not_allowed(policy: Policy, manifest: Manifest) -> Iterator[Observation]:
    """A capability is not in the workspace's allow-list.

    `capabilities` may be a list, or hold `provides`, `requires` and `delegates_to`: all of them count. Names are
    compared exactly; `*` in the policy stands for any run of characters. Allow-lists of tools do not bind
    capabilities.

    For example, under `"allowed_capabilities": ["summarize"]`:

        capabilities: [summarize, payments]      # payments is refused

    Remove the capability, or ask the security team to list it.
    """
    return lists(policy).not_allowed(capabilities(manifest))


def blocked(policy: Policy, manifest: Manifest) -> Iterator[Observation]:
    """A capability is on the workspace's deny-list.

    Deny-lists of tools bind capabilities too. Deny wins over allow, and is also matched loosely: letter case, `-`,
    `_`, `.` and spaces, and a prefix before `/` make no difference; the message says so. A name with `*` is blocked
    if it could stand for something that the policy blocks.

    For example, under `"denied_tools": ["shell_exec"]`:

        capabilities:
          provides: [shell_exec]      # refused

    Remove the capability, or ask the security team to change the policy.
    """
    return lists(policy).blocked(capabilities(manifest))


def undetermined(policy: Policy, manifest: Manifest) -> Iterator[Observation]:
    """The policy restricts capabilities, and one is known at run time only.

    A variable (`${CAPABILITY}`) is resolved from the agent's environment, which a repository does not show. A
    default is judged too, but decides nothing.

    For example:

        capabilities: ["${EXTRA_CAPABILITY}"]

    Write the capability's name.
    """
    return lists(policy).undetermined(capabilities(manifest))
