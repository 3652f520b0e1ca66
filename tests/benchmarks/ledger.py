"""What the ledger costs: months with it against the same months without."""

from __future__ import annotations

import time

from simulation.community import CommunityModel
from simulation.ledger import Ledger
from tests.benchmarks.measures import WARM_UP, town
from tests.benchmarks.timing import Spread


def ledger_cost(residents: int = 400, rounds: int = 12, months: int = 12) -> Spread:
    """Return the time of a month with the ledger, as a multiple of one without.

    Two copies of one community live through the same months, in turn and in turned order, so that
    both have the same work and a machine that drifts troubles both alike. Processor time is taken.
    """
    specification = town(residents, months=WARM_UP + (rounds + 1) * months)
    plain, followed = CommunityModel(specification), CommunityModel(specification)
    for community in (plain, followed):
        community.run(WARM_UP)
    Ledger(followed)
    ratios = []
    for n in range(rounds + 1):
        spent = {}
        for community in (plain, followed) if n % 2 else (followed, plain):
            start = time.process_time()
            community.run(months)
            spent[community is followed] = time.process_time() - start
        ratios.append(spent[True] / spent[False])
    return Spread.of(ratios[1:])
