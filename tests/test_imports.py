"""`import simulation` stays light: a sweep's worker pays for nothing it does not use."""

import subprocess
import sys

import pytest

HEAVY = ("solara", "matplotlib", "dask", "distributed", "mesa.visualization", "altair")
OTHERS = ("scenarios", "experiments")
BUILD_AND_STEP = """
from simulation.agents import Resident
from simulation.community import CommunityModel
model = CommunityModel(groups=[{"name": "all", "size": 20}], spin_up=0, months=2)
model.run()
model.series()
model.agents_by_type[Resident].agg("opinion", max)
"""


@pytest.mark.parametrize("code", ["import simulation", BUILD_AND_STEP], ids=["import", "run"])
def test_the_model_loads_no_front_door_and_no_drawing(code):
    look = f"\nimport sys\nprint(*[n for n in {HEAVY + OTHERS!r} if n in sys.modules])"
    done = subprocess.run(
        [sys.executable, "-c", code + look], capture_output=True, text=True, check=True
    )
    assert done.stdout.split() == []


def test_the_look_itself_would_see_them():
    code = "import mesa.visualization, sys\nprint('mesa.visualization' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    if done.returncode:
        pytest.skip("Mesa's visualization is not installed")
    assert done.stdout.strip() == "True"
