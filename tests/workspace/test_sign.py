"""From content to a signed document, held by literal known answers."""

import json
from datetime import UTC, datetime
from pathlib import Path

from sekuire_gate import canonical
from sekuire_gate.workspace.keys import load_key
from sekuire_gate.workspace.sign import Title, sign_document
from tests.support.workspace import KNOWN_PUBLIC_KEY as PUBLIC
from tests.support.workspace import KNOWN_SEED as SEED

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
TITLE = Title("policy_1", "1.0", "ws_1")


def signed(content: str, tmp_path: Path) -> bytes:
    (tmp_path / "key").write_text(SEED)
    return sign_document(canonical.read(content).root, TITLE, load_key(tmp_path / "key"), NOW)


def test_a_document_has_the_eleven_fields_of_the_protocol(tmp_path: Path) -> None:
    document = json.loads(signed('{"b": 1, "a": ["é", 0.5]}', tmp_path))
    signature = document.pop("signature")
    assert document == {
        "policy_id": "policy_1",
        "workspace_id": "ws_1",
        "version": "1.0",
        "status": "active",
        "hash": HASH,
        "content": {"b": 1, "a": ["é", 0.5]},
        "signing_key_id": "key_21fe31dfa154a261",
        "signing_public_key": PUBLIC,
        "activated_at": "2026-01-02T03:04:05Z",
        "updated_at": "2026-01-02T03:04:05Z",
    }
    assert signature == SIGNATURE


def test_content_keeps_the_order_in_which_it_was_written(tmp_path: Path) -> None:
    document = signed('{"b": 1, "a": 2}', tmp_path).decode()
    assert document.index('"b"') < document.index('"a"')
    assert document.endswith("}\n")


# BLAKE3 of {"a":["é",0.5],"b":1} in UTF-8, and Ed25519 over "policy_1:1.0:" + that, by programs of their own.
HASH = "602791503df2b614ba001f7f9229b9394c96a44802a09c24adf52fdc2e747c47"
SIGNATURE = (
    "b99b05689555dc6dc14842ed7cd63adf464f4f51479abb5e27a2081f89aef29f"
    "783742f4abdf9315b8332bf640538618d3dfc0dda0020a1134075a1a4c3c7a0f"
)
