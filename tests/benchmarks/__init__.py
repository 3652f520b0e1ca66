"""Benchmarks: ratios measured within one run. `make bench` runs them and writes the docs page."""
