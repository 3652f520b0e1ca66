"""Scenario files: found by name or path, extended, and written so that they load as equals."""

from __future__ import annotations

import pickle
import shutil
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import scenarios
from simulation.errors import InputError
from simulation.parameters import all_parameters
from simulation.specification import specify
from tests.scenario_files import TOWN, load, refusal


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "town.toml").write_text(TOWN, encoding="utf-8")
    return tmp_path


# --- names and files ------------------------------------------------------------------------------


def test_every_shipped_scenario_loads_and_survives_being_written(folder: Path) -> None:
    for name in scenarios.names():
        specification = scenarios.load(name)
        assert specification.title
        written = scenarios.to_toml(specification)
        Path("again.toml").write_text(written, encoding="utf-8")
        if specification.ties.path:  # a ties file is to lie beside the scenario
            shutil.copy(specification.ties.path, folder)
            assert scenarios.to_toml(scenarios.load("again.toml")) == written
        else:
            assert scenarios.load("again.toml") == specification


def test_shipped_names_are_paths_without_their_ending() -> None:
    assert all(scenarios.find(n).suffix == ".toml" for n in scenarios.names())
    assert not any("\\" in n or n.endswith(".toml") for n in scenarios.names())


@pytest.mark.parametrize(
    ("name", "line"),
    [
        ("twon", "twon: no shipped scenario has this name; a file's name ends in .toml"),
        ("missing.toml", "missing.toml: there is no such file"),
        ("places/none", "places/none: neither a shipped scenario nor a file places/none"),
        ("", "'': no shipped scenario has this name"),
        ("a\0b.toml", "there is no such file"),
        ("x" * 5000 + ".toml", "there is no such file"),
    ],
)
def test_what_is_not_there(folder: Path, name: str, line: str) -> None:
    with pytest.raises(InputError) as caught:
        scenarios.load(name)
    assert line in str(caught.value)


def test_folders_devices_and_unreadable_bytes(folder: Path) -> None:
    (folder / "dir.toml").mkdir()
    (folder / "latin.toml").write_bytes(b"schema = 1\ntitle = 'caf\xe9'\n")
    for name, words in (
        ("dir.toml", "is a folder"),
        ("latin.toml", "is not UTF-8 text (line 2)"),
        ("/dev/null/x", "neither a shipped scenario nor a file"),
    ):
        with pytest.raises(InputError, match=words.replace("(", r"\(").replace(")", r"\)")):
            scenarios.load(name)


# --- extends --------------------------------------------------------------------------------------


def test_extending_merges_tables_key_by_key_and_entries_by_name(folder: Path) -> None:
    changed = load(
        'extends = "town.toml"\n'
        "[parameters.activation]\nexponent = 2.0\n"
        '[[groups]]\nname = "west"\nsize = 7\n'
        '[[groups]]\nname = "north"\ncommuters = 0.1\n'
        '[[institutions]]\nname = "clinic"\nremove = true\n'
        "[[connectors]]\nemployer = ''\n"
        '[[events]]\nid = "push"\nduration = 9\n'
    )
    assert changed.title == "Town"
    activation = changed.data()["parameters"]["activation"]
    assert (activation["rate"], activation["exponent"]) == (0.3, 2.0)
    sizes = {g.name: (g.size, g.commuters) for g in changed.groups}
    assert list(sizes) == ["north", "south side", "west"]
    assert sizes == {"north": (300, 0.1), "south side": (100, 0.2), "west": (7, 0.0)}
    assert changed.institutions == ()
    assert (changed.connectors[0].count, changed.connectors[0].employer) == (2, "")
    assert (changed.events[0].duration, changed.events[0].month) == (9, 12)


def test_an_event_of_another_kind_replaces_the_old_one(folder: Path) -> None:
    changed = load('extends = "town.toml"\n[[events]]\nid = "push"\nmonth = 3\nkind = "policy"\n')
    assert changed.events[0].kind == "policy"
    assert changed.events[0].duration == 1


def test_plain_lists_are_replaced_whole(folder: Path) -> None:
    (folder / "base.toml").write_text("answers = ['Q1', 'Q2']\nprompts = ['a']\n")
    changed = load("extends = 'base.toml'\nanswers = ['Q3']\n")
    assert (changed.answers, changed.prompts) == (("Q3",), ("a",))


def test_paths_are_seen_from_the_file_that_states_them(folder: Path) -> None:
    (folder / "deep").mkdir()
    (folder / "ties.csv").write_text("from,to\na,b\nb,c\n")
    base = "[[groups]]\nname = 'g'\nsize = 3\n[ties]\nkind = 'file'\npath = '../ties.csv'\n"
    (folder / "deep" / "base.toml").write_text(base)
    specification = load("extends = 'deep/base.toml'\ntitle = 'Mine'\n")
    assert Path(specification.ties.path or "").samefile(folder / "ties.csv")
    assert 'path = "ties.csv"' in scenarios.to_toml(specification)
    assert str(folder) not in scenarios.to_toml(specification)
    line = refusal("extends = 'deep/base.toml'\n[ties]\npath = 'gone.csv'\n")
    assert line == "mine.toml: ties.path: there is no such file (found 'gone.csv')"


def test_circles_and_endless_chains(folder: Path) -> None:
    (folder / "a.toml").write_text("extends = 'b.toml'")
    (folder / "b.toml").write_text("extends = 'a.toml'")
    with pytest.raises(InputError) as caught:
        scenarios.load("a.toml")
    assert "goes round in a circle; a.toml → b.toml → a.toml" in str(caught.value)
    for n in range(30):
        (folder / f"c{n}.toml").write_text(f"extends = 'c{n + 1}.toml'")
    with pytest.raises(InputError, match="more than 20 files"):
        scenarios.load("c0.toml")


def test_a_problem_is_laid_at_the_file_that_states_it(folder: Path) -> None:
    (folder / "base.toml").write_text("months = 0\n[[groups]]\nname = 'g'\nsize = 5\n")
    line = refusal("extends = 'base.toml'\ntitle = 'x'\n")
    assert line.startswith("base.toml: months: out of range")
    assert line.endswith("extended by mine.toml")
    line = refusal("extends = 'base.toml'\nmonths = -1\n")
    assert line.startswith("mine.toml: months: out of range (found -1")
    (folder / "base.toml").write_text("months = = 3\n")
    assert "base.toml: not valid TOML" in refusal("extends = 'base.toml'\n")


# --- writing --------------------------------------------------------------------------------------


@given(data=st.data())
def test_written_scenarios_load_as_equals(data: st.DataObject, tmp_path_factory: Any) -> None:
    parameters: dict[str, dict[str, Any]] = {}
    numbers = [p for p in all_parameters() if p.kind is float and p.low is not None]
    for info in data.draw(st.lists(st.sampled_from(numbers), max_size=5)):
        table, _, name = info.key.partition(".")
        if name in ("exit", "burnout_exit", "rejection", "rate", "least", "most") or "_" in name:
            continue
        value = data.draw(st.floats(info.low, info.high or 10.0))
        parameters.setdefault(table, {})[name] = value
    names = data.draw(
        st.lists(st.text(min_size=1, max_size=20), min_size=1, max_size=4, unique=True)
    )
    specification = specify(
        title=data.draw(st.text(max_size=40)),
        parameters=parameters,
        groups=[{"name": name, "size": 20 + n} for n, name in enumerate(names)],
        events=[{"id": "push", "month": 3, "kind": "funding", "groups": names[:1]}],
    )
    path = tmp_path_factory.mktemp("written") / "again.toml"
    path.write_bytes(scenarios.to_toml(specification).encode("utf-8"))
    assert scenarios.load(path) == specification
    assert pickle.loads(pickle.dumps(specification)) == specification
