"""Files of one's own community: what they mean, and what is refused in one clear line."""

from __future__ import annotations

import random
import shutil
from pathlib import Path
from typing import Any

import networkx as nx
import numpy as np
import pytest

import scenarios
from simulation.cli.main import main
from simulation.community import CommunityModel
from simulation.errors import InputError
from simulation.fingerprint import run_id
from simulation.meanfield.scope import check as check_mean_field
from simulation.people_file import (
    FLAGS,
    NUMBERS,
    PEOPLE_COLUMNS,
    read_partners,
    read_people,
    read_services,
)
from simulation.renumber import renumber
from simulation.specification import Specification
from tests.communities import differing, state

SCENARIO = """
title = "Mine"
months = 6
spin_up = 2

[people]
path = "people.csv"
[ties]
kind = "file"
path = "ties.csv"
[services]
path = "services.csv"
[partners]
path = "partners.csv"

[[groups]]
name = "north"
size = 4
[[groups]]
name = "south"
size = 3
promises = 3
kept = 0.0

[[places]]
name = "hill"
[[places]]
name = "valley"

[[institutions]]
name = "clinic"
sector = "hospital"
[[institutions]]
name = "town hall"
sector = "government"
[[institutions]]
name = "bank"
sector = "funder"
leader_seats = 1
"""
PEOPLE = """person,group,place,opinion,grievance,stewardship,committed,lives_here,works_here
Ada,south,valley,0.9,0.25,1,yes,,
Ben,north,hill,,,,,no,
Cem,north,valley,0.5,,0.5,,,no
Dot,south,,,,,,yes,yes
Eve,north,,,,,,,
Fay,north,hill,0.1,,0,no,TRUE,False
Gil,south,hill,,,,,,
"""
TIES = (
    "source,target,reliability,openness,mission\nAda,Ben,0.8,0.6,0.7\nBen,Cem,0.5,,\nGil,Ada,,,\n"
)
SERVICES = "person,institution,reliability,openness,mission\nGil,bank,0.1,,\nAda,clinic,,,0.4\n"
PARTNERS = "source,target,trust\nclinic,town hall,0.9\nbank,clinic,\n"
FILES = {"people": PEOPLE, "ties": TIES, "services": SERVICES, "partners": PARTNERS}


@pytest.fixture
def town(tmp_path: Path) -> Path:
    """A folder with a whole community."""
    folder = tmp_path / "town"
    folder.mkdir()
    (folder / "town.toml").write_text(SCENARIO)
    for name, text in FILES.items():
        (folder / f"{name}.csv").write_text(text)
    return folder


def load(folder: Path, **overrides: Any) -> Specification:
    return scenarios.load(folder / "town.toml", overrides=overrides)


def built(folder: Path, **overrides: Any) -> CommunityModel:
    return CommunityModel(load(folder, spin_up=0, **overrides), rng=3)


def refused(folder: Path, **texts: str) -> str:
    """Return the line in which changed files are refused, without the folder."""
    for name, text in texts.items():
        (folder / f"{name}.csv").write_text(text)
    with pytest.raises(InputError) as caught:
        CommunityModel(load(folder))
    line = str(caught.value)
    assert line.isprintable()
    return line.replace(str(folder), "").lstrip("/\\")


def circle(community: CommunityModel, kind: int) -> dict[tuple[str, str], list[float]]:
    """Return the ties of one kind by names."""
    t = community.ties
    people = community.names or []
    institutions = [i.name for i in community.specification.institutions]
    names = dict(enumerate(institutions))
    ids = t.ids.tolist()
    names |= {t.first_resident + n: people[ids[t.first_resident + n]] for n in range(len(people))}
    found = {}
    for e in np.flatnonzero(t.kind == kind).tolist():
        ends = names[int(t.sources()[e])], names[int(t.target[e])]
        found[ends] = [float(t.reliability[e]), float(t.openness[e]), float(t.mission[e])]
    return found


FRIEND, SERVICE, PARTNER = 0, 1, 2


# --- what files mean ------------------------------------------------------------------------------


def test_people_are_read_as_they_are_written(tmp_path: Path) -> None:
    rng, path = random.Random(4), tmp_path / "people.csv"
    rows = []
    for n in range(40):
        row: dict[str, Any] = {"person": f"p {n}", "group": rng.choice("ab"), "place": ""}
        for name, (low, high) in NUMBERS.items():
            value = rng.choice([0.0, 0.5, 1.0]) if name == "stewardship" else rng.uniform(low, high)
            row[name] = value if rng.random() < 0.7 else ""
        row |= {name: rng.choice(["yes", ""]) for name in FLAGS}
        if row["stewardship"] in (0.0, 0.5):
            row["committed"] = rng.choice(["no", ""])
        rows.append(row)
    lines = [";".join(PEOPLE_COLUMNS)] + [";".join(map(str, row.values())) for row in rows]
    path.write_text("\n".join(lines), encoding="utf-8-sig")
    people = read_people(path)
    assert people.names == [row["person"] for row in rows]
    assert people.group == [row["group"] for row in rows]
    assert people.where[0] == "line 2"
    assert set(people.columns) == {*NUMBERS, *FLAGS}
    for name, values in people.columns.items():
        words = {"yes": 1.0, "no": 0.0, "": np.nan}
        expected = [words.get(row[name], row[name]) for row in rows]
        assert np.array_equal(values, np.array(expected, float), equal_nan=True)


def test_ties_of_institutions_are_read_as_they_are_written(town: Path) -> None:
    services = read_services(town / "services.csv")
    assert (services.source, services.target) == (["Gil", "Ada"], ["bank", "clinic"])
    assert np.array_equal(services.reliability, [0.1, np.nan], equal_nan=True)
    assert np.array_equal(services.mission, [np.nan, 0.4], equal_nan=True)
    partners = read_partners(town / "partners.csv")
    assert list(zip(partners.source, partners.target, strict=True)) == [
        ("clinic", "town hall"), ("bank", "clinic"),
    ]  # fmt: skip
    assert np.array_equal(partners.openness, [0.9, np.nan], equal_nan=True)


def test_people_sit_by_group_then_place_then_line(town: Path) -> None:
    community = built(town)
    r = community.residents
    # Eve and Dot have no place: of one person, the first of two equal places gets them.
    assert community.names == ["Ben", "Eve", "Fay", "Cem", "Dot", "Gil", "Ada"]
    assert r.group.tolist() == [0, 0, 0, 0, 1, 1, 1]
    assert r.place.tolist() == [0, 0, 0, 1, 0, 0, 1]
    assert r.id.tolist() == list(range(7))


def test_what_is_stated_stands_and_the_rest_is_drawn_as_ever(town: Path) -> None:
    r = built(town).residents
    (town / "people.csv").write_text(
        "person,group,place\n" + "".join(",".join(row.split(",")[:3]) + "\n"
                                          for row in PEOPLE.splitlines()[1:])
    )  # fmt: skip
    bare = built(town).residents
    ada, fay, cem, ben = 6, 2, 3, 0
    assert (r.opinion[ada], r.anchor[ada], r.opinion[fay], r.opinion[cem]) == (0.9, 0.9, 0.1, 0.5)
    assert r.stewardship[[ada, fay, cem]].tolist() == [1.0, 0.0, 0.5]
    assert r.committed[[ada, fay, cem]].tolist() == [True, False, False]
    assert not r.lives_here[ben]
    assert r.works_here[ben]
    assert r.lives_here[cem]
    assert not r.works_here[cem]
    assert not r.works_here[fay]
    unsaid = [0, 1, 4, 5]  # Ben, Eve, Dot, Gil
    assert np.array_equal(r.opinion[unsaid], bare.opinion[unsaid])
    assert np.array_equal(r.stewardship[unsaid], bare.stewardship[unsaid])
    for name in ("skill", "threshold", "resources", "wellbeing", "lived_experience"):
        assert np.array_equal(getattr(r, name), getattr(bare, name))


def test_ties_are_those_of_the_files(town: Path) -> None:
    community = built(town)
    friends = circle(community, FRIEND)
    assert set(friends) == {("Ada", "Ben"), ("Ben", "Cem"), ("Gil", "Ada")}
    assert friends["Ada", "Ben"] == [0.8, 0.6, 0.7]
    assert friends["Ben", "Cem"][0] == 0.5
    services = circle(community, SERVICE)
    assert set(services) == {("Gil", "bank"), ("Ada", "clinic")}
    assert services["Gil", "bank"][0] == 0.1
    assert services["Ada", "clinic"][2] == 0.4
    start, trust = community.parameters.start, community.parameters.trust
    broken = start.institution_trust * (1.0 - trust.loss_broken) ** 3
    assert services["Ada", "clinic"][0] == pytest.approx(broken, abs=1e-15)
    other = start.partner_trust
    assert circle(community, PARTNER) == {
        ("clinic", "town hall"): [0.9] * 3, ("bank", "clinic"): [other] * 3,
    }  # fmt: skip


def test_history_changes_only_grievance_that_is_not_stated(town: Path) -> None:
    r = built(town).residents
    dot, gil, ada = 4, 5, 6
    assert r.grievance[ada] == 0.25
    assert r.grievance[gil] > r.grievance[dot] == pytest.approx(0.1)


def test_files_may_say_that_nobody_is_tied(town: Path) -> None:
    for name in ("ties", "services", "partners"):
        header = FILES[name].splitlines()[0]
        (town / f"{name}.csv").write_text(header + "\n")
    community = CommunityModel(load(town), rng=3).run()
    assert all(circle(community, kind) == {} for kind in (FRIEND, PARTNER))
    values = community.series()["value"].to_numpy()
    assert np.isfinite(values).sum() > 100


def test_people_with_drawn_ties(town: Path) -> None:
    community = built(town, **{"ties.kind": "complete"})
    assert len(circle(community, FRIEND)) == 5 * 4 + 2 * 1  # apart, on hill and in valley
    line = refused_with(town, {"ties.kind": "ring", "ties.degree": 4})
    assert line == (
        "ties.degree: in place 'valley', 2 people cannot have 4 ties each (found 4.0; allowed: "
        "up to 1); lower the degree, or set ties.kind = 'complete'"
    )


def refused_with(folder: Path, overrides: dict[str, Any]) -> str:
    with pytest.raises(InputError) as caught:
        CommunityModel(scenarios.load(folder / "town.toml", overrides=overrides))
    return str(caught.value)


def test_a_ties_file_alone_names_people_in_the_order_of_first_mention(town: Path) -> None:
    text = SCENARIO.replace('[people]\npath = "people.csv"\n', "")
    (town / "town.toml").write_text(text)
    ring = "".join(f"{a},{b}\n" for a, b in zip("tuvwxyz", "uvwxyzt", strict=True))
    (town / "ties.csv").write_text("source,target\n" + ring)
    (town / "services.csv").write_text("person,institution\nz,bank\n")
    community = built(town)
    assert "".join(community.names or []) == "tuvwxyz"
    assert set(circle(community, SERVICE)) == {("z", "bank")}


@pytest.fixture
def graph(town: Path) -> nx.DiGraph:
    made = nx.DiGraph()
    for n, name in enumerate("stuvwxy"):
        made.add_node(name, group="south" if n in (0, 2, 4) else "north")
    made.add_edges_from([("s", "t"), ("t", "u")], trust=0.6)
    text = SCENARIO.replace('"ties.csv"', '"ties.graphml"')
    text = text.replace('[services]\npath = "services.csv"\n', "")
    (town / "town.toml").write_text(text)
    return made


def test_a_graph_puts_people_into_groups(town: Path, graph: nx.DiGraph) -> None:
    text = (town / "town.toml").read_text()
    (town / "town.toml").write_text(text.replace('[people]\npath = "people.csv"\n', ""))
    nx.write_graphml(graph, town / "ties.graphml")
    community = built(town)
    assert "".join(community.names or []) == "tvxysuw"
    assert set(circle(community, FRIEND)) == {("s", "t"), ("t", "u")}
    graph.nodes["s"]["group"] = "north"
    nx.write_graphml(graph, town / "ties.graphml")
    assert refused(town).endswith("write the sizes north = 5, south = 2")
    graph.nodes["s"]["group"] = "nort"
    nx.write_graphml(graph, town / "ties.graphml")
    assert "node 's': there is no group of this name" in refused(town)


def test_a_graph_must_not_contradict_the_people(town: Path, graph: nx.DiGraph) -> None:
    names = dict(zip("stuvwxy", ("Ada", "Ben", "Dot", "Cem", "Gil", "Eve", "Fay"), strict=True))
    graph = nx.relabel_nodes(graph, names)
    nx.write_graphml(graph, town / "ties.graphml")
    assert set(circle(built(town), FRIEND)) == {("Ada", "Ben"), ("Ben", "Dot")}
    graph.nodes["Gil"]["group"] = "north"
    nx.write_graphml(graph, town / "ties.graphml")
    line = refused(town)
    assert line == (
        "ties.graphml: node 'Gil': a person is in another group than in people.csv "
        "(found 'north'; allowed: 'south', or no group)"
    )


# --- a whole run ----------------------------------------------------------------------------------


def test_a_run_is_reproducible_and_newcomers_have_no_names(town: Path) -> None:
    overrides = {"housing.base_turnover": 0.2}
    one = CommunityModel(load(town, **overrides), rng=9).run()
    two = CommunityModel(load(town, **overrides), rng=9).run()
    assert differing(state(one), state(two)) == set()
    assert len(one.residents) > len(one.names or []) == 7


def test_the_row_in_which_people_are_stored_means_nothing(town: Path) -> None:
    one, two = built(town), built(town)
    renumber(two, [3, 1, 6, 0, 2, 5, 4])
    assert differing(state(one.run()), state(two.run())) == set()


def test_moving_the_folder_changes_no_id_but_another_cell_does(town: Path) -> None:
    before = run_id(load(town), 1)
    elsewhere = town.parent / "elsewhere"
    shutil.move(town, elsewhere)
    assert run_id(load(elsewhere), 1) == before
    for name, text in FILES.items():
        (elsewhere / f"{name}.csv").write_text(text + "\n")
        assert run_id(load(elsewhere), 1) != before
        (elsewhere / f"{name}.csv").write_text(text)
    assert run_id(load(elsewhere), 1) == before


def test_a_written_scenario_lies_beside_its_files(town: Path) -> None:
    (town / "deep").mkdir()
    (town / "deep" / "ties.csv").write_text(PARTNERS)
    (town / "outcomes.csv").write_text(SERVICES)
    text = (town / "town.toml").read_text()
    text = text.replace('"partners.csv"', '"deep/ties.csv"')
    (town / "town.toml").write_text(text.replace('"services.csv"', '"outcomes.csv"'))
    specification = load(town)
    written = scenarios.to_toml(specification)
    assert str(town) not in written
    names = scenarios.file_names(specification)
    assert names == {
        "people": "people.csv",
        "ties": "ties.csv",
        "services": "services-outcomes.csv",
        "partners": "partners-ties.csv",
    }
    out = town.parent / "out"
    out.mkdir()
    (out / "scenario.toml").write_text(written)
    for table, path in specification.files().items():
        shutil.copy(path, out / names[table])
    again = scenarios.load(out / "scenario.toml")
    assert run_id(again, 1) == run_id(specification, 1)


def test_paths_given_as_settings_are_seen_from_here(
    town: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(town)
    (town / "others.csv").write_text(PEOPLE.replace("Eve", "Zoe"))
    other = load(town, **{"people.path": "others.csv"})
    assert "Zoe" in (CommunityModel(other).names or [])
    with pytest.raises(InputError, match=r"people\.path: there is no such file"):
        load(town, **{"people.path": "gone.csv"})


def test_the_commands_know_the_files(town: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = str(town / "town.toml")
    assert main(["check", path]) == 0
    assert "7 residents" in capsys.readouterr().out
    assert main(["describe", path]) == 0
    told = " ".join(capsys.readouterr().out.split())
    assert "people.csv (people), ties.csv (ties), services.csv (services)" in told
    (town / "people.csv").write_text(PEOPLE.replace("0.25", "2.5"))
    assert main(["check", path]) == 2
    assert "people.csv: line 2: grievance is out of range" in capsys.readouterr().err


def test_the_schema_and_the_starter_have_the_tables() -> None:
    properties = scenarios.json_schema()["properties"]
    assert {"people", "services", "partners"} <= set(properties)
    starter = scenarios.starter("Mine")
    assert "[people]" in starter
    assert "#smallest_group = 5" in starter


def test_the_mean_field_has_no_place_for_people_told_apart(town: Path) -> None:
    with pytest.raises(InputError, match=r"people\.path"):
        check_mean_field(load(town))


# --- what is refused ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "old", "new", "parts"),
    [
        ("people", "Ben,north", "Ben,nort", ["line 3", "no group of", "did you mean 'north'?"]),
        ("people", "Ben,north,hill", "Ben,north,hil", ["line 3", "no place", "'hill'"]),
        ("people", "Ben,north", "Ben,", ["line 3", "a person has no group", "fill the column"]),
        ("people", "Ben,north", "Ben,south", ["groups:", "write the sizes north = 3, south = 4"]),
        ("people", "Gil,south", "Ada,south", ["line 8", "twice, first in line 2", "'Ada'"]),
        ("people", "Gil,south", ",south", ["line 8", "a person has no name"]),
        ("people", "0.9,0.25", "1.9,0.25", ["line 2", "opinion is out of range", "0 to 1"]),
        ("people", "0.9,0.25", "nan,0.25", ["line 2", "opinion is out of range"]),
        ("people", "0.9,0.25", "high,0.25", ["line 2", "opinion is not a number"]),
        ("people", "0.5,,,no", "0.4,,,no", ["line 4", "0, 0.5 or 1"]),
        ("people", "1,yes", "0.5,yes", ["line 2", "committed people are stewards"]),
        ("people", "1,yes", "1,maybe", ["line 2", "neither yes nor no", "'maybe'"]),
        ("people", "no,\n", "no,no\n", ["line 3", "neither lives nor works here"]),
        ("people", "stewardship", "stewardhsip", ["line 1", "did you mean 'stewardship'?"]),
        ("people", "grievance", "opinion", ["line 1", "a column is there twice"]),
        ("people", "person,", "name,", ["line 1", "no such column", "'name'"]),
        ("ties", "Ben,Cem", "Ben,Cemm", ["line 3", "not in people.csv", "did you mean 'Cem'?"]),
        ("ties", "Ben,Cem", "Ben,Ben", ["line 3", "same person"]),
        ("services", "Gil,", "Gill,", ["line 2", "not in people.csv", "did you mean 'Gil'?"]),
        ("services", ",bank", ",bnak", ["line 2", "no institution", "did you mean 'bank'?"]),
        ("services", "Ada,clinic", "Gil,bank", ["line 3", "there already, at line 2"]),
        ("services", "0.1", "1.1", ["line 2", "reliability is out of range"]),
        ("services", "0.1", '"0,1"', ["line 2", "write a point before the decimals"]),
        ("services", "institution", "institute", ["line 1", "did you mean 'institution'?"]),
        ("partners", "bank,clinic", "bank,bank", ["line 3", "to itself"]),
        ("partners", "bank,clinic", "bank,clinik", ["line 3", "did you mean 'clinic'?"]),
        ("partners", "target", "target,openness", ["line 1", "trust and openness"]),
    ],
)
def test_what_does_not_fit_is_refused(
    town: Path, name: str, old: str, new: str, parts: list[str]
) -> None:
    assert old in FILES[name]
    line = refused(town, **{name: FILES[name].replace(old, new, 1)})
    assert line.startswith(f"{name}.csv")
    assert [part for part in parts if part not in line] == []


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("person,group\n", "there is nobody below the header"),
        ("person\n" + "\n".join("abcdefg"), "add the column group: the scenario has several"),
        ("", "the file is empty"),
        ("group\nnorth\n", "the column person is missing"),
        ("person,voice\na,0\n", "voice is out of range (found '0'; allowed: above 0, to 1000)"),
        ("person,group,lives_here\n" + "".join(f"{n},{'north' if n < 4 else 'south'},no\n"
         for n in range(7)), "nobody lives here"),
    ],
)  # fmt: skip
def test_people_files_that_are_none(town: Path, text: str, part: str) -> None:
    assert part in refused(town, people=text)


def test_one_group_needs_no_column_and_counts_must_fit(town: Path) -> None:
    (town / "town.toml").write_text(
        "[people]\npath = 'people.csv'\n[[groups]]\nname = 'all'\nsize = 3\n"
        "[ties]\nkind = 'complete'\n"
    )
    (town / "people.csv").write_text("person,group\nAda,\nBen,all\nCem,\n")
    assert built(town).names == ["Ada", "Ben", "Cem"]
    line = refused(town, people="person\nAda\nBen\n")
    assert line == (
        "people.csv: groups: the number of people in the people file and in the groups differ "
        "(found 3; allowed: 2, as many as the file names)"
    )


def test_services_need_people_with_names(town: Path) -> None:
    (town / "town.toml").write_text("[services]\npath = 'services.csv'\n")
    with pytest.raises(InputError, match=r"services\.path: a list of ties needs people with names"):
        load(town)


def test_five_hundred_spoilt_files(town: Path) -> None:
    rng, refusals = random.Random(8), 0
    bases = {name: text.encode() for name, text in FILES.items()}
    readers = {"people": read_people, "services": read_services, "partners": read_partners}
    noise = [b",", b";", b"\n", b'"', b"\x00", b"\xff", b"nan", b"1e999", b"-1", b"Ada", b" ", b"2"]
    for _ in range(500):
        name = rng.choice(sorted(readers))
        spoilt = bytearray(bases[name])
        for _ in range(rng.randint(1, 4)):
            at = rng.randrange(len(spoilt))
            if rng.random() < 0.5:
                del spoilt[at : at + rng.randint(1, 30)]
            spoilt[at:at] = rng.choice(noise)
        path = town / f"{name}.csv"
        path.write_bytes(bytes(spoilt))
        try:
            readers[name](path)
        except InputError as error:
            line = str(error)
            assert line.startswith(str(path))
            assert line.isprintable()
            assert len(line) < 2000
            refusals += 1
    assert 200 < refusals < 500
