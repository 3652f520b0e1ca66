"""Experiments: runs, paired comparisons, and what they show."""

from experiments.compare import Comparison, compare
from experiments.run import RunResult, run

__all__ = ["Comparison", "RunResult", "compare", "run"]
