"""How the others pull: the kernels of `activation` that sum up what friends are seen to do.

`seen` is how far each resident is seen to act. Each kernel writes `pull`, one number a resident;
which of them runs is the parameter `input` of `activation`, where the equations stand.
"""

from __future__ import annotations

from typing import Any

from simulation.compiled import kernel
from simulation.state import Floats, Ints


@kernel
def friends_pull(
    count: bool,
    first: int,
    start: Ints,
    friends_end: Ints,
    target: Any,
    reliability: Floats,
    openness: Floats,
    mission: Floats,
    seen: Floats,
    pull: Floats,
) -> None:
    """Write the pull of active friends on each present resident, as a share or a count.

    `seen` is -1 for those who are not here.
    """
    for i in range(seen.size):
        pull[i] = 0.0
        if seen[i] < 0.0:
            continue
        total, others = 0.0, 0.0
        for e in range(start[first + i], friends_end[first + i]):
            j = target[e] - first
            acts = seen[j]
            if acts >= 0.0:
                others += 1.0
                if acts > 0.0:
                    total += (reliability[e] + openness[e] + mission[e]) / 3.0 * acts
        if count:
            pull[i] = total
        elif others > 0.0:
            pull[i] = total / others


@kernel
def everyones_pull(
    count: bool, trust: float, order: Ints, present: Any, seen: Floats, pull: Floats
) -> None:
    """Write the pull of active others on a complete graph of one trust."""
    total, others = 0.0, -1.0
    for n in range(order.size):
        if present[order[n]]:
            total += seen[order[n]]
            others += 1.0
    for i in range(seen.size):
        pull[i] = 0.0
        if present[i]:
            if count:
                pull[i] = trust * (total - seen[i])
            elif others > 0.0:
                pull[i] = trust * (total - seen[i]) / others


@kernel
def weakest_friend(
    first: int,
    start: Ints,
    friends_end: Ints,
    target: Any,
    reliability: Floats,
    openness: Floats,
    mission: Floats,
    seen: Floats,
    pull: Floats,
) -> None:
    """Write the pull of the friend who is seen and trusted to do least; 0 where there is none.

    `seen` is -1 for those who are not here.
    """
    for i in range(seen.size):
        pull[i] = 0.0
        if seen[i] < 0.0:
            continue
        least = -1.0
        for e in range(start[first + i], friends_end[first + i]):
            acts = seen[target[e] - first]
            if acts >= 0.0:
                felt = (reliability[e] + openness[e] + mission[e]) / 3.0 * acts
                if least < 0.0 or felt < least:
                    least = felt
        if least > 0.0:
            pull[i] = least


@kernel
def weakest_other(trust: float, present: Any, seen: Floats, pull: Floats) -> None:
    """Write the pull of the other who does least, on a complete graph of one trust.

    For all but one that is the least of all; for the one who does least it is the second least.
    """
    least, second = -1.0, -1.0
    for i in range(seen.size):
        if present[i]:
            if least < 0.0 or seen[i] < least:
                least, second = seen[i], least
            elif second < 0.0 or seen[i] < second:
                second = seen[i]
    for i in range(seen.size):
        pull[i] = 0.0
        if present[i] and second > 0.0:
            pull[i] = trust * (second if seen[i] == least else least)
