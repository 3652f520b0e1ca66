"""The replay: one run, or a pair, as a single HTML file that opens anywhere without anything."""

from simulation.browser.replay.page import replay_html

__all__ = ["replay_html"]
