"""Measures: what the imported network looks like, in numbers a report can hold."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from statistics import fmean
from typing import Any

from scenarios.importing.links import PARTS, VALUE, Link

SMALLEST_GROUP = 5
"""Nothing is said about groups with fewer people than this, beside their size."""


def network_facts(
    group_of: Mapping[str, str], links: Sequence[Link], smallest: int = SMALLEST_GROUP
) -> dict[str, Any]:
    """Return the facts about a directed network.

    Args:
        group_of: the group (or sector) of each node, isolated ones included.
        links: the ties, each ordered pair once.
        smallest: groups of fewer nodes, and fewer ratings, have no means of their own.

    Returns:
        nodes, groups (sizes), ties, density (ties / ordered pairs), reciprocity (share of ties that
        are returned), isolates, components (weakly connected, isolates included),
        largest_component, most_named (largest number of ties received), names_most (given),
        mean_trust, trust_by_groups (from, to, ties, mean; None where suppressed or
        unstated), raters (nodes that give a tie), rated (that receive one).
    """
    n = len(group_of)
    pairs = {(link.source, link.target) for link in links}
    given, got = Counter(a for a, _ in pairs), Counter(b for _, b in pairs)
    sizes = dict(sorted(Counter(group_of.values()).items()))
    components = _components(group_of, pairs)
    trust = [t for link in links if not math.isnan(t := link.trust)]
    return {
        "nodes": n,
        "groups": sizes,
        "ties": len(links),
        "density": _ratio(len(links), n * (n - 1)),
        "reciprocity": _ratio(sum((b, a) in pairs for a, b in pairs), len(pairs)),
        "isolates": sum(size == 1 for size in components),
        "components": len(components),
        "largest_component": max(components, default=0),
        "most_named": max(got.values(), default=0),
        "names_most": max(given.values(), default=0),
        "mean_trust": _mean(trust),
        "trust_by_groups": _by_groups(group_of, links, sizes, smallest),
        "raters": len(given),
        "rated": len(got),
    }


def _components(group_of: Mapping[str, str], pairs: set[tuple[str, str]]) -> list[int]:
    import networkx as nx

    graph = nx.Graph()
    graph.add_nodes_from(group_of)
    graph.add_edges_from(pairs)
    return sorted((len(c) for c in nx.connected_components(graph)), reverse=True)


def _by_groups(
    group_of: Mapping[str, str], links: Sequence[Link], sizes: Mapping[str, int], smallest: int
) -> list[dict[str, Any]]:
    cells: dict[tuple[str, str], list[float]] = defaultdict(list)
    for link in links:
        cells[group_of[link.source], group_of[link.target]].append(link.trust)
    stated = {pair: [v for v in values if not math.isnan(v)] for pair, values in cells.items()}
    hidden = _hidden(stated, sizes, smallest)
    return [
        {
            "from": one,
            "to": two,
            "ties": None if (one, two) in hidden else len(cells[one, two]),
            "trust": None if (one, two) in hidden else _mean(stated[one, two]),
            "suppressed": (one, two) in hidden,
        }
        for one, two in sorted(cells)
    ]


def _hidden(
    stated: Mapping[tuple[str, str], Sequence[float]], sizes: Mapping[str, int], smallest: int
) -> set[tuple[str, str]]:
    """Return the pairs of groups of which nothing is said.

    They are those of small groups, those whose mean rests on a few ratings, and further ones where
    these could otherwise be reckoned from the rest and the mean of all.
    """
    hidden = {
        pair
        for pair, values in stated.items()
        if min(sizes[pair[0]], sizes[pair[1]]) < smallest or 0 < len(values) < smallest
    }
    rest = sorted(stated.keys() - hidden, key=lambda pair: (len(stated[pair]), pair))
    while hidden and rest and sum(len(stated[pair]) for pair in hidden) < smallest:
        hidden.add(rest.pop(0))
    return hidden


def ratings_by_sector(
    sector_of: Mapping[str, str], links: Sequence[Link], smallest: int = SMALLEST_GROUP
) -> list[dict[str, Any]]:
    """Return the mean ratings that organisations of each sector received, as shares.

    Sectors of fewer organisations than `smallest` share one row, "other sectors"; where even these
    are too few, its means are left out.
    """
    sizes = Counter(sector_of.values())
    few = {sector for sector, size in sizes.items() if size < smallest}
    named = {n: "other sectors" if s in few else s for n, s in sector_of.items()}
    counts = Counter(named.values())
    rows = []
    for sector in sorted(counts, key=lambda s: (s == "other sectors", s)):
        mine = [link for link in links if named[link.target] == sector]
        hidden = counts[sector] < smallest
        means = {
            rating: None
            if hidden
            else _mean([link.values[rating] for link in mine if rating in link.values])
            for rating in (*PARTS, *VALUE)
        }
        rows.append(
            {"sector": sector, "organisations": counts[sector], "suppressed": hidden, **means}
        )
    return rows


def _mean(values: Sequence[float]) -> float | None:
    return round(fmean(values), 4) if values else None


def _ratio(part: int, whole: int) -> float | None:
    return round(part / whole, 4) if whole else None
