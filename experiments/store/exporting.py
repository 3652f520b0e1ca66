"""Exporting: the tables of a store as files for other programs.

Rows stand in an order that follows from the plan alone, and nothing in them tells when or where a
run was done. So two stores of one design give the same bytes, however their sweeps went.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, Literal

import pandas as pd
import pyarrow as pa
import pyarrow.csv as pcsv
import pyarrow.parquet as pq

from experiments.store.folder import told, write_json
from experiments.store.holdings import Holdings
from experiments.store.months import AT_A_TIME, Tidy, Wanted, wanted_runs
from experiments.store.plan import Plan
from experiments.store.schema import RUNS, VOLATILE
from experiments.store.sharing import Sharing
from experiments.store.views import SINGLE
from simulation.errors import InputError

if TYPE_CHECKING:
    from experiments.store.store import Store

TABLES = ("outcomes", "runs", "months")
Form = Literal["csv", "parquet"]
ABOUT = "about.json"
KNOWN = {
    "month": pa.int32(), "community": pa.string(), "measure": pa.string(), "group": pa.string(),
    "boundary": pa.string(), "value": pa.float64(), "pair": pa.string(), "arm": pa.string(),
}  # fmt: skip
"""Types of columns that are not in `RUNS`; those of factors and outcomes follow from values."""

OF_THIS_MACHINE = (*VOLATILE, "traceback")
"""Columns that tell how a run went where it was done."""


def export(
    store: Store,
    folder: Path | str,
    *,
    plan: Plan | str | None = None,
    tables: Sequence[str] = TABLES,
    form: Form = "csv",
    timings: bool = False,
    force: bool = False,
) -> list[Path]:
    """Write tables of a store for other programs, and `about.json` with what they are.

    Without a plan in the store, `runs` and `months` of all runs are written. Values that tell of
    small groups of real people are empty (see `experiments.suppression`).

    Args:
        store: the store.
        folder: where to; it must be new or empty, or hold an earlier export.
        plan: which plan; default: the last one.
        tables: which of `TABLES`.
        form: "csv" or "parquet".
        timings: whether `runs` tells how each run went on its machine as well.
        force: whether an earlier export in the folder is replaced.

    Returns:
        The files.

    Raises:
        InputError: the store or the folder cannot be used.
    """
    for name in tables:
        if name not in TABLES:
            raise InputError("no such table", found=name, allowed=", ".join(TABLES))
    out = Path(folder)
    _check(out, force)
    chosen = store.plan(plan) if plan is not None or store.plans() else None
    if chosen is None and tuple(tables) == ("outcomes",):
        store.plan()  # says that there is none
    with told(out):
        out.mkdir(parents=True, exist_ok=True)
        return store.reading(
            lambda holdings: _write(store, holdings, out, chosen, tables, form, timings)
        )


def _check(out: Path, force: bool) -> None:
    """Refuse a folder that holds something else."""
    if out.exists() and not out.is_dir():
        raise InputError("a file, not a folder", key="--out", found=str(out))
    with told(out):
        there = {p.name for p in out.iterdir()} if out.exists() else set()
    ours = {ABOUT, *(f"{name}.{form}" for name in TABLES for form in ("csv", "parquet"))}
    if there - ours or (there and ABOUT not in there):
        raise InputError(
            "the folder holds something other than an export",
            key="--out", found=str(out), mend="name another folder",
        )  # fmt: skip
    if there and not force:
        raise InputError(
            "the folder holds an export",
            key="--out", found=str(out), mend="name another, or give --force",
        )  # fmt: skip


def _write(
    store: Store,
    holdings: Holdings,
    out: Path,
    plan: Plan | None,
    tables: Sequence[str],
    form: Form,
    timings: bool,
) -> list[Path]:
    for old in (*(out / f"{name}.{f}" for name in TABLES for f in ("csv", "parquet")), out / ABOUT):
        old.unlink(missing_ok=True)
    wanted = wanted_runs(holdings, plan)
    sharing = Sharing(holdings, wanted)
    makers: dict[str, Callable[[], Iterator[pd.DataFrame]]] = {
        "outcomes": lambda: iter([sharing.outcomes(store.outcomes(plan))]),
        "runs": lambda: _runs(holdings, wanted, timings),
        "months": lambda: _months(holdings, wanted, sharing),
    }
    files = []
    for name in TABLES:
        if name in tables and (plan is not None or name != "outcomes"):
            files.append(out / f"{name}.{form}")
            _write_table(files[-1], makers[name](), form)
    write_json(out / ABOUT, _about(plan, sharing, [file.name for file in files]))
    return [*files, out / ABOUT]


def _about(plan: Plan | None, sharing: Sharing, files: Iterable[str]) -> dict[str, Any]:
    about: dict[str, Any] = {"made_by": "kindling store export", "files": sorted(files)}
    if plan is not None:
        about["plan"] = {
            "id": plan.id,
            "title": plan.title,
            "question": plan.question,
            "replicates": plan.replicates,
            "seed": plan.seed,
            "design": dict(plan.design),
        }
    about["left_out"] = list(sharing.lines)
    return about


def _runs(holdings: Holdings, wanted: Sequence[Wanted], timings: bool) -> Iterator[pd.DataFrame]:
    """Yield the table of runs, as long and with the measures that the plan asks for."""
    columns = [name for name in SINGLE if timings or name not in OF_THIS_MACHINE]
    for some in _chunks(wanted, AT_A_TIME * 25):
        found = holdings.fetch([want.entry for want in some], columns)
        records = [{**found[want.entry], "months": want.months, "kept": want.kept} for want in some]
        yield pd.DataFrame(records, columns=columns)


def _months(
    holdings: Holdings, wanted: Sequence[Wanted], sharing: Sharing
) -> Iterator[pd.DataFrame]:
    """Yield the table of months, some runs at a time."""
    for some in _chunks(wanted, AT_A_TIME):
        rows = holdings.fetch([want.entry for want in some])
        table = Tidy(None, None)
        for turn, want in enumerate(some):
            table.add(turn, want, rows[want.entry])
        yield sharing.months(table.frame([want.run for want in some]))


def _chunks(wanted: Sequence[Wanted], size: int) -> Iterator[Sequence[Wanted]]:
    """Cut the runs into pieces; at least one piece, so that there is a table without rows, too."""
    for first in range(0, max(1, len(wanted)), size):
        yield wanted[first : first + size]


def _write_table(file: Path, pieces: Iterable[pd.DataFrame], form: Form) -> None:
    """Write pieces of one table, one after the other, all with the columns of the first."""
    with file.open("wb") as stream:
        writer: Any = None
        try:
            for piece in pieces:
                table = _arrow(piece)
                writer = writer or _writer(stream, table.schema, form)
                writer.write_table(table)
        finally:
            if writer is not None:
                writer.close()


def _arrow(piece: pd.DataFrame) -> pa.Table:
    """Return a piece with plain columns; empty cells where there is no number."""
    return pa.table({str(name): _column(str(name), piece[name]) for name in piece})


def _column(name: str, values: pd.Series[Any]) -> pa.Array:
    """Return a column with its own type; values of several types in one column become words."""
    known = RUNS.field(name).type if name in RUNS.names else KNOWN.get(name)
    plain = values.astype(object) if isinstance(values.dtype, pd.CategoricalDtype) else values
    try:
        return pa.array(plain, known, from_pandas=True)
    except pa.ArrowException:
        return pa.array([None if v is None else str(v) for v in plain], pa.string())


def _writer(stream: IO[bytes], schema: pa.Schema, form: Form) -> Any:
    if form == "parquet":
        return pq.ParquetWriter(stream, schema, compression="zstd")
    return pcsv.CSVWriter(stream, schema, write_options=pcsv.WriteOptions(quoting_style="needed"))
