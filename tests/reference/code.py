"""March's shared code: what people believe on many dimensions, and what they hold in common."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from simulation.state import BEFORE

if TYPE_CHECKING:
    from tests.reference.agents import Resident
    from tests.reference.model import ReferenceModel


def bits(beliefs: list[int], value: int) -> int:
    """Return, as bits of one number, on which dimensions a belief has this value."""
    return sum(2**d for d, belief in enumerate(beliefs) if belief == value)


def score(beliefs: list[int], truth: list[int]) -> float:
    """Return right minus wrong beliefs, as a share of all dimensions."""
    return sum(belief * fact for belief, fact in zip(beliefs, truth, strict=True)) / len(truth)


def fresh(model: ReferenceModel, stream: str, id: int, month: int) -> list[int]:
    """Return beliefs as somebody new has them."""
    beliefs = []
    for d in range(model.parameters.learning.dimensions):
        chance = 3.0 * model.draw(stream, id, d, month)
        beliefs.append(1 if chance < 1.0 else -1 if chance < 2.0 else 0)
    return beliefs


def begin(model: ReferenceModel) -> None:
    """Draw how things are and what people believe of it at the start."""
    p, stocks = model.parameters.learning, model.stocks
    if p.form != "code":
        return
    for d in range(p.dimensions):
        stocks.truth.append(1 if model.draw("learning/reality", d, month=BEFORE) < 0.5 else -1)
        stocks.code.append(0)
    stocks.memory = 0.0
    for who in model.residents:
        believe(model, who)


def believe(model: ReferenceModel, who: Resident) -> None:
    """Let somebody who has just come have beliefs."""
    if model.parameters.learning.form == "code":
        who.beliefs = fresh(model, "learning/belief", who.id, BEFORE)
        who.know_how = max(0.0, score(who.beliefs, model.stocks.truth))


def learn_together(model: ReferenceModel, p: Any) -> None:
    """Let the code learn from those who know more, and everybody from the code."""
    stocks, model.exits = model.stocks, 0
    learned = learned_code(model, p)
    for who in model.present:
        who.beliefs = [
            belief if model.draw("learning/socialise", who.id, d) >= p.from_memory else moved
            for d, (belief, moved) in enumerate(towards(stocks.code, who.beliefs))
        ]
    stocks.code = learned
    for who in model.present:
        if model.draw("learning/turnover", who.id) < p.personnel_turnover:
            who.beliefs = fresh(model, "learning/new-belief", who.id, model.month)
    for d, fact in enumerate(stocks.truth):
        if model.draw("learning/turbulence", d) < p.turbulence:
            stocks.truth[d] = -fact
    for who in model.present:
        who.know_how = max(0.0, score(who.beliefs, stocks.truth))
    stocks.memory = max(0.0, score(stocks.code, stocks.truth))


def learned_code(model: ReferenceModel, p: Any) -> list[int]:
    """Return what the code becomes."""
    stocks = model.stocks
    shown = [
        [
            belief or (1 if model.draw("learning/show", who.id, d) < 0.5 else -1)
            for d, belief in enumerate(who.beliefs)
        ]
        for who in model.present
    ]
    # Right and wrong are counted: sums of ones are exact.
    known = sum(c * fact for c, fact in zip(stocks.code, stocks.truth, strict=True))
    superior = [
        own
        for own in shown
        if sum(b * fact for b, fact in zip(own, stocks.truth, strict=True)) > known
    ]
    learned = []
    for d, held in enumerate(stocks.code):
        total = sum(own[d] for own in superior)
        majority = (total > 0) - (total < 0)
        differs = majority not in (0, held)
        chance = 1.0 - (1.0 - p.teaching) ** float(abs(total))
        if differs and model.draw("learning/code", d) < chance:
            learned.append(majority)
        else:
            learned.append(held)
    return learned


def towards(code: list[int], beliefs: list[int]) -> list[tuple[int, int]]:
    """Return each belief, and what it is a step closer to the code."""
    moves = []
    for held, belief in zip(code, beliefs, strict=True):
        apart = held != 0 and belief != held
        moves.append((belief, belief + held if apart else belief))
    return moves
