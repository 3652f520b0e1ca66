"""`kindling ledger`: a table whose parts sum to the change, and the tidy file behind it."""

import json
import re
from pathlib import Path

import pandas as pd
import pytest

from simulation.cli.main import main
from tests.test_cli import TOWN

NUMBER = re.compile(r"[+−]?\d+\.\d+")


@pytest.fixture
def town_file(tmp_path: Path) -> Path:
    file = tmp_path / "town.toml"
    file.write_text(TOWN, encoding="utf-8")
    return file


def test_the_table_adds_up(town_file, capsys):
    options = ["--indicator", "wellbeing", "--set", "housing.base_turnover=0.1", "-q"]
    assert main(["ledger", str(town_file), *options]) == 0
    out = capsys.readouterr().out
    assert "Two banks of a river" in out
    rows = [
        line.split() for line in out.splitlines() if NUMBER.search(line) and "month" not in line
    ]
    amounts = [float(row[-1].replace("−", "-")) for row in rows]
    assert rows[-1][0] == "change"
    assert len(rows) > 2
    assert sum(amounts[:-1]) == pytest.approx(amounts[-1], abs=1e-9)


def test_json_holds_the_parts_in_full(town_file, capsys):
    options = ["--group", "south", "--indicator", "stewards", "--from", "1", "--to", "9", "--json"]
    assert main(["ledger", str(town_file), *options]) == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["from"], found["to"], found["group"]) == (1, 9, "south")
    change = found["after"] - found["before"]
    assert sum(part["amount"] for part in found["parts"]) == pytest.approx(change, abs=1e-9)


def test_the_file_is_tidy_and_is_that_of_the_run(town_file, tmp_path, capsys):
    out = tmp_path / "sub" / "ledger.csv"
    assert main(["ledger", str(town_file), "--out", str(out), "-q"]) == 0
    table = pd.read_csv(out)
    assert list(table.columns) == ["month", "indicator", "process", "group", "amount"]
    assert set(table["group"]) == {"north", "south", "all"}
    folder = tmp_path / "run"
    assert main(["run", str(town_file), "--out", str(folder), "-q"]) == 0
    monthly = pd.read_parquet(folder / "series.parquet")
    chosen = monthly.query("measure == 'gap' and boundary == 'place' and arm == 'with'")
    gap = chosen.set_index("month")["value"]
    mine = table.query("indicator == 'gap'").groupby("month")["amount"].sum()
    for month in range(1, 17):
        assert mine.get(month, 0.0) == pytest.approx(gap[month] - gap[month - 1], abs=1e-6)
    capsys.readouterr()
    assert main(["ledger", str(town_file), "--out", str(out), "-q"]) == 2
    assert "--force replaces it" in capsys.readouterr().err
    assert main(["ledger", str(town_file), "--out", str(out), "-q", "--force", "--from", "15"]) == 0
    assert set(pd.read_csv(out)["month"]) == {16}


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--indicator", "gapp"], "did you mean 'gap'?"),
        (["--group", "sooth"], "did you mean 'south'?"),
        (["--from", "40"], "allowed: 0 to 16"),
        (["--from", "9", "--to", "3"], "ends before it begins"),
    ],
)
def test_what_cannot_be_is_told_in_one_line(town_file, capsys, options, words):
    assert main(["ledger", str(town_file), *options, "-q"]) == 2
    err = capsys.readouterr().err
    assert words in err
    assert err.count("\n") == 1


def test_small_groups_of_real_people_are_left_out(tmp_path, capsys):
    people = [f"p{n},{'north' if n < 20 else 'south'}" for n in range(23)]
    (tmp_path / "people.csv").write_text("\n".join(["person,group", *people]) + "\n")
    file = tmp_path / "town.toml"
    text = TOWN.replace("size = 24", "size = 20").replace("size = 16", "size = 3")
    file.write_text(text + '\n[people]\npath = "people.csv"\n', encoding="utf-8")
    out = tmp_path / "ledger.csv"
    options = ["ledger", str(file), "-q"]
    assert main([*options, "--indicator", "wellbeing", "--out", str(out)]) == 0
    table = pd.read_csv(out)
    assert set(table["group"]) == {"all"}
    assert "gap" not in set(table["indicator"])
    for more in (["--indicator", "gap"], ["--indicator", "wellbeing", "--group", "south"]):
        capsys.readouterr()
        assert main([*options, *more]) == 2
        assert "too few real people" in capsys.readouterr().err
