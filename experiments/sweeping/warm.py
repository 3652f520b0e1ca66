"""Warm: importing this loads the model and its compiled kernels, ready to be forked.

Server processes import it before they start workers, so that a worker begins its first run at once
and a worker that died is replaced within milliseconds.
"""

from __future__ import annotations

from contextlib import suppress

import experiments.sweeping.job
from simulation.community import CommunityModel
from simulation.fingerprint import code_hash
from simulation.specification import specify

SMALL = {
    "months": 13,
    "spin_up": 1,
    "groups": [{"name": "north", "size": 12}, {"name": "south", "size": 12, "conditions": 0.3}],
    "institutions": [
        {"name": "clinic", "sector": "hospital"},
        {"name": "fund", "sector": "funder", "resident_seats": 1},
    ],
    "connectors": [{"count": 1, "employer": "clinic"}],
    "ties": {"kind": "small_world", "degree": 4},
    "events": [{"id": "push", "kind": "funding", "month": 1, "duration": 12}],
}
"""A community that has something of everything."""


def warm_up() -> None:
    """Run a small community, which loads the kernels that a run needs."""
    CommunityModel(specify(SMALL), rng=1).run(SMALL["months"])  # type: ignore[arg-type]
    code_hash()


with suppress(Exception):  # a worker that is cold works as well; what is wrong shows in its runs
    warm_up()

__all__ = ["experiments", "warm_up"]
