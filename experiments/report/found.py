"""Found: the figures and tables of one study's findings."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from experiments.figures import arms as arm_figures
from experiments.figures.heat_map import heat_map
from experiments.figures.over_time import fan_chart, survival_curves
from experiments.figures.sensitivity import tornado
from experiments.judge import Outcome
from experiments.report import findings
from experiments.report.blocks import Block, FigureBlock, TableBlock, anchor
from experiments.report.material import MOST_RUNS, Study
from experiments.report.words import is_share, told, two_kinds, verdict

MEASURES = {
    "wellbeing": "well-being (people of the start)",
    "gap": "gap between groups (people of the start)",
}
LEAST_RUNS = 5
"""Fewer runs of an arm are told in words; bands around them would promise too much."""

CHARTS = 9
"""Small charts in one figure."""

MOST_HEAT_MAPS = 4


def finding_blocks(study: Study, number: int) -> Iterator[Block]:
    """Yield the figures and tables of a study, from its arms to its factors and its months."""
    if study.primary is None:
        return
    asked = [o for o in (study.primary, study.yes) if o is not None]
    yield _arms(study, number)
    if len(study.arms) > 1:
        yield from _differences(study, number, asked)
    yield from _distributions(study, number)
    for outcome in asked:
        yield from _levels(study, number, outcome)
    yield from _effects(study, number, study.primary)
    yield from _heat_maps(study, number, study.yes or study.primary)
    yield from _survival(study, number)
    yield from _fan(study, number)


def _name(number: int, *parts: str) -> str:
    return anchor("study", number, *parts)


def _arms(study: Study, number: int) -> TableBlock:
    data = findings.by_arm(study)
    rows = []
    for outcome in study.outcomes.values():
        own = data[data["outcome"] == outcome.name].to_dict("records")
        if all(pd.isna(row["value"]) for row in own):
            continue
        runs = sorted({int(row["runs"]) for row in own})
        count = str(runs[0]) if len(runs) == 1 else f"{runs[0]} to {runs[-1]}"
        unit = "share of runs" if outcome.kind == "share" else outcome.unit
        cells = [told(row) for row in own]
        if outcome.name == "stewards":
            kinds = [two_kinds(study.done[study.done["arm"] == arm]) for arm in study.arms]
            cells = [kind or cell for kind, cell in zip(kinds, cells, strict=True)]
        rows.append((outcome.label, *cells, unit, count))
    heads = ("outcome", *(arm or "value" for arm in study.arms), "unit", "runs")
    caption = "Every outcome, by arm" if len(study.arms) > 1 else "Every outcome"
    return TableBlock(
        _name(number, "arms-outcomes"), caption, heads, tuple(rows), data,
        f"findings.by_arm(studies[{number}])",
        note="In brackets: 95 % interval. Outcomes that no run can tell are left out. Where some "
        "runs tipped and others did not, stewards are told as the medians of both kinds.",
    )  # fmt: skip


def _differences(study: Study, number: int, asked: list[Outcome]) -> Iterator[Block]:
    data = findings.differences(study)
    expression = f"findings.differences(studies[{number}])"
    for outcome in asked:
        own = data[(data["outcome"] == outcome.name) & data["value"].notna()]
        if own.empty:
            continue
        shown = own.assign(label=own["arm"] + " − " + own["base"])
        yield FigureBlock(
            _name(number, "differences", outcome.name),
            f"Arms against “{study.arms[0]}”: {outcome.label}",
            arm_figures.forest(
                shown, what=outcome.label, unit=outcome.unit,
                share=is_share(outcome.kind, outcome.unit),
            ),
            own, f"{expression}.query(\"outcome == '{outcome.name}' and value == value\")",
        )  # fmt: skip
    rows = [
        (row["label"], row["arm"], told(row, change=True), verdict(row), str(int(row["pairs"])))
        for row in data.dropna(subset="value").to_dict("records")
    ]
    yield TableBlock(
        _name(number, "differences"), f"Paired differences from “{study.arms[0]}”",
        ("outcome", "arm", "difference (95 % interval)", "so", "pairs"), tuple(rows), data,
        expression, note="Shares differ in percentage points.", folded=True,
    )  # fmt: skip


def _distributions(study: Study, number: int) -> Iterator[FigureBlock]:
    """Yield every run's main outcome, and the stewards, which fall into two kinds."""
    assert study.primary is not None
    asked: list[tuple[Outcome, tuple[float, str] | None, bool]] = [(study.primary, None, False)]
    shares = {cell.limits.tipping_share for cell in study.cells}
    if "stewards" in study.outcomes and study.primary.name != "stewards":
        mark = (shares.pop(), "at or above the tipping share") if len(shares) == 1 else None
        asked.append((study.outcomes["stewards"], mark, True))
    for outcome, mark, unit in asked:
        data = study.done[["arm", "point", "replicate", outcome.name]]
        shown = data.rename(columns={outcome.name: "value"})
        if shown["value"].notna().sum() < LEAST_RUNS or outcome.kind == "share":
            continue
        yield FigureBlock(
            _name(number, "distribution", outcome.name), f"Every run: {outcome.label}",
            arm_figures.distribution(
                shown, what=_with_unit(outcome), mark=mark, unit_range=unit,
            ),
            data,
            f"studies[{number}].done[['arm', 'point', 'replicate', '{outcome.name}']]",
        )  # fmt: skip


def _levels(study: Study, number: int, outcome: Outcome) -> Iterator[FigureBlock]:
    """Yield an outcome by factor: small charts, one a factor, with a line an arm."""
    data = findings.by_level(study, outcome)
    shown = data.dropna(subset="value").rename(columns={"level": "x", "runs": "pairs"})
    many = shown.groupby("label")["x"].transform("nunique") > 1
    labels = list(dict.fromkeys(shown.loc[many, "label"]))
    for first in range(0, len(labels), CHARTS):
        own = shown[shown["label"].isin(labels[first : first + CHARTS])]
        title = f"{_capital(outcome.label)} by factor"
        title += "" if len(labels) <= CHARTS else f", {first // CHARTS + 1}"
        yield FigureBlock(
            _name(number, "levels", outcome.name, str(first // CHARTS or "")), title,
            arm_figures.small_multiples(
                own.assign(panel=own["label"]), x="level", value=_with_unit(outcome),
                share=is_share(outcome.kind, outcome.unit), title=title, own_axes=True,
            ),
            data,
            f"findings.by_level(studies[{number}], studies[{number}].outcomes['{outcome.name}'])",
            note="All other factors are averaged." if len(study.factors) > 1 else "",
        )  # fmt: skip


def _survival(study: Study, number: int) -> Iterator[FigureBlock]:
    """Yield how long the gains lasted, where enough runs gained anything."""
    data = findings.survival(study)
    if data.empty or study.done["gain_survival"].notna().sum() < LEAST_RUNS:
        return
    points = len({cell.point for cell in study.cells})
    note = "Of the runs whose gain in the push’s last year was worth keeping."
    if points > 1:
        note += " All settings together."
    yield FigureBlock(
        _name(number, "survival"), "How long gains last after the push",
        survival_curves(data, title="How long gains last after the push"), data,
        f"findings.survival(studies[{number}])", note=note,
    )  # fmt: skip


def _effects(study: Study, number: int, outcome: Outcome) -> Iterator[FigureBlock]:
    if len(study.factors) < 2:
        return
    data = findings.main_effects(study, outcome)
    if data.empty:
        return
    if data[["effect_low", "effect_high"]].isna().all(axis=None):
        return
    base = findings.base_values(study)
    title = f"What moves {outcome.label}"
    if base is None:
        title += ": main effects"
    yield FigureBlock(
        _name(number, "effects", outcome.name), title,
        tornado(data, outcome=outcome.label, title=title,
                share=is_share(outcome.kind, outcome.unit),
                against="the base" if base is not None else "the mean of all settings"),
        data,
        f"findings.main_effects(studies[{number}], "
        f"studies[{number}].outcomes['{outcome.name}'])",
        note="Against the base: all other factors at their base." if base is not None
        else "Mean of a factor’s first or last level against the mean of all settings.",
    )  # fmt: skip


def _heat_maps(study: Study, number: int, outcome: Outcome) -> Iterator[FigureBlock]:
    assert study.primary is not None
    two = findings.two_main(study, study.primary)
    if two is None:
        return
    x, y = two
    share = is_share(outcome.kind, outcome.unit)
    for arm in study.arms[:MOST_HEAT_MAPS]:
        data = findings.by_two(study, outcome, x, y, arm)
        if data["value"].isna().all():
            continue
        of = f" ({arm})" if arm else ""
        yield FigureBlock(
            _name(number, "heat-map", outcome.name, arm),
            f"{_capital(outcome.label)} by {x.label} and {y.label}{of}",
            heat_map(
                data, x=x.label, y=y.label, value=outcome.label, share=share,
                line=0.5 if share else 0.0,
                title=f"{_capital(outcome.label)}{of}",
            ),
            data,
            f"findings.by_two(studies[{number}], studies[{number}].outcomes['{outcome.name}'], "
            f"studies[{number}].factors[{study.factors.index(x)}], "
            f"studies[{number}].factors[{study.factors.index(y)}], {arm!r})",
            note="These two factors move the main outcome most; all others are averaged."
            if len(study.factors) > 2 else "",
        )  # fmt: skip


def _fan(study: Study, number: int) -> Iterator[FigureBlock]:
    """Yield how well-being and the gap went over time, by arm and group."""
    data = study.fan()
    if data.empty:
        return
    counts = study.months.groupby("arm")["run"].nunique()
    note = ""
    if int(counts.max()) >= MOST_RUNS:
        note = f"The first {MOST_RUNS} runs of each arm, by replicate and setting."
    points = len({cell.point for cell in study.cells})
    if points > 1:
        note += f" Bands hold luck and all {points} settings together."
    by_group = data[~((data["measure"] == "wellbeing") & (data["group"] == "all"))]
    shown = by_group if (by_group["measure"] == "wellbeing").any() else data
    yield FigureBlock(
        _name(number, "fan"), "Well-being and the gap over time",
        fan_chart(
            shown, title="Well-being and the gap over time", push=study.push, labels=MEASURES,
            runs=int(counts.max()) if counts.nunique() == 1 else None,
        ),
        data, f"studies[{number}].fan()", note=note.strip(),
    )  # fmt: skip


def _with_unit(outcome: Outcome) -> str:
    told = outcome.unit not in ("1", "share") and outcome.unit not in outcome.label
    return f"{outcome.label} ({outcome.unit})" if told else outcome.label


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
