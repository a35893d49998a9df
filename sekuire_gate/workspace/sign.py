"""Content becomes a signed policy document, field by field as docs/protocol.md 2 lists them."""

import json
from dataclasses import dataclass
from datetime import datetime

from sekuire_gate import canonical
from sekuire_gate.canonical import Value
from sekuire_gate.trust.message import signed_message
from sekuire_gate.workspace.keys import WorkspaceKey


@dataclass(frozen=True, slots=True)
class Title:
    """What a document says of itself beside its content; all four are plain ids (docs/protocol.md 1)."""

    policy_id: str  # signed
    version: str  # signed
    workspace_id: str  # not signed
    status: str = "active"  # not signed; only an active policy is usable


def sign_document(content: Value, title: Title, key: WorkspaceKey, now: datetime) -> bytes:
    """Return the document as it is served: JSON, all eleven fields, in UTF-8.

    Args:
        content: read by `canonical.read` without doubts; what is hashed is its canonical form.
        title: the ids, the version and the status.
        key: signs; its public half travels with the document.
        now: the time of activation, in UTC.
    """
    content_hash = canonical.blake3_hex(canonical.canonical_bytes(content))
    signature = key.sign(signed_message(title.policy_id, title.version, content_hash))
    activated_at = now.strftime("%Y-%m-%dT%H:%M:%SZ")
    document = {
        "policy_id": title.policy_id,
        "workspace_id": title.workspace_id,
        "version": title.version,
        "status": title.status,
        "hash": content_hash,
        "content": canonical.plain(content),
        "signature": signature.hex(),
        "signing_key_id": key.key_id,
        "signing_public_key": key.public_key.hex(),
        "activated_at": activated_at,
        "updated_at": activated_at,
    }
    return json.dumps(document, indent=2, ensure_ascii=False).encode() + b"\n"
