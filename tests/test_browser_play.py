"""Play: cards become what they say, choices hold as early as they can, mistakes are said."""

from __future__ import annotations

import gc
from pathlib import Path
from urllib.parse import parse_qs

import pytest

import scenarios
from simulation.browser.play import address, cards, choices, folders, picker, settings_panel, upload
from simulation.browser.play.desk import Desk, settled
from simulation.browser.play.reveal import told
from simulation.browser.play.why import why
from simulation.browser.session.course import Course
from simulation.browser.session.line import Line
from simulation.browser.session.session import Session
from simulation.browser.session.share import to_query
from simulation.browser.words import known, say
from simulation.errors import InputError
from simulation.parameters import all_parameters
from tests.browser_towns import town

MONTH = 8


@pytest.fixture
def session() -> Session:
    return Session(town())


@pytest.fixture
def desk(session: Session) -> Desk:
    made = Desk(session)
    made.follow()
    return made


@pytest.fixture(scope="module")
def line() -> Line:
    return Line(town())


# --------------------------------------------------------------------------------- event cards


def test_every_kind_of_event_but_a_setting_has_a_card() -> None:
    played = {card.kind for card in cards.cards().values()} - {cards.ENDING}
    assert played == set(cards.event_classes()) - {"set"}


@pytest.mark.parametrize("card", cards.cards().values(), ids=lambda card: card.name)
def test_every_card_has_its_words_and_steps_that_an_event_can_have(card: cards.Card) -> None:
    assert all(card.words(key) for key in ("name", "title", "about"))
    assert known(f"cards.section.{card.section}")
    values = card.values()
    assert list(values) == sorted(set(values))
    if card.dial:
        low, high = cards.bounds(card.info)
        assert low is None or min(values) >= low
        assert high is None or max(values) <= high
        assert card.steps or card.info.default in values
    for pick in card.whom:
        assert known(f"cards.whom_{pick}")


def playable(card: cards.Card, line: Line) -> tuple[cards.Scene, cards.Answers]:
    """Return a scene in which a card can be played, with a leader picked where one is needed."""
    node = line.setup()["nodes"]["role"].index(0)
    scene = cards.scene_of(line, MONTH, node)
    if card.needs == "leader":
        scene = scene._replace(leads=True, leaders=True)
    return scene, cards.first_answers(card, line.course)


@pytest.mark.parametrize("card", cards.cards().values(), ids=lambda card: card.name)
def test_every_card_plays_from_the_next_month_on_and_changes_no_earlier_month(
    card: cards.Card, line: Line
) -> None:
    scene, answers = playable(card, line)
    assert cards.why_not(card, line.course, scene, answers) == ""
    for pick in range(max(1, len(card.whom))):
        course = cards.played(card, line.course, scene, answers._replace(pick=pick))
        (event,) = course.events
        made = course.event(str(event["id"]))
        if card.kind == cards.ENDING:
            assert made.kind == "funding"
            assert made.last == MONTH
        else:
            assert made.kind == card.kind
            assert made.first == MONTH + 1
            assert made.title == card.words("title")
        twin = Line(line.course)
        twin.upto(MONTH)
        assert twin.change(course) == MONTH


def test_what_is_chosen_on_a_card_reaches_the_event(line: Line) -> None:
    card = cards.cards()["train"]
    scene, answers = playable(card, line)
    answers = answers._replace(step=2, length=0, cost=0.1, delay=3)
    course = cards.played(card, line.course, scene, answers)
    event = course.event(str(course.events[0]["id"]))
    assert (event.amount, event.duration) == (card.values()[2], card.months[0])
    assert (event.cost, event.delay, event.first) == (0.1, 3, MONTH + 4)
    assert (event.uses.mentoring, event.uses.organising) == (1.0, 0.0)


def test_a_card_that_cannot_be_played_says_why(line: Line) -> None:
    deck = cards.cards()
    course = line.course
    leaves, ends = deck["leader_leaves"], deck["grant_ends"]
    first = cards.first_answers(leaves, course)
    person = first._replace(pick=leaves.whom.index("person"))
    for scene, answers, reason in (
        (cards.Scene(MONTH, leaders=False), first, "no_leader"),
        (cards.Scene(MONTH), person, "no_person"),
        (cards.Scene(MONTH, picked=True), person, "nobody_home"),
        (cards.Scene(MONTH, person=3, picked=True), person, "not_leading"),
        (cards.Scene(course.months), first, "over"),
    ):
        assert cards.why_not(leaves, course, scene, answers) == say(f"cards.why_not.{reason}")
        with pytest.raises(InputError, match=say(f"cards.why_not.{reason}")[:20]):
            cards.played(leaves, course, scene, answers)
    late = cards.Scene(50)
    assert cards.why_not(ends, course, late, cards.Answers()) == say("cards.why_not.no_money")
    bare = Course.open("published/blank")
    promise = deck["promise_kept"]
    assert cards.why_not(promise, bare, cards.Scene(0), cards.Answers())


# ----------------------------------------------------------------------- choices and settings


def test_a_choice_shows_what_is_in_force_and_takes_hold_as_early_as_it_can() -> None:
    course = Course.open("demo")
    held = {choice.name: choice for choice in course.specification().choices}
    strength, follows = held["strength"], held["succession"]
    assert choices.in_force(course, strength, 0) == 2
    later = settled(course, 5, {"events.grant.amount": 3.0})
    assert later.changes == (("events.grant.amount", 3.0),), "what is to come changes nothing seen"
    assert choices.in_force(later, strength, 5) == 4

    settings = dict(follows.options[2].settings)
    mid = settled(course, 20, settings)
    assert not mid.changes, "parameters change from the next month"
    assert choices.in_force(mid, follows, 20) == 2
    assert choices.in_force(mid, follows, 19) == 0
    again = settled(mid, 30, settings)
    assert again == mid, "what is in force is not set again"
    assert settled(course, 0, settings).changes, "in month 0 everything holds from the start"


def test_options_without_words_are_called_from_low_to_high() -> None:
    choice = Course.open("demo").specification().choices[0]
    for count in (2, 3, 4, 5):
        options = tuple(choice.options[0].model_copy(update={"word": ""}) for _ in range(count))
        words = choices.option_words(choice.model_copy(update={"options": options}))
        assert len(set(words)) == count
        assert words[-1] == say("parts.very_high" if count > 3 else "parts.high")


def test_every_parameter_is_in_the_settings_and_fits_its_control() -> None:
    shown = [info for infos in settings_panel.tables().values() for info in infos]
    assert shown == list(all_parameters())
    sliders = [
        i for i in shown if i.kind in (int, float) and settings_panel.is_modest(i, i.default)
    ]
    assert len(sliders) > 100
    for info in sliders:
        steps = (info.default - info.low) / settings_panel.step_of(info)
        assert steps == pytest.approx(round(steps), abs=1e-6), info.key


def test_every_shipped_scenario_can_be_picked_and_the_small_ones_come_last() -> None:
    listed = [name for names in picker.folders().values() for name in names]
    assert sorted(listed) == sorted(scenarios.names())
    assert next(iter(picker.folders())) == ""
    assert list(picker.folders())[-1] == picker.LAST


# ----------------------------------------------------------------------------------- the desk


def test_a_card_then_undo_and_redo_say_what_they_did(desk: Desk) -> None:
    desk.go(MONTH)
    before = desk.course
    card = cards.cards()["shock"]
    desk.do(lambda: desk.play_card(card, cards.first_answers(card, before)))
    assert desk.note.value is not None
    assert desk.note.value.kind == "good"
    assert len(desk.course.events) == 1
    assert desk.month.value == MONTH
    assert desk.done.value == 1
    desk.do(desk.undo)
    assert desk.course == before
    desk.do(desk.redo)
    assert len(desk.course.events) == 1
    desk.on_event({"kind": "undo", "event": desk.course.events[0]["id"]})
    assert desk.course == before


def test_a_mistake_is_one_notice_and_changes_nothing(desk: Desk) -> None:
    before = desk.course
    desk.do(lambda: desk.settle({"activation.rate": 7}))
    assert desk.note.value is not None
    assert desk.note.value.kind == "error"
    assert "activation.rate" in desk.note.value.text
    assert desk.course == before


def test_what_cannot_change_now_goes_back_to_where_it_first_matters(desk: Desk) -> None:
    desk.go(MONTH)
    desk.do(lambda: desk.settle({"events.grant.amount": 2.0}))
    assert desk.month.value == 4, "the grant starts in month 5"
    assert desk.note.value is not None
    assert desk.note.value.text.startswith(say("play.went_back").split("{")[0])
    desk.go(MONTH)
    desk.do(lambda: desk.settle({"ties.degree": 6}))
    assert desk.month.value == 0
    assert desk.note.value.text == say("play.started_over")


def test_without_this_tells_the_difference(desk: Desk) -> None:
    desk.without("grant").join(timeout=60)
    assert desk.working.value == ""
    difference = desk.difference.value
    assert difference is not None
    assert difference.rows
    assert say("session.without.luck") in difference.sentences


def test_a_drawn_line_is_compared_with_what_came(desk: Desk) -> None:
    desk.start_predicting("stewards")
    line = desk.session.line
    desk.on_event({"kind": "predict", "chart": "stewards", "points": [[10, 0.99], [20, 0.99]]})
    assert desk.drawn.value
    assert desk.predict.value == ""
    desk.reveal()
    assert desk.month.value == 20
    came = f"{line.value('stewards', 20):.2f}"
    assert desk.note.value is not None
    assert "0.99" in desk.note.value.text
    assert came in desk.note.value.text
    exact = [[m, line.value("stewards", m)] for m in (10, 20)]
    close = desk.session.predict("stewards", exact)
    assert told(line, close).startswith(say("play.reveal_close").format_map(_Same())[:12])


class _Same(dict):
    def __missing__(self, key: str) -> str:
        return say("session.chart.stewards.stewards") if key == "chart" else key


def test_why_tells_parts_that_add_up(line: Line) -> None:
    answer = why(line, "gap", 20)
    assert "of=gap" in answer.href
    assert answer.sentences[0].startswith("In this model")
    assert why(line, "wellbeing:north", 20).href.startswith("/story?of=wellbeing")


# --------------------------------------------------------------------------------- the address


def test_an_address_opens_a_run_a_month_a_view_and_is_renewed() -> None:
    desk = Desk(Session("demo"))
    course = Course.open("headline/push_short").setting("activation.rate", 0.3)
    query = to_query(course, 30, {"view": "facilitator"})
    address.arrive(desk, query + "&predict=gap&branch=12")
    assert desk.course == course
    assert (desk.month.value, desk.predict.value, desk.branched.value) == (30, "gap", 12)
    assert desk.session.pair is not None
    assert parse_qs(address.renewed(desk)) == parse_qs(query)
    assert "view" not in address.with_extra(desk, view="")


@pytest.mark.parametrize(
    "search", ["v=1&scenario=dmo", "predict=nothing", "branch=900", "branch=x"]
)
def test_an_address_that_cannot_be_opened_changes_nothing(search: str) -> None:
    desk = Desk(Session("demo"))
    before = desk.course
    with pytest.raises(InputError):
        address.arrive(desk, search)
    assert desk.course == before


# ----------------------------------------------------------------------- one's own community

PEOPLE = "id,group\n" + "".join(f"Jane {n},{'north' if n % 2 else 'south'}\n" for n in range(40))
TIES = "from,to\n" + "".join(
    f"Jane {n},Jane {(n + k) % 40}\n" for n in range(40) for k in (1, 3, 7)
)


def test_a_scenario_of_ones_own_opens_and_a_bad_one_says_what_is_wrong(session: Session) -> None:
    good = b'schema = 1\nextends = "baseline"\ntitle = "Our street"\nmonths = 30\n'
    course = upload.open_scenario(session, [("street.toml", good)])
    assert course.specification().title == "Our street"
    for name, data, words in (
        ("bad.toml", b"monhts = 3\n", "months"),
        ("bad.toml", b"\xff\xfe\x00", "UTF-8"),
        ("bad.toml", None, "too large"),
        ("people.csv", b"id\n1\n", "scenario file"),
        ("far.toml", b'extends = "../../secret.toml"\n', "brought along"),
    ):
        with pytest.raises(InputError, match=words) as raised:
            upload.open_scenario(session, [(name, data)])
        assert "kindling-brought" not in str(raised.value)


def test_tables_become_a_community_without_names(session: Session) -> None:
    given = {"people": ("who.csv", PEOPLE.encode()), "ties": ("ties.csv", TIES.encode())}
    course, report = upload.open_tables(session, given, upload.Asked(title="Forty", mutual=True))
    assert course.specification().title == "Forty"
    assert course.specification().size == 40
    folder = report.folder.parent
    kept = [path for path in folder.rglob("*") if path.is_file()]
    assert kept
    assert all("Jane" not in path.read_text(encoding="utf-8") for path in kept)
    assert report.can
    assert report.cannot
    Line(course).upto(1)

    broken = {"people": ("who.csv", b"id,group\nJane,north\nJane,south\n")}
    with pytest.raises(InputError, match=r"^who\.csv") as raised:
        upload.open_tables(session, broken, upload.Asked())
    assert str(folder.parent) not in str(raised.value)


def test_what_was_brought_goes_with_the_session() -> None:
    session = Session(town())
    folder = folders.folder_of(session)
    (path,) = folders.keep(folder, [("../../a/b.csv", b"x\n")])
    assert path == folder / "b.csv"
    del session
    gc.collect()
    assert not folder.exists()


def test_files_with_impossible_names_are_refused(tmp_path: Path) -> None:
    for files in ([("..", b"")], [("a\nb", b"")], [("a.csv", b""), ("x/a.csv", b"")]):
        with pytest.raises(InputError):
            folders.keep(tmp_path, files)


def test_a_double_click_plays_a_card_once(desk: Desk) -> None:
    desk.go(MONTH)
    card = cards.cards()["shock"]
    answers = cards.first_answers(card, desk.course)
    desk.do(lambda: desk.play_card(card, answers))
    desk.do(lambda: desk.play_card(card, answers))
    assert len(desk.course.events) == 1
