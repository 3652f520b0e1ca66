"""Design: what is uncertain, how far, and a Latin hypercube over all of it.

The table `UNCERTAIN` is the prior: each line an interval (or a list of forms) with its reason. Most
lines are settings of a scenario as they stand. A few become settings in `overrides_of`: ratios, and
what would not be comparable where forms differ.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

import pandas as pd
from scipy.stats import qmc

from simulation.errors import InputError

LOSS_RATIO, JOIN_RATIO = "loss_ratio", "join_ratio"
REINFORCEMENT, THRESHOLD = "activation.reinforcement", "start.threshold"
INPUT, RESPONSE = "activation.input", "activation.response"
GAIN, LEAVE, DEGREE = "trust.gain_kept", "governance.leave_rate", "ties.degree"


@dataclass(frozen=True, slots=True)
class Uncertain:
    """One thing that is not known.

    Attributes:
        name: the setting, or a name that `overrides_of` knows.
        reason: why this range.
        low, high: ends of an interval, included.
        scale: how values spread over it: evenly, or evenly in the logarithm.
        choices: the forms or numbers there are, equally likely, in place of an interval.
    """

    name: str
    reason: str
    low: float = math.nan
    high: float = math.nan
    scale: Literal["even", "log"] = "even"
    choices: tuple[Any, ...] = ()

    def at(self, unit: float) -> Any:
        """Return the value at a place from 0 to 1 in the range."""
        if self.choices:
            return self.choices[min(int(unit * len(self.choices)), len(self.choices) - 1)]
        if self.scale == "log":
            value = self.low * (self.high / self.low) ** unit
        else:
            value = self.low + (self.high - self.low) * unit
        return min(max(value, self.low), self.high)

    def holds(self, value: Any) -> bool:
        """Tell whether a value lies in the range."""
        return value in self.choices if self.choices else self.low <= float(value) <= self.high


FACTOR_2 = "no measurement: a factor of 2 either way of the default"

UNCERTAIN: tuple[Uncertain, ...] = (
    Uncertain(REINFORCEMENT, "a factor of 1.5 either way: beyond it all or nobody act", 2.0, 4.5),
    Uncertain("activation.temperature", FACTOR_2, 0.175, 0.7, "log"),
    Uncertain(THRESHOLD, "a third either way of the default", 0.8, 1.6),
    Uncertain("start.threshold_spread", FACTOR_2, 0.175, 0.7, "log"),
    Uncertain("activation.grievance_mobilises", "from no effect to twice the default", 0.0, 0.6),
    Uncertain("activation.grievance_silences", "from no effect to twice the default", 0.0, 1.2),
    Uncertain(GAIN, FACTOR_2, 0.025, 0.1, "log"),
    Uncertain(
        LOSS_RATIO, "loss over gain of trust; contested (Poortinga & Pidgeon 2004)", 1.0, 3.0
    ),
    Uncertain("living.persistence", "half-lives of conditions from 2 to 8 years", 0.9715, 0.9928),
    Uncertain(
        "ties.kind",
        "no network is known",
        choices=("small_world", "random", "scale_free", "blocks"),
    ),
    Uncertain(DEGREE, "from few close friends to a wide circle", choices=(4, 6, 8, 10, 12)),
    Uncertain(
        "ties.rewiring", "the window of small worlds (Watts & Strogatz 1998)", 0.01, 0.3, "log"
    ),
    Uncertain(RESPONSE, "all forms of the response", choices=("logistic", "linear", "step")),
    Uncertain(INPUT, "share or number of friends who act", choices=("share", "count")),
    Uncertain("production.complementarity", "from additive to nearly the weakest link", -4.0, 1.0),
    Uncertain(LEAVE, "meant to be set by P1: from 1 to 20 % a month", 0.01, 0.2, "log"),
    Uncertain(
        JOIN_RATIO,
        "join over leave, meant to be set by P1; where half holds, 50 to 83 % are at the table",
        1.0,
        5.0,
        "log",
    ),
    Uncertain(
        "governance.convening_scale", "meant to be set by P1: a tenth to 3 grants", 0.1, 3.0, "log"
    ),
    Uncertain(
        "trust.sanction_response", "meant to be set by P5: odds of keeping times 7 to 400", 2.0, 6.0
    ),
)
"""The prior. Everything else stays at its default."""


def design(draws: int, seed: int) -> pd.DataFrame:
    """Return a Latin hypercube over `UNCERTAIN`: a row a draw, a column an entry.

    Args:
        draws: how many, 1 or more.
        seed: seed of the hypercube; the same seed, the same design.

    Raises:
        InputError: a number is out of range.
    """
    for name, value, least in (("draws", draws, 1), ("seed", seed, 0)):
        if value < least:
            raise InputError("out of range", key=name, found=value, allowed=f">= {least}")
    places = qmc.LatinHypercube(len(UNCERTAIN), rng=seed).random(draws)
    columns = {
        item.name: [item.at(float(place)) for place in places[:, n]]
        for n, item in enumerate(UNCERTAIN)
    }
    return pd.DataFrame(columns)


def overrides_of(draw: Mapping[str, Any]) -> dict[str, Any]:
    """Return a draw as settings of a scenario, ready for `scenarios.with_settings`.

    The loss of trust is the ratio times the gain, the rate of joining the ratio times that of
    leaving. Where friends who act are counted, the pull is
    divided by the mean number of friends, so that a full circle pulls alike. The linear response
    begins where the logistic one is at its middle: its threshold lies 1/2 lower.

    Args:
        draw: values by the names of `UNCERTAIN`; further entries are left out.

    Raises:
        InputError: the draw lacks a value.
    """
    lacking = [item.name for item in UNCERTAIN if item.name not in draw]
    if lacking:
        raise InputError("a draw lacks a value", key=lacking[0])
    found = {item.name: draw[item.name] for item in UNCERTAIN}
    found["trust.loss_broken"] = found.pop(LOSS_RATIO) * found[GAIN]
    found["governance.join_rate"] = found.pop(JOIN_RATIO) * found[LEAVE]
    if found[INPUT] == "count":
        found[REINFORCEMENT] /= found[DEGREE]
    if found[RESPONSE] == "linear":
        found[THRESHOLD] -= 0.5
    return found
