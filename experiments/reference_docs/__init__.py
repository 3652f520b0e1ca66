"""Reference docs: the parts of `docs/` that are made from the code, so that they cannot go stale.

A page marks where such a part goes:

    <!-- made: parameters -->
    ... replaced ...
    <!-- end -->

`python -m experiments.reference_docs` writes all of them; with `--check` it only says which pages
are out of date. The tests do the same, so a change of a parameter, a column or a module that is not
written into the pages is noticed.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

from experiments.reference_docs import examples, modules, processes, tables
from simulation.errors import InputError, nearest_name

ROOT = Path(__file__).resolve().parents[2]
"""The folder of the sources; an installed copy has no pages."""

PARTS: dict[str, Callable[[Path], str]] = {
    "modules": modules.module_map,
    "state": lambda root: tables.state(),
    "settings": lambda root: tables.settings(),
    "events": lambda root: tables.events(),
    "measures": lambda root: tables.measures(),
    "outcomes": lambda root: tables.outcomes(),
    "start": lambda root: processes.start(),
    "processes": lambda root: processes.every_process(),
    "parameter-counts": lambda root: processes.parameter_counts(),
    "small-town": lambda root: examples.embedded(root, "small-town.toml", "toml"),
    "small-town-longer": lambda root: examples.embedded(root, "small-town-longer.toml", "toml"),
    "gossip": lambda root: examples.embedded(root, "gossip.py", "python"),
}
"""What can be made, by the name that a page gives."""

_PART = re.compile(r"^<!-- made: (?P<name>[\w-]+) -->\n.*?^<!-- end -->$", re.DOTALL | re.MULTILINE)


def pages(root: Path = ROOT) -> list[Path]:
    """Return the pages of the documentation, sorted.

    Raises:
        InputError: where there is no such folder.
    """
    folder = root / "docs"
    if not folder.is_dir():
        raise InputError("the pages are not here; run this in the folder of the sources")
    return sorted(folder.rglob("*.md"))


def made(text: str, root: Path = ROOT) -> str:
    """Return the text of a page with all its made parts made anew.

    Raises:
        InputError: for a mark that names nothing, or has no end.
    """
    if text.count("<!-- made: ") != len(_PART.findall(text)):
        raise InputError("a mark '<!-- made: … -->' stands without its '<!-- end -->'")

    def fill(match: re.Match[str]) -> str:
        name = match["name"]
        if name not in PARTS:
            near = nearest_name(name, PARTS)
            raise InputError("there is no such part to make", found=name, nearest=near)
        return f"<!-- made: {name} -->\n\n{PARTS[name](root).strip()}\n\n<!-- end -->"

    return _PART.sub(fill, text)


def stale(root: Path = ROOT) -> list[Path]:
    """Return the pages whose made parts are out of date."""
    return [p for p in pages(root) if made(text := p.read_text("utf-8"), root) != text]


def write(root: Path = ROOT) -> list[Path]:
    """Bring all pages up to date; return those that changed."""
    changed = stale(root)
    for page in changed:
        page.write_text(made(page.read_text("utf-8"), root), "utf-8", newline="\n")
    return changed
