"""All definitions below the root: one that cannot be read does not hide the others."""

from sekuire_gate.errors import DefinitionError
from sekuire_gate.model.manifest import Definitions, Manifest, Search
from sekuire_gate.model.problem import Problem
from sekuire_gate.parse.discover import discover
from sekuire_gate.parse.files import Files
from sekuire_gate.parse.folder import Folder
from sekuire_gate.parse.manifest import read_manifest
from sekuire_gate.parse.tools import ToolsFiles


def read_definitions(folder: Folder, search: Search) -> Definitions:
    """Find and read the definitions below a folder.

    What is wrong with one of them becomes a problem of its own; nothing is raised for it.
    """
    found = discover(folder, search)
    files = Files(folder)
    tools_files = ToolsFiles(files)
    manifests: list[Manifest] = []
    problems: list[Problem] = list(found.problems)
    for path in found.paths:
        try:
            manifests.append(read_manifest(files, tools_files, path))
        except DefinitionError as error:
            problems.append(error.problem)
    return Definitions(
        tuple(sorted(manifests, key=lambda manifest: manifest.path)),
        tuple(sorted(problems, key=_path)),
        found.excluded,
    )


def _path(problem: Problem) -> str:
    return problem.at.path if problem.at is not None else ""
