"""The activation landscape: how far a community has to be carried before it climbs by itself.

With everything slow held still, an active share s changes by what rises and what falls. People
differ in their thresholds; given s, those act who rise easily and fall seldom: in class k (a
quantile of the thresholds), and with one rung,

    s_k / (1 - s_k) = e**f * p_up,k(s) / p_down,k(s),        f such that the mean of s_k is s

With f = 0 each class is in balance, so f(s) = 0 marks the equilibria of the mean field itself, and

    f(s) = ln( p_down * s / [p_up * (1 - s)] ),     phi(s) = integral of f(s) ds

with p_up and p_down the mean chances of those who can rise and of those who can fall. With one
threshold for all it is the textbook landscape of a birth-death chain; N * (difference of phi) is
the barrier still to climb. With two rungs each step counts a half, and the committed stay where
they are. (Pulls and chances as in `simulation.meanfield.residents`; the form is that of a large
deviation at fixed s: van Kampen 2007, Stochastic Processes in Physics and Chemistry, ch. XIII.)
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from scipy.interpolate import PchipInterpolator
from scipy.optimize import brentq

from simulation.errors import InputError
from simulation.meanfield.model import MeanField
from simulation.meanfield.month import Month
from simulation.meanfield.residents import chances
from simulation.meanfield.stocks import COMMITTED, FULL, HALF, IDLE, Stocks, quantiles
from simulation.state import Floats

if TYPE_CHECKING:
    from simulation.specification import Specification

CLASSES = {"step": 1000, "logistic": 200, "linear": 200}
"""Quantiles of thresholds that the landscape is averaged over, by the form of the response."""
LEAST = 1e-12
"""Chances of nothing are taken as this small, so that logarithms stay finite."""
EDGE = 1e-6
"""How near the ends of the range the landscape is drawn, in shares."""


class Equilibrium(NamedTuple):
    """An active share at which rising and falling balance.

    `potential` is phi there, against its value at the least share that is drawn.
    """

    share: float
    stable: bool
    potential: float


@dataclass(frozen=True)
class Landscape:
    """The landscape over the active share.

    Attributes:
        share: active shares s, ascending, shape (points,).
        up, down: mean chances a month to rise, of those who can, and to fall, shape (points,).
        force: f(s) = d phi / ds; above 0 the share falls back, below 0 it rises by itself.
        potential: phi(s), 0 at the first share.
        equilibria: in ascending order, stable and unstable.
    """

    share: Floats
    up: Floats
    down: Floats
    force: Floats
    potential: Floats
    equilibria: tuple[Equilibrium, ...]

    @property
    def barrier(self) -> float:
        """Difference of phi from the lowest stable share up to the next unstable one.

        Infinite where no other stable share lies above.
        """
        stable = [e for e in self.equilibria if e.stable]
        if len(stable) < 2:
            return float("inf")
        between = [e for e in self.equilibria if not e.stable and e.share > stable[0].share]
        return between[0].potential - stable[0].potential

    @property
    def critical_share(self) -> float:
        """The lowest unstable share: a push has to lift the community past it; nan if none."""
        return next((e.share for e in self.equilibria if not e.stable), float("nan"))


class _Balance:
    """The balance of rising and falling at a given active share."""

    def __init__(self, field: MeanField, stocks: Stocks) -> None:
        spec, world = field.specification, field.world
        self.stocks = stocks
        self.month = Month(field.month, world, field.parameters, field.levers)
        start: Any = spec.parameters.start
        nodes = CLASSES[field.parameters.activation.response]
        self.thresholds = quantiles(start, stocks.pop, world.groups.threshold_shift, nodes)
        if start.threshold_spread == 0.0:
            self.thresholds = self.thresholds[:, :1]
        classes = self.thresholds.shape[1]
        committed = stocks.people[..., COMMITTED].sum(axis=1)
        self.committed = float(committed.sum() / stocks.number.sum())
        free = (stocks.number - committed) / stocks.number.sum()
        self.weight = np.repeat(free[:, None], classes, axis=1) / classes
        self.rungs = int(field.parameters.activation.rungs)
        tired = stocks.burnout.sum(axis=1)
        held = stocks.people.sum(axis=1)
        mean = np.divide(tired, held, out=np.zeros_like(tired), where=held > 0.0)
        self.tired = mean

    def chances(self, share: float) -> tuple[Floats, Floats]:
        """Return chances up and down between successive ways of acting, (classes, rungs) each."""
        chance = _by_class(self, share)
        cells = [IDLE, FULL] if self.rungs == 1 else [IDLE, HALF, FULL]
        pairs = list(pairwise(cells))
        up = np.stack([chance[..., a, b].ravel() for a, b in pairs], axis=1)
        down = np.stack([chance[..., b, a].ravel() for a, b in pairs], axis=1)
        if (up + down <= 0.0).any():
            raise InputError(
                "nobody who does not start would ever stop either: there is no landscape",
                key="parameters.activation.exit",
                found=0.0,
                mend="set exit or rejection above 0",
            )
        return np.maximum(up, LEAST), np.maximum(down, LEAST)

    def composition(self, up: Floats, down: Floats, force: float) -> Floats:
        """Return how each class spreads over its ways of acting, shape (classes, rungs + 1)."""
        odds = np.cumsum(np.log(up / down) + force / self.rungs, axis=1)
        odds = np.concatenate([np.zeros((len(odds), 1)), odds], axis=1)
        held = np.exp(odds - odds.max(axis=1, keepdims=True))
        result: Floats = held / held.sum(axis=1, keepdims=True)
        return result

    def at(self, share: float) -> tuple[float, float, float]:
        """Return force, mean chance up and mean chance down at an active share."""
        up, down = self.chances(share)
        weight, acts = self.weight.ravel(), np.arange(self.rungs + 1) / self.rungs

        def short(force: float) -> float:
            mean = weight @ (self.composition(up, down, force) @ acts)
            return float(mean) + self.committed - share

        force = float(brentq(short, -200.0 * self.rungs, 200.0 * self.rungs, xtol=1e-11))
        held = self.composition(up, down, force) * weight[:, None]
        rising, falling = (held[:, :-1] * up).sum(), (held[:, 1:] * down).sum()
        return force, float(rising / held[:, :-1].sum()), float(falling / held[:, 1:].sum())


def _by_class(balance: _Balance, share: float) -> Floats:
    stocks = balance.stocks.copy()
    classes = balance.thresholds.shape[1]
    shape = (len(stocks.number), classes, 4)
    stocks.people = np.ones(shape)
    stocks.burnout = np.broadcast_to(balance.tired[:, None, :], shape).copy()
    size = balance.stocks.number.sum()
    stocks.people *= size / stocks.people.sum()
    stocks.burnout *= stocks.people
    return chances(stocks, balance.month, share, balance.thresholds)


def landscape(
    specification: Specification | MeanField, stocks: Stocks | None = None, *, points: int = 201
) -> Landscape:
    """Return the activation landscape of a scenario, with all slow stocks held still.

    Args:
        specification: a scenario, at its month 0; or a mean field, as it stands.
        stocks: another state of it to hold still (trust, grievance, leadership, money spent …).
        points: at how many active shares it is drawn.

    Raises:
        InputError: for a scenario without a well-mixed limit, or in which nobody ever stops.
    """
    field = specification
    if not isinstance(field, MeanField):
        field = MeanField.of(field)
    balance = _Balance(field, stocks or field.stocks)
    low, high = balance.committed + EDGE, 1.0 - EDGE
    share = low + (high - low) * (1.0 - np.cos(np.linspace(0.0, np.pi, points))) / 2.0
    force, up, down = np.array([balance.at(float(s)) for s in share]).T
    potential = PchipInterpolator(share, force).antiderivative()(share)
    found = _equilibria(balance, share, force, potential)
    return Landscape(share, up, down, force, potential, found)


def _equilibria(
    balance: _Balance, share: Floats, force: Floats, potential: Floats
) -> tuple[Equilibrium, ...]:
    """Return where the force changes sign, and the ends where it presses against them."""
    found = []
    if force[0] > 0.0:
        found.append(Equilibrium(balance.committed, True, 0.0))
    falls_back = force >= 0.0
    for n in np.flatnonzero(falls_back[:-1] != falls_back[1:]).tolist():
        root = float(brentq(lambda s: balance.at(s)[0], share[n], share[n + 1], xtol=1e-9))
        height = float(PchipInterpolator(share, potential)(root))
        found.append(Equilibrium(root, not falls_back[n], height))
    if force[-1] < 0.0:
        found.append(Equilibrium(1.0, True, float(potential[-1])))
    return tuple(found)
