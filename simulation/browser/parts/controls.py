"""Controls: buttons, choices and fields, as native HTML with names, hints and states."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import solara

from simulation.browser.words import say


@solara.component_vue("vue/button.vue", vuetify=False)
def _button(
    label: str,
    kind: str = "plain",
    disabled: bool = False,
    pressed: bool | None = None,
    expanded: bool | None = None,
    describedby: str = "",
    name: str = "",
    icon: str = "",
    event_click: Callable[[Any], None] | None = None,
) -> None: ...


def Button(
    label: str,
    on_click: Callable[[], object],
    *,
    kind: str = "plain",
    disabled: bool = False,
    pressed: bool | None = None,
    expanded: bool | None = None,
    describedby: str = "",
    name: str = "",
    icon: str = "",
) -> Any:
    """Show a button.

    Args:
        label: its words.
        on_click: what it does.
        kind: "main", "plain", "quiet" or "danger".
        disabled: whether it does nothing now.
        pressed: for a button that stays in; None for one that does not.
        expanded: for a button that opens something; None for one that does not.
        describedby: id of the element that describes it.
        name: its name for those who do not see it, where the words alone say too little.
        icon: a sign before the words, for the eye only.
    """
    return _button(
        label=label,
        kind=kind,
        disabled=disabled,
        pressed=pressed,
        expanded=expanded,
        describedby=describedby,
        name=name,
        icon=icon,
        event_click=lambda _: on_click(),
    )


@solara.component_vue("vue/slider.vue", vuetify=False)
def _slider(
    label: str,
    value: float,
    low: float,
    high: float,
    step: float,
    less: str,
    more: str,
    words: list[str] | None = None,
    unit: str = "",
    about: str = "",
    numbers: bool = True,
    disabled: bool = False,
    event_change: Callable[[Any], None] | None = None,
) -> None: ...


def Slider(
    label: str,
    value: float,
    on_value: Callable[[float], object],
    low: float,
    high: float,
    step: float,
    *,
    words: Sequence[str] | None = None,
    unit: str = "",
    about: str = "",
    numbers: bool = True,
    disabled: bool = False,
) -> Any:
    """Show a native range between − and +; its value is said in words, with the number if wanted.

    Args:
        label: what it sets.
        value: where it stands.
        on_value: called with the new value once it has been let go.
        low: lowest value.
        high: highest value.
        step: what − and + change.
        words: words for equal parts of the range, lowest first; only the number without.
        unit: unit of the number.
        about: one sentence on what it is in real life.
        numbers: whether the number is shown beside the word.
        disabled: whether it cannot be moved now.
    """
    return _slider(
        label=label,
        value=float(value),
        low=float(low),
        high=float(high),
        step=float(step),
        less=say("parts.less", label=label),
        more=say("parts.more", label=label),
        words=list(words) if words else None,
        unit=unit,
        about=about,
        numbers=numbers,
        disabled=disabled,
        event_change=lambda number: on_value(float(number)),
    )


@solara.component_vue("vue/choice.vue", vuetify=False)
def _choice(
    label: str,
    options: list[dict[str, str]],
    place: int,
    less: str,
    more: str,
    about: str = "",
    disabled: bool = False,
    event_change: Callable[[Any], None] | None = None,
) -> None: ...


def Choice(
    label: str,
    options: Sequence[tuple[Any, str, str]],
    value: Any,
    on_value: Callable[[Any], object],
    *,
    about: str = "",
    disabled: bool = False,
) -> Any:
    """Show a few big steps of which one is chosen, with − and +.

    Args:
        label: the question.
        options: (value, word, about) from least to most.
        value: the value chosen; one that is no option leaves none chosen.
        on_value: called with the value of the option picked.
        about: one sentence on what it is in real life.
        disabled: whether nothing can be picked now.
    """
    values = [option[0] for option in options]
    return _choice(
        label=label,
        options=[{"word": word, "about": text} for _, word, text in options],
        place=values.index(value) if value in values else -1,
        less=say("parts.less", label=label),
        more=say("parts.more", label=label),
        about=about,
        disabled=disabled,
        event_change=lambda place: on_value(values[int(place)]),
    )


@solara.component_vue("vue/select.vue", vuetify=False)
def _select(
    label: str,
    words: list[str],
    place: int,
    disabled: bool = False,
    event_change: Callable[[Any], None] | None = None,
) -> None: ...


def Select(
    label: str,
    options: Sequence[tuple[Any, str]],
    value: Any,
    on_value: Callable[[Any], object],
    *,
    disabled: bool = False,
) -> Any:
    """Show a list of which one is chosen; `options` are (value, words)."""
    values = [option[0] for option in options]
    return _select(
        label=label,
        words=[word for _, word in options],
        place=values.index(value) if value in values else -1,
        disabled=disabled,
        event_change=lambda place: on_value(values[int(place)]),
    )


@solara.component_vue("vue/field.vue", vuetify=False)
def _field(
    label: str,
    value: str,
    type: str = "text",
    about: str = "",
    low: float | None = None,
    high: float | None = None,
    step: str = "any",
    lines: int = 1,
    live: bool = False,
    disabled: bool = False,
    event_change: Callable[[Any], None] | None = None,
) -> None: ...


def TextField(
    label: str,
    value: str,
    on_value: Callable[[str], object],
    *,
    about: str = "",
    lines: int = 1,
    live: bool = False,
    disabled: bool = False,
) -> Any:
    """Show a field for words; `live` tells each letter, otherwise when it is left or Enter hit."""
    return _field(
        label=label,
        value=value,
        about=about,
        lines=lines,
        live=live,
        disabled=disabled,
        event_change=lambda text: on_value(str(text)),
    )


def NumberField(
    label: str,
    value: float,
    on_value: Callable[[float], object],
    low: float | None = None,
    high: float | None = None,
    *,
    about: str = "",
    whole: bool = False,
    disabled: bool = False,
) -> Any:
    """Show a field for a number; what is no number within `low` to `high` changes nothing."""

    def take(text: Any) -> None:
        try:
            number = float(text)
        except (TypeError, ValueError):
            return
        fits = (low is None or number >= low) and (high is None or number <= high)
        if fits and (not whole or number.is_integer()):
            on_value(number)

    return _field(
        label=label,
        value=f"{value:g}",
        type="number",
        about=about,
        low=low,
        high=high,
        step="1" if whole else "any",
        disabled=disabled,
        event_change=take,
    )


@solara.component_vue("vue/checkbox.vue", vuetify=False)
def _checkbox(
    label: str,
    value: bool,
    disabled: bool = False,
    event_change: Callable[[Any], None] | None = None,
) -> None: ...


def Checkbox(
    label: str, value: bool, on_value: Callable[[bool], object], *, disabled: bool = False
) -> Any:
    """Show a box to tick."""
    return _checkbox(
        label=label,
        value=value,
        disabled=disabled,
        event_change=lambda ticked: on_value(bool(ticked)),
    )
