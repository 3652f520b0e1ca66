"""The sensitivity plan: of which findings, over which ranges, by which methods, at which cost."""

from __future__ import annotations

from experiments.calibration.design import UNCERTAIN, Uncertain
from experiments.robustness.findings import AFTER, FINDINGS
from experiments.validation.report.identification import drawn_from
from experiments.validation.report.markdown import cell, paragraph, table

PLANNED: tuple[Uncertain, ...] = (
    *UNCERTAIN,
    Uncertain("housing.moving_loss", "from no loss to three times the default", 0.0, 0.3),
    Uncertain("activation.rejection", "from never giving up to giving up as readily", 0.0, 1.0),
)
"""What is varied: all that is uncertain in the calibration, and two that no pattern speaks to."""

OF = ("F1", "F4")
"""The findings whose outcomes are analysed."""

TRAJECTORIES, MOST, BASE, PAIRS = 20, 8, 256, 10
"""Morris's trajectories, parameters that go on to Sobol', base sample there, pairs a point."""

SECONDS = 0.6
"""What a run of a headline scenario takes on one processor, as measured for this plan."""

PLAN = """
This is a plan, written down before it is carried out; none of it has been run. **Outcomes**: of
{findings}, the difference in the equity gain {after} months after the push, and that in the
probability that stewardship tips. An outcome with two peaks is analysed as a probability, never as
a mean. **Parameters**: the {count} below, over the ranges given there; kinds of network and forms
are factors with levels. **Methods**: first Morris's elementary effects ({trajectories}
trajectories, {screened:,} points) to set aside what does nothing; then Sobol' indices of first and
total order, with bootstrap intervals, for at most {most} that remain (base sample {base}, {sobol:,}
points). What is set aside stays at its default. **Replicates**: {pairs} pairs a point on common
random numbers, with the noise between replicates reported as a component of its own. **Cost**: a
point takes the {arms} scenarios of the findings {pairs} times, so the whole is {runs:,} runs; at
{seconds:g} seconds a run, as one took for this plan, that is {hours:.0f} hours on one processor.
**To be reported**: all indices with intervals, runs that failed and how many, and every parameter
whose range changes the sign of a finding.
"""


def sensitivity() -> str:
    """Return the plan: findings and outcomes, parameters and ranges, methods, runs and hours."""
    screened, sobol = TRAJECTORIES * (len(PLANNED) + 1), BASE * (MOST + 2)
    arms = len({arm for name in OF for arm in FINDINGS[name].arms})
    runs = (screened + sobol) * PAIRS * arms
    text = PLAN.format(
        findings=" and ".join(f"{name} ({FINDINGS[name].name})" for name in OF),
        after=AFTER,
        count=len(PLANNED),
        trajectories=TRAJECTORIES,
        screened=screened,
        most=MOST,
        base=BASE,
        sobol=sobol,
        pairs=PAIRS,
        arms=arms,
        runs=runs,
        seconds=SECONDS,
        hours=runs * SECONDS / 3600.0,
    )
    lines = [(f"`{item.name}`", drawn_from(item), cell(item.reason)) for item in PLANNED]
    return f"{paragraph(text)}\n\n{table(('parameter', 'range', 'why'), lines)}"
