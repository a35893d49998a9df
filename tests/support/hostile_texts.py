"""Small files that are meant to take a reader forever, or to end its process: by name, at most 1 MiB each.

    python -m tests.support.hostile_texts

Reads each as YAML and as JSON and writes a line of JSON: reader, name, seconds of the processor, and the answer.
"""

import json
import sys
import time

from sekuire_gate.errors import DefinitionError
from sekuire_gate.parse.json_tree import read_json
from sekuire_gate.parse.yaml_tree import read_yaml

MIB = 1_048_576
READERS = {"YAML": read_yaml, "JSON": read_json}


def _filled(text: str, size: int = MIB) -> str:
    return (text * (size // len(text) + 1))[:size]


def _bomb(width: int, levels: int) -> str:
    """Write lists that hold aliases of lists that hold aliases: a billion values in a few lines."""
    lines = [f"a0: &a0 [{', '.join(['x'] * width)}]"]
    lines += [f"a{level}: &a{level} [{', '.join([f'*a{level - 1}'] * width)}]" for level in range(1, levels)]
    return "\n".join(lines)


def _keys(count: int) -> str:
    return "".join(f"k{number}: \n" for number in range(count))


TEXTS = {
    "50 KB of lists": "[" * 50_000,
    "50 KB of maps": "{" * 50_000,
    "50 KB of maps in lists": _filled("[{a: ", 50_000),
    "50 KB of maps with values": _filled("{a: ", 50_000),
    "50 KB of JSON": _filled('{"a":[', 50_000),
    "50 KB of dashes": _filled("- ", 50_000),
    "50 KB of question marks": _filled("? ", 50_000),
    "50 KB of indentation": "".join(f"{' ' * depth}a:\n" for depth in range(310)),
    "200,000 lists": "[" * 200_000,
    "200,000 lists that end": "[" * 100_000 + "]" * 100_000,
    "lists in lists of some length": _filled("[a, " * 60 + "]" * 60 + "\n"),
    "a billion values": _bomb(10, 9),
    "a billion values of width 2": _bomb(2, 30),
    "a billion keys": _bomb(10, 9).replace("[", "{k: [").replace("]", "]}"),
    "a long text, repeated": f"a: &a {'x' * 500_000}\nb: [{', '.join(['*a'] * 900)}]\n",
    "an alias in itself": "&a [" + _filled("*a, ", MIB - 8),
    "anchors and aliases": _filled("- &a *a\n"),
    "anchors on aliases": _filled("&a *a "),
    "anchors": _filled("&a "),
    "anchors with names": "".join(f"- &a{number} x\n" for number in range(60_000)),
    "aliases": "a: &a x\nb:\n" + _filled("- *a\n", MIB - 16),
    "letters": "a" * MIB,
    "letters of four bytes": "😀" * (MIB // 4),
    "one line of words": _filled("lorem ipsum "),
    "words over lines": _filled("lorem ipsum\n  "),
    "open lists": "[" * MIB,
    "open maps": "{" * MIB,
    "closed lists": "]" * MIB,
    "lists": _filled("[],"),
    "commas": "[" + "," * (MIB - 1),
    "dashes": _filled("- "),
    "dashes alone": "-" * MIB,
    "dashes on lines": _filled("-\n"),
    "double quotes": '"' * MIB,
    "single quotes": "'" * MIB,
    "an open double quote": '"' + "a" * (MIB - 1),
    "an open quote of lines": '"' + "\n" * (MIB - 1),
    "escapes": '"' + _filled("\\x41", MIB - 4),
    "one key again and again": _filled("a: \n"),
    "one key and its value again and again": _filled("a: b\n"),
    "keys": _keys(100_000)[:MIB],
    "values": _filled("a: "),
    "colons": ":" * MIB,
    "keys of JSON": "{" + "".join(f'"{number}":0,' for number in range(90_000)),
    "a long key": f"{'k' * (MIB - 8)}: x",
    "long keys, deep": "".join(f"{{{'k' * 1000}: " for _ in range(60)) + "[" + "a," * 40_000,
    "comments": _filled("# a\n"),
    "one comment": "#" + "a" * (MIB - 1),
    "comments that are none": _filled("a#"),
    "line ends": "\n" * MIB,
    "line ends of Windows": _filled("\r\n"),
    "carriage returns": "\r" * MIB,
    "blanks": " " * MIB,
    "tabs": "\t" * MIB,
    "tabs behind a key": "a:" + "\t" * (MIB - 2),
    "blanks and tabs": _filled(" \t"),
    "blanks before each line": _filled(" \n  "),
    "a block": "a: |\n" + _filled(" x\n", MIB - 5),
    "a folded block": "a: >\n" + _filled(" x\n\n", MIB - 5),
    "an empty block": "a: |\n" + "\n" * (MIB - 5),
    "blocks": _filled("- |\n"),
    "question marks": _filled("? "),
    "question marks in flow": "{" + _filled("? a, ", MIB - 1),
    "tags": _filled("!a "),
    "directives": _filled("%YAML 1.2\n"),
    "documents": _filled("---\n"),
    "ends of documents": _filled("...\n"),
    "merge keys": _filled("<<: *a\n"),
    "5,000 digits": f"a: {'9' * 5_000}\n",
    "5,000 digits in JSON": f'{{"a": {"9" * 5_000}}}',
    "1 MiB of digits": "a: " + "9" * (MIB - 3),
    "1 MiB of sixties": "a: " + _filled("1:", MIB - 3),
    "1 MiB of points": "a: " + "." * (MIB - 3),
    "a number with a large exponent": '{"a": 1e999999999}',
    "NUL": "\0" * MIB,
    "byte order marks": "\ufeff" * (MIB // 3),
    "line separators": "a: " + "\u2028" * 300_000,
}


def main() -> None:
    """Read everything; where the process ends before that, the last line says what came before."""
    for reader, read in READERS.items():
        for name, text in TEXTS.items():
            start = time.process_time()
            answer = "read"
            try:
                read(text.encode(), "f")
            except DefinitionError as error:
                answer = f"{error.kind} {error.at}"
            line = {"reader": reader, "name": name, "seconds": time.process_time() - start, "answer": answer}
            sys.stdout.write(json.dumps(line) + "\n")
            sys.stdout.flush()


if __name__ == "__main__":
    main()
