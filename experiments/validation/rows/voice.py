"""Voice: how opinions settle, and whose count (T12-T16)."""

from __future__ import annotations

import numpy as np

from experiments.validation.row import Case, Row, Target
from experiments.validation.running import build
from simulation.community import CommunityModel
from simulation.specification import Specification
from simulation.state import Floats

MAJOR = 0.05
"""Least share of people that makes a cluster a major one."""
SAME = 1e-6
"""How near two opinions count as one, where encounters bring them ever nearer."""


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
    """Return how many clusters are left when nobody moves any more, or at the horizon.

    Opinions part into clusters where neighbours do not hear each other; where the horizon comes
    first, where they are more than half of `dialogue.confidence` apart. `major` counts clusters of
    at least a twentieth of the people, `one` and `two` whether there are so many; `months` is how
    long it took.
    """
    confidence: float = specification.parameters.dialogue.confidence
    community = build(specification, seed)
    opinions = at_rest(community)
    settled = parted(opinions, confidence)
    sizes = np.array([part.size for part in parts(opinions, confidence / (1 if settled else 2))])
    major = int((sizes >= MAJOR * sizes.sum()).sum())
    return {
        "clusters": float(sizes.size),
        "major": float(major),
        "largest": float(sizes.max() / sizes.sum()),
        "one": float(major == 1),
        "two": float(major == 2),
        "consensus": float(sizes.size == 1),
        "months": float(community.month),
    }


def at_rest(community: CommunityModel) -> Floats:
    """Return the opinions once they are at rest, or at the horizon.

    Averaging rests after a month that moved nobody. Encounters in pairs are drawn, so that a month
    without a move says nothing: they rest once people have `parted`. The naming game runs to the
    horizon.
    """
    exchange = community.parameters.dialogue.exchange
    for _ in range(community.specification.months):
        before = community.residents.opinion
        community.step()
        opinion = community.residents.opinion
        if exchange == "averaging" and np.abs(opinion - before).max() <= 1e-12:
            break
        if exchange == "pairwise" and parted(opinion, community.parameters.dialogue.confidence):
            break
    return community.residents.opinion


def parted(opinions: Floats, confidence: float) -> bool:
    """Tell whether no two people who hear each other are more than `SAME` apart.

    In a minor cluster it is enough that all hear all: they are one already, and may take hundreds
    of months to meet each other among so many.
    """
    least = MAJOR * opinions.size
    return all(
        part[-1] - part[0] <= (SAME if part.size >= least else confidence)
        for part in parts(opinions, confidence)
    )


def parts(opinions: Floats, gap: float) -> list[Floats]:
    """Return opinions in ascending order, parted where there is more than `gap` between two."""
    ordered = np.sort(opinions)
    return np.split(ordered, np.flatnonzero(np.diff(ordered) > gap + 1e-12) + 1)


ROWS: tuple[Row, ...] = (
    Row(
        id="T12",
        title="People who go on averaging what they hear come to agree",
        source="DeGroot 1974",
        tier=0,
        origin="derived",
        nature="implements",
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
        origin="printed",
        nature="implements",
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
        origin="derived",
        nature="implements",
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
        origin="recomputed",
        nature="emerges",
        scenario="published/deffuant",
        observe=camps,
        kinds={
            "one": "share",
            "two": "share",
            "major": "mean",
            "clusters": "mean",
            "months": "mean",
        },
        replicates=16,
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
        note="A major cluster holds at least a twentieth of the people; a few stay at the edges. "
        "Each run goes on until any two people agree, to a millionth, or do not hear each other "
        "(in a minor cluster: until all hear each other), for up to `months` months.",
    ),
    Row(
        id="T16",
        title="Consensus needs wide confidence",
        source="Hegselmann & Krause 2002; number of clusters recomputed for this project",
        tier=1,
        origin="recomputed",
        nature="emerges",
        scenario="published/hegselmann_krause",
        observe=camps,
        kinds={"consensus": "share", "clusters": "mean", "major": "mean", "months": "mean"},
        replicates=36,
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
                replicates=10,
            ),
        ),
        note="First opinions are drawn evenly between 0 and 1; clusters of every size count. The "
        "rule is carried out for at most 1,999 people.",
    ),
)
