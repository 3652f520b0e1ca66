"""The ten numbers, each a pure function of the tables of outcomes.

Intervals: over draws the 5-95 % range of the draws' means; over draws and pairs a bootstrap 95 %
interval (see `contrasts`); of shares of draws Wilson's. What was not run is said to be "not run".
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from experiments.headline import effects
from experiments.headline.cells import MONTHS, SUCCESSION
from experiments.headline.contrasts import Spread, difference, draw_means, spread
from experiments.headline.registered import REGISTERED
from experiments.headline.verdict import NOT_RUN, above
from experiments.statistics import wilson
from experiments.summary import number, percent, plain

ALONE = effects.ALONE


@dataclass(frozen=True)
class Number:
    """One of the ten numbers.

    Attributes:
        number: which, from 1 to 10.
        title: what it is.
        words: what came out, with intervals; "not run" where it was not.
        values: the same for programs; empty where it was not run.
    """

    number: int
    title: str
    words: str = NOT_RUN
    values: Mapping[str, Any] = field(default_factory=dict)

    @property
    def run(self) -> bool:
        """Tell whether there is anything behind it."""
        return bool(self.values)


def ten_numbers(
    tables: effects.Tables, account: Mapping[str, Any], held_out: pd.DataFrame | None = None
) -> tuple[Number, ...]:
    """Return the ten numbers.

    Args:
        tables: the tables of outcomes by part; what was not run is missing.
        account: how the ensemble was made: `draws` tried and `retained`.
        held_out: in which draws the held-out patterns hold, with the columns of
            `experiments.calibration.held_out`; None where it is not known for this ensemble.
    """
    return (
        _retained(account),
        _helps(tables),
        _effect(tables),
        _switches(tables),
        _shortest(tables),
        _sustained(tables),
        _short_sight(tables),
        _people(tables),
        _harms(tables),
        _cash(tables, held_out),
    )


def _retained(account: Mapping[str, Any]) -> Number:
    tried, kept = int(account["draws"]), int(account["retained"])
    enough = tried >= REGISTERED.nuisance["tried"]
    words = f"{kept} of {tried} draws tried reproduce P1 and P5"
    if not enough:
        words += f" (fewer were tried than the {REGISTERED.nuisance['tried']} asked for)"
    return Number(1, "draws retained of those tried", words, {"retained": kept, "tried": tried})


def _helps(tables: effects.Tables) -> Number:
    title = "share of draws in which resident succession helps"
    means = draw_means(effects.main_effect(tables))
    if means.empty:
        return Number(2, title)
    share, any_ = above(means), int((means > 0).sum())
    words = (
        f"{share.successes} of {share.n} (95 % interval {percent(share.low)} to "
        f"{percent(share.high)}) with an effect above {number(REGISTERED.least)}; above 0 in {any_}"
    )
    values = {"draws": share.n, "helps": share.successes, "share": share.share, "low": share.low,
              "high": share.high, "above_zero": any_}  # fmt: skip
    return Number(2, title, words, values)


def _effect(tables: effects.Tables) -> Number:
    title = "median effect of succession on E at 48 months"
    s = spread(effects.main_effect(tables))
    if not s.draws:
        return Number(3, title)
    words = f"{_over_draws(s)}; 95 % interval of the median {_ends(s.median_low, s.median_high)}"
    return Number(3, title, words, _values(s))


def _switches(tables: effects.Tables) -> Number:
    title = "what is due to each switch"
    own = {s.name: spread(effects.switch_effect(tables, s.name)) for s in REGISTERED.switches}
    if not all(s.draws for s in own.values()):
        return Number(4, title)
    total = spread(effects.main_effect(tables))
    mentoring = spread(effects.between(tables, "mentoring_only", ALONE))
    parts = {**own, "mentoring": mentoring} if mentoring.draws else own
    rest = total.mean - sum(s.mean for s in parts.values()) if mentoring.draws else math.nan
    words = "; ".join(f"{_switch(name)} {_mean(s)}" for name, s in parts.items())
    values: dict[str, Any] = {name: _values(s) for name, s in parts.items()}
    values["total"], values["rest"] = _values(total), plain(rest)
    if mentoring.draws:
        words += f"; interactions of three and more {number(rest, True, 3)}; in all {_mean(total)}"
    if total.draws and total.found:
        shares = {name: s.mean / total.mean for name, s in parts.items()}
        values["shares"] = shares
        told = ", ".join(f"{_switch(name)} {percent_signed(v)}" for name, v in shares.items())
        words += f". Shares of the whole: {told}"
    else:
        words += ". No shares: the whole effect cannot be told from 0"
    return Number(4, title, words, values)


def _switch(name: str) -> str:
    label = {s.name: s.label for s in REGISTERED.switches}.get(name, name)
    return label.partition(" (")[0]


def _shortest(tables: effects.Tables) -> Number:
    """Return in each draw the shortest full push that is sustained in so many of its pairs."""
    title = "shortest full push sustained in 50 % and in 90 % of pairs"
    lengths = REGISTERED.lengths["months"]
    words: list[str] = []
    values: dict[str, Any] = {}
    for succession, label in ((True, "with succession"), (False, "without")):
        shares = pd.DataFrame(
            {n: draw_means(effects.sustained(tables, n, succession)) for n in lengths}
        ).dropna()
        if shares.empty:
            return Number(5, title)
        for wanted in (0.5, 0.9):
            reached = shares.ge(wanted - 1e-12)
            first = reached.idxmax(axis=1)[reached.any(axis=1)]
            none = wilson(int((~reached.any(axis=1)).sum()), len(shares))
            found = [int(v) for v in np.sort(first.to_numpy())]
            key = f"{'with' if succession else 'without'}_{int(100 * wanted)}"
            values[key] = {
                "months": {str(n): found.count(n) for n in lengths}, "none": none.successes,
                "none_share": none.share, "none_low": none.low, "none_high": none.high,
                "draws": none.n,
            }  # fmt: skip
            told = ", ".join(f"{n} months in {found.count(n)}" for n in lengths if n in found)
            told = told or "no length tried suffices"
            words.append(
                f"{label.capitalize()}, {percent(wanted)}: {told}; none of "
                f"{', '.join(map(str, lengths))} suffices in {none.successes} of {none.n} draws "
                f"(95 % interval {percent(none.low)} to {percent(none.high)})"
            )
        values[f"{'with' if succession else 'without'}_falls"] = int(
            (np.diff(shares.to_numpy(), axis=1) < -1e-12).any(axis=1).sum()
        )
    return Number(5, title, ". ".join(words), values)


def _sustained(tables: effects.Tables) -> Number:
    title = f"P(sustained at 48 months) after a {MONTHS}-month grant"
    outcome = "sustained_48"
    arms = {"with": SUCCESSION, "without": ALONE}
    own = {name: effects.of_arm(tables, arm, outcome) for name, arm in arms.items()}
    found = {name: spread(values, [values]) for name, values in own.items()}
    apart = spread(difference(own["with"], own["without"]), [own["with"], own["without"]])
    if not apart.draws:
        return Number(6, title)
    words = (
        f"{_share(found['with'])} with succession, {_share(found['without'])} without; difference "
        f"{_points(apart)}; by draw {_range(found['with'])} with, {_range(found['without'])} "
        "without"
    )
    values = {**{k: _values(v) for k, v in found.items()}, "difference": _values(apart)}
    return Number(6, title, words, values)


def _short_sight(tables: effects.Tables) -> Number:
    levels = REGISTERED.shortsight
    bias, horizon = levels["bias_contrast"], levels["horizon_contrast"]
    title = f"present bias {bias[0]:g} → {bias[1]:g} against horizon {horizon[0]} → {horizon[1]}"
    words, values = [], {}
    for name, communities in (("E of the push", False), ("equity between the communities", True)):
        one = effects.short_sight(tables, "present_bias", bias, communities=communities)
        other = effects.short_sight(tables, "horizon", horizon, communities=communities)
        apart = spread(difference(one, other))
        if not apart.draws:
            return Number(7, title)
        first, second = spread(one), spread(other)
        words.append(
            f"{name}: present bias {_mean(first, 4)}, horizon {_mean(second, 4)}, the first "
            f"minus the second {_mean(apart, 4)}"
        )
        values["communities" if communities else "push"] = {
            "present_bias": _values(first), "horizon": _values(second), "difference": _values(apart)
        }  # fmt: skip
    return Number(7, title, "; ".join(words), values)


def _people(tables: effects.Tables) -> Number:
    title = "people minus place, and displaced"
    words, values = [], {}
    for arm, label in ((SUCCESSION, "with succession"), (ALONE, "push alone")):
        apart = spread(
            difference(
                effects.of_arm(tables, arm, "people_change"),
                effects.of_arm(tables, arm, "place_change"),
            )
        )
        gone = spread(effects.of_arm(tables, arm, "displaced"))
        if not (apart.draws and gone.draws):
            return Number(8, title)
        words.append(
            f"{label}: rise of well-being among the people minus that of the place "
            f"{_mean(apart, 4)}; displaced {_share(gone, 1)}"
        )
        values[arm] = {"people_minus_place": _values(apart), "displaced": _values(gone)}
    return Number(8, title, "; ".join(words), values)


def _harms(tables: effects.Tables) -> Number:
    title = "power swapped, and worst off made worse"
    words, values = [], {}
    for arm, label in ((SUCCESSION, "with succession"), (ALONE, "push alone")):
        frames = [
            effects.of_arm(tables, arm, outcome) for outcome in ("power_swapped", "worst_off_worse")
        ]
        rates = [spread(values, [values]) for values in frames]
        if not all(rate.draws for rate in rates):
            return Number(9, title)
        swap, worse = rates
        words.append(
            f"{label}: power only changes hands in {_share(swap)} of runs, the worst off fare "
            f"worse than without any intervention in {_share(worse)} of pairs"
        )
        values[arm] = {"power_swapped": _values(swap), "worst_off_worse": _values(worse)}
    return Number(9, title, "; ".join(words), values)


def _cash(tables: effects.Tables, held_out: pd.DataFrame | None) -> Number:
    title = "succession minus equal-cost cash; held-out patterns passed of six"
    lead = spread(effects.between(tables, SUCCESSION, "cash"))
    told, values = [], {}
    if lead.draws:
        told.append(f"E at 48 months: {_over_draws(lead)}")
        values["cash"] = _values(lead)
    else:
        told.append(f"against cash: {NOT_RUN}")
    counted = _patterns(held_out)
    if counted is None:
        told.append(f"held-out patterns of this ensemble: {NOT_RUN}")
    else:
        count = len(REGISTERED.nuisance["held_out"])
        told.append(
            f"held-out patterns: {counted['median']:g} of {count} in the median draw, "
            f"{counted['least']} to {counted['most']} over {counted['draws']} draws"
        )
        values["held_out"] = counted
    return Number(10, title, "; ".join(told), values)


def _patterns(held_out: pd.DataFrame | None) -> dict[str, Any] | None:
    """Return in how many of the held-out patterns a draw passes: median, least and most."""
    if held_out is None:
        return None
    wanted = REGISTERED.nuisance["held_out"]
    own = held_out[held_out["id"].isin(wanted)]
    held = own.groupby(["draw", "id"])["met"].all().unstack("id")
    if set(held.columns) != set(wanted) or held.isna().to_numpy().any():
        return None
    counts = held.sum(axis=1)
    return {
        "median": float(counts.median()), "least": int(counts.min()), "most": int(counts.max()),
        "draws": len(counts), "patterns": {str(k): int(v) for k, v in held.sum().items()},
    }  # fmt: skip


# --- words ----------------------------------------------------------------------------------------


def _values(s: Spread) -> dict[str, Any]:
    return {name: plain(value) for name, value in s._asdict().items()}


def _ends(low: float, high: float, digits: int = 3) -> str:
    return f"{number(low, True, digits)} to {number(high, True, digits)}"


def _mean(s: Spread, digits: int = 3) -> str:
    return f"{number(s.mean, True, digits)} ({_ends(s.low, s.high, digits)})"


def _over_draws(s: Spread) -> str:
    return (
        f"{number(s.median, True, 3)} ({_ends(s.q05, s.q95)} from the 5th to the 95th percentile "
        f"of {s.draws} draws, {s.pairs} pairs)"
    )


def _share(s: Spread, digits: int = 0) -> str:
    low, high = max(s.low, 0.0), min(s.high, 1.0)
    return f"{100 * s.mean:.{digits}f} % ({100 * low:.{digits}f} to {100 * high:.{digits}f} %)"


def _range(s: Spread) -> str:
    return f"{percent(s.q05)} to {percent(s.q95)}"


def _points(s: Spread) -> str:
    low, high = number(100 * s.low, True, 0), number(100 * s.high, True, 0)
    return f"{number(100 * s.mean, True, 0)} points ({low} to {high})"


def percent_signed(share: float) -> str:
    """Return a share that may be below 0 as a whole percentage."""
    return f"{number(100 * share, False, 0)} %"
