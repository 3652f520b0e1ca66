"""Tools below the stage: undo, branch, predict, share, and files to keep."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Sequence
from functools import partial

import solara

from scenarios import file_names
from simulation.browser import parts
from simulation.browser.play.desk import Desk, Note
from simulation.browser.play.months import when
from simulation.browser.session.share import to_query
from simulation.browser.words import say
from simulation.errors import InputError

PREDICT = "predict"
TOOLS = (PREDICT, "share", "export")
"""The tools that open below the row."""


@solara.component
def UndoRedo(desk: Desk) -> None:
    """Show the buttons that take the last change back, and do it again."""
    _ = desk.version.value
    session = desk.session
    with parts.Html("div", classes=("k-row",)):
        parts.Button(
            say("play.undo"), lambda: desk.do(desk.undo), disabled=not session.can_undo, icon="↶"
        )
        parts.Button(
            say("play.redo"), lambda: desk.do(desk.redo), disabled=not session.can_redo, icon="↷"
        )


@solara.component
def Branch(desk: Desk) -> None:
    """Show the button that lets a second town begin after the month shown."""
    month = desk.month.value
    parts.Button(
        say("play.branch", when=when(month)),
        lambda: desk.do(lambda: desk.branch(desk.session.month)),
    )


@solara.component
def Predict(desk: Desk) -> None:
    """Let the room draw a line before it is shown, then reveal it."""
    _ = desk.version.value
    asking, drawn = desk.predict.value, desk.drawn.value
    charts = [
        (chart["key"], chart["title"])
        for chart in desk.session.line.setup()["charts"]
        if chart["lines"] and not chart.get("empty")
    ]
    chosen = solara.use_reactive(charts[0][0] if charts else "")
    parts.Text(say("play.predict_about"), classes=("k-hint",))
    if not asking and not drawn:
        parts.Select(say("play.predict_chart"), charts, chosen.value, chosen.set)
        parts.Button(say("play.predict"), lambda: desk.start_predicting(chosen.value))
        return

    parts.Text(say("play.predict_drawn" if drawn else "play.predict_draw"))
    with parts.Html("div", classes=("k-row",)):
        if drawn:
            parts.Button(say("play.reveal"), lambda: desk.do(desk.reveal), kind="main")
        parts.Button(say("play.predict_stop"), desk.stop_predicting)


@solara.component
def Share(desk: Desk) -> None:
    """Show a button that copies the link to what is shown."""
    _ = desk.version.value
    month = desk.month.value
    parts.Text(say("play.share_about"), classes=("k-hint",))
    try:
        query = to_query(desk.course, month)
    except InputError as problem:
        parts.Text(str(problem), classes=("k-hint",))
        return
    parts.Copy(say("play.share"), f"/play?{query}", say("play.shared"))


@solara.component
def Export(desk: Desk) -> None:
    """Show a button for each file that can be kept."""
    parts.Text(say("play.export_about"), classes=("k-hint",))

    def failed(problem: Exception) -> None:
        if not isinstance(problem, InputError):
            raise problem
        desk.note.value = Note(str(problem), "error")

    stem = desk.course.base.name.rpartition("/")[2].removesuffix(".toml").replace(" ", "-")
    with parts.Html("div", classes=("k-row",)):
        for key, ending, mime, make in files(desk):
            label = say(f"play.export_{key}")
            parts.Download(label, f"{stem}{ending}", make, mime, on_error=failed)


def files(desk: Desk) -> list[tuple[str, str, str, Callable[[], bytes]]]:
    """Return the files of the run: name of their words, ending, type, and what makes them."""
    from simulation.browser import exports
    from simulation.browser.replay import replay_html

    session = desk.session
    line = session.line

    def minutes() -> bytes:
        text = exports.minutes(line, session.notes, session.predictions, session.month)
        return text.encode()

    scenario: tuple[str, str, str, Callable[[], bytes]] = (
        ("scenario_files", ".zip", "application/zip", lambda: packed(desk))
        if desk.course.specification().files()
        else ("scenario", ".toml", "application/toml", lambda: exports.scenario_toml(line).encode())
    )
    return [
        ("minutes", "-minutes.md", "text/markdown", minutes),
        ("png", ".png", "image/png", lambda: exports.charts_png(line, session.month)),
        ("svg", ".svg", "image/svg+xml", lambda: exports.charts_svg(line, session.month).encode()),
        ("csv", ".csv", "text/csv", lambda: exports.run_csv(line)),
        scenario,
        ("replay", "-replay.html", "text/html", lambda: replay_html(line).encode()),
    ]


def packed(desk: Desk) -> bytes:
    """Return the scenario and the files that it names as one archive."""
    from simulation.browser import exports

    specification = desk.course.specification()
    paths = specification.files()
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("scenario.toml", exports.scenario_toml(desk.session.line))
        for table, name in file_names(specification).items():
            if table in paths:
                archive.write(paths[table], name)
    return made.getvalue()


@solara.component
def Tools(
    desk: Desk, tools: Sequence[str] = TOOLS, more: Callable[[], object] | None = None
) -> None:
    """Show all tools in a row; those that need room open below it, one at a time."""
    opened, set_opened = solara.use_state("")
    asking = bool(desk.predict.value) or desk.drawn.value

    def follow() -> None:
        """Show what belongs to a question while it is open."""
        if asking and PREDICT in tools:
            set_opened(PREDICT)

    solara.use_effect(follow, [asking])
    inside = {PREDICT: Predict, "share": Share, "export": Export}

    def open_(name: str) -> None:
        desk.show()  # a link is to the month on the ruler, not to that of a second ago
        set_opened(name)

    attributes = {"role": "group", "aria-label": say("play.tools")}
    with parts.Html("div", classes=("k-row", "k-tools"), attributes=attributes):
        UndoRedo(desk)
        Branch(desk)
        for name in tools:
            turn = partial(open_, "" if opened == name else name)
            label = say(f"play.tool_{name}")
            parts.Button(label, turn, expanded=opened == name, icon="▾")
        if more is not None:
            more()
    if opened:
        with parts.Html("div", classes=("k-card", "k-tool")):
            inside[opened](desk)
