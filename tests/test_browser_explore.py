"""Explore: what the page shows is what the store holds, and a dot opens that very run."""

from __future__ import annotations

import math
import re
from pathlib import Path

import numpy as np
import pytest

from experiments.designs import Design, load_design
from experiments.designs.cell import community_cell
from experiments.judge import OUTCOMES, judged
from experiments.recorded import Recorded
from experiments.statistics import mean_interval
from experiments.store import Plan, Store
from experiments.sweeping import sweep
from experiments.sweeping.ask import jobs_of
from experiments.sweeping.job import perform
from simulation.browser.explore import telling
from simulation.browser.explore.data import (
    ALL,
    ARM,
    Held,
    axes,
    hold,
    told_outcomes,
    two_axes,
)
from simulation.browser.explore.heat import heat_map, step_of
from simulation.browser.explore.opening import course_of
from simulation.browser.explore.ranking import effects, in_depth, levels
from simulation.browser.explore.scatter import MOST_DOTS, choices, dots
from simulation.browser.explore.small import runs_of, small, thinned
from simulation.browser.explore.sweeping import SmallSweep
from simulation.browser.session.share import from_query, to_query
from simulation.browser.session.track import Track
from simulation.browser.words import catalogue
from simulation.errors import InputError
from tests import stores
from tests.small_community import small_specification

pytest.importorskip("solara")

DESIGN = {
    "title": "A small grid",
    "question": "What remains?",
    "scenario": "headline/push_alone",
    "replicates": 3,
    "seed": 5,
    "months": 54,
    "settings": {"groups.*.size": 15, "spin_up": 2},
    "factors": [
        {"name": "intensity", "key": "events.push.amount", "values": [0.25, 2.0]},
        {"name": "length", "key": "events.push.duration", "values": [6, 12], "label": "months"},
    ],
    "arms": [
        {"name": "alone"},
        {"name": "with succession", "scenario": "headline/push_with_succession"},
    ],
}


def design(**changes: object) -> Design:
    """The small grid, changed."""
    return Design.from_data({**DESIGN, **changes})


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store with all runs of the small grid."""
    path = tmp_path_factory.mktemp("explore") / "runs"
    sweep(design(), path, processes=1)
    return path


@pytest.fixture(scope="module")
def held(store: Path) -> Held:
    """The same, read."""
    return hold(store)


GAIN = OUTCOMES["gain_12"]


# ------------------------------------------------------------------------------------- reading


def test_a_store_is_read_as_it_is(held: Held) -> None:
    assert (held.runs, held.wanted, held.failed, held.points) == (24, 24, 0, 4)
    assert held.plans == ((held.study.plan.id, "A small grid"),)
    assert [axis.name for axis in axes(held.study)] == ["intensity", "length", ARM]
    names = [outcome.name for outcome in told_outcomes(held.study)]
    assert names[0] == held.study.primary.name if held.study.primary else False
    assert "gain_48" not in names  # the runs are too short to tell


def test_what_is_no_store_is_told_in_one_line(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="there is no store"):
        hold(tmp_path / "nothing")
    Store.create_or_open(tmp_path / "empty")
    with pytest.raises(InputError, match="no plan"):
        hold(tmp_path / "empty")


def test_the_map_holds_means_of_the_store(held: Held) -> None:
    table = Store.open(held.path).outcomes()
    over = two_axes(held.study, GAIN)
    assert over is not None
    assert {axis.name for axis in over if axis} == {"intensity", "length"}
    by_name = {axis.name: axis for axis in axes(held.study)}
    shown = heat_map(held.study, GAIN, by_name["intensity"], by_name["length"], "alone")
    assert (shown.columns, shown.rows) == ((0.25, 2.0), (6, 12))
    for row, column, cell in shown.known():
        own = table[(table[ARM] == "alone") & (table["intensity"] == column)]
        own = own[own["length"] == row]
        expected = mean_interval(own["gain_12"].to_numpy(dtype=float))
        assert cell.value == pytest.approx(expected.mean, abs=1e-12)
        assert (cell.low, cell.high) == pytest.approx((expected.low, expected.high), abs=1e-12)
        assert cell.runs == 3
    both = heat_map(held.study, GAIN, by_name["length"], by_name[ARM])
    assert both.rows == ("alone", "with succession")
    own = table.query("arm == 'with succession' and length == 12")["gain_12"]
    assert both.cells[1][1].value == pytest.approx(own.mean(), abs=1e-12)
    assert both.cells[1][1].runs == 6
    alone = heat_map(held.study, GAIN, by_name["length"], None)
    assert [cell.runs for cell in alone.cells[0]] == [12, 12]


def test_steps_of_colour() -> None:
    bounds = tuple(float(edge) for edge in np.linspace(0.0, 1.0, 7))
    assert [step_of(v, bounds) for v in (0.0, 0.2, 0.5, 0.99, 1.0, math.nan)] == [
        0, 1, 3, 5, 5, -1,
    ]  # fmt: skip
    assert step_of(0.3, (0.3,) * 7) == 0


def test_effects_are_paired_differences(held: Held) -> None:
    table = Store.open(held.path).outcomes()
    found = {effect.factor: effect for effect in effects(held.study, GAIN)}
    assert set(found) == {"intensity", "length", ARM}
    ends = [
        table[table["intensity"] == v].groupby("replicate")["gain_12"].mean() for v in (0.25, 2.0)
    ]
    expected = mean_interval((ends[1] - ends[0]).to_numpy(dtype=float))
    change = found["intensity"].change
    assert change.value == pytest.approx(expected.mean, abs=1e-12)
    assert (change.low, change.high) == pytest.approx((expected.low, expected.high), abs=1e-12)
    arms = table.pivot_table(index=["replicate", "point"], columns="arm", values="gain_12")
    apart = (arms["with succession"] - arms["alone"]).mean()
    assert found[ARM].change.value == pytest.approx(apart, abs=1e-12)
    assert {e.factor for e in effects(held.study, GAIN, "alone")} == {"intensity", "length"}
    sizes = [abs(e.change.value) for e in effects(held.study, GAIN)]
    assert sizes == sorted(sizes, reverse=True)
    sure = [e for e in found.values() if e.verdict in ("more", "less")]
    assert all(e.change.low > 0 or e.change.high < 0 for e in sure)
    assert len(levels(held.study, GAIN)) == 4
    depth = in_depth(held.study, GAIN, "alone")
    assert not isinstance(depth, str)
    assert depth.kind == "factorial"


def test_an_unfinished_sweep_compares_only_what_is_whole(tmp_path: Path) -> None:
    chosen = design(arms=[], months=20)
    cells = chosen.cells()
    opened = Store.create_or_open(tmp_path)
    jobs = list(jobs_of(cells, range(3), chosen.seed))
    with opened.writer() as writer:
        writer.add_plan(Plan.of(chosen))
        for job in jobs[:-2]:
            writer.add(perform(job))
    found = hold(tmp_path)
    assert found.runs < found.wanted
    assert found.even is not None
    assert set(found.even.table["replicate"]) == {0, 1}
    assert set(found.study.table["replicate"]) == {0, 1, 2}


# ---------------------------------------------------------------------------------------- dots


def test_every_run_has_a_dot(held: Held) -> None:
    names = [name for name, _ in choices(held.study, told_outcomes(held.study))]
    assert {"factor:intensity", "outcome:gain_12", "outcome:tipped"} <= set(names)
    shown = dots(held.study, "factor:intensity", "outcome:gain_12")
    assert len(shown.table) == len(shown.arms) == 24 <= MOST_DOTS
    assert set(shown.table["run"]) == set(held.study.done["run"])
    for places in (shown.across.places, shown.up.places):
        assert ((places >= 0) & (places <= 1)).all()
    assert (np.diff(shown.across.places) >= 0).all()
    strong = shown.table["intensity"].to_numpy() == 2.0
    assert (shown.across.places[strong] > 0.5).all()
    assert (shown.across.places[~strong] < 0.5).all()
    values = shown.table["gain_12"].to_numpy(dtype=float)
    order = np.argsort(values)
    assert (np.diff(shown.up.places[order]) >= 0).all()
    assert shown.up.words[0] == telling.value(GAIN, float(values[0]))
    one = dots(held.study, "outcome:tipped", "outcome:gain_12", "alone")
    assert set(one.arms) == {0}
    assert [text for _, text in one.across.ticks] == ["no", "yes"]


# -------------------------------------------------------------------------------------- opening


def same_run(held: Held, row: int, *, linked: bool = True) -> None:
    """Run the course of a stored run as Play does, and lay it beside what is kept, bit for bit."""
    table = held.study.table.iloc[row]
    course = course_of(held.study, int(table["point"]), table[ARM], int(table["replicate"]))
    assert course.base.shipped == linked
    if linked:
        course, _ = from_query(to_query(course))
    kept = Store.open(held.path).rows([table["run"], table["pair"]])
    own, pair = kept[table["run"]], kept[table["pair"]]
    track = Track(course.specification(), course.luck)
    while track.month < course.months:
        track.step()
    keys = [tuple(key) for key in track.recorder.keys]
    columns = [keys.index(tuple(key)) for key in own.keys]
    again = np.array(track.recorder.values)[:, columns]
    assert np.array_equal(again, own.values, equal_nan=True)
    recorded = Recorded(own.recorded, own.keys, again[None], ("",))
    cell = next(
        c for c in held.study.cells if (c.point, c.arm) == (table["point"], table[ARM])
    )  # fmt: skip
    found = judged(recorded, pair.as_recorded(course.months), cell.push, cell.limits, None)
    for name, value in found.items():
        expected = table[name]
        assert np.array_equal(math.nan if value is None else float(value), expected, equal_nan=True)


def test_a_dot_opens_that_very_run(held: Held) -> None:
    for row in (0, 10, 23):
        same_run(held, row)


def test_a_run_of_a_scenario_from_a_file_opens_too(tmp_path: Path) -> None:
    (tmp_path / "mine.toml").write_text(
        'schema = 1\ntitle = "Mine"\nextends = "headline/push_alone"\n'
        '[[groups]]\nname = "north"\nsize = 24\n'
    )
    chosen = Design.from_data({**DESIGN, "scenario": "mine.toml", "arms": [], "months": 30,
                               "replicates": 2}, folder=tmp_path)  # fmt: skip
    sweep(chosen, tmp_path / "runs", processes=1)
    same_run(hold(tmp_path / "runs"), 3, linked=False)


def test_a_run_of_a_study_cannot_be_opened(tmp_path: Path) -> None:
    stores.filled(tmp_path)
    opened = Store.open(tmp_path)
    plan = Plan.made(stores.cells(), 3, title="a study")
    with opened.writer() as writer:
        writer.add_plan(plan)
    with pytest.raises(InputError, match="made by a study"):
        course_of(hold(tmp_path).study, 0, "", 0)


# --------------------------------------------------------------------------------- small sweeps


@pytest.mark.parametrize(
    ("name", "most"),
    [("first-sweep", 60), ("strength-duration", 60), ("global-sensitivity", 120),
     ("screening", 120), ("uncertainty", 60)],
)  # fmt: skip
def test_shipped_designs_are_made_small(name: str, most: int) -> None:
    whole = load_design(name)
    made = small(whole, 1, most)
    assert runs_of(made) <= most
    assert made.replicates == 1
    assert [axis.name for axis in made.factors] == [axis.name for axis in whole.factors]
    for before, after in zip(whole.factors, made.factors, strict=True):
        if whole.method == "factorial":
            assert {before.grid()[0], before.grid()[-1]} <= set(after.grid())


def test_what_cannot_be_so_small_is_refused() -> None:
    with pytest.raises(InputError, match="so small"):
        small(load_design("one-at-a-time"), 10, 60)
    assert thinned([1, 2, 3, 4, 5], 3) == [1, 3, 5]


def test_a_small_sweep_can_be_stopped_and_keeps_what_is_done() -> None:
    begun = SmallSweep(design(replicates=40))
    try:
        while begun.state.done < 2 and not begun.state.over:
            begun.wait(0.1)
        begun.stop()
        state = begun.wait(60)
        assert (state.stage, state.total) == ("stopped", runs_of(begun.design))
        assert 2 <= state.done < state.total
        assert len(Store.open(begun.store).runs()) == state.done
    finally:
        begun.close()
    assert not begun.store.exists()


def test_a_small_sweep_goes_on_where_another_ended(store: Path) -> None:
    told: list[str] = []
    begun = SmallSweep(design(), store, lambda state: told.append(state.stage))
    state = begun.wait(60)
    begun.close()
    assert state.stage == told[-1] == "done"
    assert store.exists()
    assert begun.kept


def test_a_small_sweep_that_cannot_be_says_why(tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text("not a store")
    with pytest.raises(InputError, match="store"):
        SmallSweep(design(), tmp_path)


# ------------------------------------------------------------------------------- small groups


def test_outcomes_of_small_groups_stay_hidden(tmp_path: Path) -> None:
    people = tmp_path / "people.csv"
    lines = [f"p{n},{'few' if n < 3 else 'many' if n < 9 else 'rest'}" for n in range(20)]
    people.write_text("\n".join(["person,group", *lines]) + "\n")
    groups = [{"name": "few", "size": 3}, {"name": "many", "size": 6}, {"name": "rest", "size": 11}]
    cell = community_cell(
        small_specification(groups=groups, events=[], people={"path": str(people)}),
        factors={"real": True},
    )
    opened = Store.create_or_open(tmp_path / "runs")
    with opened.writer() as writer:
        writer.add_plan(Plan.made([cell], 1, title="real"))
        for job in list(writer.lacking(jobs_of([cell], range(1), 1))):
            writer.add(perform(job))
    found = hold(tmp_path / "runs")
    assert "gap_people" not in [o.name for o in told_outcomes(found.study)]
    assert "gap_people" in found.study.hidden
    assert "group 'few' has 3 people" in found.study.left[0]


# ---------------------------------------------------------------------------------------- words


def test_numbers_in_words() -> None:
    share, gain = OUTCOMES["sustained_48"], OUTCOMES["gain_48"]
    assert telling.with_interval(share, 0.42, 0.31, 0.54) == "42 % (95 % interval 31 to 54 %)"
    assert telling.value(share, 0.08, change=True) == "+8 points"
    assert telling.with_interval(gain, 0.03, math.nan, math.nan) == (
        "0.030 (too few runs for an interval)"
    )
    assert telling.value(gain, math.nan) == "no run can tell"
    assert telling.level(True) == "yes"


def test_every_word_of_the_page_is_in_the_catalogue() -> None:
    folder = Path(telling.__file__).parent
    known = catalogue()
    used = {
        key
        for file in folder.glob("*.py")
        for key in re.findall(r'"(explore\.[a-z_]+)"', file.read_text(encoding="utf-8"))
    }
    assert len(used) > 50
    assert used <= set(known)
    chosen = ("more", "less", "same", "unclear", "few", "starting", "stopping", "seconds",
              "minutes", "hours", "rising", "falling", "flat", "kind_share", "kind_mean",
              "left_seconds", "left_minutes", "cell_none", "cell_none_one", "cell_one",
              "what", "from_to", "change", "picture", "so", "level", "value",
              "interval")  # fmt: skip
    assert {f"explore.{name}" for name in chosen} <= set(known)
    assert ALL == ""
