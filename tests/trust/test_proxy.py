"""Which proxy is chosen, and what is none."""

import pytest

from sekuire_gate.errors import SettingsError
from sekuire_gate.trust.address import Transport, policy_address
from sekuire_gate.trust.proxy import Proxy, proxy_for

API = policy_address("https://api.example.test", "ws_1", allow_loopback_http=False)
GIVEN = "http://given.example:3128"
RUNNERS = "http://runners.example:8080"


def chosen(*, proxy: str = "", https_proxy: str = "", no_proxy: str = "") -> Proxy | None:
    return proxy_for(API, Transport(proxy=proxy, https_proxy=https_proxy, no_proxy=no_proxy))


@pytest.mark.parametrize(
    ("text", "proxy"),
    [
        ("http://p.example:3128", Proxy("p.example", 3128)),
        ("HTTP://P.example:3128/", Proxy("p.example", 3128)),
        ("http://10.0.0.1:1", Proxy("10.0.0.1", 1)),
        ("http://[2001:DB8::1]:3128", Proxy("2001:db8::1", 3128)),
        ("http://me@p:3128", Proxy("p", 3128, (b"me", b""))),
        ("http://me:p%40%C3%A9%2Fss@p:3128", Proxy("p", 3128, (b"me", "p@é/ss".encode()))),
        ("http://me:a:b@c@p:3128", Proxy("p", 3128, (b"me", b"a:b@c"))),
    ],
    ids=["name", "case and slash", "IPv4", "IPv6", "user", "escapes", "signs in a password"],
)
def test_a_proxy_is_read_the_same_from_the_input_and_from_the_runner(text: str, proxy: Proxy) -> None:
    assert chosen(proxy=text) == proxy
    assert chosen(https_proxy=text) == proxy


@pytest.mark.parametrize(("text", "port"), [("p", 80), ("p:3128", 3128), ("me:pw@p", 80), ("http://p", 80)])
def test_the_runner_may_leave_out_scheme_and_port(text: str, port: int) -> None:
    proxy = chosen(https_proxy=text)
    assert proxy is not None
    assert (proxy.host, proxy.port) == ("p", port)


def test_the_given_proxy_wins_over_what_the_runner_says() -> None:
    for no_proxy in ("", "*", API.host):
        assert chosen(proxy=GIVEN, https_proxy=RUNNERS, no_proxy=no_proxy) == Proxy("given.example", 3128)
        assert chosen(proxy=GIVEN, https_proxy="no proxy at all", no_proxy=no_proxy) == Proxy("given.example", 3128)


@pytest.mark.parametrize(
    "api_url",
    ["http://127.0.0.1:1", "http://[::1]:1", "http://localhost:1", "https://127.0.0.1", "https://[0::1]",
     "https://LOCALHOST:8443", "https://127.255.0.9"],
)  # fmt: skip
def test_this_machine_is_never_reached_through_a_proxy(api_url: str) -> None:
    address = policy_address(api_url, "ws_1", allow_loopback_http=True)
    assert proxy_for(address, Transport(proxy=GIVEN, https_proxy=RUNNERS)) is None


@pytest.mark.parametrize(
    "no_proxy", ["*", "api.example.test", "example.test", ".example.test", "*.example.test", "x, API.example.test:443"]
)
def test_no_proxy_lets_the_host_be_reached_directly(no_proxy: str) -> None:
    assert chosen(https_proxy=RUNNERS, no_proxy=no_proxy) is None


@pytest.mark.parametrize("no_proxy", ["", ",", "ample.test", "api.example.test:444", "other.test"])
def test_no_proxy_is_about_the_hosts_it_names(no_proxy: str) -> None:
    assert chosen(https_proxy=RUNNERS, no_proxy=no_proxy) == Proxy("runners.example", 8080)


NONE = [
    "https://p:1", "socks5://p:1", "http://", "http://:1", "http://p:0", "http://p:99999", "http://p:1/x", "http:p:1",
    "http://p:1?x", "http://a b:1", "http://[1:2]:80", "http://a..b:80", "http://-:80", "http://.:80", "http://0x7f.1:80",
    "http://256.1.1.1:80", f"http://{'a' * 64}.example:80",
    "http://me:hunter2\xe9@p:1", "http://me:hunter2@p:1\n", "http://me:hunter2@",
]  # fmt: skip


@pytest.mark.parametrize("text", NONE, ids=ascii)
def test_a_proxy_of_another_form_is_refused_and_not_repeated(text: str) -> None:
    for transport in (Transport(proxy=text), Transport(https_proxy=text)):
        with pytest.raises(SettingsError) as caught:
            proxy_for(API, transport)
        assert caught.value.kind == "config.usage"
        shown = f"{caught.value.message} {caught.value.fix} {caught.value.__cause__!r}"
        assert "hunter2" not in shown
        assert "0x7f" not in shown


@pytest.mark.parametrize("text", ["p:3128", "http://p", "127.0.0.1:3128", "p"])
def test_the_input_names_its_scheme_and_its_port(text: str) -> None:
    with pytest.raises(SettingsError, match=r"http://HOST:PORT"):
        chosen(proxy=text)


def test_a_wrong_input_is_refused_where_no_proxy_is_needed_too() -> None:
    address = policy_address("http://127.0.0.1:1", "ws_1", allow_loopback_http=True)
    with pytest.raises(SettingsError):
        proxy_for(address, Transport(proxy="socks5://p:1"))
    assert proxy_for(address, Transport(https_proxy="socks5://p:1")) is None


def test_nothing_that_prints_a_proxy_shows_its_password() -> None:
    transport = Transport(proxy="http://me:hunter2@p:1", https_proxy="http://me:hunter2@p:1")
    assert "hunter2" not in f"{transport!r} {proxy_for(API, transport)!r}"
