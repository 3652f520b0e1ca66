"""The tutorial does what it shows: every command of docs/bring-your-own.md, as a reader runs it."""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import networkx as nx
import numpy as np
import pytest

from docs.examples.partnership import make
from scenarios import load
from scenarios.importing import import_community, import_graph
from simulation.cli.main import main
from simulation.community import CommunityModel
from tests.import_data import ORGANISATIONS, PEOPLE, names_found, write_good

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs" / "bring-your-own.md"
SHEETS = ROOT / "docs" / "examples" / "partnership"
FENCE = re.compile(r"^```(\w+)\n(.*?)^```$", re.DOTALL | re.MULTILINE)
SHORTENED = "…"
NAMES = [name for names in make.SECTORS.values() for name in names]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Stand in an empty folder from which the sheets are in reach as the page says."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "80")
    return tmp_path


@pytest.fixture
def sheets(folder: Path) -> Path:
    for sheet in SHEETS.glob("*.csv"):
        shutil.copy(sheet, folder)
    return folder


def blocks() -> list[tuple[str, str]]:
    return FENCE.findall(PAGE.read_text(encoding="utf-8"))


def one_line(text: str) -> str:
    return " ".join(text.split())


def segments(shown: str) -> Iterator[str]:
    """Return the stretches of a shown output that are not shortened."""
    stretch: list[str] = []
    for line in [*shown.splitlines(), SHORTENED]:
        if line.strip() == SHORTENED:
            if stretch:
                yield one_line(" ".join(stretch))
            stretch = []
        else:
            stretch.append(line)


def printed_by(code: str, folder: Path, capfd: pytest.CaptureFixture[str]) -> tuple[str, list[int]]:
    """Run a block for the shell; return what it printed and how each command ended."""
    printed, endings = "", []
    for line in code.replace("\\\n", " ").splitlines():
        words = shlex.split(line, comments=True)
        if words[0] == "kindling":
            endings.append(main(words[1:]))
            captured = capfd.readouterr()
            printed += captured.out + captured.err
            continue
        if words[0] == "rm":  # at the end of the page: look at everything before it goes
            assert all((folder / word).exists() for word in words[2:])
        home = ROOT if words[0] == "cp" else folder
        line = line.removesuffix(" .") + f" {shlex.quote(str(folder))}" if home == ROOT else line
        done = subprocess.run(
            line, shell=True, cwd=home, capture_output=True, text=True, check=True
        )
        printed += done.stdout
    return printed, endings


@pytest.mark.skipif(shutil.which("grep") is None, reason="the page is written for a Unix shell")
def test_every_command_prints_what_the_page_shows(
    folder: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    printed, everything, checked, left = "", "", 0, []
    for language, code in blocks():
        if language == "toml":
            name = re.match(r"# ([\w-]+\.toml):", code)
            assert name is not None
            (folder / name[1]).write_text(code, encoding="utf-8")
        elif language == "sh":
            if code.startswith("rm "):
                left = names_found(folder / "results", NAMES)
                assert not list((folder / "results").rglob("*key*"))
                assert names_found(folder / "millbrook", NAMES) == []
                assert names_found(folder / "files", NAMES) == []
            printed, endings = printed_by(code, folder, capfd)
            everything += printed
            assert set(endings) <= ({2} if "as-typed" in code else {0}), printed
        elif language == "text":
            for segment in segments(code):
                assert segment in one_line(printed)
                checked += 1
    assert checked >= 25
    assert left == []
    assert [path.name for path in folder.glob("*.csv")] == []
    check_statement(everything)


def check_statement(printed: str) -> None:
    """Every number of the statement is one that a command printed."""
    quoted = re.findall(r"^> (.*)$", PAGE.read_text(encoding="utf-8"), re.MULTILINE)
    numbers = re.findall(r"\d+(?:\.\d+)?", " ".join(quoted))
    assert len(numbers) > 10
    # "24 %" is the reciprocity 0.24, "from 0" a word of the scale
    said = {*re.findall(r"\d+(?:\.\d+)?", printed), "0"}
    for number in numbers:
        assert number in said or f"0.{number}" in said, number


def test_the_pages_rows_are_rows_of_the_sheets() -> None:
    text = "".join(
        (SHEETS / f"{n}.csv").read_text("utf-8-sig") for n in ("organisations", "ratings")
    )
    rows = [line for language, code in blocks() if language == "csv" for line in code.splitlines()]
    assert len(rows) == 4
    for row in rows:
        assert row in text.splitlines()


def test_the_sheets_are_those_that_the_script_makes(tmp_path: Path) -> None:
    make.main(tmp_path)
    assert len(list(tmp_path.iterdir())) == 3
    for made in tmp_path.iterdir():
        assert made.read_text("utf-8") == (SHEETS / made.name).read_text("utf-8")


def test_the_typed_sheet_is_mended_in_two_rounds(
    sheets: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """As the page tells: two mistakes at once, then the contradiction of line 151."""
    wrong = (sheets / "ratings-as-typed.csv").read_text("utf-8-sig").splitlines()
    right = (sheets / "ratings.csv").read_text("utf-8-sig").splitlines()
    wrong[12], wrong[57] = right[12], right[57]
    (sheets / "again.csv").write_text("\n".join(wrong) + "\n", "utf-8")
    words = ["import", "--out", "millbrook", "--institutions", "organisations.csv", "--partners"]
    assert main([*words, "again.csv"]) == 2
    assert "line 151: line 141 says something else" in capfd.readouterr().err
    assert not (sheets / "millbrook").exists()


def test_an_empty_part_of_trust_is_the_default_as_the_report_says(sheets: Path) -> None:
    report = import_community(
        institutions="organisations.csv", partners="ratings.csv", out="millbrook"
    )
    specification = load(report.scenario, overrides={"spin_up": 0})
    town = CommunityModel(specification)
    names = [i.name for i in specification.institutions]
    default = specification.parameters.start.partner_trust
    seen = 0
    for row in (report.folder / "partners.csv").read_text().splitlines()[1:]:
        source, target, *stated = row.split(",")
        at = names.index(source)  # institutions are the first nodes
        ties = range(town.ties.start[at], town.ties.start[at + 1])
        (tie,) = (t for t in ties if town.ties.target[t] == names.index(target))
        parts = (town.ties.reliability, town.ties.openness, town.ties.mission)
        for part, text in zip(parts, stated, strict=True):
            assert np.isclose(part[tie], float(text) if text else default, atol=1e-6)
            seen += not text
    assert seen == 11 + 12 + 19


def test_a_graph_comes_in_from_graphml_as_the_page_says(
    folder: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    (line,) = re.findall(r"`(kindling import --out club [^`]+)`", PAGE.read_text("utf-8"))
    nx.write_graphml(nx.karate_club_graph(), "club.graphml")
    assert main(shlex.split(line)[1:]) == 0
    assert "people 34" in one_line(capfd.readouterr().out)
    from_python = import_graph(nx.karate_club_graph(), out="karate", group="club", weight="weight")
    assert load("club/club.toml").size == load(from_python.scenario).size == 34


def test_people_and_ties_come_in_as_the_page_says(
    folder: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    text = PAGE.read_text("utf-8")
    (line,) = re.findall(r"`(kindling import --out town [^`]+)`", text)
    Path("people.csv").write_text("person,group\nAda,hill\nBen,hill\nCem,river\n", "utf-8")
    Path("ties.csv").write_text("person,event\nAda,market\nBen,market\nCem,\n", "utf-8")
    assert main(shlex.split(line)[1:]) == 2
    assert "ties.csv: line 4" in capfd.readouterr().err
    Path("ties.csv").write_text("person,event\nAda,market\nBen,market\n", "utf-8")
    assert main(shlex.split(line)[1:]) == 0
    rows = (folder / "town" / "ties.csv").read_text("utf-8").splitlines()
    assert len(rows) == 3
    assert "1 people" in (folder / "town" / "report.md").read_text("utf-8")


def test_results_of_imported_people_hold_no_name_and_no_key(
    folder: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    sheets = write_good(folder)
    words = [word for role, path in sheets.items() for word in (f"--{role}", str(path))]
    assert main(["import", "--out", "town", *words]) == 0
    run = ["run", "town/town.toml", "--months", "3", "--replicates", "1", "--out", "results"]
    assert main(run) == 0
    rows = (folder / "town-key.csv").read_text("utf-8").splitlines()
    (salt,) = (row.partition(",")[2] for row in rows if row.startswith("(salt)"))
    secrets = [*PEOPLE, *ORGANISATIONS, salt, "key.csv"]
    assert names_found(folder / "town", secrets) == []
    assert names_found(folder / "results", secrets) == []
    held = {path.name for path in (folder / "results").iterdir()}
    assert "scenario.toml" in held
    assert held.isdisjoint({"people.csv", "ties.csv", "services.csv"})
