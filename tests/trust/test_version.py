import pytest

from sekuire_gate.trust.version import is_version, version_is_older


@pytest.mark.parametrize("text", ["0", "7", "1.0.12", "007", "9" * 128])
def test_dotted_whole_numbers_are_a_version(text: str) -> None:
    assert is_version(text)


@pytest.mark.parametrize("text", ["", "v1", "1.", ".1", "1..2", "1.0-rc1", "-1", "1\n", "\u0661", "9" * 5000])
def test_anything_else_is_no_version(text: str) -> None:
    assert not is_version(text)


@pytest.mark.parametrize(
    ("version", "than"),
    [("1", "2"), ("9", "10"), ("1.9", "1.10"), ("1", "1.0.1"), ("0.9", "1"), ("9" * 127, "9" * 128)],
)
def test_a_lower_version_is_older_and_the_higher_one_is_not(version: str, than: str) -> None:
    assert version_is_older(version, than)
    assert not version_is_older(than, version)


@pytest.mark.parametrize(("version", "same"), [("1", "1"), ("1", "1.0.0"), ("1.2", "01.02"), ("0", "0.0")])
def test_a_missing_part_is_zero_and_leading_zeros_mean_nothing(version: str, same: str) -> None:
    assert not version_is_older(version, same)
    assert not version_is_older(same, version)
