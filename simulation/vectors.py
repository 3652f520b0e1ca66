"""Vectors and labels as measures need them: checked once, with one type and one layout.

Kernels compile once for each type and layout they meet, and check no bounds; so everything that
goes into one passes through here.
"""

from __future__ import annotations

import math
from collections.abc import Sized

import numpy as np
from numpy.typing import ArrayLike, NDArray

from simulation.errors import InputError

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

ROUNDING = 1e-12
"""Numbers closer than this are equal: no verdict, tie or threshold hangs on rounding."""


def vector(values: ArrayLike, name: str = "values") -> Floats:
    """Return one-dimensional, contiguous, writable float64 values, copied only where needed.

    Raises:
        InputError: the values are not numbers, or not one-dimensional.
    """
    if (
        type(values) is np.ndarray
        and values.dtype == np.float64
        and values.ndim == 1
        and values.flags.carray
    ):
        return values
    try:
        array = np.require(values, dtype=np.float64, requirements=["C", "W", "A"])
    except (TypeError, ValueError) as problem:
        raise InputError(f"{name} must be numbers") from problem
    if array.ndim != 1:
        raise InputError(f"{name} must have one dimension", found=f"{array.ndim} dimensions")
    return array


def labels(groups: ArrayLike, n_labels: int, *, lowest: int = 0, name: str = "groups") -> Integers:
    """Return labels as contiguous int64, checked to lie in `lowest` … `n_labels` - 1.

    Raises:
        InputError: a label lies outside that range, or labels are not whole numbers in one row.
    """
    given = np.asarray(groups)
    if given.size == 0:
        return np.zeros(0, dtype=np.int64)
    if given.ndim != 1 or given.dtype.kind not in "iub":
        raise InputError(f"{name} must be one row of whole numbers", found=given.dtype.name)
    array: Integers = given
    if given.dtype != np.int64 or not given.flags.carray:
        array = np.require(given, dtype=np.int64, requirements=["C", "W", "A"])
    low, high = int(array.min()), int(array.max())
    if low < lowest or high >= n_labels:
        raise InputError(
            f"{name} holds labels outside their range",
            found=f"{low} to {high}",
            allowed=f"{lowest} to {n_labels - 1}",
        )
    return array


def same_length(first: Sized, second: Sized, names: str) -> None:
    """Raise `InputError` unless both have the same length."""
    if len(first) != len(second):
        raise InputError(f"{names} must have the same length", found=(len(first), len(second)))


def amounts_of(values: ArrayLike, name: str) -> Floats:
    """Return a vector of which no entry is negative."""
    array = vector(values, name)
    if (array < 0.0).any():
        raise InputError(f"{name} must not be negative", found=float(array.min()))
    return array


def divide(part: NDArray[np.generic], whole: NDArray[np.generic]) -> Floats:
    """Return part ÷ whole by entry, nan where the whole is zero."""
    answer: Floats = np.full(len(part), math.nan)
    np.divide(part, whole, out=answer, where=whole != 0)
    return answer


def shares_of(amounts: Floats) -> Floats:
    """Return amounts ÷ their sum, nan where the sum is zero."""
    return divide(amounts, np.full(len(amounts), amounts.sum()))


def share_of(part: float, whole: float) -> float:
    """Return part ÷ whole, nan where the whole is zero (promises kept of those made)."""
    return float(part) / float(whole) if whole != 0 else math.nan
