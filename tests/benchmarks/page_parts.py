"""Parts of the page of performance that are measured apart, between marks unseen by readers."""

from __future__ import annotations

import re

_MARKED = re.compile(r"<!-- part: ([\w-]+) -->\n.*?<!-- end of \1 -->\n", re.DOTALL)


def marked(name: str, text: str) -> str:
    """Return a part between its marks."""
    return f"<!-- part: {name} -->\n{text.strip()}\n<!-- end of {name} -->\n"


def put(page: str, name: str, text: str) -> str:
    """Return a page with a part in its old place, or at the end where it had none."""
    part = marked(name, text)
    for found in _MARKED.finditer(page):
        if found[1] == name:
            return page[: found.start()] + part + page[found.end() :]
    return f"{page.rstrip()}\n\n{part}"


def carried(old: str, new: str) -> str:
    """Return a new page with the marked parts of the old one that it lacks itself."""
    present = {found[1] for found in _MARKED.finditer(new)}
    kept = [found[0] for found in _MARKED.finditer(old) if found[1] not in present]
    return "\n".join([f"{new.rstrip()}\n", *kept]) if kept else new
