"""Calibration: which parameter draws reproduce how coalitions last (P1) and what sanctions do (P5).

- `design`: what is uncertain, how far, and a Latin hypercube over it.
- `patterns`: the objective: readings, bounds, replicates and seeds.
- `search`: draw after draw, cheap checks first.
- `kept`: attempts that are done, so that a stopped calibration can go on.
- `identified`: what the retained draws tell of each uncertain thing.
- `ensemble`: the draws that were retained, as every headline uses them.

Nothing else is calibrated: the patterns P2, P3, P4m and P6 to P8 are held out. To try it:
`kindling calibrate --draws 60 --out my-calibration`. The shipped ensemble is written by
`python -m experiments.calibration`.
"""

from __future__ import annotations

from experiments.calibration.ensemble import ensemble

__all__ = ["ensemble"]
