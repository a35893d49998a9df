"""Our reader beside js-yaml: 100,000 mutations of the realistic definitions, or as many as asked for.

    python -m tests.differential.compare --count 100000 --seed 1

Writes every disagreement with the seed and number that bring it about, and its file; then how many files ours accepted,
and how long the slowest took, in seconds of the processor. docs/protocol.md 4, "Scalars keep their source text".
"""

import argparse
import sys
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain

from sekuire_gate.errors import DefinitionError
from sekuire_gate.parse.yaml_tree import read_yaml
from tests.differential.js_yaml import JsYaml, RefusedError, js_yaml
from tests.differential.mutations import definitions, mutation
from tests.support.places import plain

BOUND = 0.1  # seconds for one file


@dataclass(frozen=True)
class Compared:
    """What our reader makes of one file, and what is wrong with that."""

    name: str
    data: bytes
    accepted: bool
    seconds: float
    wrong: str = ""  # nothing where both readers agree, or ours refuses


def compared(name: str, data: bytes, second: JsYaml) -> Compared:
    """Read a file with both readers: what ours accepts, js-yaml has to read as the same tree."""
    start = time.process_time()
    try:
        root = read_yaml(data, name).root
    except DefinitionError as error:
        wrong = "" if error.at is not None else f"refused without a place: {error.message}"
        return Compared(name, data, accepted=False, seconds=time.process_time() - start, wrong=wrong)
    except Exception as error:  # noqa: BLE001 - whatever else it is, it is what this looks for
        return Compared(name, data, accepted=False, seconds=0, wrong=f"{type(error).__name__}: {error}")
    seconds = time.process_time() - start
    ours = plain(root)
    try:
        theirs = second.tree(data)
    except RefusedError as error:
        return Compared(name, data, accepted=True, seconds=seconds, wrong=f"js-yaml refuses it: {error}")
    wrong = "" if ours == theirs else f"ours: {ours!r}\ntheirs: {theirs!r}"
    return Compared(name, data, accepted=True, seconds=seconds, wrong=wrong)


def mutations(seed: int, numbers: Iterable[int], second: JsYaml) -> Iterator[Compared]:
    """Compare the mutations of one seed by their numbers."""
    for number in numbers:
        name, data = mutation(seed, number)
        yield compared(f"{name}, seed {seed}, number {number}", data, second)


def main() -> int:
    """Compare, write what is wrong and the sums; return 1 if anything is."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=100_000, help="how many mutations (default: 100,000)")
    parser.add_argument("--seed", type=int, default=1, help="which ones (default: 1)")
    options = parser.parse_args()
    counts: Counter[str] = Counter()
    slowest = Compared("nothing", b"", accepted=False, seconds=0)
    with js_yaml() as second:
        whole = [compared(name, data, second) for name, data in definitions().items()]
        for one in chain(whole, mutations(options.seed, range(options.count), second)):
            counts["accepted" if one.accepted else "refused"] += 1
            counts["slow"] += one.seconds > BOUND
            slowest = max(slowest, one, key=lambda each: each.seconds)
            if one.wrong:
                counts["wrong"] += 1
                sys.stdout.write(f"{one.name}\n{one.data!r}\n{one.wrong}\n\n")
    refused = [one.name for one in whole if not one.accepted]
    sys.stdout.write(
        f"{counts['accepted']:,} accepted, {counts['refused']:,} refused, {counts['wrong']:,} wrong\n"
        f"of {len(whole)} definitions as they are, refused: {', '.join(refused) or 'none'}\n"
        f"slowest: {slowest.seconds * 1000:.1f} ms ({slowest.name}); over {BOUND * 1000:.0f} ms: {counts['slow']:,}\n"
    )
    return 1 if counts["wrong"] or counts["slow"] or refused else 0


if __name__ == "__main__":
    sys.exit(main())
