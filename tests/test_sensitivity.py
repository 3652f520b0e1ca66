"""Sensitivity: analytic functions, known noise, failed runs, and the command."""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from SALib.analyze import morris as salib_morris
from SALib.analyze import sobol as salib_sobol
from SALib.sample import morris as morris_sample
from SALib.sample import sobol as sobol_sample
from SALib.test_functions import Ishigami, Sobol_G

from experiments.answers.sensitivity import Sensitivity, sensitivity
from experiments.answers.sensitivity_layout import base_of, saltelli_step
from experiments.answers.sensitivity_points import Factor, described, points_of
from experiments.designs.design import Design
from experiments.sweeping.ask import ask
from simulation.cli.main import main
from simulation.errors import InputError

Floats = np.ndarray[Any, np.dtype[np.float64]]
PI = float(np.pi)
ISHIGAMI = {"num_vars": 3, "names": ["x1", "x2", "x3"], "bounds": [[-PI, PI]] * 3}
S1_ISHIGAMI, ST_ISHIGAMI = (0.3139, 0.4424, 0.0), (0.5576, 0.4424, 0.2437)
UNIT = {"num_vars": 4, "names": ["a", "b", "c", "d"], "bounds": [[0.0, 1.0]] * 4}


def table(x: Any, y: Floats, names: list[str]) -> pd.DataFrame:
    """Return a table of outcomes of points x and of y with a column a replicate."""
    points, replicates = y.shape
    made = pd.DataFrame(np.repeat(np.asarray(x), replicates, axis=0), columns=names)
    made.insert(0, "point", np.repeat(np.arange(points), replicates))
    made.insert(1, "arm", "")
    made.insert(2, "replicate", np.tile(np.arange(replicates), points))
    made.insert(3, "run", [f"{n:032x}" for n in range(len(made))])
    made.insert(4, "pair", "")
    made.insert(5, "status", "done")
    made.insert(6, "error", "")
    return made.assign(y=y.ravel())


def noisy(y: Floats, sd: float, replicates: int, seed: int = 1) -> Floats:
    """Return y in every replicate, with noise that no point shares with another."""
    noise = np.random.default_rng(seed).normal(size=(len(y), replicates))
    return y[:, None] + sd * noise


def fail(made: pd.DataFrame, rows: pd.Series[bool]) -> pd.DataFrame:
    """Return the table with some runs failed."""
    made = made.copy()
    made.loc[rows, "y"] = np.nan
    made.loc[rows, ["status", "error"]] = ["failed", "month 3: not a number"]
    return made


def index(found: Sensitivity, name: str, column: str = "value") -> pd.Series[float]:
    """Return one index of every factor."""
    own = found.indices[found.indices["index"] == name]
    return own.set_index("factor")[column]


def holds(found: Sensitivity, name: str, known: dict[str, float], slack: float = 0.0) -> None:
    """Check that known indices lie in their intervals."""
    for factor, value in known.items():
        assert index(found, name, "low")[factor] - slack <= value
        assert value <= index(found, name, "high")[factor] + slack


def linear(x: Any) -> Floats:
    """Return a function whose elementary effects are 3, -1 and 0, and 2 to 4 for c."""
    values: Floats = 3.0 * x[:, 0] - x[:, 1] + 2.0 * x[:, 2] * (1.0 + x[:, 0])
    return values


# --- Sobol' ---------------------------------------------------------------------------------------


def test_ishigami_without_noise_is_what_salib_says_and_known_indices_lie_in_the_intervals() -> None:
    x = sobol_sample.sample(ISHIGAMI, 512, calc_second_order=True, seed=1)
    y = Ishigami.evaluate(x)
    found = sensitivity(table(x, y[:, None], ISHIGAMI["names"]), "y", second=True)
    assert found.kind == "saltelli"
    theirs = salib_sobol.analyze(ISHIGAMI, y, num_resamples=2, seed=1)
    for name, known in (("S1", S1_ISHIGAMI), ("ST", ST_ISHIGAMI)):
        assert index(found, name).to_numpy() == pytest.approx(theirs[name], abs=2e-3)
        holds(found, name, dict(zip(ISHIGAMI["names"], known, strict=True)))
    pairs = found.extra["second_order"].set_index(["factor", "other"])
    assert pairs["value"]["x1", "x3"] == pytest.approx(theirs["S2"][0, 2], abs=5e-3)
    assert pairs["low"]["x1", "x3"] <= 0.2437 <= pairs["high"]["x1", "x3"]
    assert pairs["low"]["x1", "x2"] <= 0.0 <= pairs["high"]["x1", "x2"]
    assert found.luck is None
    assert any("one replicate" in note for note in found.notes)


def test_noise_of_a_known_variance_is_told_apart_from_the_factors() -> None:
    x = sobol_sample.sample(ISHIGAMI, 512, calc_second_order=False, seed=2)
    y = noisy(Ishigami.evaluate(x), 3.0, 4)
    found = sensitivity(table(x, y, ISHIGAMI["names"]), "y")
    assert found.luck is not None
    assert found.luck.share == pytest.approx(9.0 / (9.0 + 13.845), abs=0.02)
    assert found.luck.low <= 0.394 <= found.luck.high
    holds(found, "S1", dict(zip(ISHIGAMI["names"], S1_ISHIGAMI, strict=True)))
    holds(found, "ST", dict(zip(ISHIGAMI["names"], ST_ISHIGAMI, strict=True)))
    raw = salib_sobol.analyze(ISHIGAMI, y.mean(axis=1), calc_second_order=False, num_resamples=2)
    assert raw["ST"][2] > index(found, "ST")["x3"] + 0.05  # left in, noise passes for interaction
    floors = found.floors.set_index(["index", "factor"])["told"]
    assert floors["ST", "x3"] is True
    assert floors["S1", "x3"] is False


def test_g_function_and_a_dummy_that_luck_alone_moves() -> None:
    a = np.array([0.0, 1.0, 9.0, 99.0])
    problem = {"num_vars": 5, "names": [*"abcde"], "bounds": [[0.0, 1.0]] * 5}
    x = sobol_sample.sample(problem, 512, calc_second_order=False, seed=3)
    clean = Sobol_G.evaluate(x[:, :4], a)
    found = sensitivity(table(x, noisy(clean, 0.5, 3), [*"abcde"]), "y")
    part = 1.0 / (3.0 * (1.0 + a) ** 2)
    whole = float(np.prod(1.0 + part) - 1.0)
    total = [p * np.prod(np.delete(1.0 + part, k)) / whole for k, p in enumerate(part)]
    holds(found, "S1", dict(zip("abcd", part / whole, strict=True)), 0.01)
    holds(found, "ST", dict(zip("abcd", total, strict=True)), 0.01)
    told = found.floors.set_index(["index", "factor"])["told"]
    assert told["ST", "a"] is True
    assert told["ST", "e"] is False
    assert "Indistinguishable from none" in " ".join(found.sentences())


def test_luck_that_all_points_share_is_no_noise_and_an_idle_factor_is_exactly_none() -> None:
    x = sobol_sample.sample(UNIT, 128, calc_second_order=False, seed=1)
    shared = np.random.default_rng(1).normal(size=(1, 3))
    found = sensitivity(table(x, linear(x)[:, None] + 5.0 * shared, UNIT["names"]), "y")
    alone = sensitivity(table(x, linear(x)[:, None], UNIT["names"]), "y")
    assert index(found, "ST").to_numpy() == pytest.approx(index(alone, "ST").to_numpy())
    assert index(found, "ST")["d"] == 0.0
    assert found.floors.set_index(["index", "factor"])["told"]["ST", "d"] is False
    assert found.luck is not None
    assert found.luck.within == pytest.approx(25.0 * shared.var(ddof=1))


def test_a_block_with_a_failed_point_is_dropped_whole_and_the_rest_is_unharmed() -> None:
    x = sobol_sample.sample(ISHIGAMI, 256, calc_second_order=False, seed=1)
    whole = table(x, Ishigami.evaluate(x)[:, None], ISHIGAMI["names"])
    torn = fail(whole, whole["point"].isin([1, 3, 57, 58, 204]))
    found = sensitivity(torn, "y")
    gone = sorted({p // 5 for p in (1, 3, 57, 58, 204)})
    kept = whole[~(whole["point"] // 5).isin(gone)]
    numbers = {old: new for new, old in enumerate(kept["point"].unique())}
    alone = sensitivity(kept.assign(point=kept["point"].map(numbers)), "y")
    pd.testing.assert_frame_equal(found.indices, alone.indices)
    assert found.points.failed == 5
    assert f"{len(gone)} of 256 blocks were dropped whole: runs are lacking." in found.notes
    assert any("5 runs failed; most often: month 3" in note for note in found.notes)
    with pytest.raises(InputError, match="too few whole blocks"):
        sensitivity(fail(whole, whole["point"] % 5 == 2), "y")


def test_where_everything_is_luck_no_index_is_given() -> None:
    x = sobol_sample.sample(UNIT, 32, calc_second_order=False, seed=1)
    found = sensitivity(table(x, noisy(np.zeros(len(x)), 1.0, 3), UNIT["names"]), "y")
    assert found.indices["value"].isna().all()
    assert "can be told from luck" in found.sentences()[0]
    with pytest.raises(InputError, match="same at every point"):
        sensitivity(table(x, np.ones((len(x), 2)), UNIT["names"]), "y")


def test_ten_thousand_points_are_quick() -> None:
    from time import process_time

    problem = {"num_vars": 8, "names": [*"abcdefgh"], "bounds": [[0.0, 1.0]] * 8}
    x = sobol_sample.sample(problem, 1024, calc_second_order=False, seed=1)
    made = table(x, linear(x)[:, None] + 0.1 * x[:, 4:5], [*"abcdefgh"])
    started = process_time()
    sensitivity(made, "y")
    assert len(x) > 10_000
    assert process_time() - started < 30.0


# --- Morris ---------------------------------------------------------------------------------------


def walks(trajectories: int = 20) -> Floats:
    made: Floats = morris_sample.sample(UNIT, trajectories, num_levels=4, seed=1)
    return made


def test_a_straight_function_has_the_effects_it_is_made_of() -> None:
    x = walks()
    found = sensitivity(table(x, linear(x)[:, None], UNIT["names"]), "y")
    assert found.kind == "morris"
    star, sigma = index(found, "mu_star"), index(found, "sigma")
    assert star["b"] == pytest.approx(1.0)
    assert sigma["b"] == pytest.approx(0.0, abs=1e-9)
    assert 2.0 <= star["c"] <= 4.0
    assert sigma["c"] > 0.1
    assert star["d"] == 0.0
    theirs = salib_morris.analyze(UNIT, x, linear(x), num_levels=4)
    assert star.to_numpy() == pytest.approx(np.asarray(theirs["mu_star"]))
    assert sigma.to_numpy() == pytest.approx(np.asarray(theirs["sigma"]))


def test_a_choice_and_a_number_of_equal_effect_have_equal_mu_star() -> None:
    place = walks(30)
    frame = pd.DataFrame(
        {
            "number": place[:, 0],
            "choice": np.where(place[:, 1] < 0.5, "no", "yes"),
            "listed": np.minimum(np.floor(place[:, 2] * 3), 2) * 5.0,
            "whole": np.minimum(np.floor(place[:, 3] * 2), 1),
        }
    )
    parts = frame["number"], frame["choice"] == "yes", frame["listed"] / 10.0, frame["whole"]
    y = sum(part.to_numpy(float) for part in parts)
    made = table(frame.to_numpy(), np.asarray(y)[:, None], list(frame)).astype(
        dict.fromkeys(["number", "listed", "whole"], float)
    )
    found = sensitivity(made, "y", kind="morris")
    assert index(found, "mu_star").to_numpy() == pytest.approx([1.0] * 4)
    assert index(found, "sigma").to_numpy() == pytest.approx([0.0] * 4, abs=1e-9)


def test_steps_of_a_design_are_shares_of_its_own_ranges() -> None:
    import tomllib

    factors = """
    [[factors]]
    key = "activation.reinforcement"
    values = [2.0, 3.0, 4.0, 5.0]
    [[factors]]
    key = "events.grant.duration"
    low = 6
    high = 12
    [[factors]]
    key = "activation.temperature"
    low = 0.2
    high = 0.8
    """
    head = DESIGN.split("[[factors]]")[0].replace("trajectories = 4", "trajectories = 12")
    design = Design(**tomllib.loads(head.replace('"baseline"', '"demo"') + factors))
    names = [axis.name for axis in design.factors]
    x = pd.DataFrame([cell.factors for cell in design.cells()])[names].to_numpy(float)
    y = x[:, 0] / 3.0 + x[:, 1] / 6.0 + x[:, 2] / 0.6
    found = sensitivity(table(x, y[:, None], names), "y", design=design)
    assert index(found, "mu_star").to_numpy() == pytest.approx([1.0] * 3)


def test_few_draws_of_luck_are_said() -> None:
    x = walks()
    for replicates, said in ((4, True), (10, False)):
        found = sensitivity(table(x, noisy(linear(x), 0.5, replicates), UNIT["names"]), "y")
        assert any(f"these {replicates} draws of luck" in n for n in found.notes) is said


def test_effects_below_what_luck_gives_are_told() -> None:
    x = walks()
    found = sensitivity(table(x, noisy(linear(x), 0.5, 6), UNIT["names"]), "y")
    told = found.floors.set_index("factor")["told"]
    assert told.to_dict() == {"a": True, "b": True, "c": True, "d": False}
    assert found.sentences()[1].endswith(": d.")
    one = sensitivity(table(x, noisy(linear(x), 0.5, 1), UNIT["names"]), "y")
    assert one.floors["told"].isna().all()


def test_a_trajectory_with_a_failed_point_is_dropped_whole() -> None:
    x = walks()
    whole = table(x, noisy(linear(x), 0.2, 3), UNIT["names"])
    one = fail(whole, whole["point"] == 12)
    alone = whole[whole["point"] // 5 != 2]
    alone = alone.assign(point=alone["point"] - 5 * (alone["point"] > 14))
    found = sensitivity(one, "y")
    pd.testing.assert_frame_equal(found.indices, sensitivity(alone, "y").indices)
    assert "1 of 20 trajectories were dropped whole: runs are lacking." in found.notes
    part = sensitivity(fail(whole, (whole["point"] == 12) & (whole["replicate"] == 1)), "y")
    assert any(note.endswith("lacking: 1 of 60.") for note in part.notes)
    with pytest.raises(InputError, match="too few whole trajectories"):
        sensitivity(fail(whole, (whole["point"] % 5 == 0) & (whole["point"] > 10)), "y")


# --- one at a time, factorial, any table ----------------------------------------------------------


def test_a_tornado_has_paired_intervals_around_the_known_effects() -> None:
    base = np.full(4, 0.5)
    x = np.array([base, *(np.where(np.arange(4) == k, v, base) for k in range(4) for v in (0, 1))])
    shared = np.random.default_rng(2).normal(size=(1, 20))
    y = noisy(linear(x), 0.1, 20) + 3.0 * shared
    found = sensitivity(table(x, y, UNIT["names"]), "y")
    assert found.kind == "one_at_a_time"
    rows = found.tornado.set_index("factor")
    assert list(rows.index) == ["a", "c", "b", "d"]
    for factor, low, high in (("a", -2.0, 2.0), ("c", -1.5, 1.5), ("b", 0.5, -0.5)):
        assert rows["low_low"][factor] <= low <= rows["low_high"][factor]
        assert rows["high_low"][factor] <= high <= rows["high_high"][factor]
        assert rows["high_high"][factor] - rows["high_low"][factor] < 0.3  # pairs share their luck
    assert rows.loc["a", ["low_value", "high_value"]].tolist() == [0.0, 1.0]
    assert "Indistinguishable from none: d." in found.sentences()


def test_choices_stand_at_the_ends_by_their_effects() -> None:
    frame = pd.DataFrame({"k": ["base", "worse", "better", "base"], "z": [0.0, 0.0, 0.0, 1.0]})
    y = np.array([[0.0], [-1.0], [2.0], [0.5]]) + np.array([[0.0, 1.0, 2.0]])
    made = table(frame.to_numpy(), y, ["k", "z"]).astype({"z": float})
    rows = sensitivity(made, "y").tornado.set_index("factor")
    assert rows.loc["k", ["low_value", "high_value"]].tolist() == ["worse", "better"]
    assert rows.loc["k", ["effect_low", "effect_high"]].tolist() == [-1.0, 2.0]
    assert rows.loc["z", "effect_low"] == 0.0


def grid() -> Floats:
    return np.array(list(itertools.product([0.0, 1.0], [0.0, 0.5, 1.0], [0.0, 1.0], [0.0, 1.0])))


def test_a_factorial_is_split_into_the_parts_it_is_made_of() -> None:
    x = grid()
    y = linear(x)
    found = sensitivity(table(x, y[:, None], UNIT["names"]), "y")
    assert found.kind == "factorial"
    whole = y.var()
    for k, name in enumerate(UNIT["names"]):
        means = pd.Series(y).groupby(x[:, k]).transform("mean").to_numpy()
        rest = pd.DataFrame(np.delete(x, k, axis=1))
        without = pd.Series(y).groupby([rest[c] for c in rest]).transform("mean").to_numpy()
        assert index(found, "S1")[name] == pytest.approx(means.var() / whole)
        assert index(found, "ST")[name] == pytest.approx(1.0 - without.var() / whole)
    loud = sensitivity(table(x, noisy(y, 1.0, 12), UNIT["names"]), "y")
    for name in ("S1", "ST"):
        holds(loud, name, index(found, name).to_dict(), 0.01)
    assert loud.floors.set_index(["index", "factor"])["told"]["S1", "d"] is False
    assert len(loud.extra["levels"]) == 9


def test_a_factorial_without_a_whole_replicate_tells_main_effects_only() -> None:
    x = np.concatenate([grid() + 10.0 * n for n in range(2)])
    x = np.array(list(itertools.product(np.arange(6.0), np.arange(6.0))))
    made = table(x, noisy(x[:, 0], 0.1, 2), ["a", "b"])
    torn = fail(made, ((made["point"] == 3) & (made["replicate"] == 0)) | (
        (made["point"] == 9) & (made["replicate"] == 1)))  # fmt: skip
    found = sensitivity(torn, "y")
    assert "Main effects only" in " ".join(found.notes)
    assert index(found, "S1")["a"] > 0.9


def test_any_table_tells_first_order_indices_and_directions() -> None:
    random = np.random.default_rng(1)
    x = pd.DataFrame(random.random((600, 3)), columns=["a", "b", "idle"])
    x["kind"] = random.choice(["one", "two", "three"], 600)
    y = 2.0 * x["a"] - x["b"] + 0.8 * (x["kind"] == "two")
    made = x.assign(y=y + random.normal(scale=0.3, size=600))
    found = sensitivity(made, "y")
    assert found.kind == "table"
    parts = {"a": 4 / 12, "b": 1 / 12, "kind": 0.64 * 2 / 9, "idle": 0.0}
    whole = sum(parts.values()) + 0.09
    holds(found, "S1", {name: part / whole for name, part in parts.items()}, 0.01)
    told = found.floors.set_index("factor")["told"]
    assert told.to_dict() == {"a": True, "b": True, "idle": False, "kind": True}
    signs = found.extra["direction"].set_index("factor")
    assert signs["low"]["a"] > 0.0 > signs["high"]["b"]
    with pytest.raises(InputError, match="too few points"):
        sensitivity(made.head(20), "y")


# --- layouts and sources --------------------------------------------------------------------------


def test_layouts_are_told_from_their_points() -> None:
    second = sobol_sample.sample(UNIT, 8, calc_second_order=True, seed=1)
    assert saltelli_step(second) == 10
    assert saltelli_step(sobol_sample.sample(UNIT, 8, calc_second_order=False, seed=1)) == 6
    assert saltelli_step(walks()) is None
    assert saltelli_step(np.random.default_rng(1).random((60, 4))) is None
    assert base_of(np.array([[0.0, 1.0], [0.0, 0.0], [1.0, 0.0]])) == 1
    assert base_of(grid()) is None


def test_arms_are_named_or_set_against_each_other() -> None:
    x = walks()
    one = table(x, noisy(linear(x), 0.1, 2), UNIT["names"]).assign(arm="push")
    other = one.assign(arm="none", y=one["y"] - x[one["point"], 0])
    both = pd.concat([one, other], ignore_index=True)
    with pytest.raises(InputError, match="several arms"):
        sensitivity(both, "y")
    found = sensitivity(both, "y", arm="push", against="none")
    assert index(found, "mu_star").to_numpy() == pytest.approx([1.0, 0.0, 0.0, 0.0], abs=1e-9)
    with pytest.raises(InputError, match="no such arm"):
        sensitivity(both, "y", arm="pusch")


@pytest.mark.parametrize(
    ("change", "match"),
    [
        (lambda t: t.head(0), "no runs"),
        (lambda t: t.rename(columns={"y": "z"}), "no such outcome"),
        (lambda t: t.assign(y=np.nan), "no run can tell"),
        (lambda t: t.assign(a=1.0, b=1.0, c=1.0, d=1.0), "nothing varies"),
    ],
)
def test_tables_that_tell_nothing(
    change: Callable[[pd.DataFrame], pd.DataFrame], match: str
) -> None:
    x = walks()
    with pytest.raises(InputError, match=match):
        sensitivity(change(table(x, linear(x)[:, None], UNIT["names"])), "y")


def test_runs_that_are_lacking_are_counted() -> None:
    x = walks()
    made = table(x, noisy(linear(x), 0.1, 2), UNIT["names"])
    points = points_of(made.drop(index=[3, 4]), "y", [Factor("a", "A"), Factor("b", "B")])
    assert points.lacking == 2
    assert points.notes() == ["2 runs of the design: not done yet."]


DESIGN = """
title = "What a small town hangs on"
scenario = "baseline"
method = "morris"
trajectories = 4
replicates = 2
months = 4
settings = {"groups.*.size" = 12}

[[factors]]
key = "activation.reinforcement"
low = 2.0
high = 4.5

[[factors]]
key = "activation.response"
values = ["logistic", "linear", "step"]

[[factors]]
key = "activation.temperature"
low = 0.2
high = 0.7
when = {"activation.response" = "logistic"}
"""


def test_a_design_with_choices_and_resting_factors_is_analysed_by_its_own_layout(
    tmp_path: Path,
) -> None:
    import tomllib

    design = Design(**tomllib.loads(DESIGN))
    made = ask(design.cells(), design.replicates, seed=design.seed)
    found = sensitivity(made, "stewards", design=design)
    assert found.kind == "morris"
    assert [f.label for f in found.points.factors] == [a.label for a in design.factors]
    assert described(design.factors)[1].choices == ("logistic", "linear", "step")
    assert index(found, "mu_star").notna().all()


def test_the_command_runs_keeps_and_reads_again(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file, store, out = tmp_path / "town.toml", tmp_path / "store", tmp_path / "out"
    file.write_text(DESIGN)
    words = ["sensitivity", str(file), "--outcome", "stewards", "--store", str(store), "--quiet"]
    assert main([*words, "--out", str(out)]) == 0
    shown = " ".join(capsys.readouterr().out.split())
    assert "Morris screening of the stewards" in shown
    assert (out / "indices.csv").exists()
    assert main(["sensitivity", str(store), "--outcome", "stewards", "--json", "--quiet"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert {row["index"] for row in found["tables"]["indices"]} == {"mu_star", "sigma"}
    first = pd.read_csv(out / "indices.csv")
    values = [row["value"] for row in found["tables"]["indices"]]
    assert values == pytest.approx(first["value"].tolist())
    assert main(["sensitivity", str(file), "--outcome", "gain_48"]) == 2
    assert "nobody intervenes" in capsys.readouterr().err
    assert main(["sensitivity", str(tmp_path / "none.csv")]) == 2
    assert "cannot be read" in capsys.readouterr().err
    assert main(["sensitivity", "first-sweep", "--outcome", "gain_48"]) == 2
    assert "push alone, with succession" in capsys.readouterr().err
