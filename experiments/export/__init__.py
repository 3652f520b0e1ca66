"""Export: one run of a scenario in files that other programs read.

`export` simulates a scenario once and keeps its months, its people and its network at the months
asked for; `write_export` writes them as CSV, Parquet, GraphML and lists of edges. `convert_result`
turns a folder of results into such tables without simulating anything.
"""

from __future__ import annotations

from experiments.export.moment import Moment
from experiments.export.one_run import Export, export
from experiments.export.stored import convert_result, is_result
from experiments.export.writing import FORMATS, export_id, formats_of, write_export

__all__ = [
    "FORMATS",
    "Export",
    "Moment",
    "convert_result",
    "export",
    "export_id",
    "formats_of",
    "is_result",
    "write_export",
]
