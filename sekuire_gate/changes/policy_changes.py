"""What a change of policy permits and forbids newly, subject by subject: effects, not the document's shape.

Two policies that say the same in other words have no changes; one more entry where a wildcard has covered it already
is none either. What cannot be enumerated is said as "may" (docs/contract.md 2, `policy diff`).
"""

from collections.abc import Iterable, Iterator

from sekuire_gate.changes.access_changes import filesystem_changes, network_changes, rate_changes, service_changes
from sekuire_gate.changes.list_changes import deny_list_toggled, list_changes, toggled
from sekuire_gate.changes.permitted import MODELS, NAMES, PROVIDERS, Matching
from sekuire_gate.model.difference import Change, Document, Effect
from sekuire_gate.model.policy import ComplianceRules, Entry, NameRules, Policy
from sekuire_gate.model.report import Subject
from sekuire_gate.rules.lists import Lists
from sekuire_gate.rules.names import fold
from sekuire_gate.rules.tool import CATEGORIES
from sekuire_gate.rules.wording import quoted


def policy_changes(a: Policy, b: Policy) -> tuple[Change, ...]:
    """Return what changes from the policy that was, A, to the one that will be, B, by subject."""
    return tuple(_changes(a, b))


def _changes(a: Policy, b: Policy) -> Iterator[Change]:
    yield from _identity(a, b)
    yield from _unknown(a, b)
    yield from _names("provider", a.providers, b.providers, PROVIDERS)
    yield from _names("model", a.models, b.models, MODELS)
    yield from _tools(a, b)
    yield from _names("capabilities", a.capabilities, b.capabilities, NAMES)
    yield from network_changes(a.network, b.network)
    yield from filesystem_changes(a.filesystem, b.filesystem)
    yield from rate_changes(a.rate_limits, b.rate_limits)
    yield from service_changes(a.api, b.api)
    yield from _compliance(a.compliance, b.compliance)


def _identity(a: Policy, b: Policy) -> Iterator[Change]:
    """Say where the two are not versions of one policy, signed by one key."""
    for what, was, will in (
        ("policy id", a.proof.policy_id, b.proof.policy_id),
        ("workspace", a.label.workspace_id, b.label.workspace_id),
        ("signing key's id", a.label.signing_key_id, b.label.signing_key_id),
        ("signing key", a.proof.key_fingerprint, b.proof.key_fingerprint),
    ):
        if was != will:
            reason = f"the {what} was {_or_none(was)} and is {_or_none(will)}"
            yield Change("policy", Effect.DIFFERS, will, reason, Document.B, None)


def _or_none(value: str | None) -> str:
    return "none" if value is None else quoted(value)


def _unknown(a: Policy, b: Policy) -> Iterator[Change]:
    for name in b.unknown:
        if name not in a.unknown:
            reason = "a rule that this version of sekuire-gate does not know appears: nothing passes while it stands"
            yield Change("policy", Effect.BLOCKS, name, reason, Document.B, None)
    for name in a.unknown:
        if name not in b.unknown:
            reason = "a rule that this version of sekuire-gate does not know is gone"
            if b.unknown:
                reason += "; others still block"
            yield Change("policy", Effect.NO_LONGER_BLOCKS, name, reason, Document.A, None)


def _names(subject: str, a: NameRules, b: NameRules, matching: Matching) -> Iterator[Change]:
    found = tuple(list_changes(subject, a, b, matching))
    yield from found
    yield from toggled(subject, found, was=a.restricts, will=b.restricts)


def _tools(a: Policy, b: Policy) -> Iterator[Change]:
    yield from _names("tools", a.tools, b.tools, NAMES)
    yield from _categories(a.tools, b.tools)
    pointer = "/agent/capabilities/require_tool_approval"
    what = "approval before tools are called"
    yield from _demand("tools", what, was=a.tool_approval, will=b.tool_approval, pointer=pointer)


def _categories(a: NameRules, b: NameRules) -> Iterator[Change]:
    """Say what it means for tool categories that there is a deny-list at all (docs/protocol.md 3.1)."""
    stand_for = "tool categories such as 'files:*' stand for tools whose names are not published"
    yield from deny_list_toggled("tools", a, b, _permits_a_category, why=stand_for, so="none passes")


def _permits_a_category(rules: NameRules) -> bool:
    lists = Lists("tool", Subject.TOOLS, rules, wildcards=True)
    return any(lists.missing(category) is None for category in CATEGORIES)


def _compliance(a: ComplianceRules, b: ComplianceRules) -> Iterator[Change]:
    """Compare what is demanded; that a definition does not declare it is a warning, and does not block."""
    was, will = ({fold(entry.text) for entry in rules.frameworks} for rules in (a, b))
    for entry in _distinct(b.frameworks):
        if fold(entry.text) not in was:
            yield _framework(entry, Effect.DEMANDS, Document.B)
    for entry in _distinct(a.frameworks):
        if fold(entry.text) not in will:
            yield _framework(entry, Effect.NO_LONGER_DEMANDS, Document.A)
    pointer = "/compliance/require_audit_logging"
    yield from _demand("compliance", "audit logging", was=a.audit_logging, will=b.audit_logging, pointer=pointer)
    if a.data_residency != b.data_residency:
        yield from _residency(a.data_residency, b.data_residency)


def _distinct(entries: Iterable[Entry]) -> Iterable[Entry]:
    return {fold(entry.text): entry for entry in reversed(tuple(entries))}.values()


def _framework(entry: Entry, effect: Effect, document: Document) -> Change:
    reason = "definitions are to declare this framework" if effect is Effect.DEMANDS else "the framework is gone"
    return Change("compliance", effect, entry.text, reason, document, entry.pointer)


def _residency(was: str | None, will: str | None) -> Iterator[Change]:
    pointer = "/compliance/data_residency"
    at_run_time = "to be enforced at run time"
    if will is not None:
        reason = f"data is to reside there, {at_run_time}"
        yield Change("compliance", Effect.DEMANDS, will, reason, Document.B, pointer)
    if was is not None:
        reason = f"data need not reside there any more, {at_run_time}"
        yield Change("compliance", Effect.NO_LONGER_DEMANDS, was, reason, Document.A, pointer)


def _demand(subject: str, what: str, *, was: bool, will: bool, pointer: str) -> Iterator[Change]:
    if will and not was:
        yield Change(subject, Effect.DEMANDS, what, f"{what} is demanded now", Document.B, pointer)
    if was and not will:
        yield Change(subject, Effect.NO_LONGER_DEMANDS, what, f"{what} is not demanded any more", Document.A, pointer)
