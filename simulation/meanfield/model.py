"""MeanField: the stock-and-flow companion of a community, month by month."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from simulation.meanfield import institutions as i
from simulation.meanfield import places as h
from simulation.meanfield import residents as r
from simulation.meanfield.flows import pass_month, rates
from simulation.meanfield.measures import measures
from simulation.meanfield.month import Month, Stage
from simulation.meanfield.scope import check, check_parameters
from simulation.meanfield.stocks import Stocks, World, first_stocks
from simulation.meanfield.timeline import act
from simulation.parameters import changed
from simulation.processes import MONTH
from simulation.processes.events import Levers
from simulation.state import Floats

if TYPE_CHECKING:
    import pandas as pd

    from simulation.specification import Specification

STAGES: dict[str, tuple[Stage, ...]] = {
    "sense": (i.measured,),
    "dialogue": (r.opinions,),
    "activation": (r.acting,),
    "governance": (i.sitting, i.deciding),
    "allocation": (i.reviewing, i.pressed),
    "production": (i.capability, i.producing),
    "living": (i.conditions, i.wellbeing),
    "trust": (r.promises, r.acknowledged, r.legitimacy, i.partners, i.turning, i.resisting),
    "leadership": (h.succession, r.mentoring, r.load, h.strength),
    "learning": (r.know_how,),
    "housing": (h.pressing, h.moving),
}
"""What each process does to the stocks, stage after stage; each reads what the last one left."""


class MeanField:
    """The mean field of a community: the equations of its processes if everyone met everyone.

    It reads the same specification and has no number of its own. `stocks` is its state; `month` the
    last month that has passed, 0 after the spin-up.
    """

    def __init__(self, specification: Specification) -> None:
        check(specification)
        self.specification = specification
        self.world = World.of(specification)
        self.parameters = specification.parameters
        self.levers = Levers()
        self.stocks = first_stocks(specification, self.world)
        names = specification.month or tuple(process.name for process in MONTH)
        self.processes = tuple(name for name in names if name != "record")
        self.month = -specification.spin_up
        for _ in range(specification.spin_up):
            self.step()
        self.stocks.founders = self.stocks.number

    @classmethod
    def of(cls, specification: Specification) -> Self:
        """Return the mean field of a scenario, after its spin-up.

        Raises:
            InputError: for what has no well-mixed limit, with its key.
        """
        return cls(specification)

    def step(self) -> None:
        """Let a month pass, process after process; SciPy integrates each process's flows."""
        self.month += 1
        for name in self.processes:
            if not getattr(self.parameters, name).enabled:
                continue
            if name == "events":
                self._events()
            for stage in STAGES.get(name, ()):
                pass_month(self.stocks, stage(self.stocks, self._now()))
        if not self.parameters.learning.enabled:
            self.stocks.exits = 0.0

    def _events(self) -> None:
        self.levers, sets = act(self.specification, self.world, self.stocks, self.month)
        tree = self.specification.parameters
        self.parameters = changed(tree, [(event.key, event.value) for event in sets])
        check_parameters(self.parameters, self.specification.month)

    def _now(self) -> Month:
        return Month(self.month, self.world, self.parameters, self.levers)

    def rates(self, stocks: Stocks | None = None) -> dict[str, Floats]:
        """Return how fast every stock moves, a month, by name: all flows together, at one moment.

        Args:
            stocks: at which state; the present one if None.
        """
        at, total = stocks or self.stocks, dict[str, Floats]()
        for name in self.processes:
            if not getattr(self.parameters, name).enabled:
                continue
            for stage in STAGES.get(name, ()):
                for stock, rate in rates(at, stage(at, self._now())).items():
                    total[stock] = total[stock] + rate if stock in total else rate
        return total

    def measures(self) -> dict[tuple[str, str], float]:
        """Return the measures of the present month by (measure, group)."""
        return measures(self.stocks, self._now())

    def run(self, months: int | None = None) -> pd.DataFrame:
        """Let months pass, to the scenario's horizon if not said; return the series since now.

        Returns:
            A tidy table: month, measure, group ("all" or a name), value, under the names of the
            recorded measures, from the month before the first that passes.
        """
        import pandas as pd

        last = self.specification.months if months is None else self.month + months
        rows = [(self.month, *key, value) for key, value in self.measures().items()]
        while self.month < last:
            self.step()
            rows += [(self.month, *key, value) for key, value in self.measures().items()]
        return pd.DataFrame(rows, columns=["month", "measure", "group", "value"])
