"""What a replay can be made of: a scenario, a folder of `kindling run`, or a run of a store."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import scenarios
from scenarios.settings import changes_of
from simulation.browser.session.base import Base
from simulation.browser.session.course import Course
from simulation.errors import InputError

CHANGED = "the code has changed since the run was kept: the replay shows what this version does"


def open_run(
    source: str,
    *,
    run: str | None = None,
    seed: int | None = None,
    months: int | None = None,
    settings: Sequence[str] = (),
) -> tuple[Course, list[str]]:
    """Return the course that a replay shows, and what a reader has to know of it.

    Args:
        source: a shipped scenario's name, a .toml file, a folder that `kindling run` wrote, or with
            `run` the folder of a store.
        run: id of the store's run, or the beginning of it; it is shown as it was, so that what
            follows cannot be given with it.
        seed: seed of all chance; default: the folder's, or the scenario's own.
        months: months to show; default: the scenario's own.
        settings: changes as `--set` takes them, `key=value`.

    Raises:
        InputError: where there is nothing of the kind, or it cannot be made again.
    """
    if run is not None:
        given = {"--seed": seed, "--months": months, "--set": list(settings) or None}
        for name, value in given.items():
            if value is not None:
                raise InputError(
                    "a run of a store is shown as it was", key=name, found=value,
                    mend="leave it out, or name a scenario in place of the store",
                )  # fmt: skip
        return _stored(Path(source), run)
    folder = Path(source)
    name, kept_seed = (source, None) if not folder.is_dir() else _folder(folder)
    changes = tuple(
        (text.partition("=")[0].strip(), change.value)
        for text, change in zip(settings, changes_of(list(settings)), strict=True)
    )
    if seed is None:
        seed = kept_seed
    course = replace(Course.open(Base(name), seed=seed, months=months), changes=changes)
    course.specification()
    return course, []


def _folder(folder: Path) -> tuple[str, int | None]:
    """Return the scenario and the seed of a folder that `kindling run` wrote."""
    scenario = folder / "scenario.toml"
    if not scenario.is_file():
        if (folder / "a" / "scenario.toml").is_file():
            raise InputError(
                "a comparison holds two scenarios", file=folder, mend=f"name {folder / 'a'}"
            )
        raise InputError(
            "no folder of a run: it has no scenario.toml", file=folder,
            mend="for a run of a store, name it with --run",
        )  # fmt: skip
    try:
        record = json.loads((folder / "provenance.json").read_text(encoding="utf-8"))
        seed = record.get("seed")
    except (OSError, ValueError, AttributeError):
        seed = None
    return str(scenario), seed if isinstance(seed, int) else None


def _stored(folder: Path, run: str) -> tuple[Course, list[str]]:
    """Return the course of a run of a store."""
    from experiments.store import Store
    from experiments.sweeping.replaying import find_run, place_of
    from experiments.sweeping.subject import Community

    store = Store.open(folder)
    row = find_run(store, run)
    subject = place_of(store, row)[-1]
    if not isinstance(subject, Community):
        raise InputError("only runs of a community can be shown", file=folder, found=row.run[:12])
    specification = subject.specification
    folders = {Path(path).parent for path in specification.files().values()}
    if len(folders) > 1:
        raise InputError(
            "the files of its scenario lie in several folders", file=folder, found=row.run[:12]
        )
    name = specification.title or "scenario"
    base = Base(name, scenarios.to_toml(specification), next(iter(folders), None))
    course = Course(base, row.seed, row.months, replicate=row.replicate)
    course.specification()
    return course, [] if subject.code == row.code else [CHANGED]
