"""Validation: published results and patterns, each a scenario, a setting and a target.

`kindling validate` prints them; `docs/validation.md` is made from them.
"""
