"""The truth of a run on the page: courses, lines, frames, undo, branch, and "without this?"."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest

from experiments.judge import gain_series, judged
from experiments.run import run
from simulation.browser.exports import run_result
from simulation.browser.session import frames as bits
from simulation.browser.session.base import Base
from simulation.browser.session.course import Course
from simulation.browser.session.drawing import CHANNELS
from simulation.browser.session.energy import _recalled, missing_pull, pull_on
from simulation.browser.session.layout import lay_out
from simulation.browser.session.line import Line
from simulation.browser.session.log import over_of
from simulation.browser.session.past import shared_months
from simulation.browser.session.session import Session
from simulation.browser.session.shadow import begun
from simulation.browser.session.values import LOST, NOT_YET, YES
from simulation.chance import derive
from simulation.community import CommunityModel
from simulation.errors import InputError
from simulation.ties import SERVICE
from tests.browser_towns import TOWN, shipped, town

LEADER = {"kind": "leader_leaves", "month": 9, "target": {"pick": "most_central"}}
CRISIS = {"kind": "crisis", "month": 14, "strength": 0.3}
NEWCOMERS = {"kind": "newcomers", "month": 8, "count": 5, "groups": ["south"]}


def made(course: Course, upto: int | None = None) -> Line:
    line = Line(course)
    line.upto(course.months if upto is None else upto)
    return line


def same_months(one: Line, two: Line, last: int) -> bool:
    pairs = zip(one.frames[: last + 1], two.frames[: last + 1], strict=True)
    return all(a.bytes == b.bytes for a, b in pairs)


# ---------------------------------------------------------------------------------- courses


def test_a_course_begins_as_the_scenario_stands():
    course = town()
    assert (course.seed, course.months) == (1, 60)
    assert course.specification().title == "A small town"
    assert [e.id for e in course.specification().events] == ["grant", "listening", "leader"]


def test_cards_get_ids_that_are_readable_and_their_own():
    course = town().playing(LEADER).playing(LEADER).playing(CRISIS)
    names = [event["id"] for event in course.events]
    assert names == ["card 1: leader leaves", "card 2: leader leaves", "card 3: crisis"]
    assert (
        course.without("card 2: leader leaves")
        .playing(CRISIS)
        .events[-1]["id"]
        .startswith("card 4")
    )


def test_an_event_can_be_taken_away_ended_early_and_taken_back():
    course = town()
    early = course.ending("grant", 9)
    assert [e.id for e in early.specification().events] == ["grant", "listening", "leader"]
    assert early.event("grant").last == 9
    assert early.event("grant").amount == course.event("grant").amount
    assert early.taking_back("grant") == course
    assert "grant" not in {e.id for e in course.ending("grant", 3).specification().events}
    gone = early.without("grant")
    assert "grant" not in {e.id for e in gone.specification().events}
    assert gone.taking_back("grant") == course
    with pytest.raises(InputError, match="did you mean 'grant'"):
        course.without("grand")


def test_a_parameter_changes_in_the_middle_and_other_settings_only_from_the_start():
    course = town().from_month(10, "activation.rate", 0.5)
    assert course.events[0]["id"] == "setting: activation.rate"
    assert course.event("setting: activation.rate").first == 11
    assert (course.value_at("activation.rate", 9), course.value_at("activation.rate", 10)) == (
        0.25,
        0.5,
    )
    again = course.from_month(10, "activation.rate", 0.6)
    assert [e["value"] for e in again.events] == [0.6]
    later = again.from_month(20, "activation.rate", 0.7)
    assert later.value_at("activation.rate", 15) == 0.6
    assert later.value_at("activation.rate", 20) == 0.7
    for key in ("institutions.hospital.budget", "start.threshold", "record.enabled", "no.such"):
        assert not course.can_change_now(key)
    with pytest.raises(InputError, match="holds from the start"):
        course.from_month(3, "institutions.hospital.budget", 0.3)


def test_a_course_that_cannot_be_says_so_in_one_line():
    for event, words in (
        ({"kind": "funding", "month": 2, "amount": -1}, "out of range"),
        ({"kind": "fundin", "month": 2}, "did you mean 'funding'"),
        ({"kind": "crisis", "month": 2, "groups": ["nroth"]}, "did you mean 'north'"),
    ):
        with pytest.raises(InputError, match=words) as caught:
            town().playing(event).specification()
        assert "\n" not in str(caught.value)
        assert len(str(caught.value)) < 400


COURSES = {
    "another event": town().playing(LEADER),
    "an event less": town().without("leader"),
    "ended early": town().ending("grant", 10),
    "a later setting": town().from_month(17, "activation.rate", 0.6),
    "newcomers": town().playing(NEWCOMERS),
    "another start": town().setting("activation.rate", 0.3),
    "a longer run": town(72),
    "other luck": replace(town(), replicate=1),
}


@pytest.mark.parametrize("name", COURSES)
def test_shared_months_are_the_same_in_the_model(name):
    one, two = town(), COURSES[name]
    shared = shared_months(one, two)
    rows = [CommunityModel(c.specification(), rng=c.luck).run().recorder.values for c in (one, two)]
    both = [r[: shared + 1] for r in rows]
    assert np.array_equal(both[0], both[1], equal_nan=True)
    if name != "a longer run":
        after = [r[shared + 1 : 61] for r in rows]
        assert not np.array_equal(after[0], after[1], equal_nan=True)


def test_uploaded_text_reads_nothing_but_what_was_brought_along(tmp_path):
    (tmp_path / "mine").mkdir()
    (tmp_path / "other.toml").write_text('extends = "demo"\n', encoding="utf-8")
    (tmp_path / "mine" / "base.toml").write_text('extends = "demo"\nseed = 9\n', encoding="utf-8")
    folder = tmp_path / "mine"
    assert Course.open(Base("mine", 'extends = "base.toml"', folder)).seed == 9
    assert sorted(p.name for p in folder.iterdir()) == ["base.toml"]
    for text, words in (
        ('extends = "../other.toml"', "extends: extends a file that was not brought along"),
        ('extends = "demo"\n[partners]\npath = "../other.toml"', "partners.path"),
        ("[[events", "not valid TOML"),
        ('extends = "demo"\nmonth = 3', "month: wrong type"),
    ):
        with pytest.raises(InputError, match=words) as caught:
            Course.open(Base("mine", text, folder))
        assert str(caught.value).startswith("mine: ")
        assert str(tmp_path) not in str(caught.value)


# ------------------------------------------------------------------------------------ frames


def test_a_frame_tells_what_the_community_is():
    line = Line(town())
    for month in range(30):
        frame, community = line.frame(month), line.community
        r, t = community.residents, community.ties
        first = t.first_resident
        assert frame.bytes[:4] == month.to_bytes(4, "little")
        assert len(frame.bytes) % 4 == 0
        home = {int(h): first + n for n, h in enumerate(line._drawing.homes)}
        here = np.flatnonzero(r.present)
        node = np.array([home[int(h)] for h in r.home[here]])
        flags = frame.flags
        assert np.count_nonzero(flags[first:] & bits.PRESENT) == here.size
        assert np.array_equal(flags[node] & bits.LEADER > 0, r.in_seat[here])
        assert np.array_equal(flags[node] & bits.HALF > 0, r.stewardship[here] == 0.5)
        assert np.array_equal(flags[node] & bits.FULL > 0, r.stewardship[here] == 1.0)
        assert np.array_equal(flags[node] & bits.NEWCOMER > 0, ~r.founder[here])
        for key, values in (
            ("wellbeing", r.wellbeing[here].mean(axis=1)),
            ("skill", r.skill[here]),
            ("resources", r.resources[here] / (1 + r.resources[here])),
            ("trust", [t.trust()[slice(*t.start[first + i : first + i + 2])].mean() for i in here]),
        ):
            shown = frame.channel(CHANNELS.index(key))[node] / 255.0
            assert np.allclose(shown, values, atol=0.5 / 255 + 1e-9), key
        assert [line.person(int(n), month) for n in node] == r.id[here].tolist()
    assert not r.present.all()  # somebody moved, so homes did change hands


def test_ties_keep_their_place_while_people_move():
    line = Line(town())
    pairs = list(zip(*(line.setup()["ties"][k] for k in ("source", "target")), strict=True))
    moved = 0
    for month in range(30):
        frame, community = line.frame(month), line.community
        pairs += [(int(s) & ~bits.OTHER_KIND, int(e)) for s, e in frame.added]
        moved += len(frame.added)
        t, r = community.ties, community.residents
        node = np.arange(t.ids.size)
        node[t.first_resident :] = t.first_resident + r.home
        ends = np.sort(np.column_stack((node[t.sources()], node[t.target])), axis=1)
        trust: dict[tuple[int, int], list[float]] = {}
        for (a, b), value in zip(ends.tolist(), t.trust().tolist(), strict=True):
            trust.setdefault((a, b), []).append(value)
        assert len(pairs) == frame.ties == len(set(pairs))
        shown = dict(zip(pairs, frame.trust.tolist(), strict=True))
        assert {pair for pair, value in shown.items() if value} == set(trust)
        for pair, values in trust.items():
            assert shown[pair] == pytest.approx(255 * np.mean(values), abs=1.0)
    assert moved > 20
    assert (frame.trust == 0).any()


def test_frames_are_small_and_services_are_left_out_of_large_towns():
    small = Line(town()).setup()
    assert small["ties_left_out"] == []
    assert SERVICE in small["ties"]["kind"]
    course = Course.open("demo").setting("groups.north.size", 250).setting("ties.degree", 6)
    line = Line(course.setting("groups.south.size", 240))
    assert len(line.frame(6).bytes) <= 10_000
    large = Line(course.setting("groups.south.size", 360)).setup()
    assert large["ties_left_out"] == ["service"]
    assert SERVICE not in large["ties"]["kind"]


def test_values_are_those_of_the_record():
    line = made(town(), 20)
    for key, measure, boundary in (
        ("gap", "gap", "people"),
        ("gap_place", "gap", "place"),
        ("stewards", "stewards", "place"),
        ("shared", "fund", "place"),
        ("trapped", "idle_assets", "place"),
    ):
        recorded = line.recorder.latest(measure, boundary=boundary)
        assert line.value(key, 20) == pytest.approx(recorded, rel=1e-6)
    r = line.community.residents
    learners = r.present & r.lives_here & ~r.in_seat & (r.stewardship > 0)
    assert line.value("mentored_skill", 20) == pytest.approx(r.skill[learners].mean(), rel=1e-6)


def test_the_setup_is_plain_json_and_fits_the_frames():
    line = Line(town().playing(NEWCOMERS))
    setup = json.loads(json.dumps(line.setup()))
    nodes, frame = setup["nodes"], line.frame(0)
    assert {len(nodes[k]) for k in nodes} == {frame.nodes}
    assert len(setup["ties"]["source"]) == frame.ties
    assert len(setup["values"]) == frame.values.size
    assert nodes["home"][-5:] == list(line.course.event("card 1: newcomers").homes(64))
    assert nodes["group"][-5:] == [1] * 5
    assert not frame.flags[-5:].any()
    assert (line.frame(8).flags[-5:] & bits.NEWCOMER).all()
    own = {e["id"]: e["own"] for e in setup["events"]}
    assert own == {"grant": False, "listening": False, "leader": False, "card 1: newcomers": True}
    assert [c["key"] for c in setup["charts"]][:7] == [
        "trust", "gap", "stewards", "resources", "leadership", "energy", "gain",
    ]  # fmt: skip
    for chart in setup["charts"]:
        assert chart["help"]
        assert chart["lines"]
    assert not setup["private"]


# ------------------------------------------------------------------------------------ layout


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"ties.kind": "moore"},
        {"ties.kind": "complete"},
        {"ties.kind": "blocks"},
        {"places": [{"name": "hill"}, {"name": "port"}, {"name": "mill"}]},
    ],
)
def test_everyone_has_a_place_on_the_map_of_their_own(changes):
    course = town()
    for key, value in changes.items():
        course = course.setting(key, value)
    one, two = (lay_out(course.specification(), course.luck) for _ in range(2))
    where = one.places([range(1000, 1006)])
    assert np.array_equal(where, two.places([range(1000, 1006)]))
    assert where.min() >= 0.0
    assert where.max() <= 1.0
    apart = np.linalg.norm(where[:, None] - where[None], axis=2)[np.triu_indices(len(where), 1)]
    assert apart.min() > 1e-3
    others = np.concatenate([one.institutions, one.connectors])
    to_homes = np.linalg.norm(others[:, None] - where[None], axis=2)
    assert np.sort(to_homes, axis=1)[:, 1].min() > 0.02


def test_many_institutions_do_not_stand_on_each_other():
    many = [{"name": f"office {n}", "sector": "school", "leader_seats": 0} for n in range(150)]
    course = town().setting("institutions", many).setting("connectors", [])
    where = lay_out(course.specification(), course.luck).institutions
    apart = np.linalg.norm(where[:, None] - where[None], axis=2)
    assert apart[np.triu_indices(150, 1)].min() > 0.008


# --------------------------------------------------------------------- change, undo, branch


@pytest.mark.parametrize("name", [n for n in COURSES if n != "other luck"])
def test_a_changed_line_is_the_line_that_was_so_from_the_start(name):
    course = COURSES[name]
    line = made(town(), 24)
    kept = line.change(course)
    assert kept == min(shared_months(town(), course), 24)
    assert line.month == kept
    line.upto(36)
    fresh = made(course, 36)
    assert same_months(line, fresh, 36)
    assert line.log() == fresh.log()
    assert json.dumps(line.setup()["ties"]) == json.dumps(fresh.setup()["ties"])
    assert line.setup()["nodes"] == fresh.setup()["nodes"]
    for month in (5, 25, 36):
        assert np.array_equal(line.ledger.month(month), fresh.ledger.month(month), equal_nan=True)


def test_no_caller_can_keep_months_that_are_not_the_same():
    line = made(town(), 30)
    assert line.change(town().playing(LEADER), from_month=25) == 8
    assert line.change(town(), from_month=3) == 3


def test_a_branch_shares_the_past_and_leaves_the_run_alone():
    line = made(town(), 30)
    before = [frame.bytes for frame in line.frames]
    b = line.branch(17)
    b.change(b.course.playing({**CRISIS, "month": 18}))
    b.upto(34)
    assert [frame.bytes for frame in line.frames] == before
    fresh = made(b.course, 34)
    assert same_months(b, fresh, 34)
    assert same_months(b, line, 17)
    assert b.frames[18].bytes != line.frames[18].bytes
    assert b.log() == fresh.log()
    assert np.array_equal(b.ledger.month(34), fresh.ledger.month(34), equal_nan=True)
    assert (b.label, b.setup()["id"]) == ("B", "b1")


def test_undo_and_redo_are_exact():
    session = Session(town())
    said = []
    session.listeners.append(said.append)
    session.line.upto(14)
    session.month = 10
    session.play({"kind": "crisis"})
    assert session.course.events[0]["month"] == 11
    session.change("activation.rate", 0.7)
    session.play(NEWCOMERS, month=11)
    session.line.upto(16)
    changed = [frame.bytes for frame in session.line.frames]
    for _ in range(3):
        assert session.undo() is not None
    assert session.undo() is None
    assert session.course == town()
    session.line.upto(16)
    assert same_months(session.line, made(town(), 16), 16)
    for _ in range(3):
        session.redo()
    assert not session.can_redo
    session.line.upto(16)
    assert [frame.bytes for frame in session.line.frames] == changed
    assert said == ["changed"] * 3 + ["undone"] * 6


def test_before_anything_is_seen_settings_change_from_the_start():
    session = Session(town())
    session.change("activation.rate", 0.4)
    assert session.course.changes == (("activation.rate", 0.4),)
    session.month = 5
    session.line.upto(5)
    session.change("institutions.hospital.budget", 0.4)
    assert session.course.events == ()
    assert (session.month, session.line.month) == (0, -1)


def test_a_refused_change_leaves_everything_as_it_was():
    session = Session(town())
    session.line.upto(12)
    session.month = 12
    with pytest.raises(InputError):
        session.play({"kind": "crisis", "strength": 7})
    with pytest.raises(InputError):
        session.change("activation.rate", 7)
    with pytest.raises(InputError):
        session.open("no such town")
    assert session.course == town()
    assert session.line.month == 12
    assert not session.can_undo


def test_two_visitors_do_not_see_each_other():
    one, two = Session(town()), Session(town())
    one.line.upto(20)
    two.line.upto(20)
    before = [frame.bytes for frame in two.line.frames]
    one.month = 10
    one.play(CRISIS)
    one.branch(5)
    one.line.upto(20)
    assert [frame.bytes for frame in two.line.frames] == before
    assert two.pair is None
    assert two.course == town()


# ------------------------------------------------------------------ the gain, and the badge


def test_the_gain_is_that_of_the_judge():
    course = town()
    line = made(course)
    result = run(course.specification(), course.seed)
    assert result.unpushed is not None
    gain = gain_series(result.recorded, result.unpushed)[0]
    start = begun(course.specification(), 60).start
    shown = np.array([line.value("gain", m) for m in range(61)])
    assert np.isnan(shown[:start]).all()
    assert np.allclose(gain[:start], 0.0)
    assert np.allclose(shown[start:], gain[start:].astype(np.float32), atol=1e-7)


@pytest.mark.parametrize("least", [0.0, 0.03])
def test_the_badge_is_the_judges_verdict_at_its_horizons(least):
    course = town().setting("measures.least_gain", least)
    line = made(course)
    result = run_result(line)
    found = judged(result.recorded, result.unpushed, result.push, course.specification().measures)
    end = result.push.end
    assert [line.value("sustained", m) for m in (6, end, end + 17)] == [NOT_YET] * 3
    for after in (12, 24):
        verdict = found[f"sustained_{after}"]
        assert verdict is not None
        never = found["gain_during"] < least
        wanted = YES if verdict else (NOT_YET if never else LOST)
        assert line.value("sustained", end + after + 6) == wanted


def test_where_nobody_steps_in_there_is_no_gain_and_the_chart_says_so():
    course = town().without("grant").without("listening")
    line = made(course, 8)
    assert np.isnan(line.value("gain", 8))
    chart = {c["key"]: c for c in line.setup()["charts"]}["gain"]
    assert chart["empty"]
    assert "Nobody steps in" in chart["help"]
    line.change(course.playing({"kind": "facilitation", "month": 9, "duration": 3}))
    assert not np.isnan(line.value("gain", 9))
    assert not {c["key"]: c for c in line.setup()["charts"]}["gain"]["empty"]


# -------------------------------------------------------------------- energy still missing


@pytest.mark.parametrize("form", ["share", "count", "weakest", "memory"])
def test_pull_is_that_by_which_people_rise(form):
    course = town().setting("activation.input", form).setting("activation.response", "step")
    for key, value in (("rate", 1.0), ("exit", 0.0), ("burnout_exit", 0.0), ("exponent", 1.3)):
        course = course.setting(f"activation.{key}", value)
    community = CommunityModel(course.specification(), rng=course.luck)
    names = [process.name for process in community.processes]
    just_before = names[names.index("activation") - 1]
    seen, rose = {}, 0

    def watch(name, model):
        nonlocal rose
        r, p = model.residents, model.parameters.activation
        if name == just_before:
            seen["pull"], seen["waiting"] = pull_on(model), r.present & (r.stewardship == 0.0)
            seen["recalled"] = _recalled(r.recall, p.memory) ** p.exponent
        if name == "activation":
            pull = seen["pull"]
            if form == "memory":  # this month's encounters count already
                now = _recalled(r.recall, p.memory) ** p.exponent
                pull = pull + p.reinforcement * (now - seen["recalled"])
            due = (pull >= r.threshold) & seen["waiting"]
            assert np.array_equal(due, seen["waiting"] & (r.stewardship > 0.0))
            rose += int(due.sum())

    community.watch = watch
    community.run(16)
    assert rose > 10


def test_missing_pull_is_nought_when_all_act_and_not_known_without_activation():
    community = CommunityModel(town().specification(), rng=1)
    assert missing_pull(community) > 0.0
    community.residents.stewardship[:] = 0.5
    assert missing_pull(community) == 0.0
    off = town().setting("activation.enabled", False)
    line = made(off, 1)
    assert np.isnan(line.value("missing", 1))
    assert "energy" not in {chart["key"] for chart in line.setup()["charts"]}


# --------------------------------------------------------------------------- without this?


def test_without_this_says_what_two_runs_on_the_same_luck_say():
    session = Session(town())
    session.line.upto(20)
    found = session.without("grant")
    arms = [c.specification() for c in (town(), town().without("grant"))]
    wanted = [run(arm, 1).outcomes.iloc[0] for arm in arms]
    assert len(found.rows) == 7
    for row in found.rows:
        assert (row.with_, row.without) == tuple(float(w[row.key]) for w in wanted)
    assert "one draw of luck" in found.sentences[-1]
    assert found.month == 60
    assert session.line.month == 20
    nothing = session.without("listening")
    assert "A grant" not in " ".join(nothing.sentences)
    with pytest.raises(InputError):
        session.without("no such event")


def test_an_event_without_effect_is_said_to_have_none():
    course = town().playing({"id": "empty", "kind": "funding", "month": 30, "amount": 0.0})
    found = Session(course).without("empty")
    assert {row.difference for row in found.rows} == {0.0}
    assert "makes no difference" in found.sentences[0]


# --------------------------------------------------------------------------------- the log


EVERY_KIND = [
    {"kind": "funding", "month": 3, "duration": 2, "delay": 2},
    LEADER,
    CRISIS,
    {"kind": "policy", "month": 3},
    {"kind": "acknowledgement", "month": 4, "duration": 3},
    {"kind": "displacement", "month": 5, "duration": 12, "strength": 0.9},
    {"kind": "facilitation", "month": 5},
    {"kind": "promise", "month": 6, "kept": True},
    {"kind": "promise", "month": 7, "kept": False},
    {"kind": "share_seats", "month": 8},
    {"kind": "loud_voice", "month": 8, "groups": ["north"]},
    {"kind": "recruit", "month": 9, "target": {"pick": "random", "count": 60}},
    NEWCOMERS,
    {"kind": "set", "month": 9, "key": "activation.rate", "value": 0.0, "duration": 3},
]


def test_the_log_tells_every_kind_of_event_in_whole_sentences():
    course = town()
    for event in EVERY_KIND:
        course = course.playing(event)
    line = made(course, 40)
    entries = line.log()
    told = {entry.event for entry in entries}
    assert {e.id for e in course.specification().events} <= told
    for entry in entries:
        assert entry.text[0].isupper() or entry.text[0].isdigit()
        assert entry.text.endswith(".")
        assert "{" not in entry.text + entry.why
        assert set(entry.data()) == {"month", "kind", "text", "why", "event", "value"}
    assert [entry.month for entry in entries] == sorted(entry.month for entry in entries)
    kinds = {entry.kind for entry in entries}
    assert {"event", "change", "leader"} <= kinds
    assert line.log(9, 9) == [entry for entry in entries if entry.month == 9]


def test_the_end_of_every_kind_of_event_is_told_in_words_of_its_own():
    course = town()
    for event in EVERY_KIND:
        course = course.playing({**event, "duration": 2, "title": "We begin"})
    texts = []
    for event in course.specification().events:
        if event.title == "We begin":
            texts.append(over_of(event))
            assert texts[-1].endswith(" This began with “We begin”.")
            if event.kind != "set":
                bare = event.model_copy(update={"title": ""})
                assert texts[-1].startswith(over_of(bare) + " ")
    assert len(set(texts)) == len(texts) == len(EVERY_KIND)


def test_an_ordinary_run_has_an_entry_a_month_at_most():
    line = made(shipped(72))
    assert 5 < len(line.log()) <= 72


def test_why_many_act_is_told_from_the_ledger():
    course = town().playing({"kind": "recruit", "month": 7, "target": {"count": 50}})
    line = made(course, 10)
    entry = next(e for e in line.log() if e.value == "stewards")
    assert entry.month == 7
    assert "what happened from outside" in entry.why


def test_a_town_that_records_nothing_is_refused():
    mute = Course.open(Base("mute", f"{TOWN}\n[parameters.record]\nenabled = false\n"))
    session = Session(town())
    for refused in (lambda: Line(mute).upto(1), lambda: session.open(mute)):
        with pytest.raises(InputError, match="nothing is recorded"):
            refused()
    assert session.course == town()


def test_a_file_that_cannot_be_used_is_refused_before_anything_changes(tmp_path):
    (tmp_path / "people.csv").write_text("person,age\nann,7\n", encoding="utf-8")
    session = Session(town())
    with pytest.raises(InputError, match="no such column") as caught:
        session.open(Base("mine", 'extends = "demo"\npeople.path = "people.csv"', tmp_path))
    assert str(caught.value).startswith("people.csv: ")
    assert str(tmp_path) not in str(caught.value)
    assert session.course == town()


def test_replicates_are_those_of_the_shell():
    course = replace(town(18), replicate=1)
    assert course.luck == derive(1, 1)
    result = run(course.specification(), 1, replicates=2)
    line = made(course)
    values = line.recorder.values
    assert np.array_equal(values, result.recorded.values[1], equal_nan=True)


def test_a_town_without_a_single_tie_is_drawn():
    line = Session("published/accelerating_production").line
    frames = line.upto(1)
    assert [frame.month for frame in frames] == [0, 1]
    assert line.setup()["ties"]["source"] == []
