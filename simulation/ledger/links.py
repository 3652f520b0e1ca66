"""Links: which indicators a process reads when it moves an indicator, one step back.

Written from the equations at the head of each process, and held against the engine by a test: when
an indicator's columns are nudged just before a process, what the process does to another one
changes only if the link stands here, directly or by way of what the same process moves. What a
process reads besides (chance, events, settings, and what no indicator measures, such as opinions)
is not listed, nor is that almost everything is moved from where it stands.
"""

from __future__ import annotations

_PROMISES = "ownership upstream leadership"
_MOVES = "pressure resources"
_MOVED = (
    *("wellbeing", "gap", "conditions", "services", "investment", "resources", "stewards"),
    *("safety", "grievance", "efficacy", "skill", "burnout", "trust_connectors"),
    *("trust_institutions", "seats_filled", "displaced"),
)
"""What changes as people leave and others come."""

LINKS: dict[str, dict[str, tuple[str, ...]]] = {
    process: {indicator: tuple(read.split()) for indicator, read in links.items()}
    for process, links in {
        "dialogue": {
            "trust_within": "stewards",
            "trust_across": "safety stewards",
            "safety": "stewards",
        },
        "activation": {
            "stewards": "stewards trust_within trust_across trust_institutions trust_connectors "
            "leadership grievance efficacy burnout resistance",
        },
        "governance": {
            "resident_seats": "seats_filled",
            "ownership": "resident_seats pooled",
            "pooled": "openness trust_partners",
        },
        "allocation": {"upstream": "wellbeing"},
        "production": {
            "services": "upstream pooled",
            "investment": "upstream fund pooled",
            "resources": "pooled trust_within trust_across",
            "idle_assets": "openness trust_institutions",
            "fund": "idle_assets openness trust_institutions",
        },
        "living": {
            "wellbeing": "conditions services resources",
            "gap": "conditions services resources",
            "conditions": "investment policy stewards leadership memory",
            "policy": "stewards resistance",
        },
        "trust": {
            "trust_institutions": _PROMISES,
            "trust_partners": _PROMISES,
            "grievance": f"trust_institutions {_PROMISES}",
            "efficacy": _PROMISES,
            "wellbeing": "grievance",
            "gap": "grievance",
            "openness": "stewards trust_partners upstream",
            "resistance": "stewards openness policy",
        },
        "leadership": {
            "skill": "stewards seats_filled",
            "burnout": "stewards",
            "leadership": "seats_filled stewards",
            "seats_filled": "skill stewards",
        },
        "learning": {"memory": "conditions stewards"},
        "housing": {
            "pressure": "conditions ownership",
            "trust_within": f"trust_across {_MOVES}",
            "trust_across": f"trust_within {_MOVES}",
            **dict.fromkeys(_MOVED, _MOVES),
        },
    }.items()
}
"""By process and indicator: the indicators read, those first that matter most often. `allocation`
knows well-being as it was measured, late and with noise (see `sense`)."""
