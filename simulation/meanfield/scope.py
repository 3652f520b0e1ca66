"""Scope: which scenarios have a well-mixed limit, and which do not."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from simulation.errors import InputError
from simulation.meanfield.timeline import ACTIONS
from simulation.processes import MONTH

if TYPE_CHECKING:
    from simulation.parameters import ParameterTree
    from simulation.specification import Specification

EVENTS = {*ACTIONS, "set", "facilitation"}


def check(spec: Specification) -> None:
    """Refuse a scenario in which something that matters hangs on who is tied to whom.

    Raises:
        InputError: with the first thing that has no well-mixed limit, and how to do without.
    """
    _none_of_their_own(spec)
    _people(spec)
    _events(spec)
    check_parameters(spec.parameters, spec.month)


def _refuse(problem: str, key: str, found: Any, mend: str) -> InputError:
    return InputError(f"the mean field has no place for {problem}", key=key, found=found, mend=mend)


def _none_of_their_own(spec: Specification) -> None:
    known = {process.name for process in MONTH}
    for name in spec.month or type(spec.parameters).model_fields:
        if name not in known and name != "start" and getattr(spec.parameters, name).enabled:
            raise _refuse("this process", "month", name, "switch it off")


def _people(spec: Specification) -> None:
    for table, path in spec.files().items():
        if table != "ties":
            raise _refuse(
                "people told apart by a file", f"{table}.path", Path(path).name, "leave it out"
            )
    if any(team.count for team in spec.connectors):
        raise _refuse(
            "connectors, who reach particular people", "connectors", len(spec.connectors),
            "leave them out",
        )  # fmt: skip
    if len(spec.places) > 1:
        raise _refuse("places that are apart", "places", len(spec.places), "use one place")
    for group in spec.groups:
        if group.commuters > 0.0:
            raise _refuse(
                "commuters", f"groups.{group.name}.commuters", group.commuters, "set it to 0"
            )
    for item in spec.institutions:
        if item.resident_seats:
            key = f"institutions.{item.name}.resident_seats"
            raise _refuse("seats of single residents", key, item.resident_seats, "set it to 0")


def _events(spec: Specification) -> None:
    for event in spec.events:
        key = f"events.{event.id}"
        if event.kind not in EVENTS:
            raise _refuse("events of this kind", f"{key}.kind", event.kind, "leave it out")
        if event.kind == "funding" and event.reach < 1.0:
            raise _refuse(
                "money that reaches only some", f"{key}.reach", event.reach, "set it to 1"
            )
        if event.kind == "recruit" and event.target.pick != "random":
            pick = event.target.pick
            raise _refuse("named people", f"{key}.target.pick", pick, "pick at random")


def check_parameters(parameters: ParameterTree, month: tuple[str, ...] = ()) -> None:
    """Refuse forms of processes that have no well-mixed limit; processes that do not run may be so.

    Raises:
        InputError: with the key of the parameter.
    """
    kept: tuple[tuple[str, str, tuple[Any, ...]], ...] = (
        ("dialogue", "exchange", ("averaging",)),
        ("dialogue", "confidence", (1.0,)),
        ("activation", "input", ("share", "count")),
        ("governance", "rule", ("mean",)),
        ("allocation", "temperature", (0.0,)),
        ("leadership", "resident_share", (0.0,)),
        ("learning", "form", ("stock",)),
    )
    for table, name, allowed in kept:
        if (month and table not in month) or not getattr(parameters, table).enabled:
            continue
        value = getattr(getattr(parameters, table), name)
        if value not in allowed:
            words = " or ".join(
                f"{word!r}" if isinstance(word, str) else f"{word:g}" for word in allowed
            )
            key = f"parameters.{table}.{name}"
            raise _refuse("this setting", key, value, f"set it to {words}")
    housing = not month or "housing" in month
    if housing and parameters.housing.enabled and parameters.start.threshold_shape == "even":
        p = parameters.housing
        if p.base_turnover > 0.0 or p.moving_rate > 0.0:
            key = "parameters.start.threshold_shape"
            raise _refuse(
                "evenly spaced thresholds where people move", key, "even", "use 'uniform'"
            )
