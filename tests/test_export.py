"""Export: what is written can be read back by others, and says what the community was."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import networkx as nx
import numpy as np
import pandas as pd
import pytest

import experiments
from experiments.export import export, write_export
from experiments.export.moment import moment, rating
from experiments.export.writing import export_id
from experiments.store_run import write_run
from simulation.chance import derive
from simulation.cli.main import main
from simulation.community import CommunityModel
from simulation.errors import InputError
from simulation.specification import Specification, specify
from simulation.ties import KINDS
from simulation.ties_file import read_ties

KARATE = nx.karate_club_graph()


def karate_ties(folder: Path, trust: bool = True) -> Path:
    """Write Zachary's karate club as a ties file, each tie both ways with parts of its own."""
    file = folder / "karate.csv"
    with file.open("w", newline="") as out:
        writer = csv.writer(out)
        writer.writerow(["source", "target", "reliability", "openness", "mission"])
        for one, two in KARATE.edges:
            for n, (a, b) in enumerate(((one, two), (two, one))):
                parts = [(7 * a + 3 * b + n) % 10 / 9, (a + b) % 7 / 6, (5 * a + b) % 4 / 3]
                writer.writerow([f"p{a}", f"p{b}", *(parts if trust else ["", "", ""])])
    return file


def club(folder: Path, **changes: Any) -> Specification:
    """Return the club as a community of two groups with two institutions."""
    data = {
        "title": "A club",
        "months": 4,
        "spin_up": 0,
        "groups": [
            {"name": "one", "size": 17, "conditions": 0.6},
            {"name": "two", "size": 17, "conditions": 0.4},
        ],
        "institutions": [
            {"name": "clinic", "sector": "hospital"},
            {"name": "hall", "sector": "government"},
        ],
        "connectors": [{"name": "guides", "count": 2, "employer": "clinic", "caseload": 5}],
        "ties": {"kind": "file", "path": str(karate_ties(folder))},
    }
    return specify({**data, **changes})


def still(folder: Path) -> Specification:
    """Return the club in a world in which a month only records."""
    return club(folder, month=["record"])


def written(folder: Path, spec: Specification, months: tuple[int, ...] = (0,), **how: Any) -> Path:
    out = folder / "out"
    write_export(export(spec, months), out, name="club", **how)
    return out


def test_months_are_those_of_a_run(tmp_path: Path) -> None:
    spec = club(tmp_path)
    ours, run = export(spec, seed=7), experiments.run(spec, seed=7)
    pd.testing.assert_frame_equal(
        ours.monthly.astype(object), run.series.astype(object), check_index_type=False
    )
    out = tmp_path / "out"
    write_export(ours, out, name="club", formats=("csv", "parquet"))
    assert {f.name for f in out.iterdir()} == {
        "monthly.csv", "monthly.parquet", "provenance.json"
    }  # fmt: skip
    text, binary = pd.read_csv(out / "monthly.csv"), pd.read_parquet(out / "monthly.parquet")
    assert np.array_equal(text["value"], ours.monthly["value"])
    assert np.array_equal(binary["value"], ours.monthly["value"])


def test_ties_go_out_and_come_back_the_same(tmp_path: Path) -> None:
    spec = still(tmp_path)
    given = read_ties(spec.ties.path or "")
    out = written(tmp_path, spec, formats=("edges",))
    back = read_ties(out / "ties-0.csv")
    place = {f"r{n}": n for n in range(34)}
    shares = zip(back.reliability, back.openness, back.mission, strict=True)  # type: ignore[arg-type]
    ends = zip(back.first.tolist(), back.second.tolist(), strict=True)
    found = {
        (place[back.names[a]], place[back.names[b]]): parts
        for (a, b), parts in zip(ends, shares, strict=True)
    }
    assert len(found) == len(given.first) == 2 * KARATE.number_of_edges()
    for n, (a, b) in enumerate(zip(given.first.tolist(), given.second.tolist(), strict=True)):
        parts = [p[n] for p in (given.reliability, given.openness, given.mission) if p is not None]
        np.testing.assert_allclose(found[a, b], parts, rtol=0, atol=1e-12)


def test_ratings_are_one_to_four_to_one_decimal() -> None:
    assert rating([0.0, 1 / 3, 0.5, 0.61, 1.0]).tolist() == [1.0, 2.0, 2.5, 2.8, 4.0]
    assert np.isnan(rating(float("nan")))


def test_edges_hold_all_four_kinds_and_the_ratings(tmp_path: Path) -> None:
    spec = still(tmp_path)
    out = written(tmp_path, spec, formats=("edges",))
    edges = pd.read_csv(out / "edges-0.csv")
    table = CommunityModel(spec, rng=derive(spec.seed, 0)).ties.table()
    counts = {KINDS[k]: int(n) for k, n in enumerate(np.bincount(table.kind))}
    assert edges["kind"].value_counts().to_dict() == counts
    assert set(counts) == set(KINDS)
    for part in ("reliability", "openness", "mission"):
        assert np.allclose(edges[f"{part}_rating"], 1 + 3 * edges[part], atol=0.05 + 1e-9)
    services = pd.read_csv(out / "services-0.csv")
    assert list(services.columns)[:2] == ["person", "institution"]
    assert set(services["institution"]) == {"clinic", "hall"}
    assert len(services) == counts["service"]
    assert set(pd.read_csv(out / "partners-0.csv")["source"]) == {"clinic", "hall"}


def test_networkx_opens_the_network(tmp_path: Path) -> None:
    spec = club(tmp_path)
    made = export(spec, (0, 3))
    out = tmp_path / "out"
    write_export(made, out, name="club", formats=("graphml",))
    for at in made.moments:
        graph = nx.read_graphml(out / f"network-{at.month}.graphml")
        assert graph.is_directed()
        assert set(graph.nodes) == set(at.nodes["node"])
        assert graph.number_of_edges() == len(at.edges)
        kinds = pd.Series(nx.get_node_attributes(graph, "kind")).value_counts().to_dict()
        assert kinds == {"resident": 34, "institution": 2, "connector": 2}
        assert graph.nodes["clinic"]["sector"] == "hospital"
        assert graph.nodes["guides-1"]["employer"] == "clinic"
        people = at.people.set_index("person")
        for name, data in graph.nodes(data=True):
            if data["kind"] == "resident":
                assert data["group"] == people.loc[name, "group"]
                assert data["stewardship"] == people.loc[name, "stewardship"]
        for row in at.edges.itertuples():
            data = graph.edges[row.source, row.target]
            assert data["kind"] == row.kind
            mean = (row.reliability + row.openness + row.mission) / 3  # type: ignore[operator]
            assert data["trust"] == pytest.approx(mean, abs=1e-12)


def test_people_are_written_only_if_asked_for(tmp_path: Path) -> None:
    spec = club(tmp_path)
    out = written(tmp_path, spec, formats=("csv",))
    assert not list(out.glob("people*"))
    made = export(spec, (2,))
    write_export(made, tmp_path / "more", name="club", formats=("csv",), people=True)
    table = pd.read_csv(tmp_path / "more" / "people-2.csv")
    model = CommunityModel(spec, rng=derive(spec.seed, 0)).run(2)
    assert table["person"].tolist() == [f"r{i}" for i in range(34)]
    assert table["group"].tolist() == ["one"] * 17 + ["two"] * 17
    for name in ("opinion", "threshold", "grievance", "resources"):
        assert np.array_equal(table[name], getattr(model.residents, name)[model.order])


def test_the_network_is_that_of_its_month(tmp_path: Path) -> None:
    spec = club(tmp_path)
    later = export(spec, (3, 1, 3)).moments
    assert [at.month for at in later] == [1, 3]
    model = CommunityModel(spec, rng=derive(spec.seed, 0)).run(3)
    pd.testing.assert_frame_equal(later[1].edges, moment(model).edges)
    assert not later[0].edges["reliability"].equals(later[1].edges["reliability"])


def test_leavers_are_no_nodes(tmp_path: Path) -> None:
    model = CommunityModel(club(tmp_path))
    model.residents.present[3] = False
    at = moment(model)
    assert "r3" not in set(at.nodes["node"])
    assert "r3" not in set(at.edges["source"]) | set(at.edges["target"])
    assert at.people.set_index("person").loc["r3", "present"] == "no"


def test_names_of_institutions_never_hide_a_person(tmp_path: Path) -> None:
    spec = club(tmp_path, institutions=[{"name": "r5", "sector": "school"}], connectors=[])
    at = moment(CommunityModel(spec))
    assert len(set(at.nodes["node"])) == 35
    assert "resident-5" in set(at.nodes["node"])


@pytest.mark.parametrize("month", [-1, 5])
def test_a_month_outside_the_run_is_refused(tmp_path: Path, month: int) -> None:
    with pytest.raises(InputError, match="not part of the run"):
        export(club(tmp_path), (month,))


def test_a_network_of_everyone_with_everyone_is_refused(tmp_path: Path) -> None:
    spec = specify(
        months=1, spin_up=0, month=["record"], ties={"kind": "complete"},
        groups=[{"name": "a", "size": 2_000}],
    )  # fmt: skip
    made = export(spec)
    with pytest.raises(InputError, match="everyone is tied to everyone"):
        write_export(made, tmp_path / "out", name="all")
    assert not (tmp_path / "out").exists()
    write_export(made, tmp_path / "out", name="all", formats=("csv",))


def test_another_export_is_not_overwritten(tmp_path: Path) -> None:
    spec = still(tmp_path)
    out = written(tmp_path, spec)
    with pytest.raises(InputError, match="another result"):
        write_export(export(spec, (1,)), out, name="club")
    write_export(export(spec, (1,)), out, name="club", force=True)
    assert (out / "network-1.graphml").exists()
    ids = {
        export_id("a", months, formats, people=p, named=n)
        for months in ((1,), (1, 2))
        for formats in (("csv",), ("edges",))
        for p in (True, False)
        for n in (True, False)
    }
    assert len(ids) == 16


class TestCommand:
    @pytest.fixture(autouse=True)
    def town(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        karate_ties(tmp_path)
        (tmp_path / "club.toml").write_text(
            'schema = 1\nmonths = 3\nspin_up = 0\n[ties]\nkind = "file"\npath = "karate.csv"\n'
            '[[groups]]\nname = "one"\nsize = 20\n[[groups]]\nname = "two"\nsize = 14\n'
        )
        monkeypatch.chdir(tmp_path)

    def test_writes_all_formats(self, capsys: pytest.CaptureFixture[str]) -> None:
        words = ["export", "club.toml", "--out", "out", "--month", "0", "--month", "3"]
        assert main([*words, "--quiet"]) == 0
        names = {f.name for f in Path("out").iterdir()}
        assert names == {
            "monthly.csv", "monthly.parquet", "provenance.json", "edges-0.csv", "edges-3.csv",
            "ties-0.csv", "ties-3.csv", "network-0.graphml", "network-3.graphml",
        }  # fmt: skip
        printed = capsys.readouterr().out
        assert all(f"out/{name}" in printed for name in names)
        text = "".join(f.read_text() for f in Path("out").iterdir() if f.suffix != ".parquet")
        assert "p33" not in text.replace("karate", "")

    def test_converts_a_result(self, tmp_path: Path) -> None:
        result = experiments.run(club(tmp_path), seed=3, replicates=2)
        write_run(result, tmp_path / "result", name="club")
        words = ["export", "result", "--out", "tables", "--format", "csv,parquet"]
        assert main(words) == 0
        table = pd.read_csv("tables/monthly.csv")
        assert np.array_equal(table["value"], result.series["value"])
        assert main(["export", "tables", "--out", "again", "--format", "csv"]) == 0
        assert Path("again/monthly.csv").read_bytes() == Path("tables/monthly.csv").read_bytes()

    @pytest.mark.parametrize(
        ("words", "says"),
        [
            (["club.toml", "--out", "out", "--format", "grapml"], "did you mean 'graphml'"),
            (["club.toml", "--out", "out", "--month", "9"], "not part of the run"),
            (["nowhere", "--out", "out"], "nowhere"),
            (["club.toml", "--out", "."], "something other than a Kindling result"),
        ],
    )
    def test_refuses_in_one_line(
        self, words: list[str], says: str, capsys: pytest.CaptureFixture[str]
    ) -> None:
        assert main(["export", *words, "--quiet"]) == 2
        line = capsys.readouterr().err
        assert says in line
        assert line.count("\n") == 1
        assert not Path("out").exists()

    def test_a_result_is_not_run_again(
        self, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        write_run(experiments.run(club(tmp_path, months=1)), tmp_path / "result", name="club")
        for words in (["--seed", "4"], ["--month", "1"], ["--format", "graphml"]):
            assert main(["export", "result", "--out", "tables", *words]) == 2
            assert capsys.readouterr().err.count("\n") == 1
        assert main(["export", "result", "--out", "result"]) == 2
