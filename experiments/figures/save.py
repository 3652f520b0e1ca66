"""Saving figures: the same bytes every time, with words for those who cannot see them."""

from __future__ import annotations

import io
from html import escape
from pathlib import Path

import matplotlib as mpl
from matplotlib.figure import Figure

from experiments.figures.style import STYLE


def save_figure(figure: Figure, stem: Path, *, title: str, text: str) -> tuple[Path, Path]:
    """Write a figure as SVG and PNG and return both paths.

    The SVG says its title and what it shows in `<title>` and `<desc>`, the PNG in its description.

    Args:
        figure: what to draw.
        stem: path without an ending.
        title: what it is.
        text: what it shows, in a few sentences.
    """
    vector, picture = stem.with_suffix(".svg"), stem.with_suffix(".png")
    vector.write_text(svg_text(figure, title=title, text=text), encoding="utf-8", newline="\n")
    with mpl.rc_context(STYLE):
        figure.savefig(picture, metadata={"Title": title, "Description": text, "Software": None})
    return vector, picture


def svg_text(figure: Figure, *, title: str, text: str) -> str:
    """Return a figure as the text of an SVG file that says what it is and what it shows.

    Args:
        figure: what to draw.
        title: what it is.
        text: what it shows, in a few sentences.
    """
    drawn = io.StringIO()
    with mpl.rc_context(STYLE):
        figure.savefig(
            drawn, format="svg", metadata={"Date": None, "Creator": None, "Title": "TITLE"}
        )
    return _with_words(drawn.getvalue(), title, text)


def _with_words(drawing: str, title: str, text: str) -> str:
    """Put title and description where screen readers look for them."""
    words = f'<title id="title">{escape(title)}</title>\n <desc id="desc">{escape(text)}</desc>'
    drawing = drawing.replace("<title>TITLE</title>", words, 1)
    drawing = drawing.replace("<dc:title>TITLE</dc:title>", f"<dc:title>{escape(title)}</dc:title>")
    return drawing.replace("<svg ", '<svg role="img" aria-labelledby="title desc" ', 1)
