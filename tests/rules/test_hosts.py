import pytest

from sekuire_gate.rules.hosts import matches


@pytest.mark.parametrize(
    ("domain", "host", "fits"),
    [
        ("*", "example.com", True),
        ("example.com", "example.com", True),
        ("example.com", "EXAMPLE.com.", True),
        ("Example.COM", "example.com", True),
        ("example.com", "www.example.com", False),
        ("example.com", "example.com.evil.org", False),
        ("example.com", "notexample.com", False),
        ("*.example.com", "example.com", True),
        ("*.example.com", "a.b.example.com", True),
        ("*.example.com", "notexample.com", False),
        ("*.example.com", "example.com.evil.org", False),
        ("api.*", "api.example.com", False),
        ("e?ample.com", "example.com", False),
    ],
)
def test_a_domain_of_the_policy_covers_itself_or_with_a_star_all_below(domain: str, host: str, fits: bool) -> None:
    assert matches(domain, host) is fits
