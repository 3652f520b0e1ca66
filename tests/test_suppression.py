"""Suppression: which groups are left out, and that nothing else gives them away. By hand cases."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import experiments
from experiments.export import export, write_export
from experiments.recorded import Key
from experiments.shared import shared_run
from experiments.store_run import write_comparison, write_run
from experiments.suppression import (
    LeftOut,
    hidden_keys,
    left_out,
    left_out_of,
    suppress_rows,
    suppress_table,
)
from simulation.specification import Specification, specify


@pytest.mark.parametrize(
    ("sizes", "groups"),
    [
        ({"a": 5, "b": 40}, ()),
        ({"a": 4, "b": 40}, ("a", "b")),
        ({"a": 40, "b": 3, "c": 12, "d": 30}, ("b", "c")),
        ({"a": 40, "b": 3, "c": 4, "d": 30}, ("b", "c")),
        ({"a": 1, "b": 1, "c": 20, "d": 9}, ("a", "b", "d")),
        ({"a": 0, "b": 40, "c": 30}, ()),
        ({"a": 0, "b": 2, "c": 30, "d": 31}, ("b", "c")),
        ({"a": 30}, ()),
    ],
)
def test_the_groups_that_are_left_out(sizes: dict[str, int], groups: tuple[str, ...]) -> None:
    found = left_out(sizes)
    assert found.groups == groups
    assert not found.everyone
    assert len(found.lines) == len(groups)
    assert bool(found) is bool(groups)


def test_one_line_says_which_and_why() -> None:
    lines = left_out({"x": 3, "y": 40, "z": 50}).lines
    assert lines[0] == "group 'x' has 3 people: left out, see people.smallest_group"
    assert lines[1].startswith("group 'y' has 40 people: left out too, or 'x' could be reckoned")
    assert left_out({"x": 1, "y": 1, "z": 50}).lines[0].startswith("group 'x' has 1 person: ")


@pytest.mark.parametrize("sizes", [{"a": 3}, {"a": 2, "b": 2}, {"a": 4, "b": 0}])
def test_of_a_tiny_community_nothing_is_shared(sizes: dict[str, int]) -> None:
    found = left_out(sizes)
    assert found.everyone
    assert "nothing is shared" in found.lines[-1]


@pytest.mark.parametrize("smallest", [0, 1])
def test_the_limit_can_be_lifted(smallest: int) -> None:
    assert not left_out({"a": 1, "b": 2}, smallest)


def test_scenarios_without_people_are_whole() -> None:
    spec = specify(groups=[{"name": "a", "size": 2}], ties={"kind": "complete"})
    assert left_out_of(spec) == LeftOut()


def tidy(values: dict[tuple[str, str, str], list[float]]) -> pd.DataFrame:
    """Return a tidy table of one run: values by measure, group and boundary, month by month."""
    rows = [
        {"run": "r", "arm": "with", "month": month, "community": "c", "measure": measure,
         "group": group, "boundary": boundary, "value": value}
        for (measure, group, boundary), months in values.items()
        for month, value in enumerate(months)
    ]  # fmt: skip
    return pd.DataFrame(rows)


# Four groups: b and c are left out. In month 1, b has the lowest well-being.
FOUR = ("a", "b", "c", "d")
LEFT = LeftOut(("b", "c"), FOUR)


def four(b: float) -> dict[tuple[str, str, str], list[float]]:
    """Return two months of four groups; `b` is the well-being of b in month 1."""
    own = {"a": [0.5, 0.6], "b": [0.5, b], "c": [0.6, 0.6], "d": [0.75, 0.875]}
    gap = [max(x) - min(x) for x in zip(*own.values(), strict=True)]
    values: dict[tuple[str, str, str], list[float]] = {
        ("wellbeing", name, "people"): series for name, series in own.items()
    }
    values["wellbeing", "all", "people"] = [0.59, 0.65]
    values["gap", "all", "people"] = gap
    values["gap_relative", "all", "people"] = [gap[0] / 0.59, gap[1] / 0.65]
    values["gap_signed", "all", "people"] = [0.0, b - 0.6]
    values["worst_off", "all", "people"] = own["a"]
    values["theil_between", "all", "place"] = [0.01, 0.02]
    values["gini", "all", "place"] = [0.2, 0.3]
    values["seats", "c", "place"] = [0.4, 0.4]
    return values


def emptied(table: pd.DataFrame) -> set[tuple[str, str]]:
    gone = table[table["value"].isna()]
    return set(zip(gone["measure"], gone["group"], strict=True))


OWN = {("wellbeing", "b"), ("wellbeing", "c"), ("seats", "c"), ("gap_signed", "all"),
       ("theil_between", "all")}  # fmt: skip


def test_what_follows_from_the_other_groups_remains() -> None:
    table = tidy(four(0.7))
    shown = suppress_table(table, LEFT)
    assert emptied(shown) == OWN
    assert len(shown) == len(table)
    kept = shown["value"].notna()
    assert (shown["value"][kept] == table["value"][kept]).all()
    assert table["value"].notna().all()


def test_a_gap_that_gives_a_small_group_away_is_left_out() -> None:
    shown = suppress_table(tidy(four(0.125)), LEFT)
    assert emptied(shown) == OWN | {("gap", "all"), ("gap_relative", "all")}


def test_the_worst_off_are_left_out_where_they_are_a_small_group() -> None:
    values = four(0.7)
    values["worst_off", "all", "people"] = [0.5, 0.7]  # group b's own
    assert ("worst_off", "all") in emptied(suppress_table(tidy(values), LEFT))


def test_arms_are_judged_together() -> None:
    both = pd.concat([tidy(four(0.7)), tidy(four(0.125)).assign(arm="without")])
    shown = suppress_table(both, LEFT)
    assert ("gap", "all") in emptied(shown[shown["arm"] == "with"])


def test_of_a_tiny_community_every_value_is_empty() -> None:
    shown = suppress_table(tidy(four(0.7)), LeftOut(FOUR, FOUR, everyone=True))
    assert shown["value"].isna().all()


def test_columns_and_tables_agree() -> None:
    values = four(0.125)
    keys = [Key(*name) for name in values]
    hidden = hidden_keys(keys, np.array(list(values.values())).T[None], LEFT)
    by_column = {(k.measure, k.group) for k, out in zip(keys, hidden, strict=True) if out}
    assert by_column == emptied(suppress_table(tidy(values), LEFT))


def test_rows_of_people_keep_only_who_they_are() -> None:
    table = pd.DataFrame({"person": ["r0", "r1"], "group": ["a", "b"], "skill": [0.25, 0.5]})
    shown = suppress_rows(table, LEFT, keep=("person",))
    assert shown["person"].tolist() == ["r0", "r1"]
    assert shown["group"].tolist() == ["a", None]
    assert shown["skill"][0] == 0.25
    assert shown["skill"].isna()[1]
    assert table["skill"].tolist() == [0.25, 0.5]


# ------------------------------------------------------------------------------ written results


GROUPS = {"north": 20, "south": 12, "mill": 3, "quay": 4}
LEFT_OUT = ("mill", "quay")


def people_file(folder: Path, sizes: dict[str, int]) -> str:
    """Write a list of people, so many of each group, and return its path."""
    names = [(f"{group}-{n}", group) for group, size in sizes.items() for n in range(size)]
    file = folder / "people.csv"
    file.write_text("person,group\n" + "".join(f"{n},{g}\n" for n, g in names))
    return str(file)


def town(people: Any = None, **changes: Any) -> Specification:
    """Return a town of four groups, two of them small, of real people where a file is given."""
    conditions = {"north": 0.7, "south": 0.4, "mill": 0.1, "quay": 0.2}
    data: dict[str, Any] = {
        "months": 18,
        "spin_up": 0,
        "groups": [
            {"name": name, "size": size, "conditions": conditions[name], "burden": 0.2}
            for name, size in GROUPS.items()
        ],
        "institutions": [{"name": "hall", "sector": "government"}],
        "ties": {"degree": 4},
        "events": [{"id": "push", "month": 1, "kind": "funding", "duration": 4}],
    }
    if people is not None:
        data["people"] = people if isinstance(people, dict) else {"path": people}
    return specify({**data, **changes})


@pytest.fixture
def real(tmp_path: Path) -> Specification:
    """The town of real people."""
    return town(people_file(tmp_path, GROUPS))


HIDDEN = {
    "gap_people", "gap_place", "worst_off", "gain_during", "gain_12", "gain_end", "gain_months",
    "sustained_12", "worst_off_worse", "levelled_down", "power_opened",
}  # fmt: skip
SHOWN = {"wellbeing", "stewards", "resident_seats", "ownership", "displaced"}


def test_a_written_run_holds_nothing_of_small_groups(tmp_path: Path, real: Specification) -> None:
    result = experiments.run(real, seed=2, replicates=2)
    complete = result.outcomes["gap_people"].copy()
    folder = write_run(result, tmp_path / "run", name="town")
    series = pd.read_parquet(folder / "series.parquet")
    small = series["group"].isin(LEFT_OUT)
    assert small.any()
    assert series.loc[small, "value"].isna().all()
    assert series.loc[series["group"] == "south", "value"].notna().all()
    outcomes = pd.read_csv(folder / "outcomes.csv")
    assert outcomes[sorted(HIDDEN)].isna().all().all()
    assert outcomes[sorted(SHOWN)].notna().all().all()
    summary = json.loads((folder / "summary.json").read_text())
    assert set(left_out_of(real).lines) <= set(summary["notes"])
    assert summary["outcomes"]["gap_people"]["mean"] is None
    assert "groups too small to be shown" in summary["sentences"][1]
    for text in (*summary["sentences"], summary["figure"]):
        assert not any(name in text for name in LEFT_OUT)
        assert "nan" not in text
    for name in LEFT_OUT:
        assert name not in (folder / "figure.svg").read_text()
    assert result.outcomes["gap_people"].equals(complete)
    assert complete.notna().all()


def test_a_written_comparison_too(tmp_path: Path, real: Specification) -> None:
    comparison = experiments.compare(real, real.without_interventions(), replicates=2)
    folder = write_comparison(comparison, tmp_path / "both", names=("a", "b"))
    effects = pd.read_csv(folder / "effects.csv").set_index("outcome")
    assert effects.loc[["gap_people", "worst_off"], ["a", "b", "difference"]].isna().all().all()
    assert effects.loc["wellbeing", "difference"] == pytest.approx(
        comparison.effects.set_index("outcome").loc["wellbeing", "difference"]
    )
    summary = json.loads((folder / "summary.json").read_text())
    assert set(left_out_of(real).lines) <= set(summary["warnings"])


def test_an_export_too(tmp_path: Path, real: Specification) -> None:
    made = export(real, (3,))
    left = write_export(
        made, tmp_path / "out", name="town", formats=("csv", "edges", "graphml"), people=True
    )
    assert left.groups == LEFT_OUT
    months = pd.read_csv(tmp_path / "out" / "monthly.csv")
    assert months.loc[months["group"].isin(left.groups), "value"].isna().all()
    people = pd.read_csv(tmp_path / "out" / "people-3.csv").set_index("person")
    small = [f"r{i}" for i in range(32, 39)]
    assert people.loc[small].isna().all().all()
    assert people.drop(small)["opinion"].notna().all()
    edges = pd.read_csv(tmp_path / "out" / "edges-3.csv")
    ends = edges["source"].isin(small) | edges["target"].isin(small)
    assert ends.any()
    assert edges.loc[ends, ["reliability", "mission_rating"]].isna().all().all()
    assert edges.loc[~ends, "reliability"].notna().all()
    text = (tmp_path / "out" / "network-3.graphml").read_text()
    assert not any(name in text for name in left.groups)


def test_a_tiny_community_is_written_without_a_value(tmp_path: Path) -> None:
    path = people_file(tmp_path, {"a": 3})
    spec = town(path, groups=[{"name": "a", "size": 3}], ties={"degree": 2}, months=6)
    folder = write_run(experiments.run(spec, replicates=2), tmp_path / "run", name="a")
    assert pd.read_parquet(folder / "series.parquet")["value"].isna().all()
    summary = json.loads((folder / "summary.json").read_text())
    for entry in summary["outcomes"].values():
        assert (entry["mean"] if "mean" in entry else entry["share"]) is None
    assert summary["sentences"] == ["The community is too small for any of its values to be shown."]


def test_the_limit_is_the_scenarios_own(tmp_path: Path) -> None:
    path = people_file(tmp_path, GROUPS)
    assert left_out_of(town(path)).groups == LEFT_OUT
    assert not left_out_of(town(people={"path": path, "smallest_group": 3}))
    more = left_out_of(town(people={"path": path, "smallest_group": 13}))
    assert more.groups == ("south", "mill", "quay")


def test_files_that_tell_of_single_people_are_not_copied(
    tmp_path: Path, real: Specification
) -> None:
    partners = tmp_path / "partners.csv"
    partners.write_text("source,target,trust\nhall,clinic,0.5\n")
    institutions = [{"name": n, "sector": "government"} for n in ("hall", "clinic")]
    spec = town(real.people.path, institutions=institutions, partners={"path": str(partners)})
    folder = write_run(experiments.run(spec), tmp_path / "run", name="town")
    assert (folder / "partners.csv").exists()
    assert not (folder / "people.csv").exists()
    assert "people.csv" in json.loads((folder / "summary.json").read_text())["notes"][-1]
    texts = [f.read_text() for f in folder.iterdir() if f.suffix in (".csv", ".json", ".toml")]
    assert not any("mill-0" in text for text in texts)


def test_a_run_without_real_people_is_passed_on_as_it_is() -> None:
    result = experiments.run(town(months=2))
    assert shared_run(result) is result
