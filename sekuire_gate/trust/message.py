"""The text that a policy's signature covers, and why no part of it may hold a colon (docs/protocol.md 2.2)."""

import re

# The colon joins the parts and is not escaped: `a:b` + `c` and `a` + `b:c` would share one signature. So it is
# not in the alphabet of any id or version, and the text can be read in one way only.
_PLAIN_ID = re.compile(r"[A-Za-z0-9._-]{1,128}")


def signed_message(policy_id: str, version: str, content_hash: str) -> bytes:
    """Return the bytes that are signed: `{policy_id}:{version}:{hash}` in UTF-8.

    Args:
        policy_id: a plain id; so is the version. Whoever reads or makes a document has checked both.
        version: the policy's version, as text.
        content_hash: 64 lower-case hex digits.
    """
    return f"{policy_id}:{version}:{content_hash}".encode()


def is_workspace_id(text: str) -> bool:
    """Whether this is a plain id that is no `.` or `..`, since it becomes a segment of a path."""
    return is_plain_id(text) and text not in {".", ".."}


def is_plain_id(text: str) -> bool:
    """Whether this is a workspace, policy or key id or a version as we accept them: 1 to 128 of A-Z a-z 0-9 . _ -."""
    return _PLAIN_ID.fullmatch(text) is not None
