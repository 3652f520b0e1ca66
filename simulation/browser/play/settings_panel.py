"""More settings: every parameter of the model, process by process, as it is declared there."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import cache, partial
from typing import Any, Literal, get_args, get_origin

import solara

from simulation.browser import parts
from simulation.browser.play.desk import Desk
from simulation.browser.play.opening import Opening
from simulation.browser.words import say
from simulation.parameters import ParameterInfo, all_parameters, parameter_tree

MODEST = {int: 240, float: 10}
"""Greatest span of a slider, by kind of number; wider ranges get a field."""
STEPS = 100
"""Steps of a slider for numbers that need not be whole."""
BARE = "1"
"""The unit of what has none."""


@cache
def tables() -> dict[str, tuple[ParameterInfo, ...]]:
    """Return the parameters by process, in the month's order."""
    found: dict[str, list[ParameterInfo]] = {}
    for info in all_parameters():
        found.setdefault(info.key.partition(".")[0], []).append(info)
    return {name: tuple(infos) for name, infos in found.items()}


@solara.component
def Settings(desk: Desk) -> None:
    """Show a line for each process; its settings are made when it is opened."""
    parts.Text(say("play.settings_about"), classes=("k-hint",))
    fields = parameter_tree().model_fields
    for name in tables():
        about = (fields[name].description or "").strip()
        label = say("play.process", name=name.replace("_", " "))
        Opening(label, partial(Process, desk, name, about))


@solara.component
def Process(desk: Desk, name: str, about: str) -> None:
    """Show the settings of one process."""
    sources, set_sources = solara.use_state(False)
    _ = desk.version.value
    parts.Text(about, classes=("k-hint",))
    parts.Checkbox(say("play.show_sources"), sources, set_sources)
    for info in tables()[name]:
        Setting(desk, info, sources)


@solara.component
def Setting(desk: Desk, info: ParameterInfo, source: bool) -> None:
    """Show one setting, with its source if wanted."""
    _ = desk.version.value
    course = desk.course
    month = desk.session.month
    value = course.value_at(info.key, month)
    with parts.Html("div", classes=("k-setting",)):
        control(info, value, lambda new: desk.do(lambda: desk.settle({info.key: new})))
        if value != info.default:
            usual = say("play.usual", value=_shown(info.default))
            parts.Text(usual, classes=("k-hint",))
        if source and info.source:
            words = say("play.source", key=info.key, source=info.source)
            parts.Text(words, classes=("k-hint",))


def control(info: ParameterInfo, value: Any, on_value: Callable[[Any], object]) -> None:
    """Show the control that fits a setting's kind and range."""
    label = info.meaning[:1].upper() + info.meaning[1:]
    unit = "" if info.unit in (BARE, "flag") else info.unit
    if info.kind is bool:
        parts.Checkbox(label, bool(value), on_value)
    elif get_origin(info.kind) is Literal:
        options = [(word, str(word)) for word in get_args(info.kind)]
        parts.Select(label, options, value, on_value)
    elif info.kind in (int, float):
        _number(info, label, unit, value, on_value)
    else:
        parts.Text(say("play.only_in_file", setting=label, key=info.key), classes=("k-hint",))


def _number(
    info: ParameterInfo, label: str, unit: str, value: Any, on_value: Callable[[Any], object]
) -> None:
    whole = info.kind is int
    kind = int if whole else float
    if is_modest(info, value):
        low, high = float(info.low or 0), float(info.high or 0)
        step = step_of(info)
        parts.Slider(label, value, lambda x: on_value(kind(x)), low, high, step, unit=unit)
        return
    about = say("play.unit", unit=unit) if unit else ""
    parts.NumberField(
        label, value, lambda x: on_value(kind(x)), info.low, info.high, about=about, whole=whole
    )


def is_modest(info: ParameterInfo, value: float) -> bool:
    """Return whether a slider can show a number: a known, narrow range, and steps that meet it."""
    if info.low is None or info.high is None:
        return False
    span = info.high - info.low
    if not (math.isfinite(span) and 0 < span <= MODEST[info.kind]):
        return False
    steps = (value - info.low) / step_of(info)
    return abs(steps - round(steps)) < 1e-6


def step_of(info: ParameterInfo) -> float:
    """Return a round step for a number's range: 1, or about a hundredth of the range."""
    if info.kind is int:
        return 1.0
    span = float(info.high or 0) - float(info.low or 0)
    return float(10.0 ** math.floor(math.log10(span / STEPS) + 1e-9))


def _shown(value: Any) -> str:
    if isinstance(value, bool):
        return say("play.yes" if value else "play.no")
    return f"{value:.6g}" if isinstance(value, int | float) else str(value)
