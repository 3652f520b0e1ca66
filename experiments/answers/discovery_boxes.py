"""Boxes: parts of the space of factors, found by PRIM or CART, each tried on runs held out."""

from __future__ import annotations

import importlib
import logging
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from experiments.answers.discovery_cases import Cases
from experiments.recorded import Floats
from simulation.errors import InputError

SMALLEST = 0.05
"""Least share of the runs that a box may hold."""
ALPHA = 0.05
"""A restriction with a quasi-p value above this is dropped."""
RESAMPLES = 20
"""How often PRIM is repeated on half of the points."""
FEW = 12
"""A number with no more different values than this is a scale of steps."""


@dataclass(frozen=True)
class Limit:
    """What a box asks of one factor.

    Attributes:
        name: the factor.
        low: lower end of the range, None where the box leaves it open.
        high: its upper end.
        choices: which choices are in; None for a factor of numbers.
        quasi_p: how likely the box would be as dense without the restriction by chance; None where
            it is not told.
        returns: share of repetitions on half of the points in which the factor is restricted too.
    """

    name: str
    low: float | None = None
    high: float | None = None
    choices: tuple[str, ...] | None = None
    quasi_p: float | None = None
    returns: float | None = None

    def holds(self, column: pd.Series[Any]) -> np.ndarray[Any, np.dtype[np.bool_]]:
        """Tell which runs lie within."""
        if self.choices is not None:
            return column.isin(self.choices).to_numpy()
        inside = np.ones(len(column), dtype=np.bool_)
        if self.low is not None:
            inside &= (column >= self.low).to_numpy()
        if self.high is not None:
            inside &= (column <= self.high).to_numpy()
        return inside


@dataclass(frozen=True)
class Box:
    """A part of the space of factors.

    Attributes:
        method: "prim" or "cart".
        limits: what it asks, factor by factor.
        trajectory: PRIM's peeling: columns coverage, density, mass, restricted; empty for CART.
    """

    method: str
    limits: tuple[Limit, ...]
    trajectory: pd.DataFrame = field(default_factory=pd.DataFrame)

    def holds(self, x: pd.DataFrame) -> np.ndarray[Any, np.dtype[np.bool_]]:
        """Tell which runs lie within."""
        inside = np.ones(len(x), dtype=np.bool_)
        for limit in self.limits:
            inside &= limit.holds(x[limit.name])
        return inside


def worth(coverage: Floats, density: Floats, base: float) -> Floats:
    """Return how good boxes are: coverage times how far density lies above the base rate.

    This is the rule by which a box is chosen on the peeling trajectory. It is 0 for the whole
    space, and falls both where a box is thinned for coverage and where it is shrunk for density.
    """
    found: Floats = coverage * (density - base)
    return found


def prim_box(cases: Cases, resamples: int = RESAMPLES, seed: int = 1) -> Box | None:
    """Return the box that PRIM finds in the trained runs; None where nothing is worth it.

    Peeling and pasting are the EMA workbench's. The box on the trajectory is the one of the
    greatest `worth`; restrictions with a quasi-p value above .05 are then dropped, the weakest
    first. `returns` says how often each factor is restricted when all of this is done again on
    halves of the points.

    Source: Friedman and Fisher (1999), Statistics and Computing 9; scenario discovery, quasi-p and
    resampling: Bryant and Lempert (2010), Technological Forecasting and Social Change 77.
    """
    x, y = cases.x[cases.trained].reset_index(drop=True), cases.y[cases.trained]
    found = _peel(x, y)
    if found is None:
        return None
    limits, trajectory = found
    counts = dict.fromkeys(limits, 0)
    random = np.random.default_rng(seed)
    point = cases.point[cases.trained]
    for _ in range(resamples):
        half = random.choice(np.unique(point), size=len(np.unique(point)) // 2, replace=False)
        inside = np.isin(point, half)
        again = _peel(x[inside].reset_index(drop=True), y[inside])
        for name in again[0] if again else ():
            if name in counts:
                counts[name] += 1
    named = tuple(
        Limit(**vars(limit) | {"returns": counts[name] / resamples if resamples else None})
        for name, limit in limits.items()
    )
    return Box("prim", named, trajectory)


def _peel(x: pd.DataFrame, y: Floats) -> tuple[dict[str, Limit], pd.DataFrame] | None:
    """Return the limits of the box that is chosen on one peeling trajectory."""
    base = float(y.mean())
    if base in (0.0, 1.0):
        return None
    with _quiet():
        box = _workbench("prim").Prim(x, y.astype(np.int64), mass_min=SMALLEST).find_box()
        path = box.peeling_trajectory
        value = worth(path["coverage"].to_numpy(float), path["density"].to_numpy(float), base)
        chosen = int(np.argmax(value))
        if value[chosen] <= 0.0:
            return None
        trajectory = path[["coverage", "density", "mass", "res_dim"]].astype(float)
        while True:
            quasi = _quasi_p(box.p_values[chosen])
            weak = {name: p for name, p in quasi.items() if p > ALPHA}
            if not weak:
                break
            box.drop_restriction(max(weak, key=lambda name: weak[name]), chosen)
            chosen = len(box.box_lims) - 1
    if not quasi:
        return None
    inside = Box("prim", tuple(_limits(box, chosen, quasi).values())).holds(x)
    limits = _limits(box, chosen, quasi)
    snapped = {name: _snapped(limit, x[name], inside) for name, limit in limits.items()}
    return snapped, trajectory.rename(columns={"res_dim": "restricted"})


def _quasi_p(values: Mapping[str, Any]) -> dict[str, float]:
    """Return the largest quasi-p value of each restricted factor: of its weaker end."""
    told = {str(name): [float(v) for v in pair if v >= 0.0] for name, pair in values.items()}
    return {name: max(pair) for name, pair in told.items() if pair}


def _limits(box: Any, chosen: int, quasi: Mapping[str, float]) -> dict[str, Limit]:
    """Return what a box of the EMA workbench asks, as limits."""
    here, all_ = box.box_lims[chosen], box.box_lims[0]
    found = {}
    for name, p in quasi.items():
        low, high = here[name].tolist()
        if isinstance(low, (set, frozenset)):
            found[name] = Limit(name, choices=tuple(sorted(map(str, low))), quasi_p=p)
            continue
        first, last = all_[name].tolist()
        ends = (float(low) if low > first else None, float(high) if high < last else None)
        found[name] = Limit(name, *ends, quasi_p=p)
    return found


def _snapped(limit: Limit, column: pd.Series[Any], inside: np.ndarray[Any, Any]) -> Limit:
    """Return a limit on a scale of steps with its ends on a step, not between two."""
    if limit.choices is not None or column.nunique() > FEW or not inside.any():
        return limit
    low, high = float(column[inside].min()), float(column[inside].max())
    ends = {"low": None if limit.low is None else low, "high": None if limit.high is None else high}
    return Limit(**vars(limit) | ends)


def cart_boxes(cases: Cases, seed: int = 1) -> list[Box]:
    """Return the leaves of a classification tree that are denser than the base rate, best first.

    The tree is the EMA workbench's; its leaves are read here, as its own reading of choices loses
    some of them.

    Source: Breiman, Friedman, Olshen and Stone (1984), Classification and Regression Trees.
    """
    x, y = cases.x[cases.trained].reset_index(drop=True), cases.y[cases.trained]
    base = float(y.mean())
    if base in (0.0, 1.0):
        return []
    with _quiet(), _numpy_seed(seed):
        fitted = _workbench("cart").CART(x, y.astype(np.int64), mass_min=SMALLEST)
        fitted.build_tree()
    boxes = []
    for path in _paths(fitted.clf.tree_):
        limits = _narrowed(path, fitted.feature_names, fitted.sep, cases)
        box = Box("cart", tuple(limits))
        inside = box.holds(x)
        if limits and inside.any():
            tight = tuple(_snapped(limit, x[limit.name], inside) for limit in limits)
            coverage, density = y[inside].sum() / y.sum(), y[inside].mean()
            boxes.append((float(coverage * (density - base)), Box("cart", tight)))
    return [box for value, box in sorted(boxes, key=lambda pair: -pair[0]) if value > 0.0]


Step = tuple[int, bool, float]
"""Column of a tree, whether its values are at most the limit, and the limit."""


def _paths(tree: Any, node: int = 0, path: tuple[Step, ...] = ()) -> Iterator[tuple[Step, ...]]:
    """Yield the way to every leaf of a tree."""
    if tree.children_left[node] == -1:
        yield path
        return
    column, limit = int(tree.feature[node]), float(tree.threshold[node])
    yield from _paths(tree, int(tree.children_left[node]), (*path, (column, True, limit)))
    yield from _paths(tree, int(tree.children_right[node]), (*path, (column, False, limit)))


def _narrowed(path: tuple[Step, ...], names: list[str], sep: str, cases: Cases) -> list[Limit]:
    """Return the limits that the steps of a path come to together."""
    found: dict[str, Limit] = {}
    for column, below, limit in path:
        name, _, choice = names[column].partition(sep)
        if choice:
            every = tuple(sorted(set(cases.x[name].astype(str))))
            left = found[name].choices if name in found else every
            keep = [c for c in left or () if (c != choice) == below]
            found[name] = Limit(name, choices=tuple(keep))
            continue
        old = found.get(name, Limit(name))
        if below:
            high = limit if old.high is None else min(old.high, limit)
            found[name] = Limit(name, old.low, high)
        else:
            low = limit if old.low is None else max(old.low, limit)
            found[name] = Limit(name, low, old.high)
    return list(found.values())


def _workbench(name: str) -> Any:
    """Return a module of the EMA workbench's analysis; it takes seconds to import.

    Raises:
        InputError: it is not installed.
    """
    try:
        return importlib.import_module(f"ema_workbench.analysis.{name}")
    except ImportError:
        raise InputError(
            "this needs the library ema-workbench, which is not installed",
            mend="install kindling-abm[analysis]",
        ) from None


@contextmanager
def _quiet() -> Iterator[None]:
    """Keep the workbench's warnings and log from the user."""
    before = logging.root.manager.disable
    logging.disable(logging.CRITICAL)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        logging.disable(before)


@contextmanager
def _numpy_seed(seed: int) -> Iterator[None]:
    """Give the tree, which asks NumPy's own generator in case of ties, the same luck every time."""
    before = np.random.get_state()  # noqa: NPY002
    np.random.seed(seed)  # noqa: NPY002
    try:
        yield
    finally:
        np.random.set_state(before)  # noqa: NPY002
