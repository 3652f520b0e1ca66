"""Mean field: the stock-and-flow companion of the model, integrated with SciPy.

If everyone met everyone and there were very many of them, chance would average out, and each
process would be an equation. `MeanField.of(specification)` takes those from the same parameters;
`.run()` gives the series under the names of the recorded measures, `.rates()` how fast every stock
moves, and `landscape(specification)` the activation landscape. How chances a month become rates:
`simulation.meanfield.flows`. On a complete graph of 20,000 the agent model follows it.

| process | well-mixed limit | what is left out, and why |
|---|---|---|
| events | expected effect on everybody alike | newcomers, leaders who leave and named people: they are single persons. Facilitation: it helps meetings |
| sense | the delay | noise: it has mean 0 (clipping at 0 and 1 aside) |
| dialogue | opinions by group | meetings, openness and mission of friends, safety: they happen on single ties, and everybody has too many of those. Confidence below 1, encounters in pairs and the naming game: they need the whole distribution of opinions, not its mean. Connectors: they reach particular people |
| activation | share and count, all responses, one or two rungs, by group and quantile of thresholds | the weakest other and memory: extremes and histories of single persons. First contacts: the furthest rung ever reached is a history |
| governance | staying at the table, the agenda by mean vote, pooling | majorities: a vote is taken or not, and its mean is never a vote. Residents in seats: who holds one is a single person |
| allocation | the same decisions at the same months; pressure back to services | a temperature: one institution moves or does not |
| production | capability, savings, fund, assets, services, investment, mean resources, skill in use | mutual aid: it moves resources along ties and leaves their mean as it is |
| living | conditions, policy, mean well-being | nothing; well-being at the mean of resources |
| trust | service ties by institution and group, efficacy, grievance, legitimacy, partners, resistance, openness | the spread of trust among people of a group: it matters with confirmation bias only |
| leadership | seats filled, knowledge, rapport and their product in expectation; skill, load | residents in seats (they are picked one by one), connectors' load |
| learning | know-how and memory (form "stock") | the code: a majority on single dimensions has no mean |
| housing | leaving under pressure, newcomers in their place | rewiring and bridges: they choose single ties, and on a complete graph there is none to choose |
| record | means by group and of the community | inequality between persons, reach, ties |

Some functions of the engine are used here as they are, so that comparing the two does not check
them: `keeping` (are promises kept; `trust`), `review` (the upstream share; `allocation`),
`need_shares` and `squared_error` (`governance`), `joined` (`production`), `convened` (`table`),
`pressure` (`moving`), and the reading of a scenario's events (`Levers`), groups and institutions.

What comes to nothing in the limit is left out; what would come out wrong there is refused, with the
key of the setting. Three closures are approximate: pulls and well-being use group means of trust,
grievance, efficacy and resources; burnout is a mean by group, threshold and way of acting; products
of means stand for means of products in the healing of grievance.
"""  # noqa: E501

from simulation.meanfield.landscape import Equilibrium, Landscape, landscape
from simulation.meanfield.model import STAGES, MeanField
from simulation.meanfield.stocks import Stocks

__all__ = ["STAGES", "Equilibrium", "Landscape", "MeanField", "Stocks", "landscape"]
