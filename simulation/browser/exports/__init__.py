"""What a room takes home from a run: its table, its charts, its scenario, and the minutes."""

from __future__ import annotations

from simulation.browser.exports.charts import charts_png, charts_svg
from simulation.browser.exports.minutes import minutes
from simulation.browser.exports.result import run_csv, run_result, scenario_toml

__all__ = ["charts_png", "charts_svg", "minutes", "run_csv", "run_result", "scenario_toml"]
