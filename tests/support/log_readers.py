"""What a runner obeys in a log, read in two ways: by our own rules, and by the parser of the shared test tools."""

import os
import re
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType

import pytest

# A line ends at \n, \r\n or a lone \r; blanks are what .NET trims (docs: actions/runner, ActionCommand.cs).
_LINE_END = re.compile(r"\r\n|\r|\n")
_COMMAND = re.compile(r"\s*::|.*##\[", re.DOTALL)


def lines_of(log: str) -> list[str]:
    """Split a log as a runner does."""
    return _LINE_END.split(log)


def commands_in(log: str) -> list[str]:
    """Return the lines that a runner may obey."""
    return [line for line in lines_of(log) if _COMMAND.match(line)]


def runner_parser() -> ModuleType:
    """Load the runner's parser from the shared tools, or skip the test."""
    folder = os.environ.get("SEKUIRE_GATE_TOOLS") or Path(__file__).parents[3] / "shared" / "tools"
    path = Path(folder) / "runner_commands.py"
    if not path.is_file():
        pytest.skip(f"the runner's parser is not here: {path.name} of the shared test tools")
    spec = spec_from_file_location("runner_commands", path)
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
