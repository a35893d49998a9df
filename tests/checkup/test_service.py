"""The way to the service, looked at by `doctor`: what takes a look-up of names that is slow or fails."""

import time
from datetime import UTC, datetime
from pathlib import Path

import pytest

from sekuire_gate.checkup.service import LookUp, service
from sekuire_gate.errors import PolicyFetchError
from sekuire_gate.model.checkup import Examined, Mark
from sekuire_gate.model.policy import Policy, Source
from sekuire_gate.policy_settings import PolicySettings, read_policy_settings
from sekuire_gate.trust.address import PolicyAddress
from sekuire_gate.trust.envelope import read_envelope
from sekuire_gate.trust.probe import addresses_of
from sekuire_gate.trust.verify import inspect_policy
from sekuire_gate.workflow import load
from tests.support.signing import KEY_ID, as_bytes, public_key, signed_document
from tests.support.sockets import socket_server, stall

TIMEOUT_SECONDS = 2
LOOK_UP_SECONDS = 1.5


def settings(port: int, folder: Path) -> PolicySettings:
    given = {
        "api-url": f"http://127.0.0.1:{port}",
        "allow-loopback-http": "true",
        "workspace-id": "ws_1",
        "trusted-keys": f"{KEY_ID}={public_key().hex()}",
        "timeout": str(TIMEOUT_SECONDS),
        "cache-dir": "kept",
        "on-unavailable": "cached",
    }
    return read_policy_settings(given, {}, folder, datetime.now(UTC))


def slowly(host: str, port: int, seconds: float) -> tuple[str, ...]:
    time.sleep(LOOK_UP_SECONDS)
    return addresses_of(host, port, seconds)


def without_end(host: str, port: int, seconds: float) -> tuple[str, ...]:
    raise PolicyFetchError(f"'{host}:{port}' takes longer than {seconds}.", kind="fetch.timeout", fix="Wait.")


def test_looking_up_and_asking_share_one_deadline(tmp_path: Path) -> None:
    with socket_server(stall) as server:
        started = time.monotonic()
        *_, name, answer = examined(settings(server.port, tmp_path), slowly)
        took = time.monotonic() - started
    assert (name.subject, name.mark) == ("name", Mark.OK)
    assert answer.problem is not None
    assert answer.problem.kind == "fetch.timeout"
    assert TIMEOUT_SECONDS - 0.1 <= took < TIMEOUT_SECONDS + LOOK_UP_SECONDS - 0.5


KEPT = inspect_policy(read_envelope(as_bytes(signed_document()), Source.CACHED))


@pytest.mark.parametrize(("kept", "mark"), [(KEPT, Mark.WARNING), (None, Mark.PROBLEM)], ids=["kept", "not kept"])
def test_a_name_that_is_not_found_in_time_is_an_outage_that_a_kept_policy_bridges(
    kept: Policy | None, mark: Mark, tmp_path: Path
) -> None:
    *_, last = examined(settings(1, tmp_path), without_end, kept)
    assert (last.subject, last.mark, last.problem is None) == ("connection", mark, kept is not None)
    assert "takes longer than 2" in last.text


def examined(wanted: PolicySettings, look_up: LookUp, kept: Policy | None = None) -> list[Examined]:
    assert isinstance(wanted.where, PolicyAddress)
    return list(service(wanted.where, wanted, load({}), lambda _: datetime.now(UTC), kept, look_up=look_up))
