"""Tables for people: rows of text and plain sentences from the tables of a study.

Everything here takes the frames that `storing.read_tables` gives back (or a study's own), so that
pages can be made from stored results without running anything.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from textwrap import fill
from typing import Any, NamedTuple

import pandas as pd

from experiments.robustness import ablation, audit
from experiments.robustness.pairs import OUTCOMES, OWN, PRIMARY
from experiments.summary import number, percent

NOTHING = "—"


class Cells(NamedTuple):
    """A table as text: its heads, its rows, and which columns hold numbers."""

    heads: tuple[str, ...]
    rows: list[tuple[str, ...]]
    right: tuple[int, ...]


def narrow(cells: Cells, columns: Sequence[int]) -> Cells:
    """Return some columns of a table, the heads of numbers broken into lines, for a terminal."""
    right = tuple(n for n, column in enumerate(columns) if column in cells.right)
    heads = [cells.heads[column] for column in columns]
    heads = [fill(h, len("95 % interval")) if n in right else h for n, h in enumerate(heads)]
    rows = [tuple(row[column] for column in columns) for row in cells.rows]
    return Cells(tuple(heads), rows, right)


def markdown(cells: Cells) -> str:
    """Return a table as Markdown."""
    rule = ["---:" if n in cells.right else "---" for n in range(len(cells.heads))]
    lines = [cells.heads, tuple(rule), *cells.rows]
    return "\n".join(f"| {' | '.join(_escaped(c) for c in line)} |" for line in lines) + "\n"


def findings_cells(findings: pd.DataFrame) -> Cells:
    """Return the findings at the defaults: every outcome with its interval, and the verdict."""
    heads = (
        "finding", "outcome", "with", "without", "difference", "95 % interval", "pairs", "verdict",
    )  # fmt: skip
    rows: list[tuple[str, ...]] = []
    for row in _records(findings):
        own = row["outcome"] == PRIMARY
        rows.append(
            (
                f"{row['finding']} {row['name']}" if own else "",
                str(row["label"]),
                _amount(row["with"], row["unit"]),
                _amount(row["without"], row["unit"]),
                _difference(row["effect"], row),
                _interval(row["low"], row["high"], row),
                _whole(row["pairs"]),
                _verdict(row),
            )
        )
    return Cells(heads, rows, (2, 3, 4, 5, 6))


def ablation_cells(table: pd.DataFrame, finding: str, outcome: str = PRIMARY) -> Cells:
    """Return what becomes of one finding without each mechanism.

    Args:
        table: the table of ablations.
        finding: id of the finding.
        outcome: name of an outcome that is an amount.
    """
    heads = (
        "switched off", "setting", "effect without it", "95 % interval", "change",
        "95 % interval of the change", "tipped, with / without", "part",
    )  # fmt: skip
    rows: list[tuple[str, ...]] = []
    for row in _records(_of(table, finding)):
        if row["part"] == ablation.CANNOT:
            rows.append(_not_run(row, "mechanism", row["setting_off"], len(heads)))
        elif row["outcome"] == outcome:
            tipped = (row["tipped_with_off"], row["tipped_without_off"])
            rows.append(
                (
                    row["label"],
                    _text(row["setting_off"]),
                    number(row["effect_off"], True, 3),
                    _between(row["effect_off_low"], row["effect_off_high"]),
                    number(row["change"], True, 3),
                    _between(row["change_low"], row["change_high"]),
                    _both(*tipped),
                    _text(row["part"]),
                )
            )
    return Cells(heads, rows, (2, 3, 4, 5, 6))


def audit_cells(table: pd.DataFrame, finding: str, outcome: str = PRIMARY) -> Cells:
    """Return one finding under every perturbation, the defaults first.

    Args:
        table: the table of the audit.
        finding: id of the finding.
        outcome: name of an outcome.
    """
    heads = (
        "family", "perturbation", "effect", "95 % interval", "÷ default", "pairs at .03 or more",
        "tipped, with / without", "holds the claim",
    )  # fmt: skip
    own = _of(table, finding)
    tipped = {
        row["perturbation"]: (row["with"], row["without"])
        for row in _records(own)
        if row["outcome"] == "tipped"
    }
    rows: list[tuple[str, ...]] = []
    for row in _records(own):
        if row["state"] == audit.CANNOT:
            rows.append(_not_run(row, "family", row["label"], len(heads)))
        elif row["outcome"] == outcome:
            above = _whole(row["pairs_above_threshold"])
            rows.append(
                (
                    row["family"],
                    row["label"],
                    _difference(row["effect"], row, 3),
                    _interval(row["low"], row["high"], row, 3),
                    NOTHING if _missing(row["ratio"]) else number(row["ratio"], False, 2),
                    f"{above} of {_whole(row['pairs'])}" if above != NOTHING else NOTHING,
                    _both(*tipped.get(row["perturbation"], (math.nan, math.nan))),
                    _told(row),
                )
            )
    return Cells(heads, rows, (2, 3, 4, 5, 6))


# ------------------------------------------------------------------------------------- sentences


def verdict_sentences(findings: pd.DataFrame, outcome: str = PRIMARY) -> list[str]:
    """Return for every finding what was found, how sure it is, and whether it stands."""
    rows = _records(findings)
    return [
        _sentence(row, [r for r in rows if r["finding"] == row["finding"]])
        for row in rows
        if row["outcome"] == outcome
    ]


def _sentence(row: dict[str, Any], all_rows: Sequence[dict[str, Any]]) -> str:
    tipped = next(r for r in all_rows if r["outcome"] == "tipped")
    text = f"{row['finding']}, {row['name']}"
    text += f": {_verdict(row)}. " if _text(row["verdict"]) else ". "
    text += f"Claimed: {row['claim']}. " if row["outcome"] == PRIMARY else ""
    text += f"In this model, {_found(row)} over {_whole(row['pairs'])} pairs"
    if not _missing(row["pairs_above_threshold"]):
        text += f", {_whole(row['pairs_above_threshold'])} of them at .03 or more"
    text += "; stewardship tips in "
    text += f"{_amount(tipped['with'], 'share')} of the runs with it"
    text += f"{_range(tipped, 'with')} and {_amount(tipped['without'], 'share')} of those without"
    text += f"{_range(tipped, 'without')}."
    text += _stands(row)
    return text + _own_time(all_rows) if row["outcome"] == PRIMARY else text


def _found(row: dict[str, Any]) -> str:
    """Say how large an effect is, with its interval."""
    text = f"the {row['label']} is {_difference(row['effect'], row)}"
    if row["kind"] == "share":
        text = (
            f"the difference in runs in which {row['label']} is {_difference(row['effect'], row)}"
        )
    between = _interval(row["low"], row["high"], row)
    return f"{text} (95 % interval {between})" if between else text


def _range(row: dict[str, Any], which: str) -> str:
    """Return the interval of an arm's share in brackets."""
    low, high = row[f"{which}_low"], row[f"{which}_high"]
    return "" if _missing(low) else f" ({percent(low)} to {percent(high)})"


def _stands(row: dict[str, Any]) -> str:
    if not _text(row["verdict"]):
        return ""
    text = (
        f" Of {_whole(row['counted'])} perturbations {_whole(row['held'])} hold it, "
        f"{_whole(row['reversed'])} reverse it and {_whole(row['undecided'])} leave it undecided"
    )
    if _text(row["families"]):
        text += f" (holds/reverses/undecided: {row['families']})"
    if _text(row["reverses_with"]):
        text += f"; it is reversed with {_by_family(row['reverses_with'])}"
    if _text(row["falls_with"]):
        text += f"; it holds but falls wholly below .03 with {_by_family(row['falls_with'])}"
    text += "."
    if not _missing(row["ratio_median"]):
        least, median, most = (
            number(row[f"ratio_{name}"], False, 2) for name in ("least", "median", "most")
        )
        text += f" Effects are {least} to {most} times that at the defaults (median {median})."
    if row["replications"]:
        text += (
            f" Other random numbers, not counted: {_whole(row['replications_held'])} of "
            f"{_whole(row['replications'])} hold it."
        )
    if row["unchanged"]:
        text += f" {_whole(row['unchanged'])} change nothing and are not counted."
    if row["not_run"]:
        text += f" {_whole(row['not_run'])} cannot be run."
    return text


def _own_time(rows: Sequence[dict[str, Any]]) -> str:
    """Say what comes out where each arm is read after its own push."""
    for row in rows:
        if row["outcome"] == OWN:
            text = (
                f" Each arm at its own time and against its own run without the push: {_found(row)}"
            )
            return text + (f": {_verdict(row)}." if _text(row["verdict"]) else ".")
    return ""


def _verdict(row: dict[str, Any]) -> str:
    """Return the verdict, with its remark in brackets."""
    remark = _text(row["remark"])
    return f"{row['verdict']} ({remark})" if remark else _text(row["verdict"])


def _by_family(text: str) -> str:
    """Return a list of perturbations family by family."""
    families: dict[str, list[str]] = {}
    for entry in text.split("; "):
        family, _, name = entry.partition(": ")
        families.setdefault(family, []).append(name)
    return "; ".join(f"{family} ({', '.join(names)})" for family, names in families.items())


def ablation_sentences(table: pd.DataFrame, findings: pd.DataFrame) -> list[str]:
    """Return for every finding which mechanisms carry it and which work against it."""
    return [
        _carried(row, _of(table, row["finding"]))
        for row in _records(findings)
        if row["outcome"] == PRIMARY
    ]


def _carried(row: dict[str, Any], table: pd.DataFrame) -> str:
    own = [r for r in _records(table) if r["outcome"] == PRIMARY]
    text = f"{row['finding']}, {row['name']}: "
    found = row["low"] > 0 or row["high"] < 0
    if not found:
        text += "there is no effect to carry with everything on (its interval holds 0)"
    else:
        text += "; ".join(_listed(own, (ablation.CARRIES, ablation.PART))) or (
            "no mechanism carries it alone"
        )
    against = list(_listed(own, (ablation.AGAINST,)))
    if against:
        text += "; " + "; ".join(against)
    none = sum(r["part"] in (ablation.NONE, ablation.NOTHING) for r in own)
    text += f"; {none} of {len(own)} show no part"
    tested = sum(str(r["tested"]) == "True" for r in own)
    text += f"; {tested} tested, adjusted together (Benjamini and Hochberg, 5 %)"
    failed = sum(r["part"] == ablation.CANNOT for r in own)
    return text + (f"; {failed} cannot be run." if failed else ".")


def _listed(rows: Sequence[dict[str, Any]], parts: Sequence[str]) -> Iterator[str]:
    """Yield, for each part, the mechanisms that have it, with the interval of the change."""
    for part in parts:
        names = [
            f"{r['label']} ({number(r['change'], True, 3)}, "
            f"{_between(r['change_low'], r['change_high'])})"
            for r in rows
            if r["part"] == part
        ]
        if names:
            yield f"{part}: {', '.join(names)}"


# ----------------------------------------------------------------------------------------- cells


def _of(table: pd.DataFrame, finding: str) -> pd.DataFrame:
    return table[table["finding"] == finding]


def _records(table: pd.DataFrame) -> list[dict[str, Any]]:
    return [{str(k): v for k, v in row.items()} for row in table.to_dict(orient="records")]


def _not_run(row: dict[str, Any], first: str, second: str, width: int) -> tuple[str, ...]:
    cells = [row["label"] if first == "mechanism" else row[first], second]
    return (*cells, *[NOTHING] * (width - 3), f"cannot be run: {row['reason']}")


def _told(row: dict[str, Any]) -> str:
    """Say what a perturbation does to the claim, and to its size."""
    if _text(row["state"]) == audit.UNCHANGED:
        return audit.UNCHANGED
    words = [_text(row["told"]), _text(row["size"])]
    if _text(row["state"]) == audit.REPLICATED:
        words.append("not counted")
    return ", ".join(word for word in words if word)


def _missing(value: Any) -> bool:
    return value is None or bool(pd.isna(value))


def _text(value: Any) -> str:
    return "" if _missing(value) else str(value)


def _whole(value: Any) -> str:
    return NOTHING if _missing(value) else str(int(value))


def _amount(value: Any, unit: str) -> str:
    if _missing(value):
        return NOTHING
    return percent(value) if unit.startswith("share") else number(value)


def _points(row: dict[str, Any]) -> bool:
    """Tell whether a difference is one of shares, shown in percentage points."""
    return OUTCOMES[row["outcome"]].unit.startswith("share")


def _difference(value: Any, row: dict[str, Any], digits: int = 3) -> str:
    if _missing(value):
        return NOTHING
    if row["kind"] == "pairs":
        return percent(value)
    return f"{number(100 * value, True, 1)} pt" if _points(row) else number(value, True, digits)


def _interval(low: Any, high: Any, row: dict[str, Any], digits: int = 3) -> str:
    if _missing(low) or _missing(high):
        return ""
    return f"{_difference(low, row, digits)} to {_difference(high, row, digits)}"


def _between(low: Any, high: Any) -> str:
    if _missing(low) or _missing(high):
        return ""
    return f"{number(low, True, 3)} to {number(high, True, 3)}"


def _both(one: Any, other: Any) -> str:
    """Return two shares, the unit said once."""
    first, second = _amount(one, "share"), _amount(other, "share")
    return f"{first.removesuffix(' %') if second.endswith(' %') else first} / {second}"


def _escaped(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")
