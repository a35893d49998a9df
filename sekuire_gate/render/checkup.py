"""What `doctor` writes: the inputs as they count, then one line for each thing that was looked at.

Names in certificates, ids of policies and texts of inputs are whoever's; each line is made visible and inert.
"""

from collections.abc import Sequence

from sekuire_gate import __version__
from sekuire_gate.model.checkup import EffectiveInput, Examined, Mark, first_problem
from sekuire_gate.render.escape import MAX_MESSAGE, for_log, shortened

MAX_INPUT = 200  # code points of one input's value


def opening(runtime: str, inputs: Sequence[EffectiveInput]) -> str:
    """Write what runs, and the inputs with their origins.

    Args:
        runtime: what it runs on.
        inputs: nothing secret in them.
    """
    width = max(len(item.name) for item in inputs)
    rows = (f"  {item.name:<{width}}  {shortened(item.value, MAX_INPUT) or 'none'}  ({item.origin})" for item in inputs)
    return _lines(f"sekuire-gate {__version__} on {runtime}", "", "Inputs:", *rows, "", "Checks:")


def line(examined: Examined) -> str:
    """Write one thing that was looked at: its mark first."""
    text = examined.text
    if examined.problem:
        text = f"{examined.problem.kind}: {shortened(examined.problem.message, MAX_MESSAGE)} {examined.problem.fix}"
    return _lines(f"  {examined.mark.value:<7}  {examined.subject:<11}  {text}")


def closing(examined: Sequence[Examined]) -> str:
    """Write how many problems and warnings there are, and the exit code that follows."""
    counts = {mark: sum(item.mark is mark for item in examined) for mark in Mark}
    problem = first_problem(examined)
    result = f"exit code {int(problem.exit_code)}, of the first problem" if problem else "exit code 0"
    return _lines(
        "", f"{_number(counts[Mark.PROBLEM], 'problem')}, {_number(counts[Mark.WARNING], 'warning')}: {result}."
    )


def _number(count: int, noun: str) -> str:
    return f"{count or 'no'} {noun}{'' if count == 1 else 's'}"


def _lines(*lines: str) -> str:
    return "".join(f"{for_log(text, 3 * MAX_MESSAGE)}\n" for text in lines)
