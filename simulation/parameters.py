"""Parameters: composes what each process declares into one tree.

A scenario's `[parameters]` has one table per process (and `start`). This module holds no number of
its own: defaults, ranges, units, meanings and sources stand beside the equations that use them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple

from pydantic import BaseModel, ConfigDict, Field, create_model

from simulation import start
from simulation.errors import InputError, nearest_name
from simulation.processes import registered
from simulation.processes.base import ProcessParameters


class ParameterTree(BaseModel):
    """All parameters of a community: one frozen table per process."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    if TYPE_CHECKING:

        def __getattr__(self, name: str) -> Any:
            """Tables are composed at run time: a type checker knows their names only here."""

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickle table by table: the class is composed from the registered processes."""
        return (_tree, (tuple((name, getattr(self, name)) for name in type(self).model_fields),))


class ParameterInfo(NamedTuple):
    """One parameter as documentation, sliders and sweeps see it."""

    key: str
    default: Any
    low: float | None
    high: float | None
    unit: str
    meaning: str
    source: str
    kind: Any


@lru_cache(maxsize=8)
def _compose(classes: tuple[tuple[str, type[ProcessParameters]], ...]) -> type[ParameterTree]:
    fields: dict[str, Any] = {
        name: (cls, Field(default_factory=cls, description=(cls.__doc__ or "").split("\n")[0]))
        for name, cls in classes
    }
    return create_model("Parameters", __base__=ParameterTree, **fields)


def _tree(tables: tuple[tuple[str, ProcessParameters], ...]) -> ParameterTree:
    """Return the tree of these tables."""
    cls = _compose(tuple((name, type(table)) for name, table in tables))
    values: dict[str, Any] = dict(tables)
    return cls.model_construct(**values)


def parameter_tree() -> type[ParameterTree]:
    """Return the model of all parameters: `start`, the processes, and what users registered."""
    classes: list[tuple[str, type[ProcessParameters]]] = [("start", start.Parameters)]
    classes += [(p.name, p.Parameters) for p in registered()]
    return _compose(tuple(classes))


def all_parameters() -> Iterator[ParameterInfo]:
    """Yield every parameter, table by table, in the month's order."""
    for table, field in parameter_tree().model_fields.items():
        cls: Any = field.annotation
        for name, info in cls.model_fields.items():
            extra = info.json_schema_extra or {}
            bounds = {type(m).__name__: m for m in info.metadata}
            low, high = bounds.get("Ge"), bounds.get("Le")
            yield ParameterInfo(
                key=f"{table}.{name}",
                default=info.default,
                low=None if low is None else low.ge,
                high=None if high is None else high.le,
                unit=extra.get("unit", "1"),
                meaning=info.description or "",
                source=extra.get("source", ""),
                kind=info.annotation,
            )


def changed(tree: ParameterTree, changes: Sequence[tuple[str, Any]]) -> ParameterTree:
    """Return the tree with some parameters changed; keys such as "activation.rate".

    Raises:
        InputError: for an unknown key.
        pydantic.ValidationError: for a value that does not fit.
    """
    tables: dict[str, dict[str, Any]] = {}
    for key, value in changes:
        table, _, name = key.partition(".")
        if name not in getattr(type(getattr(tree, table, None)), "model_fields", {}):
            fields = [p.key for p in all_parameters()]
            raise InputError("unknown parameter", key=key, nearest=nearest_name(key, fields))
        tables.setdefault(table, {})[name] = value
    update = {}
    for table, values in tables.items():
        old = getattr(tree, table)
        update[table] = type(old).model_validate({**old.model_dump(), **values})
    return tree.model_copy(update=update) if update else tree
