"""`python -m sekuire_gate` is the same as `sekuire-gate`."""

import sys

from sekuire_gate.cli import main

sys.exit(main())
