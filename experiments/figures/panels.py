"""Panels: what the small charts of a figure show, and how one of them is drawn."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes

from experiments.figures.style import QUIET, SHADE, end_labels, look, quiet_axis
from experiments.judge import Push
from experiments.recorded import Floats, Recorded


@dataclass(frozen=True)
class Line:
    """One line of a panel: its name, its position in the order of looks, and its runs.

    `runs` has the shape (replicates, months).
    """

    name: str
    place: int
    runs: Floats


@dataclass(frozen=True)
class Panel:
    """One small chart: a title that says what it measures, its lines, and marks.

    With `each_run` thin lines show the single runs: where they fall into two kinds, as tipped and
    untipped communities do, no median stands for them.
    """

    title: str
    lines: tuple[Line, ...]
    mark: tuple[float, str] | None = None
    low: float | None = None
    high: float | None = None
    each_run: bool = False

    @property
    def empty(self) -> bool:
        """Whether nothing of it was recorded."""
        return all(np.isnan(line.runs).all() for line in self.lines)


GROUPS_SHOWN = 5
RUNS_SHOWN = 40
LEAST_HEIGHT = 0.1
"""Least range of values that a panel shows, so that noise is not blown up."""


def run_panels(
    with_: Recorded, without: Recorded | None, tipping_share: float
) -> tuple[Panel, ...]:
    """Return the six panels of a run, each with what its lines are made of."""
    return (
        Panel("Well-being by group", _by_group(with_, "wellbeing"), low=0.0, high=1.0),
        Panel("Gap between groups", _against(with_, without, "gap", "people"), low=0.0),
        Panel(
            "Stewards",
            _against(with_, without, "stewards", "place"),
            mark=(tipping_share, "tipping"),
            low=0.0,
            high=1.0,
            each_run=True,
        ),
        Panel(
            "Trust",
            _several(
                with_,
                ("trust_within", "own group"),
                ("trust_across", "across groups"),
                ("trust_institutions", "institutions"),
            ),
            low=0.0,
            high=1.0,
        ),
        Panel(
            "Leadership, and residents’ share",
            _several(
                with_,
                ("leadership", "strength"),
                ("resident_seats", "of seats"),
                ("ownership", "of money"),
            ),
            low=0.0,
            high=1.0,
        ),
        Panel(
            "Institutions and policy",
            _several(
                with_,
                ("upstream", "upstream"),
                ("pooled", "pooled"),
                ("policy", "policy"),
                ("displaced", "displaced"),
            ),
            low=0.0,
        ),
    )


def comparison_panels(a: Recorded, b: Recorded, tipping_share: float) -> tuple[Panel, ...]:
    """Return the six panels of a comparison, each with a line for A and one for B."""

    def both(measure: str, boundary: str = "place") -> tuple[Line, ...]:
        arms = zip("AB", (a, b), strict=True)
        return tuple(
            Line(name, place, arm.measure(measure, boundary=boundary))
            for place, (name, arm) in enumerate(arms)
        )

    return (
        Panel("Well-being of the worst off", both("worst_off", "people"), low=0.0, high=1.0),
        Panel("Gap between groups", both("gap", "people"), low=0.0),
        Panel(
            "Stewards",
            both("stewards"),
            mark=(tipping_share, "tipping"),
            low=0.0,
            high=1.0,
            each_run=True,
        ),
        Panel("Trust across groups", both("trust_across"), low=0.0, high=1.0),
        Panel("Seats held by residents", both("resident_seats"), low=0.0, high=1.0),
        Panel("Money spent upstream", both("upstream"), low=0.0, high=1.0),
    )


def _by_group(run: Recorded, measure: str) -> tuple[Line, ...]:
    groups = run.groups(measure)[:GROUPS_SHOWN]
    lines = [Line(g, n, run.measure(measure, g, "people")) for n, g in enumerate(groups)]
    return tuple(line for line in lines if not np.isnan(line.runs).all())


def _against(
    with_: Recorded, without: Recorded | None, measure: str, boundary: str
) -> tuple[Line, ...]:
    if without is None:
        return (Line("", 0, with_.measure(measure, boundary=boundary)),)
    return (
        Line("with push", 0, with_.measure(measure, boundary=boundary)),
        Line("without", 4, without.measure(measure, boundary=boundary)),
    )


def _several(run: Recorded, *measures: tuple[str, str]) -> tuple[Line, ...]:
    found = [(name, label, run.measure(name)) for name, label in measures]
    shown = [(label, runs) for _, label, runs in found if not np.isnan(runs).all()]
    return tuple(Line(label, place, runs) for place, (label, runs) in enumerate(shown))


def draw_panel(axes: Axes, panel: Panel, months: Sequence[int], push: Push | None) -> None:
    """Draw one panel: the push shaded, each line the median of its runs within its middle 90 %."""
    last = int(months[-1])
    axes.set_title(panel.title)
    if push is not None:
        axes.axvspan(push.start - 1, min(push.end - 1, last), color=SHADE, linewidth=0, zorder=0)
    ends = [_draw_line(axes, line, months, panel.each_run) for line in panel.lines]
    _set_limits(axes, panel, last)
    if panel.mark is not None:
        level, name = panel.mark
        axes.axhline(level, color=QUIET, linewidth=0.9, linestyle=(0, (2, 2)), zorder=1)
        ends.append((level, name, QUIET))
    quiet_axis(axes, last)
    end_labels(axes, last, ends)


def _draw_line(
    axes: Axes, line: Line, months: Sequence[int], each_run: bool
) -> tuple[float, str, str]:
    """Draw a line and return its end: height, name, colour."""
    style = look(line.place)
    middle = summary_of(line.runs, np.median)
    if each_run and len(line.runs) > 1:
        for run in line.runs[:RUNS_SHOWN]:
            axes.plot(months, run, color=style.colour, alpha=0.28, linewidth=0.6)
    elif len(line.runs) > 1:
        low = summary_of(line.runs, lambda v, axis: np.quantile(v, 0.05, axis=axis))
        high = summary_of(line.runs, lambda v, axis: np.quantile(v, 0.95, axis=axis))
        axes.fill_between(months, low, high, color=style.colour, alpha=0.16, linewidth=0)
    axes.plot(months, middle, color=style.colour, linestyle=style.dashes)
    known = middle[~np.isnan(middle)]
    return (float(known[-1]) if len(known) else float("nan")), line.name, style.colour


def summary_of(runs: Floats, reduce: Callable[..., Floats]) -> Floats:
    """Return one number a month over the runs that have one; nan where none has."""
    whole = ~np.isnan(runs).any(axis=1)
    chosen = runs[whole] if whole.any() else runs
    result: Floats = reduce(chosen, axis=0)
    return result


def _set_limits(axes: Axes, panel: Panel, last: int) -> None:
    """Set both axes: time from the first to the last month, values with room for what is drawn."""
    axes.set_xlim(0, max(last, 1))
    _, top = axes.get_ylim()
    low = panel.low if panel.low is not None else axes.get_ylim()[0]
    high = panel.high if panel.high is not None else max(top, low + LEAST_HEIGHT)
    axes.set_ylim(low, high)
