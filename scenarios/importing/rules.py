"""Rules: how ratings of organisations become settings of institutions, and words become sectors.

PARTNER asks each organisation to rate its partners from 1 to 4 on power and influence, level of
involvement and contribution of resources (Varda, Chandra, Stern & Lurie 2008, Journal of Public
Health Management and Practice 14(5)). What an organisation *received* is the mean over its raters,
as a share x_j = (r - 1) / 3. Every rule keeps the mean of the rated organisations at the default
institution's, so that only differences between them come from the ratings.
"""

from __future__ import annotations

from statistics import fmean
from typing import NamedTuple

import numpy as np

from simulation.population import largest_remainder
from simulation.specification import Institution

DEFAULT = Institution(name="default", sector="community_organisation")
MOST_SEATS = 63


class Rule(NamedTuple):
    """How one rating becomes one setting."""

    rating: str
    setting: str
    words: str


RULES = (
    Rule(
        "power",
        "leader_seats",
        f"each rated organisation has 1 seat; {DEFAULT.leader_seats - 1} more per organisation are "
        "shared out in proportion to the power received (largest remainders), so that the mean is "
        f"the default, {DEFAULT.leader_seats}",
    ),
    Rule(
        "resources",
        "budget",
        f"budget = {DEFAULT.budget:g} × (resource contribution received / its mean over the rated "
        "organisations)",
    ),
    Rule(
        "involvement",
        "openness",
        f"openness = {DEFAULT.openness:g} + s × (involvement received - its mean), with s = 1, or "
        "as much less as keeps every openness from 0 to 1",
    ),
)
"""The rules, as the report prints them."""


def settings_from(
    rating: str, received: dict[str, float], least_seats: int = 1
) -> dict[str, float | int]:
    """Return a setting of each rated organisation, by the rule for that rating.

    Args:
        rating: "power", "resources" or "involvement".
        received: mean rating of each rated organisation, as a share.
        least_seats: seats that each has whatever its power.

    Returns:
        Values of the setting by organisation; none where all ratings are 0.
    """
    names = list(received)
    x = np.array([received[name] for name in names], dtype=float)
    if not names or x.sum() <= 0:
        return {}
    if rating == "power":
        free = (DEFAULT.leader_seats - least_seats) * len(names)
        seats = np.minimum(least_seats + largest_remainder(free, x), MOST_SEATS)
        return {name: int(s) for name, s in zip(names, seats, strict=True)}
    mean = fmean(x.tolist())
    if rating == "resources":
        values = DEFAULT.budget * x / mean
    else:
        low, high = mean - float(x.min()), float(x.max()) - mean
        base = DEFAULT.openness
        slope = min(1.0, base / low if low else 1.0, (1.0 - base) / high if high else 1.0)
        values = np.clip(base + slope * (x - mean), 0.0, 1.0)
    return {name: round(float(v), 6) for name, v in zip(names, values, strict=True)}


SECTOR_WORDS: dict[str, tuple[str, ...]] = {
    "hospital": (
        "health", "healthcare", "health_care", "clinic", "health_centre", "health_center",
        "health_system", "medical", "health_provider", "provider", "public_hospital", "fqhc",
        "mental_health", "behavioral_health",
    ),
    "funder": (
        "foundation", "philanthropy", "funding", "donor", "grantmaker", "bank", "united_way",
        "charity_funder",
    ),
    "government": (
        "public", "city", "county", "state", "municipality", "municipal", "public_agency",
        "government_agency", "public_health", "public_health_department", "health_department",
        "law_enforcement", "police", "fire", "council", "local_government", "public_sector",
        "city_government", "county_government", "state_government", "agency",
    ),
    "community_organisation": (
        "community_organization", "community", "nonprofit", "non_profit", "ngo", "cbo",
        "community_based_organization", "community_based_organisation", "faith", "faith_based",
        "church", "religious", "charity", "association", "advocacy", "civil_society",
        "resident_group", "voluntary", "volunteer_organization", "social_services",
        "social_service", "coalition", "grassroots", "youth", "other", "third_sector",
    ),
    "school": (
        "education", "university", "college", "academic", "academia", "school_district",
        "schools", "research", "training", "library", "higher_education",
    ),
    "employer": (
        "business", "company", "private", "private_sector", "industry", "firm", "corporate",
        "for_profit", "commercial", "chamber_of_commerce", "media",
    ),
    "external_owner": (
        "owner", "landlord", "developer", "real_estate", "investor", "external", "property",
    ),
}  # fmt: skip
"""What people call the seven sectors."""

SECTOR_OF = {word: sector for sector, words in SECTOR_WORDS.items() for word in (sector, *words)}
