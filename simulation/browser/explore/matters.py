"""The section on what matters most: a ranking with intervals, and every setting by itself."""

from __future__ import annotations

import pandas as pd
import solara

from experiments.answers.sensitivity import Sensitivity
from experiments.judge import Outcome
from experiments.report import findings
from simulation.browser import parts
from simulation.browser.explore import telling
from simulation.browser.explore.data import Held, narrowed
from simulation.browser.explore.drawing import Effects, change_words
from simulation.browser.explore.look import Look
from simulation.browser.explore.ranking import FEW, Effect, effects, in_depth, levels
from simulation.browser.words import say


@solara.component
def Matters(look: Look, held: Held, outcome: Outcome) -> None:
    """Show what moves an outcome most."""
    arm, even = look.view.value.arm, held.even
    found = solara.use_memo(
        lambda: effects(even, outcome, arm) if even else [], [held, outcome, arm]
    )
    base = solara.use_memo(lambda: findings.base_values(narrowed(held.study, arm)), [held, arm])
    with parts.Section(say("explore.matters")):
        if even is None:
            parts.Text(say("explore.matters_early"))
            return
        if not found:
            parts.Text(say("explore.matters_few"))
            return
        key = "explore.matters_base" if base is not None else "explore.matters_lead"
        parts.Text(say(key, outcome=outcome.label), classes=("k-prose",))
        parts.Text(headline(outcome, found), classes=("x-finding",))
        Effects(say("explore.matters"), outcome, found)
        with parts.Disclosure(say("explore.levels"), open=len(found) <= FEW):
            Levels(held, outcome, arm)
        with parts.Disclosure(say("explore.depth")):
            Depth(held, outcome, arm)


def headline(outcome: Outcome, found: list[Effect]) -> str:
    """Return what moves an outcome most, or that nothing can be told from luck."""
    sure = [e for e in found if e.verdict in ("more", "less")]
    if not sure:
        return say("explore.ranked_none")
    label = telling.capital(sure[0].label)
    return say("explore.ranked", label=label, change=change_words(outcome, sure[0]))


@solara.component
def Levels(held: Held, outcome: Outcome, arm: str) -> None:
    """Show what every level of every factor comes to."""
    table = solara.use_memo(
        lambda: levels(held.even or held.study, outcome, arm), [held, outcome, arm]
    )
    counted = "explore.count_pairs" if outcome.paired else "explore.count"
    heads = [say(f"explore.{n}") for n in ("what", "level", "value", "interval")]
    parts.Table(
        say("explore.levels"),
        [*heads, say(counted)],
        [_level(outcome, row) for row in table.to_dict("records")],
    )


def _level(outcome: Outcome, row: dict[object, object]) -> list[str]:
    value, low, high = (float(str(row[name])) for name in ("value", "low", "high"))
    ends = telling.interval(outcome, low, high) or say("explore.too_few")
    return [
        telling.capital(str(row["label"])),
        telling.level(row["level"]),
        telling.value(outcome, value),
        say("explore.unset_cell") if pd.isna(value) else ends,
        str(row["runs"]),
    ]


@solara.component
def Depth(held: Held, outcome: Outcome, arm: str) -> None:
    """Show the full analysis that fits the design, once it is asked for."""
    asked, set_asked = solara.use_state((held, outcome, arm, False))
    wanted = asked == (held, outcome, arm, True)
    result = solara.use_thread(
        lambda: in_depth(held.even or held.study, outcome, arm) if wanted else None,
        dependencies=[held, outcome, arm, wanted],
        intrusive_cancel=False,
    )
    found = result.value
    if not wanted:
        parts.Button(say("explore.depth_button"), lambda: set_asked((held, outcome, arm, True)))
    elif result.state is not solara.ResultState.FINISHED:
        parts.Notice(say("explore.depth_busy"))
    elif isinstance(found, Sensitivity):
        chosen = arm or held.study.arms[0]
        parts.Text(say("explore.depth_method", method=found.method))
        if chosen and len(held.study.arms) > 1:
            parts.Text(say("explore.depth_arm", arm=chosen))
        with parts.Html("ul"):
            for line in (*found.sentences(), *found.notes):
                parts.Html("li", text=line)
    elif found is not None:
        parts.Text(say("explore.depth_none", problem=found))
