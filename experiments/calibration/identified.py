"""What a calibration found: how many draws passed, and what they tell of each uncertain thing."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from experiments.calibration.design import UNCERTAIN, Uncertain
from experiments.calibration.patterns import STAGES
from experiments.calibration.search import Calibration
from experiments.statistics import wilson
from experiments.store.answer import Answer
from experiments.summary import percent
from experiments.validation.report.identification import FEW, distance

RESAMPLES = 300
ONLY = (
    "Only the patterns P1 (how long coalitions last) and P5 (what sanctions do) are used; all "
    "others are held out, to be checked against."
)


def stages_table(found: Calibration) -> pd.DataFrame:
    """Return a row a stage: pattern, replicates, last, tried, passed, share, low, high."""
    rows = []
    for stage, tried, passed in zip(STAGES, found.tried, found.tried[1:], strict=False):
        share = wilson(passed, tried)
        rows.append((*stage, tried, passed, share.share, share.low, share.high))
    heads = ["pattern", "replicates", "last", "tried", "passed", "share", "low", "high"]
    return pd.DataFrame(rows, columns=heads)


def identified(retained: pd.DataFrame, seed: int = 1) -> pd.DataFrame:
    """Return how far the retained draws of each uncertain thing lie from its prior.

    The distance is Kolmogorov and Smirnov's for intervals and the total variation for lists of
    forms. Its 95 % interval is by resampling the retained draws, less the shift that resampling
    itself makes. `chance` is what 95 % of as many draws from the prior stay below.

    Returns:
        Columns parameter, reason, kept, distance, low, high, chance, identified.

    Source: regional sensitivity analysis: Hornberger and Spear (1981), Journal of Environmental
    Management 12.
    """
    random = np.random.default_rng(seed)
    rows = []
    for item in UNCERTAIN:
        values = retained[item.name].tolist() if len(retained) else []
        found = distance(item, values)
        low = high = float("nan")
        if len(values) > 1:
            picks = random.integers(len(values), size=(RESAMPLES, len(values)))
            drawn = np.array([_plain_distance(item, [values[n] for n in p]) for p in picks])
            shift = float(drawn.mean()) - found.found
            ends = np.percentile(drawn, (2.5, 97.5)) - shift
            low, high = (float(end) for end in np.clip(ends, 0.0, 1.0))
        rows.append(
            (item.name, item.reason, len(values), found.found, low, high, found.chance,
             bool(found.identified))
        )  # fmt: skip
    heads = ["parameter", "reason", "kept", "distance", "low", "high", "chance", "identified"]
    return pd.DataFrame(rows, columns=heads)


def calibration_answer(found: Calibration, command: Sequence[str] = ()) -> Answer:
    """Return what a calibration found as a store keeps it.

    Args:
        found: the calibration.
        command: the words of the command line that repeat it.
    """
    stages, narrowed = stages_table(found), identified(found.retained)
    kept = wilson(found.tried[-1], found.draws)
    named = ", ".join(narrowed.loc[narrowed["identified"], "parameter"]) or "none"
    sentences = [
        f"{found.tried[-1]} of {found.draws} draws reproduce P1 and P5: {percent(kept.share)} "
        f"({percent(kept.low)} to {percent(kept.high)}).",
        f"Narrowed, beyond what as many draws from the prior would show by chance in 95 % of "
        f"cases: {named}. Of everything else the calibration says nothing.",
    ]
    notes = [ONLY, f"Of {len(narrowed)} tests of narrowing, one in twenty stands out by chance."]
    if found.tried[-1] < FEW:
        notes.append(
            f"Retained draws: {found.tried[-1]}. With so few, what is narrowed a little cannot be "
            "seen."
        )
    return Answer(
        "calibration", f"seed {found.seed}, {found.draws} draws",
        "Which draws of what is uncertain reproduce P1 and P5, and what do they tell?",
        tuple(sentences), tuple(notes),
        {"stages": stages, "identified": narrowed, "retained": found.retained},
        {"draws": found.draws, "seed": found.seed, "retained": found.tried[-1]}, tuple(command),
    )  # fmt: skip


def _plain_distance(item: Uncertain, values: list[object]) -> float:
    """Return the distance of some draws to the prior, without its chance level."""
    n = len(values)
    if item.choices:
        shares = np.array([values.count(choice) for choice in item.choices]) / n
        return float(np.abs(shares - 1.0 / len(item.choices)).sum() / 2.0)
    kept = np.asarray(values, dtype=np.float64)
    if item.scale == "log":
        places = np.log(kept / item.low) / np.log(item.high / item.low)
    else:
        places = (kept - item.low) / (item.high - item.low)
    ordered = np.sort(np.clip(places, 0.0, 1.0))
    above = np.arange(1, n + 1) / n - ordered
    return float(max(above.max(), (ordered - np.arange(n) / n).max()))
