"""Lets `python -m experiments.validation.report` write the page and its figures."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from experiments.validation.report.budget import BUDGETS
from experiments.validation.report.writing import compute, write
from simulation.errors import InputError


def main(arguments: list[str] | None = None) -> int:
    """Write validation.md and its figures from the stored results; return the exit code."""
    parser = argparse.ArgumentParser(
        prog="python -m experiments.validation.report", description=main.__doc__
    )
    parser.add_argument("--out", type=Path, default=Path("docs"), help="folder of the pages")
    parser.add_argument("--data", action="store_true", help="first compute the figures' data")
    parser.add_argument(
        "--budget", choices=sorted(BUDGETS), default="full", help="how much to compute with --data"
    )
    parser.add_argument("--processes", type=int, default=1, help="processes that share the work")
    chosen = parser.parse_args(arguments)
    try:
        if chosen.data:
            for file in compute(chosen.out, BUDGETS[chosen.budget], chosen.processes):
                sys.stdout.write(f"computed: {file}\n")
        for file in write(chosen.out):
            sys.stdout.write(f"written: {file}\n")
    except InputError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
