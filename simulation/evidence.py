"""Rules of evidence on a single series: what has really changed, and what is noise (Q20).

A run chart asks whether a series strays to one side of its median for longer, or crosses it more
rarely, than chance allows. Values exactly on the median are passed over. The rules assume that
months are independent; monthly series of a community are not, so a rule is only as good as its
false-alarm and detection rates on series like those at hand: `alarm_rate` counts them. The other
rule of evidence, the paired run without the intervention, is in `experiments.statistics`.

Sources: Perla, Provost & Murray (2011), BMJ Quality & Safety 20 (shift of six or more); Anhøj &
Olesen (2014), PLoS ONE 9:e113825, and Anhøj (2015), PLoS ONE 10:e0121349 (longest run, crossings).
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from simulation.errors import InputError
from simulation.vectors import Floats, vector


@dataclass(frozen=True, slots=True)
class RunChart:
    """What a run chart shows.

    Attributes:
        median: the centre line.
        useful: values that are not on the line.
        longest_run: most useful values in a row on one side.
        longest_run_limit: longest run that chance allows, round(log2 n) + 3.
        crossings: times the series changes sides.
        crossings_limit: fewest crossings that chance allows, the 5 % point of binomial(n - 1, ½).
        shift: a run of at least `shift_length` (six) useful values was seen.
        shift_position: where in the series the first such run is complete; None if there is none.
        anhoej: the longest run is too long or the crossings are too few.
    """

    median: float
    useful: int
    longest_run: int
    longest_run_limit: int
    crossings: int
    crossings_limit: int
    shift: bool
    shift_position: int | None
    anhoej: bool


def run_chart(values: ArrayLike, *, centre: float | None = None, shift_length: int = 6) -> RunChart:
    """Apply the run-chart rules to one series.

    Args:
        values: the series in order of time; missing values are passed over.
        centre: the centre line; the series' own median where it is not given. With the median of a
            stretch before the intervention, pass only the months after it.
        shift_length: useful values in a row that make a shift.

    With no useful value there is no signal. Anhøj's rules are given for ten or more useful
    values; with fewer, `anhoej` is False.

    Raises:
        InputError: the shift length is below two.
    """
    if shift_length < 2:
        raise InputError("a shift needs two or more values", found=shift_length)
    series = vector(values)
    known = series[~np.isnan(series)]
    if centre is None:
        centre = float(np.median(known)) if len(known) else math.nan
    places = np.flatnonzero(~np.isnan(series) & (series != centre))
    above = series[places] > centre
    n = len(places)
    changes = np.flatnonzero(above[1:] != above[:-1]) + 1
    starts = np.concatenate(([0], changes)).astype(np.int64)
    runs = np.diff(np.concatenate((starts, [n]))) if n else np.zeros(0, dtype=np.int64)
    longest = int(runs.max()) if len(runs) else 0
    long_enough = np.flatnonzero(runs >= shift_length)
    complete = int(places[starts[long_enough[0]] + shift_length - 1]) if len(long_enough) else None
    run_limit, crossing_limit = run_limits(n)
    crossings = len(changes)
    return RunChart(
        median=centre,
        useful=n,
        longest_run=longest,
        longest_run_limit=run_limit,
        crossings=crossings,
        crossings_limit=crossing_limit,
        shift=complete is not None,
        shift_position=complete,
        anhoej=n >= 10 and (longest > run_limit or crossings < crossing_limit),
    )


def run_limits(useful: int) -> tuple[int, int]:
    """Return the longest run and the fewest crossings that chance allows among useful values.

    round(log2 n) + 3, and the smallest k with P(binomial(n - 1, ½) ≤ k) ≥ 5 %; (0, 0) for none.
    """
    if useful < 1:
        return 0, 0
    tosses = useful - 1
    reach, below = 2**tosses, 0
    crossings = 0
    for crossings in range(tosses + 1):
        below += math.comb(tosses, crossings)
        if 20 * below >= reach:
            break
    return round(math.log2(useful)) + 3, crossings


def alarm_rate(series: ArrayLike, rule: Callable[[Floats], bool]) -> float:
    """Return the share of series in which a rule gives an alarm.

    On runs without the intervention this is the rule's false-alarm rate, on runs with it the rate
    of detection. No series: nan.

    Args:
        series: one series a row, shape (runs, months).
        rule: takes one series, for instance `lambda s: run_chart(s).shift`.

    Raises:
        InputError: the series do not form a table.
    """
    table = np.asarray(series, dtype=float)
    if table.ndim != 2:
        raise InputError("series must form a table of runs by months", found=table.shape)
    return float(np.mean([rule(row) for row in table])) if len(table) else math.nan
