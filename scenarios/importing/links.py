"""Links: lines that tie one name to another, with ratings: ties, partners and services alike."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from statistics import fmean

from scenarios.importing.cells import number, rated, settle_scale
from scenarios.importing.columns import find_columns
from scenarios.importing.ledger import Ledger
from scenarios.importing.people import check_name
from scenarios.importing.reading import Sheet
from simulation.errors import InputError, nearest_name

PARTS = ("reliability", "openness", "mission")
VALUE = ("power", "involvement", "resources")
DUPLICATES = ("refuse", "mean", "first")
SELF = {
    "ties": "ties of a person to themselves",
    "partners": "ratings of an organisation by itself",
}


@dataclass
class Link:
    """One directed tie.

    Attributes:
        source: who rates, listens, or is served.
        target: who is rated.
        values: ratings as shares by name; only those stated.
        place: the line it comes from; 0 for a tie that was added.
    """

    source: str
    target: str
    values: dict[str, float]
    place: int

    @property
    def trust(self) -> float:
        """Mean of the stated parts of trust, or NaN."""
        given = [self.values[part] for part in PARTS if part in self.values]
        return fmean(given) if given else math.nan


@dataclass
class Ends:
    """The two columns of a link: what they are called, whom they may name, and what those are."""

    source: str
    target: str
    sources: Collection[str] | None = None
    targets: Collection[str] | None = None


def read_links(
    sheet: Sheet, ends: Ends, ratings: str, duplicates: str, ledger: Ledger
) -> list[Link]:
    """Return the links of a sheet, each pair of names once.

    Args:
        sheet: the table.
        ends: the columns that name the two ends, and the names they may hold (None: any).
        ratings: scale of the ratings, "1-4", "0-1" or "auto".
        duplicates: what to do with two lines about one pair that differ.
        ledger: takes the notes.

    Raises:
        InputError: for mistakes, with the line of the first.
    """
    if duplicates not in DUPLICATES:
        raise InputError(
            "no such choice", key="duplicates", found=duplicates, allowed=", ".join(DUPLICATES)
        )
    found = find_columns(sheet, ledger)
    measured = [name for name in found if name in (*PARTS, "trust", *VALUE)]
    numbers = {
        name: [
            number(row[found[name]], sheet, place, name, ledger)
            for place, row in zip(sheet.places, sheet.rows, strict=True)
        ]
        for name in measured
    }
    ledger.settle()
    scale = settle_scale(ratings, (v for column in numbers.values() for v in column), sheet, ledger)
    links = []
    for n, (place, row) in enumerate(zip(sheet.places, sheet.rows, strict=True)):
        source, target = row[found[ends.source]], row[found[ends.target]]
        known = _known(source, ends.source, ends.sources, sheet, place, ledger)
        known = _known(target, ends.target, ends.targets, sheet, place, ledger) and known
        shares = {
            name: rated(column[n], scale, sheet, place, name, ledger)
            for name, column in numbers.items()
        }
        if known:
            links.append(Link(source, target, _stated(shares), place))
    ledger.settle()
    if not links:
        raise InputError("there are no ties below the header", file=sheet.file)
    if {"trust", *PARTS} <= set(found):
        ledger.note("left_out", "the column trust, as its three parts are there", role=sheet.role)
    return _single(_without_self(links, ends, sheet, ledger), sheet, duplicates, ledger)


def _stated(shares: dict[str, float]) -> dict[str, float]:
    """Return what is stated; trust as a whole stands for each part that is not."""
    values = {name: v for name, v in shares.items() if not math.isnan(v)}
    whole = values.pop("trust", None)
    if whole is not None and not all(part in shares for part in PARTS):
        return {part: values.get(part, whole) for part in PARTS} | values
    return values


def _known(
    name: str,
    column: str,
    names: Collection[str] | None,
    sheet: Sheet,
    place: int,
    ledger: Ledger,
) -> bool:
    if not check_name(name, sheet, place, column, ledger):
        return False
    if names is None or name in names:
        return True
    ledger.mistake(
        sheet.wrong(
            "nobody has this name or id",
            place,
            column,
            found=name,
            nearest=nearest_name(name, names) if len(names) <= 5000 else None,
            mend="add them to the file of people or institutions, or take the line out",
        )
    )
    return False


def _without_self(links: list[Link], ends: Ends, sheet: Sheet, ledger: Ledger) -> list[Link]:
    if ends.source != "source":
        return links
    for link in links:
        if link.source == link.target:
            ledger.note(
                "left_out", SELF[sheet.role], role=sheet.role, unit=sheet.unit, at=link.place
            )
    return [link for link in links if link.source != link.target]


def _single(links: list[Link], sheet: Sheet, duplicates: str, ledger: Ledger) -> list[Link]:
    """Return one link a pair: identical ones dropped, contradicting ones refused or merged."""
    pairs: dict[tuple[str, str], list[Link]] = defaultdict(list)
    for link in links:
        pairs[link.source, link.target].append(link)
    single = []
    for first, *others in pairs.values():
        different = [link for link in others if link.values != first.values]
        for link in others:
            if link.values == first.values:
                text = "identical lines about the same tie"
                ledger.note("left_out", text, role=sheet.role, unit=sheet.unit, at=link.place)
        if different and duplicates == "refuse":
            ledger.mistake(
                sheet.wrong(
                    f"{sheet.unit} {first.place} says something else of the same tie",
                    different[0].place,
                    found=f"{first.source} to {first.target}",
                    mend="keep one of them, or say --duplicates mean or --duplicates first",
                )
            )
        for link in different:
            text = "contradicting lines about the same tie: " + (
                "the mean was taken" if duplicates == "mean" else "the first was taken"
            )
            ledger.note("assumed", text, role=sheet.role, unit=sheet.unit, at=link.place)
        if different and duplicates == "mean":
            first.values = _mean([first, *others])
        single.append(first)
    ledger.settle()
    return single


def _mean(links: Sequence[Link]) -> dict[str, float]:
    names = [n for n in (*PARTS, *VALUE) if any(n in link.values for link in links)]
    return {n: fmean(link.values[n] for link in links if n in link.values) for n in names}


def both_ways(links: list[Link], role: str, ledger: Ledger) -> list[Link]:
    """Return the links and, where only one direction is there, the same the other way round."""
    pairs = {(link.source, link.target) for link in links}
    back = [
        Link(link.target, link.source, dict(link.values), 0)
        for link in links
        if (link.target, link.source) not in pairs
    ]
    if back:
        text = f"{len(back)} of {len(links)} ties were listed one way and taken both ways"
        ledger.note("assumed", text, role=role)
    return links + back


def note_missing(links: list[Link], role: str, otherwise: str, ledger: Ledger) -> None:
    """Say how many links lack each part of trust, and what stands in for it."""
    lacking = {p: sum(1 for link in links if p not in link.values) for p in PARTS}
    if links and all(count == len(links) for count in lacking.values()):
        ledger.note("assumed", f"trust is not stated on any tie: {otherwise}", role=role)
        return
    for part, count in lacking.items():
        if count:
            text = f"{part} missing on {count} of {len(links)} ties: {otherwise}"
            ledger.note("assumed", text, role=role)
