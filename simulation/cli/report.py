"""`kindling report`: one page that says what a store's runs came to, and how to repeat it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from simulation.cli import options, output
from simulation.errors import InputError

Folder = Annotated[Path, typer.Argument(metavar="STORE", help="Folder of a store.")]
Out = Annotated[
    Path | None, typer.Option(metavar="FILE", help="Where the page goes; default: STORE.html.")
]
Figures = Annotated[
    Path | None,
    typer.Option(
        metavar="FOLDER", help="Write every figure as SVG and PNG as well, and its data as CSV."
    ),
]
Open = Annotated[bool, typer.Option("--open/--no-open", help="Show it in the browser.")]


def report(
    store: Folder,
    out: Out = None,
    figures: Figures = None,
    open_: Open = False,
    quiet: options.Quiet = False,
) -> None:
    """Write the report of a store: one HTML file that needs nothing else.

    It holds the question, what was found in plain words, figures and tables with intervals, the
    design, every kept answer, failed runs, and how to repeat each number. The same store gives the
    same file.
    """
    _refuse_results(store)
    from experiments.report import make_report, report_html, write_figures
    from experiments.store import Store

    opened = Store.open(store)
    file = out if out is not None else store.absolute().with_name(f"{store.absolute().name}.html")
    if file.is_dir():
        raise InputError("is a folder", file=file, mend="name a file with --out")
    made = make_report(opened)
    output.write_whole(file, report_html(made))
    if figures is not None:
        write_figures(made, figures)
    if not quiet:
        output.say_path("Report:", file if out is not None else file.name)
        if figures is not None:
            output.say_path("Figures:", figures)
    if open_:
        import webbrowser

        webbrowser.open(file.absolute().as_uri())


def _refuse_results(folder: Path) -> None:
    """Say of the folder of a run or a comparison that it tells its own findings."""
    if (folder / "summary.json").is_file() and (folder / "provenance.json").is_file():
        raise InputError(
            "is the result of a run or a comparison, not a store", file=folder,
            mend="read its summary.json and figure.svg, or sweep into a store and report that",
        )  # fmt: skip
