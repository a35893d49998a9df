"""What a definition says of compliance: frameworks, audit logging, approvals (docs/protocol.md 4)."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from sekuire_gate.model.manifest import Claim
from sekuire_gate.parse.limits import ClaimBudget
from sekuire_gate.parse.places import Place
from sekuire_gate.parse.shape import as_boolean, as_mapping, as_name, as_sequence, is_absent, names_in
from sekuire_gate.parse.tree import Mapping, Scalar, Sequence


@dataclass(frozen=True, slots=True)
class Compliance:
    """The claims of all compliance maps of one definition."""

    frameworks: tuple[Claim[str], ...]
    approvals: tuple[Claim[str], ...]
    audits: tuple[Claim[bool | None], ...]  # one per map: its audit_logging, else None at the map


def read_compliance(places: Iterable[Place], budget: ClaimBudget) -> Compliance:
    """Read the compliance maps; one that is null is absent.

    Args:
        places: where they stand.
        budget: counts each claim that is made here.

    Raises:
        DefinitionError: `definition.shape`, something else than a map, or a key of another shape;
            `definition.type`, a name that has to be quoted, or an `audit_logging` that is no boolean;
            `definition.too_many`.
    """
    maps = [(as_mapping(place.node), place.agent) for place in places if not is_absent(place.node)]
    frameworks = (Claim(name.text, name.at, agent) for section, agent in maps for name in _frameworks(section))
    approvals = (Claim(name.text, name.at, agent) for section, agent in maps for name in _approvals(section))
    audits = (_audit(section, agent) for section, agent in maps)
    return Compliance(
        tuple(budget.counted(frameworks)), tuple(budget.counted(approvals)), tuple(budget.counted(audits))
    )


def _frameworks(section: Mapping) -> Iterator[Scalar]:
    framework = section.get("framework")
    if framework is None or is_absent(framework):
        return
    if isinstance(framework, Sequence):
        yield from (as_name(item) for item in framework.items)
    else:
        yield as_name(framework)


def _approvals(section: Mapping) -> Iterator[Scalar]:
    tools = section.get("require_approval")
    if tools is not None and not is_absent(tools):
        yield from names_in(as_sequence(tools))


def _audit(section: Mapping, agent: str | None) -> Claim[bool | None]:
    logging = section.get("audit_logging")
    if logging is None:
        return Claim(None, section.at, agent)
    return Claim(as_boolean(logging), logging.at, agent)
