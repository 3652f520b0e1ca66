"""Parameter checks: what must hold between the parameters of a scenario, and with its groups."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from simulation.errors import InputError, nearest_name
from simulation.naming import first_repeated, listed
from simulation.spaces import is_implicit

if TYPE_CHECKING:
    from simulation.specification import Specification


def check_order(spec: Specification) -> None:
    """Refuse an order of the month that names no process, or one twice."""
    names = list(type(spec.parameters).model_fields)
    names.remove("start")
    for name in spec.month:
        if name not in names:
            raise InputError(
                "there is no process of this name",
                key="month",
                found=name,
                allowed=listed(names, 20),
                nearest=nearest_name(name, names),
            )
    twice = first_repeated(spec.month)
    if twice is not None:
        raise InputError(
            "a process runs once a month; this one is named twice", key="month", found=twice
        )


def check_parameters(spec: Specification) -> None:
    """Refuse parameters that contradict each other, or name a group that is not there."""
    p: Any = spec.parameters
    if not p.start.enabled:
        raise InputError("every run has a start", key="parameters.start.enabled", found=False)
    for table, low, high in (
        ("start", "skill_low", "skill_high"),
        ("allocation", "least", "most"),
    ):
        least, most = getattr(getattr(p, table), low), getattr(getattr(p, table), high)
        if least > most:
            raise InputError(
                f"must not exceed {high}",
                key=f"parameters.{table}.{low}",
                found=least,
                allowed=f"up to {most:g}",
            )
    for table, name in (("housing", "newcomer_group"), ("leadership", "bench_group")):
        group = getattr(getattr(p, table), name)
        if group >= len(spec.groups):
            raise InputError(
                "there is no group of this number (the first is 0)",
                key=f"parameters.{table}.{name}",
                found=group,
                allowed=f"-1 to {len(spec.groups) - 1}",
            )
    _schedule(p.allocation)
    _everyone_is_heard(spec)


def _schedule(allocation: Any) -> None:
    key = "parameters.allocation.schedule"
    months = [month for month, _ in allocation.schedule]
    if months != sorted(set(months)):
        raise InputError("the months of its entries must rise", key=key, found=months)
    for month, share in allocation.schedule:
        if not 0 <= share <= 1:
            raise InputError(
                f"the share from month {month} is out of range",
                key=key,
                found=share,
                allowed="a number from 0 to 1",
            )
    if allocation.mode == "schedule" and not allocation.schedule:
        raise InputError(
            "mode = 'schedule' needs at least one entry",
            key=key,
            allowed="entries [month, upstream share], such as [[1, 0.3]]",
        )


def _everyone_is_heard(spec: Specification) -> None:
    """Refuse narrow confidence where people average over ties that are not written out."""
    dialogue = spec.parameters.dialogue
    if dialogue.exchange != "averaging" or dialogue.confidence == 1:
        return
    if is_implicit(spec.ties, spec.size):
        raise InputError(
            "in a complete space of 2,000 people or more everyone is heard",
            key="parameters.dialogue.confidence",
            found=dialogue.confidence,
            allowed="1",
            mend="choose fewer people (at most 1,999), or another ties.kind",
        )
