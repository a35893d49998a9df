"""`schema definition|policy|report`: a JSON Schema, for editors and scripts (docs/contract.md 2)."""

import argparse
from dataclasses import replace

from sekuire_gate import inputs
from sekuire_gate.commands.command import Command, Outside
from sekuire_gate.errors import SettingsError
from sekuire_gate.inputs import POLICY_FILE, TRUST_INPUTS, WORKSPACE, Given
from sekuire_gate.model.policy import Policy
from sekuire_gate.model.problem import ExitCode
from sekuire_gate.policy_settings import read_policy_settings

NARROWING = replace(POLICY_FILE, meaning="a saved policy: narrow 'definition' to what it permits")
FLAGS = (NARROWING, WORKSPACE, *TRUST_INPUTS)
KINDS = ("definition", "policy", "report")


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of `schema`."""
    parser.add_argument("kind", metavar="|".join(KINDS), choices=KINDS, help="what the schema is of")
    inputs.declare(parser, FLAGS)
    parser.epilog = (
        "The schemas are of draft-07, which VS Code and the JetBrains IDEs read. With --policy, `definition` narrows "
        "providers, models and tools to what that saved policy permits; without a pinned key only its hash is "
        "checked, and the schema says so. Save it beside the definitions: "
        "sekuire-gate schema definition > sekuire.schema.json"
    )


def run(options: argparse.Namespace, outside: Outside) -> ExitCode:
    """Print the schema asked for.

    Raises:
        SettingsError: `config.usage`, a policy narrows definitions alone.
        PolicyError: the policy is not to be had, or not authentic.
    """
    given = inputs.from_flags(options, FLAGS, outside.environ)
    if "policy-file" in given and options.kind != "definition":
        raise SettingsError(
            f"a policy narrows the schema of definitions, not the one of a {options.kind}.",
            kind="config.usage",
            fix="Leave --policy out, or ask for 'schema definition'.",
        )
    outside.stdout.write(_schema(options.kind, given, outside))
    return ExitCode.OK


def _schema(kind: str, given: Given, outside: Outside) -> str:
    if kind == "policy":
        from sekuire_gate.render import policy_schema  # noqa: PLC0415 - one of three is wanted

        return policy_schema.render()
    if kind == "report":
        from sekuire_gate.render import report_schema  # noqa: PLC0415 - one of three is wanted
        from sekuire_gate.rules import ALL_RULES  # noqa: PLC0415 - loads all that judges

        return report_schema.render(rule.id for rule in ALL_RULES)
    from sekuire_gate.render import definition_schema  # noqa: PLC0415 - one of three is wanted

    if "policy-file" not in given:
        return definition_schema.render()
    from sekuire_gate.rules.permitted import permitted  # noqa: PLC0415 - loads all that judges

    policy = _policy(given, outside)
    return definition_schema.render_narrowed(policy, permitted(policy))


def _policy(given: Given, outside: Outside) -> Policy:
    """Read the policy as `policy show` does: with pins, or a switch in their place, only one that verifies."""
    from sekuire_gate.trust.shown import shown_policy  # noqa: PLC0415 - loads what verifies
    from sekuire_gate.trust.source import obtain_policy  # noqa: PLC0415 - loads what reads

    settings = read_policy_settings(given, outside.environ, outside.cwd, outside.now)
    return shown_policy(obtain_policy(settings.where, settings.transport), settings.anchor)


COMMAND = Command(arguments, run)
