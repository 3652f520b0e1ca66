"""What a design takes, and what to know before it starts; in Python and in the shell."""

from __future__ import annotations

import json
import re
import tomllib
from pathlib import Path
from typing import Any, get_args

import pandas as pd
import pytest

from experiments.designs import Design, check_design, load_design, shipped_designs
from experiments.designs.checking import between, size
from experiments.designs.declared import Method
from experiments.designs.keys import markdown
from experiments.sweeping.ask import Memory, ask
from experiments.sweeping.job import Job
from experiments.sweeping.todo import subjects_of
from simulation.cli.main import main
from simulation.errors import InputError

PUSH = "headline/push_alone"
SMALL: dict[str, Any] = {
    "scenario": PUSH,
    "months": 20,
    "replicates": 2,
    "settings": {"groups.*.size": 10, "spin_up": 0},
}
LENGTHS = {"name": "length", "key": "events.push.duration", "values": [2, 4]}


def notes(**keys: Any) -> str:
    return "\n".join(check_design(Design(**{**SMALL, **keys}), timed=False).cautions)


class Kept:
    """A store that holds rows."""

    def __init__(self, rows: list[dict[str, Any]]) -> None:
        self._rows = rows

    def runs(self) -> pd.DataFrame:
        return pd.DataFrame(self._rows, columns=["run", "months", "kept"])


def test_a_check_counts_each_run_once() -> None:
    design = Design(**SMALL, factors=[LENGTHS])
    check = check_design(design, processes=2)
    assert (check.points, check.arms, check.replicates) == (2, 1, 2)
    assert (check.runs, check.pairs, check.kept, check.todo) == (6, 2, 0, 6)
    assert check.months == 6 * 20
    assert check.seconds is not None
    assert 0 < check.seconds[0] < check.seconds[1]
    assert check.bytes is not None
    assert 1_000 < check.bytes < 1_000_000
    assert check.fits
    assert check.verdict.startswith("6 runs to do, ")
    assert json.loads(json.dumps(check.data()))["todo"] == 6


def test_runs_that_a_store_has_are_not_counted_again() -> None:
    design = Design(**SMALL, factors=[LENGTHS])
    kept = Memory()
    ask(design.cells(), 1, seed=design.seed, runs=kept)
    jobs = [Job(s, design.seed, 0).run for s in subjects_of(design.cells())]
    rows = [r._asdict() for r in kept.rows(jobs).values()]
    assert check_design(design, Kept(rows), timed=False).todo == 3
    longer = check_design(design.with_(months=21), Kept(rows), timed=False)
    assert longer.todo == 6
    everything = check_design(
        Design.from_data(design.data() | {"record": {"all": True}}), Kept(rows), timed=False
    )
    assert everything.todo == 6
    done = check_design(design.with_(replicates=1), Kept(rows), timed=False)
    assert done.verdict == "Nothing to do: the store has every run."


def test_a_run_that_fails_is_told() -> None:
    silent = {"settings": {**SMALL["settings"], "record.enabled": False}}
    check = check_design(Design(**{**SMALL, **silent}))
    assert "nothing is recorded" in check.failed
    assert not check.fits
    assert check.seconds is None


@pytest.mark.parametrize(
    ("keys", "note"),
    [
        ({"factors": [LENGTHS]}, "too short to judge what remains of the push 12 months after it"),
        ({"months": 70, "factors": [LENGTHS]}, "48 months after it in 1 of 2 cells"),
        ({"factors": [LENGTHS]}, "the money differs between points, from 2 to 4 a resident"),
        ({"scenario": "baseline"}, "nobody intervenes"),
        ({"factors": [{"key": "activation.reinforcement"}]}, "1000, the end of its own range"),
        (
            {"factors": [{"key": "activation.reinforcement", "low": 1, "high": 4}]},
            "goes beyond 2 to 4.5",
        ),
        ({"factors": [{"key": "sense.lag", "values": [2]}]}, "the same value at every point"),
        (
            {
                "settings": {**SMALL["settings"], "learning.enabled": False},
                "factors": [{"key": "learning.evidence_gain", "low": 1, "high": 9}],
            },
            "the process 'learning' is switched off",
        ),
        (
            {
                "scenario": "headline/push_with_succession",
                "factors": [{"key": "leadership.vacancy_months", "values": [1, 6]}],
            },
            "sets leadership.vacancy_months from month 13 on",
        ),
        ({"months": 5, "factors": [LENGTHS]}, "the event 'push' begins after the last month"),
        (
            {"arms": [{"name": "a"}, {"name": "b", "settings": {"events.push.amount": 2}}]},
            "the money differs between arms at 1 of 1 points",
        ),
        (
            {"arms": [{"name": "a"}, {"name": "b", "settings": {"groups.north.size": 9}}]},
            "arms 'a' and 'b': the groups differ",
        ),
        (
            {"method": "saltelli", "points": 3, "factors": [LENGTHS]},
            "points = 3 is no power of 2: a Sobol' sequence is evenest at 2 or 4",
        ),
        ({"method": "morris", "trajectories": 2, "factors": [LENGTHS]}, "trajectories = 2"),
    ],
)
def test_cautions(keys: dict[str, Any], note: str) -> None:
    assert note in notes(**keys)


def test_a_sound_design_has_no_cautions() -> None:
    factors = [{"key": "activation.reinforcement", "low": 2, "high": 4}]
    arms = [{"name": "a"}, {"name": "b", "settings": {"leadership.vacancy_months": 1}}]
    assert notes(months=120, factors=factors, arms=arms) == ""


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        ((0.04, 0.5), "0.04 to 1 seconds"),
        ((40, 80), "40 to 80 seconds"),
        ((60, 120), "1 to 2 minutes"),
        ((3600, 7300), "1 to 2 hours"),
        ((1e4, 1e5), "2.8 to 28 hours"),
        ((1e5, 1e6), "1.2 to 12 days"),
    ],
)
def test_times_in_words(seconds: tuple[float, float], words: str) -> None:
    assert between(seconds) == words


def test_sizes_in_words() -> None:
    assert [size(n) for n in (0, 999, 1500, 2.5e7, 3e12)] == [
        "0 bytes", "999 bytes", "1.5 kB", "25 MB", "3.0 TB",
    ]  # fmt: skip


# --- in the shell ---------------------------------------------------------------------------------


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "120")
    return tmp_path


def test_the_list(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["design"]) == 0
    shown = capsys.readouterr().out
    assert all(name in shown for name in shipped_designs())
    assert main(["design", "--json"]) == 0
    assert {row["name"] for row in json.loads(capsys.readouterr().out)} == set(shipped_designs())


def test_a_copy_is_a_design_of_ones_own(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["design", "first-sweep", "--copy", "mine.toml"]) == 0
    assert load_design("mine.toml").data() == load_design("first-sweep").data()
    assert main(["design", "first-sweep", "--copy", "mine.toml"]) == 2
    assert "there is a file of this name already" in capsys.readouterr().err
    assert main(["design", "first-sweep", "--copy", "mine.txt"]) == 2
    assert main(["design", "first-sweep", "--copy", "no/such/mine.toml"]) == 2


def test_a_design_is_shown_and_its_points_written(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["design", "first-sweep", "--no-probe", "--points", "points.csv"]) == 0
    shown = capsys.readouterr()
    for text in ("intensity", "push alone, with succession", "340 different runs", "runs to do."):
        assert text in shown.out
    assert "kindling: note: the money differs between points" in shown.err
    table = pd.read_csv("points.csv", index_col="point")
    assert table.equals(load_design("first-sweep").points)
    assert main(["design", "first-sweep", "--no-probe", "--json"]) == 0
    data = json.loads(capsys.readouterr().out)
    assert data["runs"] == 340
    assert [f["name"] for f in data["factors"]] == ["intensity", "length", "present_bias"]
    assert main(["design", "one-at-a-time", "--no-probe"]) == 0
    assert "4, 6, 8, 10, 12" in capsys.readouterr().out


def test_points_written_are_a_table_to_read(folder: Path) -> None:
    assert main(["design", "first-sweep", "--no-probe", "--points", "points.csv"]) == 0
    first = load_design("first-sweep")
    frame = pd.read_csv("points.csv", index_col="point")
    again = Design(**{**first.data(), "method": "table", "table": frame})
    assert [c.subject.id for c in again.cells()] == [c.subject.id for c in first.cells()]


def test_wrong_words_in_the_shell(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["design", "first-swep"]) == 2
    assert "did you mean 'first-sweep'?" in capsys.readouterr().err
    assert main(["design", "first-sweep", "--processes", "0"]) == 2
    with pytest.raises(InputError):
        check_design(load_design("first-sweep"), processes=0)


def test_the_page_has_every_key_and_every_shipped_design() -> None:
    page = (Path(__file__).parents[1] / "docs" / "designs.md").read_text(encoding="utf-8")
    assert page.endswith(markdown()), "make it again: experiments.designs.keys.markdown()"
    for name in shipped_designs():
        assert f"| `{name}` |" in page


def test_the_files_of_the_page_are_designs(folder: Path) -> None:
    page = (Path(__file__).parents[1] / "docs" / "designs.md").read_text(encoding="utf-8")
    whole, *parts = re.findall(r"^```toml\n(.*?)^```", page, re.DOTALL | re.MULTILINE)
    assert len(Design(**tomllib.loads(whole)).cells()) == 12
    (folder / "points.csv").write_text("sense.lag\n2\n3\n", encoding="utf-8")
    factor = '[[factors]]\nkey = "sense.lag"\nlow = 1\nhigh = 3\n'
    methods = set()
    for part in parts:
        design = Design(**tomllib.loads(f"{part}\n{factor}"))
        assert len(design.points) >= 2
        methods.add(design.method)
    assert methods == set(get_args(Method))
