"""Writing an export: a folder of files that spreadsheets, Gephi, R and networkx read.

Values of groups with few real people are empty (see `experiments.suppression`): in the months, in
the rows of people and nodes, and in the ratings of ties that such people hold or are held to.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

import networkx as nx
import pandas as pd

from experiments.export.moment import PARTS, RATINGS, Moment, graph
from experiments.export.one_run import Export
from experiments.provenance import provenance
from experiments.store_run import PROVENANCE, as_json, check_folder, whole_folder
from experiments.suppression import LeftOut, left_out_of, suppress_rows, suppress_table
from simulation.errors import InputError, nearest_name
from simulation.fingerprint import combined_id

FORMATS = ("csv", "parquet", "graphml", "edges")
"""What can be written: tables as CSV or Parquet, the network as GraphML or as lists of ties."""

NETWORK_FORMATS = ("graphml", "edges")
TIES = {
    "ties": ("friend", ("source", "target")),
    "services": ("service", ("person", "institution")),
    "partners": ("partner", ("source", "target")),
}
"""Files of ties as a scenario reads them: their kind, and their columns for the two ends."""


def formats_of(text: str | None, allowed: Sequence[str] = FORMATS) -> tuple[str, ...]:
    """Return the formats that a list such as "csv,graphml" names; all that are allowed for None.

    Raises:
        InputError: for a name that is none of those allowed.
    """
    if text is None:
        return tuple(allowed)
    names = [name.strip().lower() for name in text.split(",")]
    for name in names:
        if name not in allowed:
            raise InputError(
                "there is no such format here",
                key="--format", found=name, allowed=", ".join(allowed),
                nearest=nearest_name(name, allowed),
            )  # fmt: skip
    return tuple(name for name in FORMATS if name in names)


def write_export(
    made: Export,
    folder: Path,
    *,
    name: str,
    formats: Iterable[str] = FORMATS,
    people: bool = False,
    force: bool = False,
    command: Sequence[str] | None = None,
) -> LeftOut:
    """Write an export's folder, whole or not at all.

    Args:
        made: what `export` returned.
        folder: where to.
        name: the scenario's name as the user gave it.
        formats: any of `FORMATS`.
        people: write the state of every resident as well.
        force: replace an earlier, different result in the folder.
        command: the command line; default: this process's own.

    Returns:
        The groups whose values are left out, and why.

    Raises:
        InputError: the folder holds something else or cannot be written, or the network has no
            ties that could be written.
    """
    chosen = tuple(formats)
    months = [moment.month for moment in made.moments]
    identity = export_id(made.run_id, months, chosen, people=people, named=made.keep_names)
    check_folder(folder, force=force, result_id=identity)
    check_network(made, chosen)
    left = left_out_of(made.specification)
    with whole_folder(folder) as partial:
        write_table(suppress_table(made.monthly, left), partial / "monthly", chosen)
        for moment in made.moments:
            _write_moment(moment, partial, chosen, left)
            if people:
                table = suppress_rows(moment.people, left, keep=("person",))
                tables = tuple(f for f in chosen if f in WRITERS) or ("csv",)
                write_table(table, partial / f"people-{moment.month}", tables)
        record = provenance(
            kind="export", result_id=identity, run_ids=[made.run_id], seed=made.seed,
            scenarios=[name], command=command,
        )  # fmt: skip
        record["left_out"] = list(left.lines)
        (partial / PROVENANCE).write_text(as_json(record) + "\n", encoding="utf-8")
    return left


def export_id(
    run: str, months: Iterable[int], formats: Iterable[str], *, people: bool, named: bool
) -> str:
    """Return the id of an export: of the run, and of what is written of it.

    Args:
        run: the run's id.
        months: the months whose network and people are written.
        formats: any of `FORMATS`.
        people: whether the state of every resident is written.
        named: whether names of people were asked for.
    """
    parts = [",".join(map(str, sorted(set(months)))), ",".join(formats)]
    return combined_id([run, *parts, f"people={people}", f"names={named}"])


def check_network(made: Export, formats: Sequence[str]) -> None:
    """Refuse to write a network whose friend ties are not written out.

    Raises:
        InputError: where everyone is tied to everyone.
    """
    if any(f in NETWORK_FORMATS for f in formats) and any(m.everyone for m in made.moments):
        raise InputError(
            "everyone is tied to everyone here, so there is no network to write",
            key="--format", found=",".join(formats), mend="give --format csv,parquet",
        )  # fmt: skip


def write_table(table: pd.DataFrame, stem: Path, formats: Sequence[str]) -> None:
    """Write a table in those of the formats that hold tables."""
    for name in formats:
        if name in WRITERS:
            WRITERS[name](table, stem.with_name(f"{stem.name}.{name}"))


def _csv(table: pd.DataFrame, file: Path) -> None:
    table.to_csv(file, index=False, lineterminator="\n")


def _parquet(table: pd.DataFrame, file: Path) -> None:
    table.to_parquet(file, engine="pyarrow", compression="zstd", index=False)


WRITERS: dict[str, Callable[[pd.DataFrame, Path], None]] = {"csv": _csv, "parquet": _parquet}


def _write_moment(moment: Moment, folder: Path, formats: Sequence[str], left: LeftOut) -> None:
    """Write the network of one month."""
    nodes, edges = shown_network(moment, left)
    if "graphml" in formats:
        file = folder / f"network-{moment.month}.graphml"
        nx.write_graphml(graph(nodes, edges), file, infer_numeric_types=True)
    if "edges" in formats:
        _csv(edges, folder / f"edges-{moment.month}.csv")
        for stem, (kind, ends) in TIES.items():
            own = edges.loc[edges["kind"] == kind, ["source", "target", *PARTS]]
            own = own.rename(columns=dict(zip(("source", "target"), ends, strict=True)))
            if not own.empty:
                _csv(own, folder / f"{stem}-{moment.month}.csv")


def shown_network(moment: Moment, left: LeftOut) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return nodes and ties with the values that are left out empty."""
    if not left:
        return moment.nodes, moment.edges
    of_group = moment.nodes["group"].isin(left.groups)
    if left.everyone:
        of_group |= moment.nodes["kind"] == "resident"
    hidden = set(moment.nodes.loc[of_group, "node"])
    ends = moment.edges["source"].isin(hidden) | moment.edges["target"].isin(hidden)
    edges = moment.edges.copy()
    edges.loc[ends, [*PARTS, *RATINGS]] = float("nan")
    return suppress_rows(moment.nodes, left, keep=("node", "kind")), edges
