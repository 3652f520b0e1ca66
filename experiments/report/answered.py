"""Answered: the answers that a store keeps, with the figures that fit their tables.

Which figure is drawn follows from the columns of a table, not from who made it: a study of one's
own that keeps a table of these columns has its figure drawn too.
"""

from __future__ import annotations

import math
import shlex
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import pandas as pd

from experiments.figures import arms, discovery, heat_map, over_time, sensitivity, strength_duration
from experiments.figures.canvas import Drawing
from experiments.report.blocks import (
    Block,
    Code,
    FigureBlock,
    Section,
    Words,
    anchor,
    plain_table,
)
from experiments.store.answer import Answer

READING = ("sensitivity", "discover", "survival", "calibrate", "compare")
"""Commands whose first word may be a store."""

Ranges = Mapping[str, tuple[float, float]]


def answer_section(answer: Answer, ranges: Ranges, store: Path) -> Section:
    """Return one answer as a part of the page.

    Args:
        answer: the answer.
        ranges: least and most value of each factor of the store's plans, by name.
        store: folder of the store; in commands the word STORE stands for it.
    """
    name = anchor("answer", answer.kind, answer.name)
    heading, mark, rest = answer.question.partition("? ")
    heading = f"{heading}?" if mark else answer.question
    blocks: list[Block] = [Words((rest,))] if rest else []
    if answer.sentences:
        blocks.append(Words(answer.sentences, strong=True, listed=True))
    drawn = {
        table_name: list(_figures(answer, table_name, table, name, ranges))
        for table_name, table in answer.tables.items()
    }
    for figures in drawn.values():
        blocks += figures
    if answer.notes:
        blocks.append(Words(answer.notes, listed=True))
    for table_name, table in answer.tables.items():
        if not table.empty and not drawn[table_name]:
            caption = table_name[:1].upper() + table_name[1:].replace("_", " ")
            blocks.append(
                plain_table(
                    anchor(name, table_name), caption, table, _expression(answer, table_name),
                    folded=True,
                )
            )  # fmt: skip
    if answer.command:
        blocks.append(
            Code(shlex.join(without_path(answer.command, store)), "Repeat this answer with")
        )
    return Section(name, heading or f"{answer.kind}: {answer.name}", tuple(blocks))


def without_path(command: Sequence[str], store: Path) -> list[str]:
    """Return the words of a command with STORE in place of the store's folder."""
    where = store.resolve().parts
    words: list[str] = []
    for place, word in enumerate(command):
        parts = tuple(part for part in Path(word).parts if part not in ("..", "."))
        named = bool(parts) and where[-len(parts) :] == parts
        reads = place == 2 and command[1] in READING
        words.append("STORE" if named and (reads or command[place - 1] == "--store") else word)
    return words


def _expression(answer: Answer, table: str) -> str:
    return f"answers[{f'{answer.kind}/{answer.name}'!r}].tables[{table!r}]"


def _figures(
    answer: Answer, name: str, table: pd.DataFrame, stem: str, ranges: Ranges
) -> Iterator[FigureBlock]:
    """Yield the figures that a table of an answer is fit for."""
    if table.empty:
        return
    for kind, drawing in (*_drawn(answer, table), *_boxes(answer, table, ranges)):
        title = " ".join(drawing[0].get_suptitle().split())
        yield FigureBlock(
            anchor(stem, name, kind), title, drawing, table, _expression(answer, name)
        )


def _drawn(answer: Answer, table: pd.DataFrame) -> Iterator[tuple[str, Drawing]]:
    """Yield kinds of figures and their drawings, by the columns of the table."""
    has = set(table.columns).issuperset
    about = _about(answer)
    if has(strength_duration.CURVE):
        points = answer.tables.get("points")
        fit = points is not None and set(strength_duration.POINTS) <= set(points.columns)
        yield "curve", strength_duration.strength_duration(
            table, points if fit else None, reach=_reach(table, points if fit else None),
            push=str(answer.numbers.get("push", "months of push")),
        )  # fmt: skip
    elif has(sensitivity.TORNADO):
        yield "tornado", sensitivity.tornado(table, outcome=about)
    elif has(sensitivity.INDICES):
        kinds = set(table.loc[table["value"].notna(), "index"])
        if {"mu_star", "sigma"} <= kinds:
            yield "morris", sensitivity.morris(table, outcome=about)
        if "ST" in kinds or "S1" in kinds:
            yield "sobol", sensitivity.sobol(table, outcome=about, luck=_luck(answer))
    elif has(over_time.SURVIVAL):
        yield "survival", over_time.survival_curves(table)
    elif has(heat_map.HEAT_MAP):
        yield "heat-map", heat_map.heat_map(table, x="x", y="y", value=about)
    elif has(discovery.PEELING[1:]) and len(table) > 1:
        yield "peeling", discovery.peeling(table, what=about)
    elif has(over_time.FAN):
        yield "fan", over_time.fan_chart(table, title=about)
    elif has(arms.FOREST):
        yield "forest", arms.forest(table, what=about)


def _boxes(answer: Answer, table: pd.DataFrame, ranges: Ranges) -> Iterator[tuple[str, Drawing]]:
    """Yield each box that a table limits, on the ranges that were tried."""
    if not set(table.columns).issuperset(("factor", "label", "low", "high", "box", "method")):
        return
    own = table[table["factor"].isin(list(ranges)) & table[["low", "high"]].notna().any(axis=1)]
    for (method, number), limits in own.groupby(["method", "box"], sort=False):
        least, most = zip(*(ranges[str(name)] for name in limits["factor"]), strict=True)
        yield f"box-{number}", discovery.box_limits(
            limits.assign(least=least, most=most), what=_about(answer),
            title=f"A box found by {method}",
        )  # fmt: skip


def _about(answer: Answer) -> str:
    """Return what an answer is about: the label of its outcome, where it says so."""
    from experiments.judge import OUTCOMES

    name = str(answer.numbers.get("outcome", "")) or answer.name
    label = answer.numbers.get("label")
    return str(label) if label else OUTCOMES[name].label if name in OUTCOMES else name


def _luck(answer: Answer) -> float | None:
    """Return the share of the variance that luck decides, where the answer says so."""
    luck = answer.numbers.get("luck")
    share = luck.get("share") if isinstance(luck, dict) else luck
    known = isinstance(share, int | float) and math.isfinite(share)
    return float(share) if known and share is not None else None


def _reach(curve: pd.DataFrame, points: pd.DataFrame | None) -> float:
    """Return the longest push that was tried."""
    tried = curve[["duration", "low", "high"]].max().max()
    if points is not None and not points.empty:
        tried = max(float(points["duration"].max()), 0.0 if math.isnan(tried) else float(tried))
    return 120.0 if math.isnan(tried) or tried <= 0 else float(tried)
