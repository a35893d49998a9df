"""What an unquoted scalar is to readers that convert, of either YAML version."""

import pytest

from sekuire_gate.parse.scalars import plain_kind
from sekuire_gate.parse.tree import ScalarKind

KINDS = {
    ScalarKind.NULL: ("", "~", "null", "Null", "NULL"),
    ScalarKind.BOOLEAN: ("true", "False", "yes", "No", "ON", "off", "y", "N"),
    ScalarKind.NUMBER: (
        "0", "-1", "+1", "010", "089", "0o17", "0x1F", "-0b10", "1_000", "1:30", "190:20:30", "1:30.5", "4.10", "1.",
        ".5", "-.5", "._39", "._1e3", "._", "1e3", "1.5E-3", "6.02e23", ".inf", "-.INF", ".nan", "9" * 5_000,
    ),
    ScalarKind.DATE: (
        "2026-01-02", "2026-1-2T3:04:05Z", "2026-01-02 03:04:05.6 +01:00", "2026-01-02t03:04:05-05",
    ),
    ScalarKind.TEXT: (
        "gpt-4o", "nope", "yes!", "tRUE", "nULL", "1.0.0", "1:75", "0x", "e3", "-", ".", "..", "~x", "1 2", "٣",
        "2026-01", "2026-01-02-03", "127.0.0.1", "o1", "null\n", "on-call", ".Inf.", "+", "1e", "infinity", "NaN",
    ),
}  # fmt: skip


@pytest.mark.parametrize(
    ("text", "kind"),
    [(text, kind) for kind, texts in KINDS.items() for text in texts],
    ids=[f"{kind.value} {text[:30]!r}" for kind, texts in KINDS.items() for text in texts],
)
def test_a_plain_scalar_is_what_any_reader_makes_of_it(text: str, kind: ScalarKind) -> None:
    assert plain_kind(text) is kind
