"""Data doubt: faults are what they say, belong to ties, are nested, and the verdict follows."""

from __future__ import annotations

import json
import math
from dataclasses import replace
from pathlib import Path
from typing import Any

import networkx as nx
import numpy as np
import pandas as pd
import pytest

import experiments
from experiments.data_doubt import DataDoubt, Plan, doubt, levels_of, prepare, write_doubt
from experiments.data_doubt.faults import Fault, TieData, faulty, luck_of
from experiments.data_doubt.files import read_data, write_data
from experiments.data_doubt.study import Task, effects_under
from experiments.statistics import mean_interval
from simulation.cli.main import main
from simulation.errors import InputError
from simulation.specification import Specification, specify

KARATE = nx.karate_club_graph()
CLUBS = ("Mr. Hi", "Officer")


def people() -> list[tuple[str, str]]:
    """Return name and group of everyone in the club."""
    return [(f"p{n}", str(club)) for n, club in KARATE.nodes(data="club")]


def ties_file(folder: Path, ratings: bool = True) -> Path:
    """Write the karate club with a rating of its own for each tie, both ways."""
    lines = ["source,target,reliability,openness,mission"]
    for one, two in KARATE.edges:
        for a, b in ((one, two), (two, one)):
            r, o, m = (7 * a + b) % 10 / 9, (a + 2 * b) % 7 / 6, (a * b) % 4 / 3
            lines.append(f"p{a},p{b},{r!r},{o!r},{m!r}" if ratings else f"p{a},p{b},,,")
    file = folder / "ties.csv"
    file.write_text("\n".join(lines) + "\n")
    return file


def club(folder: Path, ratings: bool = True, **changes: Any) -> Specification:
    """Return the club with a push, all its ties and people from files."""
    (folder / "people.csv").write_text(
        "person,group\n" + "".join(f"{n},{g}\n" for n, g in people())
    )
    (folder / "services.csv").write_text(
        "person,institution,reliability,openness,mission\n"
        + "".join(f"{n},{'clinic' if k % 2 else 'hall'},.5,.5,.5\n"
                  for k, (n, _) in enumerate(people()))
    )  # fmt: skip
    (folder / "partners.csv").write_text("source,target,trust\nclinic,hall,0.8\nhall,clinic,0.2\n")
    sizes = {name: sum(g == name for _, g in people()) for name in CLUBS}
    data = {
        "title": "A club",
        "months": 16,
        "spin_up": 0,
        "groups": [
            {"name": "Mr. Hi", "size": sizes["Mr. Hi"], "conditions": 0.7},
            {"name": "Officer", "size": sizes["Officer"], "conditions": 0.35},
        ],
        "institutions": [
            {"name": "clinic", "sector": "hospital"},
            {"name": "hall", "sector": "government"},
        ],
        "people": {"path": str(folder / "people.csv")},
        "ties": {"kind": "file", "path": str(ties_file(folder, ratings))},
        "services": {"path": str(folder / "services.csv")},
        "partners": {"path": str(folder / "partners.csv")},
        "events": [{"id": "push", "month": 1, "kind": "funding", "duration": 6, "amount": 2.0}],
    }
    return specify({**data, **changes})


def data(ties: int = 4_000) -> TieData:
    """Return many ties with ratings spread over the whole scale, some unstated."""
    ends = [(f"a{n % 200}", f"b{n}") for n in range(ties)]
    parts = np.stack([np.linspace(0, 1, ties), np.linspace(1, 0, ties), np.full(ties, 0.5)], axis=1)
    parts[::10, 2] = math.nan
    source, target = zip(*ends, strict=True)
    return TieData("ties", tuple(dict.fromkeys(source + target)), None, source, target, parts)


def pairs(ties: TieData) -> set[tuple[str, str]]:
    return set(zip(ties.source, ties.target, strict=True))


# ---------------------------------------------------------------------------------------- faults


def test_missing_ties_are_nested_and_as_many_as_said() -> None:
    whole, luck = data(), luck_of(3, 0)
    left = [pairs(faulty(whole, Fault("missing", x), luck)) for x in (0.1, 0.2, 0.5)]
    assert left[2] < left[1] < left[0] < pairs(whole)
    for kept, level in zip(left, (0.1, 0.2, 0.5), strict=True):
        assert len(kept) / 4_000 == pytest.approx(1 - level, abs=0.03)
    assert not pairs(faulty(whole, Fault("missing", 1.0), luck))


def test_who_does_not_answer_loses_all_ties_they_hold_and_no_other() -> None:
    whole, luck = data(), luck_of(3, 1)
    left = faulty(whole, Fault("respondents", 0.3), luck)
    gone = set(whole.source) - set(left.source)
    assert len(gone) / 200 == pytest.approx(0.3, abs=0.1)
    assert pairs(left) == {(a, b) for a, b in pairs(whole) if a not in gone}
    services = faulty(replace(whole, table="services"), Fault("respondents", 0.3), luck)
    assert pairs(services) == pairs(left)
    more = faulty(whole, Fault("respondents", 0.5), luck)
    assert set(more.source) < set(left.source)


def test_noise_moves_ratings_by_at_most_so_many_points() -> None:
    whole, luck = data(), luck_of(3, 2)
    half, one = (faulty(whole, Fault("noise", x), luck).parts for x in (0.5, 1.0))
    assert np.array_equal(np.isnan(one), np.isnan(whole.parts))
    assert np.nanmin(one) >= 0
    assert np.nanmax(one) <= 1
    moved = 3 * (one - whole.parts)
    assert np.nanmax(np.abs(moved)) <= 1 + 1e-9
    assert np.nanmax(np.abs(moved)) > 0.99
    inside = (one > 0) & (one < 1) & (half > 0) & (half < 1)
    np.testing.assert_allclose(moved[inside], 2 * 3 * (half - whole.parts)[inside], atol=1e-9)
    middle = moved[1_500:2_500, 0]
    assert abs(middle.mean()) < 0.06
    assert middle.std() == pytest.approx(1 / math.sqrt(3), rel=0.05)
    assert abs(np.corrcoef(middle, moved[1_500:2_500, 1])[0, 1]) < 0.1


@pytest.mark.parametrize("kind", ["missing", "respondents", "noise"])
def test_faults_belong_to_ties_and_not_to_lines(kind: Any) -> None:
    whole = data(300)
    order = np.random.default_rng(1).permutation(300)
    mixed = replace(
        whole,
        source=tuple(whole.source[n] for n in order),
        target=tuple(whole.target[n] for n in order),
        parts=whole.parts[order],
    )
    one, two = (faulty(d, Fault(kind, 0.4), luck_of(1, 5)) for d in (whole, mixed))
    assert pairs(one) == pairs(two)
    by_tie = [
        {(a, b): p for a, b, p in zip(d.source, d.target, d.parts.tolist(), strict=True)}
        for d in (one, two)
    ]
    assert str(sorted(by_tie[0].items())) == str(sorted(by_tie[1].items()))


def test_draws_differ_and_repeat() -> None:
    fault = Fault("missing", 0.3)
    one, again, other = (pairs(faulty(data(), fault, luck_of(1, d))) for d in (0, 0, 1))
    assert one == again != other


# ----------------------------------------------------------------------------------------- files


@pytest.mark.parametrize("table", ["ties", "services", "partners"])
def test_files_are_written_as_they_are_read(tmp_path: Path, table: str) -> None:
    names = ("Ada, the first", 'Ben "B"', "Çem & <co>", "alone")
    parts = np.array([[0.1, 1 / 3, math.nan], [1.0, 0.0, 0.7]])
    ours = TieData(
        table, names, ("x", "y", "x", "y") if table == "ties" else None,
        (names[0], names[2]), (names[1], names[0]), parts,
    )  # fmt: skip
    back = read_data(table, str(write_data(ours, tmp_path)))
    assert (back.source, back.target, back.groups) == (ours.source, ours.target, ours.groups)
    assert np.array_equal(back.parts, parts, equal_nan=True)
    if table == "ties":
        assert back.names == names


@pytest.mark.parametrize("table", ["ties", "services", "partners"])
def test_all_ties_may_be_gone(tmp_path: Path, table: str) -> None:
    none = TieData(table, ("a", "b"), None, (), (), np.empty((0, 3)))
    back = read_data(table, str(write_data(none, tmp_path)))
    assert back.source == ()
    assert not back.rated


# ----------------------------------------------------------------------------------------- study


def effect_of(spec: Specification, name: str, replicates: int, seed: int = 1) -> float:
    """Return the effect of the interventions, reckoned from public results."""
    result = experiments.run(spec, seed=seed, replicates=replicates)
    alone = experiments.run(spec.without_interventions(), seed=seed, replicates=replicates)
    return float((result.outcomes[name] - alone.outcomes[name]).mean())


def test_effects_are_those_of_runs_and_data_without_faults_change_nothing(tmp_path: Path) -> None:
    spec = club(tmp_path)
    plan = prepare(spec, missing=(1e-12, 0.4), noise=(1e-300,), draws=2, replicates=2)
    study = doubt(plan)
    for name in ("gap_people", "worst_off"):
        wanted = effect_of(spec, name, replicates=2)
        assert study.base[name].mean == pytest.approx(wanted, abs=1e-15)
        own = study.effects[study.effects["outcome"] == name]
        nothing = own[own["level"] < 0.1]["effect"]
        np.testing.assert_allclose(nothing, wanted, atol=1e-9)
        assert (own[own["level"] == 0.4]["effect"] - wanted).abs().min() > 1e-9
    again = doubt(plan)
    pd.testing.assert_frame_equal(again.effects, study.effects)


def test_ties_alone_are_enough_and_the_community_keeps_its_people(tmp_path: Path) -> None:
    spec = club(tmp_path, people={}, services={}, partners={}, months=13)
    task = Task((spec,), Fault("missing", 1.0), 0, ("stewards", "gap_people"), 1, 1)
    effects = effects_under(task).effects
    assert all(np.isfinite(values).all() for values in effects.values())
    for fault in (None, Fault("missing", 1e-12)):
        whole = effects_under(task._replace(fault=fault)).effects
        assert whole["gap_people"] != effects["gap_people"]
        assert whole["gap_people"] == pytest.approx(effect_of(spec, "gap_people", 1), abs=1e-12)


def test_two_scenarios_on_the_same_data_have_the_same_faults(tmp_path: Path) -> None:
    spec = club(tmp_path, months=8)
    study = doubt(prepare(spec, spec, missing=(0.3,), noise=(), draws=2, replicates=1))
    assert (study.effects["effect"] == 0.0).all()
    assert "nothing changes in the gap" in study.sentences[0]
    other = club(tmp_path, months=8, events=[])
    compared = doubt(prepare(other, spec, missing=(0.3,), noise=(), draws=2, replicates=1))
    alone = doubt(prepare(spec, missing=(0.3,), noise=(), draws=2, replicates=1))
    np.testing.assert_allclose(compared.effects["effect"], alone.effects["effect"], atol=1e-15)


def test_results_do_not_depend_on_the_number_of_processes(tmp_path: Path) -> None:
    plan = prepare(club(tmp_path, months=3), missing=(0.3,), noise=(), draws=2, replicates=1)
    one, two = doubt(plan), doubt(plan, processes=2)
    pd.testing.assert_frame_equal(one.effects, two.effects)
    assert one.summary == two.summary


def made_up(effects: dict[Fault, list[float]], base: list[float], tmp_path: Path) -> DataDoubt:
    """Return a study with effects on the gap as given, draw by draw."""
    draws = len(next(iter(effects.values())))
    plan = Plan(club(tmp_path), None, tuple(effects), ("gap_people",), draws, len(base), 1)
    rows = [
        ("gap_people", *fault, draw, value)
        for fault, values in effects.items()
        for draw, value in enumerate(values)
    ]
    table = pd.DataFrame(rows, columns=["outcome", "kind", "level", "draw", "effect"])
    return DataDoubt(plan, {"gap_people": mean_interval(base)}, table)


def test_the_conclusion_holds_until_its_sign_changes(tmp_path: Path) -> None:
    study = made_up(
        {
            Fault("missing", 0.1): [-0.1] * 20,
            Fault("missing", 0.2): [-0.1] * 19 + [0.1],
            Fault("missing", 0.3): [-0.1] * 17 + [0.1, 0.0, 0.2],
            Fault("respondents", 0.1): [-0.1] * 18 + [0.1, 0.1],
            Fault("noise", 0.5): [-0.01 * n for n in range(1, 21)],
            Fault("noise", 1.0): [-0.1] * 19 + [math.nan],
        },
        [-0.1, -0.11, -0.09],
        tmp_path,
    )
    assert study.table["sign_changes"].tolist() == [0, 1, 3, 2, 0, 0]
    assert study.table["draws"].tolist() == [20] * 5 + [19]
    noise = study.table.iloc[4]
    assert (noise["low"], noise["high"]) == pytest.approx((-0.1905, -0.0195))
    assert study.sentences == (
        "In this model, the interventions lower the gap (people of the start) by 0.100; the "
        "conclusion holds until 20 % of the ties missing at random (at 30 %, its sign changes in 3 "
        "of 20 draws), not even until 10 % of the respondents not answering (its sign changes in 2 "
        "of 20 draws) and at every level tried up to ±1 point of error in the ratings.",
    )


@pytest.mark.parametrize(
    ("base", "says"),
    [
        ([0.1, -0.1, 0.05], "3 runs cannot tell this from no effect"),
        ([0.0, 0.0], "nothing changes in the gap"),
        ([math.nan], "cannot show the gap"),
    ],
)
def test_without_an_effect_there_is_no_conclusion(
    tmp_path: Path, base: list[float], says: str
) -> None:
    study = made_up({Fault("missing", 0.1): [0.1, 0.1]}, base, tmp_path)
    assert says in study.sentences[0]
    assert "no conclusion to test" in study.sentences[0]


def test_unrated_ties_have_no_noise(tmp_path: Path) -> None:
    spec = club(tmp_path, ratings=False, services={}, partners={}, months=2)
    plan = prepare(spec, draws=1, replicates=1)
    assert {fault.kind for fault in plan.faults} == {"missing", "respondents"}
    assert "no tie of these files has a rating" in plan.notes[0]
    with pytest.raises(InputError, match="no fault to try"):
        prepare(spec, missing=())


@pytest.mark.parametrize(
    ("how", "says"),
    [
        ({"missing": (0.0,)}, "missing: out of range"),
        ({"missing": (1.1,)}, "missing: out of range"),
        ({"noise": (3.5,)}, "noise: out of range"),
        ({"noise": (math.nan,)}, "noise: out of range"),
        ({"draws": 0}, "draws: out of range"),
        ({"replicates": 0}, "replicates: out of range"),
        ({"outcomes": ("gap_peple",)}, "did you mean 'gap_people'"),
        ({"missing": (), "noise": ()}, "no fault to try"),
    ],
)
def test_what_makes_no_sense_is_refused(tmp_path: Path, how: dict[str, Any], says: str) -> None:
    with pytest.raises(InputError, match=says):
        prepare(club(tmp_path), **how)


def test_scenarios_without_data_or_conclusion_are_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no ties of this scenario come from a file"):
        prepare(specify())
    with pytest.raises(InputError, match="nobody intervenes"):
        prepare(club(tmp_path, events=[]))
    with pytest.raises(InputError, match="last different times"):
        prepare(club(tmp_path), club(tmp_path, months=3))


def test_levels_are_lists_of_numbers() -> None:
    assert levels_of("0.1, .25", "--missing") == (0.1, 0.25)
    assert levels_of(" ", "--missing") == ()
    with pytest.raises(InputError, match="not a list of numbers"):
        levels_of("0,1;2", "--missing")


# --------------------------------------------------------------------------------------- results


def test_small_groups_are_left_out_of_what_is_written(tmp_path: Path) -> None:
    spec = club(tmp_path, months=13)
    people = spec.people.model_copy(update={"smallest_group": 18})
    spec = spec.model_copy(update={"people": people})
    outcomes = ("gap_people", "wellbeing")
    plan = prepare(spec, missing=(0.2,), noise=(), outcomes=outcomes, draws=1, replicates=1)
    study = doubt(plan)
    assert study.hidden == ("gap_people",)
    assert set(study.table["outcome"]) == set(outcomes)
    folder = write_doubt(study, tmp_path / "out", names=("club",))
    for name in ("table.csv", "effects.csv"):
        assert set(pd.read_csv(folder / name)["outcome"]) == {"wellbeing"}
    summary = json.loads((folder / "summary.json").read_text())
    assert list(summary["effects"]) == ["wellbeing"]
    assert any("see people.smallest_group" in note for note in summary["notes"])
    assert not (folder / "people.csv").exists()


class TestCommand:
    @pytest.fixture(autouse=True)
    def town(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        ties_file(tmp_path)
        (tmp_path / "club.toml").write_text(
            'schema = 1\nmonths = 14\nspin_up = 0\n[ties]\nkind = "file"\npath = "ties.csv"\n'
            '[[groups]]\nname = "one"\nsize = 20\nconditions = 0.7\n'
            '[[groups]]\nname = "two"\nsize = 14\nconditions = 0.3\n'
            '[[institutions]]\nname = "hall"\nsector = "government"\n'
            '[[events]]\nid = "push"\nkind = "funding"\nmonth = 1\nduration = 6\n'
        )
        monkeypatch.chdir(tmp_path)

    FEW = ("--missing", "0.2", "--noise", "1", "--draws", "2", "--replicates", "2", "--quiet")

    def test_prints_tables_and_a_sentence(self, capsys: pytest.CaptureFixture[str]) -> None:
        assert main(["perturb", "club.toml", *self.FEW, "--out", "out"]) == 0
        text = " ".join(capsys.readouterr().out.split())
        assert "gap (people of the start):" in text
        assert "with the data as they are" in text
        assert "ties missing 20 %" in text
        assert "respondents missing 20 %" in text
        assert "ratings off by ±1 point" in text
        assert "conclusion" in text
        table = pd.read_csv("out/table.csv")
        assert table.groupby("outcome")["kind"].apply(list).to_dict() == {
            name: ["missing", "respondents", "noise"] for name in ("gap_people", "worst_off")
        }
        assert Path("out/scenario.toml").exists()

    def test_json_is_the_same_every_time(self, capsys: pytest.CaptureFixture[str]) -> None:
        words = ["perturb", "club.toml", *self.FEW, "--json", "--outcome", "wellbeing"]
        texts = []
        for _ in range(2):
            assert main(words) == 0
            texts.append(capsys.readouterr().out)
        assert texts[0] == texts[1]
        found = json.loads(texts[0])
        assert list(found["effects"]) == ["wellbeing"]
        assert len(found["table"]) == 3

    def test_a_scenario_without_data_ends_in_one_line(
        self, capsys: pytest.CaptureFixture[str]
    ) -> None:
        assert main(["perturb", "demo"]) == 2
        line = capsys.readouterr().err
        assert "there are no data to doubt" in line
        assert line.count("\n") == 1
