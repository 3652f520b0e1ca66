"""One run of a scenario, with its network and its people at chosen months."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from experiments.export.moment import Moment, moment
from experiments.recorded import SERIES_COLUMNS
from experiments.simulate import Progress, check_counts
from simulation.chance import derive
from simulation.community import CommunityModel
from simulation.errors import InputError
from simulation.fingerprint import run_id
from simulation.specification import Specification


@dataclass(frozen=True)
class Export:
    """What one run of a scenario came to, complete.

    Attributes:
        specification: the resolved scenario.
        seed: seed of the experiment; the run is its first replicate.
        run_id: the run's id.
        monthly: tidy months, as `experiments.run` returns them; empty where nothing is recorded.
        moments: the community at each of the months asked for.
        keep_names: whether residents were to be called by the names of their file.
    """

    specification: Specification
    seed: int
    run_id: str
    monthly: pd.DataFrame
    moments: tuple[Moment, ...]
    keep_names: bool = False


def export(
    specification: Specification,
    months: Sequence[int] = (),
    seed: int | None = None,
    *,
    keep_names: bool = False,
    progress: Progress | None = None,
) -> Export:
    """Run a scenario once and keep its months, and its network and people at some of them.

    The run is the first replicate that `experiments.run` makes of the same scenario and seed.

    Args:
        specification: the scenario, as `scenarios.load` returns it.
        months: the months whose network and people are kept; default: the last.
        seed: seed of the experiment; default: the scenario's own.
        keep_names: call residents by the names of the file they came from.
        progress: called with months simulated and months in all.

    Raises:
        InputError: a month is not part of the run, the seed is out of range, or names collide.
    """
    seed = specification.seed if seed is None else seed
    check_counts(seed=seed, replicates=1, processes=1)
    last = specification.months
    wanted = sorted(set(months or (last,)))
    for month in wanted:
        if not 0 <= month <= last:
            raise InputError(
                "the month is not part of the run",
                key="month", found=month, allowed=f"0 to {last}",
            )  # fmt: skip
    specification = specification.model_copy(update={"seed": seed})
    model = CommunityModel(specification, rng=derive(seed, 0))
    moments = []
    for month in range(last + 1):
        if month:
            model.step()
            if progress is not None:
                progress(month, last)
        if month in wanted:
            moments.append(moment(model, keep_names=keep_names))
    identity = run_id(specification, seed, 0)
    monthly = model.series()
    monthly.insert(0, "run", identity)
    return Export(
        specification, seed, identity, monthly[list(SERIES_COLUMNS)], tuple(moments),
        keep_names,
    )  # fmt: skip
