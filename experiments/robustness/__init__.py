"""Robustness: what carries the headline findings, and whether they outlive other assumptions.

- `findings`: the headline findings, each a pair of shipped scenarios.
- `conditions`: a way of changing both arms of a pair alike.
- `pairs`: what a pair of runs comes to; `running`: all pairs under all conditions.
- `ablation`: every mechanism switched off in turn.
- `perturbations`, `audit`, `verdicts`: other networks, sizes, orders, forms and chance, and whether
  findings stand.
- `quick`: a short list of both; `effort`: how long a study takes; `kept`: runs that are done.
- `storing`: the CSV files; `tables`: Markdown tables and sentences made from them.
"""
