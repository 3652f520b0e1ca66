"""The replay's page: what a run shows, in one file that asks nothing of anybody."""

from __future__ import annotations

import json
import math
import shlex
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from scenarios import to_toml
from simulation.browser.replay.packing import packed_frames, packed_text
from simulation.browser.replay.sharing import Shared, shared
from simulation.browser.session.line import Line
from simulation.browser.stage import bundle
from simulation.browser.words import chosen, say, table

HERE = Path(__file__).parent
MOST_SENTENCES = 12
"""Sentences of a story that nobody wrote: the first lines of the log that tell of a change."""


@dataclass(frozen=True)
class Repeat:
    """How a run is done again.

    Attributes:
        label: "A", or "" where there is one run only.
        scenario: title of the scenario.
        seed: its seed.
        months: its length.
        command: what to type; "" where files are needed that are not handed on.
        file: the scenario, where the command reads a file; else "".
        name: what that file is to be called.
    """

    label: str
    scenario: str
    seed: int
    months: int
    command: str
    file: str = ""
    name: str = ""


def replay_html(
    lines: Line | Sequence[Line],
    title: str = "",
    story: Sequence[str] = (),
    minutes: str = "",
    called: Sequence[str] = (),
) -> str:
    """Return a run, or a pair on the same luck, as one HTML page with everything in it.

    Args:
        lines: one run or two; months that are missing are made.
        title: what the page is called; default: the scenario's title.
        story: sentences on what happened; default: the log's own.
        minutes: notes of a workshop, as plain text or Markdown; "" for none.
        called: what each run of a pair is called; default: their scenarios' titles.

    Raises:
        InputError: the town starts from so few real people that nothing of it may be shown.
    """
    from jinja2 import Environment, FileSystemLoader, StrictUndefined
    from markupsafe import Markup

    own = [lines] if isinstance(lines, Line) else list(lines)
    runs = [shared(line) for line in own]
    private = any(run.people_kept_back for run in runs)
    data = {
        "message": {
            "kind": "setup",
            "runs": [run.setup for run in runs],
            "options": {"map": not private, "actions": [], "titles": list(called)},
            "words": table("stage"),
        },
        "log": [list(run.entries) for run in runs],
    }
    environment = Environment(
        loader=FileSystemLoader(HERE), autoescape=True, undefined=StrictUndefined,
        trim_blocks=True, lstrip_blocks=True,
    )  # fmt: skip
    left_out = sorted({group for run in runs for group in run.groups_left_out})
    return environment.get_template("page.html").render(
        say=say,
        language=chosen(),
        title=title or own[0].course.specification().title,
        story=list(story) or _told(runs),
        minutes=minutes.strip(),
        pair=len(runs) > 1,
        private=private,
        left_out=", ".join(left_out),
        heads=_heads(runs),
        rows=_rows(runs),
        repeats=[_repeat(line, run, len(own) > 1) for line, run in zip(own, runs, strict=True)],
        version=_version(),
        style=Markup(bundle.style() + (HERE / "style.css").read_text(encoding="utf-8")),
        script=Markup(bundle.player().replace("</", "<\\/")),
        packed=packed_text(json.dumps(data, separators=(",", ":")).encode()),
        frames=[packed_text(packed_frames(run.frames)) for run in runs],
    )


def _told(runs: Sequence[Shared]) -> list[str]:
    """Return what happened, from the logs; what two runs have alike is said once."""
    found: dict[tuple[int, str], list[str]] = {}
    for run in runs:
        for entry in run.entries:
            if entry["kind"] != "leader":
                found.setdefault((entry["month"], entry["text"]), []).append(run.setup["label"])
    lines = []
    for (month, text), labels in sorted(found.items(), key=lambda item: item[0][0]):
        label = "" if len(labels) == len(runs) else f"{labels[0]}: "
        lines.append(label + say("replay.entry", when=_when(month), text=text))
    return lines[:MOST_SENTENCES]


def _when(month: int) -> str:
    year, rest = divmod(month - 1, 12)
    return say("stage.when.month", year=year + 1, month=rest + 1) if month else (
        say("stage.when.start")
    )  # fmt: skip


def _marks(run: Shared) -> list[int]:
    """Return the months that the table of numbers shows."""
    last = len(run.frames) - 1
    return sorted({0, last // 2, last})


def _heads(runs: Sequence[Shared]) -> list[str]:
    heads = [say("replay.measure")]
    for run in runs:
        values = {"label": run.setup["label"]} if len(runs) > 1 else {}
        prefix = "replay.run_" if values else "replay."
        for month in _marks(run):
            key = f"{prefix}month" if month else f"{prefix}start"
            heads.append(say(key, month=month, **values) if month or values else say(key))
    return heads


def _rows(runs: Sequence[Shared]) -> list[list[str]]:
    """Return the lines of the charts at a few months."""
    rows = []
    for number, chart in enumerate(runs[0].setup["charts"]):
        for place, line in enumerate(chart["lines"]):
            name = chart["title"]
            if len(chart["lines"]) > 1:
                name += f": {line['label']}"
            cells = [name]
            for run in runs:
                value = run.setup["charts"][number]["lines"][place]["value"]
                cells += [_number(float(run.frames[m].values[value])) for m in _marks(run)]
            rows.append(cells)
    return rows


def _number(value: float) -> str:
    return "–" if math.isnan(value) else f"{value:.2f}".replace("-", "−")


def _repeat(line: Line, run: Shared, pair: bool) -> Repeat:
    """Return how to do a run again: a shipped scenario by name, any other as a file."""
    course = line.course
    specification = course.specification()
    label = line.label if pair else ""
    about = label, specification.title, course.seed, run.setup["months"]
    if run.people_kept_back or specification.files():
        return Repeat(*about, command="")
    plain = course.base.shipped and not course.events and not course.removed
    words = [course.base.name if plain else f"town{label and '-' + label.lower()}.toml"]
    words += ["--seed", str(course.seed), "--months", str(specification.months)]
    if course.replicate:
        words += ["--replicates", str(course.replicate + 1)]
    if plain:
        words += [part for key, value in course.changes for part in ("--set", _setting(key, value))]
    command = shlex.join(["kindling", "run", *words])
    if plain:
        return Repeat(*about, command=command)
    return Repeat(*about, command=command, file=to_toml(specification), name=words[0])


def _setting(key: str, value: Any) -> str:
    text = value if isinstance(value, str) else json.dumps(value)
    return f"{key}={text}"


def _version() -> str:
    try:
        return version("kindling-abm")
    except PackageNotFoundError:
        return "–"
