"""A small scenario, and ways to load variations of it in the current folder."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import scenarios
from simulation.errors import InputError
from simulation.specification import Specification

TOWN = """
schema = 1
title = "Town"
months = 24

[parameters.activation]
rate = 0.3

[[groups]]
name = "north"
size = 300

[[groups]]
name = "south side"
size = 100
commuters = 0.2

[[institutions]]
name = "clinic"
sector = "hospital"

[[connectors]]
count = 2
employer = "clinic"

[[events]]
id = "push"
month = 12
kind = "funding"
duration = 6
amount = 2.0
"""


def load(text: str, **more: Any) -> Specification:
    Path("mine.toml").write_text(text, encoding="utf-8")
    return scenarios.load("mine.toml", **more)


def refusal(text: str, **more: Any) -> str:
    """The line in which a scenario is refused."""
    with pytest.raises(InputError) as caught:
        load(text, **more)
    line = str(caught.value)
    assert line.isprintable()
    return line
