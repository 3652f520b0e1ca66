"""Tables that leave a store: the same bytes however it was filled, and nobody given away."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from pandas.testing import assert_frame_equal

from experiments.designs.cell import community_cell
from experiments.store import Plan, Store, compact, export
from experiments.store.sharing import shared_outcomes
from experiments.sweeping.job import Job, failed, perform
from simulation.cli.main import main
from simulation.errors import InputError
from tests.small_community import small_specification
from tests.stores import cell, cells, fill, filled, jobs, plan, row, rows


def content(folder: Path) -> dict[str, bytes]:
    return {file.name: file.read_bytes() for file in folder.iterdir()}


@pytest.mark.parametrize("form", ["csv", "parquet"])
def test_two_stores_of_one_design_export_the_same_bytes(tmp_path: Path, form: str) -> None:
    straight = filled(tmp_path / "straight")
    odd = Store.create_or_open(tmp_path / "odd")
    for number in (5, 2, 9):
        with odd.writer() as writer:
            for job in reversed(jobs()[:number]):
                fill(writer, [job])
    with odd.writer() as writer:  # a failed run first, a longer one too
        writer.add(failed(jobs()[-1], 2, "worker", "died"))
        fill(writer, [Job(cell(0, months=14).subject, 1, 0)])
        for job in jobs():
            writer.add(row(job)._replace(tries=2, seconds=9.0, machine="other", process=1))
        writer.add_plan(plan())
    compact(odd)
    for number, store in enumerate((straight, odd)):
        kind = "csv" if form == "csv" else "parquet"
        export(store, tmp_path / str(number), form=kind)  # type: ignore[arg-type]
    assert content(tmp_path / "0") == content(tmp_path / "1")
    assert sorted(content(tmp_path / "0")) == sorted(
        ["about.json", *(f"{name}.{form}" for name in ("outcomes", "runs", "months"))]
    )


def test_exported_tables_are_those_of_the_store(tmp_path: Path) -> None:
    store = filled(tmp_path / "store")
    export(store, tmp_path / "out", timings=True)
    outcomes = pd.read_csv(tmp_path / "out" / "outcomes.csv", keep_default_na=True)
    plain = store.outcomes()
    for name in ("stewards", "gap_people", "gain_during", "moving"):
        assert np.array_equal(outcomes[name], plain[name], equal_nan=True)
    months = pd.read_csv(tmp_path / "out" / "months.csv")
    assert np.array_equal(months["value"], store.months(plan="moving")["value"])
    runs = pd.read_csv(tmp_path / "out" / "runs.csv")
    assert {"seconds", "machine", "finished"} <= set(runs.columns)
    assert sorted(runs["run"]) == sorted(each.run for each in rows())
    about = json.loads((tmp_path / "out" / "about.json").read_text())
    assert about["plan"]["title"] == "moving"
    with pytest.raises(InputError, match="--force"):
        export(store, tmp_path / "out")
    export(store, tmp_path / "out", tables=["runs"], force=True)
    assert sorted(content(tmp_path / "out")) == ["about.json", "runs.csv"]
    with pytest.raises(InputError, match="other than an export"):
        export(store, store.path)
    with pytest.raises(InputError, match="no such table"):
        export(store, tmp_path / "new", tables=["run"])


def test_small_groups_of_real_people_are_left_out(tmp_path: Path) -> None:
    people = tmp_path / "people.csv"
    lines = [f"p{n},{'north' if n < 20 else 'south' if n < 36 else 'few'}" for n in range(39)]
    people.write_text("\n".join(["person,group", *lines]) + "\n")
    groups = [{"name": n, "size": s} for n, s in (("north", 20), ("south", 16), ("few", 3))]
    real = community_cell(
        small_specification(groups=groups, people={"path": str(people)}), factors={"real": True}
    )
    store = Store.create_or_open(tmp_path / "store")
    with store.writer() as writer:
        wanted = [Job(s, 1, 0) for s in (real.subject, real.without) if s]
        for job in writer.lacking(wanted):
            writer.add(perform(job))
        fill(writer)
        writer.add_plan(Plan.made([real, *cells()], 1, title="mixed"))
    export(store, tmp_path / "out")
    months = pd.read_csv(tmp_path / "out" / "months.csv")
    own = months[months["run"].isin([job.run for job in wanted])]
    assert set(own["group"]) == {"all", "north", "south", "few"}
    gone = own["value"].isna()
    assert own.loc[own["group"].isin(["few", "south"]), "value"].isna().all()
    assert own.loc[(own["measure"] == "gap"), "value"].isna().all()
    assert not own.loc[own["group"] == "north", "value"].isna().any()
    assert not own.loc[own["measure"] == "stewards", "value"].isna().all()
    assert gone.any()
    assert not months.loc[~months["run"].isin(own["run"]), "value"].isna().any()
    outcomes = pd.read_csv(tmp_path / "out" / "outcomes.csv")
    assert outcomes["gap_people"].isna().tolist() == [True, False, False]
    assert outcomes["gain_during"].isna().tolist() == [True, False, False]
    assert not outcomes["stewards"].isna().any()
    assert not store.outcomes()["gap_people"].isna().any()
    assert_frame_equal(shared_outcomes(store)[["gap_people"]], outcomes[["gap_people"]])
    about = json.loads((tmp_path / "out" / "about.json").read_text())
    assert "group 'few' has 3 people" in about["left_out"][0]


def test_the_command_looks_into_a_store(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = str(filled(tmp_path / "store").path)
    assert main(["store", "info", path]) == 0
    told = " ".join(capsys.readouterr().out.split())
    assert "12 runs: 12 done, 0 failed" in told
    assert "moving" in told
    assert main(["store", "info", path, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["plans"][0]["todo"] == 0
    assert main(["store", "verify", path]) == 0
    assert "All is sound." in capsys.readouterr().out
    assert main(["store", "compact", path, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["dropped"] == 0
    out = str(tmp_path / "out")
    assert main(["store", "export", path, "--out", out, "--table", "runs"]) == 0
    assert "runs.csv" in capsys.readouterr().out
    for words in (["export", path], ["info", path, "--mend"], ["info", out], ["eat", path]):
        assert main(["store", *words]) == 2
        assert capsys.readouterr().err.count("\n") == 1
