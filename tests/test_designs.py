"""Designs: from a file or Python to cells, whole, the same every time, and able to grow."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import scenarios
from experiments.compare import spent
from experiments.designs import Arm, Design, Factor, Level, load_design, shipped_designs
from experiments.designs.laying import changes_for, key_of, laid
from experiments.judge import push_of
from experiments.sweeping.subject import Community
from simulation.errors import InputError
from simulation.specification import Specification
from tests.design_files import EVERY, GRID, LISTED, POINTS, SAMPLES, made

PUSH = "headline/push_with_succession"


def scenario_of(subject: Any) -> Specification:
    assert isinstance(subject, Community)
    return subject.specification


def ids(design: Design) -> list[tuple[str, str]]:
    return [(c.subject.id, "" if c.without is None else c.without.id) for c in design.cells()]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "points.csv").write_text(POINTS, encoding="utf-8")
    return tmp_path


# --- points and cells -----------------------------------------------------------------------------


def test_a_grid_with_arms_levels_and_a_condition() -> None:
    design = made(GRID)
    points = design.points
    assert list(points.columns) == ["length", "sight", "activation.rate"]
    assert len(points) == 2 * (1 + 2)  # a factor that rests has one value: the scenario's own
    resting = points[points["sight"] == "short"]["activation.rate"]
    assert set(resting) == {scenarios.load("headline/push_alone").parameters.activation.rate}
    assert sorted(set(points[points["sight"] == "far"]["activation.rate"])) == [0.1, 0.4]
    cells = design.cells()
    assert [c.point for c in cells] == [n // 2 for n in range(12)]
    assert [c.arm for c in cells[:2]] == ["alone", "with succession"]
    for cell in cells:
        run = scenario_of(cell.subject)
        assert run.months == 24
        assert run.size == 40
        assert {i.present_bias for i in run.institutions} == (
            {0.5} if cell.factors["sight"] == "short" else {0.8}
        )
        assert cell.push == push_of(run)
        assert cell.limits == run.measures
        assert cell.push.end - cell.push.start == cell.factors["length"]  # type: ignore[union-attr]
        assert dict(cell.factors) == points.iloc[cell.point].to_dict()
        succession = cell.arm == "with succession"
        assert len(run.events) == (6 if succession else 1)
        assert run.parameters.leadership.vacancy_months == (2 if succession else 6)
        assert cell.without is not None
        assert cell.without.id != cell.subject.id
        assert scenario_of(cell.without) == run.without_interventions()
        assert "trust_within" in cell.subject.kept.split("|")


def test_points_that_are_the_same_run_share_it() -> None:
    data = tomllib.loads(GRID) | {"method": "latin_hypercube", "points": 12}
    design = Design.from_data(data)
    cells = [c for c in design.cells() if c.arm == "alone"]
    short = [c for c in cells if c.factors["sight"] == "short"]
    assert len(cells) == 12
    assert len(short) == 6
    assert len({c.subject.id for c in short}) == 2  # two lengths; the rate rests
    assert len({id(c.subject) for c in short}) == 2
    assert len({c.without.id for c in short if c.without}) == 1  # no length without the push


def test_one_at_a_time_begins_at_the_base() -> None:
    design = Design(
        scenario=PUSH,
        method="one_at_a_time",
        factors=[
            Factor(key="activation.rate", low=0.1, high=0.3),
            Factor(name="sight", levels=(Level(name="near", settings={"sense.lag": 1}),)),
            Factor(key="activation.response", values=("step", "logistic")),
        ],
    )
    base = scenarios.load(PUSH)
    rate = base.parameters.activation.rate
    rows = [list(cell.factors.values()) for cell in design.cells()]
    assert rows[0] == [rate, None, "logistic"]
    assert rows[1:] == [
        [0.1, None, "logistic"],
        [0.3, None, "logistic"],
        [rate, "near", "logistic"],
        [rate, None, "step"],
    ]
    assert scenario_of(design.cells()[0].subject).data() == base.data()


def test_scenarios_as_a_factor_and_given_whole() -> None:
    names = ["headline/push_alone", "headline/push_with_succession"]
    design = Design(scenario=names[0], factors=[{"key": "scenario", "values": names}])
    assert design.points["scenario"].tolist() == names
    assert [len(scenario_of(c.subject).events) for c in design.cells()] == [1, 6]
    whole = Design(
        scenario=scenarios.load(names[0]),
        arms=[Arm(name="one"), {"name": "two", "scenario": scenarios.load(names[1])}],
    )
    assert {c.subject.id for c in whole.cells()} == {c.subject.id for c in design.cells()}


@pytest.mark.parametrize("text", EVERY, ids=lambda text: tomllib.loads(text).get("method"))
def test_data_are_the_whole_design(text: str, folder: Path) -> None:
    design = made(text, folder)
    stored = json.loads(json.dumps(design.data()))
    (folder / "points.csv").unlink()
    again = Design.from_data(stored)
    assert again.data() == design.data()
    assert again.points.equals(design.points)
    assert ids(again) == ids(design)
    assert again.replicates == design.replicates
    assert again.seed == design.seed


# --- laying changes -------------------------------------------------------------------------------

CHANGES: dict[str, st.SearchStrategy[Any]] = {
    "activation.rate": st.floats(0, 1),
    "activation.response": st.sampled_from(["step", "linear"]),
    "start.threshold": st.integers(-3, 3),
    "groups.*.size": st.integers(1, 50),
    "groups.north.conditions.health": st.floats(0, 1),
    "institutions.*.present_bias": st.floats(0, 1),
    'institutions."community organisation".resident_seats': st.integers(0, 5),
    "events.push.amount": st.floats(0, 9),
    "events.push.uses.cash": st.floats(0, 0.5),
    'events."succession: vacancy time".value': st.integers(-2, 12),
    "ties.degree": st.sampled_from([4, 6, 7.5, "x"]),
    "ties.kind": st.sampled_from(["random", "complete", "file"]),
    "measures.least_gain": st.floats(0, 2),
    "months": st.integers(-1, 200),
    "title": st.just("Another"),
    "activation.exponent": st.none(),
    "activation.nothing": st.just(1),
    "month": st.just(["dialogue"]),
}


@settings(max_examples=60, deadline=None)
@given(st.fixed_dictionaries({}, optional=CHANGES))
def test_laying_is_what_settings_do(changes: dict[str, Any]) -> None:
    base = scenarios.load(PUSH)
    words = changes_for(changes, base)

    def outcome(lay: Any) -> Any:
        try:
            return lay().data()
        except InputError as error:
            return str(error)

    slow = outcome(lambda: scenarios.with_settings(base, {key_of(w): v for w, v in words.items()}))
    assert outcome(lambda: laid(base, words)) == slow


# --- growing --------------------------------------------------------------------------------------


@pytest.mark.parametrize("method", SAMPLES)
def test_a_larger_sample_keeps_the_first_points(method: str) -> None:
    design = made(SAMPLES[method])
    larger = design.extended(11)
    assert len(larger.points) > len(design.points)
    assert larger.points.head(len(design.points)).equals(design.points)
    assert ids(larger)[: len(design.points)] == ids(design)
    assert larger.extended(13).points.head(len(larger.points)).equals(larger.points)
    assert design.extended(len(design.points) if method in ("sobol", "latin_hypercube") else 3)
    with pytest.raises(InputError, match="a design grows only"):
        larger.extended(2)


def test_a_table_takes_more_rows(folder: Path) -> None:
    design = made(LISTED, folder)
    more = design.extended(pd.DataFrame({"activation.rate": [0.3], "intensity": [2]}))
    assert more.points["intensity"].tolist() == [0.5, 1, 2]
    assert more.points.head(2).equals(design.points)
    with pytest.raises(InputError, match="has no more points"):
        made(GRID).extended(100)


def test_more_replicates_and_months_are_the_same_runs() -> None:
    design = made(GRID)
    more = design.with_(replicates=5, months=30)
    assert more.replicates == 5
    assert ids(more) == ids(design)
    assert {c.subject.months for c in more.cells()} == {30}
    assert {c.subject.months for c in design.cells()} == {24}
    other = design.with_(settings={"groups.*.size": 10}, seed=9)
    assert other.seed == 9
    assert not {i for i, _ in ids(other)} & {i for i, _ in ids(design)}


# --- tables ---------------------------------------------------------------------------------------


def test_a_table_from_a_file_a_frame_and_an_array(folder: Path) -> None:
    design = made(LISTED, folder)
    rows = np.array([[0.5, 0.1], [1.0, 0.2]])
    factors = [
        {"name": "intensity", "key": "events.push.amount"},
        {"key": "activation.rate"},
    ]
    keys = {"scenario": "headline/push_alone", "method": "table", "factors": factors}
    frame = pd.DataFrame(rows, columns=["intensity", "activation.rate"])
    assert ids(Design(table=frame, **keys)) == ids(design)
    assert ids(Design(table=rows, **keys)) == ids(design)
    assert design.points["intensity"].tolist() == [0.5, 1]


def test_whole_numbers_of_a_frame_stay_whole() -> None:
    frame = pd.DataFrame({"events.push.duration": [3.0, 6.0]})
    design = Design(scenario="headline/push_alone", method="table", table=frame)
    assert [c.push.end - c.push.start for c in design.cells() if c.push] == [3, 6]


# --- shipped --------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", shipped_designs())
def test_shipped_designs_resolve_and_pay_arms_alike(name: str) -> None:
    design = load_design(name)
    assert design.question
    assert design.answers
    assert "on two cores" in " ".join(design.about.split())
    fewer = {"saltelli": {"points": 4}, "latin_hypercube": {"points": 30}}
    cells = Design.from_data(design.data() | fewer.get(design.method, {})).cells()
    arms = max(len(design.arms), 1)
    for n in range(0, len(cells), arms):
        here = cells[n : n + arms]
        assert len({cell.point for cell in here}) == 1
        money = [spent(scenario_of(cell.subject)) for cell in here]
        assert max(money) - min(money) < 1e-9
        for cell in here:
            assert cell.push is not None
            assert cell.subject.months >= cell.push.end + 48 + 6


@pytest.mark.parametrize("name", ["uncertainty", "screening", "one-at-a-time"])
def test_shipped_ranges_are_those_that_calibration_looked_at(name: str) -> None:
    from experiments.calibration.design import UNCERTAIN

    ranges = {item.name: item for item in UNCERTAIN}
    shared = [axis for axis in load_design(name).factors if axis.key in ranges]
    assert len(shared) >= 12
    for axis in shared:
        item = ranges[axis.key]
        if item.choices:
            assert axis.values == item.choices
        else:
            assert (axis.low, axis.high, axis.scale) == (item.low, item.high, item.scale)
