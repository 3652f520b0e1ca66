"""The figures of the report: what each computes, stores, draws and says."""

from __future__ import annotations

from experiments.validation.report.charts.capability import CHART as CAPABILITY
from experiments.validation.report.charts.chart import Chart
from experiments.validation.report.charts.coalitions import CHART as COALITIONS
from experiments.validation.report.charts.exploration import CHART as EXPLORATION
from experiments.validation.report.charts.long_ties import CHART as LONG_TIES
from experiments.validation.report.charts.window import CHART as WINDOW

CHARTS: tuple[Chart, ...] = (WINDOW, LONG_TIES, CAPABILITY, EXPLORATION, COALITIONS)
"""Every figure, in the order of the page."""
