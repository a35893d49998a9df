"""From the API's setting and a workspace's id to one URL."""

import pytest

from sekuire_gate.errors import SettingsError
from sekuire_gate.trust.address import PolicyAddress, policy_address

PATH = "/api/v1/workspaces/ws_1/policy/active"


def address(api_url: str, workspace_id: str = "ws_1", *, allow_loopback_http: bool = False) -> PolicyAddress:
    return policy_address(api_url, workspace_id, allow_loopback_http=allow_loopback_http)


@pytest.mark.parametrize(
    ("api_url", "base"),
    [
        ("https://api.sekuire.ai", "https://api.sekuire.ai"),
        ("https://api.sekuire.ai/", "https://api.sekuire.ai"),
        ("https://api.sekuire.ai/api/v1", "https://api.sekuire.ai"),
        ("https://api.sekuire.ai/api/v1/", "https://api.sekuire.ai"),
        ("HTTPS://API.Sekuire.AI", "https://api.sekuire.ai"),
        ("https://api.sekuire.ai:8443", "https://api.sekuire.ai:8443"),
        ("https://example.com/sekuire/api/v1", "https://example.com/sekuire"),
        ("https://10.1.2.3", "https://10.1.2.3"),
        ("https://[2001:DB8::0:1]:444", "https://[2001:db8::1]:444"),
    ],
)
def test_every_usual_spelling_of_the_setting_leads_to_the_one_url(api_url: str, base: str) -> None:
    assert address(api_url).url == base + PATH


@pytest.mark.parametrize(
    "api_url",
    [
        "",
        "api.sekuire.ai",
        "https://",
        "https:///path",
        "ftp://api.sekuire.ai",
        "https:/api.sekuire.ai",
        "https://user@api.sekuire.ai",
        "https://user:pass@api.sekuire.ai",
        "https://api.sekuire.ai?x=1",
        "https://api.sekuire.ai/?",
        "https://api.sekuire.ai#x",
        "https://api.sekuire.ai\\@evil.example",
        "https://api.sekuire.ai/a b",
        "https://api.sekuire.ai\n",
        "\thttps://api.sekuire.ai",
        "https://api.sekuire.ai\x00",
        "https://xn--\u0430pi.sekuire.ai",
        "https://api.sekuire.ai\u3002evil.example",
        "https://api.sekuire.ai:0",
        "https://api.sekuire.ai:65536",
        "https://api.sekuire.ai:",
        "https://api.sekuire.ai:44a",
        "https://api.sekuire.ai:+443",
        "https://api..sekuire.ai",
        "https://.sekuire.ai",
        "https://-api.sekuire.ai",
        "https://api.sekuire.ai.",
        "https://" + "a" * 64 + ".example",
        "https://" + ".".join(["a" * 60] * 5),
        "https://api.sekuire.ai/..",
        "https://api.sekuire.ai/a/../b",
        "https://api.sekuire.ai/a//b",
        "https://api.sekuire.ai/%2e%2e",
        "https://[::1",
        "https://[::1%25lo]",
        "https://[::ffff:1.2.3.4.5]",
        "https://999.1.1.1",
        "https://2130706433",
        "https://0x7f000001",
        "https://127.1",
    ],
    ids=ascii,
)
def test_what_two_programs_could_take_apart_differently_is_no_address(api_url: str) -> None:
    with pytest.raises(SettingsError) as caught:
        address(api_url, allow_loopback_http=True)
    assert caught.value.kind == "config.api_url"


@pytest.mark.parametrize(
    "api_url",
    ["https://me:hunter2@api.sekuire.ai", "https://api.sekuire.ai?key=hunter2", "hunter2", "https://a/hunter2 "],
    ids=["password", "query", "bare", "path"],
)
def test_a_refused_address_is_not_repeated(api_url: str) -> None:
    with pytest.raises(SettingsError) as caught:
        address(api_url)
    assert "hunter2" not in caught.value.message + caught.value.fix


@pytest.mark.parametrize("host", ["127.0.0.1", "[::1]", "localhost", "LOCALHOST", "[0:0:0:0:0:0:0:1]"])
def test_plain_http_to_this_machine_needs_its_switch(host: str) -> None:
    allowed = address(f"http://{host}:9300", allow_loopback_http=True)
    assert allowed.is_loopback
    assert not allowed.is_https
    with pytest.raises(SettingsError, match="plain http") as caught:
        address(f"http://{host}:9300")
    assert "allow-loopback-http" in caught.value.fix


@pytest.mark.parametrize(
    "host",
    ["api.sekuire.ai", "127.0.0.2", "[::]", "0.0.0.0", "localhost.evil.example", "[::ffff:127.0.0.1]", "my-localhost"],
)
def test_no_switch_allows_plain_http_to_another_machine(host: str) -> None:
    with pytest.raises(SettingsError, match="expected https") as caught:
        address(f"http://{host}", allow_loopback_http=True)
    assert caught.value.kind == "config.api_url"


@pytest.mark.parametrize("workspace_id", ["a", "ws_1", "dev-workspace", "A.b-C_9", "...", "x" * 128])
def test_a_plain_id_names_a_workspace(workspace_id: str) -> None:
    made = address("https://api.sekuire.ai", workspace_id)
    assert made.url == f"https://api.sekuire.ai/api/v1/workspaces/{workspace_id}/policy/active"
    assert made.workspace_id == workspace_id


@pytest.mark.parametrize(
    "workspace_id", ["", ".", "..", "../x", "a/b", "a%2fb", "a b", "ws\n", "wé", "x" * 129, "a?b", "a:b"], ids=ascii
)
def test_what_could_change_the_path_names_no_workspace(workspace_id: str) -> None:
    with pytest.raises(SettingsError) as caught:
        address("https://api.sekuire.ai", workspace_id)
    assert caught.value.kind == "config.workspace"


@pytest.mark.parametrize(
    ("api_url", "authority"),
    [
        ("https://api.sekuire.ai", "api.sekuire.ai:443"),
        ("http://localhost", "localhost:80"),
        ("http://[::1]:9300", "[::1]:9300"),
    ],
)
def test_an_address_names_host_and_port(api_url: str, authority: str) -> None:
    assert address(api_url, allow_loopback_http=True).authority == authority
