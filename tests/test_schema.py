"""The JSON Schema, the starter file, and the commands `check` and `new`."""

from __future__ import annotations

import tomllib
from pathlib import Path

import jsonschema
import pytest

import scenarios
from simulation.cli.main import main
from simulation.parameters import all_parameters
from tests.scenario_files import TOWN, load, refusal


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "town.toml").write_text(TOWN, encoding="utf-8")
    return tmp_path


@pytest.fixture(scope="module")
def schema() -> jsonschema.Draft202012Validator:
    written = scenarios.json_schema()
    jsonschema.Draft202012Validator.check_schema(written)
    assert written["$schema"].endswith("2020-12/schema")
    return jsonschema.Draft202012Validator(written)


def test_the_schema_takes_what_loads(folder: Path, schema: jsonschema.Draft202012Validator) -> None:
    schema.validate(tomllib.loads(TOWN))
    schema.validate(tomllib.loads(scenarios.to_toml(scenarios.load("town.toml"))))
    for name in scenarios.names():
        schema.validate(tomllib.loads(scenarios.find(name).read_text(encoding="utf-8")))
    partial = "extends = 'town.toml'\n[[groups]]\nname = 'north'\ncommuters = 0.5\n"
    partial += "[[events]]\nid = 'push'\nremove = true\n"
    load(partial)
    schema.validate(tomllib.loads(partial))


@pytest.mark.parametrize(
    "text",
    [
        "titel = 'x'", "months = 0", "months = '3'", "[parameters.activation]\nrtae = 1",
        "[parameters.nothing]\n", "[[groups]]\nname = 'a'",
        "[[groups]]\nname = 'a'\nsize = 1\nx = 1",
        "[[events]]\nid = 'e'\nmonth = 1\nkind = 'fundin'", "[ties]\nkind = 'flie'", "schema = 2",
        "[[events]]\nid = 'e'\nmonth = 1\nkind = 'policy'\namount = 1.0",
        "extends = 'town.toml'\n[[groups]]\nsize = 3", "extends = 'town.toml'\ntitel = 'x'",
        "[parameters.activation]\nrate = 2.0", "answers = ['Q31']",
    ],
)  # fmt: skip
def test_the_schema_refuses_what_does_not_load(
    folder: Path, schema: jsonschema.Draft202012Validator, text: str
) -> None:
    refusal(text)
    assert not schema.is_valid(tomllib.loads(text))


def test_the_schema_tells_unit_and_source_of_every_parameter() -> None:
    written = scenarios.json_schema()
    parts = written["$defs"]
    tree = parts[written["properties"]["parameters"]["$ref"].rpartition("/")[2]]
    for info in all_parameters():
        table, _, name = info.key.partition(".")
        found = tree["properties"][table]
        reference = found.get("$ref") or found["allOf"][0]["$ref"]
        told = parts[reference.rpartition("/")[2]]["properties"][name]
        assert (told["unit"], told["source"]) == (info.unit, info.source)


def without_marks(text: str) -> str:
    """Take the mark off every setting of a starter file."""
    lines = text.split("\n")
    return "\n".join(
        line[1:] if line.startswith("#") and not line.startswith("# ") else line for line in lines
    )


def test_a_starter_states_the_base_in_full(folder: Path) -> None:
    text = scenarios.starter("New", "town.toml")
    town = scenarios.load("town.toml")
    for written in (text, without_marks(text)):
        assert load(written).model_copy(update={"title": "Town"}) == town
    for info in all_parameters():
        assert f"#{info.key.partition('.')[2]} = " in text
    assert max(map(len, text.split("\n"))) < 160


def test_new_writes_a_file_that_checks_and_overwrites_nothing(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "sub").mkdir()
    assert main(["new", "sub/my-place", "--from", "town.toml"]) == 0
    assert 'extends = "../town.toml"' in (folder / "sub" / "my-place.toml").read_text()
    assert main(["check", "sub/my-place.toml"]) == 0
    assert "fine — My place, 400 residents" in capsys.readouterr().out
    before = (folder / "sub" / "my-place.toml").read_bytes()
    assert main(["new", "sub/my-place.toml", "--from", "town.toml"]) == 2
    assert main(["new", "nowhere/x", "--from", "town.toml"]) == 2
    captured = capsys.readouterr()
    assert captured.err.count("\n") == 2
    assert "is there already" in captured.err
    assert (folder / "sub" / "my-place.toml").read_bytes() == before


def test_check_tells_all_it_knows(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", "town.toml", "--json"]) == 0
    assert '"residents": 400' in capsys.readouterr().out
    assert main(["check", "--schema"]) == 0
    assert '"$schema"' in capsys.readouterr().out
    assert main(["check"]) == 2
    assert main(["check", "town.toml", "--set", "months=0"]) == 2
    last = capsys.readouterr().err.splitlines()[-1]
    assert last.startswith("kindling: --set months=0: out of range (found 0; allowed: a whole")
