"""Flows: what a process does to a stock in a month, as chances, as rates, and integrated by SciPy.

The model states chances and fractions a month; a stock-and-flow equation needs rates. Two kinds of
flow are enough for every process.

*Relax.* A month takes a stock x to x + gain - loss * x, gain and loss being settled by the state at
the beginning of the month (the model is synchronous). The rate that does the same is

    dx/dt = (gain - loss * x) * -ln(1 - loss) / loss        (gain - loss * x as loss goes to 0)

as its solution over one month with constant gain and loss is exactly x + gain - loss * x.

*Move.* People leave cell i for cell j with chance c_ij, and reconsider once a month: who has moved
does not move again before the next. Of those who have not moved yet, a part

    -ln(1 - sum_j c_ij) * c_ij / sum_j c_ij

a month goes from i to j, so that births and deaths, which compete, both come out as stated even
where c_ij + c_ji exceeds 1. What people carry (burnout, skill) goes with them.

So a month of the mean field, integrated, is the expected month of the agent model where the stocks
enter linearly; what is left is that the mean of a function is not the function of the means.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike
from scipy.integrate import solve_ivp

from simulation.state import Floats

if TYPE_CHECKING:
    from simulation.meanfield.stocks import Stocks

LARGEST = 1.0 - 1e-9
"""A month leaves at least a trace of a stock: a loss of 1 would need an infinite rate."""
EXACT, NEAR = 1e-8, 1e-10
"""Relative and absolute tolerance of the integration."""


@dataclass(frozen=True)
class Relax:
    """A stock gains, and loses a part of itself.

    Attributes:
        stock: its name in `Stocks`.
        gain: what comes in a month; broadcast to the stock's shape.
        loss: the part that goes, 0 to 1.
        least, most: where the stock is held at the end of the month, as the model does.
    """

    stock: str
    gain: ArrayLike
    loss: ArrayLike
    least: ArrayLike = 0.0
    most: float = 1.0


@dataclass(frozen=True)
class Move:
    """People move between cells of the last axis, and take along what they carry.

    Attributes:
        stocks: names of arrays of one shape (..., cells): how many people, and what they carry.
        chance: chances a month to go from a cell to another, shape (..., cells, cells).
    """

    stocks: tuple[str, ...]
    chance: Floats


@dataclass(frozen=True)
class Put:
    """Something that is set, not integrated: a decision, a measurement, a shock."""

    stock: str
    value: Any


Flow = Relax | Move | Put


def per_month(chance: Floats) -> Floats:
    """Return the rate, -ln(1 - chance), that a chance a month comes from."""
    rate: Floats = -np.log1p(-np.clip(chance, 0.0, LARGEST))
    return rate


def sharpened(loss: Floats) -> Floats:
    """Return -ln(1 - loss) / loss: by how much rates exceed what a month shows; 1 at loss 0."""
    held = np.clip(loss, 0.0, LARGEST)
    ratio = np.ones_like(held)
    np.divide(per_month(held), held, out=ratio, where=held > 1e-12)
    return ratio


def _relaxing(flow: Relax, shape: tuple[int, ...]) -> tuple[Floats, Floats]:
    """Return the constant and the linear part of the rate, flattened."""
    gain = np.broadcast_to(np.asarray(flow.gain, float), shape)
    loss = np.broadcast_to(np.asarray(flow.loss, float), shape)
    return (gain * sharpened(loss)).ravel(), per_month(loss).ravel()


def _moving(flow: Move) -> tuple[Floats, Floats]:
    """Return the rate of leaving each cell, and where those who leave it go (shares)."""
    out = flow.chance.sum(axis=-1)
    split = np.zeros_like(flow.chance)
    np.divide(flow.chance, out[..., None], out=split, where=out[..., None] > 0.0)
    return per_month(out), split


def rates(stocks: Stocks, flows: Sequence[Flow]) -> dict[str, Floats]:
    """Return how fast each stock moves now, a month, by name."""
    found: dict[str, Floats] = {}
    for flow in flows:
        if isinstance(flow, Relax):
            now = np.asarray(getattr(stocks, flow.stock), float)
            constant, linear = _relaxing(flow, now.shape)
            rate = (constant - linear * now.ravel()).reshape(now.shape)
            found[flow.stock] = found.get(flow.stock, 0.0) + rate
        elif isinstance(flow, Move):
            leaving, split = _moving(flow)
            for name in flow.stocks:
                gone = getattr(stocks, name) * leaving
                rate = np.einsum("...i,...ij->...j", gone, split) - gone
                found[name] = found.get(name, 0.0) + rate
    return found


def pass_month(stocks: Stocks, flows: Sequence[Flow]) -> None:
    """Let a month of these flows pass, all of them reading the stocks as they are now."""
    relaxing = [flow for flow in flows if isinstance(flow, Relax)]
    for flow in flows:
        if isinstance(flow, Move):
            _pass_moves(stocks, flow)
    if relaxing:
        _pass_relaxing(stocks, relaxing)
    for flow in flows:
        if isinstance(flow, Put):
            setattr(stocks, flow.stock, flow.value)


def _pass_relaxing(stocks: Stocks, flows: Sequence[Relax]) -> None:
    now = [np.asarray(getattr(stocks, flow.stock), float) for flow in flows]
    parts = [_relaxing(flow, values.shape) for flow, values in zip(flows, now, strict=True)]
    constant = np.concatenate([part[0] for part in parts])
    linear = np.concatenate([part[1] for part in parts])
    begin = np.concatenate([values.ravel() for values in now])
    ended = _integrate(lambda _, x: constant - linear * x, begin)
    at = 0
    for flow, values in zip(flows, now, strict=True):
        new = ended[at : at + values.size].reshape(values.shape)
        setattr(stocks, flow.stock, np.clip(new, flow.least, flow.most))
        at += values.size


def _pass_moves(stocks: Stocks, flow: Move) -> None:
    """Move people and what they carry: all leave a cell at its one rate."""
    leaving, split = _moving(flow)
    rate = leaving.ravel()
    stayed = _integrate(lambda _, left: -rate * left, np.ones(rate.size)).reshape(leaving.shape)
    for name in flow.stocks:
        now: Floats = getattr(stocks, name)
        gone = now * (1.0 - stayed)
        new = now - gone + np.einsum("...i,...ij->...j", gone, split)
        setattr(stocks, name, np.maximum(new, 0.0))


def _integrate(rate: Any, begin: Floats) -> Floats:
    """Return where a month of a rate of change leads."""
    if not begin.size:
        return begin
    found = solve_ivp(rate, (0.0, 1.0), begin, method="DOP853", rtol=EXACT, atol=NEAR)
    ended: Floats = found.y[:, -1]
    return ended
