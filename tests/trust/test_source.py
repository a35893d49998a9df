"""From the service, a saved file or the cache: the same bytes."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from sekuire_gate.errors import PolicyFetchError
from sekuire_gate.model.policy import Source
from sekuire_gate.trust.address import PolicyFile, Transport, policy_address
from sekuire_gate.trust.source import obtain_policy
from sekuire_gate.workspace import faults
from tests.support.workspace import served_workspace

OUTAGE = PolicyFetchError("the service fails: status 503.", kind="fetch.server_error", fix="Run again later.")


def failure_of(path: Path) -> PolicyFetchError:
    with pytest.raises(PolicyFetchError) as caught:
        obtain_policy(PolicyFile(path), Transport())
    return caught.value


def test_service_and_file_give_the_same_policy_and_say_which_it_was(tmp_path: Path) -> None:
    with served_workspace(tmp_path) as served:
        address = policy_address(served.url, served.workspace_id, allow_loopback_http=True)
        fetched = obtain_policy(address, Transport())
        filed = obtain_policy(PolicyFile(served.path_of_active), Transport())
    assert fetched.raw == filed.raw == served.document
    assert (fetched.source, filed.source) == (Source.FETCHED, Source.FILE)


def test_the_transports_timeout_is_the_deadline(tmp_path: Path) -> None:
    with served_workspace(tmp_path, faults=[faults.drip_body()]) as served:
        address = policy_address(served.url, served.workspace_id, allow_loopback_http=True)
        with pytest.raises(PolicyFetchError, match=r"within 1 seconds") as caught:
            obtain_policy(address, Transport(timeout_seconds=1.0))
    assert caught.value.kind == "fetch.timeout"


def test_a_file_that_is_not_there_or_is_none_is_said_so(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    for path, reason in (
        (tmp_path / "none.json", "No such file or directory"),
        (tmp_path, "Is a directory"),
        (tmp_path / "pipe", "it is not a regular file"),
        (Path("/dev/zero"), "it is not a regular file"),
        (tmp_path / "a\x00b", "its name holds NUL"),
    ):
        error = failure_of(path)
        assert error.kind == "fetch.file"
        assert error.message == f"the policy file '{path}' cannot be read: {reason}."


def test_a_file_over_1_mib_is_no_policy(tmp_path: Path) -> None:
    path = tmp_path / "policy.json"
    path.write_bytes(b" " * 1_048_577)
    assert failure_of(path).kind == "fetch.too_large"
    path.write_bytes(b" " * 1_048_576)
    assert failure_of(path).kind == "fetch.bad_body"


def test_a_run_on_a_saved_policy_loads_no_http_client(tmp_path: Path) -> None:
    program = (
        "import sys\n"
        "from pathlib import Path\n"
        "from sekuire_gate.trust.address import PolicyFile, Transport\n"
        "from sekuire_gate.trust.source import obtain_policy\n"
        "obtain_policy(PolicyFile(Path(sys.argv[1])), Transport())\n"
        "print(sorted({'httpx', 'ssl', 'http.client', 'urllib.request'} & set(sys.modules)))\n"
    )
    with served_workspace(tmp_path) as served:
        path = served.path_of_active
    done = subprocess.run([sys.executable, "-c", program, str(path)], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
