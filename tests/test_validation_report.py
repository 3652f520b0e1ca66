"""The validation report: fresh, whole, made from stored results alone, and honest about gaps."""

import re
import shutil
from pathlib import Path

import pandas as pd
import pytest

from experiments.calibration.design import UNCERTAIN
from experiments.calibration.held_out import COLUMNS, FILE
from experiments.validation.report import __main__ as report
from experiments.validation.report.budget import BUDGETS, thinned
from experiments.validation.report.charts import CHARTS, window
from experiments.validation.report.charts.capability import published
from experiments.validation.report.families import MISSING, families
from experiments.validation.report.identification import distance
from experiments.validation.report.markdown import cell
from experiments.validation.report.plan import (
    BASE,
    MOST,
    PAIRS,
    PLANNED,
    SECONDS,
    TRAJECTORIES,
    sensitivity,
)
from experiments.validation.report.prose import TRACE
from experiments.validation.rows import all_rows
from experiments.validation.stored import read
from simulation.cli.main import main
from simulation.parameters import all_parameters

ROOT = Path(__file__).resolve().parent.parent
DOCS = ROOT / "docs"
PAGE = DOCS / "validation.md"
AGAIN = "run: make validate"
ROW = re.compile(r"^\| ([A-Z]\w*) \| (.+?) \(")


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A report on the small budget in a folder of its own, with the results of a few rows."""
    out = tmp_path_factory.mktemp("docs")
    code = main(["validate", "T2", "T12", "--replicates", "2", "--out", str(out / "validation")])
    assert code in (0, 1)
    assert report.main(["--out", str(out), "--data", "--budget", "small"]) == 0
    return out


def page_of(folder):
    return (folder / "validation.md").read_text(encoding="utf-8")


def rows_in(text):
    """Return the words of every row in the tables of families, by id."""
    tables = text.partition("## Every row")[2].partition("\n## ")[0]
    found = (ROW.match(line) for line in tables.splitlines())
    return {match[1]: match.string for match in found if match}


# ------------------------------------------------------------------------------- small budget


def test_the_small_budget_computes_and_draws_every_figure(made):
    for chart in CHARTS:
        table = pd.read_csv(made / "validation" / f"{chart.name}.csv")
        assert tuple(table.columns) == chart.columns
        assert len(table) > 3
        picture = made / "images" / "validation" / f"{chart.name}.png"
        assert picture.stat().st_size > 5_000
        assert f"](images/validation/{chart.name}.png)" in page_of(made)
    assert sorted(f.suffix for f in (made / "images/validation").iterdir()) == [".png"] * len(
        CHARTS
    )


def test_the_same_stored_results_give_the_same_bytes(made, tmp_path):
    again = tmp_path / "docs"
    shutil.copytree(made / "validation", again / "validation")
    assert report.main(["--out", str(again)]) == 0
    for file in [p for p in made.rglob("*") if p.suffix in (".md", ".png")]:
        assert (again / file.relative_to(made)).read_bytes() == file.read_bytes(), file.name


def test_what_was_not_run_is_said(made, tmp_path):
    found = rows_in(page_of(made))
    assert set(found) == set(all_rows())
    assert MISSING not in found["T2"]
    assert MISSING in found["T4"]
    assert report.main(["--out", str(tmp_path)]) == 0
    empty = page_of(tmp_path)
    assert "![" not in empty
    assert empty.count(f"This has {MISSING}: `python -m") == len(CHARTS)
    assert all(MISSING in line for line in rows_in(empty).values())
    assert "✓" not in empty
    assert "✗" not in empty


def test_a_spoilt_table_is_one_line(made, tmp_path, capsys):
    shutil.copytree(made / "validation", tmp_path / "validation")
    (tmp_path / "validation" / "watts-window.csv").write_text("a,b\n1,2\n")
    assert report.main(["--out", str(tmp_path)]) == 2
    error = capsys.readouterr().err
    assert error.count("\n") == 1
    assert "watts-window.csv" in error
    assert not (tmp_path / "validation.md").exists()


# -------------------------------------------------------------------------- the committed page


def test_the_page_has_exactly_the_rows_there_are_with_their_sources():
    found = rows_in(PAGE.read_text(encoding="utf-8"))
    assert list(found) == [row.id for family in families() for row in family.rows], AGAIN
    assert set(found) == set(all_rows())
    for row in all_rows().values():
        assert cell(row.title) in found[row.id], AGAIN
        assert cell(row.source) in found[row.id], AGAIN


def test_stored_results_name_the_rows_and_cases_there_are():
    stored = read(DOCS / "validation")
    assert stored is not None, AGAIN
    named = {(r["id"], r["case"], r["reading"], r["target"]) for r in stored if r["target"]}
    wanted = set()
    for row in all_rows().values():
        wanted |= {(row.id, c.label, t.reading, t.says) for c in row.cases for t in c.targets}
        wanted |= {(row.id, c.label, c.target.reading, c.target.says) for c in row.contrasts}
    assert named == wanted, AGAIN


def test_every_figure_named_is_there():
    text = PAGE.read_text(encoding="utf-8")
    names = re.findall(r"!\[([^\]]+)\]\(([^)]+)\)", text)
    assert [name for _, name in names] == [f"images/validation/{c.name}.png" for c in CHARTS], AGAIN
    for words, name in names:
        assert (DOCS / name).exists(), AGAIN
        assert len(words) > 40  # what is seen, for those who cannot see it


def test_the_page_is_what_the_stored_results_give(tmp_path):
    shutil.copytree(DOCS / "validation", tmp_path / "validation")
    assert report.main(["--out", str(tmp_path)]) == 0
    assert page_of(tmp_path) == PAGE.read_text(encoding="utf-8"), (
        "run: python -m experiments.validation.report"
    )


def test_all_parts_of_trace_are_there():
    text = PAGE.read_text(encoding="utf-8")
    assert len(TRACE) == 8
    assert all(f"**{name}.**" in text for name, _ in TRACE)
    limits = (DOCS / "model.md").read_text(encoding="utf-8").partition("# What may not be claimed")
    first = re.findall(r"^- \*\*(.+?)\*\*", limits[2], re.MULTILINE)
    assert len(first) > 5
    assert all(words in text for words in first), AGAIN


# ---------------------------------------------------------------- held out, identified, planned


def test_held_out_patterns_are_told_over_the_draws(made, tmp_path):
    assert f"they have {MISSING}: `python -m experiments.calibration.held_out`" in words_of(made)
    shutil.copytree(made / "validation", tmp_path / "validation")
    lines = [("P2", draw, "even portfolio", "x", 1, 0, 2, 4, "above 0", draw != 2)
             for draw in range(3)]  # fmt: skip
    lines += [("P2", 0, "even portfolio", "y", 1, 0, 2, 4, "above 0", False)]
    table = pd.DataFrame(lines, columns=list(COLUMNS))
    table.to_csv(tmp_path / "validation" / FILE, index=False)
    assert report.main(["--out", str(tmp_path)]) == 0
    # One of three draws meets all of its targets; Wilson's interval of 1 of 3.
    assert "| holds in 1 of 3 (0.06149 to 0.7923) |" in page_of(tmp_path)
    (tmp_path / "validation" / FILE).write_text("a,b\n1,2\n")
    assert report.main(["--out", str(tmp_path)]) == 2


def words_of(folder):
    return " ".join(page_of(folder).split())


@pytest.mark.parametrize("item", UNCERTAIN, ids=[item.name for item in UNCERTAIN])
def test_what_is_drawn_from_the_prior_is_not_identified_and_what_is_narrowed_is(item):
    even = [item.at((n + 0.5) / 200) for n in range(200)]
    corner = [item.at(0.05 * (n + 0.5) / 200) for n in range(200)]
    assert not distance(item, even).identified
    assert distance(item, corner).identified
    assert distance(item, corner[:2]).chance > distance(item, corner).chance


def test_the_chance_level_is_that_of_kolmogorov_and_smirnov():
    item = next(item for item in UNCERTAIN if item.scale == "log")
    found = distance(item, [item.at(0.1), item.at(0.2)])
    assert found.found == pytest.approx(0.8)
    assert found.chance == pytest.approx(0.8419, abs=1e-4)


def test_the_plan_names_findings_parameters_runs_and_hours():
    text = " ".join(sensitivity().split())
    for name in (*(item.name for item in UNCERTAIN), "housing.moving_loss", "activation.rejection"):
        assert f"`{name}`" in text
    assert "F1 (" in text
    assert "F4 (" in text
    runs = (TRAJECTORIES * (len(PLANNED) + 1) + BASE * (MOST + 2)) * PAIRS * 4
    assert f"{runs:,} runs" in text
    assert f"{runs * SECONDS / 3600:.0f} hours" in text
    known = {info.key for info in all_parameters()}
    assert {item.name for item in PLANNED if item not in UNCERTAIN} <= known


def test_rows_are_counted_apart_by_what_meeting_them_says(made):
    (line,) = re.findall(r"^\| \*\*all\*\* \|(.+)\|$", page_of(made), re.MULTILINE)
    _, emerges, implements, structural, fitted, *_ = (part.strip() for part in line.split("|"))
    assert re.match(r"\d of 4", emerges)  # T2
    assert implements == "3 of 3"  # T12
    assert structural == fitted == "—"


# ------------------------------------------------------------------------------ small things


def test_watts_condition_has_the_published_window():
    low, high = window.window(0.18)
    assert low == pytest.approx(1.0, abs=0.05)
    assert high == pytest.approx(5.76, abs=0.02)


def test_the_capability_trap_breaks_even_where_its_equation_says():
    dip, months = published(0.1, 0.3, 60.0)
    assert dip == pytest.approx(7 / 9)
    assert months / 12 == pytest.approx(0.771, abs=0.001)


def test_a_budget_keeps_both_ends_of_a_grid():
    assert thinned([1, 2, 3, 4, 5, 6, 7], 3) == [1, 4, 7]
    assert thinned([1, 2], 5) == [1, 2]
    assert BUDGETS["small"].replicates < BUDGETS["full"].replicates


def test_cells_cannot_break_a_table():
    assert cell("a | b\nc * d < e") == "a \\| b c \\* d &lt; e"
