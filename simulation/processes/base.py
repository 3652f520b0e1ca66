"""What a process is: a name, its parameters, its streams of chance, and `apply`.

A month is a list of processes. Each lives in one file with its parameters, its equation and the
source of it; each can be switched off (`enabled = false`), reordered, or joined by a researcher's
own (see `register`).
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from types import get_original_bases
from typing import TYPE_CHECKING, Any, ClassVar, Literal, get_args, get_origin

import numpy as np
from pydantic import BaseModel, ConfigDict, Field

if TYPE_CHECKING:
    from simulation.community import CommunityModel

ASSUMPTION = "assumption, for sensitivity analysis"


def parameter(
    default: Any,
    meaning: str,
    *,
    unit: str = "1",
    low: float | None = None,
    high: float | None = None,
    source: str = ASSUMPTION,
) -> Any:
    """Declare a parameter: default, range (inclusive), unit, meaning and source.

    Scenario schema, help texts, sliders, sweep bounds and documentation tables are all made from
    this one declaration.
    """
    extra: dict[str, Any] = {"unit": unit, "source": source}
    return Field(default, description=meaning, ge=low, le=high, json_schema_extra=extra)


class ProcessParameters(BaseModel):
    """Base of every process's `Parameters`: frozen, no unknown keys, one switch."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    enabled: bool = parameter(True, "whether the process runs at all", unit="flag")

    @cached_property
    def packed(self) -> np.record:
        """Return the numbers as one record, as kernels take them.

        Flags become 0 or 1; a choice becomes the position of the chosen word in its list; texts
        and lists are left out.
        """
        names, values = [], []
        for name, field in type(self).model_fields.items():
            value = getattr(self, name)
            if get_origin(field.annotation) is Literal and isinstance(value, str):
                value = get_args(field.annotation).index(value)
            if isinstance(value, bool | int | float):
                names.append(name)
                values.append(float(value))
        row = np.zeros(1, dtype=[(name, "f8") for name in names])
        row[0] = tuple(values)
        record: np.record = row[0]
        return record


class Process[P: ProcessParameters]:
    """One process of the month.

    A subclass states `name` (also its key in a scenario's `[parameters]`), `Parameters` (as a class
    attribute, or as `Process[Parameters]`), the `streams` it draws from, and `apply`. It may state
    `after`, the name of the process that it follows when it is registered (default: it runs just
    before `record`).
    """

    name: ClassVar[str]
    Parameters: ClassVar[type[ProcessParameters]] = ProcessParameters
    streams: ClassVar[tuple[str, ...]] = ()
    after: ClassVar[str | None] = None
    measures: ClassVar[tuple[str, ...]] = ()
    """Names of what it adds to the record, as `<name>_<measure>`; `measure` gives the values."""

    def __init_subclass__(cls) -> None:
        """Take `Parameters` from `Process[Parameters]` where it is not stated."""
        for base in get_original_bases(cls):
            if get_origin(base) is Process and "Parameters" not in vars(cls):
                cls.Parameters = get_args(base)[0]

    def apply(self, community: CommunityModel, p: P) -> None:
        """Advance the community by this process's part of one month.

        `p` is the community's instance of `Parameters`. Read `community.month`, the tables
        (`community.residents`, …) and `community.ties`; draw only from `community.luck`, with the
        streams named in `streams`; change columns in place.
        """
        raise TypeError(f"{type(self).__name__} does not say how it applies")

    def measure(self, community: CommunityModel) -> Sequence[float]:
        """Return this month's values of `measures`, in their order; nan where there is none."""
        return ()
