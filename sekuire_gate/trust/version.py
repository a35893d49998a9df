"""Which of two policy versions is the older (docs/contract.md 3, `min-policy-version`)."""

import re
from itertools import zip_longest

from sekuire_gate.trust.message import is_plain_id

_DOTTED_NUMBERS = re.compile(r"[0-9]+(?:\.[0-9]+)*")


def is_version(text: str) -> bool:
    """Whether this is made of dotted whole numbers, `7` or `1.0.12`, and no longer than an id may be."""
    # The length bounds the digits as well: Python refuses to convert thousands of them.
    return is_plain_id(text) and _DOTTED_NUMBERS.fullmatch(text) is not None


def version_is_older(version: str, than: str) -> bool:
    """Whether a version is lower than another: part by part as numbers, a missing part is 0.

    Both have passed `is_version`.
    """
    for ours, theirs in zip_longest(_numbers(version), _numbers(than), fillvalue=0):
        if ours != theirs:
            return ours < theirs
    return False


def _numbers(version: str) -> list[int]:
    return [int(part) for part in version.split(".")]
