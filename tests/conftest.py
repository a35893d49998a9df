"""Fixtures only; the one automatic fixture scrubs what a runner would leave in the environment."""

import os

import pytest
from hypothesis import settings

# A busy machine is no finding: how long one example takes is not what a property is about.
settings.register_profile("gate", deadline=None)
settings.load_profile("gate")

_SCRUBBED = ("GITHUB_", "INPUT_", "RUNNER_", "SEKUIRE_")
_KEPT = {"SEKUIRE_GATE_REQUIRE_DOCKER", "SEKUIRE_GATE_VECTORS", "SEKUIRE_GATE_TOOLS"}


@pytest.fixture(autouse=True)
def scrubbed_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take away every variable that the gate or a runner would read."""
    for name in list(os.environ):
        if name.startswith(_SCRUBBED) and name not in _KEPT:
            monkeypatch.delenv(name)
