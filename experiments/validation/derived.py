"""Derived targets: what theory says must come out, worked out where no paper prints the number."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit, ndtr
from scipy.stats import binom


def normal_equilibrium(mean: float, spread: float) -> float:
    """Return the share that comes to act where thresholds are normal (Granovetter 1978).

    It is the least share s with s = P(threshold <= s), reached from nobody acting.

    Args:
        mean: mean threshold, as a share of the others.
        spread: standard deviation of the thresholds.
    """
    share, before = 0.0, -1.0
    while share - before > 1e-12:
        before, share = share, float(ndtr((share - mean) / spread))
    return share


def all_act(people: int, cost: float, temperature: float, rate: float) -> float:
    """Return the share of time in which all of a group act, in binary minimum effort.

    The state is how many act. Everyone reconsiders with chance `rate`, all at once: acting is worth
    [all others act] - cost, and is taken with the logistic chance of that over the temperature. The
    result is the last entry of the stationary distribution of this chain. For a small rate it nears
    the logit potential of Anderson, Goeree & Holt 2001.

    Args:
        people: size of the group, 2 or more.
        cost: of acting, where the least effort of all is worth 1.
        temperature: noise of the logistic choice, above 0.
        rate: chance that somebody reconsiders in a month, above 0.
    """
    counts = np.arange(people + 1)
    moves = np.zeros((people + 1, people + 1))
    for acting in counts:
        joins = rate * expit(((acting == people - 1) - cost) / temperature)
        stops = rate * expit((cost - (acting == people)) / temperature)
        for up in range(people - acting + 1):
            chance = binom.pmf(up, people - acting, joins)
            down = counts[: acting + 1]
            moves[acting, acting + up - down] += chance * binom.pmf(down, acting, stops)
    return float(stationary(moves)[-1])


def rather_all(people: int, cost: float, temperature: float) -> float:
    """Return the share of all acting among all and none acting, in binary minimum effort.

    With the logistic response and one revision at a time the chance of a state goes as the exponent
    of its potential over the temperature (Anderson, Goeree & Holt 2001). The potential of all
    acting is 1 - people * cost, that of nobody acting 0: their chances are equal, and the result
    1/2, at cost = 1 / people, whatever the temperature.

    Args:
        people: size of the group, 2 or more.
        cost: of acting, where the least effort of all is worth 1.
        temperature: noise of the logistic choice, above 0.
    """
    return 1.0 / (1.0 + math.exp((people * cost - 1.0) / temperature))


def stationary(moves: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the stationary distribution of a chain that can reach every state from every other.

    State by state is taken out without any subtraction, so that even chains that hardly move are
    solved to the last digits (Grassmann, Taksar & Heyman 1985, Operations Research 33: 1107).

    Args:
        moves: chance of each move, from row to column, shape (states, states).
    """
    left = moves.copy()
    for last in range(len(left) - 1, 0, -1):
        left[:last, last] /= left[last, :last].sum()
        left[:last, :last] += np.outer(left[:last, last], left[last, :last])
    shares = np.ones(len(left))
    for state in range(1, len(left)):
        shares[state] = shares[:state] @ left[:state, state]
    found: NDArray[np.float64] = shares / shares.sum()
    return found
