"""Characters that nobody sees are those that Unicode says are ignored, and one more."""

import re
import sys
from itertools import chain

import pytest

from sekuire_gate.model.unseen import UNSEEN
from tests.support.vectors import vectors

BLANK_OF_BRAILLE = "\u2800"


def test_nothing_is_seen_of_what_unicode_ignores_by_default_and_of_the_blank_of_braille() -> None:
    text = (vectors("unicode") / "DerivedCoreProperties.txt").read_text("utf-8")
    listed = re.findall(r"^([0-9A-F]+)(?:\.\.([0-9A-F]+))?\s*; Default_Ignorable_Code_Point\b", text, re.MULTILINE)
    ranges = (range(int(first, 16), int(last or first, 16) + 1) for first, last in listed)
    ignored = set(map(chr, chain.from_iterable(ranges)))
    every = "".join(map(chr, range(sys.maxunicode + 1)))
    assert {found.group() for found in UNSEEN.finditer(every)} == ignored | {BLANK_OF_BRAILLE}


@pytest.mark.parametrize("character", ["\xa0", "\u3000", "\u0301", "é", "😀", "\ufffd"], ids=ascii)
def test_blanks_marks_and_letters_are_seen_or_take_room(character: str) -> None:
    assert not UNSEEN.search(character)
