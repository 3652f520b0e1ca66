"""Sweeping: many runs, on one machine or many, each of them once and none of them lost."""
