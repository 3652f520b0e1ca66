"""Institutions at the shared table: they stay, leave and come back, and a coalition can end."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
import pytest

from simulation.community import CommunityModel
from simulation.errors import InputError
from simulation.outcomes import coalition_survival
from simulation.processes.table import convened
from simulation.specification import Specification, specify
from tests.process_contract import act, before


def board(**governance: Any) -> Specification:
    """Return a small town with six institutions that do nothing but govern."""
    names = ["clinic", "hall", "fund", "school", "works", "union"]
    return specify(
        groups=[{"name": "all", "size": 20}],
        institutions=[
            {"name": name, "sector": "school", "leader_seats": 1, "openness": 0.5} for name in names
        ],
        month=("governance", "record"),
        months=60,
        spin_up=0,
        parameters={"governance": governance},
    )


def sitting(community: CommunityModel, months: int) -> list[int]:
    """Return how many are at the table, month by month."""
    counts = []
    for _ in range(months):
        community.step()
        counts.append(int(community.institutions.at_table.sum()))
    return counts


def test_nobody_leaves_where_leaving_is_switched_off() -> None:
    assert sitting(CommunityModel(board(leave_rate=0.0), rng=3), 60) == [6] * 60


def test_a_table_empties_for_good_where_nobody_comes_back() -> None:
    counts = sitting(CommunityModel(board(leave_rate=1.0, join_rate=0.0), rng=3), 30)
    assert counts[-1] == 0
    assert counts == sorted(counts, reverse=True)


def test_who_left_can_come_back() -> None:
    counts = sitting(CommunityModel(board(leave_rate=0.5, join_rate=0.5), rng=3), 60)
    assert any(later > earlier for earlier, later in pairwise(counts))
    assert min(counts) < 6


def test_leaving_and_coming_happen_as_often_as_stated() -> None:
    """With no partners and no leaders hold = openness / 3, so the share at the table is known."""
    rates = {"leave_rate": 0.2, "join_rate": 0.4}
    spec = board(**rates)
    alone = [i for i in spec.data()["institutions"] if i["name"] == "hall"]
    alone[0]["leader_seats"] = 0
    lonely = spec.model_copy(update={"institutions": specify(institutions=alone).institutions})
    seen = [n for seed in range(40) for n in sitting(CommunityModel(lonely, rng=seed), 60)[20:]]
    hold = 0.5 / 3.0
    comes, goes = 0.4 * hold, 0.2 * (1.0 - hold)
    assert np.mean(seen) == pytest.approx(comes / (comes + goes), abs=0.06)


def test_grants_and_leaders_convene() -> None:
    assert convened(0.0, 0.0, 0.5) == 0.0
    assert convened(0.4, 0.0, 0.5) == pytest.approx(0.4)
    assert convened(0.0, 0.5, 0.5) == pytest.approx(1.0 - np.exp(-1.0))
    assert convened(0.4, 1.0, 0.5) > convened(0.4, 0.2, 0.5) > 0.4
    assert convened(1.0, 7.0, 0.5) == 1.0


@pytest.mark.parametrize("cash", [0.0, 0.25, 1.0])
def test_money_for_joint_work_is_all_but_cash(cash: float) -> None:
    uses = {"organising": (1.0 - cash) / 2.0, "services": (1.0 - cash) / 2.0, "cash": cash}
    push = {"id": "grant", "kind": "funding", "month": 1, "amount": 2.0, "uses": uses}
    community = act(before("events", month=1, events=[push]), "events")
    assert community.levers.grants == pytest.approx(2.0 * (1.0 - cash))


def test_who_is_away_neither_votes_nor_pools() -> None:
    community = CommunityModel(board(leave_rate=0.0, join_rate=0.0), rng=3)
    i = community.institutions
    i.pooled[:] = 0.5
    i.at_table[0] = False
    community.step()
    assert i.pooled[0] == pytest.approx(0.5 * (1.0 - 0.02))
    assert not i.at_table[0]
    assert community.measure("active_institutions") == 5.0
    i.at_table[:] = False
    agenda = community.groups.agenda.copy()
    community.step()
    assert np.array_equal(community.groups.agenda, agenda)
    assert community.stocks.outside_decisions[0] == 0.0
    assert community.measure("active_institutions") == 0.0


def test_an_institution_without_leaders_is_not_active() -> None:
    community = CommunityModel(board(leave_rate=0.0), rng=3)
    community.seats.holder[2] = -1
    community.step()
    assert community.measure("active_institutions") == 5.0


# --- how long a coalition lasts -------------------------------------------------------------------

MONTHS = np.arange(60)


def active(*spells: tuple[int, int]) -> Any:
    """Return a series of five active institutions, two in the spells (first and last month)."""
    series = np.full(60, 5.0)
    for first, last in spells:
        series[first : last + 1] = 2.0
    return series


def test_a_coalition_ends_with_a_year_of_too_few() -> None:
    assert coalition_survival(active((30, 41)), MONTHS) == (30, False)
    assert coalition_survival(active((30, 41)), MONTHS, 10) == (20, False)
    assert coalition_survival(active((5, 20), (30, 59)), MONTHS, 24) == (6, False)


def test_shorter_gaps_do_not_end_it() -> None:
    assert coalition_survival(active((30, 40)), MONTHS) == (60, True)
    assert coalition_survival(active((10, 20), (22, 32)), MONTHS) == (60, True)
    assert coalition_survival(active((49, 59)), MONTHS) == (60, True)
    assert coalition_survival(active((30, 40)), MONTHS, spell=11) == (30, False)
    assert coalition_survival(active((30, 41)), MONTHS, least=2) == (60, True)


def test_what_is_not_seen_of_a_coalition() -> None:
    series = active((30, 59))
    series[35] = np.nan
    assert coalition_survival(series, MONTHS) == (35, True)
    assert coalition_survival(active(), MONTHS, 60) is None
    with pytest.raises(InputError):
        coalition_survival(active(), MONTHS, spell=0)
