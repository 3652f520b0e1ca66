"""Sampling: places in the unit cube, by methods that others have published and tested.

Latin hypercubes and Sobol' sequences are SciPy's, Morris' walks and Saltelli's scheme SALib's. A
larger sample of the same seed begins with the smaller one, but for Latin hypercubes, where a second
one is laid beside the first.

Sources: McKay, Beckman & Conover (1979) for Latin hypercubes; Joe & Kuo (2008) with Owen's
scrambling for Sobol'; Morris (1991); Saltelli (2002) and Saltelli et al. (2010).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.stats import qmc

from experiments.designs.declared import MOST_POINTS, Declared
from experiments.recorded import Floats
from simulation.chance import derive
from simulation.errors import InputError

GRID = 4
"""Levels of the grid that Morris' walks go on, where none are stated."""


@dataclass(frozen=True)
class Sample:
    """Places in the unit cube, and how they hang together.

    Attributes:
        method: what drew them.
        unit: shape (points, factors): a row a point in the order of the design's points, from 0
            to 1.
        base: base samples (saltelli) or trajectories (morris); else the number of points.
        second_order: whether pairs of factors can be judged (saltelli).
        levels: levels of the grid (morris).
    """

    method: str
    unit: Floats
    base: int
    second_order: bool = False
    levels: int = GRID

    @property
    def block(self) -> int:
        """How many points in a row belong to one base sample or trajectory."""
        return len(self.unit) // self.base


def problem_of(names: list[str]) -> dict[str, Any]:
    """Return the factors as SALib describes them, over the unit cube."""
    return {"num_vars": len(names), "names": names, "bounds": [[0.0, 1.0]] * len(names)}


def sample(declared: Declared, names: list[str]) -> Sample | None:
    """Return the places of a design in the unit cube; None where its points are listed.

    Raises:
        InputError: a number that the method needs is missing, or the design has too few factors or
            too many points.
    """
    method = declared.method
    if method in ("factorial", "one_at_a_time", "table"):
        return None
    if not names:
        raise InputError(
            "is missing", key="factors", allowed=f"at least one for method = '{method}'"
        )
    if method == "morris":
        return _morris(declared, names)
    if declared.points is None:
        raise InputError("is missing", key="points", allowed="a whole number, at least 1")
    if method == "saltelli":
        return _saltelli(declared, names, declared.points)
    _not_too_many(declared.points + sum(declared.beside))
    if method == "sobol":
        cube = _sobol(len(names), declared.points, declared.seed)
    else:
        cube = _hypercubes(len(names), (declared.points, *declared.beside), declared.seed)
    return Sample(method, cube, len(cube))


def _hypercubes(factors: int, sizes: tuple[int, ...], seed: int) -> Floats:
    """Return hypercubes beside each other; the first is the same however many follow."""
    seeds = [seed, *(derive(seed, number) for number in range(1, len(sizes)))]
    cubes = [
        qmc.LatinHypercube(factors, rng=np.random.default_rng(own)).random(size)
        for own, size in zip(seeds, sizes, strict=True)
    ]
    return np.concatenate(cubes)


def _sobol(factors: int, points: int, seed: int) -> Floats:
    """Return the first points of a scrambled Sobol' sequence, whatever their number."""
    if factors > qmc.Sobol.MAXDIM:
        raise InputError("too many factors", key="factors", found=factors)
    sequence = qmc.Sobol(factors, scramble=True, rng=np.random.default_rng(seed))
    return np.asarray(sequence.random_base2(_power(points))[:points], dtype=np.float64)


def _power(points: int) -> int:
    return math.ceil(math.log2(points)) if points > 1 else 0


def _saltelli(declared: Declared, names: list[str], base: int) -> Sample:
    second = bool(declared.second_order)
    block = (2 if second else 1) * len(names) + 2
    _not_too_many(base * block)
    try:
        from SALib.sample import sobol
    except ImportError:
        raise _no_library() from None
    whole = sobol.sample(
        problem_of(names), 2 ** _power(base), calc_second_order=second, seed=declared.seed
    )
    unit = np.asarray(whole[: base * block], dtype=np.float64)
    return Sample("saltelli", unit, base, second)


def _morris(declared: Declared, names: list[str]) -> Sample:
    if declared.trajectories is None:
        raise InputError("is missing", key="trajectories", allowed="a whole number, at least 1")
    levels = declared.levels or GRID
    if levels % 2:
        raise InputError("Morris' grid needs an even number of levels", key="levels", found=levels)
    _not_too_many(declared.trajectories * (len(names) + 1))
    try:
        from SALib.sample import morris
    except ImportError:
        raise _no_library() from None
    unit = morris.sample(
        problem_of(names), declared.trajectories, num_levels=levels, seed=declared.seed
    )
    unit = np.asarray(unit, dtype=np.float64)
    return Sample("morris", unit, declared.trajectories, False, levels)


def _no_library() -> InputError:
    return InputError(
        "this method needs the library SALib, which is not installed",
        key="method",
        mend="install kindling-abm[analysis]",
    )


def _not_too_many(points: int) -> None:
    if points > MOST_POINTS:
        raise InputError("too many points", found=points, allowed=f"up to {MOST_POINTS:,}")
