"""Answers: what a study found, in a form that a store keeps and a report shows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import pandas as pd


@dataclass(frozen=True)
class Answer:
    """What a study found.

    Attributes:
        kind: "threshold", "sensitivity", "discovery", "survival", "comparison", "calibration",
            "evidence" or "headline": decides which figures a report draws.
        name: short name, unique with `kind` in a store: a later answer of that name replaces it.
        question: what was asked, in words.
        sentences: what was found, in plain words with intervals; first the main one.
        notes: what a reader has to know beside it: failed runs, limits of the design.
        tables: tidy tables by name; the main one first.
        numbers: single values for programs, plain.
        command: the words of the command line that repeat it.
    """

    kind: str
    name: str
    question: str
    sentences: tuple[str, ...]
    notes: tuple[str, ...] = ()
    tables: Mapping[str, pd.DataFrame] = field(default_factory=dict)
    numbers: Mapping[str, Any] = field(default_factory=dict)
    command: tuple[str, ...] = ()
