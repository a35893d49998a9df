"""The doors by which foreign bytes come in, each as a function of these bytes and nothing else.

Whatever comes, a door lets out a `GateError` with a documented kind, or what it promises and no more: a policy that is
believed is one that was really signed. Anything else is a find.
"""

import hmac
import random
import re
import socket
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from sekuire_gate import canonical
from sekuire_gate.errors import GateError, PolicyFetchError
from sekuire_gate.keyless import explained
from sekuire_gate.model.manifest import Definitions
from sekuire_gate.model.policy import Policy, Source
from sekuire_gate.parse.json_tree import read_json
from sekuire_gate.render import policy_text
from sekuire_gate.rules.evaluate import evaluate
from sekuire_gate.trust.address import PolicyAddress, PolicyFile, Transport, policy_address
from sekuire_gate.trust.anchor import Anchor, read_pins
from sekuire_gate.trust.cache import PolicyCache, keep
from sekuire_gate.trust.envelope import read_envelope
from sekuire_gate.trust.fallback import fallback_policy
from sekuire_gate.trust.lock import lock_text, read_lock
from sekuire_gate.trust.source import obtain_policy
from sekuire_gate.trust.verify import inspect_policy, verify_policy
from sekuire_gate.workflow import WorkflowRun, secrets_withheld
from tests.fuzz.mutator import mutated
from tests.fuzz.seeds import (
    API_KEY,
    BODIES,
    EVENTS,
    HTTP_ANSWERS,
    HTTP_PIECES,
    JSON_PIECES,
    LOCK_FILES,
    LOCKED,
    NOW,
    PIN_LINES,
    PIN_PIECES,
    PINS,
    RICH,
    SIGNED,
    TOOLS_FILES,
)
from tests.support.judging import MANIFEST
from tests.support.signing import CONTENT, as_bytes, signed_document
from tests.support.sockets import socket_server

MAX_MESSAGE = 3000  # characters of a message and its fix; more would be a document that is echoed
ANSWER_SECONDS = 0.15  # the deadline of a fetch; what is cut short may be tried again within it

_ROOT = Path(__file__).parents[2]
_KINDS = frozenset(
    re.findall(r"`((?:config|fetch|policy|definition)\.[a-z_0-9]+)`", (_ROOT / "docs/contract.md").read_text("utf-8"))
)

_GENUINE = {(document["policy_id"], document["version"], document["hash"]) for document in SIGNED}

_PINNED = (
    Anchor(PINS, "ws_1", today=NOW.date()),
    Anchor(PINS[1:], today=NOW.date()),
    Anchor(PINS, min_version="3.1", locked=LOCKED, today=NOW.date()),
)
_UNSAFE = (Anchor(unsafe_trust_embedded_key=True), Anchor(unsafe_allow_unsigned=True), Anchor())


@dataclass(frozen=True)
class Door:
    """One way in."""

    name: str
    enter: Callable[[bytes], None]  # raises what is a find, or a `GateError`
    seeds: tuple[bytes, ...]  # real documents
    pieces: tuple[bytes, ...]  # what is put into them

    def hostile(self, source: random.Random) -> bytes:
        """Return the next bytes to throw at it."""
        return mutated(source, self.seeds, self.pieces)

    def find(self, data: bytes) -> str | None:
        """Throw these bytes at it, and return what is wrong with the outcome, if anything is."""
        try:
            self.enter(data)
        except GateError as error:
            return _what_is_wrong(error)
        except KeyboardInterrupt:
            raise
        except BaseException:  # noqa: BLE001 - a panic of a library in Rust is no Exception
            return traceback.format_exc()
        return None


def _what_is_wrong(error: GateError) -> str | None:
    told = f"{error.message} {error.fix}"
    if error.kind not in _KINDS:
        return f"the kind {error.kind} is not documented"
    if API_KEY.reveal() in told:
        return f"the API key is shown: {told}"
    return None if len(told) <= MAX_MESSAGE else f"a message of {len(told)} characters: {told[:MAX_MESSAGE]}"


@contextmanager
def all_doors(folder: Path) -> Iterator[tuple[Door, ...]]:
    """Open the doors; some of them read files below this folder, one a server's answers."""
    with _answering() as (where, answers):
        yield (
            Door("answer", _answer, BODIES, JSON_PIECES),
            Door("content", _content, tuple(as_bytes(content) for content in (CONTENT, RICH)), JSON_PIECES),
            Door("policy-file", lambda data: _policy_file(data, folder / "policy.json"), BODIES, JSON_PIECES),
            Door("http", lambda data: _http(data, where, answers), HTTP_ANSWERS, HTTP_PIECES),
            *_cache_doors(folder / "cache"),
            Door("lock", lambda data: _lock(data, folder / "sekuire.lock"), LOCK_FILES, JSON_PIECES),
            Door("event", lambda data: _event(data, folder / "event.json"), EVENTS, JSON_PIECES),
            Door("pins", _pins, PIN_LINES, PIN_PIECES),
            Door("tools-file", _tools_file, TOOLS_FILES, JSON_PIECES),
        )


def _believed(policy: Policy) -> None:
    proof = policy.proof
    assert (proof.policy_id, proof.version, proof.content_hash) in _GENUINE, f"a forged policy is believed: {proof}"
    assert policy.label.status == "active"


def _held_against(anchor: Anchor) -> None:
    for body in BODIES:
        with suppress(GateError):
            _believed(verify_policy(read_envelope(body, Source.FETCHED), anchor))


def _used(policy: Policy) -> None:
    """Do with a policy what the commands do."""
    policy_text.render(policy)
    policy_text.as_json(policy)
    evaluate(policy, Definitions((MANIFEST,)))


def _answer(data: bytes) -> None:
    signed = read_envelope(data, Source.FETCHED)
    assert signed.raw == data
    for anchor in _PINNED:
        with suppress(GateError):
            _believed(verify_policy(signed, anchor))
    for anchor in _UNSAFE:
        with suppress(GateError):
            _used(verify_policy(signed, anchor))
    _used(inspect_policy(signed))


def _content(data: bytes) -> None:
    """Content that the workspace itself has signed, so that it is looked into."""
    try:
        root = canonical.read(canonical.decode(data)).root
        content_hash = canonical.blake3_hex(canonical.canonical_bytes(root))
    except ValueError:
        content_hash = "0" * 64
    envelope = as_bytes(signed_document(None, hash=content_hash))
    signed = read_envelope(envelope.replace(b'"content": null', b'"content": ' + data), Source.FETCHED)
    _used(verify_policy(signed, _PINNED[0]))


def _policy_file(data: bytes, path: Path) -> None:
    path.write_bytes(data)
    signed = obtain_policy(PolicyFile(path), Transport(api_key=API_KEY))
    _believed(verify_policy(signed, _PINNED[0]))


@contextmanager
def _answering() -> Iterator[tuple[PolicyAddress, list[bytes]]]:
    """Answer every connection with the last bytes of the list, then close it."""
    answers = [b""]

    def handle(connection: socket.socket) -> None:
        connection.sendall(answers[-1])

    with socket_server(handle) as server:
        address = policy_address(f"http://127.0.0.1:{server.port}", "ws_1", allow_loopback_http=True)
        yield address, answers


def _http(data: bytes, where: PolicyAddress, answers: list[bytes]) -> None:
    answers[:] = [data]
    signed = obtain_policy(where, Transport(api_key=API_KEY, timeout_seconds=ANSWER_SECONDS))
    _believed(verify_policy(signed, _PINNED[0]))


def _cache_doors(folder: Path) -> tuple[Door, Door]:
    """The cache's file as anybody can write it, and as who holds the API key can seal it."""
    where = policy_address("https://api.example.com", "ws_1", allow_loopback_http=False)
    cache = PolicyCache(folder, NOW, stands_in=True)
    fingerprint = verify_policy(read_envelope(BODIES[0], Source.FETCHED), _PINNED[0]).proof.key_fingerprint
    assert fingerprint is not None
    assert keep(cache, where, API_KEY, BODIES[0], fingerprint) == ()
    (path,) = folder.iterdir()
    kept = path.read_bytes()

    def recalled(data: bytes) -> bool:
        path.write_bytes(data)
        found = fallback_policy(cache, where, Transport(api_key=API_KEY), _PINNED[0])
        if isinstance(found, str):
            return False
        _believed(found)
        return True

    def as_it_is(data: bytes) -> None:
        assert recalled(data) == (data == kept), "a cached policy that nobody sealed is taken"

    def sealed_anew(data: bytes) -> None:
        recalled(_sealed(form, data))

    form, mac, sealed = kept.split(b"\n", 2)
    assert _sealed(form, sealed) == kept, mac
    return (
        Door("cache", as_it_is, (kept,), JSON_PIECES),
        Door("sealed-cache", sealed_anew, (sealed,), JSON_PIECES),
    )


def _sealed(form: bytes, data: bytes) -> bytes:
    """Seal anything, as `trust.cache_entry` describes it."""
    extracted = hmac.digest(bytes(32), API_KEY.reveal().encode(), "sha256")
    mac = hmac.digest(hmac.digest(extracted, form + b"\x01", "sha256"), data, "sha256")
    return b"\n".join((form, mac.hex().encode(), data))


def _lock(data: bytes, path: Path) -> None:
    path.write_bytes(data)
    for accept_test_keys in (True, False):
        lock = read_lock(path, accept_test_keys=accept_test_keys)
        path.write_text(lock_text(lock))
        assert read_lock(path, accept_test_keys=accept_test_keys) == lock, "what is written is not what was read"
        _held_against(Anchor(lock.pins, locked=lock.locked, today=NOW.date()))


def _event(data: bytes, path: Path) -> None:
    path.write_bytes(data)
    denied = PolicyFetchError("the service finds nothing.", kind="fetch.not_found", fix="Look.")
    for event in ("pull_request", "push"):
        run = WorkflowRun(in_actions=True, event=event, event_file=path, repository="c/d")
        told = explained(denied, run)
        # Of the payload's text nothing gets out, so that there are as many texts as reasons.
        assert (told is denied) == (secrets_withheld(run) is None)
        assert len(told.message) < 200


def _pins(data: bytes) -> None:
    text = data.decode("utf-8", "surrogateescape")  # as variables come
    for accept_test_keys in (True, False):
        pins = read_pins(text, accept_test_keys=accept_test_keys)
        again = read_pins("\n".join(pin.line for pin in pins), accept_test_keys=accept_test_keys)
        assert again == pins, "what is written is not what was read"
        if pins:
            _held_against(Anchor(pins, today=NOW.date()))


def _tools_file(data: bytes) -> None:
    read_json(data, "tools.json")
