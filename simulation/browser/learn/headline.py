"""Copies numbers of the registered headline experiment, so that stories can tell them.

They stand in `docs/headline/` of the sources, which an installed page does not have. See
`experiments/headline` for how they are made.
"""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

ARMS = ("push_alone", "succession", "succession - push_alone")
COMPARED = {"gain_48": False, "tipped": True, "sustained_48": True, "displaced": True}
"""Outcomes of the core, and whether each is a share."""

FINE = 4
"""Decimals of effects that are all far below a hundredth."""


def copied(folder: Path) -> dict[str, Any]:
    """Return the results of the experiment in the form of a study of `evidence`."""
    numbers = json.loads((folder / "numbers.json").read_text(encoding="utf-8"))
    by_number = {row["number"]: row["values"] for row in numbers["numbers"]}
    with (folder / "results.csv").open(encoding="utf-8", newline="") as file:
        rows = {
            (row["contrast"], row["outcome"]): row
            for row in csv.DictReader(file)
            if row["part"] == "core" and row["draw"] == "all"
        }
    outcomes = {name: _compared(rows, name, share) for name, share in COMPARED.items()}
    for name, at in (("bias", "present_bias"), ("horizon", "horizon")):
        for side in ("push", "communities"):
            outcomes[f"{name}_{side}"] = _effect(by_number[7][side][at])
    counts = {
        "tried": by_number[1]["tried"],
        "draws": by_number[1]["retained"],
        "helps": by_number[2]["helps"],
        "never": by_number[5]["with_50"]["none"],
    }
    return {"size": by_number[3]["pairs"], "outcomes": outcomes, "counts": counts}


def _compared(
    rows: dict[tuple[str, str], dict[str, str]], name: str, share: bool
) -> dict[str, Any]:
    """Return both arms and their difference, over all draws."""
    found: dict[str, Any] = {"share": share}
    for side, contrast in zip(("a", "b", "difference"), ARMS, strict=True):
        row = rows[contrast, name]
        ends = ("low", "high") if side == "difference" else (f"{side}_low", f"{side}_high")
        found |= {side: float(row["value"])}
        found |= {end: float(row[key]) for end, key in zip(ends, ("low", "high"), strict=True)}
    return found


def _effect(row: dict[str, float]) -> dict[str, Any]:
    """Return an effect with its interval, as a difference."""
    kept = {"difference": row["mean"], "low": row["low"], "high": row["high"]}
    return {"share": False, "decimals": FINE, **kept}
