"""Runs the notebooks of this folder anew and keeps what they show.

    python docs/notebooks/execute.py

Each is run in an empty folder by the Python that runs this file. What is kept depends on nothing
but the code: no path, no time, no name of a machine.
"""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
PATIENCE = 600
"""Seconds that one cell may take."""


def notebooks() -> list[Path]:
    """Return the notebooks, in the order in which they are meant to be read."""
    return sorted(HERE.glob("*.ipynb"))


def executed(file: Path) -> Any:
    """Return a notebook as it looks after it has been run.

    Raises:
        nbclient.exceptions.CellExecutionError: a cell fails.
    """
    import nbformat
    from jupyter_client import AsyncKernelManager
    from jupyter_client.kernelspec import KernelSpec
    from nbclient import NotebookClient

    notebook = nbformat.read(file, as_version=4)
    command = [
        sys.executable,
        "-m",
        "ipykernel_launcher",
        "-f",
        "{connection_file}",
        "--log-level=40",
    ]
    manager = AsyncKernelManager()
    manager._kernel_spec = KernelSpec(argv=command, display_name="Python", language="python")
    found = os.environ.get("PYTHONPATH")
    path = os.pathsep.join([str(ROOT), *([found] if found else [])])
    with tempfile.TemporaryDirectory() as folder:
        client = NotebookClient(
            notebook, km=manager, timeout=PATIENCE, resources={"metadata": {"path": folder}}
        )
        client.execute(env={**os.environ, "PYTHONPATH": path})
    return plain(notebook)


def plain(notebook: Any) -> Any:
    """Take out of a notebook all that changes from one run or machine to the next."""
    for cell in notebook.cells:
        cell.metadata = {}
        if "outputs" in cell:
            cell.outputs = [o for o in cell.outputs if o.get("name") != "stderr"]
        for output in cell.get("outputs", []):
            output.pop("execution_count", None)
            output.get("metadata", {}).pop("filenames", None)
            if output["output_type"] == "execute_result":
                output["execution_count"] = cell["execution_count"]
    notebook.metadata = {
        "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
        "language_info": {"name": "python"},
    }
    return notebook


def main() -> None:
    """Run all notebooks and write them back."""
    import nbformat

    for file in notebooks():
        nbformat.write(executed(file), file)
        sys.stdout.write(f"{file.name}\n")


if __name__ == "__main__":
    main()
