"""The notebooks: run anew, they show what stands in them."""

import importlib.util
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

nbformat = pytest.importorskip("nbformat")
pytest.importorskip("nbclient")
pytest.importorskip("ipykernel")

ROOT = Path(__file__).parents[1]
FOLDER = ROOT / "docs" / "notebooks"
NOTEBOOKS = sorted(FOLDER.glob("*.ipynb"))
AGAIN = "python docs/notebooks/execute.py keeps the new ones"


def runner() -> ModuleType:
    """The script that runs notebooks."""
    specification = importlib.util.spec_from_file_location("execute", FOLDER / "execute.py")
    assert specification is not None
    assert specification.loader is not None
    module = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(module)
    return module


def shown(notebook: Any) -> list[list[Any]]:
    """What each cell shows: its text, and that there is a figure (its bytes hang on fonts)."""
    cells = []
    for cell in notebook.cells:
        texts: list[Any] = []
        for output in cell.get("outputs", []):
            data = output.get("data", {})
            texts += [output.get("text"), data.get("text/plain"), "image/png" in data]
        cells.append(texts)
    return cells


def test_there_are_three():
    assert len(NOTEBOOKS) == 3


@pytest.mark.parametrize("file", NOTEBOOKS, ids=lambda f: f.stem)
def test_it_shows_what_it_showed_before(file):
    kept = nbformat.read(file, as_version=4)
    new = runner().executed(file)
    for number, (was, now) in enumerate(zip(shown(kept), shown(new), strict=True)):
        assert now == was, f"cell {number} of {file.name} shows something else: {AGAIN}"


@pytest.mark.parametrize("file", NOTEBOOKS, ids=lambda f: f.stem)
def test_its_outputs_are_there_and_tell_nothing_of_a_machine(file):
    notebook = nbformat.read(file, as_version=4)
    nbformat.validate(notebook)
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert [cell.execution_count for cell in code] == list(range(1, len(code) + 1))
    outputs = [output for cell in code for output in cell.outputs]
    assert sum("image/png" in output.get("data", {}) for output in outputs) >= 1
    assert not [o for o in outputs if o.get("name") == "stderr" or o["output_type"] == "error"]
    told = str([{k: v for k, v in o.get("data", {}).items() if k != "image/png"} for o in outputs])
    told += " ".join(o.get("text", "") for o in outputs)
    for word in ("/home", "/tmp", "/work", "Warning", str(ROOT), str(Path.home())):
        assert word not in told


@pytest.mark.parametrize("file", NOTEBOOKS, ids=lambda f: f.stem)
def test_every_figure_says_what_it_shows(file):
    notebook = nbformat.read(file, as_version=4)
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            if "image/png" in output.get("data", {}):
                metadata = output["metadata"]
                words = metadata.get("image/png", metadata).get("alt", "")
                assert len(words) > 40
