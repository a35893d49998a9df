"""A served workspace, for every test that needs a policy over real HTTP."""

import json
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from sekuire_gate.model.policy import PolicyProof
from sekuire_gate.model.secret import Secret
from sekuire_gate.workspace.faults import Fault, Received
from sekuire_gate.workspace.server import WorkspaceServer
from sekuire_gate.workspace.store import Workspace, create_workspace

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
WORKSPACE_ID = "ws_test"
# RFC 8032, 7.1, test 1.
KNOWN_SEED = "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60"
KNOWN_PUBLIC_KEY = "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a"
CONTENT: dict[str, object] = {
    "agent": {"models": {"allowed_providers": ["openai"], "allowed_models": ["gpt-4o"], "denied_models": ["gpt-3.5*"]}}
}


@dataclass
class ServedWorkspace:
    """A workspace on disk and the server in front of it."""

    url: str  # for api-url; it needs allow-loopback-http
    workspace: Workspace
    requests: list[Received] = field(default_factory=list)  # what the server received, in order

    @property
    def workspace_id(self) -> str:
        return self.workspace.workspace_id

    @property
    def directory(self) -> Path:
        return self.workspace.directory

    @property
    def pin(self) -> str:
        """The line for trusted-keys."""
        return self.workspace.key.pin

    @property
    def document(self) -> bytes:
        """The active document, as it is served."""
        document = self.workspace.active_document()
        assert document is not None
        return document

    @property
    def path_of_active(self) -> Path:
        """The active document on disk, to be tampered with."""
        return self.directory / "policies" / f"{self.workspace.active_version()}.json"

    def publish(self, content: object, version: str | None = None) -> PolicyProof:
        """Sign and activate a content, given as what JSON will be made of."""
        return self.workspace.publish(json.dumps(content).encode(), NOW, version=version)


@contextmanager
def served_workspace(
    tmp_path: Path,
    content: object = CONTENT,
    *,
    workspace_id: str = WORKSPACE_ID,
    faults: Iterable[Fault] | None = None,
    require_key: str | None = None,
) -> Iterator[ServedWorkspace]:
    """Make a workspace below `tmp_path`, publish the content (None: nothing) as version 1, and serve it.

    Args:
        tmp_path: the workspace becomes `tmp_path/workspace`.
        content: what JSON will be made of.
        workspace_id: its id.
        faults: how to misbehave, from `sekuire_gate.workspace.faults`.
        require_key: only requests with this key are answered.
    """
    workspace = create_workspace(tmp_path / "workspace", workspace_id)
    requests: list[Received] = []
    server = WorkspaceServer(
        workspace.directory,
        require_key=Secret(require_key) if require_key else None,
        faults=faults or (),
        on_request=requests.append,
    )
    served = ServedWorkspace(server.url, workspace, requests)
    if content is not None:
        served.publish(content)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield served
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
