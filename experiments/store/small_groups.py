"""Small groups of real people in a store: which scenarios have them, so that no export tells.

Rows hold numbers, not scenarios. So a store notes, before the first run of a scenario that starts
from real people, which of its groups are left out of what is shared (`experiments.suppression`).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import asdict
from typing import Any

from experiments.store.folder import Folder, read_json, write_json
from experiments.suppression import LeftOut, left_out_of
from experiments.sweeping.subject import Subject
from simulation.errors import InputError


def left_out_of_subject(subject: Subject) -> LeftOut:
    """Return which groups of a subject are left out; none where it is no community."""
    specification: Any = getattr(subject, "specification", None)
    return LeftOut() if specification is None else left_out_of(specification)


def note_groups(folder: Folder, subjects: Iterable[Subject], known: dict[str, LeftOut]) -> None:
    """Write down which groups of new subjects are left out.

    Args:
        folder: the store.
        subjects: what is to be run.
        known: what is written down already, by the id of the subject; new ones are added.

    Raises:
        InputError: it cannot be written.
    """
    new = {s.id: left for s in subjects if (left := left_out_of_subject(s)) and s.id not in known}
    for left in dict.fromkeys(new.values()):
        ids = sorted(name for name, other in new.items() if other == left)
        text = json.dumps([asdict(left), ids], sort_keys=True)
        name = hashlib.blake2b(text.encode(), digest_size=16).hexdigest()
        write_json(folder / "groups" / f"{name}.json", {"left_out": asdict(left), "of": ids})
    known.update(new)


def read_groups(folder: Folder, *, to_write: bool = False) -> dict[str, LeftOut]:
    """Return which groups are left out, by the id of the scenario; others have none.

    Args:
        folder: the store.
        to_write: pass over damaged files: the sweep that wrote one writes it anew.

    Raises:
        InputError: a file is damaged.
    """
    found: dict[str, LeftOut] = {}
    for name in folder.files("groups", ".json"):
        try:
            data = read_json(folder / name)
        except InputError:
            if to_write:
                continue
            raise InputError(
                "damaged: it says which small groups of people are not to be shared",
                file=folder / name, mend="give the same sweep again, which writes it anew",
            ) from None  # fmt: skip
        words = data["left_out"]
        left = LeftOut(
            tuple(words["groups"]), tuple(words["order"]), words["everyone"], tuple(words["lines"])
        )
        found.update(dict.fromkeys(data["of"], left))
    return found
