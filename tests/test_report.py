"""The report: one page without outside requests whose every number comes from the store again."""

import base64
import io
import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from experiments.designs import Design, load_design
from experiments.report import designed, findings, make_report, repeat, report_html, studies
from experiments.report.answered import without_path
from experiments.report.blocks import FigureBlock
from experiments.report.estimates import difference, estimate
from experiments.report.page import write_figures
from experiments.statistics import mean_interval, wilson
from experiments.store import Store
from experiments.store.answer import Answer
from experiments.store.plan import Plan
from experiments.sweeping.ask import ask
from experiments.sweeping.job import Job, failed
from simulation.cli.main import main

VOID = {"meta", "img", "br", "hr", "link", "input"}
TITLE = 'A push & <script>alert("x")</script>'
REPLICATES = 3


def design(**changes):
    """Two factors, two arms, a small community with a short push."""
    keys = {
        "title": TITLE,
        "question": "Does a longer push last?",
        "scenario": "demo",
        "months": 40,
        "replicates": REPLICATES,
        "seed": 5,
        "settings": {
            "groups.*.size": 12, "spin_up": 0, "events.grant.month": 3,
            "events.listening.month": 3, "events.leader.month": 5,
        },
        "factors": [
            {"key": "events.grant.duration", "name": "push", "values": [6, 12], "label": "push"},
            {"key": "activation.reinforcement", "name": "pull", "low": 1.0, "high": 4.0},
        ],
        "arms": [
            {"name": "nobody"},
            {"name": "residents", "settings": {"leadership.resident_share": 1.0}},
        ],
        "record": {"measures": ["wellbeing", "gap"]},
    }  # fmt: skip
    return Design(**{**keys, **changes})


def answers():
    """One answer for each shape of table that a study keeps."""
    curve = pd.DataFrame(
        [("strength", 0.5, 0.5, 24.0, 12.0, 36.0, 20), ("strength", 1.0, 0.5, 6.0, 6.0, 12.0, 20),
         ("strength", 0.5, 0.9, np.nan, 60.0, np.nan, 20)],
        columns=["lever", "value", "share", "duration", "low", "high", "pairs"],
    )  # fmt: skip
    indices = pd.DataFrame(
        [("pull", "pull", name, value, value / 2, value * 2, 30)
         for name, value in (("mu_star", 0.2), ("sigma", 0.1), ("ST", 0.6), ("S1", 0.3))],
        columns=["factor", "label", "index", "value", "low", "high", "runs"],
    )  # fmt: skip
    limits = pd.DataFrame(
        [("prim", 0, "pull", "pull", 2.0, np.nan)],
        columns=["method", "box", "factor", "label", "low", "high"],
    )
    survival = pd.DataFrame(
        [("", 0, 1.0, 0.9, 1.0, 9), ("", 12, 0.4, 0.1, 0.7, 9)],
        columns=["arm", "month", "share", "low", "high", "at_risk"],
    )
    tables = {
        "threshold": {"curve": curve}, "sensitivity": {"indices": indices},
        "discovery": {"limits": limits}, "survival": {"survival": survival},
    }  # fmt: skip
    for kind, held in tables.items():
        command = ("kindling", kind, "a name with spaces", "--store", "STORE")
        yield Answer(kind, "gain_48", f"What about {kind}?", (f"Found by {kind}.",), ("Mind it.",),
                     held, {"outcome": "gain_48", "push": "seats (share)"}, command)  # fmt: skip


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    made, folder = design(), tmp_path_factory.mktemp("report") / "store"
    store, cells = Store.create_or_open(folder), made.cells()
    with store.writer() as writer:
        writer.add_plan(Plan.of(made, cells))
        poison = Job(cells[0].subject, made.seed, 1)
        writer.add(failed(poison, 2, "worker", "died <b>twice</b>"))
        ask(cells, REPLICATES, seed=made.seed, runs=writer)
    return store


@pytest.fixture(scope="module")
def answered(store, tmp_path_factory):
    """A store of its own that holds answers alone."""
    other = Store.create_or_open(tmp_path_factory.mktemp("answered") / "store")
    with other.writer() as writer:
        for answer in answers():
            writer.keep_answer(answer)
    return other


@pytest.fixture(scope="module")
def report(store):
    return make_report(store)


@pytest.fixture(scope="module")
def page(report):
    return report_html(report)


class Page(HTMLParser):
    """Notes tags that are not closed in order, ids, links, and pictures."""

    def __init__(self, text):
        super().__init__(convert_charrefs=True)
        self.open, self.wrong, self.ids, self.links, self.pictures = [], [], [], [], []
        self.headings, self.scopes, self.labels, self.words = [], [], [], []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attrs):
        own = dict(attrs)
        if len(own) != len(attrs):
            self.wrong.append(("attribute twice", tag))
        self.ids += [own["id"]] if "id" in own else []
        self.links += [(tag, own[n]) for n in ("href", "src", "action", "data") if n in own]
        self.labels += own.get("aria-labelledby", "").split()
        if tag == "img":
            self.pictures.append(own)
        if tag == "th":
            self.scopes.append(own.get("scope"))
        if re.fullmatch("h[1-6]", tag):
            self.headings.append(int(tag[1]))
        if tag in ("script", "iframe", "object", "link"):
            self.wrong.append(("not wanted", tag))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        if not self.open or self.open.pop() != tag:
            self.wrong.append(("closed out of order", tag))

    def handle_data(self, data):
        if self.open and self.open[-1] != "style":
            self.words.append(data)


def test_the_page_is_whole_and_asks_nothing_of_the_outside(page):
    read = Page(page)
    assert read.wrong == []
    assert read.open == []
    assert len(read.ids) == len(set(read.ids))
    assert set(read.labels) <= set(read.ids)
    for tag, link in read.links:
        own = link[1:] in read.ids if link.startswith("#") else link.startswith("data:")
        assert own, (tag, link[:80])
    visible = re.sub(r"data:[^\"]+", "", page)
    assert not re.search(r"https?://|url\(|@import", visible)


def test_the_page_can_be_read_without_seeing_it(page):
    read = Page(page)
    assert read.headings[0] == 1
    assert read.headings.count(1) == 1
    assert all(b - a <= 1 for a, b in zip(read.headings, read.headings[1:], strict=False))
    assert set(read.scopes) == {"col", "row"}
    assert read.pictures
    for picture in read.pictures:
        assert len(picture["alt"]) > 40
        drawn = base64.b64decode(picture["src"].partition(",")[2]).decode()
        assert drawn.count("<svg ") == 1
        assert "<title" in drawn
        assert "<desc" in drawn
        assert "<dc:date>" not in drawn
    assert '<html lang="en">' in page


def test_what_users_wrote_is_escaped(page):
    assert "<script" not in page
    assert "A push &amp; &lt;script&gt;" in page
    assert "<b>twice" not in page
    assert "died &lt;b&gt;twice" in page


def test_the_same_store_gives_the_same_bytes(store, page, tmp_path):
    file = tmp_path / "again.html"
    assert main(["report", str(store.path), "--out", str(file), "--quiet"]) == 0
    assert file.read_bytes() == page.encode()
    assert str(store.path) not in page


def test_every_number_comes_from_the_store_again(store, report):
    names = {"studies": studies(store), "findings": findings, "designed": designed,
             "repeat": repeat, "store": store, "pd": pd}  # fmt: skip
    blocks = [*report.tables, *report.figures]
    assert len({block.name for block in blocks}) == len(blocks) > 10
    for block in blocks:
        again = eval(block.repeat, dict(names))
        pd.testing.assert_frame_equal(again, block.data, obj=block.name)
        coded = base64.b64decode(block.csv.partition(",")[2])
        saved = pd.read_csv(io.BytesIO(coded))
        assert list(saved.columns) == [str(name) for name in block.data.columns]
        assert len(saved) == len(block.data)


def test_numbers_are_those_of_the_runs(store):
    study, table = studies(store)[0], store.outcomes()
    done = table[table["status"] == "done"]
    assert len(done) < len(table)
    by_arm = findings.by_arm(study).set_index(["outcome", "arm"])
    own = done[done["arm"] == "residents"]
    found = by_arm.loc[("gain_12", "residents")]
    means = own.groupby("replicate")["gain_12"].mean()
    assert found["value"] == pytest.approx(own["gain_12"].mean())
    assert found["high"] - found["low"] == pytest.approx(2 * mean_interval(means).half_width)
    share = by_arm.loc[("tipped", "residents")]
    assert share["value"] == own["tipped"].mean()
    wide = done.pivot_table(index=["point", "replicate"], columns="arm", values="gain_12")
    apart = (wide["residents"] - wide["nobody"]).dropna()
    told = findings.differences(study).set_index("outcome").loc["gain_12"]
    assert told["value"] == pytest.approx(apart.mean())
    assert told["pairs"] == len(apart) < REPLICATES * 4


def test_the_design_on_the_page_is_the_design(store, tmp_path):
    study, file = studies(store)[0], tmp_path / "design-1.toml"
    file.write_text(designed.design_text(study))
    again = load_design(file)
    assert Plan.of(again).id == study.plan.id
    assert again.replicates == REPLICATES


def test_failed_runs_are_told_and_can_be_replayed(store, page):
    run = store.runs().query("status == 'failed'")["run"].iloc[0]
    words = "".join(Page(page).words)
    assert f"kindling replay STORE {run}" in words
    assert f"1 of {len(store.runs())} runs failed" in words
    assert "worker" in words


def test_a_verdict_never_says_more_than_the_interval(report):
    found = " ".join(report.found)
    rows = next(b for b in report.tables if b.name == "study-0-differences").data
    for row in rows[rows["outcome"] == "gain_12"].to_dict("records"):
        unclear = row["low"] <= 0 <= row["high"]
        assert ("too few pairs to tell" in found) == unclear


def test_answers_are_shown_with_the_figures_that_fit_their_tables(answered):
    report = make_report(answered)
    assert report.found == tuple(f"Found by {a.kind}." for a in answered.answers())
    drawn = {figure.name.rpartition("-gain-48-")[2] for figure in report.figures}
    assert drawn == {"curve-curve", "indices-morris", "indices-sobol", "survival-survival"}
    page = report_html(report)
    assert Page(page).wrong == []
    curve = next(figure for figure in report.figures if figure.name.endswith("curve-curve"))
    assert curve.drawing[0].axes[0].get_ylabel() == "seats (share)"
    held = {f"{a.kind}/{a.name}": a for a in answered.answers()}
    for block in report.figures:
        assert isinstance(block, FigureBlock)
        pd.testing.assert_frame_equal(eval(block.repeat, {"answers": held}), block.data)
    assert "kindling threshold &#39;a name with spaces&#39; --store STORE" in page


def test_commands_name_no_folder():
    store = Path("/somewhere/else/my-store")
    for words, told in (
        ("kindling sensitivity my-store --seed 1", "kindling sensitivity STORE --seed 1"),
        ("kindling survival ../else/my-store", "kindling survival STORE"),
        (
            "kindling threshold a --store /somewhere/else/my-store",
            "kindling threshold a --store STORE",
        ),
        ("kindling threshold my-store --seed 1", "kindling threshold my-store --seed 1"),
    ):
        assert " ".join(without_path(words.split(), store)) == told


def test_figures_are_written_as_files(store, report, tmp_path):
    files = write_figures(report, tmp_path / "figures")
    assert {f.suffix for f in files} == {".svg", ".png", ".csv"}
    assert len(files) == 3 * len(report.figures)
    assert all(f.stat().st_size for f in files)


def test_intervals_come_from_what_is_independent():
    rng = np.random.default_rng(1)
    luck = rng.normal(size=6)
    table = pd.DataFrame(
        [(p, r, luck[r] + p) for p in range(50) for r in range(6)],
        columns=["point", "replicate", "value"],
    )
    found = estimate(table, "value")
    assert found.units == 6
    assert found.high - found.low == pytest.approx(2 * mean_interval(luck).half_width)
    one = table[table["point"] == 0].assign(value=[1.0, 0, 0, 1, 0, 0])
    share, plain = estimate(one, "value", yes_or_no=True), wilson(2, 6)
    assert (share.low, share.high) == pytest.approx((plain.low, plain.high))
    alike = table.assign(value=(luck[table["replicate"]] > 0).astype(float))
    share, plain = (
        estimate(alike, "value", yes_or_no=True), wilson(int((luck > 0).sum()), 6)
    )  # fmt: skip
    assert share.runs == 300
    fewer = 6 * (stats.t.ppf(0.975, 299) / stats.t.ppf(0.975, 5)) ** 2  # 6 tell their own spread
    p, z = plain.share, stats.norm.ppf(0.975)
    reach = z / (1 + z * z / fewer) * np.sqrt(p * (1 - p) / fewer + z * z / (4 * fewer**2))
    assert share.high - share.low == pytest.approx(2 * reach)
    assert share.high - share.low > plain.high - plain.low
    none = estimate(table.assign(value=0.0), "value", yes_or_no=True)
    assert none.high == pytest.approx(wilson(0, 6).high)
    assert estimate(table.head(1), "value", yes_or_no=False).units == 1
    assert np.isnan(estimate(table.assign(value=np.nan), "value").value)


def test_a_share_of_runs_that_share_luck_is_held_by_its_interval():
    rng, held, tries = np.random.default_rng(3), 0, 250
    point, replicate = np.divmod(np.arange(80), 5)
    for _ in range(tries):
        chance = rng.beta(0.5, 0.5, size=5)
        made = pd.DataFrame({"point": point, "replicate": replicate,
                             "value": (rng.random(80) < chance[replicate]) * 1.0})  # fmt: skip
        found = estimate(made, "value", yes_or_no=True)
        held += found.low <= 0.5 <= found.high
    assert held / tries > 0.92


def test_survival_takes_runs_that_share_luck_together(store):
    (study,) = studies(store)
    base = study.done.iloc[0]
    rows = pd.DataFrame([(r, p) for r in range(8) for p in {c.point for c in study.cells}],
                        columns=["replicate", "point"])  # fmt: skip
    end = {r: float(3 + 2 * (r % 2) + r // 4) for r in range(8)}  # all settings lose it together
    done = rows.assign(**{"arm": base["arm"], "gain_survival": rows["replicate"].map(end)})
    one = replace(study, table=done.reindex(columns=study.table.columns).assign(status="done"))
    apart = one.table.assign(replicate=range(len(done)))  # no two runs share a draw
    widths = [
        (found["high"] - found["low"])[found["month"] == 4].iloc[0]
        for found in (findings.survival(one), findings.survival(replace(study, table=apart)))
    ]  # fmt: skip
    assert widths[0] > 1.5 * widths[1]


def test_differences_are_paired_by_point_and_replicate():
    table = pd.DataFrame(
        [(arm, p, r, 10.0 * p + r + 0.5 * (arm == "b")) for arm in "ab" for p in (0, 1)
         for r in range(4)],
        columns=["arm", "point", "replicate", "value"],
    )  # fmt: skip
    found = difference(table.drop(index=3).sample(frac=1, random_state=1), "value", "b", "a")
    assert found[:3] == (0.5, 0.5, 0.5)
    assert (found.runs, found.missing) == (7, 1)


def test_one_factor_at_a_time_is_told_against_its_base(tmp_path):
    made = design(
        method="one_at_a_time", arms=[], replicates=3, months=24, record={"measures": []},
        factors=[
            {"key": "activation.reinforcement", "name": "pull", "low": 1.0, "high": 4.0},
            {"key": "activation.rate", "name": "rate", "low": 0.05, "high": 0.3},
        ],
    )  # fmt: skip
    store = Store.create_or_open(tmp_path / "store")
    cells = made.cells()
    with store.writer() as writer:
        writer.add_plan(Plan.of(made, cells))
        ask(cells, 3, seed=5, runs=writer)
    study = studies(store)[0]
    base = findings.base_values(study)
    assert base is not None
    outcome = study.outcomes["stewards"]
    effects = findings.main_effects(study, outcome).set_index("factor")
    done, own = study.done, study.done
    for name, value in base.items():
        own = own[own[name] == value]
    at_low = done[(done["pull"] == 1.0) & (done["rate"] == base["rate"])]
    wanted = at_low["stewards"].mean() - own["stewards"].mean()
    assert effects.loc["pull", "effect_low"] == pytest.approx(wanted)
    assert any("tornado" in f.alt.lower() for f in make_report(store).figures)


def test_values_of_small_groups_are_left_out(tmp_path):
    people = "\n".join(["person,group", *(f"n{i},north" for i in range(9)), "s1,south", "s2,south"])
    (tmp_path / "people.csv").write_text(people)
    (tmp_path / "town.toml").write_text(
        'schema = 1\ntitle = "Town"\nextends = "demo"\nmonths = 24\nspin_up = 0\n'
        '[people]\npath = "people.csv"\n[[groups]]\nname = "north"\nsize = 9\n'
        '[[groups]]\nname = "south"\nsize = 2\n'
    )
    made = design(scenario=str(tmp_path / "town.toml"), settings={}, months=24, factors=[],
                  arms=[], replicates=2)  # fmt: skip
    store = Store.create_or_open(tmp_path / "store")
    cells = made.cells()
    with store.writer() as writer:
        writer.add_plan(Plan.of(made, cells))
        ask(cells, 2, seed=5, runs=writer)
    study = studies(store)[0]
    assert study.left
    assert "worst_off" in study.hidden
    assert study.table["worst_off"].isna().all()
    words = "".join(Page(report_html(store)).words)
    assert "Small groups" in words
    assert "well-being of the worst off" in words


def refused(capsys, *words):
    code = main(["report", *words])
    return code, capsys.readouterr().err


def test_what_is_no_store_is_refused_in_one_line(tmp_path, capsys):
    code, told = refused(capsys, str(tmp_path / "nowhere"))
    assert code == 2
    assert told.count("\n") == 1
    for name in ("summary.json", "provenance.json"):
        (tmp_path / name).write_text("{}")
    code, told = refused(capsys, str(tmp_path))
    assert code == 2
    assert "not a store" in told
    empty = Store.create_or_open(tmp_path / "empty")
    code, told = refused(capsys, str(empty.path))
    assert code == 2
    assert "nothing to report" in told
