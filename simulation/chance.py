"""Chance: stateless random numbers, each the function of what it decides.

A draw is addressed by *seed, stream, month, id, id2* and by nothing else. There is no generator
whose state moves on, so no draw depends on how many were made before it, on the order in which
agents are stored, or on the number of processes. Two runs that differ in one event share every
draw the event does not reach: these are *common random numbers* keyed by event, and they are what
makes paired comparisons narrow (Stout & Goldie 2008, Health Care Management Science 11:399; Wright
& Ramsay 1979, Management Science 25:649).

One stream serves one kind of draw ("dialogue/meet" is another stream than "dialogue/goes-well").
Its number is a hash of its name, so a new stream never shifts another.

The fast generator is two rounds of the 64-bit finaliser of SplitMix64 (Steele, Lea & Flood 2014,
"Fast splittable pseudorandom number generators") with Stafford's thirteenth constants. The strict
option is Philox4x32-10 (Salmon et al. 2011, "Parallel random numbers: as easy as 1, 2, 3"), kept to
check that no finding depends on the generator.
"""

from __future__ import annotations

import hashlib
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import ndtri

from simulation.compiled import kernel

Floats = NDArray[np.float64]

_MASK = (1 << 64) - 1


class Key(NamedTuple):
    """What a kernel needs to draw from one stream: pass it on, make it with `Luck.key`."""

    bits: np.uint64
    month: np.int64
    strict: np.bool_


@kernel
def _mix(z: Any) -> Any:
    """Return the SplitMix64 finaliser (variant 13) of one 64-bit word."""
    z = np.uint64(z)
    z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return z ^ (z >> np.uint64(31))


@kernel
def _philox(key: Any, month: int, first: int, second: int) -> Any:
    """Return 64 bits of Philox4x32-10 at counter (month, first, second, 0)."""
    low = np.uint64(0xFFFFFFFF)
    shift = np.uint64(32)
    k0 = np.uint64(key) & low
    k1 = np.uint64(key) >> shift
    c0 = np.uint64(month) & low
    c1 = np.uint64(first) & low
    c2 = np.uint64(second) & low
    c3 = np.uint64(0)
    for _ in range(10):
        p0 = np.uint64(0xD2511F53) * c0
        p1 = np.uint64(0xCD9E8D57) * c2
        c0, c1, c2, c3 = (
            (p1 >> shift) ^ c1 ^ k0,
            p1 & low,
            (p0 >> shift) ^ c3 ^ k1,
            p0 & low,
        )
        k0 = (k0 + np.uint64(0x9E3779B9)) & low
        k1 = (k1 + np.uint64(0xBB67AE85)) & low
    return (c0 << shift) | c1


@kernel
def at(key: Key, month: int) -> Key:
    """Return the key of one month: call once at the top of a kernel."""
    if key.strict:
        return Key(key.bits, np.int64(month), key.strict)
    bits = _mix(key.bits + np.uint64(month) * np.uint64(0x9E3779B97F4A7C15))
    return Key(bits, np.int64(month), key.strict)


@kernel
def draw(key: Key, first: int, second: int) -> Any:
    """Return the uniform number in [0, 1) that belongs to (first, second) in the key's month."""
    if key.strict:
        bits = _philox(key.bits, key.month, first, second)
    else:
        bits = _mix(key.bits + np.uint64(first) * np.uint64(0xD1B54A32D192ED03))
        bits = _mix(bits + np.uint64(second) * np.uint64(0xABC98388FB8FAC03))
    return np.float64(bits >> np.uint64(11)) * 1.1102230246251565e-16


@kernel
def _draw_one(key: Key, month: int, first: int, second: int) -> Any:
    """Return the draw that belongs to a pair of ids in a month."""
    return draw(at(key, month), first, second)


@kernel
def _draw_all(key: Key, month: int, first: NDArray[np.int64], second: NDArray[np.int64]) -> Floats:
    """Return one draw for each pair of ids."""
    this_month = at(key, month)
    out = np.empty(first.size)
    for n in range(first.size):
        out[n] = draw(this_month, first[n], second[n])
    return out


@kernel
def _draw_each(key: Key, month: int, first: NDArray[np.int64], second: int) -> Floats:
    """Return one draw for each id, all with the same second id."""
    this_month = at(key, month)
    out = np.empty(first.size)
    for n in range(first.size):
        out[n] = draw(this_month, first[n], second)
    return out


@lru_cache(maxsize=1024)
def stream_number(name: str) -> int:
    """Return the 64-bit number of a stream: a stable hash of its name."""
    return int.from_bytes(hashlib.blake2b(name.encode(), digest_size=8).digest(), "big")


def _mix_python(z: int) -> int:
    """Do what `_mix` does, on Python integers: used where seeds and streams are combined."""
    z &= _MASK
    z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & _MASK
    z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & _MASK
    return z ^ (z >> 31)


def derive(seed: int, *parts: int | str) -> int:
    """Return the seed that belongs to a part of a larger experiment.

    Replicates use `derive(seed, replicate)`, communities of a region `derive(seed, community)`.
    The result lies in [0, 2**63).
    """
    bits = seed & _MASK
    for part in parts:
        number = stream_number(part) if isinstance(part, str) else part
        bits = _mix_python(_mix_python(bits + 0x9E3779B97F4A7C15) + number)
    return bits >> 1


class Luck:
    """All the chance of one community: a seed and a choice of generator."""

    def __init__(self, seed: int, *, strict: bool = False) -> None:
        self.seed = int(seed)
        self.strict = bool(strict)
        self._keys: dict[str, Key] = {}

    def key(self, stream: str) -> Key:
        """Return the key of a stream, for kernels."""
        found = self._keys.get(stream)
        if found is None:
            bits = _mix_python(_mix_python(self.seed) + stream_number(stream))
            found = Key(np.uint64(bits), np.int64(0), np.bool_(self.strict))
            self._keys[stream] = found
        return found

    def uniform(self, stream: str, month: int, first: int, second: int = 0) -> float:
        """Return one uniform number in [0, 1)."""
        return float(_draw_one(self.key(stream), int(month), int(first), int(second)))

    def normal(self, stream: str, month: int, first: int, second: int = 0) -> float:
        """Return one standard normal number, by the inverse of the cumulative distribution."""
        return float(ndtri(self.uniform(stream, month, first, second) + 2.0**-54))

    def uniforms(
        self, stream: str, month: int, first: ArrayLike, second: ArrayLike | int = 0
    ) -> Floats:
        """Return uniform numbers in [0, 1), one for each id (pair), flattened; ids broadcast."""
        result: Floats
        if isinstance(second, int):
            one = np.ascontiguousarray(first, dtype=np.int64).reshape(-1)
            result = _draw_each(self.key(stream), month, one, second)
            return result
        one, two = np.broadcast_arrays(np.asarray(first, np.int64), np.asarray(second, np.int64))
        one, two = np.ascontiguousarray(one).reshape(-1), np.ascontiguousarray(two).reshape(-1)
        result = _draw_all(self.key(stream), month, one, two)
        return result

    def normals(
        self, stream: str, month: int, first: ArrayLike, second: ArrayLike | int = 0
    ) -> Floats:
        """Return standard normal numbers, one for each id (pair)."""
        result: Floats = ndtri(self.uniforms(stream, month, first, second) + 2.0**-54)
        return result


def uniform(seed: int, stream: str, month: int, id: int, id2: int = 0) -> float:
    """Return the uniform number in [0, 1) at this address; the same address, the same number."""
    return Luck(seed).uniform(stream, month, id, id2)
