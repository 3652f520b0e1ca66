"""Summaries: every outcome with its interval, and three plain sentences on what happened."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pandas as pd

from experiments.judge import OUTCOMES, Outcome, Push, last_year
from experiments.recorded import Recorded
from experiments.statistics import mean_interval, wilson

LITTLE = 0.005
"""Changes of well-being smaller than this are called none: they vanish in two decimals."""

SMALLEST = 1e-9
"""Shares smaller than this are nobody."""


def values_of(table: pd.DataFrame, outcome: Outcome) -> np.ndarray[Any, np.dtype[np.float64]]:
    """Return one outcome of every replicate as numbers: yes 1, no 0, missing nan."""
    return table[outcome.name].to_numpy(dtype=np.float64, na_value=np.nan)


def summarise(table: pd.DataFrame) -> dict[str, dict[str, Any]]:
    """Return every outcome of a table of runs as plain values, with 95 % intervals.

    A mean has Student's t interval (cut at 0 and 1 where it is a share of people, seats or money),
    a share of runs Wilson's. One run has no interval. What could not be judged is None; `missing`
    counts the runs for which that is so.
    """
    found = {}
    for outcome in (OUTCOMES[name] for name in table.columns if name in OUTCOMES):
        values = values_of(table, outcome)
        known = values[~np.isnan(values)]
        entry: dict[str, Any] = {"label": outcome.label, "kind": outcome.kind, "unit": outcome.unit}
        if outcome.kind == "share":
            share = wilson(int(known.sum()), len(known))
            entry |= {"share": share.share, "yes": share.successes}
            low, high = (share.low, share.high) if len(known) else (math.nan, math.nan)
        else:
            mean = mean_interval(values)
            entry |= {"mean": mean.mean, "sd": mean.sd}
            low, high = mean.low, mean.high
            if outcome.unit == "share":
                low, high = np.clip((low, high), 0.0, 1.0).tolist()
        single = len(values) == 1
        entry |= {"low": math.nan if single else low, "high": math.nan if single else high}
        entry |= {"runs": len(known), "missing": len(values) - len(known)}
        found[outcome.name] = {k: plain(v) for k, v in entry.items()}
    return found


def plain(value: Any) -> Any:
    """Return a number as JSON can hold it: None where it is not a number."""
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value


# --------------------------------------------------------------------------------- sentences


def sentences(table: pd.DataFrame, recorded: Recorded, push: Push | None) -> tuple[str, ...]:
    """Return three plain sentences: what changed, what the push did, and who carries it on."""
    return (_change(recorded), _push(table, recorded, push), _carriers(table))


def _change(recorded: Recorded) -> str:
    """Say how well-being and the gap moved from the start to the last year."""
    wellbeing = recorded.measure("wellbeing", boundary="people")
    gap = recorded.measure("gap", boundary="people")
    months = int(recorded.months[-1])
    runs = f" (mean of {len(wellbeing)} runs)" if len(wellbeing) > 1 else ""
    text = (
        f"In this model, over {_time(months)}{runs}, the well-being of the people who were there "
    )
    text += f"at the start {_moved(wellbeing)}"
    if not np.isnan(gap).all():
        text += f", and the gap between their groups {_moved(gap)}"
    return text + "."


def _moved(series: np.ndarray[Any, np.dtype[np.float64]]) -> str:
    """Say from where to where a measure went, and in which direction."""
    before = float(np.mean(series[:, 0]))
    after = float(np.mean([last_year(run) for run in series]))
    if abs(after - before) < LITTLE or number(before) == number(after):
        return f"stays near {number(after)}"
    way = "rises" if after > before else "falls"
    return f"{way} from {number(before)} to {number(after)}"


def _push(table: pd.DataFrame, recorded: Recorded, push: Push | None) -> str:
    """Say what the push changed against the same community without it, and what remained."""
    if push is None or "gain_during" not in table:
        return "Nobody intervenes in this scenario, so there is nothing to sustain."
    when = (
        f"months {push.start}–{push.end - 1}"
        if push.end - push.start > 1
        else f"month {push.start}"
    )
    worst = _worst_off_group(recorded)
    during = _mean(table, "gain_during")
    text = f"Beside the same community without the push ({when})"
    if math.isnan(during):
        return f"{text}, these months are too few to show what the push gained."
    if during < LITTLE:
        text += f", the push brings no gain in equity in its last year ({number(during, True)})"
    else:
        text += f", the gap is smaller and {worst} better off by at least {number(during)}"
        text += " in the push's last year"
    return f"{text}; {_remains(table)}."


def _remains(table: pd.DataFrame) -> str:
    """Say what is left of the gain at the latest horizon that the runs show."""
    for months in (48, 24, 12):
        after = _mean(table, f"gain_{months}")
        if math.isnan(after):
            continue
        text = f"{months} months after its end the gain is {number(after, True)} and "
        return text + _of_runs(
            table, f"sustained_{months}", "counts as sustained", "is not sustained"
        )
    return "the months after its end are too few to say what remains"


def _carriers(table: pd.DataFrame) -> str:
    """Say how many are stewards, who holds seats and money, and who had to leave."""
    parts = [_stewards(table)]
    seats, money = (_mean(table, name) for name in ("resident_seats", "ownership"))
    if not math.isnan(seats):
        held = f"residents hold {percent(seats)} of leaders' seats"
        parts.append(held + ("" if math.isnan(money) else f" and {percent(money)} of the money"))
    displaced = _mean(table, "displaced")
    if math.isnan(displaced) or displaced < SMALLEST:
        parts.append("and nobody has been displaced")
    else:
        parts.append(f"and {percent(displaced)} of the starting number have been displaced")
    return ", ".join(parts) + "."


def _stewards(table: pd.DataFrame) -> str:
    """Say how many act as stewards; where only some runs tipped, for the two kinds apart."""
    text, tipped = "In the last year", table["tipped"].dropna()
    yes, n = int(tipped.sum()), len(tipped)
    if 0 < yes < n:
        high = table[table["tipped"].eq(True).fillna(False)]
        low = table[table["tipped"].eq(False).fillna(False)]
        return (
            f"{text} stewards are {percent(_mean(high, 'stewards'))} of residents in the {yes} of "
            f"{n} runs that tipped and {percent(_mean(low, 'stewards'))} in the others"
        )
    text += f" {percent(_mean(table, 'stewards'))} of residents are stewards"
    if not n:
        return text
    return f"{text} ({_of_runs(table, 'tipped', 'tipped', 'not tipped')})"


def _of_runs(table: pd.DataFrame, name: str, yes: str, no: str) -> str:
    """Say in how many runs something holds, in words fit for one run or for many."""
    known = table[name].dropna()
    count = int(known.sum())
    if len(known) == 1:
        return yes if count else no
    if count == 0:
        return f"{no} in any of {len(known)} runs"
    if count == len(known):
        return f"{yes} in all {count} runs"
    return f"{yes} in {count} of {len(known)} runs"


def _worst_off_group(recorded: Recorded) -> str:
    """Name the group that is worst off at the start, if it is one and the same in all runs."""
    groups = recorded.groups("wellbeing")
    if len(groups) < 2:
        return "the community"
    start = np.stack([recorded.measure("wellbeing", g, "people")[:, 0] for g in groups])
    if np.isnan(start).any() or len(worst := np.unique(start.argmin(axis=0))) > 1:
        return "the group worst off"
    return f"group {groups[int(worst[0])]}"


def _mean(table: pd.DataFrame, name: str) -> float:
    values = values_of(table, OUTCOMES[name]) if name in table else np.array([math.nan])
    known = values[~np.isnan(values)]
    return float(known.mean()) if len(known) else math.nan


def _time(months: int) -> str:
    years, rest = divmod(months, 12)
    if rest or not years:
        return f"{months} months" if months != 1 else "1 month"
    return f"{years} years" if years > 1 else "1 year"


def number(value: float, signed: bool = False, digits: int = 2) -> str:
    """Return a number with fixed decimals and a true minus sign; never minus zero."""
    text = f"{value:+.{digits}f}" if signed else f"{value:.{digits}f}"
    if float(text) == 0:
        text = f"{0:.{digits}f}"
    return text.replace("-", "−")


def percent(share: float) -> str:
    """Return a share as a whole percentage."""
    if 0 < share < 0.005:
        return "under 1 %"
    return f"{100 * share:.0f} %"
