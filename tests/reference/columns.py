"""The reference's state as columns, under the engine's names and in its order."""

from __future__ import annotations

from typing import Any

from simulation import state
from tests.reference.agents import Tie
from tests.reference.code import bits
from tests.reference.model import ReferenceModel

FRIEND, SERVICE, PARTNER, MENTOR = 0, 1, 2, 3


def _listed(things: list[Any], table: type[state.Table], **special: Any) -> dict[str, list[Any]]:
    """Return one list for each column of a table; `special` says how some are found."""
    return {
        name: [special.get(name, lambda x, name=name: getattr(x, name))(thing) for thing in things]
        for name in table.COLUMNS
    }


def columns(model: ReferenceModel) -> dict[str, dict[str, list[Any]]]:
    """Return every column of every table."""
    pairs = [pair for it in model.institutions for pair in it.with_group]
    return {
        "residents": _listed(
            model.residents,
            state.Residents,
            recall=lambda who: sum(acted << n for n, acted in enumerate(who.recall)),
            believes=lambda who: bits(who.beliefs, 1),
            disbelieves=lambda who: bits(who.beliefs, -1),
        ),
        "connectors": _listed(model.connectors, state.Connectors),
        "institutions": _listed(model.institutions, state.Institutions),
        "seats": _listed(model.seats, state.Seats, institution=lambda s: s.institution.index),
        "stocks": _listed(
            [model.stocks],
            state.Stocks,
            reality=lambda s: bits(s.truth, 1),
            code_for=lambda s: bits(s.code, 1),
            code_against=lambda s: bits(s.code, -1),
        ),
        "groups": _listed(model.groups, state.Groups),
        "pairs": _listed(pairs, state.Pairs),
    }


TieRow = tuple[int, int, int, float, float, float]


def ties(model: ReferenceModel) -> list[TieRow]:
    """Return all ties, by source id and then target id: ids, kind and the three parts."""
    rows: list[TieRow] = []

    def note(source: int, ties: dict[int, Tie], kind: int) -> None:
        for other, tie in ties.items():
            rows.append((source, other, kind, tie.reliability, tie.openness, tie.mission))

    for who in model.residents:
        note(who.id, who.friends, FRIEND)
        note(who.id, who.mentors, MENTOR)
        note(who.id, who.services, SERVICE)
    for connector in model.connectors:
        note(connector.id, connector.clients, MENTOR)
    for it in model.institutions:
        note(it.id, it.partners, PARTNER)
    return sorted(rows)
