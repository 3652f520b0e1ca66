"""2 · Sense: what institutions know of well-being, late and with noise.

    truth[g, d] = mean well-being in dimension d over the present residents of group g
    sensed[g, d] = clip(truth[g, d] as it was `lag` months ago + noise * N(0, 1), 0, 1)

Decisions use `sensed`, never the truth. The truth is taken when this process runs, so with lag 0
it is the state at the end of the last month. A group without present residents keeps its last
truth; before there are `lag` months of memory, the oldest truth known is used. Memory begins with
the first month; a group that was empty from the start has its conditions for truth.

Streams: `sense/noise` keyed by (g, d).
Source: delay and noise of measured series, see Perla, Provost & Murray 2011 (run charts).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from simulation.processes.base import Process, ProcessParameters, parameter
from simulation.tally import mean_wellbeing

if TYPE_CHECKING:
    from simulation.community import CommunityModel

MOST_LAG = 24


class Parameters(ProcessParameters):
    """How late and how noisy measured well-being is."""

    lag: int = parameter(3, "delay of what is known", unit="months", low=0, high=MOST_LAG)
    noise: float = parameter(0.01, "standard deviation of a measurement", low=0, high=0.5)


class Sense(Process[Parameters]):
    """Measure well-being, late and with noise."""

    name = "sense"
    streams = ("sense/noise",)

    def apply(self, community: CommunityModel, p: Parameters) -> None:
        """Write `groups.sensed`; remember the truth in `community.truths`."""
        residents, groups, truths = community.residents, community.groups, community.truths
        last = truths[-1] if len(truths) else groups.conditions
        truth = mean_wellbeing(
            community.order, residents.present, residents.group, residents.wellbeing, last
        )
        community.truths = truths = np.concatenate([truths, truth[None]])[-(MOST_LAG + 1) :]
        known = truths[max(0, len(truths) - 1 - p.lag)]
        if p.noise > 0.0:
            rows, dims = truth.shape
            g, d = np.repeat(np.arange(rows), dims), np.tile(np.arange(dims), rows)
            noise = community.luck.normals("sense/noise", community.month, g, d)
            known = known + p.noise * noise.reshape(truth.shape)
        groups.sensed[:] = np.minimum(np.maximum(known, 0.0), 1.0)
