"""Running a row's scenario: what the observers of several rows share."""

from __future__ import annotations

import numpy as np

from experiments.judge import gain_series
from experiments.recorded import Floats, Recorded
from experiments.simulate import simulate
from simulation.community import CommunityModel
from simulation.specification import Specification


def build(specification: Specification, seed: int, *, record: bool = False) -> CommunityModel:
    """Return the community of a row; without the monthly record, which most rows do not read."""
    if not record:
        order = specification.month
        without = tuple(name for name in order if name != "record")
        specification = specification.model_copy(update={"month": without})
    return CommunityModel(specification, rng=seed)


def active(community: CommunityModel) -> float:
    """Return the share of stewards, half stewards counting half."""
    return float(community.residents.stewardship.mean())


def settle(community: CommunityModel) -> CommunityModel:
    """Step until nobody's stewardship changes in a month (after the first), or the horizon.

    For rules without chance: two equal months in a row mean that nothing will move any more.
    """
    for _ in range(community.specification.months):
        before = community.residents.stewardship.copy()
        community.step()
        if community.month > 1 and np.array_equal(before, community.residents.stewardship):
            break
    return community


def pair(specification: Specification, seed: int) -> tuple[Recorded, Recorded]:
    """Return what a scenario and its pair without the interventions record, on the same luck."""
    with_, without = simulate([specification, specification.without_interventions()], seed=seed)
    return with_, without


def gain(specification: Specification, seed: int) -> Floats:
    """Return the equity gain E of a scenario by month (from month 0), people metric."""
    with_, without = pair(specification, seed)
    course: Floats = gain_series(with_, without)[0]
    return course


def mean_of_year(series: Floats, year: int) -> float:
    """Return the mean of a monthly series (from month 0) over the year given, the first being 1."""
    return float(series[12 * (year - 1) + 1 : 12 * year + 1].mean())
