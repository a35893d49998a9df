"""The rules as text for people: a list, and one help page each (docs/contract.md 7)."""

from collections.abc import Sequence

from sekuire_gate.model.report import RuleInfo


def rule_list(rules: Sequence[RuleInfo]) -> str:
    """Return a line for every rule: id, level, summary."""
    width = max((len(rule.id) for rule in rules), default=0)
    return "".join(f"{rule.id:<{width}}  {rule.level.word:<7}  {rule.summary}\n" for rule in rules)


def rule_page(rule: RuleInfo) -> str:
    """Return a rule's help page: why, an example, what to write instead."""
    level = f"{rule.level.word}, undetermined" if rule.undetermined else rule.level.word
    return f"{rule.id} ({level})\n\n{rule.help}\n"
