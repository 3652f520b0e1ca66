"""Gossip: a process such as a researcher might write, in plain Python.

Now and then a resident tells a friend of the wrongs they have suffered, and the friend's grievance
rises part of the way towards theirs. Of several stories heard in a month the worst one counts.
"""

from simulation.community import CommunityModel
from simulation.processes import Process, ProcessParameters, parameter


class Parameters(ProcessParameters):
    """How often people tell, and how much is believed."""

    talk: float = parameter(
        0.5, "chance that a resident tells a friend", unit="a month", low=0, high=1
    )
    believed: float = parameter(0.3, "part of the difference that is taken up", low=0, high=1)


class Gossip(Process[Parameters]):
    """Let grievance travel among friends."""

    name = "gossip"
    streams = ("gossip/tells", "gossip/whom")
    after = "dialogue"

    def apply(self, community: CommunityModel, p: Parameters) -> None:
        """Move `residents.grievance`."""
        people, ties, luck = community.residents, community.ties, community.luck
        after = people.grievance.copy()
        tells = luck.uniforms("gossip/tells", community.month, people.id) < p.talk
        whom = luck.uniforms("gossip/whom", community.month, people.id)
        for teller in (tells & people.present).nonzero()[0]:
            node = ties.first_resident + teller
            friends = ties.target[ties.start[node] : ties.friends_end[node]] - ties.first_resident
            if not len(friends):
                continue
            friend = friends[int(whom[teller] * len(friends))]
            difference = people.grievance[teller] - people.grievance[friend]
            if people.present[friend] and difference > 0:
                heard = people.grievance[friend] + p.believed * difference
                after[friend] = max(after[friend], heard)
        people.grievance = after
