"""A hundred pairs of towns on the page: asked for, watched, shown."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import solara

from simulation.browser import parts
from simulation.browser.compare import icons, results, strip, towns
from simulation.browser.compare.bench import Bench
from simulation.browser.compare.pair import GAIN, gain_known, shared
from simulation.browser.compare.results import EQUAL, A, B, Result
from simulation.browser.compare.towns import BUDGET, PAIRS, Order, State, Towns
from simulation.browser.words import say
from simulation.specification import Specification

YEAR = 12


@solara.component
def Hundred(bench: Bench) -> None:
    """Show the section: what is asked, how far it is, what came out."""
    _ = bench.desk.version.value, bench.heard.value
    with parts.Section(say("compare.towns.heading")):
        parts.Text(say("compare.towns.about"), classes=("k-prose",))
        Ask(bench)
        if bench.towns is not None:
            Far(bench, bench.towns)
            if bench.towns.results:
                Came(bench, bench.towns)


# ------------------------------------------------------------------------------------ asking


@solara.component
def Ask(bench: Bench) -> None:
    """Ask for pairs, or say why there is nothing to try."""
    _ = bench.desk.version.value
    a, b = bench.courses
    one, two = a.specification(), b.specification()
    split = solara.use_memo(lambda: shared(one, two), [a, b])
    if a.months != b.months:
        parts.Text(say("compare.towns.months_differ", a=a.months, b=b.months))
        give = say("compare.towns.give_months", n=a.months)
        parts.Button(give, lambda: bench.desk.do(lambda: bench.take(b.setting("months", a.months))))
    elif split >= a.months:
        parts.Text(say("compare.towns.same_towns"))
    else:
        How(bench, one, two, split)


@solara.component
def How(bench: Bench, one: Specification, two: Specification, split: int) -> None:
    """Ask for how long and with what, and begin."""
    picked, set_picked = solara.use_state(0)
    gain, set_gain = solara.use_state(False)
    known = gain_known(one, two)
    ends = towns.horizons(split, one.months)
    last = one.months

    def order(months: int) -> Order:
        return Order(one, two, months, bench.a.course.seed, gain and known)

    seconds = solara.use_memo(
        lambda: {end: towns.expected_seconds(order(end)) for end in ends}, [one, two, gain]
    )
    quick = [end for end in ends if seconds[end] <= BUDGET]
    months = picked if picked in ends else max(quick, default=ends[0])
    about = {
        end: say("compare.towns.horizon_about", n=PAIRS, seconds=_seconds(seconds[end]))
        for end in ends
    }
    if len(ends) > 1:
        words = {end: say("compare.towns.at", month=end) for end in ends}
        words[last] = say("compare.towns.at_end", month=last)
        options = [(end, words[end], about[end]) for end in ends]
        parts.Choice(say("compare.towns.horizon"), options, months, set_picked)
    else:
        parts.Text(about[last], classes=("k-hint",))
    if last not in quick and len(ends) > 1:
        text = say("compare.towns.shorter", month=last, seconds=_seconds(seconds[last]))
        parts.Text(text, classes=("k-hint",))
    if known:
        parts.Checkbox(say("compare.towns.gain"), gain, set_gain)
        parts.Text(say("compare.towns.gain_about"), classes=("k-hint",))
    else:
        parts.Text(say("compare.towns.no_gain"), classes=("k-hint",))
    Begin(bench, lambda: order(months))


@solara.component
def Begin(bench: Bench, order: Callable[[], Order]) -> None:
    """Show the button that begins, and while pairs are run the one that stops."""
    _ = bench.heard.value
    running = bench.towns is not None and bench.towns.state.stage == "running"
    word = "again" if bench.towns is not None else "start"

    def begin() -> None:
        bench.desk.do(lambda: bench.begin(Towns(order())))

    def once(action: Callable[[], object]) -> Callable[[], object]:
        return lambda: bench.clicks.do(action)

    with parts.Html("div", classes=("k-row",)):
        if running and bench.towns is not None:
            parts.Button(say("compare.towns.cancel"), once(bench.towns.stop), kind="danger")
        else:
            parts.Button(say(f"compare.towns.{word}"), once(begin), kind="main")


def _seconds(seconds: float) -> str:
    return f"{seconds:.0f}" if seconds >= 1 else "1"


# --------------------------------------------------------------------------------- how far it is


@solara.component
def Far(bench: Bench, job: Towns) -> None:
    """Say how far it is, how it ended, and whether it is still about these towns."""
    _ = bench.heard.value, bench.desk.version.value
    state = job.state
    if state.stage == "running":
        with parts.Html("div", attributes={"aria-live": "off"}):
            parts.Progress(say("compare.towns.busy"), state.done, state.total)
            parts.Text(_left(state), classes=("k-hint",))
    elif state.stage == "failed":
        parts.Notice(say("compare.towns.failed", problem=state.text), "error")
    elif state.stage == "stopped":
        parts.Notice(say("compare.towns.stopped", n=state.done))
    elif state.stage == "done":
        parts.Notice(
            say("compare.towns.took", n=state.done, seconds=_seconds(state.seconds)), "good"
        )
    if state.stage in ("stopped", "failed"):
        with parts.Html("div", classes=("k-row",)):
            parts.Button(say("compare.towns.go_on"), lambda: bench.clicks.do(bench.go_on))
    specifications = tuple(course.specification() for course in bench.courses)
    if (job.order.a, job.order.b) != specifications:
        parts.Notice(say("compare.towns.stale"))


def _left(state: State) -> str:
    if state.left is None:
        return say("compare.towns.starting")
    return say("compare.towns.left", n=max(round(state.left), 1))


# --------------------------------------------------------------------------------- what came out


@solara.component
def Came(bench: Bench, job: Towns) -> None:
    """Show one outcome over the pairs that are there."""
    _ = bench.heard.value
    outcome, set_outcome = solara.use_state(results.OUTCOME_NAMES[0])
    pairs = job.results
    names = [n for n in results.OUTCOME_NAMES if n != GAIN or job.order.gain]
    outcome = outcome if outcome in names else names[0]
    found = results.result(outcome, pairs)
    months = job.order.months
    first = max(months - YEAR + 1, 1)
    with parts.Html("section", classes=("k-came",)):
        parts.Heading(3, say("compare.towns.result"))
        options = [(name, results.capital(results.name(name))) for name in names]
        parts.Select(say("compare.towns.outcome"), options, outcome, set_outcome)
        parts.Html("p", text=results.sentence(found), classes=("k-came-sentence",))
        parts.Text(say("compare.towns.at_month", month=months, first=first), classes=("k-hint",))
        if found.dropped:
            parts.Text(say("compare.towns.dropped", n=found.dropped))
        Drawn(found)
        parts.Text(say("compare.towns.honest"), classes=("k-hint",))
        with parts.Html("div", classes=("k-row",)):
            parts.Download(
                say("compare.towns.csv"), "kindling-pairs.csv",
                lambda: results.pairs_csv(job.results, job.order.seed, months), "text/csv",
            )  # fmt: skip
            parts.Download(
                say("compare.towns.svg"), "kindling-pairs.svg",
                lambda: icons.icon_array(found).encode(), "image/svg+xml",
            )  # fmt: skip


@solara.component
def Drawn(found: Result) -> None:
    """Show the icon array with its legend, and the strip; each with its table."""
    with parts.Html("div", classes=("k-came-drawn",)):
        with parts.Html("div"):
            parts.Heading(4, say("compare.towns.icons_caption"))
            _svg(icons.icon_array(found))
            _legend(found)
        with parts.Html("div"):
            parts.Heading(4, say("compare.towns.spread_heading"))
            mean = results.mean_sentence(found)
            for text in (mean, results.tiny_sentence(found)):
                if text:
                    parts.Text(text)
            _svg(strip.strip(found))
            with parts.Disclosure(say("compare.towns.spread_table")):
                parts.Table(
                    say("compare.towns.spread_caption"),
                    say("compare.towns.spread_columns").split(" | "),
                    results.spread_table(found),
                )


def _legend(found: Result) -> None:
    """Show the table of counts, with the sign of each verdict before it."""
    heads = "counts_columns" if found.judged else "counts_columns_more"
    columns = say(f"compare.towns.{heads}").split(" | ")
    with parts.Html("ul", classes=("k-icon-legend",)):
        for verdict in (B, EQUAL, A):
            with parts.Html("li"):
                _svg(icons.legend_mark(verdict))
                parts.Html("span", text=results.verdict_words(found, verdict))
    parts.Table(say("compare.towns.counts_caption"), columns, results.counts_table(found))


def _svg(drawing: str) -> Any:
    return solara.HTML("div", unsafe_innerHTML=drawing, classes=["k-drawing"])
