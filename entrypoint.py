#!/usr/local/bin/python -I
"""What the action's container runs: `check` with the inputs of the action (docs/contract.md 2).

Isolated (`-I`), the interpreter ignores the working directory, which is the checkout of a stranger's pull request, its
own variables in the environment, and the user's packages. So nothing that a checkout holds is imported; the package
comes from the image's site-packages.
"""

import sys

from sekuire_gate.cli import run_action

if __name__ == "__main__":
    sys.exit(run_action())
