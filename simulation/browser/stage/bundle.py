"""The stage's script and style as text: modules laid one after another, with no build step.

The modules in `js/` use one form only: `import { name } from "./module.js";`, one name a line, and
named exports. Names at the top level differ between all modules. So a module after all those it
imports, without the words `import` and `export`, is one script that means the same.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

HERE = Path(__file__).parent
MODULES = HERE / "js"
IMPORT = re.compile(r'^import \{ \w+ \} from "\./([\w-]+\.js)";\n', re.MULTILINE)
COMMENT = re.compile(r"^ */\*\*.*?\*/\n", re.MULTILINE | re.DOTALL)
EXPORT = re.compile(r"^export (?=(async function|function|class|const) )", re.MULTILINE)


def order(*entries: str) -> tuple[str, ...]:
    """Return modules and all that they import, each once and after what it imports.

    Args:
        *entries: file names in `js/`.

    Raises:
        ValueError: where modules import each other in a circle.
    """
    done: list[str] = []

    def visit(name: str, above: tuple[str, ...]) -> None:
        if name in above:
            raise ValueError(f"modules import each other: {' -> '.join((*above, name))}")
        if name in done:
            return
        for needed in IMPORT.findall(_text(name)):
            visit(needed, (*above, name))
        done.append(name)

    for entry in entries:
        visit(entry, ())
    return tuple(done)


@cache
def script(*entries: str) -> str:
    """Return modules and all that they import as one script without imports and exports.

    Args:
        *entries: file names in `js/`; the stage alone where none is given.
    """
    parts = []
    for name in order(*(entries or ("stage.js",))):
        text = EXPORT.sub("", IMPORT.sub("", _text(name))).strip()
        parts.append(f"// ---- {name}\n{text}\n")
    return "\n".join(parts)


def module() -> str:
    """Return the stage as a module for anywidget."""
    return f"{script('widget.js')}\nexport default {{ render: renderWidget }};\n"


def player() -> str:
    """Return the stage as a script for a replay: it defines `playReplay`."""
    body = script("player.js")
    return f"const playReplay = (() => {{\n{body}\nreturn playReplay;\n}})();\n"


@cache
def style() -> str:
    """Return the stage's style sheet."""
    return (HERE / "stage.css").read_text(encoding="utf-8")


def _text(name: str) -> str:
    return COMMENT.sub("", (MODULES / name).read_text(encoding="utf-8"))
