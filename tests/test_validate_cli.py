"""`kindling validate` as a user meets it: tables, verdicts, JSON, files, exit codes, one line."""

import csv
import json
import math
import re

import pytest

from experiments.validation import rows
from experiments.validation.judging import judge
from experiments.validation.row import Case, Contrast, Row, Target
from experiments.validation.rows.thresholds import cascade
from experiments.validation.stored import COLUMNS, read
from experiments.validation.words import WIDE
from simulation.cli.main import main
from simulation.errors import InputError

FEW = ["--replicates", "3"]


def small(id_, *targets, **more):
    """A row through the real engine: Watts's cascades among few people."""
    cases = (
        Case("z = 3", targets, {"groups.all.size": 200}),
        Case("z = 2", (), {"groups.all.size": 200, "ties.degree": 2}),
    )
    given = {"kinds": {"global": "share", "size": "mean"}, "replicates": 3, "cases": cases} | more
    return Row(
        id=id_, title=f"Row {id_}", source="this test", tier=1, scenario="published/watts",
        observe=cascade, **given,
    )  # fmt: skip


ALWAYS = Target("global", 0.0, 1.0, "any share")
NEVER = Target.least("global", 2.0, "more than all")


@pytest.fixture
def own_rows(monkeypatch):
    """Rows of this test beside the real ones, which all run the real engine."""
    known = rows.all_rows()
    own = {
        "X1": small("X1", ALWAYS),
        "X2": small("X2", NEVER),
        "X3": small("X3", NEVER, held_out=True),
        "X4": small(
            "X4", ALWAYS, contrasts=(Contrast("more ties", ALWAYS, more="z = 3", less="z = 2"),)
        ),
    }
    monkeypatch.setattr(rows, "all_rows", lambda: known | own)


def words(text):
    return " ".join(text.split())


# ------------------------------------------------------------------------------------- verdicts


@pytest.mark.parametrize("width", ["80", "120"])
def test_the_table_says_what_was_published_and_what_came_out(width, monkeypatch, capsys):
    monkeypatch.setenv("COLUMNS", width)
    assert main(["validate", "T2", "--replicates", "60"]) == 0
    text = capsys.readouterr().out
    assert max(map(len, text.splitlines())) <= int(width)
    row = rows.all_rows()["T2"]
    assert f"T2 {row.title} ({row.source}) [recomputed; emerges]" in words(text)
    assert re.search(r"z = 3: global +0\.87 ± 0\.05 +0\.\d+ \(0\.\d+ to 0\.\d+\) +60 +✓ pass", text)
    # So few runs leave shares known to more than the tolerance; the size is known well.
    assert re.search(r"z = 3: size .+ ✓ pass *\n", text)
    assert f"4 of 4 targets met. Wide: 3 of them ({WIDE})." in words(text)


@pytest.mark.usefixtures("own_rows")
def test_a_missed_target_is_said_in_words_and_by_the_exit_code(capsys):
    assert main(["validate", "X1", "X2"]) == 1
    text = capsys.readouterr().out
    assert "✓ pass" in text
    assert "✗ FAIL" in text
    assert re.search(r"1 of 2 targets met\. .*Not met: X2\.$", words(text))


def test_a_side_is_shown_only_by_the_whole_interval(capsys):
    assert main(["validate", "P4", "--replicates", "4"]) == 1
    text = words(capsys.readouterr().out)
    assert "✗ undecided" in text
    assert text.endswith("Not met: P4.")
    assert main(["validate", "P4", "--replicates", "100"]) == 0
    text = words(capsys.readouterr().out)
    assert "undecided" not in text
    assert text.endswith("2 of 2 targets met.")


@pytest.mark.parametrize(
    ("target", "reading", "exact", "told"),
    [
        (Target.near("x", 1.0, 0.1), (1.05, 1.0, 1.1), False, "pass"),
        (Target.near("x", 1.0, 0.1), (1.05, 1.0, 1.2), False, "wide"),
        (Target.near("x", 1.0, 0.1), (1.2, 1.0, 1.4), False, "fail"),
        (Target.near("x", 1.0, 0.1), (1.0, math.nan, math.nan), True, "pass"),
        (Target.near("x", 1.0, 0.1), (1.0, math.nan, math.nan), False, "wide"),
        (Target.near("x", 1.0, 0.1), (math.nan, math.nan, math.nan), True, "fail"),
        (Target.least("x", 1.0), (1.0, 1.0, 1.0), False, "pass"),
        (Target.above("x"), (0.2, 0.1, 0.3), False, "pass"),
        (Target.above("x"), (0.2, -0.1, 0.5), False, "undecided"),
        (Target.above("x"), (0.2, math.nan, math.nan), False, "undecided"),
        (Target.above("x"), (0.0, 0.0, 0.0), False, "fail"),
        (Target.above("x"), (0.2, math.nan, math.nan), True, "pass"),
        (Target.below("x", 0.5), (0.2, 0.1, 0.4), False, "pass"),
        (Target.below("x", 0.5), (0.2, -0.1, 0.5), False, "undecided"),
        (Target.below("x", 0.5), (0.6, 0.4, 0.8), False, "fail"),
    ],
)
def test_verdicts_weigh_the_interval(target, reading, exact, told):
    assert target.verdict(*reading, exact=exact) == told


def test_a_null_effect_is_not_shown_to_have_a_side():
    """Two cases that are the same in all but their seeds' use: a contrast of nothing."""
    cases = (
        Case("one", settings={"groups.all.size": 200}),
        Case("other", settings={"groups.all.size": 200, "ties.degree": 3.0001}),
    )
    contrast = Contrast("no difference", Target.above("global"), more="one", less="other")
    row = small("X6", cases=cases, contrasts=(contrast,), replicates=20)
    (found,) = [r for r in judge([row]) if r.target]
    assert found.verdict in ("undecided", "fail")
    assert not found.passed


@pytest.mark.usefixtures("own_rows")
def test_a_held_out_pattern_is_reported_and_not_required(monkeypatch, capsys):
    monkeypatch.setenv("COLUMNS", "120")
    assert main(["validate", "X1", "X3"]) == 0
    text = words(capsys.readouterr().out)
    assert "1 of 1 targets met." in text
    assert "Held-out patterns: 0 of 1 targets hold. Not: X3." in text
    assert "✗ does not hold" in text
    assert "FAIL" not in text


def test_only_the_tiers_asked_for_run(capsys):
    assert main(["validate", "--tier", "0", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert {line["id"] for line in found} == {
        row.id for row in rows.all_rows().values() if row.tier == 0
    }


# ------------------------------------------------------------------------------------- settings


def test_other_settings_are_shown_and_not_judged(capsys):
    assert main(["validate", "T2", "--set", "ties.degree=5", *FEW]) == 0
    text = words(capsys.readouterr().out)
    assert "Set: ties.degree=5" in text
    assert "not judged" in text
    assert "pass" not in text
    assert "z = 3" not in text  # all cases have become one
    assert text.count("as set: global") == 1


def test_a_setting_that_the_cases_leave_alone_keeps_them_apart(capsys):
    words_ = ["--set", "start.threshold=0.3", "--set", "groups.all.size=300", "--json"]
    assert main(["validate", "T2", *words_, *FEW]) == 0
    found = json.loads(capsys.readouterr().out)
    assert {line["case"] for line in found} == {"z = 3", "z = 0.8", "z = 8"}
    assert {line["passed"] for line in found} == {None}
    assert all(line["settings"]["start.threshold"] == 0.3 for line in found)


def test_contrasts_between_cases_that_became_one_are_left_out():
    contrast = Contrast("more ties", ALWAYS, more="z = 3", less="z = 2")
    row = small("X4", ALWAYS, contrasts=(contrast,))
    assert [r.label for r in judge([row])] == ["z = 3", "z = 2", "z = 2", "more ties"]
    changed = judge([row], settings={"ties.degree": 4})
    assert {r.label for r in changed} == {"groups.all.size = 200"}


def test_results_do_not_depend_on_processes_nor_on_rows_beside():
    one, two = small("X1", ALWAYS), small("X5", ALWAYS, replicates=5)
    alone = [judge([row], seed=4) for row in (one, two)]
    both = judge([one, two], seed=4, processes=2)
    assert [repr(r[2:]) for r in both] == [repr(r[2:]) for part in alone for r in part]


def test_equal_runs_are_made_once():
    seen = []
    rows_ = [small("X1", ALWAYS), small("X5", ALWAYS, replicates=5)]
    judge(rows_, progress=lambda done, total: seen.append((done, total)))
    assert seen[-1] == (10, 10)  # two cases of five; the three of X1 are among them


# --------------------------------------------------------------------------------- JSON and files


def test_json_is_a_list_without_time_or_place_and_the_same_twice(capsys):
    texts = []
    for _ in "ab":
        assert main(["validate", "t2", "--seed", "3", "--json", *FEW]) in (0, 1)
        texts.append(capsys.readouterr().out)
    assert texts[0] == texts[1]
    found = json.loads(texts[0])
    assert all(set(line) == set(COLUMNS) for line in found)
    assert not re.search(r"\b20\d\d-\d\d-\d\d\b|\d\d:\d\d", texts[0])


def test_out_stores_results_that_can_be_read_back(tmp_path, capsys):
    folder = tmp_path / "kept"
    assert main(["validate", "T2", "--out", str(folder), "--json", *FEW]) in (0, 1)
    printed = json.loads(capsys.readouterr().out)
    assert sorted(f.name for f in folder.iterdir()) == ["results-provenance.json", "results.csv"]
    stored = read(folder)
    assert [{k: v for k, v in r.items() if k != "value"} for r in stored] != []
    for one, other in zip(printed, stored, strict=True):
        for name in COLUMNS:
            same = pytest.approx(one[name]) if isinstance(one[name], float) else one[name]
            assert other[name] == same
    made = json.loads((folder / "results-provenance.json").read_text())
    assert made["rows"] == ["T2"]
    assert made["command"][:3] == ["kindling", "validate", "T2"]
    assert str(tmp_path) not in json.dumps(made)
    (folder / "other.txt").write_text("left alone")
    assert main(["validate", "T2", "--out", str(folder), "--seed", "2", *FEW]) in (0, 1)
    assert (folder / "other.txt").read_text() == "left alone"


def test_a_table_of_somebody_else_is_never_replaced(tmp_path, capsys):
    (tmp_path / "results.csv").write_text("years,of,work\n")
    assert main(["validate", "T2", "--out", str(tmp_path), *FEW]) == 2
    assert (tmp_path / "results.csv").read_text() == "years,of,work\n"
    with pytest.raises(InputError, match="columns"):
        read(tmp_path)


def test_stored_numbers_are_plain(tmp_path):
    main(["validate", "T2", "--out", str(tmp_path), "--quiet", *FEW])
    with (tmp_path / "results.csv").open(newline="") as stream:
        for line in csv.DictReader(stream):
            assert line["passed"] in ("yes", "no")
            assert (line["passed"] == "yes") == (line["verdict"] in ("pass", "wide"))
            assert (line["origin"], line["nature"]) == ("recomputed", "emerges")
            assert line["held_out"] == "no"
            assert "nan" not in line.values()
            assert json.loads(line["settings"]) is not None


# ------------------------------------------------------------------------------------- bad input


@pytest.mark.parametrize(
    ("given", "told"),
    [
        (["T99"], "there is no such row"),
        (["T2", "zzz"], "allowed: T1"),
        (["t22"], "did you mean 'T2'"),
        (["p4n"], "did you mean 'P4"),
        (["--tier", "3"], "--tier"),
        (["--tier", ""], "--tier"),
        (["--tier", "1;2"], "--tier"),
        (["T2", "--replicates", "0"], "replicates"),
        (["T2", "--seed", "-1"], "seed"),
        (["T2", "--processes", "0"], "processes"),
        (["T2", "--set", "ties.degre=5"], "did you mean 'ties.degree'"),
        (["T2", "--set", "ties.degre=5"], "in row T2"),
        (["T2", "--set", "ties.degree=many"], "ties.degree"),
        (["T2", "--set", "ties.degree"], "key=value"),
    ],
)
def test_bad_input_is_one_line_and_exit_code_two(given, told, capsys):
    assert main(["validate", *given]) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.startswith("kindling: ")
    assert captured.err.count("\n") == 1
    assert told in captured.err


def test_a_file_in_the_way_is_said_before_anything_runs(tmp_path, capsys):
    (tmp_path / "taken").write_text("")
    assert main(["validate", "--out", str(tmp_path / "taken")]) == 2
    assert "not a folder" in capsys.readouterr().err
