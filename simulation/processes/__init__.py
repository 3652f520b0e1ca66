"""The processes of a month, in order, and the way for a researcher's own to join them.

    1 events · 2 sense · 3 dialogue · 4 activation · 5 governance · 6 allocation · 7 production ·
    8 living · 9 trust · 10 leadership · 11 learning · 12 housing · 13 (spread) · 14 record

Spread (13) links several communities and joins the list when regions do; its number is kept free.
"""

from __future__ import annotations

from simulation.errors import InputError, nearest_name
from simulation.processes.activation import Activation
from simulation.processes.allocation import Allocation
from simulation.processes.base import Process, ProcessParameters, parameter
from simulation.processes.dialogue import Dialogue
from simulation.processes.events import Events
from simulation.processes.governance import Governance
from simulation.processes.housing import Housing
from simulation.processes.leadership import Leadership
from simulation.processes.learning import Learning
from simulation.processes.living import Living
from simulation.processes.production import Production
from simulation.processes.record import Record
from simulation.processes.sense import Sense
from simulation.processes.trust import Trust

MONTH: tuple[type[Process], ...] = (
    Events,
    Sense,
    Dialogue,
    Activation,
    Governance,
    Allocation,
    Production,
    Living,
    Trust,
    Leadership,
    Learning,
    Housing,
    Record,
)
_own: list[type[Process]] = []


def register(process: type[Process]) -> type[Process]:
    """Add a researcher's own process to every community built from now on; usable as decorator.

    It runs after the process named in `process.after`, or just before `record`. Registering the
    same class again changes nothing; a second class of the same name replaces the first.

    Raises:
        InputError: where the name is missing or taken by a process of the model, or `after` names
            no process.
    """
    name = getattr(process, "name", "")
    if not name.isidentifier():
        raise InputError(
            "a process needs a plain word as its name", key=process.__name__, found=name
        )
    if name == "start" or any(p.name == name for p in MONTH):
        raise InputError("this name belongs to the model", key=process.__name__, found=name)
    names = [p.name for p in registered()]
    if process.after is not None and process.after not in names:
        raise InputError(
            "no such process to follow",
            key=f"{process.__name__}.after",
            found=process.after,
            nearest=nearest_name(process.after, names),
        )
    unregister(name)
    _own.append(process)
    return process


def unregister(name: str) -> None:
    """Remove a researcher's process again; unknown names change nothing."""
    _own[:] = [p for p in _own if p.name != name]


def registered() -> tuple[type[Process], ...]:
    """Return all processes in the usual order, researchers' own included."""
    order = list(MONTH)
    for process in _own:
        names = [p.name for p in order]
        after = process.after
        place = names.index(after) + 1 if after else names.index("record")
        order.insert(place, process)
    return tuple(order)


def own_processes() -> tuple[type[Process], ...]:
    """Return the researchers' own processes, in the order of registration."""
    return tuple(_own)


__all__ = [
    "MONTH",
    "Process",
    "ProcessParameters",
    "own_processes",
    "parameter",
    "register",
    "registered",
    "unregister",
]
