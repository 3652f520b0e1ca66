"""Effects: every contrast of the headline experiment, read off the table of outcomes.

Each function takes the tables of outcomes by part and returns frames (see `contrasts`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

import numpy as np
import pandas as pd

from experiments.headline.cells import SUCCESSION
from experiments.headline.contrasts import COLUMNS, difference, frame, lines
from experiments.headline.registered import REGISTERED
from experiments.judge import OUTCOMES

Tables = Mapping[str, pd.DataFrame]
"""The table of outcomes of each part that was run, by its name."""

ALONE = "push_alone"
BESIDE = ("sustained_48", "tipped", "power_swapped", "worst_off_worse", "displaced")
"""Outcomes of the core that are reported beside the primary one."""


class Effect(NamedTuple):
    """One contrast and its values; of shares also the frames of yes and no behind it."""

    part: str
    contrast: str
    outcome: str
    values: pd.DataFrame
    arms: tuple[pd.DataFrame, ...] = ()


def of_arm(tables: Tables, arm: str, outcome: str | None = None) -> pd.DataFrame:
    """Return an outcome of one arm of the core; default: the primary one."""
    core = tables.get("core")
    if core is None:
        return pd.DataFrame()
    return frame(core, outcome or REGISTERED.primary, arm=arm)


def between(tables: Tables, one: str, other: str, outcome: str | None = None) -> pd.DataFrame:
    """Return what one arm of the core has more than another, pair by pair."""
    return difference(of_arm(tables, one, outcome), of_arm(tables, other, outcome))


def main_effect(tables: Tables) -> pd.DataFrame:
    """Return the effect of succession: E of the push with it, minus E of the push alone."""
    return between(tables, SUCCESSION, ALONE)


def equal_knowledge(tables: Tables) -> pd.DataFrame:
    """Return what succession adds where knowledge and vacancy are equal in both arms.

    The mean of two contrasts: ties, origin and trust added where vacancy and knowledge are both as
    before, and added where both are improved.
    """
    before = between(tables, "ties_origin_trust", "mentoring_only")
    after = between(tables, SUCCESSION, "vacancy_knowledge")
    return pd.DataFrame() if before.empty or after.empty else (before + after) / 2.0


def switch_effect(tables: Tables, *names: str) -> pd.DataFrame:
    """Return the main effect of a switch, or of several the interaction, in the half fraction.

    The mean of E where the product of the switches' signs is +, minus the mean where it is -.
    """
    table = tables.get("switches")
    if table is None:
        return pd.DataFrame()
    sign = np.prod([2 * table[name].to_numpy() - 1 for name in names], axis=0)
    signed = table.assign(sign=sign)
    return difference(
        frame(signed, REGISTERED.primary, sign=1), frame(signed, REGISTERED.primary, sign=-1)
    )


def sustained(tables: Tables, months: int, succession: bool, share: float = 1.0) -> pd.DataFrame:
    """Return in which pairs the gain of a push is sustained at 48 months."""
    table = tables.get("lengths")
    if table is None:
        return pd.DataFrame()
    return frame(table, "sustained_48", months=months, intensity=share, succession=int(succession))


def gain(tables: Tables, months: int, succession: bool, share: float) -> pd.DataFrame:
    """Return the primary outcome of a push of some length and strength."""
    table = tables.get("lengths")
    if table is None:
        return pd.DataFrame()
    return frame(
        table, REGISTERED.primary, months=months, intensity=share, succession=int(succession)
    )


def short_sight(
    tables: Tables, factor: str, levels: tuple[float, float], present: int | None = None,
    *, communities: bool = False,
) -> pd.DataFrame:  # fmt: skip
    """Return the effect of one factor of short-termism, over all levels of the others.

    Args:
        tables: the tables of outcomes by part.
        factor: its column.
        levels: from which level to which.
        present: only at this length of the present.
        communities: compare the communities themselves, and not what the push adds to each: the
            smaller of how much smaller the gap is and how much better off the worst off are, both
            in the last 12 months. What far-sighted institutions do without any push counts here.
    """
    table = tables.get("shortsight")
    if table is None:
        return pd.DataFrame()
    where = {} if present is None else {"present_length": present}
    first, second = levels

    def moved(outcome: str) -> pd.DataFrame:
        return difference(
            frame(table, outcome, **{factor: second}, **where),
            frame(table, outcome, **{factor: first}, **where),
        )

    if not communities:
        return moved(REGISTERED.primary)
    fall, rise = -moved("gap_people"), moved("worst_off")
    return pd.DataFrame() if fall.empty or rise.empty else fall.where(fall < rise, rise)


def all_effects(tables: Tables) -> Iterator[Effect]:
    """Yield every contrast that is reported."""
    if "core" in tables:
        yield from _core(tables)
    primary, names = REGISTERED.primary, [switch.name for switch in REGISTERED.switches]
    for n, one in enumerate(names if "switches" in tables else []):
        yield Effect("switches", one, primary, switch_effect(tables, one))
        for other in names[n + 1 :]:
            interaction = switch_effect(tables, one, other)
            yield Effect("switches", f"{one} x {other}", primary, interaction)
    yield from _lengths(tables)
    yield from _short_sights(tables)


def _core(tables: Tables) -> Iterator[Effect]:
    primary = REGISTERED.primary
    for arm in REGISTERED.arms:
        for outcome in (primary, *BESIDE):
            own = of_arm(tables, arm.name, outcome)
            shares = (own,) if OUTCOMES[outcome].kind == "share" else ()
            yield Effect("core", arm.name, outcome, own, shares)
    for arm in REGISTERED.arms:
        if arm.name not in (ALONE, SUCCESSION):
            lead = between(tables, SUCCESSION, arm.name)
            yield Effect("core", f"{SUCCESSION} - {arm.name}", primary, lead)
    for outcome in (primary, *BESIDE):
        one, other = (of_arm(tables, arm, outcome) for arm in (SUCCESSION, ALONE))
        both = (one, other) if OUTCOMES[outcome].kind == "share" else ()
        apart = difference(one, other)
        yield Effect("core", f"{SUCCESSION} - {ALONE}", outcome, apart, both)
    name = "succession at equal knowledge and vacancy"
    yield Effect("core", name, primary, equal_knowledge(tables))


def push_name(months: int, share: float, succession: bool) -> str:
    """Return the name of the contrast of a push of some length and strength."""
    return f"{months} months x {share:g} {'with' if succession else 'without'} succession"


def _lengths(tables: Tables) -> Iterator[Effect]:
    if "lengths" not in tables:
        return
    levels = REGISTERED.lengths
    for months in levels["months"]:
        for share in levels["intensity"]:
            for on in levels["succession"]:
                name = push_name(months, share, on)
                own = sustained(tables, months, on, share)
                yield Effect("lengths", name, REGISTERED.primary, gain(tables, months, on, share))
                yield Effect("lengths", name, "sustained_48", own, (own,))


def _short_sights(tables: Tables) -> Iterator[Effect]:
    if "shortsight" not in tables:
        return
    levels = REGISTERED.shortsight
    for factor, (first, second), label in (
        ("present_bias", levels["bias_contrast"], "present bias"),
        ("horizon", levels["horizon_contrast"], "horizon"),
    ):
        for present in (None, *levels["present_length"]):
            for communities in (False, True):
                name = f"{label} {first:g} to {second:g}"
                name += "" if present is None else f", present of {present} months"
                outcome = "equity between communities" if communities else REGISTERED.primary
                yield Effect(
                    "shortsight", name, outcome,
                    short_sight(tables, factor, (first, second), present, communities=communities),
                )  # fmt: skip


def contrast_table(tables: Tables) -> pd.DataFrame:
    """Return every contrast, over all draws and in each of them: columns `contrasts.COLUMNS`."""
    found = [line for effect in all_effects(tables) for line in lines(*effect)]
    return pd.DataFrame(found, columns=list(COLUMNS))


ARM_COLUMNS = (
    "arm", "label", "pairs", "q05", "q25", "q50", "q75", "q95", "tipped", "sustained_48",
)  # fmt: skip
"""Columns of the table of arms."""


def arm_table(tables: Tables) -> pd.DataFrame:
    """Return how the primary outcome is distributed over all pairs of each arm, and what tips.

    Columns: arm, label, pairs; q05, q25, q50, q75, q95 of the equity gain; the share of runs in
    which stewardship tipped and in which the gain was sustained.
    """
    rows = []
    for arm in REGISTERED.arms if "core" in tables else ():
        values = of_arm(tables, arm.name).to_numpy().ravel()
        known = values[~np.isnan(values)] if len(values) else values
        if not len(known):
            continue
        quantiles = np.quantile(known, (0.05, 0.25, 0.5, 0.75, 0.95))
        rows.append(
            {
                "arm": arm.name, "label": arm.label, "pairs": len(known),
                **dict(zip(("q05", "q25", "q50", "q75", "q95"), quantiles, strict=True)),
                **{k: float(np.nanmean(of_arm(tables, arm.name, k))) for k in
                   ("tipped", "sustained_48")},
            }
        )  # fmt: skip
    return pd.DataFrame(rows, columns=list(ARM_COLUMNS))
