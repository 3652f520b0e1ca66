"""The page `docs/headline.md`: what was registered, and what came out, from stored results alone.

`python -m experiments.headline.page` writes it: the design from `registered.toml`, the rule from
`verdict`, the results from the folder `docs/headline`, which `kindling headline --out` wrote. What
has not been run is said to be so.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Any

import pandas as pd

from experiments.calibration.design import UNCERTAIN
from experiments.calibration.ensemble import ensemble, made
from experiments.compare import spent
from experiments.headline import front, prose
from experiments.headline.cells import arm_specification, cells_of
from experiments.headline.contrasts import COLUMNS
from experiments.headline.effects import push_name
from experiments.headline.registered import REGISTERED
from experiments.headline.storing import ARMS, NUMBERS, RESULTS
from experiments.headline.verdict import rule
from experiments.store_run import PROVENANCE
from experiments.summary import number, percent
from experiments.validation.report.markdown import cell, paragraph, table
from simulation.errors import InputError

FOLDER, PAGE = "headline", "headline.md"
MADE = (
    "<!-- made by `python -m experiments.headline.page` from experiments/headline/registered.toml "
    "and docs/headline/; do not edit by hand -->"
)


def page(folder: Path) -> str:
    """Return the whole page from the folder in which results are stored, if any are.

    Raises:
        InputError: what is stored is not a headline experiment.
    """
    parts = [
        "# The headline experiment",
        MADE,
        *map(paragraph, prose.OPENING),
        "## How to repeat it",
        prose.REPEAT,
        "## What was registered before any run",
        paragraph(f"**Question.** {REGISTERED.question}"),
        *map(paragraph, prose.DESIGN),
        _nuisance(),
        "### Arms of the same money",
        _arms(),
        *map(paragraph, prose.ARMS),
        "### Parts and their size",
        _sizes(),
        *map(paragraph, prose.PARTS),
        "### The rule of the verdict",
        _rule(),
        paragraph(prose.HARMS),
        "### What stands in for what",
        "\n".join(f"- {text}" for text in prose.STAND_INS),
        "## What came out",
        *_results(folder),
    ]
    return "\n\n".join(parts) + "\n"


def _nuisance() -> str:
    account = made()
    return paragraph(
        prose.NUISANCE.format(
            draws=account["draws"],
            retained=account["retained"],
            parameters=len(UNCERTAIN),
            asked=REGISTERED.nuisance["tried"],
        )
    )


def _arms() -> str:
    rows = []
    for arm in REGISTERED.arms:
        money = spent(arm_specification(arm))
        rows.append((cell(arm.label), f"`{arm.scenario}`", cell(arm.about), f"{money:g}"))
    return table(("arm", "scenario", "what it is", "cost a resident"), rows)


def _sizes() -> str:
    """Return how many runs each part takes, those shared with an earlier part left out."""
    draws = ensemble()
    seen: set[tuple[str, int]] = set()
    rows, total = [], 0
    for part in REGISTERED.parts:
        cells = cells_of(part.name, draws[:1])
        pairs = REGISTERED.pairs_of(part.name, REGISTERED.replicates["pairs"])
        own = {(s.id, s.months) for c in cells for s in (c.subject, c.without) if s is not None}
        runs = len(own - seen) * len(draws) * pairs
        seen |= own
        total += runs
        numbers = ", ".join(map(str, part.numbers))
        rows.append(
            (part.name, cell(part.label), str(len(cells)), str(pairs), f"{runs:,}", numbers)
        )
    rows.append(("**all**", "", "", "", f"{total:,}", ""))
    heads = ("part", "what it crosses", "cells a draw", "pairs", "runs", "numbers")
    return table(heads, rows)


def _rule() -> str:
    """Return the rule as it stands in the code that applies it."""
    blocks = []
    for block in rule().split("\n\n")[1:]:
        lines: list[str] = []
        for line in block.splitlines():
            if line.startswith("- ") or not lines:
                lines.append(line.strip())
            else:
                lines[-1] += f" {line.strip()}"
        points = [line for line in lines if line.startswith("- ")]
        plain = [line for line in lines if not line.startswith("- ")]
        blocks += [paragraph(text) for text in plain] + (["\n".join(points)] if points else [])
    return "\n\n".join(blocks)


# --- results --------------------------------------------------------------------------------------


def _results(folder: Path) -> list[str]:
    if not (folder / NUMBERS).exists():
        return [paragraph(f"Not run yet: `{prose.COMMAND}` makes what stands here.")]
    try:
        stored: dict[str, Any] = json.loads((folder / NUMBERS).read_text(encoding="utf-8"))
        record = json.loads((folder / PROVENANCE).read_text(encoding="utf-8"))
        contrasts = pd.read_csv(folder / RESULTS)
        arms = pd.read_csv(folder / ARMS)
        verdict, numbers = stored["verdict"], stored["numbers"]
    except (OSError, ValueError, KeyError) as problem:
        raise InputError(f"the results cannot be read: {problem}", file=folder) from problem
    if tuple(contrasts.columns) != COLUMNS:
        raise InputError("the columns are not those of the headline experiment", file=folder)
    listed = [
        (str(n["number"]), cell(n["title"]), cell(n["words"]) if n["run"] else "not run")
        for n in numbers
    ]
    return [
        paragraph(f"**{verdict['text']}**"),
        table(("falsifier", "fired", "share it rests on"), _fired(verdict)),
        paragraph(prose.FIRED),
        "### Ten numbers",
        table(("", "what", "what came out"), listed),
        paragraph(prose.INTERVALS),
        "### Arms of the same money, as they came out",
        _distributions(arms),
        paragraph(prose.DISTRIBUTIONS),
        "### Succession against each other arm",
        _leads(contrasts),
        "### Push length, intensity and succession",
        _grid(contrasts),
        paragraph(prose.GRID),
        "### Short-termism",
        _listed(contrasts, "shortsight", digits=4),
        paragraph(prose.SHORT_SIGHT),
        "### Beside it",
        "\n".join(f"- {text}" for text in [*stored["notes"], _origin(record)]),
    ]


def _fired(verdict: dict[str, Any]) -> list[tuple[str, ...]]:
    words = {True: "yes", False: "no", None: "not run"}
    return [
        (cell(f["words"]), words[f["fired"]], "—" if f["share"] is None else percent(f["share"]))
        for f in verdict["falsifiers"]
    ]


def _origin(made: dict[str, Any]) -> str:
    command = " ".join(made["command"])
    return (
        f"made by `{command}`, {made['runs']:,} runs, code `{made['code'][:12]}`, version "
        f"{made['version']}, numpy {made['packages']['numpy']}, numba {made['packages']['numba']}, "
        f"Python {made['python']}; [every contrast in every draw]({FOLDER}/{RESULTS})"
    )


def _distributions(arms: pd.DataFrame) -> str:
    if arms.empty:
        return paragraph("Not run.")
    rows = [
        (
            cell(row["label"]),
            *(number(row[q], True, 3) for q in ("q05", "q25", "q50", "q75", "q95")),
            percent(row["tipped"]),
            percent(row["sustained_48"]),
            str(int(row["pairs"])),
        )
        for row in arms.to_dict("records")
    ]
    heads = ("arm", "5 %", "25 %", "median", "75 %", "95 %", "tipped", "sustained", "pairs")
    return table(heads, rows)


def _leads(contrasts: pd.DataFrame) -> str:
    return _listed(
        contrasts, "core", lambda name: " - " in name or name.startswith("succession at")
    )


def _grid(contrasts: pd.DataFrame) -> str:
    """Return a line a push: E and the share sustained, without and with succession."""
    own = contrasts[(contrasts["part"] == "lengths") & (contrasts["draw"] == "all")]
    if own.empty:
        return paragraph("Not run.")
    found = {(row["contrast"], row["outcome"]): row for row in own.to_dict("records")}
    rows = []
    for months in REGISTERED.lengths["months"]:
        for share in REGISTERED.lengths["intensity"]:
            line = [str(months), f"{share:g}"]
            names = [push_name(months, share, on) for on in REGISTERED.lengths["succession"]]
            for outcome in (REGISTERED.primary, "sustained_48"):
                line += [_of_grid(found.get((name, outcome))) for name in names]
            rows.append(line)
    heads = ("months", "intensity", "E without succession", "E with", "sustained without", "with")
    return table(heads, rows)


def _of_grid(row: dict[Any, Any] | None) -> str:
    if row is None:
        return "—"
    if row["outcome"] == REGISTERED.primary:
        low, high = (number(row[end], True, 3) for end in ("low", "high"))
        return f"{number(row['value'], True, 3)} ({low} to {high})"
    return f"{percent(row['value'])} ({percent(row['low'])} to {percent(row['high'])})"


def _listed(contrasts: pd.DataFrame, part: str, chosen: Any = None, *, digits: int = 3) -> str:
    """Return the lines over all draws of one part."""
    own = contrasts[(contrasts["part"] == part) & (contrasts["draw"] == "all")]
    rows = [
        (
            cell(row["contrast"]),
            cell(row["outcome"]),
            number(row["value"], True, digits),
            f"{number(row['low'], True, digits)} to {number(row['high'], True, digits)}",
            number(row["median"], True, digits),
            f"{number(row['q05'], True, digits)} to {number(row['q95'], True, digits)}",
            f"{int(row['draws'])} × {int(row['pairs']) // max(int(row['draws']), 1)}",
        )
        for row in own.to_dict("records")
        if chosen is None or chosen(row["contrast"])
    ]
    if not rows:
        return paragraph("Not run.")
    heads = ("contrast", "outcome", "mean", "95 % interval", "median draw", "5-95 % of draws",
             "draws × pairs")  # fmt: skip
    return table(heads, rows)


def write(out: Path) -> Path:
    """Write the page into the folder of the pages, and its part of the README beside that folder.

    The same bytes from the same results; a README that has no place for it stays as it is.

    Raises:
        InputError: what is stored cannot be read, or the page not be written.
    """
    file = out / PAGE
    text = page(out / FOLDER)
    try:
        file.write_text(text, encoding="utf-8", newline="")
        readme = out.absolute().parent / "README.md"
        if (out / FOLDER / NUMBERS).exists() and readme.exists():
            old = readme.read_text(encoding="utf-8")
            if front.BEGIN in old:
                readme.write_text(
                    front.laid(old, front.part(out / FOLDER)), encoding="utf-8", newline=""
                )
    except OSError as problem:
        raise InputError(f"cannot be written: {problem.strerror or problem}", file=file) from None
    return file


def main(arguments: list[str] | None = None) -> int:
    """Write docs/headline.md from the registered design and the stored results."""
    parser = argparse.ArgumentParser(
        prog="python -m experiments.headline.page", description=main.__doc__
    )
    parser.add_argument("--out", type=Path, default=Path("docs"), help="folder of the pages")
    try:
        sys.stdout.write(f"written: {write(parser.parse_args(arguments).out)}\n")
    except InputError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
