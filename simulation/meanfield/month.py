"""Month: what every flow of the mean field reads besides the stocks."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from simulation.meanfield.flows import Flow
from simulation.meanfield.stocks import Stocks, World
from simulation.parameters import ParameterTree
from simulation.processes.events import Levers


@dataclass(frozen=True)
class Month:
    """One month.

    Attributes:
        number: which one; 1 is the first after the spin-up.
        world: what does not move.
        parameters: those of this month, changed by events of the kind `set`.
        levers: what this month's events do.
    """

    number: int
    world: World
    parameters: ParameterTree
    levers: Levers


Stage = Callable[[Stocks, Month], list[Flow]]
"""Part of a process: from the stocks as they are when it begins, the flows of its month."""
