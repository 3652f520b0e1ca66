"""The headline's part of the README: the verdict and the ten numbers, from stored results alone."""

from __future__ import annotations

import json
from pathlib import Path

from experiments.headline.storing import NUMBERS
from experiments.validation.report.markdown import paragraph
from simulation.errors import InputError

BEGIN = "<!-- headline: made by `python -m experiments.headline.page` -->"
END = "<!-- headline: end -->"


def part(folder: Path) -> str:
    """Return the part: what the rule says, then the ten numbers.

    Args:
        folder: where `kindling headline --out` wrote its results.

    Raises:
        InputError: nothing is stored there.
    """
    file = folder / NUMBERS
    try:
        stored = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as problem:
        raise InputError("no headline is stored here", file=file) from problem
    lines = [paragraph(stored["verdict"]["text"]), ""]
    for each in stored["numbers"]:
        title = f"{each['title'][0].upper()}{each['title'][1:]}"
        lines.append(f"{each['number']}. {title}: {each['words']}.")
    return "\n".join(lines)


def laid(text: str, made: str) -> str:
    """Return the README with its part renewed.

    Raises:
        InputError: the README has no place for it.
    """
    before, begin, rest = text.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise InputError("the README has no place for the headline", key=BEGIN)
    return f"{before}{BEGIN}\n{made}\n{END}{after}"
