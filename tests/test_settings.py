"""Changes to single keys of a scenario: `--set`, and mappings from Python."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import scenarios
from scenarios.settings import changes_of
from simulation.errors import InputError
from tests.scenario_files import TOWN, load, refusal


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "town.toml").write_text(TOWN, encoding="utf-8")
    return tmp_path


@pytest.mark.parametrize(
    ("setting", "key", "value"),
    [
        ("activation.reinforcement=2", ("parameters", "activation", "reinforcement"), 2.0),
        ("parameters.activation.rate=.4", ("parameters", "activation", "rate"), 0.4),
        ("activation.response = step", ("parameters", "activation", "response"), "step"),
        ("sense.enabled=false", ("parameters", "sense", "enabled"), False),
        ("events.enabled=false", ("parameters", "events", "enabled"), False),
        ("groups.north.size=30", ("groups", 0, "size"), 30),
        ('groups."south side".size=30', ("groups", 1, "size"), 30),
        ("groups.south side.size=30", ("groups", 1, "size"), 30),
        ("institutions.clinic.present_bias=.5", ("institutions", 0, "present_bias"), 0.5),
        ("connectors.connectors.count=1", ("connectors", 0, "count"), 1),
        ("events.push.duration=24", ("events", 0, "duration"), 24),
        ("events.push.uses={cash = 0.5}", ("events", 0, "uses", "cash"), 0.5),
        ("ties.degree=6", ("ties", "degree"), 6.0),
        ("measures.membership=work", ("measures", "membership"), "work"),
        ("months=7", ("months",), 7),
        ("title=Hello = world", ("title",), "Hello = world"),
        ("groups.A.size=3", ("groups", 0, "size"), 3),
    ],
)
def test_a_setting(folder: Path, setting: str, key: tuple[str | int, ...], value: Any) -> None:
    base = "title = 'the default groups A and B'\n" if "groups.A" in setting else TOWN
    found: Any = load(base, overrides=[setting]).data()
    for part in key:
        found = found[part]
    assert found == value


@pytest.mark.parametrize(
    ("setting", "line"),
    [
        (
            "activation.reinforcment=2",
            ": unknown key 'activation.reinforcment'; did you mean 'activation.reinforcement'?",
        ),
        ("reinforcement=2", "did you mean 'activation.reinforcement'?"),
        ("activaton.rate=0.1", "did you mean 'activation.rate'?"),
        ("groups.north.size=-1", ": out of range (found -1; allowed: a whole number from 0 to"),
        ("groups.nroth.size=1", "did you mean 'groups.north'?"),
        ("events.push=3", ": names a whole entry"),
        ("months=soon", ": wrong type (found 'soon'; allowed: a whole number from 1 to 12000)"),
        ("months", ": a setting is written key=value"),
        ("=3", ": not a key"),
        ("a..b=3", ": not a key"),
        ("activation.exit=0.9", ": activation: exit + burnout_exit"),
        ("ties.kind=file", "needs a path"),
        ("foo.bar=1", ": unknown key 'foo.bar'"),
        ("seed=" + "9" * 5000, "seed"),
    ],
)
def test_a_setting_that_cannot_be(folder: Path, setting: str, line: str) -> None:
    refused = refusal(TOWN, overrides=["months=12", setting])
    assert refused.startswith(f"--set {setting[:20]}")
    assert line in refused


def test_python_settings(folder: Path) -> None:
    town = scenarios.load("town.toml", overrides={"activation.rate": 0.1}, months=6, seed=9)
    assert (town.months, town.seed, town.data()["parameters"]["activation"]["rate"]) == (6, 9, 0.1)
    again = scenarios.with_settings(town, {"activation.rate": None, "months": 8})
    assert again.data()["parameters"]["activation"]["rate"] == 0.25
    assert (again.months, town.months) == (8, 6)
    with pytest.raises(InputError, match=r"^setting activation\.rate=3: out of range"):
        scenarios.with_settings(town, {"activation.rate": 3})
    with pytest.raises(InputError, match=r"^months=0: out of range"):
        scenarios.load("town.toml", months=0)


def test_a_file_that_is_wrong_is_blamed_before_a_setting(folder: Path) -> None:
    assert refusal("months = 0\n", overrides=["seed=3"]).startswith(
        "mine.toml: months: out of range"
    )


@given(st.text(max_size=40))
def test_any_text_is_a_setting_or_refused_in_one_line(text: str) -> None:
    line = "--set"
    try:
        changes_of([text])
    except InputError as error:
        line = str(error)
    assert line.startswith("--set")
    assert len(line.splitlines()) == 1
