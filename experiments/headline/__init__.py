"""The headline experiment: does developing residents as leaders make a push last?

`registered.toml` was written before any run: question, factors, arms, placebos, outcome, replicates
and the rule of the verdict. `cells` makes runs of it, `numbers` and `verdict` are pure functions of
the table of outcomes that comes of them, and `study` carries all of it out.
"""

from __future__ import annotations

from experiments.headline.registered import REGISTERED
from experiments.headline.study import Headline, carry_out, plan_study

__all__ = ["REGISTERED", "Headline", "carry_out", "plan_study"]
