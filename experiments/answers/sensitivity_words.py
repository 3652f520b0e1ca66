"""Words: what a sensitivity analysis found, in sentences anyone can read."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import pandas as pd

from experiments.answers.sensitivity_luck import Luck

MOST = 3
"""How many factors are named one by one."""


class Told(NamedTuple):
    """What there is to tell."""

    kind: str
    label: str
    indices: pd.DataFrame
    floors: pd.DataFrame
    tornado: pd.DataFrame
    luck: Luck | None


def sentences(told: Told) -> tuple[str, ...]:
    """Return the sentences, the main one first."""
    if told.kind == "one_at_a_time":
        said = _bars(told)
    elif told.indices["value"].notna().any():
        said = [*_leaders(told), *_nothing(told)]
    else:
        said = [f"No index of the {told.label} can be told from luck."]
    return (*said, *_luck(told))


def _leaders(told: Told) -> list[str]:
    """Name the factors with the largest index that can be told from none."""
    index = "mu_star" if told.kind == "morris" else ("S1" if told.kind == "table" else "ST")
    rows = told.indices[told.indices["index"] == index]
    rows = rows[~rows["factor"].isin(_none(told, index))].dropna(subset="value")
    rows = rows.sort_values("value", ascending=False, kind="stable").head(MOST)
    if rows.empty:
        return [f"No factor moves the {told.label} more than chance alone would."]
    named = "; ".join(
        f"{row['label']} {row['value']:.3g} ({row['low']:.3g} to {row['high']:.3g})"
        for row in rows.to_dict("records")
    )
    what = {
        "mu_star": "mean size of the change over a factor's whole range",
        "S1": "share of the variance between points that a factor explains alone",
        "ST": "share of the variance between points that a factor has a part in",
    }[index]
    return [f"The {told.label} hangs most on ({what}, 95 % interval): {named}."]


def _nothing(told: Told) -> list[str]:
    """Say which factors cannot be told from none."""
    index = "mu_star" if told.kind == "morris" else ("S1" if told.kind == "table" else "ST")
    none = _none(told, index)
    if not none:
        return []
    labels = told.floors.drop_duplicates("factor").set_index("factor")["label"]
    named = ", ".join(str(labels[name]) for name in none)
    return [f"Indistinguishable from none, given luck and the number of runs: {named}."]


def _none(told: Told, index: str) -> list[str]:
    floors = told.floors[told.floors["index"] == index] if len(told.floors) else told.floors
    return [
        str(name)
        for name, known in zip(floors.get("factor", ()), floors.get("told", ()), strict=True)
        if known is False
    ]


def _bars(told: Told) -> list[str]:
    """Tell the widest bars of a tornado, and which effects include none."""
    named = "; ".join(
        f"{row['label']} from {_value(row['low_value'])} to {_value(row['high_value'])}: "
        f"{_effect(row, 'low')} to {_effect(row, 'high')}"
        for row in told.tornado.head(MOST).to_dict("records")
    )
    said = [
        f"One factor at a time, the {told.label} changes most against the base by (95 % interval "
        f"over pairs): {named}."
    ]
    none = [
        str(row["label"])
        for row in told.tornado.to_dict("records")
        if all(row[f"{end}_low"] <= 0.0 <= row[f"{end}_high"] for end in ("low", "high"))
    ]
    if none:
        said.append(f"Indistinguishable from none: {', '.join(none)}.")
    said.append("What factors do together is not seen by changing one at a time.")
    return said


def _luck(told: Told) -> list[str]:
    luck = told.luck
    if luck is None:
        return []
    if told.kind == "one_at_a_time":
        return [
            f"At one and the same point, runs differ by luck with a standard deviation of "
            f"{luck.within**0.5:.3g}."
        ]
    return [
        f"{100 * luck.share:.0f} % of the whole variance is luck ({100 * luck.low:.0f} to "
        f"{100 * luck.high:.0f} %): runs at one and the same point differ by a standard deviation "
        f"of {luck.within**0.5:.3g}, points by {luck.between**0.5:.3g}."
    ]


def _effect(row: Mapping[Any, Any], end: str) -> str:
    value, low, high = (row[name] for name in (f"effect_{end}", f"{end}_low", f"{end}_high"))
    if value == low == high:
        return "0 (the base)"
    return f"{value:+.3g} ({low:+.3g} to {high:+.3g})"


def _value(value: object) -> str:
    return f"{value:.4g}" if isinstance(value, (int, float)) and not isinstance(
        value, bool
    ) else str(value)  # fmt: skip
