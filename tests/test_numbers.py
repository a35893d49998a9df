"""The numbers of docs/protocol.md 2.4, held by a second reading of its text that knows no floating point."""

import random
from decimal import Decimal

import pytest

from sekuire_gate.canonical import Kind, canonical_bytes, read

SEED = 20_260_102
COUNT = 100_000


def as_described(written: str) -> bytes | None:
    """Return how docs/protocol.md 2.4 writes a JSON number back; None: it is refused."""
    if "e" in written.lower():
        return None
    whole, point, fraction = written.removeprefix("-").partition(".")
    # "Integers from -2^63 to 2^64-1 in plain form (not -0)", written back "as they are".
    if not point:
        fits = -(2**63) <= Decimal(written) <= 2**64 - 1 and written != "-0"
        return written.encode() if fits else None
    # "At most 15 significant digits (from the first non-zero digit as written, trailing zeros included) and
    # 1e-4 <= |x| < 1e16, and 0.0", written back "shortest with at least one fraction digit".
    significant = len((whole + fraction).lstrip("0"))
    if written != "0.0" and not (significant <= 15 and Decimal("0.0001") <= abs(Decimal(written)) < 10**16):
        return None
    # Up to 15 digits survive in a double, so that the shortest form is the number itself without trailing zeros.
    shortest = written.rstrip("0")
    return (shortest + "0" if shortest.endswith(".") else shortest).encode()


def answered(written: str) -> bytes | None:
    """Return how the number is written back; None: it is doubted."""
    document = read(written)
    if document.doubts:
        assert [doubt.kind for doubt in document.doubts] == [Kind.NUMBER]
        return None
    return canonical_bytes(document.root)


EDGES = [
    *(f"{sign}{2**power + step}" for sign in ("", "-") for power in (31, 32, 53, 63, 64) for step in (-2, -1, 0, 1, 2)),
    *(f"{sign}{2**53 + step}.0" for sign in ("", "-") for step in (-1, 0, 1)),
    *("0", "-0", "0.0", "-0.0", "0.00", "-0.00", "1.0", "-1.0", "56.0", "1.00", "100.0", "100.00", "0.1", "0.10"),
    *("0.0001", "0.00010", "0.00009", "0.0000999999999999999", "0.00009999999999999999", "0.0001000000000000000"),
    *("-0.0001", "-0.0000999999999999999", "0.000100000000000000", "0.000100000000000001", "0.00000000000000001"),
    *("9999999999999999.0", "9999999999999999.9", "10000000000000000.0", "1000000000000000.0", "99999999999999.9"),
    *("999999999999999.0", "99999999999999.0", "123456789012345.0", "12345678901234.5", "12345678901234.50"),
    *("0.123456789012345", "0.1234567890123450", "0.1234567890123456", "1.23456789012345", "1.234567890123450"),
    *("5e-324", "4.9e-324", "1e-4", "1e16", "1E400", "-1e-400", "0e0", "1e0", "1.0e+2", "2.2250738585072011e-308"),
    *("1.7976931348623157e308", "9" * 400, "0." + "0" * 400 + "1", "1" + "0" * 400 + ".0", "0." + "9" * 400),
]


def random_numbers() -> list[str]:
    """Return the same numbers every time: all lengths, points and exponents, many of them close to the edges."""
    source = random.Random(SEED)
    edges = (2**53, 2**63, 2**64, 10**14, 10**15, 10**16)

    def digits(most: int) -> str:
        return "".join(source.choices("0123456789", k=source.randint(1, most)))

    def integer() -> str:
        if source.random() < 0.5:
            return str(source.choice(edges) + source.randint(-50, 50))
        return digits(22).lstrip("0") or "0"

    def decimal() -> str:
        whole = digits(17).lstrip("0") or "0"
        return f"{whole}.{digits(max(1, 17 - len(whole)))}{'0' * source.choice((0, 0, 1, 2))}"

    def small() -> str:
        return f"0.{'0' * source.randint(0, 6)}{digits(17)}{'0' * source.choice((0, 0, 1))}"

    def exponent() -> str:
        return f"{source.choice((integer, decimal))()}{source.choice('eE')}{source.choice(('', '+', '-'))}{digits(3)}"

    kinds = source.choices((integer, decimal, small, exponent), weights=(3, 4, 2, 1), k=COUNT - len(EDGES))
    return EDGES + [source.choice(("", "-")) + kind() for kind in kinds]


def test_a_hundred_thousand_numbers_are_written_as_described_or_refused() -> None:
    numbers = random_numbers()
    described = [as_described(written) for written in numbers]
    wrong = [
        (written, expected, got)
        for written, expected in zip(numbers, described, strict=True)
        if (got := answered(written)) != expected
    ]
    assert wrong == []
    # The numbers are worth something: many inside, many outside, all kinds on either side.
    assert len(numbers) == COUNT
    assert min(described.count(None), COUNT - described.count(None)) > COUNT // 4


@pytest.mark.parametrize(
    ("written", "again"),
    [
        ("0", "0"),
        ("-1", "-1"),
        ("9007199254740993", "9007199254740993"),
        ("18446744073709551615", "18446744073709551615"),
        ("-9223372036854775808", "-9223372036854775808"),
        ("0.0", "0.0"),
        ("1.0", "1.0"),
        ("56.0", "56.0"),
        ("-1.50", "-1.5"),
        ("0.10", "0.1"),
        ("0.0001", "0.0001"),
        ("-0.0001", "-0.0001"),
        ("0.000100000000000000", "0.0001"),
        ("0.123456789012345", "0.123456789012345"),
        ("12345678901234.5", "12345678901234.5"),
        ("99999999999999.9", "99999999999999.9"),
    ],
)
def test_a_number_that_all_programs_write_alike_is_written_back(written: str, again: str) -> None:
    assert answered(written) == again.encode()


@pytest.mark.parametrize(
    "written",
    [
        "-0",
        "-0.0",
        "0.00",
        "18446744073709551616",
        "-9223372036854775809",
        "9" * 5000,
        "1e0",
        "1E5",
        "1.5e3",
        "0e0",
        "1e400",
        "1e-400",
        "0.1234567890123456",
        "1.000000000000000",
        "1000000000000000.0",
        "0.00009999",
        "0.00001",
        "0.0001000000000000000",
        "1" + "0" * 5000 + ".0",
        "0." + "0" * 5000 + "1",
    ],
    ids=lambda written: written[:24],
)
def test_any_other_number_is_doubted(written: str) -> None:
    assert answered(written) is None
