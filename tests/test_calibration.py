"""The calibration: its design, its judgement, and the ensemble that is shipped."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import scenarios
from experiments.calibration import ensemble
from experiments.calibration.design import UNCERTAIN, design, overrides_of
from experiments.calibration.ensemble import made, retained, write
from experiments.calibration.identified import identified
from experiments.calibration.kept import KeptAttempts
from experiments.calibration.patterns import (
    STAGES,
    observe,
    passes,
    scenario_of,
    targets_of,
)
from experiments.calibration.search import Attempt, Draw, attempt, calibrate
from simulation.cli.main import main
from simulation.errors import InputError
from simulation.parameters import all_parameters

NAMES = [item.name for item in UNCERTAIN]


# --- design ---------------------------------------------------------------------------------------


def test_every_draw_lies_in_its_range_and_the_seed_decides() -> None:
    one = design(40, 5)
    assert list(one.columns) == NAMES
    for item in UNCERTAIN:
        assert all(item.holds(value) for value in one[item.name])
        assert item.reason
    assert one.equals(design(40, 5))
    assert not one.equals(design(40, 6))


@pytest.mark.parametrize("item", UNCERTAIN, ids=NAMES)
def test_a_latin_hypercube_fills_every_range(item: Any) -> None:
    values = design(60, 1)[item.name]
    if item.choices:
        counts = [int((values == choice).sum()) for choice in item.choices]
        assert counts == [60 // len(item.choices)] * len(item.choices)
        return
    edges = [item.at(n / 60) for n in range(61)]
    assert np.histogram(values, edges)[0].tolist() == [1] * 60


def test_defaults_lie_in_the_ranges() -> None:
    defaults = {info.key: info.default for info in all_parameters()}
    ties = scenarios.load("baseline").ties
    defaults |= {f"ties.{name}": getattr(ties, name) for name in ("kind", "degree", "rewiring")}
    for item in UNCERTAIN:
        if item.name in defaults:
            assert item.holds(defaults[item.name]), item.name


def test_what_a_draw_becomes() -> None:
    draw = dict(design(1, 1).to_dict("records")[0])
    draw |= {"activation.input": "share", "activation.response": "logistic"}
    plain = overrides_of(draw)
    assert plain["trust.loss_broken"] == draw["loss_ratio"] * draw["trust.gain_kept"]
    assert plain["governance.join_rate"] == draw["join_ratio"] * draw["governance.leave_rate"]
    assert plain["activation.reinforcement"] == draw["activation.reinforcement"]
    assert plain["start.threshold"] == draw["start.threshold"]
    draw |= {"activation.input": "count", "activation.response": "linear", "ties.degree": 8}
    scaled = overrides_of(draw)
    assert scaled["activation.reinforcement"] == draw["activation.reinforcement"] / 8
    assert scaled["start.threshold"] == draw["start.threshold"] - 0.5
    del draw["loss_ratio"]
    with pytest.raises(InputError, match="loss_ratio"):
        overrides_of(draw)


@pytest.mark.parametrize(("draws", "seed"), [(0, 1), (5, -1)])
def test_a_design_that_cannot_be(draws: int, seed: int) -> None:
    with pytest.raises(InputError):
        design(draws, seed)


# --- judgement ------------------------------------------------------------------------------------


def coalitions(continued: int, alive: int, of: int) -> dict[str, list[float]]:
    """Return readings of which so many went on, and of these so many were alive in the end."""
    went_on = [1.0] * continued + [0.0] * (of - continued)
    still = [1.0] * alive + [0.0] * (of - alive)
    ended = [1.0 - s if c else np.nan for c, s in zip(went_on, still, strict=True)]
    return {"continued": went_on, "ended": ended, "alive": still}


def test_the_data_themselves_pass_and_others_do_not() -> None:
    assert passes("P1", coalitions(99, 74, 110))
    assert not passes("P1", coalitions(110, 74, 110))
    assert not passes("P1", coalitions(99, 95, 110))
    assert not passes("P1", coalitions(99, 50, 110))
    assert passes("P5", {"before": [0.066], "after": [0.768]})
    assert not passes("P5", {"before": [0.066], "after": [0.066]})


def test_early_stages_reject_only_what_is_clearly_out() -> None:
    near = coalitions(12, 10, 12)
    assert not passes("P1", near)
    assert passes("P1", near, last=False)
    assert not passes("P1", coalitions(6, 1, 12), last=False)


def test_a_stage_goes_on_where_the_last_one_stopped() -> None:
    some = {"seed": 3, "draw": 4}
    two = observe("P5", {}, replicates=2, **some)
    assert observe("P5", {}, replicates=3, before=two, **some) == observe(
        "P5", {}, replicates=3, **some
    )
    assert observe("P5", {}, replicates=2, seed=3, draw=5) != two


def test_the_shipped_defaults_pass_p5_and_no_sanctions_fail_it() -> None:
    some = {"seed": 1, "draw": 0, "replicates": 2}
    assert passes("P5", observe("P5", {}, **some))
    assert not passes("P5", observe("P5", {"trust.sanction_response": 0.0}, **some))


def test_a_table_that_nobody_leaves_fails_p1() -> None:
    still = {"governance.leave_rate": 0.0, "leadership.turnover": 0.0}
    seen = observe("P1", still, seed=1, draw=0, replicates=3)
    assert seen == {"continued": [1.0] * 3, "ended": [0.0] * 3, "alive": [1.0] * 3}
    assert not passes("P1", seen)


def test_a_calibration_is_the_same_on_two_processes_and_is_written_whole(tmp_path: Path) -> None:
    seen: list[tuple[int, int, int]] = []
    one = calibrate(2, 3, progress=lambda *counts: seen.append(counts))
    two = calibrate(2, 3, processes=2)
    assert one.retained.equals(two.retained)
    assert one.tried == two.tried
    assert one.tried[:2] == (2, 1)  # one of two is let through to the dear stages
    assert list(one.tried) == sorted(one.tried, reverse=True)
    assert [counts[:2] for counts in seen] == [(0, 2), (1, 2), (2, 2)]
    file = write(one, tmp_path / "some.csv")
    assert len(ensemble(file)) == one.tried[-1]
    assert made(file)["draws"] == 2


def test_a_stopped_calibration_goes_on_where_it_was(tmp_path: Path) -> None:
    file, seen = tmp_path / "some.jsonl", []

    class Stopped(Exception):
        pass

    def stop(done: int, draws: int, retained: int) -> None:
        if done == 2:
            raise Stopped

    with KeptAttempts(file) as kept, pytest.raises(Stopped):
        calibrate(3, 1, progress=stop, kept=kept)
    text = file.read_text()
    assert len(text.splitlines()) == 2
    file.write_text(text + '{"id": "cut o')
    with KeptAttempts(file) as kept:
        assert len(kept) == 2
        again = calibrate(3, 1, progress=lambda *counts: seen.append(counts[0]), kept=kept)
    assert seen == [2, 3]
    whole = calibrate(3, 1)
    assert again.tried == whole.tried
    assert again.retained.equals(whole.retained)


def test_attempts_of_another_seed_or_code_are_not_taken(tmp_path: Path) -> None:
    file = tmp_path / "some.jsonl"
    draw = Draw(0, dict(design(1, 1).to_dict("records")[0]), 1)
    with KeptAttempts(file) as kept:
        kept.add(draw, Attempt(0, 1, {"P5.before": 0.06}))
        assert kept.get(draw) == Attempt(0, 1, {"P5.before": 0.06})
        assert kept.get(draw._replace(seed=2)) is None
        with pytest.raises(InputError, match="another calibration"), KeptAttempts(file):
            pass
    other = KeptAttempts(file)
    other.by = "other code"
    with other:
        assert other.get(draw) is None


def test_a_file_of_something_else_is_left_alone(tmp_path: Path) -> None:
    file = tmp_path / "some.jsonl"
    file.write_text("a diary\n")
    with pytest.raises(InputError, match="something else"), KeptAttempts(file):
        pass
    assert file.read_text() == "a diary\n"


def test_what_is_narrowed_is_told_with_an_interval() -> None:
    prior = design(80, 3)
    narrow = prior[prior["governance.leave_rate"] < 0.03]
    table = identified(narrow).set_index("parameter")
    assert table["identified"]["governance.leave_rate"]
    assert table["low"]["governance.leave_rate"] > table["chance"]["governance.leave_rate"]
    assert identified(prior)["identified"].sum() == 0
    assert (table["low"] <= table["distance"]).all()
    assert (table["distance"] <= table["high"]).all()


def test_the_command_tells_stages_and_what_is_used(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "mine"
    words = ["calibrate", "--draws", "2", "--seed", "1", "--out", str(out), "--quiet"]
    assert main(words) == 0
    shown = capsys.readouterr()
    assert "P5 after 2 runs" in " ".join(shown.out.split())
    assert "Only the patterns P1" in shown.err
    assert made(out / "ensemble.csv")["draws"] == 2
    assert not list(tmp_path.glob("*.jsonl"))
    assert main([*words, "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["numbers"]["draws"] == 2
    assert main(["calibrate", "--draws", "0", "--out", str(tmp_path / "none")]) == 2
    assert "draws" in capsys.readouterr().err


# --- the ensemble ---------------------------------------------------------------------------------


def test_the_ensemble_says_how_it_was_made() -> None:
    account, table = made(), retained()
    assert account["retained"] == len(table) == account["stages"][-1]["passed"]
    assert account["draws"] == account["stages"][0]["tried"]
    for stage, after in zip(account["stages"], account["stages"][1:], strict=False):
        assert stage["passed"] == after["tried"]
    assert [s["replicates"] for s in account["stages"]] == [s.replicates for s in STAGES]
    drawn = design(account["draws"], account["seed"])
    for number, row in zip(table["draw"], table.to_dict("records"), strict=True):
        for name in NAMES:
            value = drawn[name][number]
            assert row[name] == (pytest.approx(value) if isinstance(value, float) else value)


def test_every_retained_draw_met_the_targets_and_is_a_scenario() -> None:
    table, settings = retained(), ensemble()
    assert len(settings) == len(table) > 0
    for pattern in ("P1", "P5"):
        for target in targets_of(pattern):
            readings = table[f"{pattern}.{target.reading}"]
            assert all(target.met_by(float(value)) for value in readings)
    for overrides in settings:
        for pattern in ("P1", "P5"):
            scenarios.with_settings(scenario_of(pattern), overrides)


def test_a_retained_draw_passes_again() -> None:
    row = retained().to_dict("records")[0]
    values = {name: row[name] for name in NAMES}
    again = attempt(Draw(int(row["draw"]), values, made()["seed"]))
    assert again.retained
    for name, value in again.readings.items():
        assert value == pytest.approx(row[name])


def test_an_ensemble_that_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be read"):
        ensemble(tmp_path / "none.csv")
    table = retained()
    table.drop(columns="loss_ratio").to_csv(tmp_path / "short.csv", index=False)
    with pytest.raises(InputError, match="loss_ratio"):
        ensemble(tmp_path / "short.csv")
    table.assign(**{"ties.degree": 5}).to_csv(tmp_path / "odd.csv", index=False)
    with pytest.raises(InputError, match="outside"):
        ensemble(tmp_path / "odd.csv")
    with pytest.raises(InputError, match="account"):
        made(tmp_path / "odd.csv")
