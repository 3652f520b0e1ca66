"""Gossip: a process of a researcher's own. Friends pass their grievances on.

Each month resident i talks with chance `rate` to one friend j, picked at random, and

    grievance_i <- grievance_i + pull * trust_ij * (grievance_j - grievance_i)

on the values from before the process, so that the order of people does not matter.
"""

import numpy as np

from simulation.processes import Process, ProcessParameters, parameter


class Gossip(Process):
    """Pass grievances on along the ties of trust."""

    name = "gossip"  # also the key of its settings: [parameters.gossip]
    after = "dialogue"  # where it joins the month
    streams = ("gossip/talks", "gossip/friend")  # one for each kind of draw

    class Parameters(ProcessParameters):
        """How often, and how strongly."""

        rate: float = parameter(0.3, "chance to gossip", unit="a month", low=0, high=1)
        pull: float = parameter(0.5, "part of the difference taken on", low=0, high=1)

    def apply(self, community, p):
        """Move `grievance` for one month."""
        people, ties, luck = community.residents, community.ties, community.luck
        if ties.implicit:
            return  # everyone is tied to everyone: there is no circle to gossip in
        talks = luck.uniforms("gossip/talks", community.month, people.id) < p.rate
        which = luck.uniforms("gossip/friend", community.month, people.id)
        trust, before = ties.trust(), people.grievance.copy()
        for i in np.flatnonzero(talks & people.present):
            row = ties.first_resident + i
            first, end = ties.start[row], ties.friends_end[row]
            if end > first:
                tie = first + int(which[i] * (end - first))
                j = ties.target[tie] - ties.first_resident
                if people.present[j]:
                    people.grievance[i] += p.pull * trust[tie] * (before[j] - before[i])
