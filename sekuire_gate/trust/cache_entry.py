"""A kept policy as the bytes of one file: the document as it came, and under one seal with it, when and whence.

    sekuire-gate cached policy 1
    MAC                            64 hex digits over all bytes after this line
    {"fetched_at": …}              JSON on one line
    DOCUMENT                       the very bytes of the service's answer

The document's own signature holds for ever; what the seal adds is the time, which bounds for how long somebody who
can write to the cache may put an old policy back. The seal's key is derived from the API key, so whoever holds that
key can make one: with any policy that the workspace really signed, at any time, and with nothing else.
"""

import json
from dataclasses import dataclass

from sekuire_gate import canonical
from sekuire_gate.model.secret import Secret

_FORMAT = b"sekuire-gate cached policy 1"


@dataclass(frozen=True, slots=True)
class CacheEntry:
    """What is kept."""

    url: str  # that answered; it names host and workspace
    workspace_id: str
    key_fingerprint: str  # of the pinned key that verified the document, as in reports
    fetched_at: int  # seconds since 1970, by the machine's clock
    document: bytes


def seal(entry: CacheEntry, api_key: Secret) -> bytes:
    """Write an entry as a file's bytes; nothing of the API key is among them."""
    header = {
        "fetched_at": entry.fetched_at,
        "key_fingerprint": entry.key_fingerprint,
        "url": entry.url,
        "workspace_id": entry.workspace_id,
    }
    # The JSON of one line holds no line feed, so that two entries never have the same bytes under the seal.
    sealed = json.dumps(header).encode() + b"\n" + entry.document
    return b"\n".join((_FORMAT, _mac(sealed, api_key), sealed))


def unseal(data: bytes, api_key: Secret) -> CacheEntry | None:
    """Read a file's bytes, whatever they are; None where this API key has not sealed them."""
    import hmac  # noqa: PLC0415 - costs start-up time, and few need it

    form, _, rest = data.partition(b"\n")
    mac, _, sealed = rest.partition(b"\n")
    # Nothing of it is read before it is known to be ours.
    if form != _FORMAT or not hmac.compare_digest(mac, _mac(sealed, api_key)):
        return None
    header, _, document = sealed.partition(b"\n")
    return _entry(header, document)


def _entry(header: bytes, document: bytes) -> CacheEntry | None:
    try:
        read = canonical.read(canonical.decode(header))
    except ValueError:
        return None
    match canonical.plain(read.root):
        case {
            "fetched_at": int(fetched_at),
            "key_fingerprint": str(key_fingerprint),
            "url": str(url),
            "workspace_id": str(workspace_id),
        } if not read.doubts:
            return CacheEntry(url, workspace_id, key_fingerprint, fetched_at, document)
    return None


def _mac(sealed: bytes, api_key: Secret) -> bytes:
    """Authenticate bytes by HMAC-SHA256 (RFC 2104), as hex digits.

    Its key is derived for this purpose alone by HKDF (RFC 5869: no salt, one block): neither the API key nor a MAC
    made with it for another purpose has a meaning here. HKDF wants a key that nobody can guess, as the service's
    are: whoever reads the file could try out a short one made by hand.
    """
    import hmac  # noqa: PLC0415 - as above

    extracted = hmac.digest(bytes(32), api_key.reveal().encode(), "sha256")
    derived = hmac.digest(extracted, _FORMAT + b"\x01", "sha256")
    return hmac.digest(derived, sealed, "sha256").hex().encode()
