"""Small designs of every method, as their files say them."""

from __future__ import annotations

import tomllib
from pathlib import Path

from experiments.designs import Design

GRID = """schema = 1
title = "A grid"
question = "What remains?"
answers = ["Q1"]
scenario = "headline/push_alone"
method = "factorial"
replicates = 2
seed = 3
months = 24

[settings]
"groups.*.size" = 20

[record]
measures = ["trust_within"]

[[factors]]
name = "length"
key = "events.push.duration"
values = [3, 6]
label = "months"

[[factors]]
name = "sight"
levels = [
  { name = "short", settings = { "institutions.*.present_bias" = 0.5 } },
  { name = "far", settings = {} },
]

[[factors]]
key = "activation.rate"
low = 0.1
high = 0.4
scale = "log"
levels = 2
when = { sight = "far", "ties.kind" = ["small_world", "random"] }

[[arms]]
name = "alone"

[[arms]]
name = "with succession"
scenario = "headline/push_with_succession"
settings = { "leadership.vacancy_months" = 2 }
"""

SAMPLE = """title = "A sample"
scenario = "headline/push_alone"
HOW
seed = 1

[[factors]]
name = "size"
key = "groups.*.size"
low = 10
high = 20

[[factors]]
key = "activation.response"

[[factors]]
name = "both"
keys = ["events.push.amount", "events.push.cost"]
low = 0.0
high = 1.0
"""

LISTED = """title = "A table"
scenario = "headline/push_alone"
method = "table"
table = "points.csv"

[[factors]]
name = "intensity"
key = "events.push.amount"
"""
POINTS = "intensity,activation.rate\n0.5,0.1\n1,0.2\n"


def sampled(how: str) -> str:
    """The text of a design that draws its points."""
    return SAMPLE.replace("HOW", how)


SAMPLES = {
    "latin_hypercube": sampled('method = "latin_hypercube"\npoints = 6'),
    "sobol": sampled('method = "sobol"\npoints = 6'),
    "morris": sampled('method = "morris"\ntrajectories = 3'),
    "saltelli": sampled('method = "saltelli"\npoints = 3\nsecond_order = true'),
}
EVERY = [GRID, *SAMPLES.values(), sampled('method = "one_at_a_time"'), LISTED]


def made(text: str, folder: Path | None = None) -> Design:
    """The design of a file's text."""
    return Design.from_data(tomllib.loads(text), "mine.toml", folder)
