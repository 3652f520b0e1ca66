"""Views: the runs of a store as tables that DuckDB can be asked about.

Parquet parts are read where they lie, only the columns that a question needs. Runs that still
stand in spools are laid beside them, and rows that do not stand for their run are passed over.
"""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING

import pandas as pd
import pyarrow as pa

from experiments.store.holdings import Holdings
from experiments.store.schema import RUNS
from simulation.errors import InputError

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from experiments.store.store import Store

NESTED = ("recorded", "series", "outcomes")
SINGLE = tuple(name for name in RUNS.names if name not in NESTED)

MONTHS = """
create temp view months as
select run, "month", 'community' as community, measure, "group", boundary, "value" from (
  select run, s.measure as measure, s."group" as "group", s.boundary as boundary,
         unnest(recorded) as "month", unnest(s."values") as "value"
  from (select run, recorded, unnest(series) as s from kept)
) where not isnan("value")
"""


def ask_sql(store: Store, holdings: Holdings, query: str) -> pd.DataFrame:
    """Return the answer to a query over the tables of a store.

    Raises:
        InputError: the query cannot be answered.
        FileNotFoundError: a part has gone meanwhile.
    """
    import duckdb

    with duckdb.connect(":memory:") as connection:
        lay_views(connection, holdings)
        if "outcomes" in query.lower():
            connection.register("outcomes", all_outcomes(store))
        try:
            with warnings.catch_warnings():  # DuckDB's own use of pandas
                warnings.simplefilter("ignore", DeprecationWarning)
                warnings.simplefilter("ignore", FutureWarning)
                return connection.execute(query).df()
        except duckdb.IOException as problem:
            if any(not (holdings.folder / name).exists() for name in holdings.parts):
                raise FileNotFoundError(str(holdings.folder.root)) from problem
            raise _told(problem, holdings) from problem
        except duckdb.Error as problem:
            raise _told(problem, holdings) from problem


def _told(problem: Exception, holdings: Holdings) -> InputError:
    """Tell of a query that cannot be answered, or of the damaged part that is the reason."""
    text = str(problem)
    damaged = [name for name in holdings.parts if name in text]
    if damaged:
        from experiments.store.folder import damaged as line

        return line(holdings.folder / damaged[0])
    first = text.partition("\n")[0]
    return InputError(
        f"the query cannot be answered: {first}",
        mend="the tables are runs, outcomes and months",
    )


def lay_views(connection: DuckDBPyConnection, holdings: Holdings) -> None:
    """Give a connection the tables `runs` and `months`, and `kept` with the nested columns."""
    names = ", ".join(f'"{name}"' for name in RUNS.names)
    connection.register("spooled", _spooled(holdings))
    pieces = [f"select {names}, in_file, in_row from spooled"]
    if holdings.parts:
        files = ", ".join(_quoted(str(holdings.folder / name)) for name in holdings.parts)
        pieces.append(
            f"select {names}, filename as in_file, file_row_number as in_row "
            f"from read_parquet([{files}], filename=true, file_row_number=true)"
        )
    hidden = holdings.hidden()
    if hidden:
        places = {
            "in_file": [_file(holdings, entry.file) for entry in hidden],
            "in_row": [entry.at for entry in hidden],
        }
        connection.register("hidden", pa.table(places))
    only = "anti join hidden using (in_file, in_row)" if hidden else ""
    union = " union all ".join(pieces)
    connection.execute(f"create temp view kept as select {names} from ({union}) {only}")
    single = ", ".join(f'"{name}"' for name in SINGLE)
    connection.execute(f"create temp view runs as select {single} from kept")
    connection.execute(MONTHS)


def _file(holdings: Holdings, name: str) -> str:
    """Return what stands in the column `file` for rows of a file."""
    return str(holdings.folder / name) if name in holdings.parts else name


def _spooled(holdings: Holdings) -> pa.Table:
    """Return the runs of all spools, with the name of the spool and their place in it."""
    tables = []
    for name in holdings.spools:
        table = holdings.spooled(name)
        places = pa.array(range(table.num_rows), pa.int64())
        table = table.append_column("in_file", pa.array([name] * table.num_rows, pa.string()))
        tables.append(table.append_column("in_row", places))
    empty = RUNS.append(pa.field("in_file", pa.string())).append(pa.field("in_row", pa.int64()))
    return pa.concat_tables([empty.empty_table(), *tables])


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def all_outcomes(store: Store) -> pd.DataFrame:
    """Return the outcomes of all plans, one below the other, with the plan's id."""
    tables = []
    for plan in store.plans():
        table = store.outcomes(plan)
        table.insert(0, "plan", plan.id)
        tables.append(table)
    return pd.concat(tables, ignore_index=True) if tables else pd.DataFrame({"plan": []})
