"""Calibration: which parameter draws reproduce how coalitions last (P1) and what sanctions do (P5).

- `design`: what is uncertain, how far, and a Latin hypercube over it.
- `patterns`: the objective: readings, bounds, replicates and seeds.
- `search`: draw after draw, cheap checks first.
- `ensemble`: the draws that were retained, as every headline uses them.

Nothing else is calibrated: the patterns P2, P3, P4m and P6 to P8 are held out. To do it again:
`python -m experiments.calibration --draws 2000 --seed 1`.
"""

from __future__ import annotations

from experiments.calibration.ensemble import ensemble

__all__ = ["ensemble"]
