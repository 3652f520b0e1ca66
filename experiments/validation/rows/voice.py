"""Voice: how opinions settle, and whose count (T12-T16)."""

from __future__ import annotations

import numpy as np

from experiments.validation.row import Case, Row, Target
from experiments.validation.running import build
from simulation.community import CommunityModel
from simulation.specification import Specification
from simulation.state import Floats, Ints

MAJOR = 0.05
"""Least share of people that makes a cluster a major one."""


def by_group(specification: Specification, seed: int) -> dict[str, float]:
    """Return the mean opinion of each group at the horizon."""
    community = build(specification, seed).run()
    r = community.residents
    return {
        group.name: float(r.opinion[r.group == number].mean())
        for number, group in enumerate(specification.groups)
        if group.size
    }


def consensus(specification: Specification, seed: int) -> dict[str, float]:
    """Return the consensus, how far apart people are, and the mean weighted by voice at the start.

    `off` is the largest distance of anybody from that mean.
    """
    community = build(specification, seed)
    r = community.residents
    weighted = float((r.voice * r.opinion).sum() / r.voice.sum())
    opinion = community.run().residents.opinion
    return {
        "consensus": float(opinion.mean()),
        "apart": float(np.ptp(opinion)),
        "off": float(np.abs(opinion - weighted).max()),
        "weighted by voice": weighted,
    }


def camps(specification: Specification, seed: int) -> dict[str, float]:
    """Return how many clusters are left at the horizon, or when nobody moves any more.

    Opinions part into clusters where neighbours are more than half of `dialogue.confidence` apart:
    at rest, people of one cluster agree and those of two do not hear each other. `major` counts
    clusters of at least a twentieth of the people, `one` and `two` whether there are so many.
    """
    confidence: float = specification.parameters.dialogue.confidence
    sizes = clusters(at_rest(build(specification, seed)), confidence / 2.0)
    major = int((sizes >= MAJOR * sizes.sum()).sum())
    return {
        "clusters": float(sizes.size),
        "major": float(major),
        "largest": float(sizes.max() / sizes.sum()),
        "one": float(major == 1),
        "two": float(major == 2),
        "consensus": float(sizes.size == 1),
    }


def at_rest(community: CommunityModel) -> Floats:
    """Return the opinions at the horizon, or after the first month that moved nobody.

    Encounters are drawn, so that a month without a move says nothing: they run to the horizon.
    """
    drawn = community.parameters.dialogue.exchange != "averaging"
    for _ in range(community.specification.months):
        before = community.residents.opinion
        community.step()
        if not drawn and np.abs(community.residents.opinion - before).max() <= 1e-12:
            break
    return community.residents.opinion


def clusters(opinions: Floats, gap: float) -> Ints:
    """Return the sizes of clusters, from low to high opinions, with more than `gap` between."""
    parted = np.flatnonzero(np.diff(np.sort(opinions)) > gap) + 1
    sizes: Ints = np.diff(np.concatenate([[0], parted, [opinions.size]]))
    return sizes


ROWS: tuple[Row, ...] = (
    Row(
        id="T12",
        title="People who go on averaging what they hear come to agree",
        source="DeGroot 1974",
        tier=0,
        scenario="published/degroot",
        observe=by_group,
        cases=(
            Case(
                "three people",
                tuple(
                    Target.near(name, 3 / 11, 1e-12, "3/11 ± 1e-12")
                    for name in ("first", "second", "third")
                ),
            ),
        ),
    ),
    Row(
        id="T13",
        title="People who hold on to where they started settle apart",
        source="Friedkin & Johnsen 1990",
        tier=0,
        scenario="published/friedkin_johnsen",
        observe=by_group,
        cases=(
            Case(
                "four people",
                tuple(
                    Target.near(name, value, 0.005, f"{value:.2f} (two digits)")
                    for name, value in (
                        ("first", 0.60),
                        ("second", 0.60),
                        ("third", 0.75),
                        ("fourth", 0.75),
                    )
                ),
            ),
        ),
    ),
    Row(
        id="T14",
        title="A consensus lies at the mean weighted by voice",
        source="follows from DeGroot 1974, with weights in proportion to voice",
        tier=0,
        scenario="published/voices",
        observe=consensus,
        cases=(
            Case(
                "100 people",
                (
                    Target.near("consensus", 93 / 140, 1e-9, "93/140 ± 1e-9"),
                    Target.most("off", 1e-9),
                ),
            ),
            Case(
                "2,400 people, ties not written out",
                (
                    Target.near("consensus", 93 / 140, 1e-9, "93/140 ± 1e-9"),
                    Target.most("off", 1e-9),
                ),
                {"groups.quiet.size": 1440, "groups.heard.size": 720, "groups.loud.size": 240},
            ),
        ),
        note="People hear themselves as they hear others (dialogue.own_voice = 1).",
    ),
    Row(
        id="T15",
        title="Talking only to those who think alike leaves camps",
        source="Deffuant et al. 2000; counts recomputed for this project",
        tier=1,
        scenario="published/deffuant",
        observe=camps,
        kinds={"one": "share", "two": "share", "major": "mean", "clusters": "mean"},
        replicates=6,
        cases=(
            Case(
                "d = .3",
                (
                    Target.near("major", 1.0, 0.2, "1"),
                    Target.least("one", 0.8, "in most runs"),
                ),
                {"dialogue.confidence": 0.3},
            ),
            Case(
                "d = .2",
                (
                    Target.near("major", 2.0, 0.2, "2"),
                    Target.least("two", 0.8, "in most runs"),
                ),
                {"dialogue.confidence": 0.2},
            ),
        ),
        note="A major cluster holds at least a twentieth of the people; a few stay at the edges.",
    ),
    Row(
        id="T16",
        title="Consensus needs wide confidence",
        source="Hegselmann & Krause 2002; number of clusters recomputed for this project",
        tier=1,
        scenario="published/hegselmann_krause",
        observe=camps,
        kinds={"consensus": "share", "clusters": "mean", "major": "mean"},
        replicates=10,
        cases=(
            Case(
                "ε = .25",
                (Target.least("consensus", 0.9, "consensus"),),
                {"dialogue.confidence": 0.25},
            ),
            Case(
                "ε = .30",
                (Target.least("consensus", 0.9, "consensus"),),
                {"dialogue.confidence": 0.3},
            ),
            Case(
                "ε = .10",
                (Target.near("clusters", 4.0, 0.3, "≈ 4.0"),),
                {"dialogue.confidence": 0.1},
            ),
        ),
        note="First opinions are drawn evenly between 0 and 1; clusters of every size count.",
    ),
)
