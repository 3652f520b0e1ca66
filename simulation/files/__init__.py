"""Files that people write: their bytes, lines, cells and numbers, each refusal in one clear line.

What is read here knows nothing of ties or people; `simulation.ties_file` and
`simulation.people_file` say which columns there are and what they mean.
"""

from __future__ import annotations

from simulation.files.cells import (
    PARTS,
    check_name,
    check_trust,
    flag,
    number,
    trust_of,
    wrong,
)
from simulation.files.content import content_of
from simulation.files.lines import Lines, read_lines

__all__ = [
    "PARTS",
    "Lines",
    "check_name",
    "check_trust",
    "content_of",
    "flag",
    "number",
    "read_lines",
    "trust_of",
    "wrong",
]
