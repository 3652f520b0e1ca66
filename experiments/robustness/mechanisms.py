"""Mechanisms: every process, and within processes every coupling that can be cut by itself.

A coupling is switched off by the value at which its term leaves the equation: 0 for a pull, 1 for
a part that would otherwise depend on something, a very large scale for money that is to do nothing
(`convening_scale`). What a scenario never had (a term that is 0 by
default) changes nothing when it is switched off, and the table says so.
"""

from __future__ import annotations

from collections.abc import Iterator

from experiments.robustness.conditions import Condition
from simulation.processes import registered

COUPLINGS: dict[str, dict[str, tuple[str, float]]] = {
    "activation": {
        "reinforcement": ("friends who act draw others in", 0.0),
        "institutional_trust": ("trust in institutions draws people in", 0.0),
        "connector": ("connectors draw people in", 0.0),
        "leadership": ("strong leadership draws people in", 0.0),
        "dose": ("organising money draws people in", 0.0),
        "grievance_mobilises": ("grievance mobilises those who believe in acting", 0.0),
        "grievance_silences": ("grievance silences those who do not", 0.0),
        "resistance": ("resistance of institutions holds people back", 0.0),
        "burnout_exit": ("burnout makes people stop", 0.0),
    },
    "dialogue": {
        "meeting_rate": ("friends meet", 0.0),
        "across_penalty": ("meetings across groups go worse", 0.0),
        "mission_learning": ("trust follows nearness of opinion", 0.0),
        "group_bias": ("other groups are heard less", 0.0),
    },
    "governance": {
        "loudness": ("louder voices count more", 0.0),
        "leader_blindness": ("leaders from outside miss differences between groups", 0.0),
        "resident_blindness": ("residents miss them", 0.0),
        "care_trust": ("trust across groups widens what residents vote for", 0.0),
        "care_openness": ("openness widens what leaders from outside vote for", 0.0),
        "pool_rate": ("institutions come to pool money", 0.0),
        "leave_rate": ("institutions may leave the table", 0.0),
        "join_rate": ("institutions may come (back) to the table", 0.0),
        "convening_scale": ("money convenes", 1e6),
    },
    "allocation": {
        "step": ("institutions decide between services and causes", 0.0),
        "pressure": ("outcome pressure back to services", 0.0),
    },
    "production": {
        "recapture": ("savings are captured and reinvested", 0.0),
        "release_rate": ("idle assets are released", 0.0),
        "use_rate": ("skill comes into use", 0.0),
        "aid": ("neighbours help each other", 0.0),
    },
    "living": {
        "alone": ("investment needs stewards", 1.0),
        "unled": ("investment needs leadership", 1.0),
        "unlearned": ("investment needs shared memory", 1.0),
        "policy_rate": ("votes make lasting policy", 0.0),
        "service_gain": ("services raise well-being", 0.0),
        "resource_gain": ("resources raise well-being", 0.0),
        "burden_weight": ("burdens lower well-being", 0.0),
    },
    "trust": {
        "promise_rate": ("promises fall due and are kept or broken", 0.0),
        "keep_leadership": ("leadership keeps promises", 0.0),
        "keep_capability": ("capability keeps promises", 0.0),
        "keep_accountability": ("residents' share of the money keeps promises", 0.0),
        "spillover": ("promises move openness and mission too", 0.0),
        "hurt": ("broken promises hurt", 0.0),
        "healing": ("grievance heals with trust", 0.0),
        "resistance_rate": ("those who stand to lose resist", 0.0),
        "openness_peers": ("institutions open by peers' example", 0.0),
        "openness_pressure": ("institutions open under residents' pressure", 0.0),
        "openness_routine": ("institutions close when routines break", 0.0),
    },
    "leadership": {
        "turnover": ("leaders leave", 0.0),
        "learning": ("leaders learn in the seat", 0.0),
        "practice": ("acting builds skill", 0.0),
        "mentor_gain": ("mentoring builds skill", 0.0),
        "mentor_time": ("mentoring costs leaders' time", 0.0),
        "fade": ("skill fades without use", 0.0),
        "burning": ("unpaid time burns out", 0.0),
    },
    "learning": {
        "by_doing": ("stewards learn from results", 0.0),
        "teaching": ("stewards add to shared memory", 0.0),
        "exit_loss": ("memory leaves with leaders", 0.0),
    },
    "housing": {
        "sensitivity": ("improvement not owned drives people out", 0.0),
        "moving_loss": ("having to leave costs well-being", 0.0),
        "rewiring": ("people swap ties", 0.0),
        "bridging": ("connectors build bridges", 0.0),
    },
    "sense": {
        "lag": ("what is known is late", 0.0),
        "noise": ("what is known is noisy", 0.0),
    },
}
"""Couplings by process and parameter: what they do, and the value that switches them off."""

SWITCHES = {
    "succession: vacancy time": "seats are filled sooner",
    "succession: knowledge carried": "knowledge is handed on",
    "succession: ties carried": "working relations are handed on",
    "succession: resident origin": "residents fill seats",
    "succession: loss of trust at exit": "exits cost less trust",
}
"""The five switches of resident succession, by the id of the event that sets them."""


def mechanisms() -> tuple[Condition, ...]:
    """Return every mechanism, switched off: whole processes, couplings, and the five switches."""
    return (*_processes(), *_couplings(), *_switches())


def _processes() -> Iterator[Condition]:
    """Yield every process of the month; without the record there would be nothing to see."""
    for process in registered():
        if process.name != "record":
            off = {f"{process.name}.enabled": False}
            yield Condition(process.name, "process", f"the whole of {process.name}", off)


def _couplings() -> Iterator[Condition]:
    for process, couplings in COUPLINGS.items():
        for name, (label, off) in couplings.items():
            key = f"{process}.{name}"
            yield Condition(key, process, label, {key: int(off) if name == "lag" else off})


def _switches() -> Iterator[Condition]:
    for event, label in SWITCHES.items():
        yield Condition(event, "succession", label, removed=(event,))
    yield Condition(
        "succession: all five", "succession", "all five switches", removed=tuple(SWITCHES)
    )
