"""What findings about tools say."""

from dataclasses import replace

import pytest

from tests.support.judging import MANIFEST, POLICY, claim, denies, judged


def test_every_tool_that_wants_approval_is_named() -> None:
    names = [f"tool_{number}" for number in range(7)]
    manifest = replace(MANIFEST, tools=tuple(claim(name, f"/tools/{name}") for name in names))
    (finding,) = judged(replace(POLICY, tool_approval=True), manifest).findings
    assert finding.message == (
        "the workspace wants approval before tools are called, and nothing asks for it for "
        "'tool_0', 'tool_1', 'tool_2', 'tool_3', 'tool_4', 'tool_5', 'tool_6'."
    )


@pytest.mark.parametrize(
    ("name", "described"),
    [
        ("files:*", "tool category 'files:*' stands"),
        ("FILES:*", "tool 'FILES:*' may stand"),
        ("f*", "tool 'f*' may stand"),
    ],
    ids=["as it is written", "in another letter case", "wider"],
)
def test_a_category_is_told_from_a_name_that_may_stand_for_one(name: str, described: str) -> None:
    (finding,) = judged(replace(POLICY, tools=denies("rm")), replace(MANIFEST, tools=(claim(name, "/t"),))).findings
    assert finding.message == (
        f"{described} for tools whose names are not published, and the workspace blocks some tools by name."
    )
