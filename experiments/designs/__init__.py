"""Designs: which points of the space of scenarios are run, and how often."""
