"""Figures of studies: from small tables, in the same bytes twice, with honest axes and words."""

import itertools
import math
import xml.etree.ElementTree as ET

import matplotlib as mpl
import numpy as np
import pandas as pd
import pytest
from matplotlib.text import Text
from matplotlib.transforms import Bbox

from experiments.figures import arms, discovery, heat_map, over_time, sensitivity, strength_duration
from experiments.figures.canvas import digits_for, percent_of, text_of, with_interval
from experiments.figures.save import svg_text
from experiments.judge import Push
from simulation.errors import InputError

NAN = math.nan


def frame(columns, *rows):
    return pd.DataFrame(list(rows), columns=list(columns))


HEAT = frame(
    heat_map.HEAT_MAP,
    (0.5, 12, 0.2, 0.1, 0.4, 20), (1.0, 12, 0.4, 0.2, 0.6, 20),
    (0.5, 36, 0.7, 0.5, 0.8, 20), (1.0, 36, NAN, NAN, NAN, 0),
)  # fmt: skip
CURVE = frame(
    strength_duration.CURVE,
    ("strength", 0.25, 0.5, 48.0, 36.0, 60.0, 30), ("strength", 1.0, 0.5, 12.0, 6.0, 18.0, 30),
    ("strength", 0.25, 0.9, NAN, 96.0, NAN, 30), ("strength", 1.0, 0.9, 24.0, 18.0, NAN, 30),
)  # fmt: skip
POINTS = frame(strength_duration.POINTS, (0.25, 12, 30, 3, 0.1, 0.03, 0.26),
               (1.0, 120, 30, 30, 1.0, 0.89, 1.0))  # fmt: skip
TORNADO = frame(
    sensitivity.TORNADO,
    ("a", "a small one", 0, 1, 0.001, 0.0, 0.002, 0.002, 0.001, 0.003),
    ("b", "a large one", 0.5, 2.0, -0.03, -0.05, -0.01, 0.01, 0.0, 0.02),
)
NAMES = ("how strongly neighbours pull", "months a seat stays vacant", "reach of the funding")
MORRIS = frame(
    sensitivity.INDICES,
    *((f"f{n}", name, index, value / (n + 1), low / (n + 1), high / (n + 1), 60)
      for n, name in enumerate(NAMES)
      for index, value, low, high in (("mu_star", 0.4, 0.3, 0.5), ("sigma", 0.2, NAN, NAN))),
)  # fmt: skip
SOBOL = MORRIS.assign(index=MORRIS["index"].map({"mu_star": "ST", "sigma": "S1"}))
FAN = frame(
    over_time.FAN,
    *((arm, group, "wellbeing", month, *(base + d for d in (0, -0.1, -0.05, 0.05, 0.1)))
      for arm in ("with", "without") for group, base in (("north", 0.6), ("south", 0.4))
      for month in range(0, 37, 12)),
)  # fmt: skip
SURVIVAL = frame(
    over_time.SURVIVAL,
    ("with", 0, 1.0, 0.9, 1.0, 40), ("with", 12, 0.8, 0.6, 0.9, 40),
    ("with", 36, 0.6, 0.4, 0.8, 20), ("without", 0, 1.0, 0.9, 1.0, 40),
    ("without", 6, 0.3, 0.2, 0.5, 40),
)  # fmt: skip
FOREST = frame(arms.FOREST, ("a − b", 0.03, 0.01, 0.05, 40), ("c − b", -0.01, -0.03, 0.01, 38))
MULTIPLES = frame(
    arms.MULTIPLES,
    *((p, x, arm, 0.01 * x, 0.01 * x - 0.02, 0.01 * x + 0.02, 20)
      for p in (0.7, 1.0) for x in (1, 2, 3) for arm in ("with", "without")),
)  # fmt: skip
RUNS = pd.DataFrame({"arm": ["a"] * 9 + ["b"], "value": [0.1] * 5 + [0.9] * 4 + [NAN]})
BOX = frame(discovery.BOX, ("p", "months of push", 30.0, NAN, 6, 120))
PEELING = frame(discovery.PEELING, (0, 1.0, 0.3), (1, 0.8, 0.6), (2, 0.5, 0.9))

DRAWN = {
    "heat map": lambda: heat_map.heat_map(HEAT, x="strength", y="months", value="sustained"),
    "heat map of two rows": lambda: heat_map.heat_map(
        HEAT, x="push (money a resident and month)", y="length of the push (months)",
        value="gain sustained at 48 months", title="Gain sustained at 48 months (push alone)"),
    "heat map of differences": lambda: heat_map.heat_map(
        HEAT.assign(value=HEAT["value"] - 0.5), x="strength", y="months", value="gain",
        share=False, line=0.0),
    "strength and duration": lambda: strength_duration.strength_duration(
        CURVE, POINTS, lever="strength of the push", money=True),
    "tornado": lambda: sensitivity.tornado(TORNADO, outcome="equity gain"),
    "Morris": lambda: sensitivity.morris(MORRIS, outcome="equity gain"),
    "Sobol": lambda: sensitivity.sobol(SOBOL, outcome="equity gain", luck=0.2),
    "fan": lambda: over_time.fan_chart(FAN, title="Well-being", push=Push(6, 18), runs=20),
    "survival": lambda: over_time.survival_curves(SURVIVAL),
    "forest": lambda: arms.forest(FOREST, what="equity gain", unit="well-being"),
    "small multiples": lambda: arms.small_multiples(
        MULTIPLES, x="months of push", value="equity gain", panel="present bias"),
    "distribution": lambda: arms.distribution(
        RUNS, what="stewards", mark=(0.5, "tipped"), unit_range=True),
    "distribution of many": lambda: arms.distribution(
        pd.DataFrame({"arm": "", "value": np.linspace(0, 1, 1000) ** 2}), what="stewards"),
    "box": lambda: discovery.box_limits(BOX, what="it lasts", density=0.8, coverage=0.6),
    "peeling": lambda: discovery.peeling(PEELING, chosen=1),
}  # fmt: skip


@pytest.mark.parametrize("name", DRAWN)
def test_every_figure_is_the_same_twice_and_says_what_it_shows(name):
    figure, text = DRAWN[name]()
    drawn = svg_text(figure, title="A & B", text=text)
    with mpl.rc_context({"font.size": 30, "axes.grid": False}):
        again = svg_text(*DRAWN[name]()[:1], title="A & B", text=text)
    assert drawn == again
    root = ET.fromstring(drawn)
    assert root.find("{http://www.w3.org/2000/svg}desc").text == text
    assert "nan" not in text
    assert len(text) > 60


@pytest.mark.parametrize("name", DRAWN)
def test_no_words_touch_each_other_or_the_edge(name):
    figure, _ = DRAWN[name]()
    figure.draw_without_rendering()
    shown = [(t, b) for t in _drawn(figure) if (b := _box(t)).width and b.height]
    width, height = figure.bbox.width, figure.bbox.height
    for t, b in shown:
        assert b.x0 >= -2, t
        assert b.x1 <= width + 2, t
        assert b.y0 >= -2, t
        assert b.y1 <= height + 2, t
    for (one, a), (other, b) in itertools.combinations(shown, 2):
        apart = a.x1 <= b.x0 + 1 or b.x1 <= a.x0 + 1 or a.y1 <= b.y0 + 1 or b.y1 <= a.y0 + 1
        assert apart or one.get_text() == other.get_text(), (one.get_text(), other.get_text())


def _box(text):
    """Return where a text stands, without the empty line that a title leaves for a legend."""
    box = text.get_window_extent()
    lines = text.get_text().split("\n")
    empty = len(lines) - len([line for line in lines if line.strip()])
    return Bbox([[box.x0, box.y0 + empty * box.height / len(lines)], [box.x1, box.y1]])


def _drawn(figure):
    """Return the texts that are drawn: ticks beyond an axis, and axes switched off, are not."""
    beyond = set()
    for axes in figure.axes:
        for axis in (axes.xaxis, axes.yaxis):
            low, high = sorted(axis.get_view_interval())
            far = [t for t in axis.get_major_ticks() if not low <= t.get_loc() <= high]
            beyond |= {id(label) for tick in far for label in (tick.label1, tick.label2)}
        if not axes.axison:
            beyond |= {id(text) for text in axes.findobj(Text)}
    texts = [t for t in figure.findobj(Text) if t.get_visible() and t.get_text().strip()]
    return [t for t in texts if id(t) not in beyond]


def test_cells_without_a_number_are_hatched_and_the_line_runs_between_cells():
    figure, text = DRAWN["heat map"]()
    plot = figure.axes[0]
    hatched = [patch for patch in plot.patches if patch.get_hatch()]
    assert [patch.get_xy() for patch in hatched] == [(1, 1)]
    edges = [line.get_xydata().tolist() for line in plot.lines]
    assert edges == [[[0, 1], [1, 1]]]
    written = {t.get_text() for t in plot.texts}
    assert {"20 %", "10–40", "70 %", "50–80"} <= written
    assert "Highest: 70 % (50 to 80) at strength 0.5 and months 36" in text


def test_axes_hold_nought_and_differences_are_seen_to_both_sides():
    for name in ("forest", "tornado"):
        low, high = DRAWN[name]()[0].axes[0].get_xlim()
        assert low == -high
    low, high = DRAWN["small multiples"]()[0].axes[0].get_ylim()
    assert low <= 0 <= high
    assert DRAWN["survival"]()[0].axes[0].get_ylim() == (0, 1)
    bar = DRAWN["heat map of differences"]()[0].axes[-1].get_ylim()
    assert bar[0] == pytest.approx(-bar[1])


def test_what_no_push_reaches_is_an_arrow_and_is_said():
    figure, text = DRAWN["strength and duration"]()
    plot = figure.axes[0]
    arrows = [t for t in plot.texts if getattr(t, "arrow_patch", None) is not None]
    assert [round(arrow.xy[0], 2) for arrow in arrows] == [0.25]
    assert "0.25: none up to 120" in text
    assert "1: 24 (18 to open)" in text


def test_the_largest_comes_first():
    figure, _ = DRAWN["tornado"]()
    names = [t.get_text() for t in figure.axes[0].get_yticklabels()]
    assert names == ["a large one", "a small one"]
    assert DRAWN["Sobol"]()[1].index(NAMES[0]) < DRAWN["Sobol"]()[1].index(NAMES[1])


def test_numbers_at_risk_are_those_of_the_table():
    figure, _ = DRAWN["survival"]()
    below = figure.axes[1]
    first = [t.get_text() for t in below.texts if t.get_position() == (0, 0)]
    last = [t.get_text() for t in below.texts if t.get_position() == (36, 0)]
    assert (first, last) == (["40"], ["20"])


def test_two_kinds_of_runs_are_told_apart():
    text = DRAWN["distribution"]()[1]
    assert "tipped: 44 % (19 to 73) of 9 runs" in text
    assert "b: no run that tells" in text
    mixed = RUNS.assign(point=range(len(RUNS)))
    told = arms.distribution(mixed, what="stewards", mark=(0.5, "tipped"))[1]
    assert "tipped: 4 of 9 runs" in told


@pytest.mark.parametrize(
    ("draw", "table"),
    [
        (lambda t: heat_map.heat_map(t, x="a", y="b", value="c"), HEAT),
        (strength_duration.strength_duration, CURVE),
        (lambda t: over_time.fan_chart(t, title="x"), FAN),
        (lambda t: arms.forest(t, what="x"), FOREST),
    ],
)
def test_a_table_of_another_kind_is_refused(draw, table):
    with pytest.raises(InputError, match="lacks columns"):
        draw(table.drop(columns=table.columns[-1]))
    with pytest.raises(InputError, match="no rows"):
        draw(table.head(0))


def test_many_levels_and_long_names_can_be_drawn():
    many = pd.DataFrame(
        [(x, y, 0.5, 0.4, 0.6, 9) for x in range(20) for y in ("a very long name " * 5, "b")],
        columns=list(heat_map.HEAT_MAP),
    )
    figure, _ = heat_map.heat_map(many, x="x", y="y", value="v")
    assert not figure.axes[0].texts
    one = FOREST.head(1).assign(label="one arm of a very long name " * 6)
    assert len(arms.forest(one, what="gain")[0].axes) == 1


def test_numbers_are_written_as_people_read_them():
    assert [text_of(v) for v in (True, np.False_, None, NAN, 36, 0.25, -1.0, "x")] == [
        "yes", "no", "not set", "not set", "36", "0.25", "−1", "x",
    ]  # fmt: skip
    assert [percent_of(v) for v in (0, 0.001, 0.5, 0.999, 1, NAN)] == [
        "0 %", "under 1 %", "50 %", "over 99 %", "100 %", "–",
    ]  # fmt: skip
    assert with_interval(0.57, 0.42, 0.71, share=True) == "57 % (42 to 71)"
    assert with_interval(-0.01, -0.02, 0.0, signed=True, digits=2) == "−0.01 (−0.02 to 0.00)"
    assert [digits_for([v]) for v in (0, 0.0123, 0.5, 12, 400)] == [2, 3, 2, 0, 0]
