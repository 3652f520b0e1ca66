"""Lets `python -m experiments.calibration` draw, judge and write the ensemble."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from experiments.calibration.ensemble import SHIPPED, write
from experiments.calibration.kept import KeptAttempts
from experiments.calibration.patterns import STAGES
from experiments.calibration.search import Calibration, calibrate
from simulation.errors import InputError


def main() -> int:
    """Draw parameters, keep what reproduces P1 and P5, and write the ensemble; stopped, go on."""
    parser = argparse.ArgumentParser(
        prog="python -m experiments.calibration", description=main.__doc__
    )
    parser.add_argument("--draws", type=int, default=500, help="how many draws (default 500)")
    parser.add_argument("--seed", type=int, default=1, help="seed of it all (default 1)")
    parser.add_argument("--processes", type=int, default=1, help="processes (default 1)")
    parser.add_argument("--out", type=Path, default=SHIPPED, help="the table to write")
    given = parser.parse_args()

    def progress(done: int, draws: int, retained: int) -> None:
        sys.stderr.write(f"\r{done} of {draws} draws, {retained} retained")
        sys.stderr.flush()

    try:
        with KeptAttempts(given.out.with_suffix(".unfinished.jsonl")) as kept:
            found = calibrate(
                given.draws, given.seed, processes=given.processes, progress=progress, kept=kept
            )
            sys.stderr.write("\n")
            file = write(found, given.out)
            kept.forget()
    except InputError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    sys.stdout.write(f"{_account(found)}written: {file}\n")
    return 0


def _account(found: Calibration) -> str:
    """Return how many draws passed each stage, a line a stage."""
    lines = [
        f"{stage.pattern} after {stage.replicates} runs: {passed} of {tried} draws passed"
        for stage, tried, passed in zip(STAGES, found.tried, found.tried[1:], strict=False)
    ]
    return "\n".join([*lines, ""])


if __name__ == "__main__":
    sys.exit(main())
