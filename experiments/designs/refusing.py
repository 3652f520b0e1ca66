"""Refusing: what must hold between the parts of a design, and where a refusal is laid."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from experiments.designs.axis import SCENARIO, Axis
from experiments.designs.declared import Arm, Declared, Factor
from experiments.designs.laying import changes_for
from simulation.errors import InputError, nearest_name
from simulation.processes import own_processes
from simulation.recorder import Recorder
from simulation.specification import Specification


def check_settings(declared: Declared) -> None:
    """Refuse measures that are not there, and settings that name a table.

    Raises:
        InputError: for the first of them.
    """
    known = measure_names()
    for name in declared.record.measures:
        if name not in known:
            raise InputError(
                "there is no such measure",
                key="record.measures",
                found=name,
                nearest=nearest_name(name, known),
            )
    for key, value in declared.settings.items():
        refuse_table(key, value, "settings")


def check_arms(
    declared: Declared, axes: Sequence[Axis], bases: Mapping[str, Specification]
) -> None:
    """Refuse arms that share a name, or that undo what a factor sets or asks about.

    Args:
        declared: the design.
        axes: its factors.
        bases: the scenarios with the design's settings, by name.

    Raises:
        InputError: for the first of them.
    """
    names = [arm.name for arm in declared.arms]
    varied = {key for a in axes for key in (*a.keys, *a.when)}
    varied |= {key for a in axes for level in a.named for key in level.settings}
    for arm in declared.arms:
        if names.count(arm.name) > 1:
            raise InputError("two arms have this name", key="arms", found=arm.name)
        if arm.scenario is not None and SCENARIO in varied:
            raise InputError(
                "an arm cannot choose the scenario where a factor does",
                key=f"arms.{arm.name}.scenario",
            )
        base = bases[arm.scenario or declared.scenario]
        settings = varied - {SCENARIO} - {axis.name for axis in axes if axis.name not in axis.keys}
        there = set(changes_for(dict.fromkeys(settings, 0), base))
        for key, value in arm.settings.items():
            refuse_table(key, value, f"arms.{arm.name}.settings")
            if there & set(changes_for({key: 0}, base)):
                raise InputError(
                    "an arm cannot set what a factor varies or asks about",
                    key=f"arms.{arm.name}.settings",
                    found=key,
                )


def measure_names() -> list[str]:
    """Return the names of all measures that a run records."""
    own = tuple(process() for process in own_processes())
    keys = Recorder(("A",), 12, 0.5, own).keys
    return list(dict.fromkeys(key.measure for key in keys))


def refuse_table(key: str, value: Any, where: str) -> None:
    """Refuse a setting that was written as a table of a table: a key without quotes."""
    if isinstance(value, Mapping) and "." not in key:
        inner = next(iter(value), "…")
        raise InputError(
            "names a table, not a setting", key=where, found=key, mend=f'write "{key}.{inner}" = …'
        )


def refuse_unknown_levels(factor: Factor, column: list[Any] | None) -> None:
    """Refuse a table that lacks a factor, or names levels that the factor does not have."""
    if column is None:
        raise InputError("has no column of this factor", key="table", found=factor.name)
    assert isinstance(factor.levels, tuple)
    names = [level.name for level in factor.levels]
    for row, value in enumerate(column):
        if value not in names:
            raise InputError(
                "there is no such level",
                key=f"table: row {row}, column {factor.name}",
                found=value,
                allowed=", ".join(names),
            )


def at_point(error: InputError, number: int, arm: Arm | None) -> InputError:
    """Say at which point, and in which arm, a scenario refused its settings."""
    return at_key(error, f"point {number}" + (f", arm '{arm.name}'" if arm is not None else ""))


def at_key(error: InputError, key: str) -> InputError:
    """Say where in a design a scenario refused a setting."""
    what = ": ".join(part for part in (error.file, error.key) if part)
    return InputError(
        f"{what}: {error.problem}" if what else error.problem,
        key=key,
        found=error.found,
        allowed=error.allowed,
        nearest=error.nearest,
        mend=error.mend,
    )
