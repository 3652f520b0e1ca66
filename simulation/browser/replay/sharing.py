"""What of a run may stand in a file that is mailed around.

A replay of a made-up town holds everything. A town that starts from files about real people or
their ties is shown without its map: people and their ties, one by one, stay with whoever holds the
data, and so do measures that rest on groups too small to be shown (see `experiments.suppression`
and docs/privacy.md).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from experiments.recorded import Key
from experiments.suppression import LeftOut, hidden_keys, left_out_of
from simulation.browser.session.frames import Frame
from simulation.browser.session.line import Line
from simulation.browser.session.values import values_of
from simulation.errors import InputError
from simulation.recorder import ALL

TELLING_FILES = frozenset({"people", "ties", "services", "partners"})
"""Files that tell of single people or organisations."""

OF_THE_GAP = ("gain", "sustained")
"""Values of the page that rest on the gap and the worst off among the people of the start."""


@dataclass(frozen=True)
class Shared:
    """A run as it may be shared.

    Attributes:
        setup: what the stage has to know before the first month.
        frames: the months.
        entries: the log.
        people_kept_back: whether the map is left out.
        groups_left_out: groups too small to be shown, or shown with one that is.
    """

    setup: dict[str, Any]
    frames: tuple[Frame, ...]
    entries: tuple[dict[str, Any], ...]
    people_kept_back: bool
    groups_left_out: tuple[str, ...]


def shared(line: Line) -> Shared:
    """Return a whole run as it may be shared.

    Raises:
        InputError: the community is so small that nothing of it may.
    """
    line.upto(line.months)
    specification = line.course.specification()
    private = bool(set(specification.files()) & TELLING_FILES)
    left = left_out_of(specification)
    if left.everyone:
        raise InputError(
            "the community is too small for any of its values to be shown",
            key="people.smallest_group", found=specification.people.smallest_group,
        )  # fmt: skip
    hidden = _hidden_values(line, left)
    setup = {key: value for key, value in line.setup().items() if key != "words"}
    entries = [entry.data() for entry in line.log(0, line.months)]
    frames = tuple(line.frames)
    if private:
        setup = _without_people(setup)
        frames = tuple(_bare(frame, hidden) for frame in frames)
    if left:
        setup["charts"] = _charts(setup["charts"], hidden)
        setup["badges"] = [badge for badge in setup["badges"] if badge["value"] not in hidden]
        entries = [_entry(e) for e in entries if _tells(e, line.value_keys, hidden)]
    return Shared(setup, frames, tuple(entries), private, left.groups)


def _hidden_values(line: Line, left: LeftOut) -> frozenset[int]:
    """Return the places of values that rest on groups that are left out."""
    if not left:
        return frozenset()
    recorder = line.recorder
    keys = [Key(*key) for key in recorder.keys]
    gone = hidden_keys(keys, recorder.values[np.newaxis], left)
    secret = {key for key, out in zip(keys, gone, strict=True) if out}
    rests = {Key("gap", ALL, "people"), Key("worst_off", ALL, "people")}
    found = set()
    for place, value in enumerate(values_of(line.course.specification())):
        key = None if value.measure is None else Key(*value.measure)
        of_gap = value.key in OF_THE_GAP and bool(rests & secret)
        if key in secret or value.group in left.groups or of_gap:
            found.add(place)
    return frozenset(found)


def _without_people(setup: dict[str, Any]) -> dict[str, Any]:
    """Return the setup of a town of which only charts and log are shown."""
    nodes: dict[str, list[Any]] = {name: [] for name in setup["nodes"]}
    ties: dict[str, list[Any]] = {name: [] for name in setup["ties"]}
    return {**setup, "nodes": nodes, "ties": ties, "channels": []}


def _bare(frame: Frame, hidden: frozenset[int]) -> Frame:
    """Return a month without people and ties, hidden values not a number."""
    values = frame.values.copy()
    values[list(hidden)] = np.nan
    none = np.zeros(0, np.uint8)
    no_ties = np.zeros((0, 2), np.uint32)
    return Frame.pack(frame.month, none, none.reshape(0, 0), none, values, no_ties)


def _charts(charts: Sequence[dict[str, Any]], hidden: frozenset[int]) -> list[dict[str, Any]]:
    """Return the charts without the lines that are hidden, and without those that have none."""
    kept = []
    for chart in charts:
        lines = [line for line in chart["lines"] if line["value"] not in hidden]
        if lines:
            kept.append({**chart, "lines": lines})
    return kept


def _tells(entry: dict[str, Any], keys: Sequence[str], hidden: frozenset[int]) -> bool:
    """Tell whether a line of the log rests on nothing that is hidden."""
    return not (entry["value"] in keys and keys.index(entry["value"]) in hidden)


def _entry(entry: dict[str, Any]) -> dict[str, Any]:
    """Return a line of the log; why something changed may name a small group, so it is not said."""
    return {**entry, "why": ""} if entry["kind"] in ("change", "badge") else entry
