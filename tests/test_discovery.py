"""Discovery: a box that is there is found and told, and noise is not."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from experiments.answers.discovery import Discovery, discover
from experiments.answers.discovery_cases import cases_of, share_of
from experiments.answers.sensitivity_points import Factor
from experiments.statistics import wilson
from simulation.cli.main import main
from simulation.errors import InputError

FACTORS = (
    Factor("push", "the push", unit="months"),
    Factor("seats", "residents' seats"),
    Factor("kind", "the network", ("rings", "blocks", "random")),
    Factor("idle", "an idle thing"),
)


def runs(
    points: int = 400, replicates: int = 2, seed: int = 1, noise: bool = False
) -> pd.DataFrame:
    """Return runs that are sustained in a known box: long push, many seats, no blocks."""
    random = np.random.default_rng(seed)
    x = pd.DataFrame(
        {
            "push": random.choice([12, 24, 36, 60], points),
            "seats": random.random(points),
            "kind": random.choice(["rings", "blocks", "random"], points),
            "idle": random.random(points),
        }
    )
    x.insert(0, "point", range(points))
    x = x.loc[x.index.repeat(replicates)].reset_index(drop=True)
    x.insert(1, "replicate", x.groupby("point").cumcount())
    inside = (x["push"] >= 36) & (x["seats"] > 0.5) & (x["kind"] != "blocks")
    chance = np.full(len(x), 0.3) if noise else np.where(inside, 0.9, 0.08)
    yes = random.random(len(x)) < chance
    return x.assign(sustained_48=yes.astype(float), gain_48=np.where(yes, 0.05, 0.0))


@pytest.fixture(scope="module")
def found() -> Discovery:
    return discover(runs(), factors=FACTORS, resamples=2)


def test_a_known_box_is_found_and_told_in_words(found: Discovery) -> None:
    (box,) = [one.box for one in found.found if one.box.method == "prim"]
    limits = {limit.name: limit for limit in box.limits}
    assert set(limits) == {"push", "seats", "kind"}
    assert (limits["push"].low, limits["push"].high) == (36.0, None)
    assert limits["seats"].low == pytest.approx(0.5, abs=0.06)
    assert limits["kind"].choices == ("random", "rings")
    assert all(limit.quasi_p is not None and limit.quasi_p < 0.05 for limit in box.limits)
    assert all(limit.returns is not None and limit.returns >= 0.5 for limit in box.limits)
    sentence = next(s for s in found.sentences() if s.startswith("PRIM"))
    assert "the push is at least 36 months" in sentence
    assert "the network is random or rings" in sentence
    assert "sustained at 48 months" in sentence


def test_density_and_coverage_are_those_of_runs_held_out(found: Discovery) -> None:
    cases = found.cases
    held = ~cases.trained
    assert not set(cases.point[held]) & set(cases.point[cases.trained])
    for one in found.tried:
        inside = one.box.holds(cases.x)
        assert one.held[0].share == pytest.approx(cases.y[inside & held].mean())
        yes = held & (cases.y == 1.0)
        assert one.held[1].share == pytest.approx(inside[yes].mean())
    (prim,) = [one for one in found.found if one.box.method == "prim"]
    assert prim.held[0].low <= 0.9 <= prim.held[0].high


def test_a_tree_finds_the_box_too_and_its_limits_hold_its_runs(found: Discovery) -> None:
    best = next(one for one in found.found if one.box.method == "cart")
    assert {"push", "seats", "kind"} <= {limit.name for limit in best.box.limits}
    inside = found.cases.x[best.box.holds(found.cases.x)]
    assert inside["push"].min() >= 36.0
    assert "blocks" not in set(inside["kind"])
    again = discover(runs(), factors=FACTORS, method="cart")
    pd.testing.assert_frame_equal(
        again.answer().tables["quality"],
        discover(runs(), factors=FACTORS, method="cart").answer().tables["quality"],
    )


def test_in_noise_there_is_nothing_to_report() -> None:
    quiet = discover(runs(300, seed=0, noise=True), resamples=0)
    assert quiet.found == ()
    assert quiet.sentences()[0].startswith("There is nothing to report")
    alarms = sum(
        bool(discover(runs(200, seed=n, noise=True), method="cart", seed=n).found)
        for n in range(12)
    )
    assert alarms <= 2  # a box may pass by chance in one table of forty


def test_too_few_cases_are_said() -> None:
    table = runs(100).assign(sustained_48=0.0)
    table.loc[:5, "sustained_48"] = 1.0
    few = discover(table)
    assert "There is nothing to find" in few.sentences()[0]
    assert "20 are needed" in few.sentences()[0]
    assert few.answer().tables["boxes"].empty


def test_a_condition_stands_for_an_outcome() -> None:
    one = cases_of(runs(), where="gain_48 >= .02")
    assert one.y.tolist() == cases_of(runs()).y.tolist()
    assert one.sought == "with equity gain 48 months after push at least 0.02"
    with pytest.raises(InputError, match="cannot be read"):
        cases_of(runs(), where="gain_48 around 3")
    with pytest.raises(InputError, match="no such outcome"):
        cases_of(runs(), where="gain_84 > 1")
    with pytest.raises(InputError, match="yes-or-no"):
        cases_of(runs(), "gain_48")


def test_runs_and_factors_that_cannot_be_used_are_named() -> None:
    table = runs(60)
    table.loc[:3, "sustained_48"] = np.nan
    table.loc[table["point"] > 30, "idle"] = np.nan
    cases = cases_of(table, factors=FACTORS)
    assert len(cases.y) == len(table) - 4
    assert [f.name for f in cases.factors] == ["push", "seats", "kind"]
    assert any("4 of 120" in note for note in cases.notes)
    assert any("an idle thing" in note for note in cases.notes)


def test_replicates_of_a_point_are_not_taken_for_as_many_points() -> None:
    y = np.repeat([1.0, 0.0] * 20, 5)
    point = np.repeat(np.arange(40), 5)
    alike, single = share_of(y, point), share_of(y[::5], point[::5])
    assert alike.share == single.share == 0.5
    assert single == wilson(20, 40)
    assert alike.high - alike.low == pytest.approx(single.high - single.low, rel=0.05)
    every = share_of(np.ones(200), point)
    assert (every.low, every.high) == (wilson(40, 40).low, wilson(40, 40).high)


def test_a_share_at_few_alike_points_is_held_by_its_interval() -> None:
    random, tries = np.random.default_rng(1), 300
    for points, shape in ((3, (0.5, 0.5)), (5, (0.5, 0.5)), (5, (2.0, 2.0)), (8, (4.0, 1.0))):
        truth, held = shape[0] / sum(shape), 0
        where = np.repeat(np.arange(points), 10)
        for _ in range(tries):
            chance = random.beta(*shape, size=points)
            found = share_of((random.random(len(where)) < chance[where]).astype(float), where)
            held += found.low <= truth <= found.high
        assert held / tries > 0.92, (points, shape)


def test_a_box_that_holds_too_few_points_held_out_is_not_judged() -> None:
    table = runs(18, 20, seed=2)
    inside = table["point"] < 4
    table["seats"] = np.where(inside, 0.9, 0.1) + table["idle"] / 100.0
    table["sustained_48"] = inside.astype(float)
    cases = (discover(table, method="cart", factors=FACTORS[1:2], seed=n) for n in range(6))
    found = next(d for d in cases if any(0 < one.points < 3 for one in d.tried))
    assert found.found == ()
    said = " ".join(found.sentences())
    assert "of the points held out, and 3 are needed" in said
    assert "holds enough of the points that were held out" in said


def test_the_command_reads_a_table_and_keeps_an_answer(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file, out = tmp_path / "runs.csv", tmp_path / "out"
    runs(200).to_csv(file, index=False)
    words = ["discover", str(file), "--method", "cart", "--where", "gain_48 >= .02", "--quiet"]
    assert main([*words, "--out", str(out)]) == 0
    shown = capsys.readouterr()
    assert "CART: where" in " ".join(shown.out.split())
    assert "UserWarning" not in shown.err
    assert pd.read_csv(out / "quality.csv")["part"].tolist()[:2] == ["trained", "held out"]
    assert main([*words, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["kind"] == "discovery"
    assert main(["discover", str(file), "--outcome", "sustained_84"]) == 2
    assert "did you mean" in capsys.readouterr().err
