"""Makes the two sheets of the tutorial. The partnership is invented, and so is every rating.

    python docs/examples/partnership/make.py

writes `organisations.csv`, `ratings-as-typed.csv` and `ratings.csv` beside this file, the same
every time. They look as a spreadsheet saves them where commas are decimal: semicolons between the
cells, a byte-order mark in front. Seven of the forty organisations did not answer. The sheet as it
was typed has three mistakes that stop an import; in `ratings.csv` they are mended, and what an
import mends by itself is still there.
"""

from __future__ import annotations

from pathlib import Path
from random import Random

SEED = 40
SECTORS = {
    "health": (
        "Mercywell Hospital", "Riverside Clinic", "Oakfield Clinic", "Harbour Midwives",
        "Lindenhof Counselling", "Brightsmile Dentists",
    ),
    "local government": (
        "Public Health Office", "Housing Office", "Parks Office", "Transport Office",
        "Youth Office", "Town Library",
    ),
    "foundation": ("Brightwater Fund", "Two Rivers Foundation", "Cooper Family Fund"),
    "nonprofit": (
        "Hollybank Neighbours", "Riverside Tenants", "Open Table", "Harbour Food Bank",
        "Newcomers' Welcome", "Elders at Home", "Bicycle Kitchen", "Parents' Circle",
        "Night Shelter", "Garden Commons", "Repair Café",
    ),
    "faith-based": ("St Brigid's Parish", "Hill Street Mosque", "Quaker Meeting"),
    "education": (
        "Larkspur School", "Harbour School", "Oakfield College", "Millbrook Kindergarten",
    ),
    "business": (
        "Chamber of Trade", "Harbour Logistics", "Oakfield Dairy", "Corner Shops Circle",
        "Millbrook Mutual Bank",
    ),
    "": ("Millbrook Radio", "Harbour Sports Club"),
}  # fmt: skip
SILENT = (
    "Cooper Family Fund", "Brightsmile Dentists", "Transport Office", "Harbour Logistics",
    "Oakfield Dairy", "Quaker Meeting", "Millbrook Radio",
)  # fmt: skip
CENTRAL = (
    "Public Health Office",
    "Mercywell Hospital",
    "Hollybank Neighbours",
    "Two Rivers Foundation",
)
SPENT = {
    "health": "0,02", "local government": "0,03", "foundation": "0,02", "nonprofit": "0,005",
    "faith-based": "0,005", "education": "0,02", "business": "0,01", "": "0,005",
    "Mercywell Hospital": "0,15", "Public Health Office": "0,05", "Housing Office": "0,06",
}  # fmt: skip
RATED = (
    "Reliable (1-4)", "Open to discussion (1-4)", "In support of mission (1-4)",
    "Power and influence (1-4)", "Level of involvement (1-4)", "Resource contribution (1-4)",
)  # fmt: skip
BEST = {"foundation": (3, 2, 3, 4, 2, 4), "health": (3, 3, 3, 4, 3, 3)}
USUAL = (3, 3, 3, 2, 3, 2)
ASIDE = ("", "", "", "", "n/a", "?")
Row = list[str]


def organisations() -> list[Row]:
    """Return one row an organisation; two have no sector."""
    rows = [["Organisation", "Sector", "Budget", "Contact person"]]
    for sector, names in SECTORS.items():
        usual = SPENT[sector]
        rows += [[n, sector, SPENT.get(n, usual), "on file at the office"] for n in names]
    return rows


def ratings(chance: Random) -> list[Row]:
    """Return one row a rating: who answered, whom they rate, six answers, a note."""
    sector_of = {name: sector for sector, names in SECTORS.items() for name in names}
    names = list(sector_of)
    leaning = {name: chance.gauss(0.0, 0.6) for name in names}
    rows = [["From", "To", *RATED, "Remarks"]]
    for rater in names:
        if rater in SILENT:
            continue
        mood = chance.gauss(0.0, 0.4)
        known = [n for n in names if n != rater and chance.random() < _knows(n, rater, sector_of)]
        for rated in known:
            best = BEST.get(sector_of[rated], USUAL)
            given = [_answer(chance, middle + leaning[rated] + mood) for middle in best]
            rows.append([rater, rated, *given, ""])
    return rows


def _knows(name: str, rater: str, sector_of: dict[str, str]) -> float:
    if name in CENTRAL:
        return 0.75
    return 0.35 if sector_of[name] == sector_of[rater] else 0.15


def _answer(chance: Random, middle: float) -> str:
    """Return one answer; one in thirty is left out, in the ways people leave something out."""
    if chance.random() < 1 / 30:
        return chance.choice(ASIDE)
    return str(min(4, max(1, round(chance.gauss(middle, 0.7)))))


def with_slips(rows: list[Row]) -> list[Row]:
    """Return the rows with what sheets hold and an import mends: it is told in the report."""
    rows = [list(row) for row in rows]
    answered = next(row for row in rows if row[0] == "Town Library")
    answered[2:5] = ["2,5", "3,5", "3"]
    answered[-1] = "two of us answered, this is the mean"
    itself = ["Open Table", "Open Table", "4", "4", "4", "2", "4", "1", ""]
    first = next(n for n, row in enumerate(rows) if row[0] == "Open Table")
    rows.insert(first, itself)
    rows.insert(first + 3, list(rows[first + 2]))
    return [*rows, [""] * len(rows[0])]


def as_typed(rows: list[Row]) -> list[Row]:
    """Return the rows with three mistakes that only somebody who knows the answers can mend."""
    rows = [list(row) for row in rows]
    rows[12][1] = rows[12][1][:-2] + rows[12][1][-1]
    rows[57][4] = "5"
    again = list(rows[140])
    again[2] = "1" if again[2] != "1" else "2"
    rows.insert(150, again)
    return rows


def write(path: Path, rows: list[Row]) -> None:
    """Write rows as a spreadsheet with decimal commas does."""
    text = "".join(";".join(row) + "\n" for row in rows)
    path.write_text("\ufeff" + text, encoding="utf-8", newline="\n")


def main(folder: Path) -> None:
    """Write the three sheets into a folder."""
    rows = with_slips(ratings(Random(SEED)))
    write(folder / "organisations.csv", organisations())
    write(folder / "ratings-as-typed.csv", as_typed(rows))
    write(folder / "ratings.csv", rows)


if __name__ == "__main__":
    main(Path(__file__).parent)
