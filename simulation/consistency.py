"""Consistency: what must hold between the parts of a scenario.

Types, ranges and unknown keys are refused where a setting is declared. Here stands what no part can
know alone: that names are unique, that references point to something, and that the numbers can be
met together. Every refusal says which key it is about, in the words of `--set`
(`events.push.groups`), what was found and what is allowed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from simulation.errors import InputError
from simulation.event_checks import check_events
from simulation.naming import first_repeated, key_of, listed, refuse_unknown
from simulation.parameter_checks import check_order, check_parameters
from simulation.spaces import Space, is_implicit
from simulation.spaces.geometry import radius
from simulation.spaces.grids import shape
from simulation.spaces.networks import block_probabilities
from simulation.state import HOMES, Ints

if TYPE_CHECKING:
    from simulation.specification import Specification


def check(spec: Specification) -> None:
    """Refuse a specification whose parts do not fit together.

    Raises:
        InputError: for the first thing that does not fit, with its key.
    """
    _unique_names(spec)
    _people(spec)
    _seats(spec)
    _connectors(spec)
    _files(spec)
    check_order(spec)
    check_parameters(spec)
    _space(spec)
    check_events(spec)


# --- names and numbers of people ------------------------------------------------------------------


def _unique_names(spec: Specification) -> None:
    for table, names in (
        ("groups", [g.name for g in spec.groups]),
        ("places", [p.name for p in spec.places]),
        ("institutions", [i.name for i in spec.institutions]),
        ("connectors", [c.name for c in spec.connectors]),
        ("events", [e.id for e in spec.events]),
        ("choices", [c.name for c in spec.choices]),
    ):
        twice = first_repeated(names)
        if twice is not None:
            word = "id" if table == "events" else "name"
            raise InputError(
                f"two entries of {table} have this {word}; each needs its own",
                key=key_of(table, twice),
                found=twice,
            )


def _people(spec: Specification) -> None:
    if spec.size < 1:
        raise InputError(
            "a community needs somebody in it: the sizes of all groups sum to 0",
            key="groups",
            allowed="1 resident or more",
        )
    if spec.size > HOMES - 1:
        raise InputError(
            "too many people in all groups together",
            key="groups",
            found=spec.size,
            allowed=f"up to {HOMES - 1} together",
        )
    if not any(g.size and g.commuters < 1 for g in spec.groups):
        raise InputError(
            "nobody lives here: everyone commutes",
            key=key_of("groups", next(g.name for g in spec.groups if g.size), "commuters"),
            found=1.0,
            allowed="below 1 in at least one group",
        )


def _seats(spec: Specification) -> None:
    seats = sum(i.leader_seats for i in spec.institutions)
    if seats > spec.size:
        raise InputError(
            "more leadership seats than people",
            key="institutions",
            found=seats,
            allowed=f"up to {spec.size} leader_seats in all institutions together",
        )
    held = sum(i.resident_seats for i in spec.institutions)
    able = sum(g.size for g in spec.groups if g.commuters < 1)
    if held > able:
        raise InputError(
            "more seats held by residents than residents who live here",
            key="institutions",
            found=held,
            allowed=f"up to {able} resident_seats in all institutions together",
        )


def _connectors(spec: Specification) -> None:
    employers = [i.name for i in spec.institutions]
    places = [p.name for p in spec.places]
    for team in spec.connectors:
        if team.employer:
            refuse_unknown(
                team.employer, employers, "institution", "connectors", team.name, "employer"
            )
        if team.place:
            refuse_unknown(team.place, places, "place", "connectors", team.name, "place")


def _files(spec: Specification) -> None:
    """Refuse ties of people to institutions where nothing says who the people are."""
    files = spec.files()
    if "services" in files and not ({"people", "ties"} & set(files)):
        raise InputError(
            "a list of ties needs people with names",
            key="services.path",
            mend="name a list of residents as people.path",
        )


# --- ties -----------------------------------------------------------------------------------------


def place_sizes(spec: Specification) -> Ints:
    """Return how many residents of each group live in each place, shape (groups, places)."""
    from simulation.population import largest_remainder

    shares = np.array([place.share for place in spec.places])
    return np.array([largest_remainder(g.size, shares) for g in spec.groups], dtype=np.int64)


def _space(spec: Specification) -> None:
    if len(spec.places) > 1 and spec.people.path:
        return  # who lives where stands in the file: see `check_room`
    _room_in_places(spec, place_sizes(spec))


def check_room(spec: Specification, group: Ints, place: Ints) -> None:
    """Refuse ties that people seated by a file cannot have.

    Args:
        spec: the scenario.
        group: row of each resident's group.
        place: row of each resident's place.

    Raises:
        InputError: with the key of the ties.
    """
    sizes = np.zeros((len(spec.groups), len(spec.places)), dtype=np.int64)
    np.add.at(sizes, (group, place), 1)
    _room_in_places(spec, sizes)


def _room_in_places(spec: Specification, sizes: Ints) -> None:
    """Refuse ties that so many people, of each group in each place, cannot have."""
    if is_implicit(spec.ties, spec.size) or spec.ties.kind in ("file", "complete"):
        return
    if len(spec.places) == 1:
        _room(spec.ties, sizes[:, 0])
        return
    for n, place in enumerate(spec.places):
        try:
            _room(spec.ties, sizes[:, n])
        except InputError as error:
            error.problem = f"in place {listed([place.name])}, {error.problem}"
            raise error.at() from None


def _room(space: Space, sizes: Ints) -> None:
    """Refuse ties that so many people, of each group, cannot have."""
    n = int(sizes.sum())
    if n < 2:
        return
    if space.kind in ("moore", "von_neumann"):
        shape(space, n)
        return
    degree = space.degree
    if space.kind == "scale_free":
        degree = space.attachments or int(space.degree) // 2
    if degree > n - 1:
        raise InputError(
            f"{n} people cannot have {degree:g} ties each",
            key="ties.degree",
            found=degree,
            allowed=f"up to {n - 1}",
            mend="lower the degree, or set ties.kind = 'complete'",
        )
    if space.kind == "blocks":
        block_probabilities(space.degree, space.homophily, sizes[sizes > 0])
    elif space.kind == "geometric":
        radius(space, n)
