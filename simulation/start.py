"""The start: who is there, what they hold, and what history did to their trust.

Everything here is drawn under the month `BEFORE`, keyed by the person's id, so that one change of
the scenario shifts nobody else. x ~ (m, sd) means clip(m + sd * normal, 0, 1) with the stream
named.

Residents get ids 0, 1, … group after group in the scenario's order, and within a group place
after place (sizes by the places' shares, rounded to the largest remainders). home = id.

    lived_experience     `start/lived` < the group's share
    lives_here           not a commuter: `start/commuter` >= commuters
    works_here           a commuter, or `start/works` < works
    committed            `start/committed` < the group's share
    opinion, anchor      (opinion, opinion_spread), `start/opinion`; the group's opinion if stated;
                         with opinion_shape "uniform" the draw u of that stream counts evenly:
                         clip(opinion + sqrt(3) * opinion_spread * (2 * u - 1), 0, 1)
    threshold            t + threshold_shift; by threshold_shape, t = threshold + threshold_spread *
                         normal ("normal"), threshold + threshold_spread * (2 * uniform - 1)
                         ("uniform", `start/threshold` both), or evenly spaced ("even"): threshold -
                         threshold_spread + 2 * threshold_spread * home / (N0 - 1) for the homes of
                         the start (threshold where N0 = 1), as "uniform" in homes that came later
    skill                skill_low + (skill_high - skill_low) * `start/skill`
    skill_used           skill / 2
    resources            the group's * exp(resource_spread * normal - resource_spread**2 / 2),
                         `start/resources`
    grievance            g + (1 - g) * extraction of the group, g the parameter
    stewardship          1 if committed or `start/steward` < stewards, else 0
    wellbeing[d]         clip(V[g, d] * (1 - burden_weight * burden) + wellbeing_spread * normal,
                         0, 1), `start/wellbeing` keyed by (id, d), burden_weight of `living`
    voice, burden        the group's
    susceptibility, self_weight      the group's if stated, else as given
    safety, efficacy     as given;  know_how, burnout  0
    believes, disbelieves  in the form "code" of `learning` only: on each dimension d, u = 3 *
                         `learning/belief` keyed by (id, d): believed if u < 1, disbelieved if
                         1 <= u < 2, neither otherwise; know_how = max(0, the beliefs' score)

*Friend ties* come from the scenario's space, laid out within each place apart (`ties/…` streams
of `simulation.spaces`, luck derived per place: `Luck(derive(seed, "place", place name))`, or the
community's own luck when there is one place only), plus bridges between places: with E ties
within, for q = 0 … round(between * E) - 1 the residents of ranks floor(`start/between` * n),
keyed by (q, 0) and (q, 1), in ascending id, are tied, if they live in different places and are
not tied yet. Every tie stands in both directions. Values of i -> j, each keyed by (i, j):
reliability and openness = clip(m + trust_spread * normal, 0, 1), `start/reliability` and
`start/openness`, m = trust_within or trust_across; mission = 1 - congruence * |x_i - x_j|.

*Service ties*: each resident to the `service_ties` institutions with the smallest `start/service`
keyed by (resident, institution) (all if fewer). All three parts start at institution_trust; then
history: the group's `promises`, n of them: for h = 0 … n-1, kept if `start/history` (keyed by
(resident, institution), in month BEFORE + 1 + h) < the group's `kept`, with the plain updates of
`trust` (no confirmation bias) on the three parts. Each broken one also raises grievance: q <- q +
hurt * (1 - q), institutions in ascending id.

*Client ties*: each connector, both ways, with the `caseload` residents of its place (place -1:
all) with the smallest `start/client` keyed by (resident, connector); all three parts
connector_trust. *Partner ties*: all pairs of institutions, both ways, all parts partner_trust.

*Files* (see `simulation.people_file`, `simulation.ties_file`) state what would else be drawn, and
what is drawn stays what it would have been without them, as the draws are keyed by id:

- A **people** file lists the residents. They get ids group after group and place after place as
  above, in the order of the file within each; those of a group without a place are divided among
  the places by their shares, in that order. What it states stands, with opinion -> anchor, skill ->
  skill_used and burden -> wellbeing following; a threshold is not shifted. Who is said to live
  elsewhere works here unless said not to; who is said not to work here lives here unless said not
  to. Who is said to be less than a steward is not committed unless said to be; who is said to be
  committed is a steward.
- A **ties** file states the friend ties, directed: the one who listens comes first. Without a
  people file its people are the residents, in the order of first mention, or by the groups that a
  graph states. Parts of trust stand where it has them, and are drawn where not.
- A **services** file states the service ties. Parts of trust that it leaves out start at
  institution_trust and go through history.
- A **partners** file states the partner ties, directed, with partner_trust where it leaves a part
  out.

What is stated holds for the day of the start: history changes neither stated trust nor stated
grievance. Newcomers are drawn as without files.

*Seats* start filled by outsiders (id OUTSIDER_IDS + 1000 * seat row, group -1) with knowledge
knowledge_low + (knowledge_high - knowledge_low) * `start/knowledge`, keyed by (institution id,
slot), the bounds those of `leadership`; rapport `rapport`, tenure 0. The first `resident_seats`
of an institution's seats start with residents who live here instead, taken in the order of seat
rows: greatest skill first, smallest id among equals; same knowledge and rapport; `in_seat` true.
Seat rows run institution after institution; slot counts within one.

*Ids*: connectors CONNECTOR_IDS + row (team after team), institutions INSTITUTION_IDS + row, in
the scenario's order. Connector: employer and place as rows (-1 for none or all), pay = 1 -
depends (no funding yet), burnout 0, caseload = number of client ties. Institution: bound_until
far in the past, capability = its upstream share where not given, serves normalised to sum 1
(default by sector), upstream_before = upstream.

*Stocks by group*: conditions = conditions_start = conditions_before = the group's; sensed = truth
(see `sense`; conditions where the group is empty); agenda = pop_g / 3; services, investment,
decisions, made, kept 0 (neither history nor spin-up is counted); seats and money as in
`governance`. Community: policy and memory as given; fund, quality, pressure, released, aid 0;
ownership = sum of money; legitimacy as in `trust` (institution_trust where there are no such
ties); resisted as in `trust`; leadership as in `leadership` without mentoring.
In the form "code" of `learning` memory is 0 instead, the code has no beliefs, and reality is so on
dimension d when `learning/reality`, keyed by d, is below 1/2.

*A complete community of 2,000 or more* has no friend ties written out: everyone is tied to
everyone with the one trust (2 * trust_within + 1) / 3.
"""

from __future__ import annotations

from typing import Literal

from simulation.processes.base import ProcessParameters, parameter


class Parameters(ProcessParameters):
    """The state of the community before month 0; the same for all groups."""

    opinion: float = parameter(
        0.4, "mean opinion on how far the community should change", low=0, high=1
    )
    opinion_spread: float = parameter(0.15, "its standard deviation", low=0, high=1)
    opinion_shape: Literal["normal", "uniform"] = parameter(
        "normal", "how opinions lie around their mean"
    )
    susceptibility: float = parameter(
        0.8,
        "weight of others' opinions",
        low=0,
        high=1,
        source="Friedkin & Johnsen 1990 (about .8)",
    )
    self_weight: float = parameter(0.0, "weight of one's own last opinion", low=0, high=1)
    stewards: float = parameter(0.05, "share of stewards", low=0, high=1)
    threshold: float = parameter(1.2, "mean of what it takes to act", low=-100, high=100)
    threshold_spread: float = parameter(
        0.35, "its standard deviation; half its range, if uniform or even", low=0, high=100
    )
    threshold_shape: Literal["normal", "uniform", "even"] = parameter(
        "normal",
        "how thresholds spread: normal, drawn evenly from a range, or evenly spaced over it",
        unit="choice",
        source="Granovetter 1978 (normal; even: his thresholds 0 to 99)",
    )
    skill_low: float = parameter(0.1, "least skill", low=0, high=1)
    skill_high: float = parameter(0.4, "greatest skill", low=0, high=1)
    resource_spread: float = parameter(0.3, "standard deviation of log resources", low=0, high=2)
    safety: float = parameter(0.5, "safety to speak openly", low=0, high=1)
    efficacy: float = parameter(0.4, "belief that acting changes something", low=0, high=1)
    grievance: float = parameter(0.1, "grievance before history is counted", low=0, high=1)
    wellbeing_spread: float = parameter(
        0.08, "standard deviation of well-being around conditions", low=0, high=0.5
    )
    trust_within: float = parameter(0.55, "trust between friends of one group", low=0, high=1)
    trust_across: float = parameter(0.45, "trust between friends across groups", low=0, high=1)
    trust_spread: float = parameter(0.1, "its standard deviation", low=0, high=0.5)
    congruence: float = parameter(
        1.0, "how much the mission of friends suffers from different opinions", low=0, high=1
    )
    institution_trust: float = parameter(0.5, "trust in institutions before history", low=0, high=1)
    partner_trust: float = parameter(0.4, "trust between institutions", low=0, high=1)
    connector_trust: float = parameter(0.6, "trust between connectors and clients", low=0, high=1)
    service_ties: int = parameter(
        3, "institutions a resident deals with", unit="institutions", low=0, high=100
    )
    rapport: float = parameter(0.6, "working relations of the first leaders", low=0, high=1)
    memory: float = parameter(0.1, "shared memory of what works", low=0, high=1)
    policy: float = parameter(0.1, "strength of lasting policy", low=0, high=1)
