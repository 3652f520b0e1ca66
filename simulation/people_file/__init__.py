"""Files of one's own community: who is there, whom they trust, which institutions work together.

All are CSV in UTF-8, fields parted by commas or semicolons, with a header.

**People** has a line a resident:

    person,group,place,opinion,stewardship,lives_here
    Ada,north,hill,0.7,1,yes
    Ben,north,valley,,0.5,

`person` is a name that no other line has; `group` and `place` are names of the scenario. The
numbers are those of a resident's state (see `simulation.state`): opinion, susceptibility,
self_weight, skill, burden, grievance, safety and efficacy from 0 to 1; voice above 0, to 1,000;
threshold from -100 to 100; resources from 0 to 1,000,000; stewardship 0, 0.5 or 1. The flags
committed, lived_experience, lives_here and works_here are yes or no (true or false, 1 or 0). An
empty cell, or no such column, leaves a value to be drawn as for anyone else.

**Services** has a line for each tie of a resident to an institution, **partners** one for each tie
of an institution to another, whom it has dealings with and how far it trusts them:

    person,institution,reliability,openness,mission
    source,target,reliability,openness,mission

Trust is written as in ties files (`simulation.ties_file`).
"""

from __future__ import annotations

from simulation.people_file.links import LinksFile, read_partners, read_services
from simulation.people_file.people import FLAGS, NUMBERS, PEOPLE_COLUMNS, PeopleFile, read_people

__all__ = [
    "FLAGS",
    "NUMBERS",
    "PEOPLE_COLUMNS",
    "LinksFile",
    "PeopleFile",
    "read_partners",
    "read_people",
    "read_services",
]
