"""Public test vectors, read in place; a test that needs one is skipped where the folder is absent."""

import os
from pathlib import Path

import pytest

_FOLDER = Path(
    os.environ.get("SEKUIRE_GATE_VECTORS") or Path(__file__).parents[2] / ".." / "shared" / "vectors"
).resolve()


def vectors(name: str) -> Path:
    """Return a file or folder of the vectors, or skip the test that asks for it."""
    path = _FOLDER / name
    if not path.exists():
        pytest.skip(f"no test vectors '{name}': SEKUIRE_GATE_VECTORS names no folder that has them")
    return path
