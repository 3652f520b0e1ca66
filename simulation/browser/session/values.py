"""Values: the numbers of a month that the page draws as lines, and from where they come."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from simulation.browser.session.energy import missing_pull
from simulation.recorder import ALL, Measure, Recorder
from simulation.specification import Specification

if TYPE_CHECKING:
    from simulation.browser.session.frames import Floats32
    from simulation.community import CommunityModel

MOST_GROUPS = 5
"""Groups that have lines of their own."""

PLACE, PEOPLE = "place", "people"


class Value(NamedTuple):
    """One number a month.

    Attributes:
        key: its name on the page.
        measure: what of the record it is; None where it is worked out beside it.
        group: for a line of one group, the group's name.
    """

    key: str
    measure: Measure | None = None
    group: str = ""


RECORDED = (
    ("trust_within", "trust_within", PLACE),
    ("trust_across", "trust_across", PLACE),
    ("trust_institutions", "trust_institutions", PLACE),
    ("gap", "gap", PEOPLE),
    ("gap_place", "gap", PLACE),
    ("stewards", "stewards", PLACE),
    ("shared", "fund", PLACE),
    ("held", "resources", PLACE),
    ("trapped", "idle_assets", PLACE),
    ("seats_filled", "seats_filled", PLACE),
    ("resident_seats", "resident_seats", PLACE),
    ("lived_seats", "lived_seats", PLACE),
    ("worst_off", "worst_off", PEOPLE),
    ("wellbeing", "wellbeing", PEOPLE),
    ("displaced", "displaced", PLACE),
    ("ownership", "ownership", PLACE),
)
"""Key, measure and boundary of the values that are read from the record."""

WORKED_OUT = ("mentored_skill", "missing", "gain", "sustained")
"""Keys of the values that are worked out beside the record."""

NOT_YET, YES, LOST = 0.0, 1.0, 2.0
"""What the value "sustained" can be."""


def values_of(specification: Specification) -> tuple[Value, ...]:
    """Return the values of a run, in the order in which frames hold them."""
    values = [Value(key, Measure(measure, ALL, edge)) for key, measure, edge in RECORDED]
    values += [Value(key) for key in WORKED_OUT]
    for group in [g.name for g in specification.groups][:MOST_GROUPS]:
        values.append(Value(f"wellbeing:{group}", Measure("wellbeing", group, PEOPLE), group))
        values.append(Value(f"stewards:{group}", Measure("stewards", group, PLACE), group))
    return tuple(values)


class Gauge:
    """Reads a month's values off a community."""

    def __init__(self, values: tuple[Value, ...], recorder: Recorder) -> None:
        self.values = values
        self.place = {value.key: n for n, value in enumerate(values)}
        self._read = [(n, v.measure) for n, v in enumerate(values) if v.measure in recorder.index]

    def read(self, community: CommunityModel, gain: float, sustained: float) -> Floats32:
        """Return the month's values, not a number where there is none.

        Args:
            community: at the end of the month.
            gain: equity gain against the run without interventions.
            sustained: `NOT_YET`, `YES` or `LOST`.
        """
        found = np.full(len(self.values), np.nan)
        for n, measure in self._read:
            found[n] = community.recorder.latest(*measure)
        found[self.place["mentored_skill"]] = mentored_skill(community)
        found[self.place["missing"]] = missing_pull(community)
        found[self.place["gain"]] = gain
        found[self.place["sustained"]] = sustained
        return found.astype(np.float32)


def mentored_skill(community: CommunityModel) -> float:
    """Return the mean skill of those who could be mentored, as `leadership` counts them.

    These are the present residents who take part, live here and hold no seat.
    """
    r = community.residents
    proteges = r.present & r.lives_here & ~r.in_seat & (r.stewardship > 0.0)
    return float(r.skill[proteges].mean()) if proteges.any() else math.nan
