"""The one HTTP client: what it sends, whom it trusts, and what cannot change that."""

import socket
import ssl
from pathlib import Path

import pytest

from sekuire_gate import __version__
from sekuire_gate.errors import GateError, PolicyFetchError, SettingsError
from sekuire_gate.model.secret import Secret
from sekuire_gate.trust.address import PolicyAddress, Transport, policy_address
from sekuire_gate.trust.client import load_authorities, open_client
from sekuire_gate.trust.fetch import fetch_policy
from sekuire_gate.workspace import faults
from tests.support.certificates import Authority
from tests.support.sockets import sending, socket_server
from tests.support.workspace import ServedWorkspace, served_workspace

KEY = "sk_live_0123456789abcdef"
ELSEWHERE = policy_address("https://api.example.test", "ws_1", allow_loopback_http=False)


def address_of(served: ServedWorkspace) -> PolicyAddress:
    return policy_address(served.url, served.workspace_id, allow_loopback_http=True)


def on_localhost(port: int) -> PolicyAddress:
    return policy_address(f"https://localhost:{port}", "ws_1", allow_loopback_http=False)


def fetch(address: PolicyAddress, transport: Transport) -> bytes:
    with open_client(address, transport) as client:
        return fetch_policy(client, address, 5.0)


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


def test_a_server_that_no_authority_vouches_for_is_refused(tmp_path: Path) -> None:
    server_context = Authority.create(tmp_path).server_context()
    with socket_server(sending(b""), tls=server_context) as server:
        error = failure_of(on_localhost(server.port), Transport(api_key=Secret(KEY)))
    assert error.kind == "fetch.tls"
    assert "authority that is not trusted" in error.message
    assert server.received == []  # not a byte of the request, the key in it, went out


def trusted_here(authority: Authority, *, folder: Path, file: Path) -> bool:
    """Whether a client with these authorities connects to a server of that one."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    load_authorities(context, folder=str(folder), file=str(file))
    with (
        socket_server(sending(b""), tls=authority.server_context(), reads=False) as server,
        socket.create_connection(("127.0.0.1", server.port)) as connection,
    ):
        try:
            context.wrap_socket(connection, server_hostname="localhost").close()
        except ssl.SSLCertVerificationError:
            return False
        return True


def test_the_systems_authorities_are_trusted_whether_they_are_a_folder_or_a_file(tmp_path: Path) -> None:
    authority = Authority.create(tmp_path)
    hashed, empty, missing = tmp_path / "hashed", tmp_path / "empty", tmp_path / "missing"
    hashed.mkdir()
    empty.mkdir()
    (hashed / f"{authority.subject_hash}.0").write_bytes(authority.file.read_bytes())
    assert trusted_here(authority, folder=hashed, file=missing)
    assert trusted_here(authority, folder=empty, file=authority.file)
    assert not trusted_here(authority, folder=missing, file=missing)


def test_without_authorities_of_the_system_those_of_certifi_are_trusted(tmp_path: Path) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    load_authorities(context, folder=str(tmp_path), file=str(tmp_path / "missing"))
    assert context.cert_store_stats()["x509_ca"] > 50


@pytest.mark.parametrize("variable", ["SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_DIR"])
def test_no_variable_brings_in_an_authority(variable: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    authority = Authority.create(tmp_path)
    monkeypatch.setenv(variable, str(tmp_path if variable.endswith("DIR") else authority.file))
    with socket_server(sending(b""), tls=authority.server_context()) as server:
        assert failure_of(on_localhost(server.port), Transport()).kind == "fetch.tls"


def test_no_variable_makes_the_client_write_down_its_session_keys(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSLKEYLOGFILE", str(tmp_path / "keys"))
    with socket_server(sending(b""), tls=Authority.create(tmp_path).server_context()) as server:
        assert failure_of(on_localhost(server.port), Transport()).kind == "fetch.tls"
    assert not (tmp_path / "keys").exists()


def test_no_variable_and_no_netrc_changes_the_way(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    (tmp_path / ".netrc").write_text("default login me password hunter2\n")
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("NETRC", str(tmp_path / ".netrc"))
    with served_workspace(tmp_path) as served:
        fetch(address_of(served), Transport())
    assert served.requests[0].header("Authorization") is None


def test_the_client_speaks_no_tls_below_1_2(tmp_path: Path) -> None:
    old = Authority.create(tmp_path).server_context()
    old.set_ciphers("ALL:@SECLEVEL=0")
    with pytest.warns(DeprecationWarning, match="TLSv1_1"):
        old.minimum_version = old.maximum_version = ssl.TLSVersion.TLSv1_1
    with socket_server(sending(b""), tls=old) as server:
        error = failure_of(on_localhost(server.port), Transport())
    assert error.kind == "fetch.tls"


@pytest.mark.parametrize(
    "proxy",
    ["http://127.0.0.1:{port}", "http://127.0.0.1:{port}/", "127.0.0.1:{port}", "http://me:p%40ss@127.0.0.1:{port}"],
)
def test_the_runners_proxy_is_asked_to_connect_and_sees_no_key(proxy: str) -> None:
    with socket_server(sending(b"HTTP/1.1 407 ::error::prose\r\nContent-Length: 0\r\n\r\n")) as server:
        transport = Transport(api_key=Secret(KEY), https_proxy=proxy.format(port=server.port))
        error = failure_of(ELSEWHERE, transport)
    assert error.kind == "fetch.unreachable"
    assert "proxy" in error.message
    assert "prose" not in error.message
    assert server.received[0].startswith(b"CONNECT api.example.test:443 HTTP/1.1\r\n")
    assert KEY.encode() not in server.received[0]
    if "@" in proxy:
        assert b"Proxy-Authorization: Basic bWU6cEBzcw==" in server.received[0]


@pytest.mark.parametrize(
    "no_proxy", ["*", "api.example.test", "example.test", ".example.test", "*.example.test", "x, API.example.test:443"]
)
def test_no_proxy_lets_the_host_be_reached_directly(no_proxy: str) -> None:
    with socket_server(sending(b"")) as server:
        transport = Transport(https_proxy=f"http://127.0.0.1:{server.port}", no_proxy=no_proxy)
        error = failure_of(ELSEWHERE, transport)
    assert error.kind == "fetch.unreachable"  # a name that nobody has
    assert server.received == []


@pytest.mark.parametrize("no_proxy", ["", ",", "ample.test", "api.example.test:444", "other.test"])
def test_no_proxy_is_about_the_hosts_it_names(no_proxy: str) -> None:
    with socket_server(sending(b"")) as server:
        transport = Transport(https_proxy=f"http://127.0.0.1:{server.port}", no_proxy=no_proxy)
        failure_of(ELSEWHERE, transport)
    assert len(server.received) == 1


def test_loopback_never_goes_through_a_proxy(tmp_path: Path) -> None:
    with socket_server(sending(b"")) as proxy, served_workspace(tmp_path) as served:
        transport = Transport(https_proxy=f"http://127.0.0.1:{proxy.port}")
        assert fetch(address_of(served), transport) == served.document
        with socket.create_server(("127.0.0.1", 0)) as unused:
            port = unused.getsockname()[1]
        with pytest.raises(PolicyFetchError):
            fetch(on_localhost(port), transport)
    assert proxy.received == []


@pytest.mark.parametrize(
    "proxy",
    ["https://proxy.example:1", "socks5://p:1", "http://", "http://p:0", "http://p:99999", "http://a b", "http://p:1/x?y",
     "http://[1:2]:80",
     "http://hunter2\u00e9@p:1"],
    ids=ascii,
)  # fmt: skip
def test_a_proxy_of_another_form_is_refused_and_not_repeated(proxy: str) -> None:
    with pytest.raises(SettingsError) as caught:
        open_client(ELSEWHERE, Transport(https_proxy=proxy))
    assert caught.value.kind == "config.usage"
    assert "hunter2" not in caught.value.message
