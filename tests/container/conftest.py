"""What the container tests share: an engine, the image, a runner, and a workspace to ask."""

import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import docker
import docker.errors
import pytest

from sekuire_gate.model.secret import Secret
from sekuire_gate.workspace.server import WorkspaceServer
from sekuire_gate.workspace.store import create_workspace
from tests.support.container import BASE, IMAGE, ROOT, Runner, Service, engine_answers, leave_out, tools

API_KEY = "sk_live_" + "9f3b" * 8


@pytest.fixture(scope="session")
def engine() -> Iterator[Any]:
    """A Docker engine that answers."""
    if not engine_answers():
        leave_out("no Docker engine answers.")
    client = docker.from_env()
    yield client
    client.close()


@pytest.fixture(scope="session")
def image(engine: Any) -> str:  # noqa: ANN401 - the SDK ships no types
    """The image of this checkout, built once, by the builder that needs no plugin."""
    try:
        engine.images.get(BASE)
    except docker.errors.ImageNotFound:
        try:
            engine.images.pull(BASE)
        except docker.errors.APIError:
            leave_out(f"the base image {BASE} is not to be had.")
    engine.images.build(path=str(ROOT), tag=IMAGE, rm=True, forcerm=True)
    return IMAGE


@pytest.fixture
def runner(image: str, tmp_path: Path) -> Runner:
    """Starts the action as a runner does."""
    tools()
    folder = tmp_path / "runner"
    folder.mkdir()
    return Runner(image, folder)


@pytest.fixture(scope="session")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """A workspace with the policy of the examples, which asks for a key."""
    workspace = create_workspace(tmp_path_factory.mktemp("container") / "workspace", "ws_examples")
    workspace.publish((ROOT / "examples/policy.json").read_bytes(), datetime.now(UTC))
    document = workspace.active_document()
    assert document is not None
    server = WorkspaceServer(workspace.directory, require_key=Secret(API_KEY))
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield Service(server.url, workspace.workspace_id, workspace.key.pin, document, API_KEY)
    server.shutdown()
    server.server_close()
    thread.join()
