"""The headline experiment: its design, its numbers and verdict on known tables, and a real run."""

from __future__ import annotations

import itertools
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import scenarios
from experiments.calibration.ensemble import SHIPPED, ensemble
from experiments.compare import spent
from experiments.headline import effects, front, page
from experiments.headline.cells import arm_specification, cells_of, fraction, judged_until
from experiments.headline.contrasts import COLUMNS, difference, frame, spread
from experiments.headline.effort import Wish, planned
from experiments.headline.numbers import Number, ten_numbers
from experiments.headline.registered import FILE, REGISTERED
from experiments.headline.storing import write_study
from experiments.headline.study import Headline, StudyPlan, carry_out, money_told, plan_study
from experiments.headline.verdict import rule, separation, verdict
from experiments.store import Store
from experiments.sweeping.ask import Memory, Tally
from simulation.cli.main import main
from simulation.community import CommunityModel
from simulation.errors import InputError

ACCOUNT = {"draws": 560, "retained": 10, "seed": 1}
DOCS = Path(__file__).parent.parent / "docs"
SMALL = ("groups.north.size=12", "groups.south.size=12", "spin_up=1")
SWITCHES = [switch.name for switch in REGISTERED.switches]
SUCCESSION, ALONE = "succession", "push_alone"

# --- the design -----------------------------------------------------------------------------------


def test_every_arm_of_the_core_costs_the_same() -> None:
    money = {arm.name: spent(arm_specification(arm)) for arm in REGISTERED.arms}
    assert set(money.values()) == {36.0}
    assert "36 a resident" in money_told()
    longer = spent(arm_specification(REGISTERED.arm("cash"), ["events.push.duration=48"]))
    assert longer == 48.0  # the check sees what a scenario gives


def test_arms_in_every_draw_cost_the_same_and_last_until_the_outcome_is_seen() -> None:
    for cell in cells_of("core", ensemble()[:2]):
        assert spent(cell.subject.specification) == 36.0  # type: ignore[attr-defined]
        assert cell.push == (13, 49)
        assert cell.subject.months == judged_until(36) == 49 + 48 + 6
        assert cell.without is not None
        assert cell.without.months >= cell.subject.months
        assert not any(e.intervention for e in cell.without.specification.events)  # type: ignore[attr-defined]


def test_the_fraction_is_balanced_and_of_resolution_five() -> None:
    rows = np.array(fraction())
    assert rows.shape == (16, 5)
    assert len({tuple(row) for row in rows.tolist()}) == 16
    assert (1,) * 5 in fraction()
    columns = [rows[:, n] for n in range(5)]
    columns += [rows[:, a] * rows[:, b] for a, b in itertools.combinations(range(5), 2)]
    together = np.array(columns) @ np.array(columns).T
    assert np.array_equal(together, 16 * np.eye(15, dtype=int))
    assert all(column.sum() == 0 for column in columns)


def test_cells_of_the_fraction_have_the_switches_they_are_said_to_have() -> None:
    events = {switch.event: switch.name for switch in REGISTERED.switches}
    for cell in cells_of("switches", ensemble()[:1]):
        specification: Any = cell.subject.specification  # type: ignore[attr-defined]
        on = {events[event.id] for event in specification.events if event.id in events}
        assert on == {name for name in SWITCHES if cell.factors[name]}
        assert spent(specification) == 36.0
    named = {cell.subject.id for cell in cells_of("core", ensemble()[:1])}
    crossed = {cell.subject.id for cell in cells_of("switches", ensemble()[:1])}
    assert len(named & crossed) == 2  # all on, and ties, origin and trust


def test_levers_have_every_level_and_equal_money_with_and_without_succession() -> None:
    money: dict[tuple[int, float], set[float]] = {}
    cells = cells_of("lengths", ensemble()[:1])
    assert len(cells) == 4 * (2 * 3 - 1)
    for cell in cells:
        place = cell.factors["months"], cell.factors["intensity"]
        money.setdefault(place, set()).add(spent(cell.subject.specification))  # type: ignore[attr-defined]
        assert cell.push is not None
        assert cell.push.end - cell.push.start == cell.factors["months"]
        assert cell.subject.months >= judged_until(cell.factors["months"])
    assert money == {(m, i): {m * i} for m in (12, 24, 36, 60) for i in (0.0, 0.5, 1.0)}
    shares = {c.subject.id for c in cells if not c.factors["intensity"]}
    assert len(shares) == 1  # no push: one run, read at four times


def test_short_termism_is_laid_on_every_institution_of_both_runs() -> None:
    cells = cells_of("shortsight", ensemble()[:1])
    assert len({tuple(cell.factors.values()) for cell in cells}) == len(cells) == 4 * 3 * 3
    for cell in cells[:: len(cells) // 3]:
        for subject in (cell.subject, cell.without):
            for institution in subject.specification.institutions:  # type: ignore[union-attr]
                for name in ("present_bias", "present_length", "horizon"):
                    assert getattr(institution, name) == cell.factors[name]


def test_a_draw_is_laid_over_every_arm() -> None:
    draws = ensemble()[:2]
    for cell in cells_of("core", draws, ["activation.rate=0.3"]):
        parameters = cell.subject.specification.parameters  # type: ignore[attr-defined]
        assert (
            parameters.activation.temperature
            == draws[cell.factors["draw"]]["activation.temperature"]
        )
        assert parameters.activation.rate == 0.3


def test_placebos_differ_from_succession_only_in_who_fills_seats() -> None:
    full = scenarios.load(REGISTERED.arm(SUCCESSION).scenario)
    for name in ("placebo_advantaged", "placebo_random"):
        placebo = scenarios.load(REGISTERED.arm(name).scenario)
        more = [event for event in placebo.events if event not in full.events]
        assert more
        assert all(event.key.startswith("leadership.bench_") for event in more)  # type: ignore[union-attr]
        words = {"title", "question", "about"}
        ours, theirs = (s.model_dump(exclude={*words, "events"}) for s in (full, placebo))
        assert ours == theirs
        assert [e for e in placebo.events if e in full.events] == list(full.events)


def test_placebos_seat_others_than_succession_and_as_often() -> None:
    """The same seats change hands; those who take them are of the one group, or no stewards."""
    held: dict[str, Any] = {}
    for name in (SUCCESSION, "placebo_advantaged", "placebo_random"):
        specification = scenarios.load(
            REGISTERED.arm(name).scenario,
            overrides=[*SMALL, "housing.moving_rate=0", "leadership.turnover=0.1"],
            months=48,
        )
        held[name] = CommunityModel(specification, rng=3).run()
    changes = [community.seats.changes.tolist() for community in held.values()]
    assert changes[0] == changes[1] == changes[2]
    seats = held["placebo_advantaged"].seats
    since = seats.resident & (seats.tenure < 35)
    assert since.any()
    assert set(seats.group[since].tolist()) == {0}
    assert 1 in held[SUCCESSION].seats.group[held[SUCCESSION].seats.resident].tolist()
    lot = held["placebo_random"]
    assert lot.seats.holder.tolist() != held[SUCCESSION].seats.holder.tolist()


def test_the_design_is_registered_in_words_that_travel() -> None:
    assert FILE.exists()
    assert [part.name for part in REGISTERED.parts] == ["core", "switches", "lengths", "shortsight"]
    assert {f.name for f in REGISTERED.falsifiers} >= {"placebo_random", "cash", "worst_off"}
    assert "60 % or more" in rule()
    assert (REGISTERED.pairs_of("core", 20), REGISTERED.pairs_of("shortsight", 20)) == (20, 5)
    assert REGISTERED.pairs_of("shortsight", 2) == 2
    with pytest.raises(InputError, match="no such part"):
        cells_of("cores", ensemble()[:1])


# --- tables with known answers --------------------------------------------------------------------

GAINS = {
    ALONE: 0.02, SUCCESSION: 0.12, "while_funded": 0.05, "mentoring_only": 0.02,
    "vacancy_knowledge": 0.04, "ties_origin_trust": 0.08, "placebo_advantaged": 0.03,
    "placebo_random": 0.04, "cash": 0.01, "services": 0.0, "policy": 0.01, "independent": 0.02,
    "no_partnership": 0.06,
}  # fmt: skip


def core(
    gains: Mapping[str, float] | None = None,
    draws: int = 10,
    pairs: int = 6,
    helps: int | None = None,
    **other: float,
) -> pd.DataFrame:
    """Return a table of outcomes; in draws from `helps` on succession adds only .01."""
    wanted = {**GAINS, **(gains or {})}
    rows = []
    for arm, draw, pair in itertools.product(wanted, range(draws), range(pairs)):
        gain = wanted[arm]
        if helps is not None and draw >= helps and arm == SUCCESSION:
            gain = wanted[ALONE] + 0.01
        luck = 0.004 * ((pair + draw) % 3 - 1)
        row = {
            "arm": arm, "part": "core", "draw": draw, "replicate": pair, "status": "done",
            "run": f"{arm}{draw}{pair}", "pair": f"{draw}{pair}", "gain_48": gain + luck,
            "sustained_48": float(gain > 0.05), "tipped": float(pair % 2), "displaced": 0.1,
            "people_change": 0.05, "place_change": 0.08, "power_swapped": 0.0,
            "worst_off_worse": float(pair == 0),
        }  # fmt: skip
        rows.append(row | (other if arm == SUCCESSION else {}))
    return pd.DataFrame(rows)


def numbered(tables: Mapping[str, pd.DataFrame], **more: Any) -> dict[int, Number]:
    return {n.number: n for n in ten_numbers(tables, ACCOUNT, **more)}


def test_supported_where_it_helps_in_nine_of_ten_draws_and_nothing_else_does() -> None:
    for helps in (10, 9):
        found = verdict({"core": core(helps=helps)})
        assert (found.word, found.helps.successes, found.helps.n) == ("supported", helps, 10)
        assert not found.fired
        assert "is supported" in found.text


def test_conditional_on_what_separates_the_draws() -> None:
    parameters = pd.DataFrame(
        {"threshold": [1.0] * 7 + [2.0] * 3, "degree": [4, 8] * 5, "ties": ["ring", "small"] * 5}
    )
    found = verdict({"core": core(helps=7)}, parameters)
    assert found.word == "conditional"
    assert not found.fired
    assert found.separation is not None
    assert (found.separation.parameter, found.separation.strength) == ("threshold", 1.0)
    assert found.separation.chance == pytest.approx(1 / 120)  # one way of naming 7 of 10 draws
    assert "threshold separates best" in found.text
    assert verdict({"core": core(helps=6)}).word == "conditional"


def test_a_form_can_be_what_it_is_conditional_on() -> None:
    parameters = pd.DataFrame({"noise": [3, 1, 4, 1, 5, 9], "form": list("aaabbb")})
    found = separation(parameters, np.array([True, True, True, False, False, False]))
    assert (found.parameter, found.strength) == ("form", 1.0)
    assert "where it helps: a 3; where not: b 3" in found.words


def test_not_supported_where_it_helps_in_fewer() -> None:
    found = verdict({"core": core(helps=5)})
    assert found.word == "not supported"
    small = verdict({"core": core({SUCCESSION: GAINS[ALONE] + 0.029})})
    assert (small.word, small.helps.successes) == ("not supported", 0)
    assert verdict({}).word == "not run"


@pytest.mark.parametrize(
    ("name", "gains", "other"),
    [
        ("placebo_advantaged", {"placebo_advantaged": 0.11}, {}),
        ("placebo_random", {"placebo_random": 0.2}, {}),
        ("cash", {"cash": 0.1}, {}),
        ("equal_knowledge", {"vacancy_knowledge": 0.11, "ties_origin_trust": 0.03}, {}),
        ("worst_off", {}, {"worst_off_worse": 1.0}),
        ("swap", {}, {"power_swapped": 1.0}),
    ],
)
def test_each_falsifier_fires_alone(
    name: str, gains: dict[str, float], other: dict[str, float]
) -> None:
    found = verdict({"core": core(gains, **other)})
    assert [f.name for f in found.fired] == [name]
    assert found.word == "supported"
    assert f"falsified ({found.fired[0].words}), though" in found.text


def test_what_is_not_known_does_not_falsify() -> None:
    table = core()
    found = verdict({"core": table[table["arm"] != "cash"]})
    assert {f.name: f.fired for f in found.falsifiers}["cash"] is None
    assert not found.fired
    assert "not known for want of runs: whether cash does as well" in found.text


def test_numbers_of_the_core() -> None:
    found = numbered({"core": core(helps=7)})
    assert found[1].words == "10 of 560 draws tried reproduce P1 and P5"
    assert "fewer were tried" in ten_numbers({}, {"draws": 60, "retained": 2})[0].words
    assert found[2].values["helps"] == 7
    assert found[2].values["above_zero"] == 10
    assert found[3].values["median"] == pytest.approx(0.1)
    assert found[3].values["q05"] == pytest.approx(0.01)
    assert found[6].values["with"]["mean"] == pytest.approx(0.7)
    assert found[6].values["without"]["mean"] == 0.0
    assert found[6].values["without"]["high"] > 0.03  # all alike is not certainty
    assert found[8].values[SUCCESSION]["people_minus_place"]["mean"] == pytest.approx(-0.03)
    assert found[9].values[SUCCESSION]["worst_off_worse"]["mean"] == pytest.approx(1 / 6)
    assert found[10].values["cash"]["median"] == pytest.approx(0.11)
    for missing in (4, 5, 7):
        assert found[missing].words == "not run"
        assert not found[missing].run


def test_held_out_patterns_are_counted_draw_by_draw() -> None:
    ids = REGISTERED.nuisance["held_out"]
    rows = [(i, d, d == 0 or i != "P7") for i in ids for d in range(3)]
    table = pd.DataFrame([*rows, ("P3", 2, False)], columns=["id", "draw", "met"])
    counted = numbered({}, held_out=table)[10].values["held_out"]
    assert (counted["median"], counted["least"], counted["most"]) == (5.0, 4, 6)
    assert counted["patterns"]["P7"] == 1
    assert "against cash: not run" in numbered({}, held_out=table)[10].words
    assert "not run" in numbered({}, held_out=table[table["id"] != "P2"])[10].words


def switches(effect: Mapping[str, float], crossed: float = 0.0) -> pd.DataFrame:
    rows = []
    for point, row in enumerate(fraction()):
        level = dict(zip(SWITCHES, row, strict=True))
        own = sum(effect[name] * level[name] / 2 for name in SWITCHES)
        own += crossed * level["knowledge"] * level["origin"] / 2
        for draw, pair in itertools.product(range(10), range(6)):
            rows.append(
                {**{k: int(v > 0) for k, v in level.items()}, "part": "switches", "draw": draw,
                 "replicate": pair, "gain_48": 0.05 + own + 0.001 * (pair % 2), "point": point}
            )  # fmt: skip
    return pd.DataFrame(rows)


def test_what_is_due_to_each_switch() -> None:
    effect = {"vacancy": 0.01, "knowledge": 0.03, "ties": 0.0, "origin": 0.04, "trust": -0.01}
    tables = {"core": core({"mentoring_only": 0.04}), "switches": switches(effect, crossed=0.02)}
    found = numbered(tables)[4].values
    for name, size in effect.items():
        assert found[name]["mean"] == pytest.approx(size)
    assert found["mentoring"]["mean"] == pytest.approx(0.02)
    assert found["rest"] == pytest.approx(0.1 - 0.02 - 0.07)
    assert found["shares"]["origin"] == pytest.approx(0.4)
    both = spread(effects.switch_effect(tables, "knowledge", "origin"))
    assert both.mean == pytest.approx(0.02)
    assert spread(effects.switch_effect(tables, "ties", "trust")).mean == pytest.approx(0.0)
    nothing = {"core": core({SUCCESSION: GAINS[ALONE]}), "switches": switches(effect)}
    assert "shares" not in numbered(nothing)[4].values
    assert "No shares" in numbered(nothing)[4].words


def lengths() -> pd.DataFrame:
    """With succession 24 months suffice for half, 60 for all but one draw; without, nothing."""
    rows = []
    for months, share, on in itertools.product((12, 24, 36, 60), (0.5, 1.0), (0, 1)):
        for draw, pair in itertools.product(range(4), range(10)):
            wanted = {12: 2, 24: 5, 36: 8, 60: 7 if draw == 3 else 10}[months]
            kept = float(on and share == 1.0 and pair < wanted)
            rows.append(
                {"part": "lengths", "months": months, "intensity": share, "succession": on,
                 "draw": draw, "replicate": pair, "gain_48": 0.1 * kept, "sustained_48": kept}
            )  # fmt: skip
    return pd.DataFrame(rows)


def test_the_shortest_push_that_is_sustained() -> None:
    found = numbered({"lengths": lengths()})[5].values
    assert found["with_50"]["months"] == {"12": 0, "24": 4, "36": 0, "60": 0}
    assert found["with_90"]["months"]["60"] == 3
    assert (found["with_90"]["none"], found["with_90"]["draws"]) == (1, 4)
    assert found["without_50"]["none_share"] == 1.0
    assert (found["with_falls"], found["without_falls"]) == (1, 0)


def test_present_bias_against_horizon() -> None:
    levels, rows = REGISTERED.shortsight, []
    for bias, present, horizon in itertools.product(
        levels["present_bias"], levels["present_length"], levels["horizon"]
    ):
        for draw, pair in itertools.product(range(3), range(4)):
            rows.append(
                {"part": "shortsight", "present_bias": bias, "present_length": present,
                 "horizon": horizon, "draw": draw, "replicate": pair,
                 "gain_48": 0.1 * bias + 0.0005 * horizon * (present == 12),
                 "gap_people": 0.3 - 0.1 * bias, "worst_off": 0.4 + 0.001 * horizon}
            )  # fmt: skip
    tables = {"shortsight": pd.DataFrame(rows)}
    found = numbered(tables)[7].values
    assert found["push"]["present_bias"]["mean"] == pytest.approx(0.03)
    assert found["push"]["horizon"]["mean"] == pytest.approx(0.042 / 3)
    assert found["push"]["difference"]["mean"] == pytest.approx(0.03 - 0.042 / 3)
    assert found["communities"]["present_bias"]["mean"] == pytest.approx(0.0)  # worst off no better
    at_year = effects.short_sight(tables, "horizon", (36, 120), 12)
    assert spread(at_year).mean == pytest.approx(0.042)


def test_failed_runs_are_left_out_pair_by_pair() -> None:
    table = core(draws=2)
    table.loc[(table["arm"] == SUCCESSION) & (table["replicate"] == 0), "gain_48"] = np.nan
    table.loc[(table["arm"] == ALONE) & (table["draw"] == 1), "gain_48"] = np.nan
    s = spread(effects.main_effect({"core": table}))
    assert (s.draws, s.pairs) == (1, 5)
    assert s.mean == pytest.approx(0.1)
    empty = spread(difference(frame(table, "gain_48", arm="none"), frame(table, "gain_48")))
    assert (empty.draws, np.isnan(empty.mean)) == (0, True)


def test_the_bootstrap_sees_draws_and_pairs() -> None:
    luck = np.random.default_rng(1)
    apart = pd.DataFrame(np.tile(luck.normal(0, 1, 40), (20, 1)))  # only draws differ
    one = spread(apart)
    assert one.high - one.low == pytest.approx(2 * 1.96 * apart.iloc[0].std() / 40**0.5, rel=0.1)
    shared = pd.DataFrame(np.tile(luck.normal(0, 1, (40, 1)), (1, 10)))  # only pairs differ
    other = spread(shared)
    assert other.high - other.low == pytest.approx(2 * 1.96 * shared[0].std() / 40**0.5, rel=0.1)


def test_the_table_of_contrasts_has_all_draws_together_and_each() -> None:
    table = effects.contrast_table({"core": core(draws=3), "lengths": lengths()})
    assert tuple(table.columns) == COLUMNS
    own = table[(table["contrast"] == f"{SUCCESSION} - {ALONE}") & (table["outcome"] == "gain_48")]
    assert own["draw"].tolist() == ["all", "0", "1", "2"]
    assert np.allclose(own["value"], 0.1)
    shares = table[table["outcome"] == "worst_off_worse"]
    assert ((shares["low"] <= shares["value"]) & (shares["value"] <= shares["high"])).all()
    arms = effects.arm_table({"core": core()})
    assert arms["arm"].tolist() == [arm.name for arm in REGISTERED.arms]
    assert (arms["q05"] <= arms["q95"]).all()


# --- budget ---------------------------------------------------------------------------------------


def test_a_budget_fills_the_parts_in_their_order() -> None:
    draws = ensemble()[:1]
    wishes = [
        Wish(part, tuple(cells_of(part, draws, SMALL)), pairs)
        for part, pairs in (("core", 4), ("switches", 4), ("lengths", 4))
    ]
    whole = planned(wishes, 1, Memory(), pace=1e-5)
    assert [part.runs for part in whole] == [4 * 14, 4 * 14, 4 * 15]
    first = whole[0].seconds
    some = planned(wishes, 1, Memory(), pace=1e-5, budget=first + 0.6 * whole[1].seconds)
    assert [part.pairs for part in some] == [4, 2, 0]
    less = planned(wishes, 1, Memory(), pace=1e-5, budget=first * 0.3)
    assert [part.pairs for part in less] == [0, 4, 0] or less[0].pairs == 0
    shared = planned(wishes, 1, Memory(), pace=1e-5, processes=2)
    assert shared[0].seconds == pytest.approx(first / 2)


# --- a real run -----------------------------------------------------------------------------------


class Stopped(Exception):
    """Somebody pulled the plug."""


def test_a_study_that_is_stopped_goes_on_and_comes_to_the_same(tmp_path: Path) -> None:
    options: dict[str, Any] = {"parts": ["core"], "pairs": 1, "draws": 1, "overrides": SMALL}

    def stop(part: str, tally: Tally) -> None:
        if tally.done >= 5:
            raise Stopped

    store = Store.create_or_open(tmp_path / "store")
    with store.writer() as writer:
        plan = plan_study(**options, runs=writer)
        with pytest.raises(Stopped):
            carry_out(plan, runs=writer, progress=stop)
    with store.writer() as writer:
        again = plan_study(**options, runs=writer)
        assert 0 < again.parts[0].runs < 14 - 4
        assert again.parts[0].found == 14 - again.parts[0].runs
        study = carry_out(again, runs=writer)
        writer.keep_answer(study.answer(["kindling", "headline"]))
        assert plan_study(**options, runs=writer).parts[0].runs == 0
        seen = carry_out(plan_study(**options, runs=writer), runs=writer)
    assert len(study.runs) == 14
    assert seen.id == study.id
    assert seen.summary == study.summary
    assert study.verdict.helps.n == 1
    assert [n.run for n in study.numbers] == [n in (1, 2, 3, 6, 8, 9, 10) for n in range(1, 11)]
    kept = Store.open(tmp_path / "store").answers()[0]
    assert (kept.kind, kept.numbers["runs"]) == ("headline", 14)
    undisturbed = carry_out(again, runs=Memory())
    assert undisturbed.summary == study.summary

    folder = write_study(study, tmp_path / "docs" / "headline", command=["kindling", "headline"])
    page.write(tmp_path / "docs")
    text = (tmp_path / "docs" / "headline.md").read_text(encoding="utf-8")
    assert "### Ten numbers" in text
    assert study.verdict.text[:60] in " ".join(text.split())
    assert json.loads((folder / "numbers.json").read_text(encoding="utf-8"))["runs"] == 14
    with pytest.raises(InputError, match="holds another result"):
        write_study(Headline(again, {}), folder)
    (folder / "results.csv").write_text("a,b\n1,2\n")
    with pytest.raises(InputError, match="columns"):
        page.write(tmp_path / "docs")


def test_the_readme_tells_the_stored_numbers() -> None:
    text = (DOCS.parent / "README.md").read_text(encoding="utf-8")
    made = front.part(DOCS / page.FOLDER)
    assert made.count("\n1") == 2  # numbers 1 and 10
    assert front.laid(text, made) == text
    with pytest.raises(InputError, match="no place"):
        front.laid("a README without it", made)


def test_the_page_is_what_its_sources_make() -> None:
    assert (DOCS / page.PAGE).read_text(encoding="utf-8") == page.page(DOCS / page.FOLDER)


# --- the command ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "line"),
    [
        (["--part", "cor"], "there is no such part"),
        (["--budget", "soon"], "not a time: soon"),
        (["--draws", "0"], "--draws"),
        (["--pairs", "0"], "replicates"),
        (["--ensemble", "none.csv"], "the ensemble cannot be read"),
        (["--held-out", "none.csv"], "held-out patterns cannot be read"),
    ],
)
def test_what_cannot_be_asked(
    words: list[str], line: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["headline", *words]) == 2
    told = capsys.readouterr().err
    assert line.split(":")[0] in told
    assert len(told.strip().splitlines()) == 1


def test_without_a_budget_nothing_is_run_and_nothing_is_guessed(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("experiments.headline.study.pace", lambda *_: 1.0)
    words = ["--draws", "1", "--budget", "1s", "--json"]
    assert main(["headline", *words]) == 0
    found = capsys.readouterr()
    summary = json.loads(found.out)
    assert summary["verdict"]["word"] == "not run"
    assert summary["runs"] == 0
    assert "core: no time for two pairs in 1 draw; it is not run" in found.err
    assert sum(n["run"] for n in summary["numbers"]) == 2  # the ensemble and its held-out patterns


def test_a_plan_can_be_made_without_the_shipped_ensemble(tmp_path: Path) -> None:
    other = tmp_path / "more.csv"
    pd.read_csv(SHIPPED).head(3).to_csv(other, index=False)
    other.with_suffix(".json").write_text(json.dumps(ACCOUNT))
    plan: StudyPlan = plan_study(
        parts=["core"], pairs=1, ensemble_file=other, overrides=SMALL, budget=1e-9
    )
    assert plan.draws == 3
    assert plan.held_out is None
    assert list(plan.parameters.columns[:1]) == ["activation.reinforcement"]
    assert len(plan.parameters.columns) == 19
