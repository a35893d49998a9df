"""Strict Ed25519: one key has one spelling, and one signature fits one message (docs/protocol.md 2.2).

`cryptography` verifies; what it lets through is refused here beforehand. It accepts keys and points R of small
order, under which one constant signature fits many messages, and second spellings of a point. The curve
arithmetic below sees public values only, so it need not run in constant time.
"""

from enum import Enum
from hashlib import sha256

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

PUBLIC_KEY_BYTES = 32
SIGNATURE_BYTES = 64

# RFC 8032, 5.1: the field's prime, the order of the base point, and d of the curve -x² + y² = 1 + d·x²·y².
_P = 2**255 - 19
_ORDER = 2**252 + 27742317777372353535851937790883648493
_D = -121665 * pow(121666, -1, _P) % _P
_SQRT_OF_MINUS_1 = pow(2, (_P - 1) // 4, _P)

_COFACTOR = 8
_SIGN_BIT = 1 << 255

# RFC 8032, 5.1.4: extended coordinates (X, Y, Z, T) with x = X/Z, y = Y/Z, x·y = T/Z.
_Point = tuple[int, int, int, int]
_NEUTRAL: _Point = (0, 1, 1, 0)


class KeyFlaw(Enum):
    """Why 32 bytes are no key to trust."""

    OFF_CURVE = "is not a point on the curve"
    SMALL_ORDER = "has a small order: one signature under it fits many messages"
    NOT_CANONICAL = "is a second spelling of another key"
    MIXED_ORDER = "is not of prime order: programs disagree on signatures under it"


def fingerprint(public_key: bytes) -> str:
    """Return `sha256:` and 64 hex digits over the 32 raw bytes (docs/contract.md 6)."""
    return f"sha256:{sha256(public_key).hexdigest()}"


def key_flaw(public_key: bytes) -> KeyFlaw | None:
    """Say what is wrong with 32 bytes as a public key, or None where nothing is."""
    point = _decoded(public_key)
    if point is None:
        return KeyFlaw.OFF_CURVE
    # Small order first: some of these points have several spellings, and each of them is a weak key.
    if _is_neutral(_times(_COFACTOR, point)):
        return KeyFlaw.SMALL_ORDER
    if _encoded(point) != public_key:
        return KeyFlaw.NOT_CANONICAL
    if not _is_neutral(_times(_ORDER, point)):
        return KeyFlaw.MIXED_ORDER
    return None


def verify(public_key: bytes, signature: bytes, message: bytes) -> bool:
    """Whether a signature fits a message under a key, by the strictest reading of RFC 8032.

    Args:
        public_key: 32 bytes, a flawless key; under any other, nothing verifies.
        signature: 64 bytes, R and S.
        message: what was signed.
    """
    if len(public_key) != PUBLIC_KEY_BYTES or len(signature) != SIGNATURE_BYTES:
        return False
    if key_flaw(public_key) is not None or not _is_strict(signature):
        return False
    try:
        Ed25519PublicKey.from_public_bytes(public_key).verify(signature, message)
    except InvalidSignature:
        return False
    return True


def _is_strict(signature: bytes) -> bool:
    encoded_r, s = signature[:32], int.from_bytes(signature[32:], "little")
    r = _decoded(encoded_r)
    # S + L would be a second signature of the same message.
    return r is not None and _encoded(r) == encoded_r and not _is_neutral(_times(_COFACTOR, r)) and s < _ORDER


def _decoded(encoded: bytes) -> _Point | None:
    """Find the point, in whatever spelling; None where the curve has none with this y."""
    number = int.from_bytes(encoded, "little")
    y = number % _SIGN_BIT % _P
    # RFC 8032, 5.1.3: x² = u/v, and one power gives the candidate for the root and the inverse together.
    u, v = (y * y - 1) % _P, (_D * y * y + 1) % _P
    x = u * pow(v, 3, _P) * pow(u * pow(v, 7, _P), (_P - 5) // 8, _P) % _P
    if (v * x * x + u) % _P == 0:
        x = x * _SQRT_OF_MINUS_1 % _P
    if (v * x * x - u) % _P != 0:
        return None
    if x % 2 != number // _SIGN_BIT:
        x = -x % _P
    return x, y, 1, x * y % _P


def _encoded(point: _Point) -> bytes:
    """Write a decoded point (Z = 1) in its one canonical spelling."""
    x, y, _, _ = point
    return (y + x % 2 * _SIGN_BIT).to_bytes(32, "little")


def _times(factor: int, point: _Point) -> _Point:
    result = _NEUTRAL
    for bit in f"{factor:b}":
        result = _sum(result, result)
        if bit == "1":
            result = _sum(result, point)
    return result


def _sum(one: _Point, other: _Point) -> _Point:
    # RFC 8032, 5.1.4: complete, so doubling and the neutral point need no case of their own.
    (x1, y1, z1, t1), (x2, y2, z2, t2) = one, other
    a, b = (y1 - x1) * (y2 - x2), (y1 + x1) * (y2 + x2)
    c, d = 2 * _D * t1 * t2, 2 * z1 * z2
    e, f, g, h = (b - a) % _P, (d - c) % _P, (d + c) % _P, (b + a) % _P
    return e * f % _P, g * h % _P, f * g % _P, e * h % _P


def _is_neutral(point: _Point) -> bool:
    x, y, z, _ = point
    return x == 0 and y == z
