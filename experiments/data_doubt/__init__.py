"""Data doubt: would the conclusion stand if the data had been worse, or better?

A survey misses ties, people who do not answer take all their ties with them, and ratings are off.
`doubt` re-runs a scenario whose ties come from files with such faults laid on the data, and says up
to which level of each the conclusion keeps its sign.
"""

from __future__ import annotations

from experiments.data_doubt.planning import Plan, levels_of, prepare
from experiments.data_doubt.storing import write_doubt
from experiments.data_doubt.study import DataDoubt, doubt

__all__ = ["DataDoubt", "Plan", "doubt", "levels_of", "prepare", "write_doubt"]
