"""`kindling import`: real networks, every habit of spreadsheets, and nobody's name."""

from __future__ import annotations

import json
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any

import networkx as nx
import numpy as np
import pandas as pd
import pytest

from scenarios import load
from scenarios.importing import Report, import_community, import_graph
from scenarios.importing.links import Link
from scenarios.importing.measures import network_facts
from scenarios.importing.organisations import apply_ratings, received
from scenarios.importing.rules import DEFAULT, settings_from
from simulation.cli.main import main
from simulation.community import CommunityModel
from simulation.errors import InputError
from tests.import_data import GOOD, ORGANISATIONS, PEOPLE, names_found, write_good


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def refused(read: Callable[[], Any]) -> str:
    with pytest.raises(InputError) as caught:
        read()
    line = str(caught.value)
    assert line.isprintable()
    return line


def people(text: str | bytes, **more: Any) -> Report:
    Path("p.csv").write_bytes(text if isinstance(text, bytes) else text.encode())
    return import_community(people="p.csv", out="town", force=True, **more)


def ties(text: str, **more: Any) -> Report:
    Path("t.csv").write_text(text, encoding="utf-8")
    return import_community(ties="t.csv", out="town", force=True, **more)


def notes(report: Report) -> str:
    return "\n".join(note.sentence() for note in report.notes)


def model_of(report: Report, months: int = 1) -> CommunityModel:
    specification = load(report.scenario, months=months)
    return CommunityModel(specification)


def tables(report: Report, name: str) -> pd.DataFrame:
    return pd.read_csv(report.folder / name)


# --- real networks --------------------------------------------------------------------------------


def test_karate_club(folder: Path) -> None:
    graph = nx.karate_club_graph()
    report = import_graph(graph, out="karate", group="club", weight="weight")
    facts = report.facts["people"]
    assert facts["nodes"] == 34
    assert facts["groups"] == {"Mr. Hi": 17, "Officer": 17}
    assert facts["ties"] == 2 * 78
    assert facts["density"] == pytest.approx(nx.density(graph), abs=1e-4)
    assert facts["most_named"] == 17
    assert facts["components"] == 1
    model = model_of(report)
    assert len(model.residents) == 34
    key = dict(pd.read_csv(folder / "karate-key.csv", dtype=str).values)
    names = [int(key[name]) for name in model.names or []]
    clubs = [graph.nodes[node]["club"] for node in names]
    groups = [["Mr. Hi", "Officer"][g] for g in model.residents.group]
    assert clubs == groups
    laid = tables(report, "ties.csv")
    strong = {frozenset((int(key[a]), int(key[b]))): t
              for a, b, t in laid[["source", "target", "reliability"]].values}  # fmt: skip
    assert strong[frozenset((0, 1))] == pytest.approx(4 / 7)  # weight 4, median 3
    assert len(strong) == 78


def test_southern_women_are_tied_by_the_events_they_share(folder: Path) -> None:
    graph = nx.davis_southern_women_graph()
    women = graph.graph["top"]
    report = import_graph(graph, out="women")
    shared = nx.bipartite.weighted_projected_graph(graph, women)
    assert report.facts["people"]["nodes"] == 18
    assert report.facts["people"]["ties"] == 2 * shared.number_of_edges() == 278
    assert "14 events" in notes(report)
    assert names_found(report.folder, [*women, "Jefferson", "Evelyn"]) == []
    rows = ["woman;event", *(f"{w};{e}" for w in women for e in graph[w])]
    Path("attended.csv").write_text("\n".join(["person;event", *rows[1:]]), encoding="utf-8")
    again = import_community(ties="attended.csv", out="again")
    assert again.facts["people"]["ties"] == 278


def test_florentine_families_are_organisations(folder: Path) -> None:
    graph = nx.florentine_families_graph()
    report = import_graph(graph, out="florence", nodes="institutions", residents=60)
    assert report.facts["partners"]["nodes"] == 15
    assert report.facts["partners"]["ties"] == 40
    assert report.facts["synthetic_residents"] == 60
    assert "NO RESIDENTS WERE IMPORTED" in report.text()
    assert names_found(report.folder, list(graph)) == []
    specification = load(report.scenario)
    assert len(specification.institutions) == 15
    assert specification.size == 60
    kept = import_graph(graph, out="kept", nodes="institutions", keep_institution_names=True)
    assert {i.name for i in load(kept.scenario).institutions} == set(graph)


def test_les_miserables_by_graphml(folder: Path) -> None:
    graph = nx.les_miserables_graph()
    nx.write_graphml(graph, "miserables.graphml")
    report = import_community(graph="miserables.graphml", weight="weight", out="paris")
    assert report.facts["people"]["nodes"] == 77
    assert report.facts["people"]["ties"] == 2 * 254
    names = [n for n in graph if len(n) > 4 and n != "Count"]  # "count" is a word of the report
    assert names_found(report.folder, names) == []
    assert len(model_of(report).residents) == 77


def test_from_a_spreadsheet_to_a_run(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_good(folder)
    words = [w for role in GOOD for w in (f"--{role}", f"{role}.csv")]
    assert main(["import", "--out", "my-town", *words]) == 0
    assert main(["check", "my-town/my-town.toml"]) == 0
    run = ["run", "my-town/my-town.toml", "--months", "2", "--out", "result", "--quiet"]
    assert main([*run, "--set", "spin_up=0"]) == 0
    capsys.readouterr()
    names = [*PEOPLE, *ORGANISATIONS]
    assert names_found(folder / "my-town", names) == []
    assert names_found(folder / "result", names) == []
    assert main(["import", "--out", "my-town", *words, "--json"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert said["people"]["nodes"] == 12
    assert said["partners"]["ties"] == 16
    assert str(folder) not in json.dumps(said)


# --- partnerships ---------------------------------------------------------------------------------


def test_ratings_become_shares_and_settings(folder: Path) -> None:
    paths = write_good(folder)
    report = import_community(**paths, out="town", keep_names=True)
    laid = tables(report, "partners.csv").set_index(["source", "target"])
    raw = pd.read_csv(paths["partners"]).set_index(["source", "target"])
    for part in ("reliability", "openness", "mission"):
        expected = (raw[part] - 1) / 3
        np.testing.assert_allclose(laid[part].sort_index(), expected.sort_index(), atol=1e-6)
    institutions = {i.name: i for i in load(report.scenario).institutions}
    power = raw.groupby("target")["power"].mean()
    assert sum(i.leader_seats for i in institutions.values()) == 10  # 2 each on average
    seats = [institutions[name].leader_seats for name in power.sort_values().index]
    assert seats == sorted(seats)
    budgets = [i.budget for i in institutions.values()]
    assert np.mean(budgets) == pytest.approx(DEFAULT.budget, abs=1e-6)
    given = (raw["resources"].groupby("target").mean() - 1) / 3
    for name, share in given.items():
        expected = DEFAULT.budget * share / given.mean()
        assert institutions[name].budget == pytest.approx(expected, abs=1e-6)
    openness = [i.openness for i in institutions.values()]
    assert np.mean(openness) == pytest.approx(DEFAULT.openness, abs=1e-6)
    assert institutions["Oakfield Council"].sector == "government"
    assert institutions["Larkspur School"].sector == "school"
    assert "4 of 5 organisations rated" in report.text()
    assert "How 1 of 5 organisations (20 %) see others" in report.text()
    assert "leader_seats" in report.text()


def test_rules_keep_the_mean_and_the_range() -> None:
    luck = np.random.default_rng(3)
    for _ in range(50):
        x = {f"o{n}": float(v) for n, v in enumerate(luck.beta(0.4, 0.4, luck.integers(1, 30)))}
        openness = list(settings_from("involvement", x).values())
        assert np.mean(openness) == pytest.approx(DEFAULT.openness, abs=1e-5)
        assert min(openness) >= 0
        assert max(openness) <= 1
        seats = settings_from("power", x)
        assert sum(seats.values()) == DEFAULT.leader_seats * len(x)
        assert min(seats.values()) >= 1
    assert settings_from("power", {"a": 0.0}) == {}


def test_what_the_list_states_wins_over_ratings(folder: Path) -> None:
    paths = write_good(folder)
    text = GOOD["institutions"].replace("sector\n", "sector,budget\n", 1)
    text = "".join(
        f"{line},{'0.7' if 'Mercywell' in line else ''}\n" if n else f"{line}\n"
        for n, line in enumerate(text.splitlines())
    )
    paths["institutions"].write_text(text, encoding="utf-8")
    report = import_community(**paths, out="town", keep_names=True)
    budget = {i.name: i.budget for i in load(report.scenario).institutions}
    assert budget["Mercywell Hospital"] == 0.7
    del budget["Mercywell Hospital"]
    assert np.mean(list(budget.values())) == pytest.approx(DEFAULT.budget, abs=1e-6)


def test_scales_are_told_or_told_apart(folder: Path) -> None:
    whole = "source,target,trust\na,b,{}\nb,a,{}\n"
    assert "scale 1-4, because some are above 1" in notes(ties(whole.format(1, 4)))
    assert tables(ties(whole.format(1, 4)), "ties.csv")["openness"].tolist() in ([0, 1], [1, 0])
    assert "scale 0-1, because none is above 1" in notes(ties(whole.format(0.5, 1)))
    assert "--ratings" in refused(lambda: ties(whole.format(1, 1)))
    assert tables(ties(whole.format(1, 1), ratings="1-4"), "ties.csv")["mission"].max() == 0
    line = refused(lambda: ties(whole.format(0, 3)))
    assert "line 2, column trust" in line
    assert "1 to 4" in line
    assert "out of range" in refused(lambda: ties(whole.format(2, 5)))
    assert "out of range" in refused(lambda: ties(whole.format(2, 3), ratings="0-1"))
    assert "allowed: auto" in refused(lambda: ties(whole.format(2, 3), ratings="1-5"))


def test_seats_never_outnumber_people(folder: Path) -> None:
    paths = write_good(folder)
    few = {role: paths[role] for role in ("institutions", "partners")}
    Path("p.csv").write_text("person\nAda\nBen\nCem\n", encoding="utf-8")
    report = import_community(**few, people="p.csv", out="town")
    assert sum(i.leader_seats for i in load(report.scenario).institutions) == 3
    assert "leader_seats lowered from 10 to 3" in notes(report)


def test_received_is_the_mean_over_raters() -> None:
    from scenarios.importing.ledger import Ledger
    from scenarios.importing.links import Link
    from scenarios.importing.organisations import Organisation

    links = [Link("a", "c", {"power": 1.0}, 2), Link("b", "c", {"power": 0.5}, 3),
             Link("c", "a", {"power": 0.1}, 4)]  # fmt: skip
    assert received(links, "power") == {"c": 0.75, "a": 0.1}
    table = {name: Organisation(name) for name in "abc"}
    apply_ratings(table, links, Ledger())
    assert [table[n].settings.get("leader_seats") for n in "abc"] == [1, None, 3]


# --- habits of spreadsheets -----------------------------------------------------------------------

PLAIN = "person,group,opinion\nAda,Süd,0.5\nBen,Süd,0.25\nCem,Nord,1\n"
HABITS: dict[str, bytes] = {
    "byte-order mark": b"\xef\xbb\xbf" + PLAIN.encode(),
    "windows-1252": PLAIN.encode("cp1252"),
    "utf-16": PLAIN.encode("utf-16"),
    "utf-16 without a mark": PLAIN.encode("utf-16-le"),
    "carriage returns": PLAIN.replace("\n", "\r\n").encode(),
    "old carriage returns": PLAIN.replace("\n", "\r").encode(),
    "semicolons, commas": PLAIN.replace(",", ";").replace(".", ",").encode(),
    "tabs": PLAIN.replace(",", "\t").replace(".", ",").encode(),
    "sep=": ("sep=;\n" + PLAIN.replace(",", ";").replace(".", ",")).encode(),
    "quoted": PLAIN.replace("0.5", '"0,5"').replace("1\n", '"1"\n').encode(),
    "empty columns": PLAIN.replace("\n", ",,\n").encode(),
    "empty lines": ("\n\n" + PLAIN + ",,\n,,\n\n").encode(),
    "odd spaces": PLAIN.replace("Ada", "\u00a0Ada \u00a0").replace("0.5", " 0.5\u00a0").encode(),
    "headers": PLAIN.replace("person,group,opinion", "Person ID, GROUP ,Opinion (0-1)").encode(),
    "percent": PLAIN.replace("0.25", "25 %").encode(),
    "letters in two parts": PLAIN.replace("ü", "u\u0308", 1).encode(),
}


@pytest.mark.parametrize("habit", HABITS)
def test_every_habit_gives_the_same_town(folder: Path, habit: str) -> None:
    expected = people(PLAIN, salt="a secret of ours", key="key.csv")
    wanted = tables(expected, "people.csv")
    found = tables(people(HABITS[habit], salt="a secret of ours", key="key.csv"), "people.csv")
    pd.testing.assert_frame_equal(found, wanted)
    assert wanted["opinion"].sum() == 1.75


def test_how_a_file_was_read_is_told(folder: Path) -> None:
    assert "Windows-1252" in notes(people(HABITS["windows-1252"]))
    assert "UTF-16" in notes(people(HABITS["utf-16"]))
    told = notes(people(HABITS["semicolons, commas"]))
    assert "semicolons" in told
    assert "decimal commas" in told
    short = notes(people("person,group,opinion\nAda,north,0.5\nBen,north\nCem,north,1\n"))
    assert (
        "lines are shorter than the header; the missing cells count as empty (1: line 3)" in short
    )


MISTAKES = {
    "person\n": "nobody below the header",
    "": "the file is empty",
    "name of the dog\nx\n": "the column person is missing",
    "person,opinion\nAda,2\n": "line 2, column opinion: opinion is out of range",
    "person,opinion\nAda,much\n": "opinion is not a number (found 'much')",
    "person,opinoin\nAda,0.5\n": "did you mean 'opinion'?",
    "person,opinion,Opinion\nAda,1,1\n": "two columns stand for opinion",
    "person,stewardship\nAda,0.7\n": "0, 0.5 or 1",
    "person,lives_here\nAda,perhaps\n": "neither yes nor no",
    "person,lives_here\nAda,no\nBen,no\n": "nobody lives here",
    "person,committed,stewardship\nAda,yes,0\n": "never stop",
    "person,group\nAda,north\nAda,south\n": "line 2 says something else of the same person",
    "person,group\n,north\n": "a name or id is missing",
    "person,group\nAda,north,0.3\n": "more fields than the header",
    'person,group\nAda,"north\n': "quotation marks do not fit",
    "person\nA\x00da\n": "zero byte",
    "PK\x03\x04 and so on": "spreadsheet workbook",
}


@pytest.mark.parametrize("text", MISTAKES)
def test_mistakes_are_told_with_file_and_line(folder: Path, text: str) -> None:
    line = refused(lambda: people(text))
    assert line.startswith("p.csv: ")
    assert MISTAKES[text] in line
    assert [p.name for p in folder.iterdir()] == ["p.csv"]


def test_all_mistakes_of_a_file_are_told_at_once(folder: Path) -> None:
    line = refused(lambda: people("person,opinion\nAda,2\nBen,0.5\nCem,x\nDeb,-1\n"))
    assert "line 2, column opinion" in line
    assert "2 more to mend: line 4, column opinion, line 5, column opinion" in line


def test_what_is_mended_is_counted(folder: Path) -> None:
    Path("p.csv").write_text("person,note\nAda,x\nBen,y\nCem,z\nDora,\nAda,x\n", encoding="utf-8")
    text = "source,target,reliability,openness\nAda,Ben,4,\nBen,Ben,3,1\nAda,Ben,4,\nBen,Ada,1,2\n"
    Path("t.csv").write_text(text, encoding="utf-8")
    report = import_community(people="p.csv", ties="t.csv", out="town")
    told = notes(report)
    assert "ties file: ties of a person to themselves (1: line 3)" in told
    assert "ties file: identical lines about the same tie (1: line 4)" in told
    assert "people file: identical lines about the same person (1: line 6)" in told
    assert "openness missing on 1 of 2 ties: drawn as in any community" in told
    assert "mission missing on 2 of 2 ties" in told
    assert "people file: column 2" in told
    assert report.sentences("left_out", private=True)[0] == "people file: column 2 (“note”)"
    assert "2 people have no tie at all" in told
    assert report.facts["people"]["isolates"] == 2
    assert report.facts["people"]["components"] == 3
    assert report.facts["people"]["reciprocity"] == 1
    assert len(model_of(report).residents) == 4


def test_contradictions_are_refused_or_settled_as_asked(folder: Path) -> None:
    text = "source,target,trust\nAda,Ben,1\nBen,Ada,3\nAda,Ben,4\n"
    line = refused(lambda: ties(text))
    assert "t.csv: line 4" in line
    assert "line 2 says something else" in line
    trust = {
        choice: tables(ties(text, duplicates=choice, keep_names=True), "ties.csv")["mission"]
        for choice in ("mean", "first")
    }
    assert trust["mean"].tolist() == pytest.approx([0.5, 2 / 3], abs=1e-6)
    assert trust["first"].tolist() == pytest.approx([0, 2 / 3], abs=1e-6)


def test_unknown_ids_are_refused_with_the_nearest(folder: Path) -> None:
    Path("p.csv").write_text("person\nAdaeze\nBertrand\n", encoding="utf-8")
    text = "source,target\nAdaeze,Bertrant\n"
    line = refused(lambda: ties(text, people="p.csv"))
    assert "line 2, column target" in line
    assert "did you mean 'Bertrand'?" in line


def test_ties_both_ways(folder: Path) -> None:
    text = "from,to\nAda,Ben\nBen,Cem\nCem,Ben\n"
    assert ties(text).facts["people"]["ties"] == 3
    report = ties(text, mutual=True)
    assert report.facts["people"]["ties"] == 4
    assert "1 of 3 ties were listed one way" in notes(report)


# --- privacy --------------------------------------------------------------------------------------


def test_no_name_is_written_and_the_key_stays_outside(folder: Path) -> None:
    paths = write_good(folder)
    report = import_community(**paths, out="town")
    names = [*PEOPLE, *ORGANISATIONS, *(w for n in ORGANISATIONS for w in n.split()[:1])]
    assert names_found(report.folder, names) == []
    assert report.key == folder / "town-key.csv"
    assert stat.S_IMODE(report.key.stat().st_mode) == 0o600
    key = pd.read_csv(report.key).set_index("name")["pseudonym"]
    salt = key[key == "(salt)"].index[0]
    assert set(key.index) == {salt, *PEOPLE, *ORGANISATIONS}
    assert names_found(report.folder, [salt]) == []
    written = tables(report, "people.csv")["person"]
    assert set(written) == {key[name] for name in PEOPLE}
    assert list(written) == sorted(written)
    assert set(tables(report, "services.csv")["person"]) == set(written)


def test_pseudonyms_last_and_depend_on_the_salt(folder: Path) -> None:
    paths = write_good(folder)
    first = tables(import_community(**paths, out="town"), "ties.csv")
    pd.testing.assert_frame_equal(tables(import_community(**paths, out="town"), "ties.csv"), first)
    other = import_community(**paths, out="other")
    assert not set(tables(other, "people.csv")["person"]) & set(first["source"])
    same = [import_community(**paths, out=o, salt="our own secret") for o in ("a", "b")]
    assert (same[0].folder / "ties.csv").read_text() == (same[1].folder / "ties.csv").read_text()
    assert "our own secret" not in same[0].key.read_text()  # type: ignore[union-attr]
    assert "another salt" in refused(
        lambda: import_community(**paths, out="a", salt="not the same")
    )
    assert "does not hold" in refused(lambda: import_community(**paths, out="b"))


def test_names_hide_in_headers_and_groups_too(folder: Path) -> None:
    text = "person,Gwendolyn,group\nGwendolyn,1,Hieronymus\nHieronymus,0,north\n"
    report = people(text)
    assert names_found(report.folder, ["Gwendolyn", "Hieronymus"]) == []
    assert "column 2" in notes(report)
    assert "group 1" in report.facts["people"]["groups"]


def test_small_groups_are_told_and_suppressed(folder: Path) -> None:
    Path("p.csv").write_text(GOOD["people"].replace("Eulalia,north", "Eulalia,west"))
    Path("t.csv").write_text(GOOD["ties"])
    report = import_community(people="p.csv", ties="t.csv", out="town")
    assert "2 of 3 groups have fewer than 5 people" in notes(report)
    for row in report.facts["people"]["trust_by_groups"]:
        assert row["suppressed"] == (row["from"] != "south" or row["to"] != "south")
        assert (row["trust"] is None) == row["suppressed"]
    assert "suppressed: fewer than 5" in report.text()
    assert load(report.scenario).people.smallest_group == 5


def test_names_are_kept_where_asked(folder: Path) -> None:
    paths = write_good(folder)
    report = import_community(**paths, out="town", keep_names=True)
    assert set(tables(report, "people.csv")["person"]) == set(PEOPLE)
    assert report.key is None
    assert not (folder / "town-key.csv").exists()
    assert "names were kept" in notes(report)
    half = import_community(**paths, out="half", keep_institution_names=True)
    assert names_found(half.folder, list(PEOPLE)) == []
    assert {i.name for i in load(half.scenario).institutions} == set(ORGANISATIONS)


# --- what is written ------------------------------------------------------------------------------


def test_nothing_else_is_lost(folder: Path) -> None:
    paths = write_good(folder)
    few = {"people": paths["people"], "ties": paths["ties"]}
    (folder / "town").mkdir()
    (folder / "town" / "mine.txt").write_text("mine")
    assert "--force" in refused(lambda: import_community(**few, out="town"))
    report = import_community(**few, out="town", force=True)
    assert (folder / "town" / "mine.txt").read_text() == "mine"
    import_community(**few, out="town")
    report.scenario.write_text(report.scenario.read_text() + "\n# changed\n")
    assert "was changed since" in refused(lambda: import_community(**few, out="town"))
    before = sorted(p.name for p in folder.rglob("*"))
    paths["people"].write_text("person\n\n")
    refused(lambda: import_community(**few, out="town", force=True))
    assert sorted(p.name for p in folder.rglob("*")) == before
    assert "# changed" in report.scenario.read_text()
    (folder / "note").write_text("x")
    line = refused(lambda: import_community(ties=paths["ties"], out="note"))
    assert "there is a file of this name" in line


def test_key_files_are_not_lost_either(folder: Path) -> None:
    Path("town-key.csv").write_text("something of mine")
    Path("p.csv").write_text("person\nAda\nBen\n")
    line = refused(lambda: import_community(people="p.csv", out="town"))
    assert "no key file" in line
    assert not Path("town").exists()
    inside = refused(lambda: import_community(people="p.csv", out="town", key="town/key.csv"))
    assert "inside the folder" in inside
    import_community(people="p.csv", out="town", key="safe/key.csv")
    Path("p.csv").write_text("person\nBen\nCem\n")
    import_community(people="p.csv", out="town", key="safe/key.csv")
    names = pd.read_csv("safe/key.csv")["name"]
    assert {"Ada", "Ben", "Cem"} < set(names)


def test_a_folder_that_fails_at_the_end_leaves_nothing(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    Path("p.csv").write_text("person\nAda\nBen\n")
    (folder / "blocked").write_text("a file where the key's folder should be")
    line = refused(lambda: import_community(people="p.csv", out="new/town", key="blocked/key.csv"))
    assert "cannot be written" in line
    assert sorted(p.name for p in folder.iterdir()) == ["blocked", "p.csv"]


def test_data_frames_and_files_give_the_same(folder: Path) -> None:
    paths = write_good(folder)
    frames = {role: pd.read_csv(path) for role, path in paths.items()}
    salt = "a secret of ours"
    by_file = import_community(**paths, out="one", salt=salt, title="Town")
    by_frame = import_community(**frames, out="two", salt=salt, title="Town")
    for name in ("people.csv", "ties.csv", "services.csv", "partners.csv"):
        assert (by_file.folder / name).read_text() == (by_frame.folder / name).read_text()
    ids = pd.DataFrame({"person": [1.0, 2.0, np.nan], "group": ["a", "b", None]})
    report = import_community(people=ids, out="ids", keep_names=True)
    assert tables(report, "people.csv")["person"].tolist() == [1, 2]


def test_wrong_uses_are_one_line(folder: Path) -> None:
    paths = write_good(folder)
    assert "nothing to import" in refused(lambda: import_community(out="x"))
    assert "no people" in refused(
        lambda: import_community(out="x", services=paths["services"],
                                 institutions=paths["institutions"])
    )  # fmt: skip
    assert "none are made up" in refused(
        lambda: import_community(people=paths["people"], out="x", residents=50)
    )
    assert "residents" in refused(
        lambda: import_community(partners=paths["partners"], out="x", residents=3)
    )
    assert "no such file" in refused(lambda: import_community(people="poeple.csv", out="x"))
    assert "did you mean 'people.csv'" in refused(
        lambda: import_community(people="poeple.csv", out="x")
    )
    assert main(["import", "--out", "x"]) == 2
    assert not Path("x").exists()


def test_the_report_says_what_was_read(folder: Path) -> None:
    report = import_community(**write_good(folder), out="town", salt="a secret of ours")
    said = json.loads((report.folder / "report.json").read_text(encoding="utf-8"))
    assert said["made_by"] == "kindling import"
    assert said["people"] == json.loads(json.dumps(report.facts["people"]))
    assert {"can", "cannot", "notes", "files"} <= set(said)
    text = (report.folder / "report.md").read_text(encoding="utf-8")
    assert text == report.text()
    for heading in ("What can be said", "What cannot be said", "What was assumed"):
        assert f"## {heading}" in text
    raw = pd.read_csv("ties.csv")
    trust = (raw[["reliability", "openness", "mission"]].mean(axis=1) - 1) / 3
    own = pd.Series(PEOPLE)
    cells = trust.groupby([own[raw["source"]].values, own[raw["target"]].values])
    mean, count = cells.mean(), cells.size()
    rows = report.facts["people"]["trust_by_groups"]
    assert {row["suppressed"] for row in rows} == {False, True}
    for row in rows:
        cell = row["from"], row["to"]
        if row["suppressed"]:
            assert (row["ties"], row["trust"]) == (None, None)
            assert count[cell] < 5
        else:
            assert count[cell] == row["ties"] >= 5
            assert row["trust"] == pytest.approx(mean[cell], abs=1e-4)


def test_a_mean_of_few_ratings_is_suppressed_with_one_more(folder: Path) -> None:
    """One pair of groups with two ratings: it cannot be reckoned from the mean of all either."""
    group_of = {f"{group}{n}": group for group in "ab" for n in range(6)}
    pairs = [(f"a{n}", f"a{(n + 1) % 6}") for n in range(6)]
    pairs += [(f"b{n}", f"b{(n + step) % 6}") for n in range(6) for step in (1, 2)]
    pairs += [("a0", "b0"), ("a1", "b1")]
    links = [Link(one, two, {"mission": 0.5}, 0) for one, two in pairs]
    rows = network_facts(group_of, links)["trust_by_groups"]
    told = {(row["from"], row["to"]): row["ties"] for row in rows}
    assert told == {("a", "a"): None, ("a", "b"): None, ("b", "b"): 12}


def test_so_much_money_is_told(folder: Path) -> None:
    lines = [f"Organisation {n},health" for n in range(40)]
    Path("i.csv").write_text("\n".join(["name,sector", *lines]) + "\n")
    assert "spend 4 a resident and month" in notes(import_community(institutions="i.csv", out="a"))
    lines = [f"{line},0.02" for line in lines]
    Path("i.csv").write_text("\n".join(["name,sector,budget", *lines]) + "\n")
    assert "a resident and month" not in notes(import_community(institutions="i.csv", out="b"))
