"""The outside as docs/contract.md promises it = action.yml = flags = README = the program."""

import argparse
import re
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

import pytest
import yaml

from sekuire_gate import inputs
from sekuire_gate.commands import COMMANDS, check
from sekuire_gate.model.problem import ExitCode
from sekuire_gate.model.report import Level, RuleInfo
from sekuire_gate.rules import ALL_RULES
from sekuire_gate.settings import ReportFormat

ROOT = Path(__file__).parent.parent
CONTRACT = (ROOT / "docs/contract.md").read_text("utf-8")
README = (ROOT / "README.md").read_text("utf-8")
ACTION: dict[str, Any] = yaml.safe_load((ROOT / "action.yml").read_text("utf-8"))

# Named by the contract and not there yet; what is not there is not declared.
LATER_INPUTS = {
    "shard", "check-run", "comment", "github-token",
}  # fmt: skip
LATER_COMMANDS = {"merge"}
LATER_OUTPUTS = {"sarif-file"}
LATER_FORMATS = {"sarif", "junit", "gitlab"}
# What went wrong beside the verdict, which stands: one line on stderr, and no problem of the run.
ASIDE = {"publish.failed"}


def section(text: str, heading: str) -> str:
    """The text of one `##` section."""
    return re.split(r"^## ", text.split(f"\n## {heading}", 1)[1], maxsplit=1, flags=re.MULTILINE)[0]


def first_cells(text: str) -> list[list[str]]:
    """The first three cells of each table row that begins with a code span or a dash."""
    rows = [[cell.strip() for cell in line.strip().strip("|").split(" | ")] for line in text.splitlines()]
    return [row[:3] for row in rows if len(row) > 1 and row[0].startswith(("`", "\N{EN DASH}"))]


def spans(text: str) -> list[str]:
    """What stands in back quotes, whole."""
    return re.findall(r"`([^`]+)`", text)


def contract_inputs() -> list[str]:
    cells = [row[0] for row in first_cells(section(CONTRACT, "3. `check`: inputs and flags"))]
    names = [name for cell in cells for name in spans(cell)]
    return [name for name in names if name not in LATER_INPUTS]


def test_the_inputs_of_the_contract_are_those_of_the_action_the_readme_and_the_program() -> None:
    promised = contract_inputs()
    assert sorted(item.name for item in inputs.ACTION_INPUTS) == sorted(promised)
    assert list(ACTION["inputs"]) == promised
    assert [name for row in first_cells(section(README, "Inputs")) for name in spans(row[0])] == promised


def test_the_flags_of_the_contract_are_those_of_the_program_and_the_readme() -> None:
    parser = argparse.ArgumentParser()
    check.arguments(parser)
    declared = {option for action in parser._actions for option in action.option_strings} - {"-h", "--help"}  # noqa: SLF001 - argparse tells its flags nowhere else
    promised: set[str] = set()
    for row in first_cells(section(CONTRACT, "3. `check`: inputs and flags")):
        names = spans(row[0])
        flags = re.findall(r"`(--[^`]+)`", row[1])
        for name in (name for name in names if name not in LATER_INPUTS and row[1] == "same"):
            promised.add(f"--{name}")
        if names == ["force", "force-reason"]:
            promised |= {"--force", "--force-reason"}
        if not names or not set(names) <= LATER_INPUTS:
            promised |= set(flags)
    assert declared == promised
    in_readme = [name for row in first_cells(section(README, "Inputs")) for name in spans(row[1])]
    assert sorted(name for name in in_readme if name.startswith("--")) == sorted(promised)


def test_the_variables_of_the_contract_are_those_of_the_program_and_the_readme() -> None:
    promised = {
        (name, variable)
        for row in first_cells(section(CONTRACT, "3. `check`: inputs and flags"))
        for name in spans(row[0])
        for variable in spans(row[1])
        if variable.startswith("SEKUIRE_")
    }
    in_readme = {
        (name, variable)
        for row in first_cells(section(README, "Inputs"))
        for name in spans(row[0])
        for variable in spans(row[1])
        if variable.startswith("SEKUIRE_")
    }
    assert {(item.name, item.variable) for item in inputs.ACTION_INPUTS if item.variable} == promised
    assert in_readme == promised


def test_the_action_declares_no_default_so_that_given_means_given_by_a_person() -> None:
    for name, declaration in ACTION["inputs"].items():
        assert set(declaration) == {"description"}, name


def test_the_action_runs_the_isolated_entry_point_and_nothing_a_workflow_could_replace() -> None:
    assert ACTION["runs"] == {
        "using": "docker",
        "image": "Dockerfile",
        "entrypoint": "/app/entrypoint.py",
        "args": [],
    }
    entry = ROOT / "entrypoint.py"
    assert entry.read_text("utf-8").startswith("#!/usr/local/bin/python -I\n")
    assert entry.stat().st_mode & 0o111 == 0o111


def test_the_outputs_of_the_contract_are_those_of_the_action_and_the_readme() -> None:
    listed = section(CONTRACT, "5. Outputs of the action").split("All are written", 1)[0]
    without_examples = re.sub(r"\([^)]*\)", "", listed)
    promised = sorted(set(spans(without_examples)) - LATER_OUTPUTS)
    assert sorted(ACTION["outputs"]) == promised
    assert sorted(name for row in first_cells(section(README, "Outputs")) for name in spans(row[0])) == promised


def command_names(text: str) -> list[str]:
    """The commands of a table's first column: each code span's lower-case words, up to its first argument."""
    shown = [span for row in first_cells(text) for span in spans(row[0])]
    return sorted(match[0] for match in (re.match(r"[a-z]+( [a-z]+(?= |$))*", span) for span in shown) if match)


def test_the_commands_of_the_contract_are_those_of_the_program_and_the_readme() -> None:
    promised = sorted(set(command_names(section(CONTRACT, "2. Commands"))) - LATER_COMMANDS)
    assert sorted(listed.name for listed in COMMANDS) == promised
    assert command_names(section(README, "Commands")) == promised


def contract_rules() -> set[str]:
    listed = section(CONTRACT, "7. Rules (ids are for ever)").split("Levels:", 1)[0]
    return set(re.findall(r"`([a-z_]+\.[a-z_]+)`", listed))


def test_the_rules_of_the_contract_are_those_of_the_program_and_the_readme() -> None:
    assert {rule.id for rule in ALL_RULES} == contract_rules()
    in_readme = [[*spans(row[0]), *row[1:]] for row in first_cells(section(README, "Rules"))]
    assert sorted(in_readme) == sorted([rule.id, rule.level.word, rule.summary] for rule in ALL_RULES)


def contract_level(rule_id: str) -> Level:
    """The level as section 7 gives it: warnings and notices are listed, names before patterns, the rest are errors."""
    listed = section(CONTRACT, "7. Rules (ids are for ever)").split("Levels: error;", 1)[1].split("\n", 1)[0]
    warnings, notices = re.sub(r"\([^)]*\)", "", listed).split("; notices are ")
    if rule_id in spans(notices):
        return Level.NOTICE
    return Level.WARNING if any(fnmatchcase(rule_id, pattern) for pattern in spans(warnings)) else Level.ERROR


def contract_undetermined(rule_id: str) -> bool:
    """Whether section 7 counts the rule to the undetermined."""
    (listed,) = re.findall(r"^(.*) are undetermined\.", section(CONTRACT, "7. Rules (ids are for ever)"), re.MULTILINE)
    return any(fnmatchcase(rule_id, pattern) for pattern in spans(listed))


@pytest.mark.parametrize("rule", ALL_RULES, ids=[rule.id for rule in ALL_RULES])
def test_a_rule_has_the_level_of_the_contract_and_a_help_page(rule: RuleInfo) -> None:
    assert rule.level is contract_level(rule.id)
    assert rule.undetermined == contract_undetermined(rule.id)
    assert rule.summary
    assert len(rule.help) > len(rule.summary), "the help page says why, and what to write instead"


def test_the_exit_codes_of_the_contract_are_those_of_the_program_and_the_readme() -> None:
    rows = re.findall(r"^\| (\d+) \|", section(CONTRACT, "4. Exit codes"), flags=re.MULTILINE)
    assert [int(row) for row in rows] == [int(code) for code in ExitCode]
    in_readme = re.findall(r"^\| `?(\d+)`? \|", section(README, "Exit codes"), flags=re.MULTILINE)
    assert in_readme == rows


def test_every_problem_kind_in_the_program_is_on_the_contracts_closed_list() -> None:
    listed = set(re.findall(r"`((?:config|fetch|policy|definition|internal)\.[a-z_0-9]+)`", CONTRACT))
    used: dict[str, Path] = {}
    for path in sorted((ROOT / "sekuire_gate").rglob("*.py")):
        for kind in re.findall(r"\"((?:config|fetch|internal)\.[a-z_]+)\"", path.read_text("utf-8")):
            used[kind] = path
        for kind in re.findall(r"kind=\"([a-z_.]+)\"", path.read_text("utf-8")):
            used[kind] = path
    assert {kind: path for kind, path in used.items() if kind not in listed | ASIDE} == {}


def test_the_report_formats_are_those_of_the_contract() -> None:
    row = next(line for line in CONTRACT.splitlines() if line.startswith("| `reports`"))
    listed = row.split("one per line:", 1)[1].split(";", 1)[0]
    assert {format_.value for format_ in ReportFormat} == set(re.findall(r"`([a-z]+)`", listed)) - LATER_FORMATS


@pytest.mark.parametrize(("ours", "theirs"), [("contract", "CONTRACT"), ("protocol", "PROTOCOL")])
def test_the_projects_copies_are_the_shared_pages(ours: str, theirs: str) -> None:
    shared = ROOT.parent / "shared" / f"{theirs}.md"
    if not shared.exists():
        pytest.skip(f"{shared.name} is not beside this checkout")
    assert (ROOT / "docs" / f"{ours}.md").read_text("utf-8") == shared.read_text("utf-8")
