"""What people do: sense, dialogue, activation and learning."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from tests.reference.agents import DIMENSIONS, Connector, Resident, Tie, clip, mean_trust
from tests.reference.code import learn_together
from tests.reference.conversation import conversations
from tests.reference.recall import recalled, remember_encounters

if TYPE_CHECKING:
    from tests.reference.model import ReferenceModel

LONGEST_MEMORY = 25


def true_wellbeing(model: ReferenceModel, before: list[list[float]]) -> list[list[float]]:
    """Return mean well-being by group and dimension; an empty group keeps what was before."""
    truth = []
    for group, last in zip(model.groups, before, strict=True):
        members = [r for r in model.present if r.group == group.index]
        if members:
            truth.append([sum(r.wellbeing[d] for r in members) / len(members) for d in DIMENSIONS])
        else:
            truth.append(list(last))
    return truth


def truth_now(model: ReferenceModel) -> list[list[float]]:
    """Return the truth as it is; an empty group keeps its last, or its conditions."""
    last = model.truths[-1] if model.truths else [group.conditions for group in model.groups]
    return true_wellbeing(model, last)


def sense(model: ReferenceModel, p: Any) -> None:
    """2 · Institutions learn of well-being, late and with noise."""
    model.truths.append(truth_now(model))
    del model.truths[:-LONGEST_MEMORY]
    late = model.truths[max(0, len(model.truths) - 1 - p.lag)]
    for g, group in enumerate(model.groups):
        group.sensed = [
            clip(late[g][d] + p.noise * model.normal("sense/noise", g, d)) for d in DIMENSIONS
        ]


# --- dialogue -------------------------------------------------------------------------------------


def dialogue(model: ReferenceModel, p: Any) -> None:
    """3 · People meet, listen and speak; all at once, but for encounters."""
    new_openness: list[tuple[Tie, float]] = []
    new_mission: list[tuple[Tie, float]] = []
    new_opinion: list[tuple[Resident, float]] = []
    exchanged = conversations(model, p) if p.exchange != "averaging" else {}
    across: dict[int, list[int]] = {who.id: [0, 0] for who in model.present}
    for who in model.present:
        for tie in who.friends.values():
            outcome = meeting(model, p, who, tie.other)
            new_openness.append((tie, moved_openness(p, tie, outcome)))
            if outcome is not None and who.group != tie.other.group:
                across[who.id][0 if outcome else 1] += 1
            congruence = 1.0 - abs(who.opinion - tie.other.opinion)
            mission = tie.mission + p.mission_learning * (congruence - tie.mission)
            new_mission.append((tie, mission))
        new_opinion.append((who, exchanged[who.id] if exchanged else listened(p, who)))
    for who in model.residents:
        who.reached = 0.0
    for connector in model.connectors:
        new_openness += attended(model, p, connector)
    for who, opinion in new_opinion:
        who.opinion = opinion
        good, bad = across[who.id]
        if good + bad:
            rise = p.safety_rise * good * (1.0 - who.safety)
            fall = p.safety_fall * bad * who.safety
            who.safety = clip(who.safety + (rise - fall) / (good + bad))
    for tie, openness in new_openness:
        tie.openness = openness
    for tie, mission in new_mission:
        tie.mission = mission


def meeting(model: ReferenceModel, p: Any, one: Resident, two: Resident) -> bool | None:
    """Return whether a meeting goes well; None where two friends do not meet."""
    pair = (min(one.id, two.id), max(one.id, two.id))
    facilitation = model.levers.facilitation
    gate, penalty = 1.0, 0.0
    if one.group != two.group:
        least = min(one.safety, two.safety)
        gate = least + facilitation * (1.0 - least)
        penalty = p.across_penalty * (1.0 - facilitation / 2.0)
    if model.draw("dialogue/meet", *pair) >= p.meeting_rate * gate:
        return None
    activity = (one.stewardship + two.stewardship) / 2.0
    good = clip(p.good_base + p.activity_gain * activity - penalty)
    return model.draw("dialogue/goes-well", *pair) < good


def moved_openness(p: Any, tie: Tie, outcome: bool | None) -> float:
    """Return the openness after a good, a bad, or no meeting."""
    if outcome is None:
        return tie.openness - p.decay * tie.openness
    if outcome:
        return tie.openness + p.openness_gain * (1.0 - tie.openness)
    return tie.openness - p.openness_loss * tie.openness


def attended(model: ReferenceModel, p: Any, connector: Connector) -> list[tuple[Tie, float]]:
    """Let a connector attend to clients; return the new openness of the ties."""
    changes = []
    connector.caseload = float(len(connector.clients))
    for tie in connector.clients.values():
        client = tie.other
        back = client.mentors[connector.id]
        energy = connector.attention * connector.pay * (1.0 - connector.burnout)
        chance = min(1.0, energy / connector.caseload)
        attends = model.draw("dialogue/attend", client.id, connector.id) < chance
        if attends:
            client.reached = max(client.reached, back.trust)
        outcome = True if attends else None
        changes += [(one, moved_openness(p, one, outcome)) for one in (tie, back)]
    return changes


def listened(p: Any, who: Resident) -> float:
    """Return somebody's opinion after listening to friends."""
    total = p.own_voice * who.voice
    heard = total * who.opinion
    for tie in who.friends.values():
        friend = tie.other
        if abs(who.opinion - friend.opinion) <= p.confidence + 1e-12:
            bias = p.group_bias if who.group != friend.group else 0.0
            weight = tie.trust * friend.voice * (1.0 - bias)
            total += weight
            heard += weight * friend.opinion
    mean = heard / total if total > 0.0 else who.opinion
    social = who.self_weight * who.opinion + (1.0 - who.self_weight) * mean
    return who.susceptibility * social + (1.0 - who.susceptibility) * who.anchor


# --- activation -----------------------------------------------------------------------------------


def logistic(z: float) -> float:
    """Return 1 / (1 + exp(-z)), also far out."""
    if z < -700.0:
        return 0.0
    return 1.0 / (1.0 + math.exp(-z))


def response(p: Any, z: float) -> float:
    """Return how likely a pull that exceeds the threshold by z moves somebody."""
    if p.response == "step":
        if abs(z) <= 1e-12:
            return float(p.tie_acts)
        return 1.0 if z > 0.0 else 0.0
    if p.response == "logistic":
        return logistic(z / p.temperature)
    return clip(z)


def pull(model: ReferenceModel, p: Any, who: Resident) -> float:
    """Return the sum of all that pulls somebody to act."""
    friends = [tie for tie in who.friends.values() if tie.other.present]
    felt = []
    for tie in friends:
        seen = p.base_presence if tie.other.in_seat else 1.0
        felt.append(tie.trust * (seen * tie.other.stewardship))
    if p.input == "share":
        active = sum(felt) / len(felt) if felt else 0.0
    elif p.input == "count":
        active = sum(felt)
    elif p.input == "weakest":
        active = min(felt, default=0.0)
    else:
        active = recalled(p, who)
    return (
        p.reinforcement * active**p.exponent
        + p.institutional_trust * (mean_trust(who.services, 0.5) - 0.5)
        + p.connector * who.reached
        + p.leadership * model.stocks.leadership
        + p.dose * (1.0 - math.exp(-who.spend / p.dose_scale))
        + p.grievance_mobilises * who.grievance * who.efficacy
        - p.grievance_silences * who.grievance * (1.0 - who.efficacy)
        - p.resistance * model.stocks.resisted
    )


def activation(model: ReferenceModel, p: Any) -> None:
    """4 · People become stewards, or stop; all at once."""
    if p.input == "memory":
        remember_encounters(model, p)
    moves = [(who, moved(model, p, who, pull(model, p, who))) for who in model.present]
    for who, stewardship in moves:
        who.stewardship = stewardship
    for who in model.present:
        climb_ladder(model, p, who)


def moved(model: ReferenceModel, p: Any, who: Resident, u: float) -> float:
    """Return somebody's stewardship after this month."""
    s = who.stewardship
    above = who.threshold + p.rung_gap if p.rungs == 2 and s >= 0.5 else who.threshold
    below = who.threshold + p.rung_gap if p.rungs == 2 and s == 1.0 else who.threshold
    step = 0.5 if p.rungs == 2 else 1.0
    if s < 1.0 and model.draw("activation/rise", who.id) < p.rate * response(p, u - above):
        return min(1.0, s + step)
    if s > 0.0 and not who.committed:
        chance = (
            p.exit
            + p.burnout_exit * who.burnout
            + p.rejection * p.rate * (1.0 - response(p, u - below))
        )
        if model.draw("activation/fall", who.id) < chance:
            return max(0.0, s - step)
    return s


def climb_ladder(model: ReferenceModel, p: Any, who: Resident) -> None:
    """Note the furthest rung of first contacts somebody has reached."""
    rung = who.ladder
    if rung == 0:
        invited = p.visit_rate * (1.0 - math.exp(-who.spend / p.dose_scale))
        drawn = model.draw("activation/visit", who.id) < invited
        if who.reached > 0.0 or who.stewardship > 0.0 or drawn:
            rung = 1
    if rung == 1:
        ties = [*who.services.values(), *who.mentors.values()]
        ties += [tie for tie in who.friends.values() if tie.other.group != who.group]
        if any(tie.trust >= p.trusted for tie in ties):
            rung = 2
    if who.stewardship > 0.0:
        rung = max(rung, 4 if who.stewardship == 1.0 else 3)
    who.ladder = 5 if who.in_seat else rung


# --- learning -------------------------------------------------------------------------------------


def learning(model: ReferenceModel, p: Any) -> None:
    """11 · What works becomes known, and leaves with people."""
    if p.form == "code":
        learn_together(model, p)
        return
    improvement = 0.0
    for share, group in zip(model.population(), model.groups, strict=True):
        rises = [max(0.0, group.conditions[d] - group.conditions_before[d]) for d in DIMENSIONS]
        improvement += share * sum(rises) / 3.0
    evidence = min(1.0, p.evidence_gain * improvement)
    memory = model.stocks.memory
    active = sum(who.stewardship for who in model.present)
    known = sum(who.stewardship * who.know_how for who in model.present)
    known = known / active if active > 0.0 else 0.0
    for who in model.present:
        k = who.know_how
        who.know_how = clip(
            k
            + p.from_memory * max(0.0, memory - k)
            + p.by_doing * who.stewardship * evidence * (1.0 - k)
            - p.forgetting * k
        )
    lost = min(1.0, model.exits / len(model.seats)) if model.seats else 0.0
    model.exits = 0
    model.stocks.memory = clip(
        memory
        + p.teaching * max(0.0, known - memory)
        - p.memory_decay * memory
        - p.exit_loss * lost * memory
    )
