"""Signs policy documents for tests, from docs/protocol.md 2 alone: shares no line with what it is used to test."""

import json
from typing import Any

import blake3
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

Document = dict[str, Any]

KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
STRANGER = Ed25519PrivateKey.from_private_bytes(bytes(range(1, 33)))
KEY_ID = "key_1"

CONTENT = {
    "agent": {
        "models": {"allowed_providers": ["openai"], "allowed_models": ["gpt-4o"]},
        "capabilities": {"denied_tools": ["shell_exec"]},
    }
}


def public_key(key: Ed25519PrivateKey = KEY) -> bytes:
    """Return the 32 raw bytes of a public key."""
    return key.public_key().public_bytes_raw()


def content_hash(content: object) -> str:
    """Return the hash of a content, whatever it is."""
    text = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return blake3.blake3(text.encode()).hexdigest()


def signed_document(content: object = CONTENT, *, key: Ed25519PrivateKey = KEY, **fields: Any) -> Document:  # noqa: ANN401 - JSON is built here
    """Make a document and sign it as it stands, with these fields in place of the usual ones."""
    document: Document = {
        "policy_id": "policy_1",
        "workspace_id": "ws_1",
        "version": "3",
        "status": "active",
        "hash": content_hash(content),
        "content": content,
        "signing_key_id": KEY_ID,
        "signing_public_key": public_key(key).hex(),
        "activated_at": "2026-01-02T03:04:05Z",
        **fields,
    }
    signed = f"{document['policy_id']}:{document['version']}:{document['hash']}"
    return {"signature": key.sign(signed.encode()).hex(), **document}


def as_bytes(document: object) -> bytes:
    """Write a document as a service would send it."""
    return json.dumps(document, ensure_ascii=False).encode()
