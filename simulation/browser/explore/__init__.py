"""Explore: the runs of a store as maps, rankings and dots, each of which opens in Play."""
