"""Store: a folder in which the runs of sweeps are kept, and never lost.

Begin with `Store.open` or `Store.create_or_open`. What is named here is read only when it is asked
for: the schema of a run is needed in places where no store is.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from experiments.store.answer import Answer
    from experiments.store.compacting import compact
    from experiments.store.exporting import export
    from experiments.store.informing import info
    from experiments.store.plan import Known, Plan
    from experiments.store.store import Store
    from experiments.store.verifying import verify
    from experiments.store.writer import Writer

_WHERE = {
    "Answer": "answer",
    "Known": "plan",
    "Plan": "plan",
    "Store": "store",
    "Writer": "writer",
    "compact": "compacting",
    "export": "exporting",
    "info": "informing",
    "verify": "verifying",
}

__all__ = ["Answer", "Known", "Plan", "Store", "Writer", "compact", "export", "info", "verify"]


def __getattr__(name: str) -> Any:
    if name in _WHERE:
        return getattr(importlib.import_module(f"experiments.store.{_WHERE[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
