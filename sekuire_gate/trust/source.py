"""From the service, a saved file or the cache: the same bytes from any."""

import json

from sekuire_gate.canonical import canonical_bytes, read
from sekuire_gate.errors import PolicyFetchError, PolicyFormatError
from sekuire_gate.model.policy import Source
from sekuire_gate.model.secret import Secret
from sekuire_gate.regular_file import read_regular_file
from sekuire_gate.trust.address import PolicyAddress, PolicyFile, Transport
from sekuire_gate.trust.answer import MAX_POLICY_BYTES, too_large
from sekuire_gate.trust.envelope import SignedPolicy, read_envelope

MIN_SECRET_CHARACTERS = 8  # a shorter one would be found in ordinary words


def obtain_policy(where: PolicyAddress | PolicyFile, transport: Transport) -> SignedPolicy:
    """Fetch or read a policy document; nothing of it is proven yet.

    Args:
        where: the service, or a file.
        transport: key, proxy and deadline; a file needs nothing of it.

    Raises:
        SettingsError: the proxy is none.
        PolicyAccessError: the service refuses the key.
        PolicyFetchError: no document, whatever the reason.
        PolicyFormatError: a document that is not a policy's, or that can be read in two ways.
    """
    if isinstance(where, PolicyFile):
        return read_policy(_read(where), Source.FILE, transport.api_key)
    return read_policy(_fetch(where, transport), Source.FETCHED, transport.api_key)


def read_policy(raw: bytes, source: Source, api_key: Secret | None) -> SignedPolicy:
    """Read a document's bytes, wherever they come from; nothing of it is proven yet.

    Raises:
        PolicyFetchError: not one JSON object.
        PolicyFormatError: a document that is not a policy's, that can be read in two ways, or that repeats the key.
    """
    signed = read_envelope(raw, source)
    _refuse_echo(signed, api_key)
    return signed


def _refuse_echo(signed: SignedPolicy, api_key: Secret | None) -> None:
    """Refuse a document that repeats the API key: its ids and names are shown, and who pulls it may commit it."""
    secret = api_key.reveal() if api_key else ""
    if len(secret) < MIN_SECRET_CHARACTERS:
        return
    fields = (signed.policy_id, signed.workspace_id, signed.version, signed.status, signed.signing_key_id or "")
    # All of it as it is read, whatever escapes it was written with; and all bytes, since they are saved as they are.
    raw = signed.raw.decode()
    texts = (canonical_bytes(read(raw).root).decode(), raw) if "\\" in raw else (raw,)
    if any(secret in field for field in fields) or any(json.dumps(secret)[1:-1] in text for text in texts):
        raise PolicyFormatError(
            "the policy repeats the API key.",
            kind="policy.malformed",
            fix="Do not use this document; replace the API key, and find out who wrote it into the policy.",
        )


def _fetch(address: PolicyAddress, transport: Transport) -> bytes:
    # Here, so that a run on a saved policy does not pay for the client.
    from sekuire_gate.trust.client import open_client  # noqa: PLC0415 - see above
    from sekuire_gate.trust.fetch import fetch_policy  # noqa: PLC0415 - see above

    with open_client(address, transport) as client:
        return fetch_policy(client, address, transport.timeout_seconds, on_retry=transport.on_retry)


def _read(file: PolicyFile) -> bytes:
    try:
        raw = read_regular_file(file.path, MAX_POLICY_BYTES)
    except OSError as error:
        raise _unreadable(file, error.strerror or "unknown reason") from error
    except ValueError as error:
        raise _unreadable(file, "its name holds NUL") from error
    if raw is None:
        raise _unreadable(file, "it is not a regular file")
    if len(raw) > MAX_POLICY_BYTES:
        raise too_large(f"the policy file '{file.path}'")
    return raw


def _unreadable(file: PolicyFile, reason: str) -> PolicyFetchError:
    return PolicyFetchError(
        f"the policy file '{file.path}' cannot be read: {reason}.",
        kind="fetch.file",
        fix="Check policy-file; the file is one that 'sekuire-gate policy pull' saved.",
    )
