"""Horizons: what institutions make of later, and the dip before it (T24, T25)."""

from __future__ import annotations

import math

import numpy as np
from scipy.optimize import bisect

from experiments.validation.row import Case, Contrast, Row, Target
from experiments.validation.running import build
from simulation.community import CommunityModel
from simulation.errors import InputError
from simulation.processes.allocation import switch_value
from simulation.specification import Specification
from simulation.state import Floats

# ------------------------------------------------------------ what an institution decides by itself


def built(specification: Specification, seed: int) -> CommunityModel:
    """Return the community of a row about its first institution.

    Raises:
        InputError: the scenario has no institution.
    """
    if not specification.institutions:
        raise InputError("this row reads off an institution, and there is none", key="institutions")
    return build(specification, seed)


def per_resident(values: Floats, specification: Specification) -> float:
    """Return what all residents together get of each group's values per head, divided by them."""
    sizes = np.array([group.size for group in specification.groups], dtype=np.float64)
    return float((values.sum(axis=1) * sizes).sum() / sizes.sum())


def _invests(specification: Specification, seed: int, bias: float) -> bool:
    """Tell whether the first institution, with this present bias, turns more to causes."""
    institutions = tuple(
        institution.model_copy(update={"present_bias": bias})
        for institution in specification.institutions
    )
    community = built(specification.model_copy(update={"institutions": institutions}), seed)
    before = float(community.institutions.upstream[0])
    community.run(specification.months)
    return float(community.institutions.upstream[0]) > before


def decides(specification: Specification, seed: int) -> dict[str, float]:
    """Return whether the first institution ever invests, and the least present bias at which.

    The institution decides in a running community, again and again, with other present biases
    (1 is no bias; the least is nan where it does not invest even then).
    """
    if not _invests(specification, seed, 1.0):
        return {"ever": 0.0, "least": math.nan}
    if _invests(specification, seed, 0.0):
        return {"ever": 1.0, "least": 0.0}
    least = bisect(
        lambda bias: 1.0 if _invests(specification, seed, bias) else -1.0, 0.0, 1.0, xtol=5e-7
    )
    return {"ever": 1.0, "least": float(least)}


# ------------------------------------------------------------------- T24, a stream of distant gains

FOR_EVER = 12.0 * 2_000
"""Months that stand for ever: at .96 a year, all that comes later is worth less than 1e-35."""


def _value(community: CommunityModel, horizon: float) -> float:
    """Return what the first institution makes of its next step, in yearly accounts to a horizon."""
    p, i = community.specification.parameters.allocation, community.institutions
    share = float(i.upstream[0])
    kept = float(i.present_length[0]) if p.kept_months == 0 else float(p.kept_months)
    worth: float = switch_value(
        float(i.capability[0]),
        share,
        min(p.most, share + p.step),
        math.inf if kept < 0.0 else max(kept, float(i.commit_months[0])),
        horizon,
        12.0,
        float(i.present_bias[0]),
        float(i.discount[0]),
        float(i.present_length[0]),
        p.believed_time,
        p.benefit_delay,
        p.recovered * float(i.keeps[0]),
    )
    return worth


def distant(specification: Specification, seed: int) -> dict[str, float]:
    """Return what lies beyond the first institution's horizon is worth to it, and its decisions.

    `beyond` is in yearly accounts, by the function by which it decides; `ever` and `least` are its
    decisions in the community, in accounts of one step.
    """
    community = built(specification, seed)
    horizon = float(community.institutions.horizon[0])
    beyond = _value(community, FOR_EVER) - _value(community, horizon)
    return {"beyond": beyond, **decides(specification, seed)}


DISCOUNT = 0.96


def _stream(bias: float, year: int) -> Case:
    """Return the worth of 1 a year for ever from a year on."""
    worth = bias * DISCOUNT**year / (1.0 - DISCOUNT)
    settings = {
        "institutions.payer.present_bias": bias,
        "institutions.payer.horizon": 12 * (year - 1),
    }
    target = Target.near("beyond", worth, 1e-5 * worth, f"{worth:.5g} (to 1e-5 of it)")
    return Case(f"β = {bias:g}, from year {year}", (target,), settings)


def _traded(gain: float, present: int) -> Case:
    """Return the least bias at which all services are given up for a gain a month, "for ever".

    Services decay by themselves and gains set in, both within a month or so; the longest horizon
    is 100 years. So the institution gains gain - (gain + 1) * exp(-t) in month t, and the sums up
    to the end of the present and from there on are geometric.
    """
    monthly, last = DISCOUNT ** (1.0 / 12.0), 1200

    def summed(factor: float, first: int, end: int) -> float:
        return (factor**first - factor ** (end + 1)) / (1.0 - factor)

    def gained(first: int, end: int) -> float:
        fading = monthly * math.exp(-1.0)
        return gain * summed(monthly, first, end) - (gain + 1.0) * summed(fading, first, end)

    least = -gained(0, present - 1) / gained(present, last)
    settings = {
        "institutions.payer.capability": 1.0,
        "institutions.payer.horizon": last,
        "institutions.payer.present_length": present,
        "allocation.recovered": gain,
    }
    label = f"services given up for {gain:g} a month, P = {present}"
    return Case(label, (Target.near("least", least, 1e-6, f"β ≥ {least:.6f}"),), settings)


STREAM = Row(
    id="T24",
    title="A distant stream of gains is worth the present bias times its discounted sum",
    source="Laibson 1997: 1 a year for ever from year L is worth β·.96ᴸ/.04",
    tier=0,
    origin="derived",
    nature="implements",
    scenario="published/discounting",
    observe=distant,
    cases=(
        *(_stream(bias, year) for bias in (0.3, 0.7, 1.0) for year in (1, 5, 20)),
        _traded(0.01, 1),
        _traded(0.008, 12),
    ),
    note="The stream is what lies beyond the institution's horizon, by the function by which it "
    "decides, in yearly accounts. The last cases are decisions in a running community, in monthly "
    "accounts: the least β at which the institution invests, P the months of the present; their "
    "targets are geometric sums.",
)

# ------------------------------------------------------------------------- T25, the capability trap


def trap(specification: Specification, seed: int) -> dict[str, float]:
    """Return services at the end and, around the first change of effort, their dip and recovery.

    `dip` is services in the month of the change against the month before; `break_even` the years
    until they are back, between months along a straight line (nan where that does not happen).
    """
    community, services, upstream = built(specification, seed), [], []
    for _ in range(specification.months):
        community.step()
        services.append(per_resident(community.groups.services, specification))
        upstream.append(float(community.institutions.upstream[0]))
    moved = np.flatnonzero(np.diff(upstream))
    readings = {"services": services[-1], "dip": math.nan, "break_even": math.nan}
    if moved.size:
        before, after = services[moved[0]], np.array(services[moved[0] + 1 :])
        readings["dip"] = float(after[0]) / before
        back = np.flatnonzero(after >= before)
        if back.size and back[0] > 0:
            n = int(back[0])
            # The services of entry n stand one month after the change for n = 0, and so on.
            part = (before - after[n - 1]) / (after[n] - after[n - 1])
            readings["break_even"] = (n + float(part)) / 12.0
    return readings


def _steady(share: float) -> Case:
    """Return an institution that has always split its effort like this."""
    settings = {"allocation.schedule": [[1, share]], "institutions.clinic.upstream": share}
    target = Target.near("services", share * (1.0 - share), 1e-12)
    return Case(f"always s = {share:g}", (target,), settings)


def _switch(first: float, then: float) -> tuple[Case, ...]:
    """Return a switch of effort: its break-even at a time constant of 5 years, its dip at 100."""
    dip = (1.0 - then) / (1.0 - first)
    years = 5.0 * math.log((then - first) / (then - first / dip))
    settings = {
        "allocation.schedule": [[13, then]],
        "institutions.clinic.upstream": first,
    }
    label = f"s from {first:g} to {then:g}"
    return (
        Case(f"{label}, T = 5 years", (Target.near("break_even", years, 0.001),), settings),
        Case(
            f"{label}, T = 100 years",
            (Target.near("dip", dip, 0.002),),
            {**settings, "production.capability_time": 1200.0},
        ),
    )


TRAP = Row(
    id="T25",
    title="Moving effort upstream makes services worse before they get better",
    source="Repenning & Sterman 2001, 2002: P = (1 − s)·C; optimum s = 1/2; dip (1 − s₁)/(1 − s₀); "
    "break-even T·ln[(C∞ − C₀)/(C∞ − C₀(1 − s₀)/(1 − s₁))], .771 years for .1 → .3",
    tier=0,
    origin="derived",
    nature="implements",
    scenario="published/capability_trap",
    observe=trap,
    cases=(
        *(_steady(share) for share in (0.1, 0.4, 0.5, 0.6)),
        *_switch(0.1, 0.3),
        *_switch(0.2, 0.4),
    ),
    contrasts=(
        Contrast(
            "s = .5 serves more than .4",
            Target.least("services", 0.005, "> 0"),
            "always s = 0.5",
            "always s = 0.4",
        ),
        Contrast(
            "s = .5 serves more than .6",
            Target.least("services", 0.005, "> 0"),
            "always s = 0.5",
            "always s = 0.6",
        ),
    ),
    note="Capability moves exactly, so that break-even between two months is that of continuous "
    "time. The dip is that of the first instant; it is read off where capability hardly moves in "
    "the first month.",
)


def _looks_ahead(years: int, least: float | None) -> Case:
    """Return an institution that looks so many years ahead, in yearly steps."""
    targets: tuple[Target, ...] = (Target.most("ever", 0.0, "never"),)
    if least is not None:
        targets = (
            Target.least("ever", 1.0, "it can"),
            Target.near("least", least, 0.005, f"β ≥ {least:g} (to two digits)"),
        )
    settings = {"institutions.clinic.horizon": years}
    return Case(f"yearly accounts, H = {years}", targets, settings)


def _monthly(years: int) -> Case:
    """Return the same institution in monthly accounts."""
    settings = {
        "institutions.clinic.horizon": 12 * years,
        "institutions.clinic.present_length": 12,
        "institutions.clinic.discount": DISCOUNT,
        "allocation.believed_time": 60.0,
    }
    return Case(f"monthly accounts, H = {years} (not published)", (), settings)


INVESTING = Row(
    id="T25b",
    title="It pays to invest only for those who look far ahead and hardly favour the present",
    source="Repenning & Sterman 2002 with Laibson 1997, recomputed for this project: s .1 → .3 for "
    "good, T = 5 years, δ = .96",
    tier=0,
    origin="recomputed",
    nature="implements",
    scenario="published/investing",
    observe=decides,
    cases=(
        *(_looks_ahead(years, least) for years, least in ((1, None), (2, 0.68), (5, 0.12))),
        *(_monthly(years) for years in (1, 2, 5)),
    ),
    note="The institution decides in a running community whose step is a year. In monthly accounts "
    "(shown without a target) part of the recovery falls within the present year, and less is "
    "asked of β.",
)

ROWS: tuple[Row, ...] = (STREAM, TRAP, INVESTING)
