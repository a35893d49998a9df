"""Rules on the compliance that a policy demands and a definition declares."""

from collections.abc import Iterator

from sekuire_gate.model.manifest import Manifest
from sekuire_gate.model.policy import Policy
from sekuire_gate.model.source import start_of
from sekuire_gate.model.variables import is_dynamic
from sekuire_gate.rules.names import fold
from sekuire_gate.rules.rule import Observation
from sekuire_gate.rules.wording import list_name, quoted


def framework(policy: Policy, manifest: Manifest) -> Iterator[Observation]:
    """A compliance framework of the policy is not declared anywhere in the definition.

    Declared means `compliance.framework`, of the agent or of any of several agents: a name or a list of names.
    Names are compared loosely: `pci-dss` is `PCI_DSS`. A variable (`${FRAMEWORK}`) declares nothing. It does not
    block.

    For example, under `"frameworks": ["SOC2", "HIPAA"]`:

        agent:
          compliance:
            framework: soc2      # HIPAA is missing

    Add the framework, if the agent really complies with it.
    """
    declared = [claim for claim in manifest.frameworks if not is_dynamic(claim.value)]
    names = {fold(claim.value) for claim in declared}
    place = declared[0] if declared else start_of(manifest.path, manifest.text)
    for demanded in policy.compliance.frameworks:
        if fold(demanded.text) not in names:
            message = (
                f"the workspace demands compliance with {quoted(demanded.text)} ({list_name(demanded)}), "
                "and the definition does not declare it."
            )
            fix = f"Add {quoted(demanded.text)} to 'compliance.framework', if the agent complies with it."
            yield Observation(place, message, fix, value=demanded.text)


def audit_logging(policy: Policy, manifest: Manifest) -> Iterator[Observation]:
    """The policy demands audit logging, and the definition does not switch it on everywhere.

    Every `compliance` map must say `audit_logging: true`, and there must be one. It does not block.

    For example, under `"require_audit_logging": true`:

        agent:
          compliance:
            audit_logging: false      # a warning

    Write `audit_logging: true`.
    """
    if not policy.compliance.audit_logging:
        return
    fix = "Write 'audit_logging: true' under 'compliance'."
    if not manifest.audits:
        message = "the workspace demands audit logging, and the definition has no 'compliance'."
        yield Observation(start_of(manifest.path, manifest.text), message, fix)
    for audit in manifest.audits:
        if audit.value is None:
            message = "the workspace demands audit logging, and 'compliance' does not speak of it."
            yield Observation(audit, message, fix)
        elif not audit.value:
            message = "the workspace demands audit logging, and 'audit_logging' is false."
            yield Observation(audit, message, fix, value="false")
