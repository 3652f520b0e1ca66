"""Examples that stand in the pages word for word, and are run by the tests as files."""

from __future__ import annotations

from pathlib import Path


def embedded(root: Path, name: str, language: str) -> str:
    """Return a file of `docs/examples/` as a block of code."""
    text = (root / "docs" / "examples" / name).read_text("utf-8")
    return f"```{language}\n{text.rstrip()}\n```"
