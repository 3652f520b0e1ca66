"""Lets `python -m experiments.reference_docs` write, or with `--check` judge, the made parts."""

from __future__ import annotations

import argparse
import sys

from experiments.reference_docs import ROOT, stale, write
from simulation.errors import InputError


def main() -> int:
    """Write the made parts of the pages; return the exit code."""
    parser = argparse.ArgumentParser(
        prog="python -m experiments.reference_docs", description=main.__doc__
    )
    parser.add_argument("--check", action="store_true", help="write nothing, name stale pages")
    check = parser.parse_args().check
    try:
        found = stale() if check else write()
    except InputError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    for page in found:
        sys.stdout.write(f"{'stale' if check else 'written'}: {page.relative_to(ROOT)}\n")
    return 1 if check and found else 0


if __name__ == "__main__":
    sys.exit(main())
