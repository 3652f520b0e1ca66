"""The section of the map: two things at once, and the same as a table."""

from __future__ import annotations

import solara

from experiments.judge import Outcome
from experiments.report.material import Varied
from simulation.browser import parts
from simulation.browser.explore import telling
from simulation.browser.explore.data import Held, axes, two_axes
from simulation.browser.explore.drawing import Heat, caption
from simulation.browser.explore.heat import HeatMap, heat_map
from simulation.browser.explore.look import Look, View
from simulation.browser.words import say


def laid_over(held: Held, outcome: Outcome, view: View) -> tuple[Varied, Varied | None] | None:
    """Return what the map is laid over: as chosen, or what moves the outcome most."""
    study = held.even or held.study
    known = {axis.name: axis for axis in axes(study)}
    first = two_axes(study, outcome)
    if first is None:
        return None
    across = known.get(view.across, first[0])
    if view.down is None:
        return across, None
    rest = [axis for axis in (first[1], first[0], *known.values()) if axis and axis != across]
    down = known.get(view.down or "", rest[0] if rest else None)
    return across, None if down == across else down


@solara.component
def Map(look: Look, held: Held, outcome: Outcome) -> None:
    """Show the map with its choices."""
    view = look.view.value
    kept = [held, outcome, view.arm, view.across, view.down]
    over = solara.use_memo(lambda: laid_over(held, outcome, view), kept)
    shown = solara.use_memo(
        lambda: (
            heat_map(held.even or held.study, outcome, over[0], over[1], view.arm) if over else None
        ),
        kept,
    )
    with parts.Section(say("explore.map")):
        if over is None or shown is None:
            parts.Text(say("explore.map_few"))
            return
        kind = say(f"explore.kind_{outcome.kind}")
        parts.Text(say("explore.map_lead", kind=kind), classes=("k-prose",))
        if outcome.kind == "mean":
            parts.Text(say("explore.map_colours"), classes=("k-prose",))
        _choices(look, held, *over)
        Heat(shown, view.picked, lambda box: _pick(look, box))
        if held.even is None:
            parts.Notice(say("explore.uneven"))
        elif held.even is not held.study:
            parts.Notice(say("explore.even", n=int(held.even.table["replicate"].nunique())))
        if any(cell.low != cell.low or cell.runs < FEW_RUNS for _, _, cell in shown.known()):
            parts.Text(say("explore.map_wide"), classes=("k-hint",))
        with parts.Disclosure(say("explore.map_table")):
            parts.Table(caption(shown), _heads(shown), _rows(shown))


FEW_RUNS = 10
"""With fewer runs in a box it is said that they are few."""


def _pick(look: Look, box: tuple[object, object]) -> None:
    look.change(picked=None if look.view.value.picked == box else box, page=0)


def _choices(look: Look, held: Held, across: Varied, down: Varied | None) -> None:
    options = [(axis.name, telling.capital(axis.label)) for axis in axes(held.study)]
    below = [o for o in options if o[0] != across.name]

    def turn(name: str) -> None:
        """Lay the map over something else across; what ran across runs down if it was there."""
        same = down is not None and name == down.name
        look.change(across=name, picked=None, **({"down": across.name} if same else {}))

    with parts.Html("div", classes=("x-form",)):
        parts.Select(say("explore.across"), options, across.name, turn)
        if below:
            parts.Select(
                say("explore.down"),
                [*below, (None, say("explore.one_row"))],
                down.name if down else None,
                lambda name: look.change(across=across.name, down=name, picked=None),
            )


def _heads(shown: HeatMap) -> list[str]:
    heads = [telling.capital(shown.across.label)]
    if shown.down is not None:
        heads.append(telling.capital(shown.down.label))
    counted = "explore.count_pairs" if shown.outcome.paired else "explore.count"
    return [*heads, say("explore.value"), say("explore.interval"), say(counted)]


def _rows(shown: HeatMap) -> list[list[str]]:
    rows = []
    for row, column, cell in shown.known():
        names = [telling.level(column)]
        if shown.down is not None:
            names.append(telling.level(row))
        ends = telling.interval(shown.outcome, cell.low, cell.high) or say("explore.too_few")
        rows.append([*names, telling.value(shown.outcome, cell.value), ends, str(cell.runs)])
    return rows
