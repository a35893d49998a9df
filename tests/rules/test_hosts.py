"""Hosts as definitions write them, and domains as policies do."""

import pytest

from sekuire_gate.model.policy import Entry
from sekuire_gate.rules import hosts


@pytest.mark.parametrize(
    ("domain", "host", "fits"),
    [
        ("*", "example.com", True),
        ("example.com", "example.com", True),
        ("example.com", "EXAMPLE.com.", True),
        ("Example.COM", "example.com", True),
        ("example.com.", "example.com", True),
        ("example.com", "www.example.com", False),
        ("example.com", "example.com.evil.org", False),
        ("example.com", "notexample.com", False),
        ("*.example.com", "example.com", True),
        ("*.example.com", "a.b.example.com", True),
        ("*.example.com", "notexample.com", False),
        ("*.example.com", "example.com.evil.org", False),
        ("api.*", "api.example.com", False),
        ("*example.com", "example.com", False),
        ("*.", "example.com", False),
        ("*.*", "example.com", False),
        ("e?ample.com", "example.com", False),
        ("::1", "[0:0:0:0:0:0:0:1]", True),
        ("[2001:db8::1]", "2001:DB8:0:0::1", True),
        ("https://example.com", "example.com", False),
    ],
)
def test_a_domain_of_the_policy_covers_itself_or_with_a_star_all_below(domain: str, host: str, fits: bool) -> None:
    found = hosts.listed([Entry(domain, "/0")]).covering(hosts.normal(host))
    assert (found is not None) is fits


@pytest.mark.parametrize(
    ("domain", "claimed", "touches"),
    [
        ("example.com", "example.com", True),
        ("*.example.com", "example.com", True),
        ("https://example.com:8443/x", "example.com", True),
        ("EXAMPLE.com.", "example.com", True),
        ("api.*", "api.example.com", True),
        ("*evil*", "my-evil-twin.org", True),
        ("*.example.com", "example.org", False),
        ("example.com", "*.example.com", True),
        ("a.b.example.com", "*.example.com", True),
        ("*.example.com", "*.b.example.com", True),
        ("*.b.example.com", "*.example.com", True),
        ("*.example.org", "*.example.com", False),
        ("example.org", "*.example.com", False),
        ("anything", "*", True),
        ("10.0.0.1", "[::ffff:10.0.0.1]", True),
        ("10.0.0.1", "10.0.0.*", True),
        ("2001:db8::1", "https://[2001:0DB8::1]/", True),
    ],
)
def test_an_entry_of_a_deny_list_touches_whatever_a_claim_can_reach(domain: str, claimed: str, touches: bool) -> None:
    reach = hosts.reach(claimed)
    assert reach is not None
    denied = hosts.denied([Entry(domain, "/0")])
    assert any(denied.touching(part) for part in reach.parts) is touches


@pytest.mark.parametrize(
    ("written", "scheme", "name"),
    [
        ("example.com", "", "example.com"),
        ("Example.COM", "", "example.com"),
        ("example.com.", "", "example.com"),
        ("example.com:8080", "", "example.com"),
        ("example.com.:443", "", "example.com"),
        ("localhost:3000", "", "localhost"),
        ("example.com:65535", "", "example.com"),
        ("http.example.com:80", "", "http.example.com"),
        ("//example.com/x", "", "example.com"),
        ("HTTPS://Example.com:443/a?b=@c#d", "https", "example.com"),
        ("https://example.com:/x", "https", "example.com"),
        ("https://example.com?x=http://y", "https", "example.com"),
        ("https://example.com#@evil.org", "https", "example.com"),
        ("wss://a_b.example.com", "wss", "a_b.example.com"),
        ("git+ssh://example.com", "git+ssh", "example.com"),
        ("*", "", "*"),
        ("*:443", "", "*"),
        ("https://*.example.com", "https", "*.example.com"),
        ("10.0.0.1:80", "", "10.0.0.1"),
        ("255.255.255.255", "", "255.255.255.255"),
        ("[::1]", "", "[::1]"),
        ("::1", "", "[::1]"),
        ("http://[0:0::1]:80/", "http", "[::1]"),
        ("[::ffff:127.0.0.1]", "", "127.0.0.1"),
        ("xn--bcher-kva.example", "", "xn--bcher-kva.example"),
    ],
)
def test_the_host_part_is_found_in_a_url_or_a_host(written: str, scheme: str, name: str) -> None:
    assert hosts.read(written) == hosts.Host(scheme, name)


@pytest.mark.parametrize(
    ("written", "oddity"),
    [
        ("https://user@example.com", "user information stands before the host"),
        ("https://good.com:x@evil.org", "user information stands before the host"),
        ("https://good.com\\@evil.org", "character 17 is U+005C"),
        ("https:\\\\evil.org", "character 7 is U+005C"),
        ("ex\u0430mple.com", "character 3 is U+0430"),
        ("example\u3002com", "character 8 is U+3002"),
        ("https://example.com/ü", "character 21 is U+00FC"),
        (" example.com", "character 1 is U+0020"),
        ("ht\ttp://example.com", "character 3 is U+0009"),
        ("example.com\n", "character 12 is U+000A"),
        ("", "it names no host"),
        ("https:///example.com", "it names no host"),
        ("https:/example.com", "'//' is missing behind the scheme"),
        ("https:example.com", "'//' is missing behind the scheme"),
        ("http:134744072", "'//' is missing behind the scheme"),
        ("https:0", "'//' is missing behind the scheme"),
        ("HTTPS:443/evil.com", "'//' is missing behind the scheme"),
        ("ftp:21", "'//' is missing behind the scheme"),
        ("file:8080", "'//' is missing behind the scheme"),
        ("wss:", "'//' is missing behind the scheme"),
        ("example.com:65536", "its port is not a number from 0 to 65535"),
        ("https://example.com:000080/", "its port is not a number from 0 to 65535"),
        ("[::1]:4294967376", "its port is not a number from 0 to 65535"),
        ("ex%61mple.com", "its host is not made of letters, digits, '-' and '_' between dots"),
        ("example..com", "its host is not made of letters, digits, '-' and '_' between dots"),
        ("example.com..", "its host is not made of letters, digits, '-' and '_' between dots"),
        ("a,b", "its host is not made of letters, digits, '-' and '_' between dots"),
        ("example.com:http", "its host is not made of letters, digits, '-' and '_' between dots"),
        ("fe80::1%eth0", "its host is not made of letters, digits, '-' and '_' between dots"),
        ("[v1.x]", "its host is not made of letters, digits, '-' and '_' between dots"),
        ("http://::1/", "its host is not made of letters, digits, '-' and '_' between dots"),
        ("127.1", "its host is an address in an unusual spelling"),
        ("2130706433", "its host is an address in an unusual spelling"),
        ("0x7f.0.0.1", "its host is an address in an unusual spelling"),
        ("0x7f000001", "its host is an address in an unusual spelling"),
        ("127.0.0.01", "its host is an address in an unusual spelling"),
        ("256.0.0.1", "its host is an address in an unusual spelling"),
        ("1.2.3.4.5", "its host is an address in an unusual spelling"),
        ("10.0.0.0/8", "it is a range of addresses"),
        ("2001:db8::/32", "it is a range of addresses"),
        ("a" * 254, "its host has 254 characters"),
    ],
)
def test_a_host_that_programs_read_in_more_than_one_way_is_odd(written: str, oddity: str) -> None:
    assert hosts.read(written).oddity == oddity
    assert hosts.reach(written) is None


@pytest.mark.parametrize(
    ("written", "in_clear"),
    [
        ("http://example.com", True),
        ("HTTP://example.com", True),
        ("ws://example.com", True),
        ("http:134744072", True),
        ("WS:80", True),
        ("https:443", False),
        ("http://user@localhost", True),
        ("http://127.0.0.2", True),
        ("https://example.com", False),
        ("example.com", False),
        ("example.com:80", False),
        ("http://localhost:3000", False),
        ("http://127.0.0.1", False),
        ("ws://[::1]:80", False),
        ("redis://example.com", False),
    ],
)
def test_http_and_ws_are_in_clear_but_for_loopback(written: str, in_clear: bool) -> None:
    assert hosts.read(written).is_in_clear is in_clear


def test_a_domain_that_is_no_host_denies_what_is_written_like_it() -> None:
    assert hosts.denied([Entry("B\u00fccher.de", "/0")]).covering("b\u00fccher.de")
