"""Writes the workshop kit, and the numbers of the stories, into the pages of the documentation.

    python -m simulation.browser.learn.kit    # docs/workshop-kit.md, part of docs/workshops.md

The words are those of the page; a test fails when the files are out of date.
"""

from __future__ import annotations

import re
from pathlib import Path

from simulation.browser.learn.evidence import ROOT
from simulation.browser.learn.script import (
    Block,
    Card,
    Grid,
    Heading,
    Paragraph,
    Points,
    Prompt,
    blocks,
)
from simulation.browser.learn.stories import stories
from simulation.browser.words import say
from simulation.errors import InputError

KIT = ROOT / "docs" / "workshop-kit.md"
GUIDE = ROOT / "docs" / "workshops.md"
MADE = re.compile(r"(<!-- stories: made by [^\n]* -->\n).*?(<!-- stories: end -->)", re.DOTALL)


def kit() -> str:
    """Return the whole kit as Markdown."""
    head = f"# {say('kit.title')}\n\n<!-- {say('kit.made_note')} -->\n\n{say('kit.lead')}\n"
    return head + "".join(f"\n{_markdown(block)}\n" for block in blocks())


def guide(text: str) -> str:
    """Return the facilitators' page with the findings of the stories brought up to date.

    Raises:
        InputError: where the marks of the findings are missing.
    """
    if not MADE.search(text):
        raise InputError("the marks of the findings are missing", file=GUIDE.name)
    return MADE.sub(lambda found: f"{found[1]}\n{findings()}\n{found[2]}", text)


def findings() -> str:
    """Return what was found for each story, with its commands, as Markdown."""
    lines = []
    for story in stories().values():
        lines += [f"**{story.words('title')}** {story.words('question')}", ""]
        for finding in story.findings():
            lines += [f"- {finding.text}", f"  `{finding.command}`"]
        lines += ["", story.words("town.seen"), ""]
    return "\n".join(lines)


def _markdown(block: Block) -> str:
    match block:
        case Heading(level, text):
            return f"{'#' * level} {text}"
        case Paragraph(text, link):
            return f"{text}: `{link}`" if link else text
        case Points(items, numbered):
            return "\n".join(f"{n}. {t}" if numbered else f"- {t}" for n, t in enumerate(items, 1))
        case Grid(_, columns, rows):
            head = [_row(columns), _row(tuple("---" for _ in columns))]
            return "\n".join([*head, *map(_row, rows)])
        case Card(title, lines):
            told = "\n".join(f"- **{name}**: {text}" for name, text in lines)
            return f"### {title}\n\n{told}"
        case Prompt(name, ask, where, href):
            opened = f" `{href}`" if href else ""
            return f"- **{name}** {ask}\n  *{where}*{opened}"


def _row(cells: tuple[str, ...]) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def write(kit_file: Path = KIT, guide_file: Path = GUIDE) -> None:
    """Write both pages."""
    kit_file.write_text(kit(), encoding="utf-8")
    guide_file.write_text(guide(guide_file.read_text(encoding="utf-8")), encoding="utf-8")


if __name__ == "__main__":
    write()
