"""Who sits at the shared table."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tests.reference.agents import Institution
    from tests.reference.model import ReferenceModel


def sit_or_leave(model: ReferenceModel, p: Any) -> None:
    """Let institutions leave the table or come back, all judging by who sat there before."""
    sat = {it.id: it.at_table for it in model.institutions}
    unpaid = math.exp(-model.levers.grants / p.convening_scale)
    convening = 1.0 - (1.0 - model.stocks.leadership) * unpaid
    for it in model.institutions:
        hold = (it.openness + trust_in_those_present(it, sat) + convening) / 3.0
        if sat[it.id]:
            it.at_table = not model.draw("governance/leave", it.id) < p.leave_rate * (1.0 - hold)
        else:
            it.at_table = model.draw("governance/join", it.id) < p.join_rate * hold


def trust_in_those_present(it: Institution, sat: dict[int, bool]) -> float:
    """Return the mean trust in partners, with 0 for those who are away."""
    if not it.partners:
        return 0.0
    return sum(tie.trust for id, tie in it.partners.items() if sat[id]) / len(it.partners)
