"""How an answer says where it ends: in one way only, or it is refused (RFC 9112, 6).

Pure; looks at the very bytes. The HTTP library takes two equal lengths for one before anybody else can see them, and
what stands between the gate and the service may take the other.
"""

import re

from sekuire_gate.errors import PolicyFetchError

MAX_HEAD_BYTES = 65_536  # 64 KiB, all heads of one answer together
MAX_INTERIM_HEADS = 16

_BEGINNING = b"HTTP/1."
_STATUS_LINE = re.compile(rb"HTTP/1\.(?P<minor>[01]) (?P<status>[1-9][0-9]{2})(?: [^\r\n]*)?")
_END_OF_HEAD = re.compile(rb"\n\r?\n")
_LENGTH = re.compile(rb"[0-9]+")


class Heads:
    """The heads of one answer, looked at as their bytes come: interim ones (1xx), then the final one."""

    def __init__(self) -> None:
        """Begin before the first byte."""
        self.complete = False  # whether the final head has come
        self._coming = bytearray()  # of the head that is not complete yet
        self._seen_bytes = 0  # of the heads before it
        self._interim = 0

    def take(self, data: bytes) -> None:
        """Look at the next bytes; what comes behind the final head is no concern of ours.

        Raises:
            PolicyFetchError: `fetch.protocol`, the answer is not HTTP/1.1, its heads are too many or too large, or
                its end can be read in two ways.
        """
        if self.complete:
            return
        searched = max(0, len(self._coming) - 2)  # the end's first two bytes may be there already
        self._coming += data
        while end := _END_OF_HEAD.search(self._coming, searched):
            head = bytes(self._coming[: end.end()])
            del self._coming[: end.end()]
            searched = 0
            if not self._is_interim(head):
                self.complete = True
                return
        self._look_at_beginning()

    def _look_at_beginning(self) -> None:
        if not self._coming.startswith(_BEGINNING[: len(self._coming)]):
            raise _refused("it begins with something else")
        self._count(len(self._coming))

    def _is_interim(self, head: bytes) -> bool:
        self._count(len(head))
        self._seen_bytes += len(head)
        first, *fields = (line.removesuffix(b"\r") for line in head.rstrip(b"\r\n").split(b"\n"))
        status = _STATUS_LINE.fullmatch(first)
        if status is None:
            raise _refused("its first line is another")
        is_interim = status["status"].startswith(b"1")
        self._interim += is_interim
        if self._interim > MAX_INTERIM_HEADS:
            raise _refused(f"more than {MAX_INTERIM_HEADS} interim answers come before it")
        if flaw := _flaw(fields, has_body=not is_interim, minor=status["minor"]):
            raise _refused(flaw)
        return is_interim

    def _count(self, more: int) -> None:
        if self._seen_bytes + more > MAX_HEAD_BYTES:
            raise _refused("its headers are larger than 64 KiB")


def _flaw(fields: list[bytes], *, has_body: bool, minor: bytes) -> str | None:
    """Return in which way these fields leave the end of the answer open; None: in no way."""
    lengths, codings = _values(fields, b"content-length"), _values(fields, b"transfer-encoding")
    flaws = {
        "a header is folded over two lines": any(field[:1] in {b" ", b"\t"} for field in fields),
        "an interim answer announces a body": bool(lengths or codings) and not has_body,
        "it announces its length twice": len(lengths) > 1 or any(b"," in length for length in lengths),
        "it announces both a length and chunks": bool(lengths and codings),
        "its Content-Length is not a number": any(not _LENGTH.fullmatch(length) for length in lengths),
        "its Transfer-Encoding is something else than chunked": codings not in ([], [b"chunked"]),
        "it uses chunks in HTTP/1.0": bool(codings) and minor == b"0",
    }
    return next((flaw for flaw, is_there in flaws.items() if is_there), None)


def _values(fields: list[bytes], name: bytes) -> list[bytes]:
    split = (field.partition(b":") for field in fields)
    return [value.strip(b" \t").lower() for found, _, value in split if found.lower() == name]


def _refused(flaw: str) -> PolicyFetchError:
    return PolicyFetchError(
        f"the service's answer does not keep to HTTP/1.1: {flaw}.",
        kind="fetch.protocol",
        fix="Check that api-url leads to the Sekuire API itself, and what stands between the gate and it.",
    )
