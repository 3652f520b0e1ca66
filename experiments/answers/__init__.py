"""Answers: what many runs say to one question, in plain words, with intervals."""
