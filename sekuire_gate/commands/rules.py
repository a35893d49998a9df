"""`rules [RULE]`: every rule with level and one line, or one rule's help page (docs/contract.md 2)."""

import argparse

from sekuire_gate.commands.command import Command, Outside
from sekuire_gate.errors import SettingsError
from sekuire_gate.model.problem import ExitCode
from sekuire_gate.model.report import RuleInfo
from sekuire_gate.render.rule_help import rule_list, rule_page
from sekuire_gate.rules import ALL_RULES, find_rule


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of `rules`."""
    parser.add_argument("rule", metavar="RULE", nargs="?", help="a rule's id, such as model.not_allowed")


def run(options: argparse.Namespace, outside: Outside) -> ExitCode:
    """Print the list, or the one page asked for.

    Raises:
        SettingsError: `config.usage`, there is no such rule.
    """
    outside.stdout.write(rule_list(ALL_RULES) if options.rule is None else rule_page(_known(options.rule)))
    return ExitCode.OK


def _known(rule_id: str) -> RuleInfo:
    rule = find_rule(rule_id)
    if rule is None:
        raise SettingsError(
            f"'{rule_id}' is no rule.",
            kind="config.usage",
            fix=f"Name one of: {', '.join(known.id for known in ALL_RULES)}.",
        )
    return rule


COMMAND = Command(arguments, run)
