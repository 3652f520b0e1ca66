"""Opening: the course of a stored run, so that Play shows that very run, bit for bit."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import scenarios
from experiments.designs import Cell, Design
from experiments.designs.laying import changes_for, key_of
from experiments.report.material import Study
from experiments.sweeping.subject import Community
from simulation.browser.session.base import Base
from simulation.browser.session.course import Course
from simulation.errors import InputError
from simulation.fingerprint import specification_id
from simulation.specification import Specification


def course_of(study: Study, point: int, arm: str, replicate: int) -> Course:
    """Return the course of one run of a plan.

    Where the run is a shipped scenario with settings changed, the course says so, and a link can
    hold it; any other scenario is written out in full.

    Args:
        study: the plan and what its runs came to.
        point: number of the design's point.
        arm: name of the arm; "" where there is one only.
        replicate: which draw of chance.

    Raises:
        InputError: the plan was not made by a design, the code has changed since, or a file of the
            scenario is not there.
    """
    design, cell = _cell(study, point, arm)
    assert isinstance(cell.subject, Community)
    wanted = cell.subject.specification
    for course in _courses(design, cell, wanted):
        try:
            found = course.specification()
        except InputError:
            continue
        if specification_id(found) == cell.subject.id and found.months == wanted.months:
            return _lucky(course, study.plan.seed, replicate)
    raise InputError("a file of its scenario cannot be read from here", key=wanted.title)


def _lucky(course: Course, seed: int, replicate: int) -> Course:
    return replace(course, seed=seed, replicate=replicate)


def _cell(study: Study, point: int, arm: str) -> tuple[Design, Cell]:
    """Return the design and the cell with its scenario, made anew and the same as the stored one.

    Raises:
        InputError: there is no such cell, or it is another by now.
    """
    number = next(
        (n for n, c in enumerate(study.cells) if (c.point, c.arm) == (point, arm)), None
    )  # fmt: skip
    if number is None:
        raise InputError("no such place in the plan", key="point", found=point)
    if study.design is None:
        raise InputError(
            "this plan was made by a study, not by a design", key=study.plan.title,
            mend="open a plan of 'kindling sweep'",
        )  # fmt: skip
    cell = study.design.cells()[number]
    if cell.subject.id != study.cells[number].subject.id:
        raise InputError(
            "the model has changed since this run was made, and Play would show another",
            key=study.plan.title, mend="run the sweep again",
        )  # fmt: skip
    return study.design, cell


def _courses(design: Design, cell: Cell, wanted: Specification) -> Iterator[Course]:
    """Yield what may be the course, the one that is easiest to read and to send first."""
    name = _scenario_name(design, cell)
    if name in scenarios.names():
        changes = _changes(design, cell, scenarios.load(name))
        if changes is not None:
            yield Course(Base(name), wanted.seed, wanted.months, changes)
    folders = {Path(path).parent for path in wanted.files().values()}
    if len(folders) <= 1:
        base = Base(wanted.title or name, scenarios.to_toml(wanted), next(iter(folders), None))
        yield Course(base, wanted.seed, wanted.months)


def _scenario_name(design: Design, cell: Cell) -> str:
    """Return the name of the scenario that a cell is laid on."""
    arm = next((a for a in design.arms if a.name == cell.arm), None)
    if arm is not None and arm.scenario is not None:
        return arm.scenario
    chosen = next((a.name for a in design.factors if a.keys == ("scenario",)), None)
    return str(cell.factors[chosen]) if chosen else design.declared.scenario


def _changes(
    design: Design, cell: Cell, scenario: Specification
) -> tuple[tuple[str, Any], ...] | None:
    """Return what a cell changes in its scenario, by keys as `--set` takes them; None: unknown."""
    settings: dict[str, Any] = dict(design.declared.settings)
    for axis in design.factors:
        if axis.name in cell.factors:
            settings |= axis.settings(cell.factors[axis.name])
    arm = next((a for a in design.arms if a.name == cell.arm), None)
    settings |= dict(arm.settings) if arm is not None else {}
    settings.pop("months", None)
    try:
        laid = changes_for(settings, scenario)
    except InputError:
        return None
    return tuple((key_of(words), value) for words, value in laid.items())
