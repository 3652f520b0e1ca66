"""Story: what is told adds up, leads back link by link, and says nothing of single people."""

import re
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

pytest.importorskip("solara")

from simulation.browser.session.session import Session
from simulation.browser.story.chapters import MOST, chapters, titles_between
from simulation.browser.story.sentences import (
    Asked,
    Change,
    groups_of,
    name_of,
    one_step_back,
    process_name,
    sentences,
    told_name,
)
from simulation.browser.story.tale import Tale, allowed, fitted, shown_groups
from simulation.browser.story.waterfall import bars, described
from simulation.browser.words import known, say
from simulation.community import CommunityModel
from simulation.ledger import INDICATORS, Ledger
from simulation.ledger.rounding import rounded, told
from simulation.processes import MONTH, Process, register, unregister
from tests.communities import town

NUMBER = re.compile(r"[+−]?\d+\.\d+")


def value(text: str) -> float:
    return float(text.replace("−", "-"))


@pytest.fixture(scope="module")
def ledger() -> Ledger:
    community = CommunityModel(town(months=20), rng=3)
    found = Ledger(community)
    community.run()
    return found


def all_changes(ledger: Ledger) -> list[Change]:
    return [
        Change.of(ledger, Asked(indicator, group, first, last), most)
        for indicator in INDICATORS
        for group in groups_of(indicator, ledger.groups)
        for first, last in ((0, 1), (2, 9), (9, 20), (0, 20))
        for most in (1, 4)
    ]


def test_what_is_shown_adds_up(ledger):
    changes = all_changes(ledger)
    assert len({change.asked.indicator for change in changes}) == len(INDICATORS)
    rests = 0
    for change in changes:
        shown = change.shown
        assert shown is not None
        unit = 10**-shown.digits
        parts = sum(amount for _, amount in shown.parts) + shown.rest
        assert parts == pytest.approx(shown.whole, abs=unit / 1000)
        assert change.after - change.before == pytest.approx(shown.whole, abs=unit / 1000)
        asked = change.asked
        for month, number in ((asked.first, change.before), (asked.last, change.after)):
            exact = ledger.value(asked.indicator, asked.group, month)
            assert abs(number - exact) <= 0.5 * unit + 1e-9, "a value reads the same everywhere"
        exact = dict(ledger.parts(asked.indicator, asked.first, asked.last, asked.group))
        for process, amount in shown.parts:
            assert amount != 0.0
            assert abs(amount - exact[process]) <= unit
        rests += shown.rest != 0.0
    assert rests > 5


def test_the_numbers_in_the_sentences_add_up(ledger):
    seen = 0
    for change in all_changes(ledger):
        told_ = sentences(change, ledger.groups)
        assert told_[0].startswith(say("site.in_model"))
        assert (change.before == change.after) == (change.shown.whole == 0.0)
        shown = change.shown
        assert shown is not None
        if shown.whole:
            amount, before, after = (value(n) for n in NUMBER.findall(told_[0])[-3:])
            sign = 1 if shown.whole > 0 else -1
            assert after - before == pytest.approx(sign * amount, abs=1e-9)
            named = [value(n) for text in told_[1:] for n in NUMBER.findall(text)]
            assert sum(named) == pytest.approx(sign * amount, abs=1e-9)
            seen += len(named) > 1
    assert seen > 20


@given(st.lists(st.floats(-1, 1), min_size=1, max_size=9), st.integers(0, 5))
def test_rounding_moves_no_part_by_more_than_one_unit(amounts, digits):
    units, whole = rounded(amounts, digits)
    assert sum(units) == whole
    assert abs(whole - sum(amounts) * 10**digits) <= 0.5 + 1e-6
    for amount, unit in zip(amounts, units, strict=True):
        assert abs(unit - amount * 10**digits) <= 1.0 + 1e-6


def test_parts_are_named_or_told_together():
    parts = [("a", 0.5), ("b", -0.25), ("c", 0.1), ("d", 0.01), ("e", 0.006)]
    few = told(parts, most=2)
    assert few.parts == (("a", 0.5), ("b", -0.25))
    assert few.rest == pytest.approx(0.12)
    assert few.whole == pytest.approx(0.37)
    one_left = told(parts, most=4)
    assert [name for name, _ in one_left.parts] == ["a", "b", "c", "d", "e"]
    assert one_left.rest == 0.0
    assert told([]).whole == 0.0
    assert told([("a", 1e-9)]).parts == ()


def test_where_nothing_moved_that_is_said():
    community = CommunityModel(town(months=20), rng=3)
    found = Ledger(community)
    community.run(1)
    change = Change.of(found, Asked("stewards", "all", 0, 0))
    assert sentences(change, found.groups)[1:] == [say("story.sentence.nothing")]


def test_everything_has_a_name():
    for indicator in INDICATORS:
        assert name_of(indicator)
        assert told_name(indicator, "south", ("a", "b", "all"))
    assert all(known(f"story.process.{process.name}") for process in MONTH)
    assert process_name("gossip") == "gossip"
    assert told_name("gap", "all", ("a", "b", "c", "all")) == say("story.of.gap.told")


def test_why_leads_back_link_by_link(ledger):
    asked = Asked("gap", "all", 0, 20)
    first = one_step_back(ledger, asked, "living")
    assert Asked("conditions", "south", 0, 20) in first
    assert Asked("conditions", "north", 0, 20) in first
    second = one_step_back(ledger, Asked("conditions", "south", 0, 20), "living")
    assert Asked("investment", "south", 0, 20) in second
    assert Asked("policy", "all", 0, 20) in second
    assert one_step_back(ledger, Asked("policy", "all", 0, 20), "events") == []
    tale = Tale()
    tale.ask(asked)
    tale.process.value = "living"
    tale.ask(first[0], keep=True)
    assert tale.way.value == ((asked, "living"),)
    tale.back(0)
    assert (tale.asked.value, tale.process.value, tale.way.value) == (asked, "living", ())


def test_bars_begin_where_the_last_one_ended(ledger):
    for change in all_changes(ledger)[:60]:
        made = bars(change)
        assert made[0].kind == made[-1].kind == "end"
        edge = made[0].left
        for bar in made[1:-1]:
            begins = bar.left if bar.kind == "up" else bar.left + bar.width
            assert begins == pytest.approx(edge, abs=1e-6)
            edge = bar.left + bar.width if bar.kind == "up" else bar.left
        assert made[-1].left == pytest.approx(edge, abs=1e-6)
        assert all(bar.left >= 0 and bar.left + bar.width <= 100 for bar in made)
        words = described(made)
        assert all(bar.value in words for bar in made)


def test_chapters_cover_the_run_and_follow_the_events():
    spec = town(months=40)
    found = chapters(spec.events, 40)
    assert found[0].first == 0
    assert found[-1].last == 40
    assert all(one.last == other.first for one, other in pairwise(found))
    assert 1 < len(found) <= MOST
    grant = {"id": "g", "kind": "funding", "month": 13, "duration": 36, "title": "A grant"}
    storm = {"id": "s", "kind": "crisis", "month": 60, "title": "A storm"}
    found = chapters(town(months=80, events=[grant, storm]).events, 80)
    assert [(c.first, c.last) for c in found] == [(0, 12), (12, 48), (48, 59), (59, 80)]
    assert "A grant" in found[1].title
    assert "A grant" in found[2].title
    assert found[3].struck == (say("story.chapter.struck", title="A storm", month=60),)
    events = town(months=80, events=[grant, storm]).events
    assert titles_between(events, 12, 48) == "A grant"
    assert titles_between(events, 48, 59) == ""
    assert [c.first for c in chapters(events, 10)] == [0]


def test_only_what_this_run_has_is_asked():
    session = Session("demo")
    line = session.line
    line.upto(6)
    from experiments.suppression import LeftOut

    nobody = LeftOut()
    assert fitted(None, line, 6, nobody) == Asked("gap", "all", 0, 6)
    assert fitted(Asked("weather", "mars", 2, 900), line, 6, nobody) == Asked("gap", "all", 2, 6)
    assert fitted(Asked("policy", "south", 9, 9), line, 6, nobody) == Asked("policy", "all", 5, 6)
    small = LeftOut(groups=("south",), order=("north", "south"))
    assert "gap" not in allowed(small)
    assert shown_groups(line, "wellbeing", small) == ("all", "north")
    tale = Tale()
    tale.arrive("of=stewards&from=2&to=5", line, 6)
    assert tale.asked.value == Asked("stewards", "all", 2, 5)


def test_a_process_of_ones_own_is_told_by_its_name():
    class Nudged(Process):
        name = "nudged"

        def apply(self, community, p):
            community.residents.wellbeing *= 0.9

    register(Nudged)
    try:
        community = CommunityModel(town(months=3), rng=1)
        found = Ledger(community)
        community.run()
        text = " ".join(sentences(Change.of(found, Asked("wellbeing", "all", 0, 3)), found.groups))
        assert "nudged" in text
    finally:
        unregister("nudged")


def test_the_page_tells_the_run_that_play_shows():
    import solara

    from simulation.browser import app_state
    from simulation.browser.story.page import Told
    from simulation.browser.story.tale import tale_of

    session = Session("demo")
    session.line.upto(14)
    tale = tale_of(session)

    @solara.component
    def Shown():
        app_state.provide(session)
        Told(tale, session.line, 14)

    box, rc = solara.render(Shown(), handle_error=False)

    def texts(widget=box):
        if isinstance(widget, str):
            return widget
        return " ".join(texts(child) for child in getattr(widget, "children", None) or ())

    wanted = Change.of(session.line.ledger, Asked("gap", "all", 0, 14))
    assert " ".join(sentences(wanted, session.line.ledger.groups)) in texts()
    tale.ask(Asked("policy", "all", 0, 14))
    tale.process.value = "living"
    assert say("story.why_title", process=process_name("living")) in texts()
    tale.process.value = "events"
    assert (
        say(
            "story.outside_events",
            titles=titles_between(session.course.specification().events, 0, 14),
        )
        in texts()
    )
    rc.close()
