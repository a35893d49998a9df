"""Policies and manifests by hand, for what no file can say."""

from collections.abc import Callable
from dataclasses import replace
from typing import NamedTuple

from sekuire_gate.model.manifest import Claim, Definitions, Manifest
from sekuire_gate.model.policy import (
    Entry,
    FilesystemRules,
    NameRules,
    NetworkRules,
    Policy,
    PolicyLabel,
    PolicyProof,
    Source,
    Trust,
)
from sekuire_gate.model.report import Check, Report, Subject
from sekuire_gate.model.source import Location, SourceText
from sekuire_gate.rules.evaluate import evaluate

POLICY = Policy(
    PolicyProof("policy_1", "1", "0" * 64, None, Trust.UNVERIFIED, Source.FILE),
    PolicyLabel("ws_1", "active", None, None),
)
MANIFEST = Manifest("sekuire.yml", "0" * 64, SourceText("sekuire.yml", ""))


class Listed(NamedTuple):
    """A subject that a policy has lists for."""

    policy: Callable[[NameRules], Policy]  # with these lists for it, and no others
    manifest: Callable[[tuple[Claim[str], ...]], Manifest]  # with these claims of it, and no others


LISTED = {
    "provider": Listed(
        lambda rules: replace(POLICY, providers=rules), lambda claims: replace(MANIFEST, providers=claims)
    ),
    "model": Listed(lambda rules: replace(POLICY, models=rules), lambda claims: replace(MANIFEST, models=claims)),
    "tool": Listed(lambda rules: replace(POLICY, tools=rules), lambda claims: replace(MANIFEST, tools=claims)),
    "capability": Listed(
        lambda rules: replace(POLICY, capabilities=rules), lambda claims: replace(MANIFEST, capabilities=claims)
    ),
    "host": Listed(
        lambda rules: replace(POLICY, network=NetworkRules(hosts=rules)), lambda claims: replace(MANIFEST, hosts=claims)
    ),
    "path": Listed(
        lambda rules: replace(POLICY, filesystem=FilesystemRules(paths=rules)),
        lambda claims: replace(MANIFEST, paths=claims),
    ),
}


def allows(*texts: str) -> NameRules:
    """Return one allow-list."""
    return NameRules((tuple(Entry(text, f"/some/list/{index}") for index, text in enumerate(texts)),))


def denies(*texts: str) -> NameRules:
    """Return a deny-list."""
    return NameRules((), tuple(Entry(text, f"/some/list/{index}") for index, text in enumerate(texts)))


def claim(
    value: str, pointer: str = "/llm/model", *, agent: str | None = None, line: int = 1, path: str = "sekuire.yml"
) -> Claim[str]:
    """Return a claim at a place."""
    return Claim(value, Location(path, line, 1, line, 1 + len(value), pointer), agent)


def judged(policy: Policy, *manifests: Manifest) -> Report:
    """Judge manifests, without the notice on what is not restricted."""
    report = evaluate(policy, Definitions(manifests))
    return replace(report, findings=tuple(item for item in report.findings if item.rule.id != "policy.unrestricted"))


def row(report: Report, subject: Subject, agent: str | None = None) -> Check | None:
    """Return one row of the first definition's table."""
    checks = report.definitions[0].checks
    return next((check for check in checks if check.subject is subject and check.agent == agent), None)
