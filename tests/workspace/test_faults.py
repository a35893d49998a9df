"""Faults are values: how often they are met, and that honesty returns. What each does: tests/trust/test_fetch.py."""

from pathlib import Path

import httpx
import pytest

from sekuire_gate.workspace import faults
from sekuire_gate.workspace.faults import Received
from tests.support.workspace import ServedWorkspace, served_workspace


def get(served: ServedWorkspace) -> httpx.Response:
    url = f"{served.url}/api/v1/workspaces/{served.workspace_id}/policy/active"
    with httpx.Client(trust_env=False, verify=False) as client:
        return client.get(url, headers={"X-API-Key": "sk_1"})


def test_faults_are_met_in_order_so_many_times_and_then_the_server_is_honest(tmp_path: Path) -> None:
    misbehaviour = [faults.status(503, times=2), faults.status(429, times=1)]
    with served_workspace(tmp_path, faults=misbehaviour) as served:
        statuses = [get(served).status_code for _ in range(5)]
        assert statuses == [503, 503, 429, 200, 200]
        assert get(served).content == served.document


def test_a_fault_without_a_number_is_met_for_ever(tmp_path: Path) -> None:
    with served_workspace(tmp_path, faults=[faults.status(500)]) as served:
        assert {get(served).status_code for _ in range(3)} == {500}


def test_an_older_document_is_served_while_a_newer_one_is_active(tmp_path: Path) -> None:
    with served_workspace(tmp_path) as served:
        older = served.document
    with served_workspace(tmp_path / "again", faults=[faults.document(older)]) as served:
        served.publish({"tools": {"blocked_tools": ["shell"]}})
        assert get(served).content == older


def test_an_echo_repeats_what_the_client_sent(tmp_path: Path) -> None:
    with served_workspace(tmp_path, faults=[faults.echo_key(401, lambda key: {"error": key})]) as served:
        response = get(served)
    assert response.json() == {"error": "sk_1"}
    assert response.headers["X-Echo"] == "sk_1"


@pytest.mark.parametrize("name", ["X-API-Key", "x-api-key", "X-Api-KEY"])
def test_a_header_is_found_in_any_case(name: str) -> None:
    received = Received("GET", "/", (("X-Api-Key", "a"), ("X-API-KEY", "b")))
    assert received.header(name) == "a"
    assert received.header("Cookie") is None
