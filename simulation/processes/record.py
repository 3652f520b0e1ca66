"""14 · Record: writes down the month's measures (see `simulation.recorder`)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from simulation.processes.base import Process, ProcessParameters

if TYPE_CHECKING:
    from simulation.community import CommunityModel


class Parameters(ProcessParameters):
    """What is recorded is set under `[measures]`; here is only the switch."""


class Record(Process[Parameters]):
    """Write down the month's measures."""

    name = "record"

    def apply(self, community: CommunityModel, p: Parameters) -> None:
        """Add one row to the community's recorder (month 0 is recorded once it is built)."""
        if community.month > 0:
            community.recorder.record(community)
