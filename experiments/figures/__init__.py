"""Figures: one look for all of them, and text that says what they show."""
