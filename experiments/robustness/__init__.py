"""Robustness: what carries the headline findings, and whether they outlive other assumptions.

- `findings`: the headline findings, each a pair of shipped scenarios.
- `conditions`: a way of changing both arms of a pair alike.
- `pairs`: what a pair of runs comes to; `running`: all pairs under all conditions.
- `ablation`: every mechanism switched off in turn.
- `perturbations`, `audit`: other networks, sizes, orders, forms and chance, and a verdict.
- `storing`: the CSV files; `tables`: Markdown tables and sentences made from them.
"""
