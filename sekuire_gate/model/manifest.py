"""What a definition says of its agent: claims, each with its place (docs/protocol.md 4)."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Generic, TypeVar

from sekuire_gate.model.problem import Problem
from sekuire_gate.model.source import Location, SourceText

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)


@dataclass(frozen=True, slots=True)
class Search:
    """Which files below the root are definitions."""

    patterns: tuple[str, ...] = ()  # relative to the root; (): the three names, anywhere
    exclude: tuple[str, ...] = ()  # globs or folder paths left out
    allow_none: bool = False  # a repository without definitions passes


@dataclass(frozen=True, slots=True)
class Claim(Generic[T_co]):
    """One thing the manifest says of its agent, as written, with its place."""

    value: T_co
    at: Location  # `at.pointer` without its last segment is the map or list it stands in
    agent: str | None = None  # the agent's key under `agents`; None: the definition as a whole
    inferred: bool = False  # not written: known from the model's family


def in_order_of_place(path: str, claims: Iterable[Claim[T]]) -> tuple[Claim[T], ...]:
    """Sort claims by place: those in the definition of this path first, then those in the files that it names."""

    def place(claim: Claim[T]) -> tuple[bool, str, int, int]:
        return claim.at.path != path, claim.at.path, claim.at.line, claim.at.column

    return tuple(sorted(claims, key=place))


@dataclass(frozen=True, slots=True)
class Rate:
    """One declared limit of a rate."""

    limit: str  # `requests.max_per_minute`, `requests.max_per_hour`, `tokens.…`
    number: int

    def __str__(self) -> str:
        """Write it as reports do: `requests.max_per_minute=60` (docs/contract.md 6)."""
        return f"{self.limit}={self.number}"


@dataclass(frozen=True, slots=True)
class Identity:
    """A SekuireID and its parts, computed; what could not be computed without doubt is None."""

    model: str | None = None
    prompt_hash: str | None = None  # BLAKE3 hex of the trimmed system prompt
    tools_hash: str | None = None  # BLAKE3 hex of the canonical tools file
    sekuire_id: str | None = None
    reasons: tuple[str, ...] = ()  # why a part is None, a sentence each; () exactly when sekuire_id is there


@dataclass(frozen=True, slots=True)
class Manifest:
    """All claims of one definition file and of the tools files it names, in order of place."""

    path: str  # relative to the root
    blake3: str  # of the file's bytes: 64 lower-case hex digits
    text: SourceText
    providers: tuple[Claim[str], ...] = ()  # declared ones; from a prefix or a family: rules/provider.py
    models: tuple[Claim[str], ...] = ()  # as written: "openai/gpt-4o" stays what it is
    tools: tuple[Claim[str], ...] = ()  # names and categories; a tools file's names stand at their place in that file
    dynamic_tools_files: tuple[Claim[str], ...] = ()  # paths that hold `${…}`: known at run time only
    capabilities: tuple[Claim[str], ...] = ()
    # Tools that are called only after approval. In a definition, for the claim's agent (None: for all; in a tool's
    # own map, for the definition as a whole); in a tools file, for the tool of that name in that file.
    approvals: tuple[Claim[str], ...] = ()
    hosts: tuple[Claim[str], ...] = ()  # what is granted of the network: URLs or hosts, as written
    paths: tuple[Claim[str], ...] = ()  # what is granted of the file system, to read or to write, as written
    rates: tuple[Claim[Rate], ...] = ()
    frameworks: tuple[Claim[str], ...] = ()  # compliance frameworks, as written
    audits: tuple[Claim[bool | None], ...] = ()  # one per compliance map: its audit_logging, else None at the map
    agents: tuple[str, ...] = ()  # keys of `agents`, in order of place
    sekuire_id: Claim[str] | None = None  # `project.sekuire_id`: what it declares
    prompt_hash: Claim[str] | None = None  # `identity.system_prompt_hash`, likewise
    tools_hash: Claim[str] | None = None  # `identity.tools_hash`, likewise
    identity_paths: tuple[Claim[str], ...] = ()  # of `identity`: prompt and tools file, as written
    computed: Identity = Identity()  # what we get
    # Keys that sound like claims in places that docs/protocol.md 4 does not name: each key, at its value.
    unknown: tuple[Claim[str], ...] = ()


@dataclass(frozen=True, slots=True)
class Definitions:
    """What was found below the root: each definition, read or not, and what was left out."""

    manifests: tuple[Manifest, ...] = ()  # by path
    problems: tuple[Problem, ...] = ()  # one per definition that could not be read, by path; or why none was found
    excluded: int = 0  # files and folders that `exclude` left out
    found: tuple[str, ...] = ()  # paths of all definitions that were found, read or not; sorted
    unusual: tuple[str, ...] = ()  # paths like `SEKUIRE.YML`, which nobody reads; sorted
