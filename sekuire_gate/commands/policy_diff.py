"""`policy diff`: what a change of policy permits and forbids newly (docs/contract.md 2)."""

import argparse
from collections.abc import Sequence
from pathlib import Path

from sekuire_gate import inputs, settings, workflow
from sekuire_gate.commands.command import Command, Outside, say
from sekuire_gate.inputs import ROOT_FLAG, TRANSPORT_INPUTS, TRUST_INPUTS, Given
from sekuire_gate.model.difference import PolicyDifference
from sekuire_gate.model.manifest import Definitions, Search
from sekuire_gate.model.problem import ExitCode
from sekuire_gate.policy_settings import read_policy_settings
from sekuire_gate.render import console, policy_changes_text
from sekuire_gate.trust.address import PolicyFile
from sekuire_gate.trust.version import is_version, version_is_older

FLAGS = (*TRANSPORT_INPUTS, *TRUST_INPUTS, ROOT_FLAG)


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of `policy diff`."""
    parser.add_argument("a", metavar="A", help="the saved policy that was")
    parser.add_argument("b", metavar="B", help="the saved policy that will be")
    parser.add_argument(
        "--against",
        nargs="+",
        action="extend",
        metavar="PATH",
        help="say which of these definitions would newly fail or pass: a file, a folder or a glob below the root, "
        "relative to the working directory; may be repeated",
    )
    parser.add_argument("--json", action="store_true", help="as JSON")
    inputs.declare(parser, FLAGS)
    parser.epilog = (
        "With pinned keys both policies have to verify; without, only their hashes are checked, and each is shown as "
        "not verified. The lowest version (--min-policy-version, the lock file's) binds B alone: A is what was. "
        "A difference is no failure. Exit codes: 0 compared, 2 settings, 3 a policy not authentic, 4 a policy not to "
        "be had, 5 a definition that cannot be read (the others are compared), 70 a bug."
    )


def run(options: argparse.Namespace, outside: Outside) -> ExitCode:
    """Compare two policies, and what they say of definitions."""
    from sekuire_gate.changes.compare import compare_definitions  # noqa: PLC0415 - loads all rules
    from sekuire_gate.changes.policy_changes import policy_changes  # noqa: PLC0415 - as above
    from sekuire_gate.trust.shown import former_policy, shown_policy  # noqa: PLC0415 - loads what verifies
    from sekuire_gate.trust.source import obtain_policy  # noqa: PLC0415 - loads what reads

    given = inputs.from_flags(options, FLAGS, outside.environ)
    wanted = read_policy_settings({**given, "policy-file": options.b}, outside.environ, outside.cwd, outside.now)
    root, patterns = _search(given, options.against, outside)
    was = obtain_policy(PolicyFile(outside.cwd / options.a), wanted.transport)
    will = obtain_policy(PolicyFile(outside.cwd / options.b), wanted.transport)
    a, b = former_policy(was, wanted.anchor), shown_policy(will, wanted.anchor)
    definitions = _read(root, patterns) if patterns else Definitions()
    difference = PolicyDifference(
        a, b, policy_changes(a, b), compare_definitions(a, b, definitions), definitions.problems
    )
    if is_version(was.version) and is_version(will.version) and version_is_older(will.version, than=was.version):
        say(
            f"B is version {will.version}, older than A, which is {was.version}: were they meant the other way?",
            outside,
        )
    write = policy_changes_text.as_json if options.json else policy_changes_text.render
    outside.stdout.write(write(difference))
    for problem in definitions.problems[:1]:
        say(console.problem_line(problem), outside)
    return max((problem.exit_code for problem in definitions.problems), key=int, default=ExitCode.OK)


def _search(given: Given, against: Sequence[str] | None, outside: Outside) -> tuple[Path, tuple[str, ...]]:
    root = settings.read_root(given, workflow.load(outside.environ), outside.cwd)
    return root, tuple(settings.below_root(path, outside.cwd, root) for path in against or ())


def _read(root: Path, patterns: tuple[str, ...]) -> Definitions:
    from sekuire_gate.parse.definitions import read_definitions  # noqa: PLC0415 - loads what parses
    from sekuire_gate.parse.folder import Folder  # noqa: PLC0415 - as above

    return read_definitions(Folder(root), Search(patterns))


COMMAND = Command(arguments, run)
