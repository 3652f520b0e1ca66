"""The validation report: `docs/validation.md` and its figures, made from stored results alone.

`python -m experiments.validation.report` writes the page; with `--data` it first computes what the
figures show. Nothing on the page is typed in: numbers come from `docs/validation/*.csv`, rows and
sources from `experiments.validation.rows`, ranges from the parameters' declarations, limits from
`docs/model.md`. What has not been run is said to be missing.
"""
