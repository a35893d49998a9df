"""All definitions below the root: one that cannot be read does not hide the others."""

from collections.abc import Iterable
from itertools import chain

from sekuire_gate.errors import DefinitionError
from sekuire_gate.model.manifest import Claim, Definitions, Manifest, Search
from sekuire_gate.model.problem import Problem
from sekuire_gate.model.source import start_of
from sekuire_gate.parse.discover import Step, discover, unwatched
from sekuire_gate.parse.files import Files
from sekuire_gate.parse.folder import Folder
from sekuire_gate.parse.limits import MAX_CLAIM_CHARACTERS, MAX_CLAIMS_IN_ALL, ClaimBudget
from sekuire_gate.parse.manifest import read_manifest
from sekuire_gate.parse.tools import ToolsFiles


def read_definitions(folder: Folder, search: Search, step: Step = unwatched) -> Definitions:
    """Find and read the definitions below a folder.

    What is wrong with one of them becomes a problem of its own; nothing is raised for it.

    Args:
        folder: the root.
        search: what is asked for.
        step: called for every file that is walked, then for every definition that is read.
    """
    found = discover(folder, search, step)
    files = Files(folder)
    tools_files = ToolsFiles(files)
    left = MAX_CLAIM_CHARACTERS
    claims_left = MAX_CLAIMS_IN_ALL
    manifests: list[Manifest] = []
    problems: list[Problem] = list(found.problems)
    for done, path in enumerate(found.paths):
        step(done, len(found.paths))
        try:
            budget = ClaimBudget(claims_left)
            manifest = read_manifest(files, tools_files, path, budget)
            claims_left -= budget.made
            left -= _written(manifest)
            if left < 0:
                raise _too_much(path)
            manifests.append(manifest)
        except DefinitionError as error:
            problems.append(error.problem)
    return Definitions(
        tuple(sorted(manifests, key=lambda manifest: manifest.path)),
        tuple(sorted(problems, key=_path)),
        found.excluded,
        tuple(sorted((*found.paths, *found.linked))),
        found.unusual,
    )


def _written(manifest: Manifest) -> int:
    """Return how many characters a report writes of the claims alone."""
    claims: Iterable[Claim[object]] = chain(
        manifest.providers,
        manifest.models,
        manifest.tools,
        manifest.dynamic_tools_files,
        manifest.capabilities,
        manifest.approvals,
        manifest.hosts,
        manifest.paths,
        manifest.rates,
        manifest.frameworks,
        manifest.audits,
        manifest.identity_paths,
        manifest.unknown,
        filter(None, (manifest.sekuire_id, manifest.prompt_hash, manifest.tools_hash)),
    )
    return sum(len(str(claim.value)) + len(claim.at.pointer) + len(claim.agent or "") for claim in claims)


def _too_much(path: str) -> DefinitionError:
    return DefinitionError(
        f"the claims of all definitions are over {MAX_CLAIM_CHARACTERS:,} characters together, agents' keys included.",
        kind="definition.too_large",
        at=start_of(path),
        fix="Shorten names and keys, or check the definitions in several runs.",
    )


def _path(problem: Problem) -> str:
    return problem.at.path if problem.at is not None else ""
