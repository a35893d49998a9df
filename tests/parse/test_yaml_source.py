"""Spellings that ordinary files have are not refused on the way to those that mislead."""

import pytest

from sekuire_gate.parse.yaml_tree import read_yaml
from tests.support.places import plain

ORDINARY = {
    "comments everywhere": "# a\na: # b\n  # c\n  - d # e\n# f\n\n  - g\n#h",
    "tabs before comments": "a: b\t# c\n",
    "tabs behind a colon": "a:\tb\n",
    "tabs before lines in brackets": '{\n\t"a": "b",\n\t"c": [\n\t\t{"d": 1}\n\t]\n}\n',
    "tabs before lines of a list in brackets": "a: [\n\tb,\n\t\tc, # d\n\t# e\n  f]\n",
    "tabs in a block": "a: |\n  x\ty\n  \tz\n",
    "commas and colons in flow": '{a: [b , c,],"d":e}\n',
    "an url in flow": "[http://a.b/c?d=e, x-y]\n",
    "dashes in flow": "[-1, --x, -y]\n",
    "quotes over lines": 'a: "b\n  c\n\n  d"\n',
    "escaped line ends": 'a: "b \\\n  c"\n',
    "plain text over lines": "a: b\n  c # d\n",
    "question marks and exclamation marks in text": "a: what? yes!\nb?: c\n",
    "anchors and aliases": "a: &x [b]\nc: *x\nd: [*x, *x]\n",
    "an empty last entry": "a:\n  - b\n  -\nc: d\n",
    "document marks with comments": "--- # a\na: b\n... # c\n",
    "blank lines with blanks": "a: b\n   \nc: d\n",
    "trailing blanks": "a: b   \nc: [d]  \n",
}


@pytest.mark.parametrize("text", ORDINARY.values(), ids=ORDINARY)
def test_what_people_write_is_read(text: str) -> None:
    assert plain(read_yaml(text.encode(), "f.yml").root)
    assert plain(read_yaml(text.replace("\n", "\r\n").encode(), "f.yml").root)
