"""A small invented partnership and town, as CSV files that `kindling import` takes."""

from __future__ import annotations

from pathlib import Path

PEOPLE = {
    "Adaeze": "north", "Bertrand": "north", "Cosima": "north", "Dragomir": "north",
    "Eulalia": "north", "Fridolin": "south", "Gwendolyn": "south", "Hieronymus": "south",
    "Ismene": "south", "Jolanthe": "south", "Kasimir": "south", "Leocadia": "south",
}  # fmt: skip
ORGANISATIONS = {
    "Mercywell Hospital": "hospital",
    "Oakfield Council": "local government",
    "Brightwater Fund": "foundation",
    "Hollybank Neighbours": "non-profit",
    "Larkspur School": "education",
}


def people_csv() -> str:
    rows = [
        f"{name},{group},{0.3 + 0.05 * n:.2f},{'yes' if n % 2 else 'no'}"
        for n, (name, group) in enumerate(PEOPLE.items())
    ]
    return "\n".join(["person,group,opinion,lived_experience", *rows]) + "\n"


def ties_csv() -> str:
    names = list(PEOPLE)
    rows = [
        f"{name},{names[(n + step) % 12]},{1 + (n + step) % 4},{1 + n % 4},{4 - n % 4}"
        for n, name in enumerate(names)
        for step in (1, 3)
    ]
    return "\n".join(["source,target,reliability,openness,mission", *rows]) + "\n"


def institutions_csv() -> str:
    rows = [f"{name},{sector}" for name, sector in ORGANISATIONS.items()]
    return "\n".join(["name,sector", *rows]) + "\n"


def partners_csv() -> str:
    names = list(ORGANISATIONS)
    head = "source,target,reliability,mission,openness,power,involvement,resources"
    rows = [
        f"{a},{b},{1 + (i + j) % 4},{2 + i * j % 3},3,{4 - j % 4},{1 + j % 4},{1 + (i + 2 * j) % 4}"
        for i, a in enumerate(names[:4])
        for j, b in enumerate(names)
        if i != j
    ]
    return "\n".join([head, *rows]) + "\n"


def services_csv() -> str:
    names, organisations = list(PEOPLE), list(ORGANISATIONS)
    rows = [f"{name},{organisations[n % 5]},{1 + n % 4}" for n, name in enumerate(names)]
    return "\n".join(["person,institution,trust", *rows]) + "\n"


GOOD = {
    "people": people_csv(),
    "ties": ties_csv(),
    "institutions": institutions_csv(),
    "partners": partners_csv(),
    "services": services_csv(),
}


def write_good(folder: Path) -> dict[str, Path]:
    """Write the five files and return their paths by role."""
    paths = {role: folder / f"{role}.csv" for role in GOOD}
    for role, path in paths.items():
        path.write_text(GOOD[role], encoding="utf-8")
    return paths


def names_found(folder: Path, names: list[str]) -> list[str]:
    """Return the names that stand anywhere under a folder, in contents or in file names."""
    texts = [p.read_bytes().lower() for p in folder.rglob("*") if p.is_file()]
    texts += [str(p.relative_to(folder)).lower().encode() for p in folder.rglob("*")]
    return [n for n in names if any(n.lower().encode() in text for text in texts)]
