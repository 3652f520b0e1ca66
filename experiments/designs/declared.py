"""Declared: the keys of a design file, what each may be, and what it means.

A design file holds these keys and no others; a mistake is one line that says where, what, and how
to mend it. What the keys come to stands in `experiments.designs.design`.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Annotated, Any, Literal, get_args

from pydantic import Field, ValidationError

from scenarios.declarations import allowed, bare, field_names, is_union, model_of
from scenarios.problems import input_error
from simulation.errors import InputError, nearest_name
from simulation.specification import Part, specification_class

Method = Literal[
    "factorial", "one_at_a_time", "latin_hypercube", "sobol", "morris", "saltelli", "table"
]
Scale = Literal["even", "log"]
Name = Annotated[str, Field(min_length=1, max_length=60)]
Key = Annotated[str, Field(min_length=1, max_length=300)]

MOST_POINTS = 1_000_000
"""The largest design: more points than anybody can run are a slip of the pen."""


class Level(Part):
    """One level of a factor that changes several settings at once."""

    name: Name = Field(description="what the level is called in tables")
    settings: dict[str, Any] = Field(
        default_factory=dict, description="settings of this level, by keys as `--set` takes them"
    )


class Factor(Part):
    """Something that varies from point to point."""

    name: Name | None = Field(None, description="column in every table; default: the key")
    key: Key | None = Field(
        None,
        description="what varies: a setting's key as `--set` takes it (`*` stands for every entry "
        'of a list: `institutions.*.present_bias`), or "scenario"',
    )
    keys: tuple[Key, ...] = Field((), description="several keys that take the same value")
    low: float | None = Field(None, description="lowest value; default: the parameter's own")
    high: float | None = Field(None, description="highest value; default: the parameter's own")
    scale: Scale = Field("even", description="how values spread from low to high")
    levels: Annotated[int, Field(ge=1, le=10_000)] | tuple[Level, ...] | None = Field(
        None,
        description="how many values from low to high are tried (default: both ends), or a list of "
        "named levels, each with its settings",
    )
    values: tuple[Any, ...] | None = Field(
        None, description="the values that are tried, in place of low, high and levels"
    )
    label: str | None = Field(None, description="its name in figures", max_length=200)
    when: dict[str, Any] = Field(
        default_factory=dict,
        description="it varies only where these settings or earlier factors have this value (or "
        "one of a list); elsewhere the scenario's own value stays",
    )


class Arm(Part):
    """One of several ways that are compared at every point, on the same luck."""

    name: Name = Field(description="what the arm is called in tables")
    scenario: str | None = Field(
        None, description="its scenario, in place of the design's", min_length=1
    )
    settings: dict[str, Any] = Field(default_factory=dict, description="settings of this arm alone")


class Record(Part):
    """What is kept of every run beside the measures that outcomes are judged by."""

    measures: tuple[str, ...] = Field((), description="measures kept month by month")
    all: bool = Field(False, description="keep every measure, in place of those")


class Declared(Part):
    """A design, as its file says it."""

    schema_version: Literal[1] = Field(1, alias="schema", description="version of the format")
    title: str = Field("A design", description="what it is", min_length=1, max_length=200)
    question: str = Field("", description="the question it is for", max_length=500)
    answers: tuple[str, ...] = Field((), description="ids of the questions it speaks to")
    about: str = Field("", description="what it is for, and how long it takes", max_length=5000)
    scenario: str = Field(
        "baseline", description="shipped name, or path relative to this file", min_length=1
    )
    method: Method = Field("factorial", description="how the points are chosen")
    points: int | None = Field(
        None,
        description="how many points (latin_hypercube, sobol), or base samples (saltelli)",
        ge=1,
        le=MOST_POINTS,
    )
    trajectories: int | None = Field(
        None, description="walks through the space (morris)", ge=1, le=10_000
    )
    levels: int | None = Field(
        None, description="levels of the grid that is walked on (morris); default: 4", ge=2, le=100
    )
    second_order: bool | None = Field(
        None, description="whether pairs of factors are judged too (saltelli); default: false"
    )
    beside: tuple[Annotated[int, Field(ge=1, le=MOST_POINTS)], ...] = Field(
        (), description="points of further hypercubes laid beside the first (latin_hypercube)"
    )
    table: str | dict[str, tuple[Any, ...]] | None = Field(
        None,
        description="the points (table): a CSV file relative to this one, or columns with their "
        "values",
    )
    replicates: int = Field(20, description="draws of chance of every point", ge=1, le=1_000_000)
    seed: int = Field(1, description="seed of all runs and of the sample", ge=0, lt=2**63)
    months: int | None = Field(
        None, description="horizon; default: the scenario's", ge=1, le=12_000
    )
    settings: dict[str, Any] = Field(
        default_factory=dict, description="settings of all points, by keys as `--set` takes them"
    )
    record: Record = Field(default_factory=Record, description="what is kept of every run")
    factors: tuple[Factor, ...] = Field((), description="what varies", max_length=200)
    arms: tuple[Arm, ...] = Field((), description="what is compared at every point", max_length=100)
    scenarios: dict[str, dict[str, Any]] = Field(
        default_factory=dict,
        description="whole scenarios by the names used here; a stored design has them, so that it "
        "needs no other file",
    )


ONLY_FOR: dict[str, tuple[Method, ...]] = {
    "points": ("latin_hypercube", "sobol", "saltelli"),
    "trajectories": ("morris",),
    "levels": ("morris",),
    "second_order": ("saltelli",),
    "beside": ("latin_hypercube",),
    "table": ("table",),
}
"""Keys that mean something for some methods only."""


def declare(data: dict[str, Any], file: str | None = None) -> Declared:
    """Check plain values and return the design they declare.

    Args:
        data: keys and values of a design file.
        file: the file they come from, for messages.

    Raises:
        InputError: one line with the file, the key, what was found and what is allowed.
    """
    _refuse_unknown(data, Declared, "", file)
    _refuse_bare_levels(data, file)
    try:
        declared = Declared.model_validate_json(json.dumps(data), strict=True)
    except ValidationError as error:
        raise input_error(error, Declared, data).at(file=file) from None
    except RecursionError:
        raise InputError("nested too deeply", file=file) from None
    _words(declared, file)
    for key, methods in ONLY_FOR.items():
        if getattr(declared, key) not in (None, ()) and declared.method not in methods:
            raise InputError(
                f"means nothing for method = '{declared.method}'",
                file=file,
                key=key,
                mend=f"it is for {' and '.join(methods)}",
            )
    return declared


def _refuse_unknown(data: Any, cls: Any, key: str, file: str | None) -> None:
    """Refuse keys that no table of a design has, naming the nearest that it has."""
    if not isinstance(data, Mapping):
        return
    names = field_names(cls)
    for name, value in data.items():
        here = f"{key}.{name}" if key else str(name)
        if name not in names:
            near = nearest_name(str(name), names)
            raise InputError(
                "unknown key",
                file=file,
                key=here,
                nearest=f"{key}.{near}".removeprefix(".") if near else None,
                allowed=allowed(cls) if key else None,
            )
        field = next(f for n, f in cls.model_fields.items() if name in (n, f.alias))
        table, many = _table_in(field.annotation)
        if table is not None and not many:
            _refuse_unknown(value, table, here, file)
        elif table is not None and isinstance(value, list):
            for number, entry in enumerate(value, 1):
                _refuse_unknown(entry, table, f"{here}[#{number}]", file)


def _refuse_bare_levels(data: Mapping[str, Any], file: str | None) -> None:
    """Refuse lists of levels that are no named tables; they are values."""
    factors = data.get("factors")
    for number, factor in enumerate(factors if isinstance(factors, list) else (), 1):
        levels = factor.get("levels") if isinstance(factor, Mapping) else None
        for entry in levels if isinstance(levels, list) else ():
            if not isinstance(entry, Mapping) or not isinstance(entry.get("name"), str):
                raise InputError(
                    "a list of levels holds tables with a name and settings",
                    file=file,
                    key=f"factors[#{number}].levels",
                    found=entry,
                    mend="a list of values is written values = […]",
                )


def _table_in(kind: Any) -> tuple[Any, bool]:
    """Return the class of the tables that a key holds, and whether it holds a list of them."""
    kind, _ = bare(kind)
    for choice in get_args(kind) if is_union(kind) else (kind,):
        if model_of(choice) is not None:
            return choice, False
        inner = [c for c in get_args(choice) if model_of(c) is not None]
        if inner:
            return inner[0], True
    return None, False


def _words(declared: Declared, file: str | None) -> None:
    """Refuse titles, questions and answers that no scenario could have either."""
    data = {name: getattr(declared, name) for name in ("title", "question", "answers")}
    cls = specification_class()
    try:
        cls.model_validate(data)
    except ValidationError as error:
        raise input_error(error, cls, data).at(file=file) from None
