"""The processes of a month as the pages show them: equations, and the table of parameters.

The text is the docstring of the process, word for word. Its indented paragraphs, and those set in
two columns, become blocks of code; the rest is prose.
"""

from __future__ import annotations

import importlib
import inspect
import re
from collections.abc import Iterator
from textwrap import dedent

from experiments.reference_docs.tables import cell, table
from simulation import start as start_module
from simulation.parameters import ParameterInfo, all_parameters
from simulation.processes import MONTH
from simulation.processes.base import ASSUMPTION


def every_process() -> str:
    """Return a section for each process, in the month's order."""
    parts = []
    for process in MONTH:
        words = inspect.getdoc(importlib.import_module(process.__module__)) or ""
        title, _, text = words.partition("\n\n")
        file = process.__module__.replace(".", "/") + ".py"
        parts.append(f"### {' '.join(title.split())}\n\nIn `{file}`.\n\n{as_markdown(text)}")
        parts.append(parameters_of(process.name))
    return "\n\n".join(part for part in parts if part)


def start() -> str:
    """Return how a community begins, and the parameters of it."""
    text = (inspect.getdoc(start_module) or "").partition("\n\n")[2]
    return f"{as_markdown(text)}\n\n{parameters_of('start')}"


def parameters_of(name: str) -> str:
    """Return the table of the parameters of one process."""
    rows = [_row(p) for p in all_parameters() if p.key.partition(".")[0] == name]
    return table(["parameter", "default", "range", "unit", "meaning", "source"], rows)


def parameter_counts() -> str:
    """Say how many parameters there are, and how many of them are assumptions."""
    found = [p for p in all_parameters() if not p.key.endswith(".enabled")]
    assumed = sum(p.source == ASSUMPTION for p in found)
    return (
        f"There are {len(found)} parameters beside the switches; {assumed} of their defaults are "
        f"assumptions, {len(found) - assumed} follow a source."
    )


def _row(p: ParameterInfo) -> list[str]:
    source = p.source.partition(",")[0] if p.source == ASSUMPTION else p.source
    if p.unit == "flag":
        source = ""
    words = [f"`{p.key}`", cell(p.default), _range(p), cell(p.unit), cell(p.meaning)]
    return [*words, cell(source)]


def _range(p: ParameterInfo) -> str:
    choices = getattr(p.kind, "__args__", ()) if "Literal" in str(p.kind) else ()
    if choices:
        return ", ".join(cell(choice) for choice in choices)
    if isinstance(p.default, bool):
        return "true, false"
    if p.low is None and p.high is None:
        return "list" if isinstance(p.default, tuple) else "any"
    return f"{cell(p.low)} – {cell(p.high)}"


# ------------------------------------------------------------------------------- docstrings

_STEP = re.compile(r"^(\d+)\. ")
_LISTLIKE = re.compile(r"^([-+>#]) ", re.MULTILINE)
_HEADER = ["kind", "what it does"]
_ENTRY = re.compile(r"^(\S(?:.*?\S)?)\s{2,}(\S.*)$")


def as_markdown(text: str) -> str:
    """Return a docstring as Markdown: equations as code, the rest as prose."""
    blocks: list[str] = []
    for lines, code in _blocks(text):
        if code:
            blocks.append("```text\n" + dedent("\n".join(lines)).strip("\n") + "\n```")
        elif any(line.startswith(" " * 8) for line in lines):
            blocks.append(_definitions(lines))
        else:
            blocks.append(_paragraph(lines))
    return "\n\n".join(blocks)


def _blocks(text: str) -> Iterator[tuple[list[str], bool]]:
    """Yield paragraphs, and whether they are indented; indented neighbours are joined."""
    waiting: list[str] = []
    for paragraph in re.split(r"\n\s*\n", text.strip("\n")):
        lines = paragraph.split("\n")
        if all(line.startswith("    ") for line in lines):
            waiting += ["", *lines] if waiting else lines
            continue
        if waiting:
            yield waiting, True
            waiting = []
        yield lines, False
    if waiting:
        yield waiting, True


def _definitions(lines: list[str]) -> str:
    """Return a paragraph in two columns as a list."""
    entries: list[list[str]] = []
    for line in lines:
        match = None if line.startswith(" ") else _ENTRY.match(line)
        if match:
            entries.append([match[1], match[2]])
        elif entries:
            entries[-1][1] += " " + line.strip()
        else:
            entries.append(["", line])
    if entries[0] == _HEADER:
        del entries[0]
    return "\n".join(f"- `{name}`: {_prose(words)}" for name, words in entries)


def _paragraph(lines: list[str]) -> str:
    """Return a paragraph; a step that stands alone keeps its number, whatever surrounds it."""
    steps = [line for line in lines if _STEP.match(line)]
    words = [_prose(line.strip() if len(steps) < 2 else line) for line in lines]
    if len(steps) == 1:
        words = [_STEP.sub(r"\1\\. ", line) for line in words]
    return "\n".join(_LISTLIKE.sub(r"\\\1", line) for line in words)


def _prose(line: str) -> str:
    """Keep stars and angles of formulas from being read as Markdown; code in quotes stays."""
    pieces = line.split("`")
    for n in range(0, len(pieces), 2):
        words = pieces[n].replace("**", "\\*\\*").replace("<", "&lt;")
        pieces[n] = re.sub(r"\[([^\]]*)\](?=[(\[])", r"\\[\1\\]", words)
    return "`".join(pieces)
