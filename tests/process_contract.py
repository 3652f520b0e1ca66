"""What every process of a month promises, written once.

A process's own test class inherits `ProcessContract`, names the process and says what it owns; what
is special about the process is all that is left to test there.
"""

from __future__ import annotations

import pickle
from collections.abc import Iterator, Mapping
from typing import Any, ClassVar

import numpy as np
import pytest
from numpy.typing import NDArray

from simulation.chance import Key, Luck
from simulation.community import TABLES, CommunityModel
from simulation.processes import MONTH, Process, ProcessParameters, register, unregister
from simulation.processes.events import Levers
from simulation.renumber import renumber
from tests.communities import differing, state, town, twin

State = Mapping[str, NDArray[Any]]
MONTHS = 5
"""Month in which a process is looked at: by then something of everything is going on."""


class HeardLuck(Luck):
    """Chance that notes which streams were asked for."""

    def __init__(self, luck: Luck) -> None:
        super().__init__(luck.seed, strict=luck.strict)
        self.heard: set[str] = set()

    def key(self, stream: str) -> Key:
        self.heard.add(stream)
        return super().key(stream)


def before(name: str, month: int = MONTHS, *, seed: int = 3, **changes: Any) -> CommunityModel:
    """Return the town in a month, just before the named process acts."""
    community = CommunityModel(town(**changes), rng=seed).run(month - 1)
    community.month = month
    for process in community.processes:
        if process.name == name:
            return community
        process.apply(community, getattr(community.parameters, process.name))
    raise KeyError(name)


def act(community: CommunityModel, name: str) -> CommunityModel:
    """Let one process of a community act; return the community."""
    (process,) = (p for p in community.processes if p.name == name)
    process.apply(community, getattr(community.parameters, name))
    return community


def act_again(community: CommunityModel, name: str, months: int) -> State:
    """Let the process act alone for some more months; return the state."""
    for _ in range(months):
        community.month += 1
        act(community, name)
    return state(community)


def touched(one: State, two: State) -> set[str]:
    """Return the names of the columns in which those who are in both states differ.

    "residents" and "ties" themselves stand for people who came and ties that came or went.
    """
    found = set()
    for table, keys in (("residents", ["id"]), ("ties", ["source", "target"])):
        old, new = (_rows(s, table, keys) for s in (one, two))
        if old.keys() != new.keys():
            found.add(table)
        rows = [(old[k], new[k]) for k in old.keys() & new.keys()]
        was, now = np.array(rows, dtype=np.int64).reshape(-1, 2).T
        for name in one:
            if name.startswith(f"{table}.") and not _equal(one[name][was], two[name][now]):
                found.add(name)
    rest = [n for n in one if n.partition(".")[0] not in ("residents", "ties")]
    return found | {n for n in rest if not _equal(one[n], two[n])}


def _rows(which: State, table: str, keys: list[str]) -> dict[tuple[int, ...], int]:
    columns = [which[f"{table}.{key}"].tolist() for key in keys]
    return {key: row for row, key in enumerate(zip(*columns, strict=True))}


def _equal(one: NDArray[Any], two: NDArray[Any]) -> bool:
    return one.tobytes() == two.tobytes()


def out_of_bounds(community: CommunityModel) -> list[str]:
    """Return what lies outside the range that its unit promises."""
    found = []
    for table in TABLES:
        rows = getattr(community, table)
        for name, column in rows.COLUMNS.items():
            values = getattr(rows, name)
            if values.dtype.kind == "f" and not np.isfinite(values).all():
                found.append(f"{table}.{name} is not finite")
            elif not _within(column.unit, values):
                found.append(f"{table}.{name}: {values.min()} to {values.max()}")
    parts = ("reliability", "openness", "mission")
    found += [f"ties.{n}" for n in parts if not _within("0-1", getattr(community.ties, n))]
    sums = {n: float(getattr(community.groups, n).sum()) for n in ("seats", "money", "decisions")}
    found += [f"shares of {n} sum to {total}" for n, total in sums.items() if total > 1.0 + 1e-9]
    agenda = float(community.groups.agenda.sum())
    return found if abs(agenda - 1.0) <= 1e-9 else [*found, f"the agenda sums to {agenda}"]


def _within(unit: str, values: NDArray[Any]) -> bool:
    limits = {
        "0-1": (0.0, 1.0), "0-1 a year": (0.0, 1.0), "share": (0.0, 1.0), "0, 1/2, 1": (0.0, 1.0),
        "share of a month": (0.0, 1.0), "<=0": (-np.inf, 0.0), ">0": (5e-324, np.inf),
    }  # fmt: skip
    if unit in ("index", "id", "month", "1"):
        return True
    low, high = limits.get(unit, (0.0, np.inf))
    # Shares that are made by division may miss the ends by a rounding.
    inside = bool(((values >= low) & (values <= high + 1e-12 * (unit == "share"))).all())
    return inside and (unit != "0, 1/2, 1" or bool(np.isin(values, (0.0, 0.5, 1.0)).all()))


class ProcessContract:
    """The promises. A subclass states what is below.

    Attributes:
        process: the process.
        owns: what it may change, as names of `touched`.
        seldom: the part of it that needs a rarer turn than the town's first months hold.
        follows: columns of people who had to leave that it may change.
        changes: changes of the town under which it has something to do.
    """

    process: ClassVar[type[Process[Any]]]
    owns: ClassVar[tuple[str, ...]]
    seldom: ClassVar[tuple[str, ...]] = ()
    follows: ClassVar[tuple[str, ...]] = ()
    changes: ClassVar[dict[str, Any]] = {}

    @pytest.fixture(autouse=True)
    def _known(self) -> Iterator[None]:
        own = self.process not in MONTH
        if own:
            register(self.process)
        yield
        if own:
            unregister(self.process.name)

    @property
    def name(self) -> str:
        return self.process.name

    def before(self, **changes: Any) -> CommunityModel:
        return before(self.name, **{**self.changes, **changes})

    # --- what it says of itself

    def test_it_says_what_it_is(self) -> None:
        assert self.process.__doc__
        assert self.process.apply.__doc__
        assert issubclass(self.process.Parameters, ProcessParameters)
        for key, field in self.process.Parameters.model_fields.items():
            extra = field.json_schema_extra
            assert field.description, key
            assert isinstance(extra, dict), key
            assert extra["unit"], key
            assert extra["source"], key

    def test_it_draws_only_from_the_streams_it_names(self) -> None:
        community = self.before()
        community.luck = heard = HeardLuck(community.luck)
        act(community, self.name)
        arrived = touched(state(self.before()), state(community)) & {"residents"}
        for stream in heard.heard:
            own = any(stream == s or stream.startswith(f"{s}/") for s in self.process.streams)
            assert own or (arrived and stream.startswith("start/")), stream

    # --- what it does

    def test_it_changes_what_it_owns_and_nothing_else(self) -> None:
        changed = set()
        for month in (2, 4, MONTHS):
            community = self.before(month=month)
            start = state(community)
            changed |= touched(start, state(act(community, self.name)))
        assert changed <= set(self.owns)
        assert changed >= set(self.owns) - set(self.seldom)

    def test_people_who_left_are_left_alone(self) -> None:
        community = self.before()
        gone = np.flatnonzero(~community.residents.present)
        assert gone.size, "the town should have lost somebody by now"
        start = community.residents.copy()
        act(community, self.name)
        for column, values in start.arrays().items():
            if column not in self.follows:
                now = getattr(community.residents, column)[gone]
                assert _equal(values[gone], now), column

    def test_the_same_seed_gives_the_same(self) -> None:
        one, two = (state(act(self.before(), self.name)) for _ in range(2))
        assert differing(one, two) == set()

    def test_no_result_depends_on_the_order_of_storage(self) -> None:
        community = self.before()
        chance = np.random.default_rng(11)
        for _ in range(3):
            other = twin(community)
            renumber(other, chance.permutation(len(other.residents)))
            one = act_again(twin(community), self.name, 2)
            assert differing(one, act_again(other, self.name, 2)) == set()

    @pytest.mark.parametrize("extreme", [False, True])
    def test_all_stays_in_its_bounds(self, extreme: bool) -> None:
        parameters = {self.name: _at_its_ends(self.process.Parameters)} if extreme else {}
        community = CommunityModel(town(**merge(self.changes, parameters)), rng=3)
        found: list[str] = []

        def look(name: str, there: CommunityModel) -> None:
            if name == self.name:
                found.extend(f"month {there.month}: {line}" for line in out_of_bounds(there))

        community.watch = look
        community.run(8)
        assert found == []

    # --- stopping, going on, and being switched off

    @pytest.mark.parametrize("way", ["pickle", "restore"])
    def test_it_goes_on_where_it_stopped(self, way: str) -> None:
        community = act(self.before(), self.name)
        kept: Any = pickle.dumps(community) if way == "pickle" else community.snapshot()
        wanted = act_again(community, self.name, 3)
        if way == "pickle":
            again = pickle.loads(kept)
        else:
            again = community
            again.restore(kept)
        assert differing(wanted, act_again(again, self.name, 3)) == set()

    def test_it_can_be_switched_off(self) -> None:
        community = CommunityModel(
            town(month=[self.name], parameters={self.name: {"enabled": False}}), rng=3
        )
        community.luck = heard = HeardLuck(community.luck)
        start = state(community)
        seen: list[str] = []
        community.watch = lambda name, _: seen.append(name)
        community.run(MONTHS)
        assert differing(start, state(community)) == {"month"}
        assert heard.heard == set()
        assert seen == []
        assert community.levers == Levers()

    def test_the_rest_of_the_month_runs_without_it(self) -> None:
        community = CommunityModel(town(parameters={self.name: {"enabled": False}}), rng=3)
        community.luck = heard = HeardLuck(community.luck)
        seen: list[str] = []
        community.watch = lambda name, _: seen.append(name)
        community.run(MONTHS)
        assert self.name not in seen
        assert len(seen) == MONTHS * (len(community.processes) - 1)
        assert not heard.heard & set(self.process.streams)


def merge(changes: dict[str, Any], parameters: dict[str, Any]) -> dict[str, Any]:
    """Return changes of the town with some parameters on top."""
    return {**changes, "parameters": {**changes.get("parameters", {}), **parameters}}


def _at_its_ends(parameters: type[ProcessParameters]) -> dict[str, float]:
    """Return every rate and share of a process at its upper end."""
    found = {}
    for name, field in parameters.model_fields.items():
        high = next((m.le for m in field.metadata if hasattr(m, "le")), None)
        if field.annotation is float and high == 1:
            found[name] = 1.0
    try:
        parameters(**found)
    except ValueError:
        # Chances that exclude each other: give each an even part.
        return {**found, "exit": 0.3, "burnout_exit": 0.3, "rejection": 0.4}
    return found
