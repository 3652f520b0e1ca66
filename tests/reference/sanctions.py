"""Promises under inspection and fine."""

from __future__ import annotations

import math
from typing import Any


def sanctioned(p: Any, chance: float) -> float:
    """Return the chance that a promise is kept, from what it would be without sanctions."""
    risk = p.inspection * p.fine
    if p.keeping == "interest":
        gain = p.contribution_return + risk - 1.0
        if p.keeping_temperature == 0.0:
            return float(gain >= -1e-12)
        return logistic(gain / p.keeping_temperature)
    if 0.0 < chance < 1.0 and p.sanction_response * risk > 0.0:
        return logistic(math.log(chance / (1.0 - chance)) + p.sanction_response * risk)
    return chance


def logistic(x: float) -> float:
    if x < -700.0:
        return 0.0
    return 1.0 / (1.0 + math.exp(-x))
