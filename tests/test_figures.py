"""Figures: words for those who cannot see them, the same bytes twice, labels that never touch."""

import itertools
import re
import xml.etree.ElementTree as ET

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import experiments
from experiments.figures.run_figure import comparison_figure, run_figure
from experiments.figures.save import save_figure
from experiments.figures.style import COLOURS, QUIET, look, spread
from simulation.specification import specify

SVG = "{http://www.w3.org/2000/svg}"


def town(**changes):
    """A small town with a short push."""
    data = {
        "title": "Fish & <chips>",
        "months": 26,
        "spin_up": 0,
        "groups": [{"name": "north", "size": 20}, {"name": "south", "size": 20}],
        "ties": {"degree": 4},
        "events": [{"id": "push", "month": 2, "kind": "funding", "duration": 6}],
    }
    return specify({**data, **changes})


@pytest.fixture(scope="module")
def result():
    return experiments.run(town(), seed=2, replicates=2)


def drawn(figure_and_text, folder, title="A title"):
    figure, text = figure_and_text
    return [p.read_bytes() for p in save_figure(figure, folder, title=title, text=text)]


def test_the_same_run_is_drawn_with_the_same_bytes(result, tmp_path):
    first, second = (drawn(run_figure(result), tmp_path / n) for n in "ab")
    assert first == second
    assert b"<dc:date>" not in first[0]


def test_the_drawing_says_what_it_shows(result, tmp_path):
    figure, text = run_figure(result)
    save_figure(figure, tmp_path / "figure", title=result.specification.title, text=text)
    root = ET.parse(tmp_path / "figure.svg").getroot()
    assert root.get("role") == "img"
    assert root.get("aria-labelledby") == "title desc"
    assert root.find(f"{SVG}title").text == "Fish & <chips>"
    assert root.find(f"{SVG}desc").text == text
    north = result.recorded.measure("wellbeing", "north", "people")
    assert f"north from {np.median(north[:, 0]):.2f} to {np.median(north[:, -1]):.2f}" in text
    assert "nan" not in text


def test_a_comparison_is_drawn_with_both_names(result, tmp_path):
    comparison = experiments.compare(town(), town(events=[]), seed=2, replicates=2)
    figure, text = comparison_figure(comparison, ("communities/one", "two.toml"))
    assert re.search(r": A from .*; B from", text)
    assert "(communities/one)" in text
    assert len(figure.axes) == 6


def test_one_group_and_no_institutions_can_be_drawn(tmp_path):
    alone = town(groups=[{"name": "everyone", "size": 20}], institutions=[], events=[], months=3)
    figure, text = run_figure(experiments.run(alone, seed=1))
    assert "One run." in text
    save_figure(figure, tmp_path / "figure", title="x", text=text)


def test_labels_touch_neither_each_other_nor_the_next_panel():
    names = [{"name": n, "size": 20} for n in ("the upper market", "Southern district")]
    figure, _ = run_figure(experiments.run(town(groups=names), seed=2, replicates=2))
    figure.canvas.draw()
    boxes = {}
    for n, axes in enumerate(figure.axes):
        low, high = axes.get_ylim()
        ticks = [t for t in axes.get_yticklabels() if low <= t.get_position()[1] <= high]
        for text in (*axes.texts, *ticks):
            boxes[n, text.get_text(), text.get_position()] = text.get_window_extent()
    touching = [
        (one, other)
        for (one, box), (other, second) in itertools.combinations(boxes.items(), 2)
        if box.overlaps(second)
    ]
    assert touching == []
    assert all(box.x1 <= figure.bbox.x1 for box in boxes.values())


@given(
    st.lists(st.floats(0, 1), min_size=1, max_size=6),
    st.floats(0.01, 0.2),
)
def test_spread_keeps_labels_apart_in_order_and_inside(wanted, room):
    places = spread(np.array(wanted), room)
    least = min(room, 1 / max(len(wanted) - 1, 1))
    assert (places >= -1e-9).all()
    assert (places <= 1 + 1e-9).all()
    ordered = np.sort(places)
    assert (np.diff(ordered) >= least - 1e-9).all()
    order = np.argsort(wanted, kind="stable")
    assert (np.diff(places[order]) > 0).all()


def test_labels_with_room_stay_where_their_lines_end():
    assert spread(np.array([0.2, 0.8]), 0.1) == pytest.approx([0.2, 0.8])


def luminance(colour):
    """Relative luminance of a colour, WCAG 2.2."""
    parts = [int(colour[n : n + 2], 16) / 255 for n in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def test_lines_can_be_read_on_white_and_are_told_apart_without_colour():
    for colour in (*COLOURS, QUIET):
        assert 1.05 / (luminance(colour) + 0.05) >= 5
    assert len({str(look(n).dashes) for n in range(5)}) == 5
    assert len({look(n) for n in range(10)}) == 10
