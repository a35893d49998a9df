"""From content to a signed document, held by literal known answers."""

import json
import re
from datetime import UTC, datetime
from pathlib import Path

import httpx

from sekuire_gate import canonical
from sekuire_gate.model.policy import Source, Trust
from sekuire_gate.trust.anchor import Anchor, PinnedKey
from sekuire_gate.trust.envelope import read_envelope
from sekuire_gate.trust.verify import verify_policy
from sekuire_gate.workspace.keys import load_key
from sekuire_gate.workspace.sign import Title, sign_document
from tests.support.workspace import CONTENT, served_workspace
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


# docs/protocol.md 2, the table; ids by its section 1, hex by 2.1 and 2.2. `null` is never written: it is all there.
_FORMS = {
    "policy_id": r"[A-Za-z0-9._-]{1,128}",
    "workspace_id": r"[A-Za-z0-9._-]{1,128}",
    "version": r"[A-Za-z0-9._-]{1,128}",
    "status": "active",
    "hash": "[0-9a-f]{64}",
    "signature": "[0-9a-f]{128}",
    "signing_key_id": r"[A-Za-z0-9._-]{1,128}",
    "signing_public_key": "[0-9a-f]{64}",
    "activated_at": r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ",
    "updated_at": r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ",
}


def test_what_is_served_has_the_fields_types_and_encodings_of_the_protocol(tmp_path: Path) -> None:
    with served_workspace(tmp_path, CONTENT) as served:
        address = f"{served.url}/api/v1/workspaces/{served.workspace_id}/policy/active"
        response = httpx.get(address, trust_env=False)
    assert (response.status_code, response.headers["Content-Type"]) == (200, "application/json")
    document = json.loads(response.content.decode("utf-8"))
    assert document.pop("content") == CONTENT
    assert document.keys() == _FORMS.keys()
    for name, form in _FORMS.items():
        assert isinstance(document[name], str), name
        assert re.fullmatch(form, document[name], re.ASCII), name


def test_what_the_sekuire_cli_makes_of_a_served_policy_verifies(tmp_path: Path) -> None:
    """It reads JSON and writes the eleven fields anew: content sorted, two spaces, nulls, no final newline."""
    blocked = r'"blocked_tools": ["caf\u00e9", "\u0001\/\u2028\ud83d\ude00"]'
    content = f'{{"z": [], "tools": {{{blocked}}}, "metadata": {{"n": [0.50, 1.0, {{}}]}}}}'
    (tmp_path / "key").write_text(SEED)
    document = json.loads(signed(content, tmp_path))
    saved = SAVED_BY_THE_CLI.replace("HASH", document["hash"]).replace("SIGNATURE", document["signature"])
    assert json.loads(saved) == {**document, "signing_key_id": None, "activated_at": None, "updated_at": None}
    anchor = Anchor((PinnedKey(None, bytes.fromhex(PUBLIC)),), workspace_id="ws_1")
    policy = verify_policy(read_envelope(saved.encode(), Source.FILE), anchor)
    assert (policy.proof.trust, policy.proof.content_hash) == (Trust.PINNED, document["hash"])
    assert [entry.text for entry in policy.tools.blocked] == ["caf\u00e9", "\u0001/\u2028\U0001f600"]


# As serde_json's pretty printer writes it.
SAVED_BY_THE_CLI = """\
{
  "policy_id": "policy_1",
  "workspace_id": "ws_1",
  "version": "1.0",
  "status": "active",
  "hash": "HASH",
  "content": {
    "metadata": {
      "n": [
        0.5,
        1.0,
        {}
      ]
    },
    "tools": {
      "blocked_tools": [
        "caf\u00e9",
        "\\u0001/\u2028\U0001f600"
      ]
    },
    "z": []
  },
  "signature": "SIGNATURE",
  "signing_key_id": null,
  "signing_public_key": "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
  "activated_at": null,
  "updated_at": null
}"""

# BLAKE3 of {"a":["é",0.5],"b":1} in UTF-8, and Ed25519 over "policy_1:1.0:" + that, by programs of their own.
HASH = "602791503df2b614ba001f7f9229b9394c96a44802a09c24adf52fdc2e747c47"
SIGNATURE = (
    "b99b05689555dc6dc14842ed7cd63adf464f4f51479abb5e27a2081f89aef29f"
    "783742f4abdf9315b8332bf640538618d3dfc0dda0020a1134075a1a4c3c7a0f"
)
