"""What a plain YAML scalar is to the readers that convert: of YAML 1.1 or of 1.2, whichever says more.

The official reader keeps every scalar's source text (docs/protocol.md 4); others make `no` a boolean and `4.10` the
number 4.1. So where a name is expected such a scalar has to be quoted, and this table says which ones are meant.
"""

import re

from sekuire_gate.parse.tree import ScalarKind

_FIRST = frozenset("-+.~0123456789yYnNtTfFoO")  # what all of them begin with
_NULL = re.compile(r"~|null|Null|NULL|")
_BOOLEAN = re.compile(
    r"y|Y|yes|Yes|YES|n|N|no|No|NO|true|True|TRUE|false|False|FALSE|on|On|ON|off|Off|OFF",
)
_NUMBER = re.compile(
    r"""
    [-+]? (?: 0b[01_]+ | 0o[0-7_]+ | 0x[0-9a-fA-F_]+ )      # 1.1: 0b1, 0x1f; 1.2: 0o17
    | [-+]? [0-9][0-9_]* (?: \.[0-9_]* )? (?: [eE][-+]?[0-9]+ )?  # 1, 010, 1_000, 4.10, 1e3
    | [-+]? \.[0-9_]+ (?: [eE][-+]?[0-9]+ )?                     # .5, and to js-yaml ._5
    | [-+]? [0-9][0-9_]* (?: :[0-5]?[0-9] )+ (?: \.[0-9_]* )?    # 1.1: 1:30, in sixties
    | [-+]? \.(?: inf | Inf | INF )
    | \.(?: nan | NaN | NAN )
    """,
    re.VERBOSE,
)
_DATE = re.compile(
    r"""
    [0-9]{4}-[0-9]{1,2}-[0-9]{1,2}
    (?: (?: [Tt] | [ \t]+ ) [0-9]{1,2}:[0-9]{2}:[0-9]{2} (?: \.[0-9]* )?
        (?: [ \t]* (?: Z | [-+][0-9]{1,2} (?: :?[0-9]{2} )? ) )?
    )?
    """,
    re.VERBOSE,
)
_KINDS = (
    (_NULL, ScalarKind.NULL),
    (_BOOLEAN, ScalarKind.BOOLEAN),
    (_NUMBER, ScalarKind.NUMBER),
    (_DATE, ScalarKind.DATE),
)


def plain_kind(text: str) -> ScalarKind:
    """Return what an unquoted scalar is to any reader that converts it; text where none does."""
    if text and text[0] not in _FIRST:
        return ScalarKind.TEXT
    return next((kind for pattern, kind in _KINDS if pattern.fullmatch(text)), ScalarKind.TEXT)
