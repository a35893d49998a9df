"""The table of all inputs, and their texts as a person gave them (docs/contract.md 3).

One table is the truth for action.yml, the flags, the README and the settings; a test compares them.
"""

import argparse
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sekuire_gate.errors import SettingsError

BOOLEANS = {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}  # YAML 1.2

Given = Mapping[str, str]  # input name → text; what was not given or is empty is not there


@dataclass(frozen=True, slots=True)
class Input:
    """One row of the table."""

    name: str  # of the action's input, and the key of `Given`
    meaning: str  # one line for `--help`
    flag: str | None = None  # None: the command line takes it from `variable` or as PATH… only
    variable: str | None = None  # the SEKUIRE_* variable that stands in for a missing flag
    metavar: str = "VALUE"
    repeatable: bool = False  # a flag may be given again; each is one more line
    boolean: bool = False


API_KEY = Input("api-key", "sent as X-API-Key, nowhere else", variable="SEKUIRE_API_KEY")
WORKSPACE = Input(
    "workspace-id", "the workspace whose policy counts", "--workspace", "SEKUIRE_WORKSPACE_ID", metavar="ID"
)
TRANSPORT_INPUTS = (
    WORKSPACE,
    Input(
        "api-url",
        "the service's address (default: https://api.sekuire.ai)",
        "--backend",
        "SEKUIRE_API_URL",
        metavar="URL",
    ),
    Input("allow-loopback-http", "accept plain http, to this machine only", "--allow-loopback-http", boolean=True),
    Input(
        "timeout",
        "seconds for the whole fetch, retries included, 1 to 300 (default: 30)",
        "--timeout",
        metavar="SECONDS",
    ),
    Input("ca-bundle", "a PEM file of authorities, beside the system's", "--ca-bundle", metavar="FILE"),
    Input("proxy", "http://HOST:PORT, instead of $HTTPS_PROXY", "--proxy", metavar="URL"),
)
TRUST_INPUTS = (
    Input(
        "trusted-keys",
        "a pinned key: 64 hex digits or 44 base64 characters, or id=key; ' until=YYYY-MM-DD' ends it; may be repeated",
        "--trusted-key",
        metavar="KEY",
        repeatable=True,
    ),
    Input(
        "unsafe-trust-embedded-key",
        "without pins, verify with the key inside the document: integrity only",
        "--unsafe-trust-embedded-key",
        boolean=True,
    ),
    Input(
        "unsafe-allow-unsigned",
        "accept a document without a signature",
        "--unsafe-allow-unsigned",
        boolean=True,
    ),
    Input(
        "lock-file",
        "pins, workspace and lowest version (default: sekuire.lock where it exists)",
        "--lock-file",
        metavar="FILE",
    ),
    Input(
        "min-policy-version",
        "the lowest version that is accepted, as dotted whole numbers",
        "--min-policy-version",
        metavar="VERSION",
    ),
)
POLICY_FILE = Input("policy-file", "a saved policy instead of fetching", "--policy", metavar="FILE")
CACHE_INPUTS = (
    Input(
        "on-unavailable",
        "fail, or cached: the last verified policy stands in while the service is down (default: fail)",
        "--on-unavailable",
        metavar="fail|cached",
    ),
    Input("cache-dir", "where verified policies are kept for that", "--cache-dir", metavar="DIR"),
    Input(
        "max-cache-age",
        "how old one may be, as 90m, 24h or 7d (default: 24h; at most 7d)",
        "--max-cache-age",
        metavar="AGE",
    ),
)
DEFINITIONS = Input("definitions", "globs or paths of definitions, one per line")
CHECK_INPUTS = (
    Input("exclude", "a glob or folder left out; may be repeated", "--exclude", metavar="GLOB", repeatable=True),
    Input("allow-no-definitions", "a repository without definitions passes", "--allow-no-definitions", boolean=True),
    Input("mode", "enforce, warn or observe (default: enforce)", "--mode", metavar="MODE"),
    Input("force", "let a violation through, on the record; needs a reason", "--force", boolean=True),
    Input("force-reason", "why the violation is let through", "--force-reason", metavar="TEXT"),
    Input(
        "reports",
        "format=path of a report file, below the root ('-': stdout); json or markdown; may be repeated",
        "--report",
        metavar="FORMAT=PATH",
        repeatable=True,
    ),
)
ROOT_FLAG = Input(
    "root",
    "where definitions are looked for (default: $GITHUB_WORKSPACE, else the working directory)",
    "--root",
    metavar="DIR",
)
# Every input of the action; `root` is a flag alone.
ACTION_INPUTS = (API_KEY, *TRANSPORT_INPUTS, *TRUST_INPUTS, POLICY_FILE, *CACHE_INPUTS, DEFINITIONS, *CHECK_INPUTS)


def declare(parser: argparse.ArgumentParser, inputs: Sequence[Input]) -> None:
    """Declare the flags of these inputs; those without a flag are left out."""
    for item in inputs:
        if item.flag is None:
            continue
        if item.boolean:
            # The value is optional; `with_boolean_values` has already tied it to its flag.
            parser.add_argument(
                item.flag, dest=item.name, nargs="?", const="true", metavar="true|false", help=item.meaning
            )
        else:
            parser.add_argument(
                item.flag,
                dest=item.name,
                action="append" if item.repeatable else "store",
                metavar=item.metavar,
                help=item.meaning,
            )


def with_boolean_values(arguments: Sequence[str]) -> list[str]:
    """Tie each boolean flag to its value, so that a flag alone never swallows the PATH after it."""
    flags = {item.flag for item in ACTION_INPUTS if item.boolean}
    tied: list[str] = []
    rest = iter(arguments)
    for argument in rest:
        if argument == "--":
            return [*tied, argument, *rest]
        if tied and tied[-1] in flags and argument in BOOLEANS:
            tied[-1] += f"={argument}"
            continue
        tied.append(argument)
    return [f"{argument}=true" if argument in flags else argument for argument in tied]


def from_flags(options: argparse.Namespace, inputs: Sequence[Input], environ: Mapping[str, str]) -> Given:
    """Take each input from its flag, else from its SEKUIRE_* variable."""
    given: dict[str, str] = {}
    for item in inputs:
        value = getattr(options, item.name, None)
        text = "\n".join(value) if isinstance(value, list) else value
        if not _is_given(text) and item.variable is not None:
            text = environ.get(item.variable)
        if text is not None and _is_given(text):
            given[item.name] = text
    return given


def from_action(environ: Mapping[str, str]) -> Given:
    """Take each input from `INPUT_<NAME>`; nothing else counts, since an earlier step may have set it."""
    texts = {item.name: environ.get(f"INPUT_{item.name.upper()}", "") for item in ACTION_INPUTS}
    return {name: text for name, text in texts.items() if _is_given(text)}


def _is_given(text: str | None) -> bool:
    return text is not None and bool(text.strip())


def is_true(given: Given, name: str) -> bool:
    """Read a boolean input; not given is false.

    Raises:
        SettingsError: another text than the YAML 1.2 booleans.
    """
    text = given.get(name, "false").strip()
    if text not in BOOLEANS:
        raise SettingsError(
            f"input '{name}' is '{text}', expected true or false.",
            kind="config.usage",
            fix=f"Set '{name}' to true or false.",
        )
    return BOOLEANS[text]


def lines_of(given: Given, name: str) -> tuple[str, ...]:
    """Return an input's lines, without the white space around them and without empty ones."""
    return tuple(line.strip() for line in given.get(name, "").splitlines() if line.strip())
