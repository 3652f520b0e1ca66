"""The sensitivity plan: which parameters, over which ranges, by which methods, and what is told."""

from __future__ import annotations

from experiments.validation.report.markdown import cell, paragraph, table
from experiments.validation.words import NOTHING, amount
from simulation.parameters import all_parameters

PLAN = """
This is a plan, written down before it is carried out; none of it has been run. **Parameters**:
the {count} below, and the kind of network (`ties.kind`, `ties.degree`, `ties.homophily`) and
functional forms (`activation.response`, `dialogue.exchange`) as factors with levels. **Ranges**:
within what is allowed, which the table takes from the parameters' declarations; where that is
wider than half to twice the default, half to twice the default, and zero as well where zero
switches a mechanism off; for a persistence, half to twice the part that is lost. **Methods**:
first Morris's elementary effects (20 trajectories) to set aside what does nothing; then Sobol'
indices of first and total order with bootstrap intervals for at most twelve that remain (1,024
base samples). **Replicates**: 20 pairs a point on common random numbers, with the noise between
replicates reported as a component of its own. **Outcomes**: the equity gain 48 months after the
push, the probability that stewardship tips, people displaced. **To be reported**: all indices
with intervals, runs that failed and how many, and every parameter whose range changes the sign of
a finding. An outcome with two peaks is analysed as a probability, never as a mean.
"""

PLANNED = (
    ("reinforcement and chance in acting", ("activation.reinforcement", "activation.temperature",
     "activation.exponent", "activation.rate", "activation.burnout_exit")),
    ("thresholds", ("start.threshold", "start.threshold_spread", "activation.rung_gap")),
    ("grievance", ("activation.grievance_mobilises", "activation.grievance_silences",
     "trust.healing", "trust.hurt")),
    ("gain and loss of trust", ("trust.gain_kept", "trust.loss_broken", "dialogue.openness_gain",
     "dialogue.openness_loss", "leadership.exit_trust_loss")),
    ("persistence", ("living.persistence", "living.policy_decay", "learning.memory_decay",
     "production.retention")),
    ("time and money", ("production.capability_time", "allocation.believed_time",
     "production.recapture", "governance.leave_rate")),
    ("leaders", ("leadership.turnover", "leadership.vacancy_months", "leadership.learning")),
    ("network and homes", ("housing.rewiring", "housing.homophily", "housing.moving_rate")),
)  # fmt: skip
"""Parameters of the plan, by what they stand for."""


def sensitivity() -> str:
    """Return the plan: which parameters, over which ranges, by which methods, and what is told."""
    known = {info.key: info for info in all_parameters()}
    lines = []
    for words, keys in PLANNED:
        for key in keys:
            info = known[key]
            span = f"{_bound(info.low)} to {_bound(info.high)}"
            unit = NOTHING if info.unit == "1" else cell(info.unit)
            lines.append((words, f"`{key}`", amount(float(info.default)), span, unit))
    text = paragraph(PLAN.format(count=len(lines)))
    heads = ("stands for", "parameter", "default", "allowed", "unit")
    return f"{text}\n\n{table(heads, lines)}"


def _bound(value: float | None) -> str:
    return "any" if value is None else amount(float(value))
