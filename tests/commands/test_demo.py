"""`demo`: the first thing that a newcomer runs."""

import json
from pathlib import Path

from tests.support.gate import run


def test_the_demo_shows_passing_and_failing_agents_by_place_and_says_where_the_reports_are(tmp_path: Path) -> None:
    ran = run("demo", cwd=tmp_path)
    assert ran.exit_code == 0
    assert "  passes  agents/researcher/sekuire.yml:1:1\n" in ran.stdout
    assert "  fails   agents/tools-file/tools.json:8:13  tool.blocked\n" in ran.stdout
    assert "::error title=model.blocked%3A gpt-3.5-turbo,file=agents/second-model/sekuire.yml,line=13" in ran.stdout
    out = tmp_path / "demo-out"
    assert sorted(path.name for path in out.iterdir()) == ["outputs.txt", "report.json", "report.md", "summary.md"]
    for path in out.iterdir():
        assert str(path) in ran.stdout
    report = json.loads((out / "report.json").read_text("utf-8"))
    assert (report["verdict"], report["policy"]["trust"]) == ("violation", "pinned")


def test_an_output_folder_that_cannot_be_made_is_exit_2_with_the_reason(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    ran = run("demo", "--out", "file", cwd=tmp_path)
    assert ran.exit_code == 2
    assert ran.stderr.startswith("config.usage: the demo cannot write to '")
