"""Ways to change B: the big choices, event cards, its events, another town."""

from __future__ import annotations

from typing import Any

import solara

from simulation.browser import parts
from simulation.browser.compare.bench import NOW, START, Bench
from simulation.browser.compare.differences import when
from simulation.browser.play.cards_view import Cards
from simulation.browser.play.choices import Choices
from simulation.browser.play.opening import Opening
from simulation.browser.play.picker import folders, title_of
from simulation.browser.session.log import title_of as event_title
from simulation.browser.words import known, say


@solara.component
def ChangeB(bench: Bench) -> None:
    """Show everything by which B can be changed."""
    _ = bench.desk.version.value
    parts.Heading(2, say("compare.change"))
    parts.Text(say("compare.change_hint"), classes=("k-hint",))
    When(bench)
    Opening(say("compare.questions"), lambda: Choices(bench.desk))
    Opening(say("compare.events"), lambda: Events(bench))
    Opening(say("compare.cards"), lambda: Cards(bench.desk))
    Opening(say("compare.scenario"), lambda: Town(bench))
    Steps(bench)


@solara.component
def When(bench: Bench) -> None:
    """Ask when a change in B begins."""
    month = bench.month.value

    def pick(value: Any) -> None:
        bench.when.value = value
        bench.point()

    options = [
        (START, say("compare.when_start"), say("compare.when_start_about")),
        (NOW, say("compare.when_now"), say("compare.when_now_about", month=month)),
    ]
    parts.Choice(say("compare.when"), options, bench.when.value, pick)


@solara.component
def Events(bench: Bench) -> None:
    """Show B's events, each of which can be taken away, and those that were."""
    _ = bench.desk.version.value
    course = bench.b.course
    events = course.specification().events
    parts.Text(say("compare.events_hint"), classes=("k-hint",))
    rows: list[list[Any]] = []
    for event in events:
        title = event_title(event)
        name = say("compare.take_away_name", title=title)
        act = {"label": say("compare.take_away"), "name": name, "action": f"-{event.id}"}
        rows.append([title, when(event, course.months), act])
    gone = set(course.removed) - {event.id for event in events}
    for event in (e for e in bench.a.course.specification().events if e.id in gone):
        title = event_title(event)
        name = say("compare.bring_back_name", title=title)
        act = {"label": say("compare.bring_back"), "name": name, "action": f"+{event.id}"}
        rows.append([title, say("compare.taken_away"), act])

    def do(action: Any) -> None:
        sign, event = str(action)[0], str(action)[1:]
        made = course.without if sign == "-" else course.taking_back
        bench.desk.do(lambda: bench.take(made(event)))

    if rows:
        columns = say("compare.events_columns").split(" | ")
        parts.Table(say("compare.events"), columns, rows, on_act=do)
    else:
        parts.Text(say("compare.no_events"))


@solara.component
def Town(bench: Bench) -> None:
    """Ask for another shipped town."""
    _ = bench.desk.version.value
    now = bench.b.course.base
    inside = now.name.rpartition("/")[0]
    folder, set_folder = solara.use_state(inside if inside in folders() else "")
    places = []
    for name in folders():
        key = f"play.folder.{name or 'start'}"
        places.append((name, say(key) if known(key) else name))
    parts.Text(say("compare.scenario_hint"), classes=("k-hint",))
    parts.Select(say("compare.folder"), places, folder, set_folder)
    names = [(name, title_of(name)) for name in folders()[folder]]
    chosen = now.name if now.shipped else None
    parts.Select(
        say("compare.town"), names, chosen, lambda name: bench.desk.do(lambda: bench.town(name))
    )


@solara.component
def Steps(bench: Bench) -> None:
    """Offer what concerns B as a whole."""
    _ = bench.desk.version.value
    router = solara.use_router()
    desk = bench.desk
    same = bench.a.course == bench.b.course

    def to_play() -> None:
        with desk.careful():
            bench.to_play()
            router.push("/play")

    with parts.Html("div", classes=("k-row",)):
        parts.Button(say("compare.undo"), desk.undo, disabled=not desk.session.can_undo)
        parts.Button(say("compare.copy"), lambda: desk.do(bench.copy), disabled=same)
        parts.Button(say("compare.swap"), lambda: desk.do(bench.swap), disabled=same)
        parts.Button(say("compare.play"), to_play)
        if bench.a is not bench.session.line and bench.b is not bench.session.line:
            parts.Button(say("compare.from_play"), lambda: desk.do(bench.from_play))
