"""Every rule meets every manifest; what they observe becomes the report."""

from collections import defaultdict
from collections.abc import Iterator

from sekuire_gate.canonical import blake3_hex
from sekuire_gate.model.manifest import Definitions, Manifest
from sekuire_gate.model.policy import Policy
from sekuire_gate.model.report import Finding, JudgedDefinition, Report
from sekuire_gate.model.source import stable_pointer
from sekuire_gate.rules import POLICY_RULES, RULES, SEARCH_RULES
from sekuire_gate.rules.checks import Observed, checks

_FINGERPRINT_DIGITS = 32

_Key = tuple[str, str, str, str]  # rule, path, pointer, value
_User = tuple[str, str | None]  # the definition and the agent that a finding is about


def evaluate(policy: Policy, definitions: Definitions) -> Report:
    """Judge every definition that could be read."""
    found = _Findings()
    for search_rule in SEARCH_RULES:
        for observation in search_rule.check(policy, definitions):
            found.add(Observed(search_rule.info, observation), None)
    for policy_rule in POLICY_RULES:
        for observation in policy_rule.check(policy):
            found.add(Observed(policy_rule.info, observation), None)
    judged: list[JudgedDefinition] = []
    for manifest in definitions.manifests:
        observed = tuple(_observe(policy, manifest))
        for seen in observed:
            found.add(seen, manifest)
        judged.append(JudgedDefinition(manifest, checks(policy, manifest, observed)))
    return Report(policy, tuple(judged), found.in_order(), definitions.excluded)


def _observe(policy: Policy, manifest: Manifest) -> Iterator[Observed]:
    for rule in RULES:
        for observation in rule.check(policy, manifest):
            yield Observed(rule.info, observation)


class _Findings:
    """Findings, each once: a tools file that two agents name is judged once (docs/contract.md 6)."""

    def __init__(self) -> None:
        self._first: dict[_Key, Observed] = {}
        self._users: defaultdict[_Key, set[_User]] = defaultdict(set)

    def add(self, seen: Observed, manifest: Manifest | None) -> None:
        """Remember an observation, and whose it is."""
        at = seen.observation.at
        path, pointer = (at.path, at.pointer) if at else ("", "")
        key = (seen.rule.id, path, pointer, seen.observation.shown_value)
        self._first.setdefault(key, seen)
        self._users[key].add((manifest.path if manifest else "", seen.observation.agent))

    def in_order(self) -> tuple[Finding, ...]:
        """Return the findings by place, rule and value; those without a place last."""
        return tuple(sorted((self._finding(key) for key in self._first), key=_order))

    def _finding(self, key: _Key) -> Finding:
        seen, users = self._first[key], self._users[key]
        agent = seen.observation.agent if len(users) == 1 else None
        observation = seen.observation
        return Finding(
            rule=seen.rule,
            message=observation.message,
            fix=observation.fix,
            value=observation.shown_value,
            agent=agent,
            at=observation.at,
            fingerprint=_fingerprint(key),
        )


def _fingerprint(key: _Key) -> str:
    """Identify a finding while lines move and list items change their order."""
    rule, path, pointer, value = key
    text = "\0".join((rule, path, stable_pointer(pointer), value))
    # YAML and JSON escapes can spell a lone surrogate, which UTF-8 has no bytes for.
    return blake3_hex(text.encode("utf-8", "surrogatepass"))[:_FINGERPRINT_DIGITS]


def _order(finding: Finding) -> tuple[bool, str, int, int, str, str, str]:
    at = finding.at
    if at is None:
        return True, "", 0, 0, finding.rule.id, finding.value, ""
    return False, at.path, at.line, at.column, finding.rule.id, finding.value, at.pointer
