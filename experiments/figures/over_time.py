"""Over time: fan charts by group, and survival curves with the numbers at risk."""

from __future__ import annotations

from collections.abc import Collection, Mapping

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from experiments.figures.canvas import (
    Drawing,
    canvas,
    digits_for,
    in_order,
    lines_of,
    needed,
    percent_axis,
    percent_of,
    short,
    styled,
    with_interval,
)
from experiments.figures.style import QUIET, SHADE, end_labels, look, quiet_axis
from experiments.judge import Push
from experiments.summary import number

FAN = ("arm", "group", "measure", "month", "median", "q05", "q25", "q75", "q95")
SURVIVAL = ("arm", "month", "share", "low", "high", "at_risk")
MOST_LINES = 5
MOST_ARMS = 6


@styled
def fan_chart(
    table: pd.DataFrame,
    *,
    title: str,
    push: Push | None = None,
    labels: Mapping[str, str] | None = None,
    runs: int | None = None,
    unit_range: Collection[str] = ("wellbeing", "stewards"),
) -> Drawing:
    """Draw how measures went over time: a row of panels a measure, a panel an arm, a line a group.

    Args:
        table: columns of `FAN`: over the runs of an arm, each month's median and quantiles.
        title: title.
        push: when the push runs, shaded; None: nothing is shaded.
        labels: what measures are called, as "well-being (people of the start)".
        runs: how many runs stand behind each line, for the note.
        unit_range: measures that are shown from 0 to 1; all others from 0 to what there is.

    Raises:
        InputError: columns are missing, or there is no row.
    """
    needed(table, FAN, "a fan chart")
    arms, measures = in_order(table["arm"])[:MOST_ARMS], in_order(table["measure"])
    across = min(len(arms), 3)
    down = -(-len(arms) // across)
    names = labels or {}
    note = "Lines: median; dark bands: middle 50 %, light bands: middle 90 % of runs."
    note += f" {runs} runs an arm." if runs else ""
    note += " The push is shaded." if push else ""
    figure, axes = canvas(
        2.15 * len(measures) * down, title=title, note=note, rows=len(measures) * down,
        columns=across, sharex=True, sharey="row",
    )  # fmt: skip
    pending = []
    for row, measure in enumerate(measures):
        label = names.get(measure, measure)
        for place in range(down * across):
            plot: Axes = axes[row * down + place // across, place % across]
            if place >= len(arms):
                plot.set_axis_off()
                continue
            own = table[(table["arm"] == arms[place]) & (table["measure"] == measure)]
            if row == 0 or down > 1:
                plot.set_title(lines_of(str(arms[place]), 58 // across), fontsize=9)
            pending.append((plot, _fan(plot, own, push)))
            if place % across == 0:
                plot.set_ylabel(lines_of(label, 24))
            _limits(plot, table[table["measure"] == measure], measure in unit_range)
    last = int(table["month"].max())
    for row in axes:
        for plot in row:
            plot.set_xlim(0, max(last, 1))
            quiet_axis(plot, last)
    for upper in axes[:-1].flat:
        upper.set_xlabel("")
    figure.draw_without_rendering()
    for plot, ends in pending:
        if len(ends) > 1 or (ends and ends[0][1]):
            end_labels(plot, last, ends, 7.5)
    return figure, _fan_words(table[table["arm"].isin(arms)], title, names)


def _limits(plot: Axes, own: pd.DataFrame, unit: bool) -> None:
    """Let the axis of values hold nought, and all of it where it can only run from 0 to 1."""
    low, high = min(0.0, float(own["q05"].min())), float(own["q95"].max())
    plot.set_ylim((0.0, 1.0) if unit else (1.06 * low, 1.06 * high if high > 0 else 0.1))


def _fan(plot: Axes, own: pd.DataFrame, push: Push | None) -> list[tuple[float, str, str]]:
    """Draw a panel's lines and return their ends: height, name, colour."""
    if push is not None and len(own):
        last = int(own["month"].max())
        plot.axvspan(push.start - 1, min(push.end - 1, last), color=SHADE, linewidth=0, zorder=0)
    ends = []
    for place, group in enumerate(in_order(own["group"])[:MOST_LINES]):
        line, style = own[own["group"] == group].sort_values("month"), look(place)
        month = line["month"].to_numpy(dtype=float)
        for low, high, shade in (("q05", "q95", 0.14), ("q25", "q75", 0.22)):
            plot.fill_between(
                month, line[low].to_numpy(dtype=float), line[high].to_numpy(dtype=float),
                color=style.colour, alpha=shade, linewidth=0,
            )  # fmt: skip
        middle = line["median"].to_numpy(dtype=float)
        plot.plot(month, middle, color=style.colour, linestyle=style.dashes, linewidth=1.5)
        known = middle[~np.isnan(middle)]
        name = "" if group == "all" else str(group)
        ends.append((float(known[-1]) if len(known) else float("nan"), name, style.colour))
    return ends


def _fan_words(table: pd.DataFrame, title: str, labels: Mapping[str, str]) -> str:
    digits = max(2, digits_for(table["median"]))
    parts = []
    for (arm, measure, group), own in table.groupby(["arm", "measure", "group"], sort=False):
        line = own.dropna(subset=["median"]).sort_values("month")
        if line.empty:
            continue
        first, last = line.iloc[0], line.iloc[-1]
        who = "" if group == "all" else f" of {group}"
        where = f" ({arm})" if arm else ""
        parts.append(
            f"{labels.get(str(measure), measure)}{who}{where} from "
            f"{number(float(first['median']), digits=digits)} to "
            f"{number(float(last['median']), digits=digits)}, in 90 % of runs "
            f"{number(float(last['q05']), digits=digits)} to "
            f"{number(float(last['q95']), digits=digits)}"
        )
    return f"Fan chart over {int(table['month'].max())} months: {title}. {'; '.join(parts)}."


@styled
def survival_curves(
    table: pd.DataFrame,
    *,
    title: str = "How long gains last",
    what: str = "share of gains that last so long",
    since: str = "months after the push",
) -> Drawing:
    """Draw which share survives month by month, with intervals, and how many are still watched.

    Args:
        table: columns of `SURVIVAL`; a row an arm and month at which the share changes.
        title: title.
        what: label of the share.
        since: label of the months.

    Raises:
        InputError: columns are missing, or there is no row.
    """
    needed(table, SURVIVAL, "survival curves")
    arms = in_order(table["arm"])[:MOST_ARMS]
    figure, axes = canvas(
        2.7 + 0.17 * (len(arms) + 1), title=title, note="Bands: 95 % interval.", rows=2,
        sharex=True, height_ratios=[2.6, 0.17 * (len(arms) + 1)],
    )  # fmt: skip
    plot: Axes = axes[0, 0]
    last = float(table["month"].max()) or 1.0
    ends = []
    for place, arm in enumerate(arms):
        own, style = table[table["arm"] == arm].sort_values("month"), look(place)
        months, share, low, high = (
            own[n].to_numpy(dtype=float) for n in ("month", "share", "low", "high")
        )
        if months[0] > 0:
            months = np.concatenate([[0.0], months])
            share, low, high = (np.concatenate([[1.0], v]) for v in (share, low, high))
        plot.fill_between(months, low, high, step="post", color=style.colour, alpha=0.13,
                          linewidth=0)  # fmt: skip
        plot.step(months, share, where="post", color=style.colour, linestyle=style.dashes)
        ends.append((float(share[-1]), str(arm), style.colour))
    plot.set_xlim(0, last)
    percent_axis(plot)
    plot.set_ylabel(lines_of(what, 34))
    step = next((s for s in (1, 2, 3, 6, 12, 24, 60) if last / s <= 7), 120)
    plot.set_xticks(np.arange(0, last + 1, step))
    _at_risk(axes[1, 0], table, arms, np.arange(0, last + 1, step))
    axes[1, 0].set_xlabel(since)
    figure.draw_without_rendering()
    if len(arms) > 1 or arms[0]:
        end_labels(plot, last, ends, 7.5, letters=24)
    return figure, _survival_words(table, arms, title)


def _at_risk(plot: Axes, table: pd.DataFrame, arms: list[str], ticks: np.ndarray) -> None:
    """Write beneath the curves how many gains are still watched at each tick."""
    for place, arm in enumerate(arms):
        own = table[table["arm"] == arm].sort_values("month")
        months, risk = own["month"].to_numpy(dtype=float), own["at_risk"].to_numpy(dtype=float)
        for tick in ticks:
            at = min(int(np.searchsorted(months, tick, side="left")), len(risk) - 1)
            plot.text(tick, place, f"{risk[at]:.0f}", ha="center", va="center", fontsize=7.5,
                      color=look(place).colour, clip_on=False)  # fmt: skip
    plot.set_ylim(len(arms) - 0.4, -0.6)
    plot.set_yticks(range(len(arms)), [short(str(a), 22) or "runs" for a in arms], fontsize=7.5)
    plot.set_title("still watched", fontsize=7.8, fontweight="normal", color=QUIET, pad=2)
    plot.grid(visible=False)
    plot.spines[["left", "bottom"]].set_visible(False)
    plot.tick_params(axis="x", length=0)
    plot.tick_params(axis="y", pad=14)


def _survival_words(table: pd.DataFrame, arms: list[str], title: str) -> str:
    parts = []
    for arm in arms:
        own = table[table["arm"] == arm].sort_values("month")
        last = own.iloc[-1]
        half = own[own["share"] <= 0.5]
        middle = f"half are gone by month {float(half['month'].min()):g}"
        told = with_interval(*(float(last[n]) for n in ("share", "low", "high")), share=True)
        parts.append(
            f"{arm or 'all'}: {told} at month {float(last['month']):g}, "
            + (middle if len(half) else f"never as few as {percent_of(0.5)}")
        )
    return f"Survival curves: {title}. {'; '.join(parts)}."
