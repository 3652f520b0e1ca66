"""Saving figures: the same bytes every time, with words for those who cannot see them."""

from __future__ import annotations

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
    with mpl.rc_context(STYLE):
        figure.savefig(vector, metadata={"Date": None, "Creator": None, "Title": "TITLE"})
        figure.savefig(picture, metadata={"Title": title, "Description": text, "Software": None})
    _add_words(vector, title, text)
    return vector, picture


def _add_words(file: Path, title: str, text: str) -> None:
    """Put title and description where screen readers look for them."""
    drawing = file.read_text(encoding="utf-8")
    words = f'<title id="title">{escape(title)}</title>\n <desc id="desc">{escape(text)}</desc>'
    drawing = drawing.replace("<title>TITLE</title>", words, 1)
    drawing = drawing.replace("<dc:title>TITLE</dc:title>", f"<dc:title>{escape(title)}</dc:title>")
    drawing = drawing.replace("<svg ", '<svg role="img" aria-labelledby="title desc" ', 1)
    file.write_text(drawing, encoding="utf-8")
