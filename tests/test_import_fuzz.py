"""A thousand malformed tables: imported, or refused in one clear line; nothing half-written."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import networkx as nx
import pytest

from scenarios.importing import import_community
from simulation.errors import InputError
from tests.fuzzer import CELLS, XML, misspell, spoil_bytes, spoil_lines
from tests.import_data import GOOD, ORGANISATIONS, PEOPLE, names_found

SEED = 6
ODD = (
    *CELLS, "1,5", "0,5", "1.234,5", "50 %", "-3", "4", "5", "#N/A", "n/a", "'1", "1e400", "=1+1",
    "\u00a0", "\ufeff", "Adaeze", "adaeze", "Oakfield Council", "١٢", "½", "sep=,",
)  # fmt: skip
HEADERS = ("", " ", "person", "Person", "source", "trust", "sector", "name", "0", "é", "a\nb", "id")
ENCODINGS = ("cp1252", "utf-16", "utf-16-be", "utf-8-sig", "utf-32", "latin-1", "cp037", "utf-7")


def spoilt(count: int) -> Iterator[tuple[str, bytes]]:
    """Yield a role with a spoilt file for it."""
    luck = random.Random(SEED)
    graph = "\n".join(
        nx.generate_graphml(nx.relabel_nodes(nx.path_graph(4), dict(enumerate("abcd"))))
    )
    texts = {**GOOD, "graph": graph}
    for n in range(count):
        role = list(texts)[n % len(texts)]
        raw = texts[role].encode()
        for _ in range(luck.choice([1, 1, 1, 2, 4])):
            raw = _spoil(raw, role, luck)
        yield role, raw


def _spoil(raw: bytes, role: str, luck: random.Random) -> bytes:
    text = raw.decode("utf-8", "replace")
    way = luck.randrange(7)
    if way == 0 or not text.strip():
        return spoil_bytes(raw or b"x", luck)
    if way == 1:
        return text.encode(luck.choice(ENCODINGS), "replace")
    if role == "graph":
        at = luck.randrange(len(text))
        return (text[:at] + luck.choice(XML) + text[at:]).encode("utf-8", "replace")
    if way == 2:
        lines = text.split("\n")
        cells = lines[0].split(",")
        at = luck.randrange(len(cells))
        cells[at] = luck.choice([*HEADERS, misspell(cells[at] or "x", luck)])
        return "\n".join([",".join(cells), *lines[1:]]).encode("utf-8", "replace")
    if way == 3:
        return text.replace(",", luck.choice([";", "\t", "|", ", ", " ", ",,"])).encode()
    if way == 4:
        return spoil_lines(text, luck, ODD, ",").encode("utf-8", "replace")
    lines = text.split("\n")
    at = luck.randrange(len(lines))
    cells = lines[at].split(",")
    cells[luck.randrange(len(cells))] = luck.choice(ODD)
    lines[at] = ",".join(cells)
    return "\n".join(lines).encode("utf-8", "replace")


def arguments(role: str, path: Path) -> dict[str, Any]:
    """Return what goes with a spoilt file: the good files it refers to."""
    needs = {
        "ties": ("people",), "services": ("people", "institutions"), "partners": ("institutions",),
    }.get(role, ())  # fmt: skip
    return {role: path} | {need: f"{need}.csv" for need in needs}


def test_a_thousand_spoilt_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for role, text in GOOD.items():
        Path(f"{role}.csv").write_text(text, encoding="utf-8")
    names = [*PEOPLE, *ORGANISATIONS]
    made = refused = 0
    before = {p.name for p in tmp_path.iterdir()}
    for n, (role, raw) in enumerate(spoilt(1000)):
        path = Path(f"spoilt-{n}.graphml" if role == "graph" else f"spoilt-{n}.csv")
        path.write_bytes(raw)
        out = f"town-{n}"
        try:
            report = import_community(**arguments(role, path), out=out, salt="a secret of ours")
        except InputError as error:
            line = str(error)
            assert line.isprintable(), (n, line)
            assert path.name in line, (n, line)
            assert 20 < len(line) < 2000, (n, line)
            assert {p.name for p in tmp_path.iterdir()} == {*before, path.name}, n
            refused += 1
        else:
            assert {p.name for p in tmp_path.iterdir()} == {
                *before,
                path.name,
                out,
                f"{out}-key.csv",
            }
            assert {"report.md", "report.json", f"{out}.toml"} <= {
                p.name for p in report.folder.iterdir()
            }
            known = list(PEOPLE) if role == "people" else names  # those that this import knows
            assert names_found(report.folder, known) == [], n
            for file in report.folder.iterdir():
                file.unlink()
            report.folder.rmdir()
            Path(f"{out}-key.csv").unlink()
            made += 1
        path.unlink()
    assert made > 200
    assert refused > 200
