"""Running findings under conditions: every run that is needed, each of them once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from typing import Any, NamedTuple

import scenarios
from experiments.judge import push_of
from experiments.pool import each
from experiments.recorded import Recorded
from experiments.robustness.conditions import DEFAULT, Condition
from experiments.robustness.findings import AFTER, WINDOW, Finding
from experiments.robustness.kept import Kept
from experiments.robustness.pairs import Contrast, Own, Reading, contrast, reading
from experiments.simulate import MOST_REPLICATES, Progress, Task, check_counts, run_once
from simulation.chance import derive
from simulation.errors import InputError
from simulation.fingerprint import combined_id, monthly_id, run_id
from simulation.specification import Specification

Overrides = Mapping[str, Any] | Sequence[str]


@dataclass(frozen=True)
class Plan:
    """What is to be run, all scenarios read and all conditions laid on them.

    Attributes:
        findings: which findings.
        conditions: under which conditions; the first is the default.
        arms: for every finding and condition the ids of its two arms, and where each is read at its
            own time also of the same two without their pushes; or why there are none.
        runs: by id, the scenario of an arm and which set of random numbers it draws on.
        ends: by finding, the first month after the push.
        own_ends: by finding, the first month after the own push of each of its arms.
        texts: by finding and condition, what is changed.
        seed: seed of the experiment.
        replicates: how many pairs.
    """

    findings: tuple[Finding, ...]
    conditions: tuple[Condition, ...]
    arms: dict[tuple[str, str], tuple[str, ...] | str]
    runs: dict[str, tuple[Specification, int]]
    ends: dict[str, int]
    own_ends: dict[str, tuple[int, int]]
    texts: dict[tuple[str, str], str]
    seed: int
    replicates: int

    @property
    def id(self) -> str:
        """The id of the whole result, 32 hex digits, known before it is made."""
        asked = [f"{f.id}/{c.id}" for f in self.findings for c in self.conditions]
        return combined_id([*self.runs, *asked, str(self.replicates)])


def plan(
    findings: Sequence[Finding],
    conditions: Sequence[Condition],
    *,
    seed: int = 1,
    replicates: int = 10,
    months: int | None = None,
    settings: Overrides = (),
) -> Plan:
    """Read the scenarios and lay every condition on both arms of every finding.

    Arms that are the same run are run once, whichever findings share them.

    Args:
        findings: which findings.
        conditions: under which conditions, beside the default.
        seed: seed of the experiment.
        replicates: how many pairs.
        months: horizon, in place of the scenarios' own.
        settings: changes to every scenario before any condition, as `--set` takes them.

    Raises:
        InputError: a setting fits no scenario, or the runs are too short for the primary outcome.
    """
    check_counts(seed=seed, replicates=replicates, processes=1)
    names = {name for f in findings for name in (*f.arms, f.timed_by)}
    loaded = {
        name: scenarios.load(name, overrides=settings, months=months, seed=seed)
        for name in sorted(names)
    }
    made = Plan(tuple(findings), (DEFAULT, *conditions), {}, {}, {}, {}, {}, seed, replicates)
    known: dict[_Wanted, str | InputError] = {}
    for finding in findings:
        made.ends[finding.id] = _end(finding, loaded)
        made.own_ends[finding.id] = _own_ends(finding, loaded, made.ends[finding.id])
        wanted = [(name, True) for name in finding.arms]
        wanted += [(name, False) for name in finding.arms if finding.own_end]
        for condition in made.conditions:
            key = finding.id, condition.id
            found = [
                _arm(loaded[name], _Wanted(name, condition.id, pushed), condition, made, known)
                for name, pushed in wanted
            ]
            problems = [str(arm) for arm in found if isinstance(arm, InputError)]
            arms = [arm for arm in found if isinstance(arm, str)]
            made.arms[key] = problems[0] if problems else tuple(arms)
            made.texts[key] = "" if problems else condition.text(loaded[finding.with_])
    return made


class _Wanted(NamedTuple):
    """A run that is asked for: a scenario under a condition, with its push or without."""

    scenario: str
    condition: str
    pushed: bool


def _arm(
    specification: Specification,
    key: _Wanted,
    condition: Condition,
    made: Plan,
    known: dict[_Wanted, str | InputError],
) -> str | InputError:
    """Return the id of a scenario's run under a condition, or why it cannot take it."""
    if key not in known:
        try:
            own = condition.applied(specification)
            own = own if key.pushed else own.without_interventions()
        except InputError as problem:
            known[key] = problem
        else:
            run = run_id(own, made.seed, condition.other_chance)
            known[key] = monthly_id(run, own.months)
            made.runs.setdefault(str(known[key]), (own, condition.other_chance))
    return known[key]


def _end(finding: Finding, loaded: Mapping[str, Specification]) -> int:
    """Return the first month after the push of a finding, if all it needs is seen."""
    push = push_of(loaded[finding.timed_by])
    if push is None:
        raise InputError("nobody pushes here", key=f"{finding.id}: {finding.timed_by}")
    last, months = push.end + AFTER + WINDOW, loaded[finding.with_].months
    if last > months:
        raise InputError(
            f"too short to see what is left {AFTER} months after the push of {finding.id}",
            key="months",
            found=months,
            allowed=f"{last} or more",
        )
    return push.end


def _own_ends(finding: Finding, loaded: Mapping[str, Specification], end: int) -> tuple[int, int]:
    """Return the first month after each arm's own push; the finding's where an arm has none."""
    pushes = [push_of(loaded[name]) for name in finding.arms]
    first, second = (end if push is None else push.end for push in pushes)
    return first, second


class Run(NamedTuple):
    """One run to do: the id of its arm, and the task.

    Under one id every replicate of a scenario is known; the task says which one it is.
    """

    arm: str
    task: Task


def read_run(run: Run) -> Reading | str:
    """Return what is kept of one run, or in words why it came to nothing."""
    specification = run.task.specification
    try:
        record = run_once(run.task)
        recorded = Recorded(record.months, record.keys, record.values[None], (run.arm,))
        return reading(recorded, specification.measures)
    except InputError as problem:
        return str(problem)
    except Exception as problem:  # hours of other runs are worth more; the table names this one
        return f"unexpected {type(problem).__name__}: {' '.join(str(problem).split())}"


def run(
    made: Plan,
    *,
    processes: int = 1,
    progress: Progress | None = None,
    kept: Kept | None = None,
) -> dict[tuple[str, str], Contrast]:
    """Run all that a plan needs and return each finding under each condition.

    Replicate r of every arm and condition draws the same random numbers, unless the condition asks
    for others. What fails is returned with its reason, never left out.

    Args:
        made: the plan.
        processes: how many processes share the work; results are the same for any number.
        progress: called with runs done and runs in all.
        kept: where runs that are done are kept, and those done earlier are found.

    Returns:
        Contrasts by id of the finding and id of the condition.

    Raises:
        InputError: a finding cannot be run as its scenarios come, or a number is out of range.
    """
    check_counts(seed=made.seed, replicates=made.replicates, processes=processes)
    kept = Kept() if kept is None else kept
    read: dict[str, dict[int, Reading | str]] = {
        arm: {r: kept[arm, r] for r in range(made.replicates) if (arm, r) in kept}
        for arm in made.runs
    }
    tasks = still_to_do(made, kept)
    with closing(each(read_run, tasks, processes)) as finished:
        for done, (position, found) in enumerate(finished, 1):
            arm, replicate = tasks[position].arm, tasks[position].task.replicate
            read[arm][replicate] = found
            if isinstance(found, Reading):
                kept.add(arm, replicate, found)
            if progress is not None:
                progress(done, len(tasks))
    results = {
        key: _contrast(arms, read, made.ends[key[0]], made.own_ends[key[0]])
        for key, arms in made.arms.items()
    }
    for finding in made.findings:
        failed = results[finding.id, DEFAULT.id].failed
        if failed:
            raise InputError(f"nothing can be compared: {failed}", key=finding.id)
    return results


def still_to_do(made: Plan, kept: Kept) -> list[Run]:
    """Return the runs of a plan that are not kept yet, condition by condition."""
    return [
        Run(arm, Task(0, r, own, derive(made.seed, other * MOST_REPLICATES + r)))
        for arm, (own, other) in made.runs.items()
        for r in range(made.replicates)
        if (arm, r) not in kept
    ]


def _contrast(
    arms: tuple[str, ...] | str,
    read: Mapping[str, Mapping[int, Reading | str]],
    push_end: int,
    own_ends: tuple[int, int],
) -> Contrast:
    if isinstance(arms, str):
        return Contrast({}, {}, {}, arms)
    runs = [[read[arm][r] for r in sorted(read[arm])] for arm in arms]
    failed = [found for own in runs for found in own if isinstance(found, str)]
    if failed:
        return Contrast({}, {}, {}, failed[0])
    with_, without, *beside = ([f for f in own if isinstance(f, Reading)] for own in runs)
    own = [Own(one, two, own_ends) for one, two in zip(*beside, strict=True)] if beside else None
    try:
        return contrast(with_, without, push_end, own)
    except InputError as problem:
        return Contrast({}, {}, {}, str(problem))
