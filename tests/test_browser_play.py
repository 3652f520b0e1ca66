"""Play: cards become what they say, choices hold as early as they can, mistakes are said."""

from __future__ import annotations

import ast
import gc
import re
import time
from pathlib import Path
from urllib.parse import parse_qs

import pytest

import scenarios
from scenarios import importing
from scenarios.importing.ledger import Note
from simulation.browser.play import (
    address,
    cards,
    choices,
    folders,
    picker,
    plain,
    settings_panel,
    upload,
)
from simulation.browser.play.desk import Desk
from simulation.browser.play.months import when
from simulation.browser.play.reveal import told
from simulation.browser.play.ruler import STILL
from simulation.browser.play.settled import settled
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
    assert desk.note.value.text == say("play.started_over", paused="")


def test_a_town_that_is_opened_late_does_not_take_the_place_of_a_later_one(desk: Desk) -> None:
    first = desk.open_soon("published/bass", "Bass")
    second = desk.open_soon("published/morris", "Morris")
    for thread in (first, second):
        thread.join(timeout=60)
    assert desk.course.base.name == "published/morris"
    assert desk.working.value == ""
    late = desk.open_soon("published/bass", "Bass")
    mine = town()
    desk.open(mine)
    late.join(timeout=60)
    assert desk.course == mine
    desk.open_soon("published/nothing", "?").join(timeout=60)
    assert desk.note.value is not None
    assert desk.note.value.kind == "error"
    assert desk.course == mine


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
        return say("session.chart.stewards.title") if key == "chart" else key


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
    asked = query + "&predict=gap&branch=12"
    assert address.renewed(desk) == asked, "what says the same is not written anew"
    desk.stop_predicting()
    desk.on_event({"kind": "predict", "chart": "gap", "points": []})
    desk.branched.value = None
    assert parse_qs(address.renewed(desk)) == parse_qs(query)
    assert "view" not in address.with_extra(desk, view="")


def test_who_comes_back_from_another_page_finds_the_month_they_left() -> None:
    session = Session("demo")
    left = to_query(session.course, 12)
    address.arrive(Desk(session), left)
    assert session.month == 12
    session.month = 60
    address.arrive(Desk(session), left)
    assert session.month == 60
    address.arrive(Desk(session), to_query(session.course, 24))
    assert session.month == 24, "another link is another month"
    address.arrive(Desk(session), to_query(session.course))
    assert session.month == 0, "also the very first"
    step = to_query(session.course, 12, {"story": "leader", "step": "2"}) + "&predict=gap"
    for _ in range(2):
        desk = Desk(session)
        address.arrive(desk, step)
        assert (session.month, desk.predict.value) == (12, "gap"), "a step begins where it begins"
        session.month = 60


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


def said_by(folder: Path) -> list[str]:
    """Return every text in the code of a folder that names an option of the command line."""
    found = []
    for file in folder.glob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.JoinedStr):
                parts = [str(p.value) if isinstance(p, ast.Constant) else "3" for p in node.values]
                found.append("".join(parts))
            elif isinstance(node, ast.Constant) and isinstance(node.value, str):
                found.append(node.value)
    return [text for text in found if re.search("--[a-z]", text) and "\n" not in text]


def test_an_import_speaks_of_the_fields_of_the_page_and_of_no_option() -> None:
    here = Path(importing.__file__).parent
    never = ("--salt", "--out", "--force", "--key", "--keep-names")
    texts = [text for text in said_by(here) if not any(option in text for option in never)]
    assert len(texts) >= 5
    for text in texts:
        assert "--" not in plain.plain(text), text
    note = Note("assumed", "ratings are on the scale 1-4, because some are above 1 (--ratings)")
    note.role = "partners"
    assert plain.told(note) == (
        f"{say('play.own_partners')}: ratings are on the scale 1-4, because some are above 1."
    )
    note.places = [3, 4]
    assert plain.told(note).endswith("above 1 (2 times: lines 3, 4).")


def test_a_refusal_says_which_line_and_how_to_mend_it(session: Session) -> None:
    for data, where, hint in (
        (b"schema = 1\ntitle = Our street\n", "my.toml: line 2", "toml"),
        (b'extends = "baseline"\n[people]\npath = "who.csv"\n', "people.path", "together"),
        (b'extends = "baseline"\nmonths = "ten"\n', "my.toml: months", "again"),
    ):
        with pytest.raises(InputError) as raised:
            upload.open_scenario(session, [("my.toml", data)])
        text = plain.refused(raised.value)
        assert where in text
        assert text.endswith(say(f"play.plain.hint_{hint}"))
        assert "TOML" not in text


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


# ------------------------------------------------------------------------ where the ruler stands


class Told:
    """A stage as the desk knows it: it hears orders, and its messages may come late."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.orders: list[dict[str, object]] = []
        desk.remote.feed = self

    def tell(self, message: dict[str, object]) -> None:
        self.orders.append(message)

    def at(self, month: int, goal: int, turn: int, *, playing: bool = False) -> None:
        said = {"month": month, "goal": goal, "turn": turn, "playing": playing}
        self.desk.on_event({"kind": "at", **said})


def test_late_messages_of_the_stage_do_not_move_the_month_it_was_sent_to(desk: Desk) -> None:
    stage = Told(desk)
    desk.on_event({"kind": "ready"})
    turn = int(stage.orders[-1]["turn"])
    stage.at(20, 20, turn)
    assert desk.session.month == 20
    desk.do(lambda: desk.settle({"events.grant.amount": 2.0}))
    assert stage.orders[-1] == {"kind": "go", "month": 4, "turn": turn + 1}
    stage.at(22, 22, turn, playing=True)
    assert desk.session.month == 4, "said before the order was heard"
    stage.at(2, 4, turn + 1)
    assert desk.session.month == 4, "said on the way there"
    card = cards.cards()["shock"]
    desk.do(lambda: desk.play_card(card, cards.first_answers(card, desk.course)))
    assert desk.course.event(str(desk.course.events[0]["id"])).month == 5
    stage.at(4, 4, turn + 1)
    stage.at(7, 30, turn + 1)
    assert desk.session.month == 7, "whoever moves the ruler is heard"
    desk.go(40)
    stage.at(25, 25, turn + 2)
    assert desk.session.month == 25, "also on the way to where the desk sent it"
    desk.on_event({"kind": "ready"})
    assert stage.orders[-1] == {"kind": "go", "month": 25, "turn": turn + 3}, "a stage come anew"


def test_what_is_changed_while_the_ruler_moves_is_done_when_it_is_still(desk: Desk) -> None:
    stage = Told(desk)
    stage.at(MONTH, MONTH, 0, playing=True)
    card = cards.cards()["shock"]

    def play_while_it_moves() -> None:
        desk.play_card(card, cards.first_answers(card, desk.course))
        stage.at(MONTH + 1, MONTH + 1, 0, playing=True)

    desk.do(play_while_it_moves)
    assert desk.version.value == 1
    assert not stage.orders, "what holds from the next month on does not stop the clock"
    last = time.monotonic()
    stage.at(MONTH + 2, MONTH + 2, 0, playing=True)
    while desk.done.value == 0 and time.monotonic() < last + 30:
        time.sleep(0.01)
    assert desk.done.value == 1
    assert time.monotonic() - last >= 0.99 * STILL


def test_a_change_says_from_when_it_holds_and_whether_the_town_was_stopped(desk: Desk) -> None:
    stage = Told(desk)
    stage.at(MONTH, MONTH, 0, playing=True)
    desk.do(lambda: desk.settle({"activation.rate": 0.5}))
    assert desk.note.value is not None
    assert desk.note.value.text == say("play.holds", when=when(MONTH + 1))
    assert not stage.orders
    desk.do(desk.undo)
    assert desk.note.value.text == say("play.undone", paused=say("play.paused"))
    assert [order["kind"] for order in stage.orders] == ["go"]
