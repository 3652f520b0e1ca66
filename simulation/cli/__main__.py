"""Lets `python -m simulation.cli` do what `kindling` does."""

from __future__ import annotations

import sys

from simulation.cli.main import main

if __name__ == "__main__":
    sys.exit(main())
