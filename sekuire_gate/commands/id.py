"""`id`: the SekuireID of a definition, computed (docs/contract.md 2, docs/protocol.md 4.1)."""

import argparse
import os
from pathlib import Path

from sekuire_gate import inputs, settings, workflow
from sekuire_gate.commands.command import Command, Outside
from sekuire_gate.errors import DefinitionError, SettingsError
from sekuire_gate.inputs import ROOT_FLAG
from sekuire_gate.model.manifest import Identity
from sekuire_gate.model.problem import ExitCode
from sekuire_gate.model.source import start_of
from sekuire_gate.parse.document import open_definition
from sekuire_gate.parse.files import Files, refuse_missing
from sekuire_gate.parse.folder import Folder
from sekuire_gate.parse.identity import compute_identity
from sekuire_gate.parse.selection import NAMES
from sekuire_gate.render.escape import for_log
from sekuire_gate.render.json_text import dumps

FLAGS = (ROOT_FLAG,)


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the flags of `id`."""
    parser.add_argument(
        "path",
        nargs="?",
        metavar="PATH",
        default=".",
        help=f"a definition, or a folder with one: the first of {', '.join(NAMES)} (default: the working directory)",
    )
    parser.add_argument("--json", action="store_true", help="as JSON; what is not computed is null")
    inputs.declare(parser, FLAGS)


def run(options: argparse.Namespace, outside: Outside) -> ExitCode:
    """Print the id and its parts; what can't be computed without doubt is an error, with the reason."""
    given = inputs.from_flags(options, FLAGS, outside.environ)
    written = _chosen(options.path, outside.cwd)
    root = settings.read_root(given, workflow.load(outside.environ), outside.cwd)
    try:
        path = settings.below_root(written, outside.cwd, root)
    except SettingsError:
        if "root" in given:
            raise
        # Nobody named a root, and the definition lies elsewhere: it is judged by itself, from its own folder.
        root = Path(os.path.realpath((outside.cwd / written).parent))
        path = Path(written).name
    files = Files(Folder(root))
    identity, problem = Identity(), None
    try:
        refuse_missing(files, path)
        identity = compute_identity(files, path, open_definition(files, path).root)
    except DefinitionError as error:
        problem = error
    if identity.sekuire_id is None and problem is None:
        problem = _not_computed(path, identity)
    if options.json or problem is None:
        outside.stdout.write(_as_json(path, identity) if options.json else _as_text(path, identity))
    if problem is not None:
        raise problem
    return ExitCode.OK


def _chosen(path: str, cwd: Path) -> str:
    """Return the definition that a path means; of a folder, the one that the CLI would read."""
    if "\0" in path or not (cwd / path).is_dir():
        return path
    for name in NAMES:
        there = cwd / path / name
        if there.exists() or there.is_symlink():
            return str(there.relative_to(cwd) if there.is_relative_to(cwd) else there)
    raise DefinitionError(
        f"'{path}' holds none of {', '.join(NAMES)}.",
        kind="definition.none",
        fix="Name a definition, or go to the folder that has one.",
    )


def _not_computed(path: str, identity: Identity) -> DefinitionError:
    return DefinitionError(
        f"the SekuireID is not computed: {' '.join(identity.reasons)}",
        kind="definition.shape",
        at=start_of(path),
        fix="Add or correct that part: the id is made of identity.model, the system prompt and the tools file.",
    )


def _as_json(path: str, identity: Identity) -> str:
    return dumps(
        {
            "path": path,
            "model": identity.model,
            "prompt_hash": identity.prompt_hash,
            "tools_hash": identity.tools_hash,
            "sekuire_id": identity.sekuire_id,
        }
    )


def _as_text(path: str, identity: Identity) -> str:
    lines = (
        f"Definition:  {for_log(path)}",
        f"Model:       {for_log(identity.model or '')}",
        f"Prompt hash: {identity.prompt_hash}",
        f"Tools hash:  {identity.tools_hash}",
        f"SekuireID:   {identity.sekuire_id}",
    )
    return "\n".join(lines) + "\n"


COMMAND = Command(arguments, run)
