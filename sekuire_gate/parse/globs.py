"""Patterns over paths: `*` within one folder, `**` any depth, `?` one character; every other character is itself.

docs/contract.md 3, row `definitions`. A file's name was chosen by whoever wrote the pull request, so no name may make
matching slow: between two `**` the first fit is final.
"""

import re
from functools import lru_cache

_WILDCARDS = re.compile(r"(?:(?<=/)|\A)\*{2,}/|\*{2,}|\*|\?")
_ONE = "[^/]"


def has_wildcards(pattern: str) -> bool:
    """Whether a line is a pattern rather than a path."""
    return "*" in pattern or "?" in pattern


def matches(pattern: str, path: str) -> bool:
    """Whether a pattern fits the whole path, which is relative to the root."""
    return _compiled(pattern).fullmatch(path) is not None


def fixed_folder(pattern: str) -> str:
    """Return the folder that everything a pattern can match lies in; "" is the root."""
    wildcard = min(index for index in (pattern.find("*"), pattern.find("?")) if index >= 0)
    return pattern[:wildcard].rpartition("/")[0]


def may_match_below(pattern: str, folder: str) -> bool:
    """Whether a pattern could fit a path in a folder, at any depth; never False where one could."""
    segments = pattern.split("/")
    for index, part in enumerate(folder.split("/") if folder else []):
        if "**" in "/".join(segments[: index + 1]):
            return True
        if index + 1 >= len(segments) or not matches(segments[index], part):
            return False
    return True


@lru_cache(maxsize=1024)
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(_translated(pattern), re.DOTALL)


def _translated(pattern: str) -> str:
    """Cut the pattern at every `**`; each part but the last takes its first fit and does not come back."""
    gap, parts, part, start = "", [], [""], 0
    for wildcard in _WILDCARDS.finditer(pattern):
        part[-1] += re.escape(pattern[start : wildcard.start()])
        start = wildcard.end()
        match wildcard.group():
            case "?":
                part[-1] += _ONE
            case "*":
                part.append("")
            case crossing:
                parts.append((gap, part))
                gap, part = "(?:.*?/)??" if crossing.endswith("/") else ".*?", [""]
    part[-1] += re.escape(pattern[start:])
    firm = "".join(f"(?>{gap_before}{_first_fit(stretch)})" for gap_before, stretch in parts)
    return f"{firm}{gap}{_last_fit(part)}"


def _first_fit(stretch: list[str]) -> str:
    return stretch[0] + "".join(f"(?>{_ONE}*?{piece})" for piece in stretch[1:])


def _last_fit(stretch: list[str]) -> str:
    if len(stretch) == 1:
        return stretch[0]
    return f"{_first_fit(stretch[:-1])}{_ONE}*{stretch[-1]}"
