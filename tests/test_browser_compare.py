"""Compare: two towns in words and links, a hundred pairs in numbers and signs."""

import csv
import io
import json
import math
import time
import xml.etree.ElementTree as ElementTree
from dataclasses import replace

import pytest

from experiments.compare import compare
from experiments.statistics import wilson
from scenarios import to_toml
from simulation.browser.compare import icons, link, results, strip, towns
from simulation.browser.compare.bench import NOW, bench_of
from simulation.browser.compare.differences import differences
from simulation.browser.compare.pair import (
    GAIN,
    PLAIN,
    PairResult,
    arms_of,
    gain_known,
    months_to_run,
    plan_of,
    run_pair,
    shared,
    task_of,
)
from simulation.browser.compare.results import EQUAL, A, B
from simulation.browser.compare.titles import titles
from simulation.browser.compare.towns import Order, Towns, expected_seconds, horizons
from simulation.browser.parts.twice import TWICE, Once
from simulation.browser.session.base import Base
from simulation.browser.session.course import Course
from simulation.browser.session.session import Session
from simulation.browser.words import say
from simulation.errors import InputError
from simulation.specification import specify
from tests.communities import town

STORM = {"id": "storm 2", "month": 7, "kind": "crisis", "strength": 0.4}


def without(specification, *names):
    kept = tuple(e for e in specification.events if e.id not in names)
    return specification.model_copy(update={"events": kept})


def small(**changes):
    return town(months=20, **changes)


def course(specification):
    return Course.open(Base("small", text=to_toml(specification)))


@pytest.fixture(scope="module", autouse=True)
def no_workers_left():
    yield
    towns.end_workers()


# ------------------------------------------------------------------------------- links


def test_a_link_opens_both_towns_as_they_were():
    a = Course.open("demo").setting("activation.reinforcement", 2.5)
    b = a.without("leader").playing({"kind": "crisis", "month": 31, "strength": 0.5})
    address = link.compare_link(a, b, 30)
    assert address.startswith("/compare?v=1&")
    assert link.names_towns(address.partition("?")[2])
    assert link.read_link(address) == (a, b, 30)
    assert link.read_link(link.compare_link(a, a)) == (a, a, 0)


@pytest.mark.parametrize(
    ("query", "told"),
    [
        ("v=2&a=x&b=y", "another version"),
        ("v=1&a=v%3D1%26scenario%3Ddemo", "b: a comparison needs two towns"),
        ("v=1&a=v%3D1%26scenario%3Ddemo&b=v%3D1%26scenario%3Dnowhere", "b: scenario"),
        ("v=1&a=x&b=y&c=z", "unknown key"),
        ("v=1&a=x&a=y", "twice"),
        ("v=1&a=v%3D1%26scenario%3Ddemo&b=v%3D1%26scenario%3Ddemo&month=999", "no such month"),
    ],
)
def test_a_link_that_cannot_be_read_says_where(query, told):
    with pytest.raises(InputError, match=told):
        link.read_link(query)


# ------------------------------------------------------------------------- differences


def test_a_copy_differs_in_nothing():
    a = course(small())
    found = differences(a, a)
    assert found.told == ()
    assert found.until == 20
    assert "same luck" in found.same[0]


def test_differences_are_told_in_the_words_of_their_declarations():
    a = course(small())
    b = a.without("mayor").playing(STORM).playing({**dict_of(a, "push"), "duration": 6})
    b = b.setting("activation.reinforcement", 2.0).setting("groups.south.conditions", 0.5)
    texts = [d.text for d in differences(a, b).told]
    assert "Only in A: A leader steps down (month 4)" in texts
    assert "Only in B: A shock hits living conditions (month 7)" in texts
    assert any("how many months it lasts: 12 in A, 6 in B" in text for text in texts)
    assert "Pull of a fully active, fully trusted circle: 3 in A, 2 in B" in texts
    assert any(
        t.startswith("Living conditions") and t.endswith("0.35 in A, 0.5 in B") for t in texts
    )
    assert all("the group south" in text for text in texts if text.startswith("Living conditions"))
    assert len(texts) == 5


@pytest.mark.parametrize("name", ["succession", "strength"])
def test_answers_of_a_choice_are_told_as_answers(name):
    a = Course.open("demo")
    (choice,) = (c for c in a.specification().choices if c.name == name)
    b = a
    for key, value in choice.options[1].settings.items():
        b = b.setting(key, value)
    (told,) = differences(a, b).told
    assert told.kind == "choice"
    assert told.text.startswith(choice.title)
    assert choice.options[1].word in told.text


def test_what_is_the_same_is_told_and_what_is_not():
    a = course(small())
    later = differences(a, a.playing(STORM))
    assert later.until == 6
    assert any("Up to month 6" in text for text in later.same)
    others = course(small(groups=[{"name": "north", "size": 40}], events=[]))
    found = differences(a, others)
    assert any("The people differ" in text for text in found.same)
    assert any(d.text == "Only in A: the group south" for d in found.told)
    poorer = differences(a, a.without("push"))
    assert any("The money differs" in text for text in poorer.same)
    assert "Not the same luck" in differences(a, a.setting("seed", 77)).same[0]


def test_towns_of_one_title_are_called_by_what_differs():
    a = course(small())
    as_it_is = say("compare.titles.as_it_is")
    assert titles(a, a) == (as_it_is, say("compare.titles.copy"))
    assert titles(a, a.without("mayor")) == (as_it_is, "without “A leader steps down”")
    assert titles(a, a.playing(STORM))[1] == "with “A shock hits living conditions”"
    pull = "Pull of a fully active, fully trusted circle"
    b = a.setting("activation.reinforcement", 2.0)
    assert titles(a, b) == (f"{pull}: 3", f"{pull}: 2")
    two = b.setting("groups.south.conditions", 0.5)
    assert titles(a, two)[1].endswith(say("compare.titles.more", title="", n=1).strip())
    other = course(small(title="Another"))
    assert titles(a, other) == (a.specification().title, "Another")


def test_a_double_click_starts_and_does_not_stop():
    done = []
    once = Once()
    assert once.do(lambda: done.append("start"))
    assert not once.do(lambda: done.append("stop"))
    time.sleep(TWICE + 0.05)
    assert once.do(lambda: done.append("stop"))
    assert done == ["start", "stop"]


def dict_of(found, name):
    return json.loads(found.event(name).model_dump_json())


# ----------------------------------------------------------------------- pairs of towns


PAIRS = {
    "an event less": lambda: (small(), without(small(), "mayor")),
    "an event more, from the first year": lambda: (without(small(), "storm"), small()),
    "another rule from the start": lambda: (
        small(),
        small(parameters={"activation": {"reinforcement": 1.0}}),
    ),
    "no push in B": lambda: (small(), small().without_interventions()),
}


@pytest.mark.parametrize(("kind", "months"), list(zip(PAIRS, (20, 14, 15, 20), strict=True)))
def test_pairs_are_those_of_the_comparison(kind, months):
    a, b = PAIRS[kind]()
    gain = gain_known(a, b)
    task = task_of(arms_of(a, b, gain=gain), months, 5)
    cut = [s.model_copy(update={"months": months}) for s in (a, b)]
    whole = compare(*cut, seed=5, replicates=2)
    for r in range(2):
        found = run_pair(task._replace(replicate=r))
        for arm, mine in ((whole.a, found.a), (whole.b, found.b)):
            names = (*PLAIN, GAIN) if gain else PLAIN
            assert set(mine) == set(names)
            assert mine == {name: arm.outcomes[name].iloc[r] for name in names}


def test_months_that_are_shared_are_run_once():
    a, b = small(), without(small(title="Another name"), "mayor")
    assert shared(a, b) == 3
    assert shared(a, small(parameters={"activation": {"reinforcement": 1.0}})) == -1
    plan = plan_of(arms_of(a, b, gain=True), 20)
    assert [tuple(branch) for branch in plan] == [(0, -1), (0, 3), (0, 1), (2, 3)]
    assert months_to_run(plan, 20, 2) == 22 + 17 + 19 + 17
    assert months_to_run(plan_of([a, a], 20), 20, 2) == 22


def test_the_horizon_leaves_two_years_after_the_split():
    assert horizons(29, 240) == [60, 120, 180, 240]
    assert horizons(-1, 240) == [24, 60, 120, 180, 240]
    assert horizons(100, 120) == [120]
    order = Order(small(), without(small(), "mayor"), 20, 5)
    assert expected_seconds(replace(order, gain=True), 1) > expected_seconds(order, 1)
    assert expected_seconds(order, 2) == expected_seconds(order, 1) / 2


@pytest.mark.parametrize(
    ("changes", "told"),
    [({"months": 21}, "months"), ({"seed": -1}, "seed"), ({"pairs": 0}, "replicates")],
)
def test_an_order_that_makes_no_sense_is_refused(changes, told):
    with pytest.raises(InputError, match=told):
        Towns(replace(Order(small(), small(), 20, 5), **changes))


def test_a_gain_needs_a_push_in_both():
    with pytest.raises(InputError, match="push"):
        Towns(Order(small(), small().without_interventions(), 20, 5, gain=True))


def test_what_is_stopped_keeps_its_pairs_and_can_go_on():
    a, b = small(), without(small(), "mayor")
    job = Towns(Order(a, b, 20, 5, pairs=24))
    heard = []

    def hear():
        heard.append(job.state)
        job.stop()

    job.told = hear
    job.start()
    state = job.wait(60)
    assert state.stage == "stopped"
    assert 0 < state.done < 24
    assert len(job.results) == state.done
    assert results.result("gap_people", job.results).pairs == state.done
    first = job.results
    job.told = None
    job.start()
    assert job.wait(60).stage == "done"
    assert [p.replicate for p in job.results] == list(range(24))
    assert set(map(str, first)) <= set(map(str, job.results))
    task = task_of(arms_of(a, b, gain=False), 20, 5)
    assert job.results[23] == run_pair(task._replace(replicate=23))


def test_a_pair_that_cannot_be_run_ends_the_job_with_words():
    broken = small().model_copy(update={"month": ("no such process",)})
    job = Towns(Order(small(), broken, 20, 5, pairs=2))
    job.start()
    state = job.wait(60)
    assert state.stage == "failed"
    assert "no such process" in state.text
    assert state.done == 0


# --------------------------------------------------------------------- what they came to


def pairs_of(differences_, name="gap_people"):
    return [PairResult(r, {name: 0.5}, {name: 0.5 + d}) for r, d in enumerate(differences_)]


MIXED = pairs_of([-0.02] * 60 + [0.0] * 15 + [1e-15] * 5 + [0.01] * 20)


def test_verdicts_count_in_the_direction_that_is_fairer():
    found = results.result("gap_people", MIXED)
    assert [found.count(v) for v in (B, EQUAL, A)] == [60, 20, 20]
    assert found.share == wilson(60, 100)
    other = results.result("worst_off", pairs_of([-0.02, 0.01, 0.01], "worst_off"))
    assert [other.count(v) for v in (B, EQUAL, A)] == [2, 0, 1]


def test_the_sentence_says_the_share_with_its_interval():
    found = results.result("gap_people", MIXED)
    low, high = (f"{100 * x:.0f}" for x in (found.share.low, found.share.high))
    assert results.sentence(found) == (
        "In this model: in 100 pairs of towns, B did better on the gap in 60 "
        f"(95 % interval {low} to {high})."
    )
    few = results.result("gap_people", MIXED[58:62])
    assert "in 4 pairs of towns, B did better on the gap in 2. That is 50 in 100" in (
        results.sentence(few)
    )
    nothing = results.result("gap_people", pairs_of([0.0] * 7))
    assert "in none of 7 pairs" in results.sentence(nothing)
    assert results.mean_sentence(nothing) == ""
    more = results.result("stewards", pairs_of([0.1, -0.1, 0.1], "stewards"))
    assert "B has more stewards in 2" in results.sentence(more)


def test_the_mean_says_whether_it_may_be_none_at_all():
    clear = results.result("gap_people", MIXED)
    assert clear.effect.mean == pytest.approx(-0.01)
    assert results.mean_sentence(clear).startswith("On average: smaller gap in B, by 0.010")
    open_ = results.result("gap_people", pairs_of([-0.02, 0.03, -0.01]))
    assert "holds zero" in results.mean_sentence(open_)
    assert results.tiny_sentence(open_) == ""
    assert "Nobody" in results.tiny_sentence(
        results.result("gap_people", pairs_of([0.001, -0.002]))
    )


def test_pairs_in_which_an_outcome_is_unknown_are_left_out():
    found = results.result("gap_people", [*pairs_of([0.1, 0.2]), *pairs_of([math.nan])])
    assert (found.pairs, found.dropped) == (2, 1)
    assert results.result("gap_people", []).pairs == 0
    assert results.sentence(results.result("gap_people", [])) == "No pair of towns is there yet."


def test_every_pair_has_its_sign_in_order():
    found = results.result("gap_people", MIXED)
    drawing = ElementTree.fromstring(icons.icon_array(found))
    signs = [e.tag.rpartition("}")[2] for e in drawing if not e.tag.endswith("defs")]
    assert signs == ["circle"] * 60 + ["rect"] * 20 + ["polygon"] * 20
    assert drawing.get("role") == "img"
    for part in ("60: B did better.", "20: no difference.", "20: A did better."):
        assert part in drawing.get("aria-label")
    rows = results.counts_table(found)
    assert [row[1:] for row in rows] == [["60", "60 %"], ["20", "20 %"], ["20", "20 %"]]


@pytest.mark.parametrize("pairs", [MIXED, MIXED[:1], pairs_of([0.0] * 3), []])
def test_the_strip_has_a_dot_for_every_pair_that_differs(pairs):
    found = results.result("gap_people", pairs)
    drawing = ElementTree.fromstring(strip.strip(found))
    dots = [e for e in drawing if e.tag.endswith("circle")]
    assert len(dots) == found.count(A) + found.count(B)
    low, top, wide, high = (float(x) for x in drawing.get("viewBox").split())
    assert all(
        low <= float(e.get("cx")) <= wide and top <= float(e.get("cy")) <= high for e in dots
    )
    words = [e.text for e in drawing if e.tag.endswith("text")]
    told = any("no difference" in text for text in words)
    assert told == bool(found.count(EQUAL))


def test_the_csv_holds_every_pair_exactly():
    rows = list(csv.DictReader(io.StringIO(results.pairs_csv(MIXED, 5, 60).decode())))
    assert len(rows) == 100
    assert [float(row["b"]) - float(row["a"]) for row in rows] == [
        float(row["difference"]) for row in rows
    ]
    assert rows[0]["month"] == "60"
    assert len({row["luck"] for row in rows}) == 100


# --------------------------------------------------------------------------- the bench


def test_a_branch_made_on_play_is_the_pair():
    session = Session(course(small()))
    b = session.branch(6)
    bench = bench_of(session)
    bench.arrive("")
    assert (bench.a, bench.b) == (session.line, b)
    assert bench_of(session) is bench


def test_b_changes_and_a_stays():
    session = Session(course(small()))
    bench = bench_of(session)
    assert bench.a.course == bench.b.course
    bench.take(bench.b.course.without("mayor"))
    assert bench.b.course.removed == ("mayor",)
    assert bench.a.course == session.course
    assert bench.a.frame(3).bytes == bench.b.frame(3).bytes
    assert bench.a.frame(5).bytes != bench.b.frame(5).bytes
    bench.desk.session.undo()
    assert bench.b.course == bench.a.course
    with pytest.raises(InputError):
        bench.take(bench.b.course.setting("activation.reinforcement", "much"))
    assert bench.b.course == bench.a.course


def test_towns_can_be_swapped_opened_and_taken_to_play():
    session = Session("demo")
    bench = bench_of(session)
    a = session.course
    b = a.without("leader")
    bench.arrive("?" + link.compare_link(a, b, 12).partition("?")[2])
    assert bench.courses == (a, b)
    assert bench.month.value == 12
    turn = bench.turn.value
    bench.swap()
    assert bench.courses == (b, a)
    assert bench.turn.value > turn
    assert (bench.a.label, bench.b.label) == ("A", "B")
    bench.swap()
    bench.to_play()
    assert session.course == b
    session.remove("grant")
    bench.arrive("")
    assert bench.courses == (a, session.course)
    bench.town("baseline")
    assert bench.b.course.base.name == "baseline"
    assert (bench.b.course.seed, bench.b.course.months) == (a.seed, a.months)


def test_changes_begin_at_the_start_or_at_the_month_on_the_ruler():
    bench = bench_of(Session(course(small())))
    bench.on_event({"kind": "at", "month": 9})
    assert bench.desk.month.value == 0
    bench.when.value = NOW
    bench.point()
    assert bench.desk.month.value == 9


def test_a_town_of_ones_own_has_no_link():
    bench = bench_of(Session(course(small())))
    assert bench.link() == ""


def test_the_specification_survives_the_way_to_a_worker():
    text = task_of([small()], 20, 5).arms[0]
    assert specify(json.loads(text)) == small()


def test_after_a_branch_changes_in_b_begin_at_the_fork():
    session = Session(course(small()))
    session.line.upto(9)
    session.branch(9)
    bench = bench_of(session)
    bench.arrive("")
    assert (bench.month.value, bench.when.value) == (9, NOW)
    assert bench.desk.session.month == 9
