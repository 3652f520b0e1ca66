"""Cells of the headline experiment: every arm, switch and lever, in every retained draw.

Every arm is run beside the same community without any intervention, on the same luck, and judged up
to 54 months after the push: there the window of the primary outcome ends, so that what is said of
"the last year" (tipping, displacement, power, the worst off) is said of the same time. Cells that
share a run (the full push with succession is in three parts) are run once.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any

import scenarios
from experiments.designs.cell import Cell
from experiments.headline.registered import REGISTERED, Arm
from experiments.judge import Push
from experiments.sweeping.subject import Community
from simulation.errors import InputError, nearest_name
from simulation.specification import Specification
from simulation.timeline import Funding

Settings = Mapping[str, Any]
Level = tuple[int, ...]

PARTS = tuple(part.name for part in REGISTERED.parts)
PUSH, SUCCESSION = "push", "succession"
START: int = REGISTERED.push["start"]
MONTHS: int = REGISTERED.push["months"]
LAST: int = REGISTERED.outcome["last"]


def cells_of(
    part: str, draws: Sequence[Settings], overrides: Sequence[str] = (), *, first: int = 0
) -> list[Cell]:
    """Return the cells of one part in every draw.

    Args:
        part: its name.
        draws: settings of each draw, as `experiments.calibration.ensemble` returns them.
        overrides: further settings, laid over every arm and draw as `--set` takes them.
        first: number of the first draw.

    Raises:
        InputError: there is no such part, or a setting does not fit.
    """
    if part not in PARTS:
        raise InputError(
            "there is no such part", key="--part", found=part, allowed=", ".join(PARTS),
            nearest=nearest_name(part, PARTS),
        )  # fmt: skip
    made = {"core": _core, "switches": _switches, "lengths": _lengths, "shortsight": _shortsight}
    found: list[Cell] = []
    for draw, settings in enumerate(draws, first):
        world = _World(draw, settings, tuple(overrides))
        for cell in made[part](world):
            found.append(cell(len(found), part))
    return found


def fraction() -> list[Level]:
    """Return the half fraction of 2⁵: a row a cell, -1 off and 1 on, in the order of the switches.

    The last switch is on where an even number of the other four is off (I = ABCDE), so that all on
    is one of the cells. Resolution V: no main effect and no two-way interaction is mixed up with
    another of them, only with those of three and more (Box & Hunter 1961, Technometrics 3:449).
    """
    *free, _ = REGISTERED.switches
    return [(*row, math.prod(row)) for row in itertools.product((-1, 1), repeat=len(free))]


def arm_specification(arm: Arm, overrides: Sequence[str] = ()) -> Specification:
    """Return the scenario of an arm at the defaults, as long as it is judged."""
    return scenarios.load(arm.scenario, overrides=overrides, months=judged_until(MONTHS))


def judged_until(months: int) -> int:
    """Return the last month that is read after a push of so many months."""
    return START + months + LAST


class _Made:
    """A cell to be numbered."""

    def __init__(self, arm: str, factors: dict[str, Any], specification: Specification,
                 without: Specification, months: int) -> None:  # fmt: skip
        self.arm, self.factors, self.months = arm, factors, months
        self.specification, self.without = specification, without

    def __call__(self, point: int, part: str) -> Cell:
        return Cell(
            point,
            self.arm,
            {"part": part, **self.factors},
            Community(self.specification),
            Community(self.without),
            Push(START, START + self.months),
            self.specification.measures,
        )


class _World:
    """One draw: every scenario with its settings."""

    def __init__(self, draw: int, settings: Settings, overrides: tuple[str, ...]) -> None:
        self.draw, self.settings, self.overrides = draw, settings, overrides
        self._loaded: dict[str, Specification] = {}

    def load(self, scenario: str) -> Specification:
        if scenario not in self._loaded:
            drawn = scenarios.with_settings(_read(scenario), dict(self.settings))
            more = list(self.overrides)
            self._loaded[scenario] = scenarios.with_settings(drawn, more) if more else drawn
        return self._loaded[scenario]

    def made(
        self,
        arm: str,
        factors: dict[str, Any],
        specification: Specification,
        months: int = MONTHS,
        simulated: int | None = None,
    ) -> _Made:
        """Return a cell; a run without interventions is as long as the longest that needs it."""
        end = judged_until(months)
        longest = judged_until(max(REGISTERED.lengths["months"]))
        without = specification.without_interventions()
        return _Made(
            arm,
            {"draw": self.draw, **factors},
            _of(specification, simulated or end),
            _of(without, end if arm == "shortsight" else longest),
            months,
        )


@lru_cache(maxsize=64)
def _read(scenario: str) -> Specification:
    return scenarios.load(scenario)


def _of(specification: Specification, months: int) -> Specification:
    return specification.model_copy(update={"months": months})


def _core(world: _World) -> Iterator[_Made]:
    for arm in REGISTERED.arms:
        yield world.made(arm.name, {}, world.load(arm.scenario))


def _switches(world: _World) -> Iterator[_Made]:
    full = world.load(REGISTERED.arm(SUCCESSION).scenario)
    for row in fraction():
        on = {s.name: level > 0 for s, level in zip(REGISTERED.switches, row, strict=True)}
        gone = {s.event for s in REGISTERED.switches if not on[s.name]}
        yield world.made("switches", {k: int(v) for k, v in on.items()}, _without(full, gone))


def _lengths(world: _World) -> Iterator[_Made]:
    levels = REGISTERED.lengths
    for months, share, succession in itertools.product(
        levels["months"], levels["intensity"], levels["succession"]
    ):
        if not (share or succession):
            continue  # nobody intervenes: there is nothing to gain
        arm = REGISTERED.arm(SUCCESSION if succession else "push_alone")
        factors = {"months": months, "intensity": share, "succession": int(succession)}
        base = world.load(arm.scenario)
        if share:
            yield world.made("lengths", factors, _pushed(base, months, share), months)
        else:  # the same run, whenever the push that does not come would have ended
            end = judged_until(max(levels["months"]))
            yield world.made("lengths", factors, _without(base, {PUSH}), months, end)


def _shortsight(world: _World) -> Iterator[_Made]:
    levels, base = REGISTERED.shortsight, world.load(REGISTERED.arm(SUCCESSION).scenario)
    for bias, present, horizon in itertools.product(
        levels["present_bias"], levels["present_length"], levels["horizon"]
    ):
        factors = {"present_bias": bias, "present_length": present, "horizon": horizon}
        eyes = tuple(i.model_copy(update=factors) for i in base.institutions)
        yield world.made("shortsight", factors, base.model_copy(update={"institutions": eyes}))


def _without(specification: Specification, gone: set[str]) -> Specification:
    """Return a scenario without the events of these ids."""
    missing = gone - {event.id for event in specification.events}
    if missing:
        raise InputError("there is no such event", key="events", found=sorted(missing)[0])
    kept = tuple(event for event in specification.events if event.id not in gone)
    return specification.model_copy(update={"events": kept})


def _pushed(specification: Specification, months: int, share: float) -> Specification:
    """Return a scenario whose push has another length and strength."""
    events = tuple(
        event.model_copy(update={"duration": months, "amount": event.amount * share})
        if isinstance(event, Funding) and event.id == PUSH
        else event
        for event in specification.events
    )
    return specification.model_copy(update={"events": events})
