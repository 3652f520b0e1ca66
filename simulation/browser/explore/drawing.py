"""Drawing: the map, the ranking and the dots, as native HTML and SVG that answers to keys."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Any

import solara

from experiments.judge import Outcome
from simulation.browser.explore import telling
from simulation.browser.explore.heat import HeatCell, HeatMap
from simulation.browser.explore.ranking import Effect
from simulation.browser.explore.scatter import Dots
from simulation.browser.words import say


@solara.component_vue("vue/heat.vue", vuetify=False)
def _heat(
    caption: str,
    across: str,
    down: str,
    columns: list[str],
    rows: list[str],
    cells: list[list[dict[str, Any]]],
    steps: list[str],
    legend: str,
    hint: str,
    event_pick: Callable[[Any], None] | None = None,
) -> None: ...


def Heat(
    shown: HeatMap,
    picked: tuple[object, object] | None,
    on_pick: Callable[[tuple[object, object]], object],
) -> Any:
    """Show a heat map as a table of coloured boxes.

    Args:
        shown: the map.
        picked: level down and level across of the box that is picked.
        on_pick: called with those of the box that is pressed.
    """
    cells = [
        [
            {
                "value": telling.value(shown.outcome, cell.value)
                if cell.step >= 0
                else say("explore.unset_cell"),
                "interval": telling.interval(shown.outcome, cell.low, cell.high),
                "told": cell_words(shown, row, column, cell),
                "step": cell.step,
                "picked": picked == (row, column),
            }
            for column, cell in zip(shown.columns, line, strict=True)
        ]
        for row, line in zip(shown.rows, shown.cells, strict=True)
    ]
    edges = [telling.value(shown.outcome, edge) for edge in shown.bounds]
    steps = [say("explore.step", low=a, high=b) for a, b in pairwise(edges)]
    return _heat(
        caption=caption(shown),
        across=telling.capital(shown.across.label),
        down=telling.capital(shown.down.label) if shown.down else "",
        columns=[telling.level(v) for v in shown.columns],
        rows=[telling.level(v) if shown.down else "" for v in shown.rows],
        cells=cells,
        steps=steps,
        legend=say("explore.legend"),
        hint=say("explore.map_hint"),
        event_pick=lambda at: on_pick((shown.rows[int(at[0])], shown.columns[int(at[1])])),
    )


def caption(shown: HeatMap) -> str:
    """Return what a map shows, in words."""
    words = {
        "outcome": telling.capital(shown.outcome.label),
        "across": shown.across.label,
    }
    if shown.down is None:
        return say("explore.map_caption_one", **words)
    return say("explore.map_caption", down=shown.down.label, **words)


def cell_words(shown: HeatMap, row: object, column: object, cell: HeatCell) -> str:
    """Return one box of a map in full."""
    words = {"across": telling.capital(shown.across.label), "column": telling.level(column)}
    if shown.down is not None:
        words |= {"down": telling.capital(shown.down.label), "row": telling.level(row)}
    alone = "" if shown.down is not None else "_one"
    if cell.step < 0:
        return say(f"explore.cell_none{alone}", **words)
    told = telling.with_interval(shown.outcome, cell.value, cell.low, cell.high)
    counted = say("explore.pairs" if shown.outcome.paired else "explore.runs", n=cell.runs)
    return say(f"explore.cell{alone}", value=told, runs=counted, **words)


@solara.component_vue("vue/effects.vue", vuetify=False)
def _effects(caption: str, heads: list[str], rows: list[dict[str, Any]]) -> None: ...


def Effects(caption: str, outcome: Outcome, effects: Sequence[Effect]) -> Any:
    """Show what each factor changes, with a picture of it in every row."""
    names = ("what", "from_to", "change", "picture", "so")
    rows = [
        {
            "label": telling.capital(e.label),
            "ends": say("explore.arrow", first=telling.level(e.first), last=telling.level(e.last)),
            "change": change_words(outcome, e),
            "value": _plain(e.change.value),
            "low": _plain(e.change.low),
            "high": _plain(e.change.high),
            "sure": e.verdict in ("more", "less"),
            "so": say(f"explore.{e.verdict}"),
        }
        for e in effects
    ]
    return _effects(caption=caption, heads=[say(f"explore.{n}") for n in names], rows=rows)


def change_words(outcome: Outcome, effect: Effect) -> str:
    """Return a change with its interval, in brief."""
    value, low, high = effect.change[:3]
    told = telling.value(outcome, value, change=True)
    ends = telling.interval(outcome, low, high, change=True)
    return say("explore.change_within", value=told, interval=ends) if ends else told


def _plain(number: float) -> float | None:
    return None if math.isnan(number) else number


@solara.component_vue("vue/dots.vue", vuetify=False)
def _dots(
    label: str,
    across: str,
    up: str,
    acrossTicks: list[tuple[float, str]],
    upTicks: list[tuple[float, str]],
    dots: list[tuple[float, float, int]],
    told: list[str],
    arms: list[str],
    hint: str,
    event_open_run: Callable[[Any], None] | None = None,
) -> None: ...


def DotsView(shown: Dots, arms: Sequence[str], label: str, on_open: Callable[[int], object]) -> Any:
    """Show runs as dots.

    Args:
        shown: the runs.
        arms: names of the arms, for the legend.
        label: what is to be seen, in words.
        on_open: called with the number of the run that is pressed.
    """
    x, y = (np_list(scale.places) for scale in (shown.across, shown.up))
    return _dots(
        label=label,
        across=shown.across.label,
        up=shown.up.label,
        acrossTicks=list(shown.across.ticks),
        upTicks=list(shown.up.ticks),
        dots=list(zip(x, y, shown.arms, strict=True)),
        told=[dot_words(shown, n, arms) for n in range(len(shown.arms))],
        arms=[telling.capital(arm) for arm in arms],
        hint=say("explore.dots_hint"),
        event_open_run=lambda n: on_open(int(n)),
    )


def np_list(places: Any) -> list[float]:
    """Return places with as many digits as anybody can see."""
    return [round(float(place), 4) for place in places]


def dot_words(shown: Dots, n: int, arms: Sequence[str]) -> str:
    """Return what one dot stands for."""
    arm = say("explore.dot_arm", arm=telling.capital(arms[shown.arms[n]])) if len(arms) > 1 else ""
    return say(
        "explore.dot",
        across=shown.across.label,
        x=shown.across.words[n],
        up=shown.up.label,
        y=shown.up.words[n],
        arm=arm,
        replicate=int(shown.table["replicate"].iloc[n]) + 1,
    )
