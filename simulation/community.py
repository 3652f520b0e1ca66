"""CommunityModel: builds a community from its specification, steps it by months, and records.

It is a real `mesa.Model`: agent sets, `DataCollector`, `batch_run` and pickling work. Agents are
views on the columns of `simulation.state`, made when somebody asks for them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any, Self

import mesa
import numpy as np
from pydantic import ValidationError

from simulation.agents import install_agent_sets
from simulation.chance import Luck
from simulation.consistency import check_room
from simulation.errors import InputError
from simulation.first_ties import build_all_ties
from simulation.own_files import read_own_files
from simulation.parameters import ParameterTree, changed
from simulation.population import (
    build_connectors,
    build_institutions,
    build_residents,
    build_seats,
    three,
)
from simulation.processes import Process, registered
from simulation.processes.events import Levers
from simulation.processes.governance import power
from simulation.processes.leadership import strength
from simulation.processes.shared_code import begin as begin_code
from simulation.processes.trust import resisted
from simulation.recorder import Recorder
from simulation.specification import Specification, specify
from simulation.state import Floats, Groups, Ints, Pairs, Stocks
from simulation.tally import mean_wellbeing, people, shares
from simulation.ties import SERVICE

if TYPE_CHECKING:
    import pandas as pd

Watcher = Callable[[str, "CommunityModel"], None]
TABLES = ("residents", "connectors", "institutions", "seats", "stocks", "groups", "pairs")


class CommunityModel(mesa.Model):  # type: ignore[misc]
    """One community.

    Args:
        specification: what the community is and what happens to it; a default one if None.
        rng: seed (a whole number), or a NumPy generator from which one is drawn; the
            specification's own seed if None.
        **overrides: top-level settings of the specification (`months=24`), or parameters as
            `table__name=value` (`activation__reinforcement=2.0`), as `mesa.batch_run` passes them.

    Attributes:
        month: the last month that has run; 0 right after building (spin-up has run by then).
        residents, connectors, institutions, seats, groups, pairs, stocks: tables of columns.
        order: rows of residents in ascending id; absent: how many of them had to leave.
        ties: the sparse graph of trust.
        luck: all chance.
        names: the residents' names by id, as far as there are files that name them; None where
            there are none. Newcomers have no name.
        levers: what this month's events do.
        watch: called as `watch(name, community)` after each process, if set. It is the seam on
            which ledgers and loop analysis hang; it costs nothing while it is None.

    Raises:
        InputError: for something that is no specification, or overrides that do not fit.
    """

    def __init__(
        self,
        specification: Specification | None = None,
        *,
        rng: int | np.random.Generator | None = None,
        **overrides: Any,
    ) -> None:
        spec = _override(specification or specify(), overrides)
        seed = _seed(spec, rng)
        super().__init__(rng=seed)
        self.specification = spec
        self.luck = Luck(seed, strict=spec.generator == "strict")
        self.parameters: ParameterTree = spec.parameters
        self.processes: tuple[Process, ...] = _month(spec)
        self.watch: Watcher | None = None
        self.size = spec.size
        self._build()
        self.set_parameters(())
        install_agent_sets(self)
        self.recorder = Recorder(
            tuple(g.name for g in spec.groups),
            spec.measures.inequality_every,
            spec.measures.trusted,
            self.processes,
        )
        self.month = -spec.spin_up
        for _ in range(spec.spin_up):
            self._advance()
        self.residents.founder[:] = self.residents.present
        self.groups.made[:], self.groups.kept[:] = 0.0, 0.0
        if self._recording:
            self.recorder.record(self)

    def _build(self) -> None:
        spec, luck = self.specification, self.luck
        own = read_own_files(spec)
        if own.seating is not None:
            check_room(spec, own.seating.group, own.seating.place)
        self.names = own.names
        self.residents = build_residents(spec, luck, own)
        self.institutions = build_institutions(spec)
        self.connectors = build_connectors(spec)
        self.seats = build_seats(spec, self.residents, luck)
        tables = self.residents, self.connectors, self.institutions
        self.ties = build_all_ties(spec, *tables, luck, own)
        self.stocks = Stocks(1)
        self.groups = Groups(len(spec.groups))
        self.pairs = Pairs(len(self.institutions) * len(self.groups))
        self.levers = Levers()
        self.truths: Floats = np.empty((0, len(self.groups), 3))
        self.exits, self.exits_from = 0, np.zeros(len(self.institutions))
        self.note_rows()
        self._settle()

    def _settle(self) -> None:
        """Set stocks that follow from the rest, as at the end of a month."""
        r, g, i, start = self.residents, self.groups, self.institutions, self.parameters.start
        conditions = np.array([three(group.conditions) for group in self.specification.groups])
        g.conditions[:] = g.conditions_start[:] = g.conditions_before[:] = conditions
        g.sensed[:] = mean_wellbeing(self.order, r.present, r.group, r.wellbeing, conditions)
        pop = shares(people(self.order, r.present, r.group, r.stewardship, len(g))[0])
        g.agenda[:] = pop[:, None] / 3.0
        s = self.stocks
        s.policy[0], s.memory[0] = start.policy, start.memory
        s.leadership[0] = strength(self.seats, self.parameters.leadership)
        s.resisted[0] = resisted(self.parameters.trust, i)
        none = np.zeros((len(self.seats), len(g), 3))
        outside = power(
            none,
            np.zeros(len(self.seats)),
            none.sum(axis=0),
            self.seats.group,
            self.seats.holder >= 0,
            self.seats.holder >= 0,
            self.seats.institution,
            i.budget,
            i.pooled,
            g.seats,
            g.money,
            g.decisions,
        )
        s.outside_seats[0], s.outside_money[0] = outside[:2]
        g.decisions[:] = 0.0
        s.ownership[0] = g.money.sum()
        self._set_legitimacy(start.institution_trust)
        begin_code(self)

    def _set_legitimacy(self, otherwise: float) -> None:
        t, r = self.ties, self.residents
        service = np.flatnonzero(t.kind == SERVICE)
        cell = t.target[service].astype(np.int64) * len(self.groups)
        cell += r.group[t.sources()[service] - t.first_resident]
        total = np.bincount(cell, weights=t.trust()[service], minlength=len(self.pairs))
        count = np.bincount(cell, minlength=len(self.pairs))
        self.pairs.legitimacy[:] = otherwise
        np.divide(total, count, out=self.pairs.legitimacy, where=count > 0)

    # ---------------------------------------------------------------- time

    def step(self) -> None:
        """Advance by one month."""
        self._advance()

    def run(self, months: int | None = None) -> Self:
        """Advance to the scenario's horizon, or by the given number of months; return the model."""
        target = self.specification.months if months is None else self.month + months
        while self.month < target:
            self.step()
        self.running = self.month < self.specification.months
        return self

    def _advance(self) -> None:
        self.month += 1
        for process in self.processes:
            parameters = getattr(self.parameters, process.name)
            if parameters.enabled:
                process.apply(self, parameters)
                if self.watch is not None:
                    self.watch(process.name, self)
        if not self.parameters.learning.enabled:
            self.exits = 0
        if self.month >= self.specification.months:
            self.running = False

    @property
    def _recording(self) -> bool:
        return any(p.name == "record" for p in self.processes) and self.parameters.record.enabled

    def set_parameters(self, events: Iterable[Any]) -> None:
        """Set the month's parameters: the scenario's, changed by the given `set` events."""
        key = tuple((e.key, repr(e.value)) for e in events)
        if getattr(self, "_parameters_set", None) == key:
            return
        self.parameters = changed(self.specification.parameters, [(e.key, e.value) for e in events])
        self._parameters_set = key

    # ------------------------------------------------------------- look-ups

    def note_rows(self) -> None:
        """Renew what follows from who is here; call after people came, left or changed rows."""
        self.order: Ints = np.argsort(self.residents.id, kind="stable")
        self._sorted_ids: Ints = self.residents.id[self.order]
        self.absent = len(self.residents) - int(np.count_nonzero(self.residents.present))

    def row_of(self, person: int) -> int:
        """Return the row of a resident.

        Raises:
            KeyError: where no resident has this id.
        """
        place = int(np.searchsorted(self._sorted_ids, person))
        if place == self._sorted_ids.size or self._sorted_ids[place] != person:
            raise KeyError(person)
        return int(self.order[place])

    def group_rows(self, names: Sequence[str]) -> Ints:
        """Return the rows of groups by name; all for an empty list."""
        return _rows(names, [g.name for g in self.specification.groups])

    def institution_rows(self, names: Sequence[str]) -> Ints:
        """Return the rows of institutions by name; all for an empty list."""
        return _rows(names, [i.name for i in self.specification.institutions])

    def members(self, groups: Sequence[str], places: Sequence[str]) -> Any:
        """Return which residents belong to the named groups and places (empty: all)."""
        r = self.residents
        chosen = np.ones(len(r), bool)
        if groups:
            chosen &= np.isin(r.group, self.group_rows(groups))
        if places:
            rows = _rows(places, [p.name for p in self.specification.places])
            chosen &= np.isin(r.place, rows)
        return chosen

    def membership(self) -> Any:
        """Return which residents count as part of the community, by the scenario's rule."""
        r, rule = self.residents, self.specification.measures.membership
        if rule == "live":
            return r.lives_here
        if rule == "work":
            return r.works_here
        return r.lives_here | r.works_here if rule == "either" else r.lives_here & r.works_here

    def lose_service_trust(self, factors: Floats) -> None:
        """Multiply the reliability of all service ties, by institution."""
        t = self.ties
        service = t.kind == SERVICE
        t.reliability[service] *= factors[t.target[service]]

    # -------------------------------------------------------------- results

    def measure(self, name: str, group: str = "all", boundary: str = "place") -> float:
        """Return the last recorded value of a measure.

        Raises:
            KeyError: for a measure that is not recorded.
        """
        return self.recorder.latest(name, group, boundary)

    def series(self) -> pd.DataFrame:
        """Return all measures so far as a tidy table (see `Recorder.table`)."""
        return self.recorder.table()

    # ---------------------------------------------------- snapshot, restore

    def snapshot(self) -> dict[str, Any]:
        """Return an independent copy of the whole state; `restore` continues from it exactly."""
        state = {name: getattr(self, name).copy() for name in (*TABLES, "ties", "recorder")}
        state.update(
            month=self.month,
            truths=self.truths.copy(),
            exits=(self.exits, self.exits_from.copy()),
            parameters=self.parameters,
            parameters_set=self._parameters_set,
            levers=self.levers,
            time=(self.time, self.steps),
            running=self.running,
        )
        return state

    def restore(self, state: dict[str, Any]) -> None:
        """Return to a state that `snapshot` gave; the snapshot stays usable."""
        for name in (*TABLES, "ties", "recorder"):
            setattr(self, name, state[name].copy())
        self.month = state["month"]
        self.exits, exits_from = state["exits"]
        self.exits_from = exits_from.copy()
        self.truths = state["truths"].copy()
        self.parameters, self._parameters_set = state["parameters"], state["parameters_set"]
        self.levers, self.running = state["levers"], state["running"]
        self.note_rows()
        self._default_schedule.pause()  # Mesa's next step is due one unit after its clock
        self.time, self.steps = state["time"]
        self._default_schedule.resume()


def _rows(names: Sequence[str], known: Sequence[str]) -> Ints:
    if not names:
        return np.arange(len(known))
    return np.array([known.index(name) for name in names], dtype=np.int64)


def _seed(spec: Specification, rng: int | np.random.Generator | None) -> int:
    if rng is None:
        return spec.seed
    if isinstance(rng, int | np.integer):
        return int(rng)
    return int(np.random.default_rng(rng).integers(2**63))


def _override(spec: Specification, overrides: dict[str, Any]) -> Specification:
    if not isinstance(spec, Specification):
        raise InputError(
            "a community is built from a specification",
            key="specification",
            found=spec,
            mend="give what scenarios.load returns; in mesa.batch_run, in a list of its own",
        )
    if not overrides:
        return spec
    data = spec.data()
    for name, value in overrides.items():
        table, _, key = name.replace(".", "__").partition("__")
        if key:
            data["parameters"].setdefault(table, {})[key] = value
        else:
            data[name] = value
    try:
        return specify(data)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        key = ".".join(str(part) for part in first["loc"])
        raise InputError(
            first["msg"].removeprefix("Value error, "), key=key, found=first.get("input")
        ) from None


def _month(spec: Specification) -> tuple[Process, ...]:
    known = {p.name: p for p in registered()}
    names = spec.month or tuple(known)
    return tuple(known[name]() for name in names)
