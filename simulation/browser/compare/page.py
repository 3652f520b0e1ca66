"""Compare: two towns on the same luck, side by side, and in a hundred pairs."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import solara

from simulation.browser import parts
from simulation.browser.app_state import visitor
from simulation.browser.compare import differences, towns
from simulation.browser.compare.bench import Bench, bench_of
from simulation.browser.compare.changing import ChangeB
from simulation.browser.compare.hundred import Hundred
from simulation.browser.compare.titles import titles
from simulation.browser.learn.panel import FromStory
from simulation.browser.stage.widget import StageView
from simulation.browser.words import say

FOLD = 6
"""So many differences are told at once; more are folded away."""

MEASURES = (
    "gap", "worst_off", "wellbeing", "stewards", "resident_seats", "trust_across",
    "trust_institutions", "shared", "displaced", "gain",
)  # fmt: skip
"""Values of the table, as frames name them."""


@solara.component
def Page() -> None:
    """Show both towns, what differs between them, and a hundred pairs."""
    session = visitor()
    search = solara.use_router().search or ""
    bench: Bench = solara.use_memo(lambda: bench_of(session), [])

    def arrive() -> None:
        with bench.desk.careful():
            bench.arrive(search)

    solara.use_memo(arrive, [search])
    solara.use_effect(_warm, [])
    solara.use_effect(bench.watch, [])
    Shown(bench).key(f"pair {bench.turn.value}")


def _warm() -> None:
    towns.warm()


@solara.component
def Shown(bench: Bench) -> None:
    """Show the page of one bench; all of it follows from what B's desk says."""
    solara.use_effect(bench.desk.follow, [bench.desk])
    version = bench.desk.version.value
    note = bench.desk.note.value
    a, b = bench.courses
    called = solara.use_memo(lambda: titles(a, b), [a, b])
    with parts.Html("div", classes=("k-compare",)):
        parts.Heading(1, say("compare.title"))
        parts.Text(say("compare.lead"), classes=("k-prose",))
        FromStory()
        own = a.specification().title
        if b.specification().title == own:
            parts.Text(say("compare.both", title=own), classes=("k-prose",))
        _towns(called)
        with parts.Html("div", classes=("k-compare-top",)):
            with parts.Html("div"):
                Told(bench, version)
                if note is not None:
                    parts.Notice(note.text, note.kind)
            with parts.Html("div"):
                ChangeB(bench)
        parts.Heading(2, say("compare.stage"))
        StageView([bench.a, bench.b], _options(bench, version, called), bench.on_event)
        Numbers(bench)
        Hundred(bench)
        Keep(bench)


def _towns(called: Sequence[str]) -> None:
    """Say which two towns these are."""
    with parts.Html("dl", classes=("k-towns",)):
        for label, title in zip(("compare.town_a", "compare.town_b"), called, strict=True):
            with parts.Html("div"):
                parts.Html("dt", text=say(label))
                parts.Html("dd", text=title)


def _options(bench: Bench, version: int, called: Sequence[str]) -> dict[str, object]:
    month = bench.month.peek()
    return {"actions": [], "month": month, "turn": version, "log": True, "titles": list(called)}


@solara.component
def Told(bench: Bench, version: int) -> None:
    """Tell what differs, and what is the same."""
    a, b = bench.courses
    found = solara.use_memo(lambda: differences.differences(a, b), [a, b])
    parts.Heading(2, say("compare.differences"))
    told = [d.text for d in found.told]
    if told:
        _list("differs", told[:FOLD])
    else:
        parts.Text(say("compare.none")).key("none")
    if told[FOLD:]:
        with parts.Disclosure(say("compare.more", n=len(told) - FOLD)):
            _list("more", told[FOLD:])
    parts.Heading(3, say("compare.same_heading")).key("same heading")
    _list("same", list(found.same))


def _list(name: str, texts: list[str]) -> None:
    with parts.Html("ul").key(name):
        for text in texts:
            parts.Html("li", text=text)


@solara.component
def Numbers(bench: Bench) -> None:
    """Show the measures at the month on the ruler, of both and the difference."""
    month = min(bench.month.value, bench.months)
    _ = bench.desk.version.value
    made = min(bench.a.month, bench.b.month)
    rows = numbers(bench, month) if month <= made else []
    if rows:
        caption = say("compare.numbers_caption", month=month)
        parts.Table(caption, table("compare.numbers_columns"), rows)
        parts.Text(say("compare.numbers_hint"), classes=("k-hint",))


def numbers(bench: Bench, month: int) -> list[list[str]]:
    """Return rows (measure, A, B, B - A) at a month."""
    rows = []
    for key in MEASURES:
        a, b = bench.a.value(key, month), bench.b.value(key, month)
        if not (math.isnan(a) and math.isnan(b)):
            difference = "" if math.isnan(a) or math.isnan(b) else _number(b - a, signed=True)
            rows.append([say(f"compare.measures.{key}"), _number(a), _number(b), difference])
    return rows


def _number(value: float, *, signed: bool = False) -> str:
    if math.isnan(value):
        return say("compare.unknown")
    text = f"{value:+.3f}" if signed else f"{value:.3f}"
    if float(text) == 0:
        return text.lstrip("+-")
    return text.replace("-", "−")


def table(key: str) -> list[str]:
    """Return the heads of a table's columns."""
    return say(key).split(" | ")


@solara.component
def Keep(bench: Bench) -> None:
    """Offer the link and the file of this pair."""
    _ = bench.desk.version.value
    _ = bench.month.value
    address = bench.link()
    with parts.Html("div", classes=("k-row", "k-compare-keep")):
        if address:
            parts.Copy(say("compare.link"), address, say("compare.link_done"))
        parts.Download(
            say("compare.replay"), "kindling-pair.html", replay_of(bench), "text/html",
            on_error=lambda problem: bench.desk.say("site.failed", "error", problem=problem),
        )  # fmt: skip


def replay_of(bench: Bench) -> Callable[[], bytes]:
    """Return what makes the replay file of both towns."""

    def make() -> bytes:
        from simulation.browser.replay.page import replay_html

        return replay_html([bench.a, bench.b], called=titles(*bench.courses)).encode()

    return make
