"""What a declared path is, and how paths of the policy match it (docs/protocol.md 3.1, "Paths")."""

import posixpath
import re
from collections.abc import Iterable, Iterator

from sekuire_gate.model.policy import Entry
from sekuire_gate.rules.grants import Reach
from sekuire_gate.rules.patterns import Patterns

# What leads elsewhere on some systems or in some programs; which ones the agent runs on, a repository does not say.
_LEADS_ELSEWHERE = (
    (re.compile(r"[\x00-\x1f\x7f]"), "it holds a control character"),
    (re.compile(r"\\"), "it holds a backslash, which divides folders on some systems"),
    (re.compile(r"\A[A-Za-z][A-Za-z0-9+.-]*:"), "it begins with a drive or a scheme"),
    (re.compile(r"\$[A-Za-z_{(]|%[A-Za-z_][A-Za-z0-9_]*%"), "it holds a variable of a shell"),
)
# What may be another spelling of a denied path: no question to an allow-list that holds it as it is written.
_ANOTHER_SPELLING = (
    (re.compile(r"\A~"), "it begins with a home folder"),
    (re.compile(r"[^\x00-\x7f]"), "it holds letters that some systems take for others"),
)


def normal(path: str) -> str | None:
    """Return a path in its one spelling, a relative one behind `./`; None where `..` leads who knows where.

    `.`, `..` and empty parts are resolved. A relative path that leaves its folder has no such spelling, and neither
    has one that goes up from what a `*` stands for. One that begins with a star is at any place.
    """
    root = "/" if path.startswith("/") else "" if path.startswith("*") else "./"
    parts: list[str] = []
    for part in path.split("/"):
        if part == "..":
            if (not parts and root != "/") or (parts and "*" in parts[-1]):
                return None
            del parts[-1:]
        elif part not in {"", "."}:
            parts.append(part)
    return root + "/".join(parts)


def reach(written: str) -> Reach | None:
    """Return what a declared path can reach; None where `..` leads who knows where. `/data/*` reaches /data too."""
    path = normal(written)
    return None if path is None else Reach(path, tuple(_with_folder(path)))


def leads_elsewhere(written: str) -> str | None:
    """Return why a path may lead elsewhere than it seems, as a clause."""
    return next((why for pattern, why in _LEADS_ELSEWHERE if pattern.search(written)), None)


def another_spelling(written: str) -> str | None:
    """Return why a path may be another spelling of a denied one, as a clause."""
    return next((why for pattern, why in _ANOTHER_SPELLING if pattern.search(written)), None)


def listed(entries: Iterable[Entry]) -> Patterns:
    """Prepare a list: `/tmp/*` is that folder and all below, `/tmp*` a prefix, everything else itself."""
    forms: list[tuple[str, Entry]] = []
    literal: list[tuple[str, Entry]] = []
    for entry in entries:
        path = normal(entry.text)
        if path is None:
            continue  # nor has any declared path a spelling that it could be compared with
        if "*" in path.rstrip("*"):
            literal.append((path, entry))
        else:
            forms += ((form, entry) for form in _with_folder(path))
    return Patterns(forms, literal)


def denied(entries: Iterable[Entry]) -> Patterns:
    """Prepare a deny-list: wider than `listed`, since a star stands for any run wherever it is."""
    return Patterns(_denied_forms(entries))


def loosely_denied(entries: Iterable[Entry]) -> Patterns:
    """Prepare a deny-list for paths whose letter case is folded: many file systems do not tell it apart."""
    return Patterns((form.casefold(), entry) for form, entry in _denied_forms(entries))


def _denied_forms(entries: Iterable[Entry]) -> Iterator[tuple[str, Entry]]:
    for entry in entries:
        path = normal(entry.text)
        yield from ((form, entry) for form in (_with_folder(path) if path is not None else ()))


def fixed_part(pattern: str) -> str:
    """Return what of a pattern, in its one spelling, stands before its first star."""
    return (normal(pattern) or "").partition("*")[0]


def extension(path: str) -> str:
    """Return the extension of a path that names a file, its dot included; "" where the last part has none.

    The last part is the one that is left once the path is resolved: `/data/run.sh/` and `/data/run.sh/.` name run.sh.
    """
    return posixpath.splitext(posixpath.normpath(path))[1]


def _with_folder(path: str) -> tuple[str, ...]:
    """Return a path or pattern, and the folder whose content it is: `/tmp` of `/tmp/*`."""
    before = path.rstrip("*")
    if before == path or not before.endswith("/"):
        return (path,)
    # The root, and the folder that relative paths are in, keep their slash.
    return path, before if before in {"/", "./"} else before.removesuffix("/")
