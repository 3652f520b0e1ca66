"""Mistakes in designs: one clear line each, however odd the file."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from experiments.designs import Design, load_design
from simulation.errors import InputError
from tests.design_files import EVERY, GRID, LISTED, POINTS, made
from tests.fuzzer import VALUES, spoil_bytes, spoil_lines, spoil_tree

LENGTH = 'key = "events.push.duration"\nvalues = [3, 6]'


def refusal(text: str, folder: Path | None = None) -> str:
    with pytest.raises(InputError) as caught:
        made(text, folder).cells()
    line = str(caught.value)
    assert line.startswith("mine.toml: ")
    assert line.isprintable()
    return line.removeprefix("mine.toml: ")


@pytest.mark.parametrize(
    ("old", "new", "line"),
    [
        ("title =", "titel =", "titel: unknown key; did you mean 'title'?"),
        ("label =", "lable =", "factors[#1].lable: unknown key"),
        ('"factorial"', '"factoral"', "method: not one of the choices"),
        ('"factorial"', '"sobol"', "points: is missing"),
        ('"factorial"', '"factorial"\npoints = 3', "points: means nothing for method = 'fact"),
        ('["Q1"]', '["Q99"]', "answers[#1]: not of the right form"),
        ("replicates = 2", "replicates = 0", "replicates: out of range (found 0;"),
        ("headline/push_alone", "headline/push_alon", "scenario: neither a shipped scenario"),
        ("trust_within", "trust_withn", "record.measures: there is no such measure"),
        ("push.duration", "pusch.duration", "factors.length: there is no entry 'pusch' in events"),
        ("push.duration", "push.duratoin", "did you mean 'events.push.duration'?"),
        ("[3, 6]", "[3, 3]", "factors.length.values: a value comes twice"),
        ("[3, 6]", "[3, 0]", "point 3, arm 'alone': setting events.push.duration=0: out of"),
        ("[3, 6]", "[3, 6]\nlow = 1", "factors.length.low: means nothing beside values"),
        (LENGTH, 'key = "events.push.duration"', "factors.length.high: is missing"),
        ('name = "length"', 'name = "tipped"', "is the name of a column"),
        ('name = "sight"', 'name = "length"', "two factors have this name"),
        ("events.push.duration", "activation.rate", "change the same setting"),
        ('"activation.rate"', '"institutions.city.present_bias"', "change the same setting"),
        ('sight = "far"', 'sigth = "far"', "factors.activation.rate.when: is neither a setting"),
        ('sight = "far"', '"activation.rate" = 1', "comes later or is the factor itself"),
        ("low = 0.1", "low = 0.5", "factors[#3].low: must not exceed high"),
        ("low = 0.1", "low = 0", "a logarithmic scale begins above 0"),
        ('name = "short", ', "", "levels: a list of levels holds tables with a name"),
        ('"with succession"', '"alone"', "arms: two arms have this name"),
        ("leadership.vacancy_months", "events.push.duration", "an arm cannot set what a factor"),
        ("leadership.vacancy_months", "leadership.vacancy_month", "vacancy_months"),
        ('"groups.*.size" = 20', "groups.north.size = 20", "names a table, not a setting"),
        ('"groups.*.size" = 20', '"groups.*.size" = -1', "settings: setting groups.north.size=-1"),
        ('"groups.*.size" = 20', '"places.*.shares" = 1', "unknown key"),
    ],
)  # fmt: skip
def test_a_mistake_in_a_file(old: str, new: str, line: str) -> None:
    assert old in GRID
    assert line in refusal(GRID.replace(old, new, 1))


@pytest.mark.parametrize(
    ("points", "line"),
    [
        ("intensity,activation.rate\n0.5,\n", "points.csv: line 2, column activation.rate: a cell"),
        ("intensity,activation.rate\n0.5\n", "another number of fields than the header (found 1;"),
        ("intensity,intensity\n0.5,1\n", "a column is there twice"),
        ("activation.rate\n0.5\n", "table: has no column of this factor (found 'intensity')"),
        ("intensity,activation.rat\n1,0.5\n", "did you mean 'activation.rate'?"),
        ("intensity,activation.rate\n1,0.5\n1,7\n", "point 1: setting activation.rate=7: out of"),
        ("intensity\n", "the table has too few or too many rows"),
        ('intensity\n"1\n', "the fields cannot be told apart"),
        ("", "the file is empty"),
    ],
)
def test_a_mistake_in_a_table(points: str, line: str, tmp_path: Path) -> None:
    (tmp_path / "points.csv").write_text(points, encoding="utf-8")
    assert line in refusal(LISTED, tmp_path)


@pytest.mark.parametrize(
    ("table", "line"),
    [
        (pd.DataFrame({"activation.rate": [0.1, np.nan]}), "row 1, column activation.rate"),
        ({"activation.rate": [0.1], "sense.lag": [1, 2]}, "columns are of different lengths"),
        (np.array([[1.0, 2.0]]), "another number of values than there are factors"),
        (3, "wrong type"),
        (None, "table: is missing"),
    ],
)
def test_a_mistake_in_a_table_from_python(table: Any, line: str) -> None:
    with pytest.raises(InputError, match=line):
        Design(method="table", table=table, factors=[])


def test_designs_too_large_are_refused_at_once() -> None:
    keys = ("activation.rate", "trust.gain_kept", "living.persistence", "trust.loss_broken")
    factors = [{"key": key, "low": 0, "high": 1, "levels": 100} for key in keys]
    with pytest.raises(InputError, match="too many points"):
        Design(factors=factors)
    with pytest.raises(InputError, match="too many points"):
        Design(method="saltelli", points=1_000_000, factors=factors[:2])


def test_names_of_designs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name, line in (
        ("first-swep", "did you mean 'first-sweep'?"),
        ("first-sweep.toml", "the shipped design is 'first-sweep'"),
        ("", "no shipped design has this name"),
        (".", "no shipped design has this name"),
        ("a\x00.toml", "there is no such file"),
    ):
        with pytest.raises(InputError) as caught:
            load_design(name)
        assert line in str(caught.value)


def test_three_hundred_spoilt_designs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("points.csv").write_text(POINTS, encoding="utf-8")
    luck, refused = random.Random(11), 0
    for number in range(300):
        path = Path(f"spoilt-{number}.toml")
        path.write_bytes(_spoilt(luck.choice([GRID, *EVERY]), luck))
        try:
            design = load_design(str(path))
            if len(design.points) <= 12:
                design.cells()
        except InputError as error:
            line = str(error)
            assert path.name in line, line
            assert line.isprintable(), line
            assert len(line) < 2000
            refused += 1
    assert 150 < refused < 290


def _spoilt(text: str, luck: random.Random) -> bytes:
    raw = text.encode()
    for _ in range(luck.choice([1, 1, 2])):
        way = luck.random()
        try:
            if way < 0.1:
                raw = spoil_bytes(raw, luck)
            elif way < 0.55:
                raw = spoil_lines(raw.decode(), luck, VALUES, " = ").encode()
            else:
                raw = spoil_tree(raw.decode(), luck).encode()
        except (ValueError, KeyError, IndexError, TypeError, RecursionError, OverflowError):
            raw = spoil_bytes(raw, luck)
    return raw
