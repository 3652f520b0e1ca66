"""Every row of the validation: it holds, it loads, and it runs with other settings.

The rows of tiers 0 and 1 are judged here as `kindling validate` judges them; tier 2 takes longer
than a test should, and is only loaded and tried with a changed setting.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from importlib import import_module
from typing import Any

import pytest

import scenarios
from experiments.calibration.patterns import STAGES
from experiments.validation.judging import Result, judge
from experiments.validation.row import Case, Row
from experiments.validation.rows import MODULES, all_rows

ROWS = all_rows()
JUDGED = [row for row in ROWS.values() if row.tier < 2]
CASES = [(row, case) for row in ROWS.values() for case in row.cases]

CHANGED: dict[str, tuple[str, ...]] = {
    "T1": ("groups.others.size=40",),
    "T1b": ("start.threshold=.3", "groups.all.size=5000"),
    "T2": ("ties.degree=4",),
    "T3": ("start.threshold=.2",),
    "T4": ("start.threshold=1", "months=20"),
    "T5": ("groups.others.size=100", "months=20"),
    "T5b": ("groups.others.size=100", "months=20"),
    "T6": ("activation.memory=8",),
    "T7": ("activation.exit=.2", "months=20"),
    "T8": ("activation.temperature=.4", "months=20"),
    "T9": ("activation.reinforcement=2.5",),
    "T10": ("activation.temperature=.3", "months=20"),
    "T10b": ("activation.temperature=.2",),
    "T11": ("activation.reinforcement=.05", "groups.all.size=5000"),
    "T12": ("months=5",),
    "T13": ("start.susceptibility=.5",),
    "T14": ("groups.quiet.voice=2",),
    "T15": ("dialogue.confidence=.4", "groups.all.size=100", "months=20"),
    "T16": ("dialogue.confidence=.4", "groups.all.size=100", "months=20"),
    "T20": ("trust.keep_base=.8", "months=40"),
    "T21": ("trust.fine=2",),
    "T24": ("institutions.payer.discount=.9",),
    "T25": ("production.capability_time=24",),
    "T25b": ("allocation.step=.1",),
    "T26": ("production.retention=.95",),
    "T28": ("living.persistence=.8", "months=60"),
    "T30": ("learning.dimensions=20", "months=20"),
    "T30b": ("learning.teaching=.3", "months=20"),
    "T31": ("leadership.turnover=.1", "months=20"),
    "L1": ("start.stewards=.2", "months=12"),
    "L2": ("leadership.turnover=.3", "months=12"),
    "L3": ("production.aid=.1", "months=12"),
    "L4": ("start.threshold=1.1", "months=2"),
    "L5": ("groups.all.size=10",),
    "L6": ("start.stewards=.3", "months=1"),
    "L7": ("start.stewards=.2", "months=6"),
    "P1": ("events.grant.duration=12",),
    "P2": ("groups.north.size=40", "groups.south.size=40"),
    "P3": ("groups.north.size=40", "groups.south.size=40"),
    "P4": ("learning.teaching=.3", "months=10"),
    "P4m": ("learning.dimensions=20", "groups.north.size=40", "groups.south.size=40", "months=36"),
    "P5": ("trust.loss_broken=.2",),
    "P6": ("groups.north.size=40", "groups.south.size=40"),
    "P7": ("groups.north.size=40", "groups.south.size=40"),
    "P8": ("groups.north.size=40", "groups.south.size=40"),
}
"""One cheap change for each row, as `--set` takes it. A new row needs an entry here."""


def marked(row: Row) -> Any:
    """Return the row under its id, marked slow where it repeats anything."""
    return pytest.param(row, id=row.id, marks=[pytest.mark.slow] if row.tier else [])


def line(result: Result) -> str:
    """Return what a result is, came to and should have been."""
    assert result.target is not None
    within = f" [{result.low:.6g}, {result.high:.6g}]" if not math.isnan(result.low) else ""
    return (
        f"{result.row.id}, {result.label}: {result.reading} came to {result.value:.10g}{within} "
        f"in {result.n} runs; target {result.target.says}"
    )


@pytest.mark.parametrize("row", [marked(row) for row in JUDGED])
def test_what_was_published_comes_out(row: Row) -> None:
    judged = [result for result in judge([row]) if result.target is not None]
    wanted = sum(len(case.targets) for case in row.cases) + len(row.contrasts)
    assert len(judged) == wanted > 0
    if row.held_out:  # reported as it comes out
        return
    failed = [line(result) for result in judged if not result.passed]
    assert not failed, "\n" + "\n".join(failed)


@pytest.mark.parametrize(("row", "case"), CASES, ids=[f"{r.id}: {c.label}" for r, c in CASES])
def test_every_case_is_a_scenario_with_settings(row: Row, case: Case) -> None:
    specification = scenarios.load(row.scenario_of(case), overrides=case.settings)
    assert specification.title
    assert specification.question
    assert specification.sources or not row.scenario_of(case).startswith("published/")


@pytest.mark.parametrize("row", [pytest.param(row, id=row.id) for row in ROWS.values()])
def test_every_row_runs_with_another_setting_and_is_not_judged_then(row: Row) -> None:
    assert row.id in CHANGED, f"give {row.id} an entry in CHANGED: one cheap setting to try it with"
    results = judge([row], settings=CHANGED[row.id], replicates=1)
    assert results
    assert all(result.target is None and result.passed is None for result in results)
    # An observer may name the same readings under every setting, even where they do not apply.
    named = {target.reading for case in row.cases for target in case.targets}
    assert named <= {result.reading for result in results}
    assert any(math.isfinite(result.value) for result in results)


def test_ids_are_unique_and_every_row_says_what_it_is() -> None:
    rows = [
        row for name in MODULES for row in import_module(f"experiments.validation.rows.{name}").ROWS
    ]
    assert [name for name, count in Counter(row.id for row in rows).items() if count > 1] == []
    for row in rows:
        assert re.fullmatch(r"[TLP]\d+[a-z]?", row.id), row.id
        assert row.title.strip(), row.id
        assert row.source.strip(), row.id
        assert row.cases, row.id


@pytest.mark.parametrize("row", [pytest.param(row, id=row.id) for row in ROWS.values()])
def test_cases_and_contrasts_can_be_told_apart(row: Row) -> None:
    labels = [case.label for case in row.cases]
    assert len(set(labels)) == len(labels)
    for case in row.cases:
        readings = [target.reading for target in case.targets]
        assert len(set(readings)) == len(readings), case.label
    for contrast in row.contrasts:
        assert {contrast.more, contrast.less} <= set(labels), contrast.label


def test_no_published_result_or_pattern_is_left_out() -> None:
    results = [*range(1, 17), 20, 21, 24, 25, 26, 28, 30, 31]
    wanted = {f"T{n}" for n in results} | {"T30b"} | {f"P{n}" for n in range(1, 9)}
    assert sorted(wanted - set(ROWS)) == []


def test_what_is_counted_apart_is_what_it_is_said_to_be() -> None:
    """Fitted rows are those of the calibration; patterns built into the model are not evidence."""
    assert {row.id for row in ROWS.values() if row.calibrated} == {s.pattern for s in STAGES}
    patterns = {row.id: row for row in ROWS.values() if row.held_out}
    assert {"P3", "P6", "P8"} == {i for i, row in patterns.items() if row.nature == "structural"}
    assert "P4m" in patterns
    assert "P4" not in patterns
    assert not any(row.held_out and row.calibrated for row in ROWS.values())


@pytest.mark.parametrize("row", [pytest.param(row, id=row.id) for row in ROWS.values()])
def test_a_target_that_is_recomputed_or_derived_says_so(row: Row) -> None:
    targets = [target for case in row.cases for target in case.targets]
    targets += [contrast.target for contrast in row.contrasts]
    origins = {row.origin_of(target) for target in targets}
    if "recomputed" in row.source:
        assert "recomputed" in origins
    for contrast in row.contrasts:
        if contrast.target.low == 0.0 or contrast.target.high == 0.0:
            assert contrast.target.side, contrast.label  # a sign has to be shown


def test_no_entry_is_left_of_a_row_that_is_gone() -> None:
    assert sorted(set(CHANGED) - set(ROWS)) == []
