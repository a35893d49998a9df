"""Public keys whose private half everybody has: they are pinned by mistake, or by somebody who can sign with them.

Each was derived from its seed, which its source publishes; a test does it again.
"""

_PLACEHOLDER = 32 * b"\xff"

_KNOWN = {
    # Seeds that are typed rather than made.
    "3b6a27bcceb6a42d62a3a8d02a6f0d73653215771de243a63ac048a18b59da29": "the key of the seed of 32 bytes 0x00",
    "8a88e3dd7409f195fd52db2d3cba5d72ca6709bf1d94121bf3748801b40f6f5c": "the key of the seed of 32 bytes 0x01",
    "d04ab232742bb4ab3a1368bd4615e4e6d0224ab71a016baf8520a332c9778737": "the key of the seed of 32 bytes 0x11",
    "76a1592044a6e4f511265bca73a604d90b0529d1df602be30a19a9257660d1f5": "the key of the seed of 32 bytes 0xff",
    # https://www.rfc-editor.org/rfc/rfc8032#section-7.1: TEST 1, 2, 3, 1024 and SHA(abc); the last is 7.3's too.
    "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a": "a test key of RFC 8032",
    "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c": "a test key of RFC 8032",
    "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025": "a test key of RFC 8032",
    "278117fc144c72340f67d0f2316e8386ceffbf2b2428c9c51fef7c597f1d426e": "a test key of RFC 8032",
    "ec172b93ad5e563bf4932c70e1245034c35467ef2efd4d64ebf819683467e2bf": "a test key of RFC 8032",
    # https://www.rfc-editor.org/rfc/rfc8032#section-7.2.
    "dfc9425e4f968f7f0c29f0259cf5f9aed6851c2bb4ad8bfb860cfee0ab248292": "a test key of RFC 8032",
    "0f1d1274943b91415889152e893d80e93275a1fc0b65fd71b4b0dda10ad7d772": "a test key of RFC 8032",
    # The conformance vectors of `sekuire-protocol` 0.1.2 (docs/protocol.md 6): the seed is
    # BLAKE3("sekuire-test-vector-seed-v1").
    "6240377d826c36c087404e4187dc21ecdbdc4db84e209fc386ac5d48bd08679e": "the test key of the OAGS conformance vectors",
}


def public_test_key(public_key: bytes) -> str | None:
    """Say which well-known key this is, in words that follow "pins"; None where it is none."""
    if public_key == _PLACEHOLDER:
        return "32 bytes 0xff, which is no key"
    name = _KNOWN.get(public_key.hex())
    return None if name is None else f"{name}, with which everybody can sign"
