"""The one HTTP client: what it sends, whom it trusts, and what cannot change that."""

import socket
import ssl
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from sekuire_gate import __version__
from sekuire_gate.errors import GateError, PolicyFetchError, SettingsError
from sekuire_gate.model.secret import Secret
from sekuire_gate.trust.address import PolicyAddress, Transport, policy_address
from sekuire_gate.trust.client import open_client
from sekuire_gate.trust.fetch import fetch_policy
from sekuire_gate.workspace import faults
from tests.support.certificates import Authority
from tests.support.signing import as_bytes, public_key, signed_document
from tests.support.sockets import sending, socket_server, tunnelling
from tests.support.workspace import ServedWorkspace, served_workspace

KEY = "sk_live_0123456789abcdef"
ANSWER = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}"
ELSEWHERE = policy_address("https://api.example.test", "ws_1", allow_loopback_http=False)


def address_of(served: ServedWorkspace) -> PolicyAddress:
    return policy_address(served.url, served.workspace_id, allow_loopback_http=True)


def on_localhost(port: int) -> PolicyAddress:
    return policy_address(f"https://localhost:{port}", "ws_1", allow_loopback_http=False)


def fetch(address: PolicyAddress, transport: Transport) -> bytes:
    with open_client(address, transport) as client:
        return fetch_policy(client, address, 5.0, sleep=lambda _: None)


def failure_of(address: PolicyAddress, transport: Transport) -> GateError:
    with pytest.raises(GateError) as caught:
        fetch(address, transport)
    return caught.value


def test_a_request_carries_the_key_and_says_what_it_wants(tmp_path: Path) -> None:
    with served_workspace(tmp_path) as served:
        assert fetch(address_of(served), Transport(api_key=Secret(KEY))) == served.document
    (request,) = served.requests
    assert request.method == "GET"
    assert {name.lower(): value for name, value in request.headers} == {
        "host": served.url.removeprefix("http://"),
        "accept": "application/json",
        "accept-encoding": "identity",
        "connection": "keep-alive",
        "user-agent": f"sekuire-gate/{__version__}",
        "x-api-key": KEY,
    }


def test_without_a_key_none_is_sent(tmp_path: Path) -> None:
    with served_workspace(tmp_path) as served:
        fetch(address_of(served), Transport())
    assert served.requests[0].header("X-API-Key") is None


def test_the_key_shows_in_nothing_that_prints_a_client() -> None:
    with open_client(ELSEWHERE, Transport(api_key=Secret(KEY))) as client:
        shown = f"{client!r} {client.headers!r} {client.auth!r} {vars(client)!r}"
    assert KEY not in shown


def test_no_cookie_is_kept(tmp_path: Path) -> None:
    cookies = (("Set-Cookie", "a=b"), ("Set-Cookie", "\xff;;;=; expires=never"))
    with served_workspace(tmp_path, faults=[faults.status(200, b"{}", headers=cookies)]) as served:
        address = address_of(served)
        with open_client(address, Transport()) as client:
            fetch_policy(client, address, 5.0)
            fetch_policy(client, address, 5.0)
            assert list(client.cookies.jar) == []
    assert served.requests[1].header("Cookie") is None


def test_a_redirect_is_not_even_prepared(tmp_path: Path) -> None:
    with served_workspace(tmp_path, faults=[faults.redirect("https://other.example/")]) as served:
        address = address_of(served)
        with open_client(address, Transport()) as client:
            response = client.get(address.url)
    assert response.next_request is None
    assert response.history == []


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    return Authority.create(tmp_path)


@pytest.mark.parametrize("by_hand", [True, False], ids=["the input", "the runner's variable"])
def test_a_policy_comes_through_a_proxy_that_sees_neither_the_key_nor_the_policy(
    by_hand: bool, authority: Authority
) -> None:
    server_context = authority.server_context([ELSEWHERE.host])
    # What a proxy says of lengths when it connects has no meaning (RFC 9110, 9.3.6).
    connected = b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\nContent-Length: 9\r\n\r\n"
    with (
        socket_server(sending(ANSWER), tls=server_context) as api,
        socket_server(tunnelling(api.port, connected)) as proxy,
    ):
        url = f"http://me:p%40ss@127.0.0.1:{proxy.port}"
        transport = Transport(
            api_key=Secret(KEY),
            proxy=url if by_hand else "",
            https_proxy="http://127.0.0.1:9" if by_hand else url,
            no_proxy="*" if by_hand else "",
            ca_bundle=authority.file,
        )
        assert fetch(ELSEWHERE, transport) == b"{}"
    (asked,) = proxy.received
    assert asked.startswith(b"CONNECT api.example.test:443 HTTP/1.1\r\n")
    assert b"Proxy-Authorization: Basic bWU6cEBzcw==" in asked
    assert KEY.encode() not in asked
    assert KEY.encode() in api.received[0]
    assert b"Proxy-Authorization" not in api.received[0]


THE_PROXY = "the proxy does not connect to api.example.test:443, after 4 tries."
THE_SERVICE = "api.example.test:443 cannot be reached: "  # closed or reset: that depends on who is faster


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (b"HTTP/1.1 502 prose\r\n\r\n", THE_PROXY),
        (b"", THE_PROXY),
        (b"HTTP/1.1 200", THE_PROXY),
        (b"SSH-2.0-prose\r\n", THE_PROXY),
        (b"HTTP/1.1 200 OK\r\n\r\n", THE_SERVICE),
    ],
    ids=["502", "closes", "cuts", "is none", "connects and closes"],
)
def test_what_the_proxy_does_is_told_from_what_the_service_does(answer: bytes, message: str) -> None:
    with socket_server(sending(answer)) as proxy:
        error = failure_of(ELSEWHERE, Transport(proxy=f"http://127.0.0.1:{proxy.port}", api_key=Secret(KEY)))
    assert error.kind == "fetch.unreachable"
    assert error.message.startswith(message)
    assert error.message.endswith(", after 4 tries.")
    assert "prose" not in error.message + error.fix
    assert len(proxy.received) == 4


@pytest.mark.parametrize("status", [300, 302, 308, 400, 401, 403, 407, 429, 499])
def test_a_proxy_that_refuses_is_asked_once_since_some_lock_accounts_after_wrong_passwords(status: int) -> None:
    answer = b"HTTP/1.1 %d ::error::prose\r\nLocation: http://prose/\r\nContent-Length: 0\r\n\r\n" % status
    with socket_server(sending(answer)) as proxy:
        error = failure_of(ELSEWHERE, Transport(proxy=f"http://127.0.0.1:{proxy.port}", api_key=Secret(KEY)))
    assert error.kind == "fetch.rejected"
    assert error.message == f"the proxy refuses to connect to api.example.test:443: status {status}."
    assert len(proxy.received) == 1
    assert all(KEY.encode() not in request for request in proxy.received)


@pytest.mark.parametrize(
    ("host", "reason"), [("127.0.0.1", "Connection refused"), ("nowhere.invalid", "its name does not resolve")]
)
def test_a_proxy_that_is_not_there_is_not_taken_for_the_service(host: str, reason: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as unused:
        port = unused.getsockname()[1]
    error = failure_of(ELSEWHERE, Transport(https_proxy=f"http://me:hunter2@{host}:{port}"))
    assert error.kind == "fetch.unreachable"
    assert error.message == f"the proxy cannot be reached: {reason}, after 4 tries."
    assert "hunter2" not in f"{error.fix} {error!r}"


def test_a_proxy_cannot_stand_in_for_the_service(authority: Authority) -> None:
    with (
        socket_server(sending(ANSWER), tls=authority.server_context(["evil.example"])) as evil,
        socket_server(tunnelling(evil.port)) as proxy,
    ):
        transport = Transport(proxy=f"http://127.0.0.1:{proxy.port}", ca_bundle=authority.file, api_key=Secret(KEY))
        error = failure_of(ELSEWHERE, transport)
    assert error.kind == "fetch.tls"
    assert error.message == "no trusted connection to api.example.test:443: its certificate is for another host name."
    assert evil.received == []


def test_loopback_never_goes_through_a_proxy(tmp_path: Path) -> None:
    with socket_server(sending(b"")) as proxy, served_workspace(tmp_path) as served:
        url = f"http://127.0.0.1:{proxy.port}"
        for transport in (Transport(https_proxy=url), Transport(proxy=url)):
            assert fetch(address_of(served), transport) == served.document
            with socket.create_server(("127.0.0.1", 0)) as unused:
                port = unused.getsockname()[1]
            with pytest.raises(PolicyFetchError):
                fetch(on_localhost(port), transport)
    assert proxy.received == []


@pytest.mark.parametrize("address", [ELSEWHERE, policy_address("http://localhost:1", "w", allow_loopback_http=True)])
def test_a_file_of_authorities_that_holds_none_is_refused_whoever_is_asked(
    address: PolicyAddress, tmp_path: Path
) -> None:
    path = tmp_path / "bundle.pem"
    path.write_text("no authorities\n")
    with pytest.raises(SettingsError, match="holds no certificate in PEM") as caught:
        open_client(address, Transport(ca_bundle=path))
    assert caught.value.kind == "config.usage"


@pytest.mark.parametrize("host", ["xn--a", "xn--a.example", "XN--0"])
def test_a_name_in_punycode_that_stands_for_nothing_is_a_matter_of_settings(host: str) -> None:
    address = policy_address(f"https://{host}", "ws_1", allow_loopback_http=False)
    with pytest.raises(SettingsError) as caught:
        open_client(address, Transport(api_key=Secret(KEY)))
    assert caught.value.kind == "config.api_url"
    assert caught.value.message == f"the host '{address.host}' of api-url is not a name that can be looked up."


def test_a_name_in_punycode_that_stands_for_one_is_taken_as_it_is() -> None:
    address = policy_address("https://xn--mnchen-3ya.example", "ws_1", allow_loopback_http=False)
    with open_client(address, Transport()) as client:
        assert client.build_request("GET", address.url).headers["Host"] == "xn--mnchen-3ya.example"


def test_a_proxy_that_is_none_is_refused_before_anything_is_sent(tmp_path: Path) -> None:
    with served_workspace(tmp_path) as served, pytest.raises(SettingsError) as caught:
        open_client(address_of(served), Transport(proxy="socks5://me:hunter2@p:1"))
    assert caught.value.kind == "config.usage"
    assert "hunter2" not in caught.value.message + caught.value.fix
    assert served.requests == []


# What an earlier step of the workflow may have put into the environment; `{folder}` is the test's.
HOSTILE = {
    **dict.fromkeys(("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy", "FTP_PROXY"), "http://127.0.0.1:9"),
    **dict.fromkeys(("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE"), "{folder}/bad.pem"),
    "SSL_CERT_DIR": "{folder}/authorities",
    "SSLKEYLOGFILE": "{folder}/session-keys",
    "HOME": "{folder}",
    "NETRC": "{folder}/.netrc",
    "PYTHONHTTPSVERIFY": "0",
    "SEKUIRE_POLICY_DEV_OVERRIDE": "true",
}
HOSTILE_OPENSSL = {
    "OPENSSL_CONF": "{folder}/openssl.cnf",
    "OPENSSL_CONF_INCLUDE": "{folder}",
    "OPENSSL_MODULES": "{folder}",
    "OPENSSL_ENGINES": "{folder}",
}


@dataclass(frozen=True)
class Checkout:
    """A repository to check, in a folder where every trap is set."""

    folder: Path
    authority: Authority

    def inputs(self, port: int) -> dict[str, str]:
        return {
            "api-url": f"https://localhost:{port}",
            "workspace-id": "ws_1",
            "trusted-keys": public_key().hex(),
            "allow-no-definitions": "true",
        }

    def check(self, inputs: Mapping[str, str], variables: Mapping[str, str]) -> subprocess.CompletedProcess[str]:
        environ = {name: value.format(folder=self.folder) for name, value in variables.items()}
        given = {f"INPUT_{name.upper()}": value for name, value in inputs.items()}
        return subprocess.run(
            [sys.executable, "-I", str(Path(__file__).parents[2] / "entrypoint.py")],
            cwd=self.folder, env={**environ, **given}, capture_output=True, text=True, timeout=60, check=False,
        )  # fmt: skip


@pytest.fixture
def checkout(tmp_path: Path, authority: Authority) -> Checkout:
    # Named by OpenSSL's hash: who reads SSL_CERT_DIR trusts the authority, who reads SSL_CERT_FILE nobody.
    (tmp_path / "authorities").mkdir()
    (tmp_path / "authorities" / f"{authority.subject_hash}.0").write_bytes(authority.file.read_bytes())
    (tmp_path / "bad.pem").write_text("no authorities\n")
    (tmp_path / ".netrc").write_text("default login me password hunter2\n")
    (tmp_path / "openssl.cnf").write_text(
        "openssl_conf = a\n[a]\nssl_conf = b\n[b]\nsystem_default = c\n[c]\nMaxProtocol = TLSv1.2\n"
    )
    return Checkout(tmp_path, authority)


def policy_answer() -> bytes:
    document = as_bytes(signed_document())
    return ANSWER.replace(b"Content-Length: 2\r\n\r\n{}", b"Content-Length: %d\r\n\r\n%b" % (len(document), document))


def test_a_step_before_us_can_neither_open_nor_break_the_connection_by_variables(checkout: Checkout) -> None:
    server_context = checkout.authority.server_context()
    server_context.minimum_version = ssl.TLSVersion.TLSv1_3  # the configuration that is set knows 1.2 at most
    variables = {**HOSTILE, **HOSTILE_OPENSSL}
    with socket_server(sending(policy_answer()), tls=server_context) as api:
        inputs = checkout.inputs(api.port)
        refused = checkout.check(inputs, variables)
        assert (refused.returncode, api.received) == (4, []), refused.stderr
        assert "fetch.tls: no trusted connection" in refused.stderr
        passed = checkout.check({**inputs, "ca-bundle": str(checkout.authority.file)}, variables)
    assert (passed.returncode, passed.stderr) == (0, "")
    assert b"Authorization" not in api.received[0]
    assert not (checkout.folder / "session-keys").exists()


def test_the_traps_are_real_for_a_program_that_falls_into_them(checkout: Checkout) -> None:
    """Otherwise the test above would pass for nothing."""
    environ = {name: value.format(folder=checkout.folder) for name, value in {**HOSTILE, **HOSTILE_OPENSSL}.items()}
    program = "import ssl; c = ssl.create_default_context(); print(c.keylog_filename, c.maximum_version.name)"
    shown = subprocess.run([sys.executable, "-c", program], env=environ, capture_output=True, text=True, check=True)
    assert shown.stdout == f"{checkout.folder / 'session-keys'} TLSv1_2\n"
