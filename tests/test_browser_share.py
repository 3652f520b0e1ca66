"""Share links: what a link says is what was shared, and a broken one says what is wrong with it."""

from __future__ import annotations

from dataclasses import replace
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulation.browser.session.course import Course
from simulation.browser.session.line import Line
from simulation.browser.session.share import LONGEST, from_query, pair_to_query, to_query
from simulation.errors import InputError
from tests.browser_towns import shipped, town

WORDS = st.text(st.characters(blacklist_categories=("Cs", "Cc")), min_size=1, max_size=24)
SHARES = st.floats(0, 1, allow_nan=False)
MONTHS = st.integers(1, 40)
SETTINGS = st.one_of(
    st.tuples(st.just("activation.rate"), SHARES),
    st.tuples(st.just("groups.north.size"), st.integers(1, 500)),
    st.tuples(st.just("activation.response"), st.sampled_from(["step", "logistic"])),
    st.tuples(st.just("housing.enabled"), st.booleans()),
    st.tuples(st.just("title"), WORDS),
    st.tuples(
        st.just("institutions.city.serves"),
        st.just({"housing": 1, "health": 0, "livelihood": 0.5}),
    ),
    st.tuples(st.just("prompts"), st.lists(WORDS, max_size=3)),
)  # fmt: skip


@st.composite
def events(draw) -> dict:
    kind = draw(st.sampled_from(["funding", "crisis", "leader_leaves", "set", "promise"]))
    event = {"kind": kind, "month": draw(MONTHS), "duration": draw(MONTHS)}
    if draw(st.booleans()):
        event["title"] = draw(WORDS)
    if kind == "funding":
        event |= {"amount": draw(SHARES), "uses": {"cash": draw(SHARES)}, "groups": ["south"]}
    if kind == "crisis":
        event |= {"strength": draw(SHARES), "dimensions": ("health",)}
    if kind == "leader_leaves":
        people = draw(st.lists(st.integers(0, 29), min_size=1, max_size=3, unique=True))
        event["target"] = {"pick": "person", "people": tuple(people)}
    if kind == "set":
        event |= {"key": "trust.loss_broken", "value": draw(SHARES)}
    if kind == "promise":
        event["kept"] = draw(st.booleans())
    return event


@st.composite
def courses(draw) -> Course:
    course = Course.open("demo", seed=draw(st.integers(0, 2**63 - 1)), months=draw(MONTHS))
    for key, value in draw(st.lists(SETTINGS, max_size=4)):
        course = course.setting(key, value)
    if "title" not in dict(course.changes) and draw(st.booleans()):
        course = course.setting("groups.south.size", 200)
    for event in draw(st.lists(events(), max_size=3)):
        course = course.playing(event)
    for name in draw(st.lists(st.sampled_from(["grant", "leader"]), max_size=2, unique=True)):
        course = course.without(name)
    return course


@given(course=courses(), month=st.integers(0, 40))
def test_a_link_restores_the_course_exactly(course, month):
    month = min(month, course.months)
    query = to_query(course, month, {"view": "facilitator & more"})
    assert query.isascii()
    assert " " not in query
    found = from_query(query)
    assert found.course.specification() == course.specification()
    assert found.course.luck == course.luck
    assert (found.month, found.extra) == (month, {"view": "facilitator & more"})
    assert to_query(*found, found.extra) == query
    again, shown = from_query(f"https://town.example/play?{query}")
    assert (again, shown) == (found.course, month)


def test_a_link_is_readable():
    course = shipped().playing({"kind": "leader_leaves", "month": 9, "target": {"count": 2}})
    assert to_query(course.without("listening"), 12) == (
        "v=1&scenario=demo&seed=1&months=36&set=groups.north.size=30&set=groups.south.size=30"
        "&set=events.grant.month=4&set=events.grant.duration=10"
        "&event=kind=leader_leaves;month=9;target.count=2;id=card+1:+leader+leaves"
        "&remove=listening&month=12"
    )


def test_a_shared_run_is_the_same_run_frame_by_frame():
    course = shipped(14).playing({"kind": "crisis", "month": 9})
    course = course.from_month(10, "activation.rate", 0.5)
    one, two = Line(course), Line(from_query(to_query(course)).course)
    assert [f.bytes for f in one.upto(14)] == [f.bytes for f in two.upto(14)]


def test_two_towns_make_one_link():
    a, b = shipped(), shipped().without("leader")
    found = parse_qs(urlsplit(f"/compare?{pair_to_query(a, b, 7)}").query)
    assert from_query(found["a"][0]).course == a
    assert from_query(found["b"][0]).course == b
    assert found["month"] == ["7"]


GOOD = "v=1&scenario=demo&seed=1&months=36"


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("", "v: is not of this version"),
        ("v=2&scenario=demo", "v: is not of this version of Kindling (found '2'; allowed: 1)"),
        ("v=1&scenario=demmo", "did you mean 'demo'?"),
        ("v=1&scenario=/etc/passwd", "no shipped scenario has this name"),
        ("v=1&scenario=demo&seed=-1", "seed: out of range (found '-1'"),
        ("v=1&scenario=demo&seed=1e3", "seed: out of range"),
        ("v=1&scenario=demo&months=99999", "months: out of range"),
        (f"{GOOD}&month=37", "month: out of range (found '37'; allowed: 0 to 36)"),
        (f"{GOOD}&seed=2", "seed: stands twice in the link"),
        (f"{GOOD}&set=activation.rate", "a setting is written key=value"),
        (f"{GOOD}&set=activation.rate=7", "out of range"),
        (f"{GOOD}&set=activation.rat=0.5", "activation.rate"),
        (f"{GOOD}&set=activation.rate=NaN", "activation.rate"),
        (f"{GOOD}&event=crisis", "an event is written key=value;key=value"),
        (f"{GOOD}&event=kind=crisis;month=3", "an event needs an id"),
        (f"{GOOD}&event=id=x;kind=crisis;month=0", "month"),
        (f"{GOOD}&event=id=x;id=y;kind=crisis;month=1", "event.id: stands twice"),
        (f"{GOOD}&event=id=x;kind=crisis;kind.a=1;month=1", "event.kind: stands twice"),
        (f"{GOOD}&remove=grand", "did you mean 'grant'?"),
        (f"{GOOD}&set=groups.north.size=9000000", "up to 20000 residents"),
        (f"{GOOD}&set=title={'x' * 2 * LONGEST}", "too long for a link"),
    ],
)
def test_a_broken_link_says_what_is_wrong_in_one_line(query, words):
    with pytest.raises(InputError) as caught:
        from_query(query)
    assert words in str(caught.value)
    assert "\n" not in str(caught.value)
    assert len(str(caught.value)) < 400


def test_a_community_of_ones_own_is_not_sent_as_a_link():
    with pytest.raises(InputError, match="send the scenario file or the replay instead"):
        to_query(town())


def test_what_is_too_much_for_a_link_is_refused():
    many = [{"id": f"crisis number {n}", "kind": "crisis", "month": 3} for n in range(200)]
    course = replace(shipped(), events=tuple(many))
    with pytest.raises(InputError, match="too much was changed for a link"):
        to_query(course)
    with pytest.raises(InputError, match="this key of a link is taken"):
        to_query(shipped(), 0, {"seed": "7"})
