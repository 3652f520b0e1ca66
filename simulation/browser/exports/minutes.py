"""Minutes: what a room did with a run, what came of it, and how to do it again, in Markdown."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from experiments.judge import OUTCOMES
from experiments.shared import shared_run
from experiments.summary import number, summarise
from simulation.browser.exports.result import hidden_values, run_result
from simulation.browser.session.log import Entry, title_of
from simulation.browser.session.share import to_query
from simulation.browser.words import known, say
from simulation.errors import InputError

if TYPE_CHECKING:
    from simulation.browser.session.line import Line
    from simulation.browser.session.session import Prediction

TOLD = ("gap_people", "worst_off", "wellbeing", "stewards", "resident_seats", "displaced",
        "gain_during", "gain_24", "gain_end")  # fmt: skip
"""Outcomes in the table of the minutes; those that a run does not have are left out."""


def minutes(
    line: Line, notes: str = "", predictions: Sequence[Prediction] = (), upto: int | None = None
) -> str:
    """Return the minutes of a session.

    Args:
        line: the run that the room saw.
        notes: what was written down; "" for nothing.
        predictions: lines that the room drew before they were revealed.
        upto: last month that the room saw; default: the last one made.
    """
    last = min(line.month if upto is None else upto, line.months)
    parts = [_head(line), _changes(line), _happened(line, last), _outcomes(line)]
    parts += [_predictions(line, predictions), _notes(notes), _again(line), _limits()]
    return "\n\n".join("\n".join(part) for part in (list(p) for p in parts) if part) + "\n"


def _head(line: Line) -> Iterator[str]:
    specification = line.course.specification()
    yield f"# {say('exports.minutes', title=_plain(specification.title))}"
    yield ""
    if specification.question:
        yield f"{say('exports.question')} {_plain(specification.question)}"
        yield ""
    yield say(
        "exports.run",
        scenario=_plain(line.course.base.name),
        seed=line.course.seed,
        months=line.months,
        people=specification.size,
    )


def _changes(line: Line) -> Iterator[str]:
    """Tell what the room changed, and when."""
    course = line.course
    yield f"## {say('exports.changed')}"
    yield ""
    if not (course.changes or course.events or course.removed):
        yield say("exports.unchanged")
        return
    for key, value in course.changes:
        yield f"- {say('exports.from_start', key=_plain(key), value=_plain(str(value)))}"
    for event in course.events:
        made = course.event(str(event["id"]))
        yield f"- {say('exports.played', month=made.first, title=_plain(title_of(made)))}"
    replaced = {event["id"] for event in course.events}
    original = {event.id: event for event in course.base.load(dict(course.changes)).events}
    for name in course.removed:
        if name not in replaced:
            yield f"- {say('exports.taken_away', title=_plain(title_of(original[name])))}"


def _happened(line: Line, last: int) -> Iterator[str]:
    yield f"## {say('exports.happened', month=last)}"
    yield ""
    entries = shareable(line, line.log(0, last))
    if not entries:
        yield say("exports.nothing_happened")
    for entry in entries:
        text = say("exports.month_entry", month=entry.month, text=_plain(entry.text))
        yield f"- {text}" + (f" {_plain(entry.why)}" if entry.why else "")


def shareable(line: Line, entries: Sequence[Entry]) -> list[Entry]:
    """Return entries of the log without what they tell of groups too small to be shared."""
    hidden = hidden_values(line)
    by_group = any(key.startswith("wellbeing:") for key in hidden)
    shown = [entry for entry in entries if entry.value not in hidden]
    return [replace(e, why="") if e.value == "gap" and by_group else e for e in shown]


def _outcomes(line: Line) -> Iterator[str]:
    """Give the outcomes of the whole run as `kindling run` judges them."""
    result = shared_run(run_result(line))
    found = summarise(result.outcomes)
    yield f"## {say('exports.outcomes')}"
    yield ""
    for sentence in result.sentences:
        yield sentence
        yield ""
    rows = [(k, found[k]["mean"]) for k in TOLD if k in found and found[k].get("mean") is not None]
    if rows:
        yield f"| {say('exports.measure')} | {say('exports.value')} |"
        yield "|---|---|"
        for key, value in rows:
            words = f"session.measure.{key}"
            label = say(words) if known(words) else OUTCOMES[key].label
            yield f"| {_cell(label)} | {number(value)} |"
        yield ""
    if result.notes:
        yield from (f"- {note}" for note in result.notes)
        yield ""
    yield say("exports.one_draw")


def _predictions(line: Line, predictions: Sequence[Prediction]) -> Iterator[str]:
    if not predictions:
        return
    yield f"## {say('exports.predictions')}"
    yield ""
    hidden = hidden_values(line)
    charts = {chart["key"]: chart for chart in line.setup()["charts"]}
    for made in predictions:
        chart = charts.get(made.chart)
        if chart is None or not made.points or not chart["lines"]:
            continue
        if line.value_keys[chart["lines"][0]["value"]] in hidden:
            continue
        month, drawn = made.points[-1]
        month = min(month, line.months)
        seen = float(line.frame(month).values[chart["lines"][0]["value"]])
        words = say(
            "exports.predicted",
            chart=chart["title"],
            month=month,
            drawn=number(drawn),
            seen=number(seen),
        )
        yield f"- {words}"


def _notes(notes: str) -> Iterator[str]:
    if notes.strip():
        yield f"## {say('exports.notes')}"
        yield ""
        yield notes.strip()


def _again(line: Line) -> Iterator[str]:
    yield f"## {say('exports.again')}"
    yield ""
    yield say("exports.again_file")
    yield ""
    more = f" --replicates {line.course.replicate + 1}" if line.course.replicate else ""
    yield f"    kindling run scenario.toml{more}"
    if line.course.replicate:
        yield ""
        yield say("exports.again_replicate", n=line.course.replicate + 1)
    try:
        query = to_query(line.course, 0)
    except InputError:
        return
    yield ""
    yield say("exports.again_link")
    yield ""
    yield f"    /play?{query}"


def _limits() -> Iterator[str]:
    yield f"## {say('exports.limits')}"
    yield ""
    yield say("exports.limits_text")


def _plain(text: str) -> str:
    """Return text from a scenario as one line that Markdown does not read as anything else."""
    escaped = " ".join(text.split())
    for sign in "\\`*_[]<>|#":
        escaped = escaped.replace(sign, f"\\{sign}")
    return escaped


def _cell(text: str) -> str:
    return text.replace("|", "\\|")
