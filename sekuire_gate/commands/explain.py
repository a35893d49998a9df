"""`explain PATH[:LINE]`: for each claim the policy entry that decided it, and how (docs/contract.md 2)."""

import argparse
import os
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from sekuire_gate import inputs, settings, workflow
from sekuire_gate.commands.command import Command, Outside, mask
from sekuire_gate.errors import SettingsError
from sekuire_gate.inputs import API_KEY, POLICY_FILE, ROOT_FLAG, TRANSPORT_INPUTS, TRUST_INPUTS
from sekuire_gate.model.explanation import Explanation
from sekuire_gate.model.manifest import Manifest, Search
from sekuire_gate.model.policy import Policy
from sekuire_gate.model.problem import ExitCode
from sekuire_gate.model.source import SourceText
from sekuire_gate.parse.definitions import read_definitions
from sekuire_gate.parse.files import Files, refuse_missing
from sekuire_gate.parse.folder import Folder
from sekuire_gate.parse.json_tree import read_json
from sekuire_gate.parse.manifest import read_manifest
from sekuire_gate.parse.selection import NAMES
from sekuire_gate.parse.tools import ToolsFiles, is_tools_file
from sekuire_gate.policy_settings import read_policy_settings
from sekuire_gate.render import explanation
from sekuire_gate.rules.explanation import explain

FLAGS = (*TRANSPORT_INPUTS, *TRUST_INPUTS, POLICY_FILE, ROOT_FLAG)
MAX_NAMED_LINES = 10

_WITH_LINE = re.compile(r"(.+):([0-9]{1,9})", re.DOTALL)

_Explained = tuple[str, Sequence[Explanation]]  # a definition's path, and what is explained of it


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of `explain`."""
    parser.add_argument(
        "place",
        metavar="PATH[:LINE]",
        help="a definition, or a tools file that definitions below the root name, relative to the working directory; "
        "with LINE only the claims on that line (a column after it, as reports write places, is passed over)",
    )
    inputs.declare(parser, FLAGS)
    parser.epilog = (
        "For each claim: its place, what became of it, what the rules say, and the entries of the policy that decide "
        "it, each as a JSON Pointer into the policy's document with the entry's text. How an entry fits: exact; "
        "wildcard; loose, a deny-list's way, to which case, separators and prefixes make no difference. Exit 0 when "
        "explained, whatever the verdict; 2 to 5 as for 'check'. The API key comes from $SEKUIRE_API_KEY."
    )


def run(options: argparse.Namespace, outside: Outside) -> ExitCode:
    """Explain the claims of one file.

    Raises:
        SettingsError: also `config.usage`: no such line, no claim on it, or a tools file that nobody names.
        PolicyError: the policy is not to be had, or not authentic.
        DefinitionError: the file cannot be read without doubt.
    """
    given = inputs.from_flags(options, (API_KEY, *FLAGS), outside.environ)
    mask(given.get("api-key", ""), outside)
    run_ = workflow.load(outside.environ)
    root = settings.read_root(given, run_, outside.cwd)
    asked = _asked(options.place, outside.cwd, root)
    wanted = read_policy_settings(given, outside.environ, outside.cwd, outside.now)
    from sekuire_gate.gate import trusted_policy  # noqa: PLC0415 - loads what verifies

    policy = trusted_policy(wanted, run_).policy
    outside.stdout.write(explanation.render(policy, _explained(policy, asked, Folder(root))))
    return ExitCode.OK


@dataclass(frozen=True, slots=True)
class _Asked:
    path: str  # relative to the root
    line: int | None  # None: all


def _asked(written: str, cwd: Path, root: Path) -> _Asked:
    """Take the path and the line apart; a name may end in a colon and digits itself, so that what exists is meant."""
    readings = tuple(_readings(written))
    there = (reading for reading in readings if os.path.lexists(cwd / reading[0]))
    path, line = next(there, readings[-1])
    return _Asked(settings.below_root(path, cwd, root), line)


def _readings(written: str) -> Iterator[tuple[str, int | None]]:
    """Yield the path alone, with a line, and with a line and a column."""
    yield written, None
    if with_line := _WITH_LINE.fullmatch(written):
        yield with_line[1], int(with_line[2])
        if with_column := _WITH_LINE.fullmatch(with_line[1]):
            yield with_column[1], int(with_column[2])


def _explained(policy: Policy, asked: _Asked, folder: Folder) -> Sequence[_Explained]:
    text, manifests = _read(folder, asked.path)
    explained: list[_Explained] = [(manifest.path, explain(policy, manifest)) for manifest in manifests]
    if asked.path not in {manifest.path for manifest in manifests}:
        explained = [(path, _in_file(asked.path, all_of_it)) for path, all_of_it in explained]
    if asked.line is None:
        return explained
    _refuse_line_outside(asked, text)
    chosen = [(path, _on_line(asked, all_of_it)) for path, all_of_it in explained]
    if not any(on_line for _, on_line in chosen):
        raise _without_claim(asked, [one for _, all_of_it in explained for one in all_of_it])
    return [(path, on_line) for path, on_line in chosen if on_line]


def _read(folder: Folder, path: str) -> tuple[SourceText, Sequence[Manifest]]:
    """Read a definition; or, of a tools file, the definitions that name it."""
    files = Files(folder)
    refuse_missing(files, path)
    if path.endswith(".json") and path.rpartition("/")[2] not in NAMES:
        document = read_json(files.read(path), path)
        if is_tools_file(document.root):
            return document.text, _naming(path, folder)
    manifest = read_manifest(files, ToolsFiles(files), path)
    return manifest.text, (manifest,)


def _naming(path: str, folder: Folder) -> Sequence[Manifest]:
    """Return the definitions that name a tools file; those that cannot be read name nothing."""
    manifests = read_definitions(folder, Search(allow_none=True)).manifests
    naming = [manifest for manifest in manifests if any(tool.at.path == path for tool in manifest.tools)]
    if naming:
        return naming
    raise SettingsError(
        f"'{path}' is a tools file, and no readable definition of a usual name below the root names it.",
        kind="config.usage",
        fix="Name the definition that makes use of it.",
    )


def _in_file(path: str, explained: Sequence[Explanation]) -> Sequence[Explanation]:
    return [one for one in explained if one.at.path == path]


def _on_line(asked: _Asked, explained: Sequence[Explanation]) -> Sequence[Explanation]:
    assert asked.line is not None
    return [one for one in _in_file(asked.path, explained) if one.at.line <= asked.line <= one.at.end_line]


def _refuse_line_outside(asked: _Asked, text: SourceText) -> None:
    lines = len(text.starts) - text.text.endswith("\n")
    if asked.line is None or 0 < asked.line <= lines:
        return
    raise SettingsError(
        f"'{asked.path}' has no line {asked.line}.",
        kind="config.usage",
        fix=f"Give a line from 1 to {lines}, or none for all claims.",
    )


def _without_claim(asked: _Asked, explained: Sequence[Explanation]) -> SettingsError:
    lines = sorted({one.at.line for one in _in_file(asked.path, explained)})
    named = ", ".join(map(str, lines[:MAX_NAMED_LINES])) + (", …" if len(lines) > MAX_NAMED_LINES else "")
    return SettingsError(
        f"no claim stands on line {asked.line} of '{asked.path}'.",
        kind="config.usage",
        fix=f"Claims stand on line {named}; without a line all are explained." if lines else "The file claims nothing.",
    )


COMMAND = Command(arguments, run)
