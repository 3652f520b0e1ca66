"""The store: what goes in comes out, once, as tables, and it knows what it lacks."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from pandas.testing import assert_frame_equal

from experiments.recorded import SERIES_COLUMNS
from experiments.store import Answer, Plan, Store, compact, compacting, info
from experiments.store import writer as writing
from experiments.store.schema import RUNS, Row, as_batch, rows_of
from experiments.sweeping.ask import Memory, outcomes_of
from experiments.sweeping.job import Job, failed
from experiments.sweeping.subject import Community
from simulation.errors import InputError
from tests.stores import REPLICATES, cell, cells, fill, filled, jobs, plan, row, rows


def same_row(one: Row, other: Row) -> bool:
    arrays = ("recorded", "values")
    plain = [name for name in Row._fields if name not in (*arrays, "outcomes")]
    return (
        all(getattr(one, name) == getattr(other, name) for name in plain)
        and all(np.array_equal(getattr(one, n), getattr(other, n), equal_nan=True) for n in arrays)
        and repr(one.outcomes) == repr(other.outcomes)
    )


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Store:
    return filled(tmp_path_factory.mktemp("stores") / "store")


@pytest.fixture(scope="module")
def expected() -> pd.DataFrame:
    memory = Memory()
    for each in rows():
        memory.add(each)
    return outcomes_of(cells(), range(REPLICATES), 1, memory)


def test_rows_become_arrow_and_back() -> None:
    broken = failed(jobs()[0], 2, "worker", "died")
    kept = [*rows()[:3], broken, rows()[3]]
    table = pa.Table.from_batches([as_batch(kept[:2]), as_batch([]), as_batch(kept[2:])])
    assert table.schema.equals(RUNS)
    assert all(map(same_row, rows_of(table), kept))
    assert all(map(same_row, rows_of(table.slice(2, 2)), kept[2:4]))


def test_what_goes_in_comes_out(store: Store) -> None:
    found = store.rows([each.run for each in rows()] + ["0" * 32])
    assert len(found) == len(rows())
    assert all(same_row(found[each.run], each) for each in rows())
    table = store.runs()
    assert sorted(table["run"]) == sorted({each.run for each in rows()})
    assert set(table.columns).isdisjoint({"series", "recorded", "outcomes"})


def test_rows_are_there_before_they_are_published(tmp_path: Path) -> None:
    store = Store.create_or_open(tmp_path / "store")
    with store.writer() as writer:
        for number, each in enumerate(rows(), start=1):
            writer.add(each)
            assert same_row(writer.rows([each.run])[each.run], each)
            assert len(store.runs()) == number
        assert not store.holdings().parts
        writer.publish()
        assert not store.holdings().spools
        assert len(store.runs()) == len(rows())
        assert same_row(writer.rows([rows()[2].run])[rows()[2].run], rows()[2])


def test_outcomes_are_those_that_ask_returns(store: Store, expected: pd.DataFrame) -> None:
    assert_frame_equal(store.outcomes(), expected)
    assert list(store.path.glob("derived/outcomes-*"))
    assert_frame_equal(store.outcomes(), expected)  # now as noted
    assert_frame_equal(store.outcomes("moving"), expected)
    assert_frame_equal(store.outcomes(plan().id[:6]), expected)


def test_noted_outcomes_grow_with_the_runs(tmp_path: Path, expected: pd.DataFrame) -> None:
    store = Store.create_or_open(tmp_path / "store")
    for number in range(len(jobs()) + 1):
        with store.writer() as writer:
            writer.add_plan(plan())
            fill(writer, jobs()[:number])
        have = {each.run for each in rows()[:number]}
        whole = expected[expected["run"].isin(have) & expected["pair"].isin(have)]
        found = store.outcomes()
        assert len(found) == len(whole)
        if len(whole):
            assert_frame_equal(found, whole.reset_index(drop=True))
    assert_frame_equal(store.outcomes(), expected)


def test_a_plan_is_told_without_the_scenario(store: Store) -> None:
    (kept,) = store.plans()
    assert (kept.id, kept.title, kept.replicates, kept.seed) == (plan().id, "moving", 3, 1)
    assert kept.design == {"n": 1}
    for one, other in zip(kept.cells, cells(), strict=True):
        assert one.factors == dict(other.factors)
        assert (one.push, one.limits, one.point) == (other.push, other.limits, other.point)
        assert one.without is not None
        assert other.without is not None
        assert (one.subject.id, one.without.id) == (other.subject.id, other.without.id)
    with pytest.raises(InputError, match="sweep the design itself"):
        kept.cells[0].subject.simulate(1, lambda stage: None)


def test_sql_over_runs_outcomes_and_months(store: Store, expected: pd.DataFrame) -> None:
    counts = store.sql("select replicate, count(*) as n from runs group by all order by all")
    assert counts["n"].tolist() == [4, 4, 4]
    told = store.sql("select moving, avg(stewards) as s from outcomes group by all order by all")
    assert told["s"].to_numpy() == pytest.approx(expected.groupby("moving")["stewards"].mean())
    months = store.sql("select * from months where measure = 'gap' and \"group\" = 'all'")
    assert sorted(months.columns) == sorted(SERIES_COLUMNS)
    tidy = store.months(measures=["gap"], groups=["all"])
    assert len(months) == len(tidy)
    assert months["value"].sum() == pytest.approx(tidy["value"].sum())
    with pytest.raises(InputError, match="cannot be answered"):
        store.sql("select nothing from nowhere")


def test_months_are_those_of_the_runs(store: Store) -> None:
    table = store.months()
    assert tuple(table.columns) == SERIES_COLUMNS
    for each in rows()[:2]:
        own = table[table["run"] == each.run].drop(columns="run").reset_index(drop=True)
        other = each.as_recorded().tidy().drop(columns="run")
        assert_frame_equal(own.astype(dict.fromkeys(("measure", "group", "boundary"), object)),
                           other.astype(dict.fromkeys(("measure", "group", "boundary"), object)),
                           check_dtype=False, check_categorical=False)  # fmt: skip
    part = store.months(measures=["wellbeing"], groups=["north"], plan="moving")
    assert set(part["measure"]) == {"wellbeing"}
    assert set(part["group"]) == {"north"}
    assert part["run"].nunique() == len(rows())


def test_a_store_knows_what_it_lacks(tmp_path: Path) -> None:
    store = Store.create_or_open(tmp_path / "store")
    with store.writer() as writer:
        assert fill(writer, jobs()[:5]) == list(jobs()[:5])
        assert list(writer.lacking(jobs())) == list(jobs()[5:])
    assert list(store.lacking([*jobs(), *jobs()])) == list(jobs()[5:])


def test_points_replicates_and_months_come_later(tmp_path: Path) -> None:
    store = filled(tmp_path / "store")
    more = [Job(c.subject, 1, REPLICATES) for c in cells()]
    with store.writer() as writer:  # replicates: the same plan, larger
        assert fill(writer, [*jobs(), *more]) == more
        assert writer.add_plan(plan(4)).id == plan().id
        assert writer.add_plan(plan(2)).replicates == 4
    assert [p.replicates for p in store.plans()] == [4]
    wider = Plan.made([*cells(), cell(2)], 1, title="wider")
    with store.writer() as writer:  # points: another plan, which finds what is there
        writer.add_plan(wider)
        new = [Job(s, 1, 0) for s in (wider.cells[2].subject, wider.cells[2].without) if s]
        assert fill(writer, [*jobs(), *new]) == new
    assert store.outcomes()["point"].tolist() == [0, 1, 2]
    before = store.outcomes("moving")
    longer = cell(0, months=18)
    with store.writer() as writer:  # months: a longer run stands for the shorter one, too
        writer.add_plan(Plan.made([longer], 1, title="longer"))
        wanted = [Job(s, 1, 0) for s in (longer.subject, longer.without) if s]
        assert fill(writer, wanted) == wanted
        assert fill(writer, jobs()) == []
    assert set(store.runs().set_index("run")["months"][[job.run for job in wanted]]) == {18}
    store.path.joinpath("derived").rename(tmp_path / "gone")
    assert_frame_equal(store.outcomes("moving"), before)
    assert not store.outcomes("longer")["stewards"].isna().any()
    assert len(store.runs()) == len(rows()) + 4
    assert compact(store).dropped == 2
    assert_frame_equal(store.outcomes("moving"), before)


def test_of_two_wishes_for_one_run_the_longer_one_is_done() -> None:
    short, long = (Job(cell(0, months=m).subject, 1, 0) for m in (12, 18))
    assert short.run == long.run
    store = Memory()
    assert len(list(store.lacking([short, long]))) == 2
    from experiments.store.index import Index
    from experiments.store.wishes import lacking

    assert lacking(Index(), [short, long, short]) == [long]


def test_a_failed_run_gives_way_to_a_done_one_and_not_the_other_way(tmp_path: Path) -> None:
    job = jobs()[0]
    for turn in ([0, 1], [1, 0]):
        both = [failed(job, 2, "worker", "died"), row(job)]
        store = Store.create_or_open(tmp_path / str(turn[0]))
        for number in turn:
            with store.writer() as writer:
                writer.add(both[number])
        assert store.runs()["status"].tolist() == ["done"]
        assert list(store.lacking([job])) == []
        assert compact(store).dropped == 1
        assert store.runs()["status"].tolist() == ["done"]


def test_a_run_that_fails_late_leaves_the_shorter_one_standing(tmp_path: Path) -> None:
    store = filled(tmp_path / "store")
    longer = cell(0, months=18)
    job = Job(longer.subject, 1, 0)
    with store.writer() as writer:
        writer.add_plan(Plan.made([replace(longer, without=None)], 1, title="longer"))
        assert list(writer.lacking([job])) == [job]
        writer.add(failed(job, 2, "month 17", "died"))
        assert writer.rows([job.run])[job.run].failed
        assert list(writer.lacking([job, *jobs()])) == []
    assert store.outcomes()["status"].tolist() == ["failed"]
    assert store.outcomes("moving")["status"].unique().tolist() == ["done"]
    assert len(store.runs()) == len(rows())


def test_measures_added_later(tmp_path: Path) -> None:
    store = filled(tmp_path / "store")
    wide = Job(Community(cells()[0].subject.specification, None), 1, 0)  # type: ignore[attr-defined]
    with store.writer() as writer:
        assert fill(writer, [wide, *jobs()]) == [wide]
    assert "trust" in " ".join(k.measure for k in store.rows([wide.run])[wide.run].keys)
    assert list(store.lacking([wide, *jobs()])) == []


def test_many_short_sweeps_leave_few_files(tmp_path: Path) -> None:
    store = Store.create_or_open(tmp_path / "store")
    for number in range(compacting.MANY + 3):
        with store.writer() as writer:
            writer.add(rows()[0]._replace(run=f"{number:032x}"))
    assert len(store.holdings().parts) < 4
    assert len(store.runs()) == compacting.MANY + 3


def test_a_full_spool_becomes_a_part(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writing, "RUNS_IN_PART", 5)
    store = filled(tmp_path / "store")
    assert sorted(part.rows for part in store.holdings().parts.values()) == [2, 5, 5]
    assert len(store.runs()) == len(rows())
    assert compact(store).files_after == 1
    assert all(same_row(store.rows([r.run])[r.run], r) for r in rows())


def test_shards_write_side_by_side(tmp_path: Path) -> None:
    store = Store.create_or_open(tmp_path / "store")
    with store.writer((1, 2)) as one, store.writer((2, 2)) as two:
        for number, job in enumerate(jobs()):
            (one, two)[number % 2].add(row(job))
        one.publish()
        assert len(store.runs()) == len(rows())
    assert len(store.runs()) == len(rows())
    assert list(store.lacking(jobs())) == []


def test_answers_are_kept_and_replaced(tmp_path: Path) -> None:
    store = Store.create_or_open(tmp_path / "store")
    table = pd.DataFrame({"value": [0.5, np.nan], "note": ["", "none within reach"]})
    first = Answer("threshold", "push/tipped", "How much?", ("Enough.",), ("a note",),
                   {"curve": table, "points": table}, {"low": 0.1}, ("kindling", "x"))  # fmt: skip
    with store.writer() as writer:
        writer.keep_answer(first)
        writer.keep_answer(Answer("survival", "push/tipped", "How long?", ("Long.",)))
        writer.keep_answer(replace(first, sentences=("Not enough.",), tables={"curve": table[:1]}))
    survival, threshold = store.answers()
    assert (survival.kind, survival.sentences) == ("survival", ("Long.",))
    assert threshold.sentences == ("Not enough.",)
    assert (threshold.numbers, threshold.command) == ({"low": 0.1}, ("kindling", "x"))
    assert_frame_equal(threshold.tables["curve"], table[:1])
    assert len(list(store.path.glob("answers/*.parquet"))) == 1


def test_info_counts(store: Store) -> None:
    told = info(store)
    assert told["runs"] == {"kept": 12, "done": 12, "failed": 0, "replaced": 0}
    (kept,) = told["plans"]
    assert (kept["wanted"], kept["done"], kept["todo"], kept["present"]) == (12, 12, 0, True)
    assert [code["runs"] for code in told["code"]] == [12]
    assert told["writing"] == []
    assert told["files"]["parts"] == 1
