"""Doomed: a process of one's own that goes wrong, in every way that a sweep has to survive."""

import os
import signal
import tempfile
import time
from pathlib import Path

import numpy as np

from simulation.community import CommunityModel
from simulation.processes import Process, ProcessParameters, parameter

WAYS = ("no", "raise", "nan", "exit", "kill", "kill once", "hang", "pause")


class Parameters(ProcessParameters):
    """How it goes wrong."""

    way: int = parameter(0, "position in WAYS", low=0, high=len(WAYS) - 1)
    month: int = parameter(2, "when", low=1, high=100)
    seconds: float = parameter(0.01, "length of a pause", unit="s", low=0, high=10)
    mark: int = parameter(0, "number of the file that tells of a kill", low=0, high=10**9)


class Doomed(Process[Parameters]):
    """Go wrong in one month."""

    name = "doomed"
    after = "housing"

    def apply(self, community: CommunityModel, p: Parameters) -> None:
        """Go wrong."""
        if community.month != p.month:
            return
        way = WAYS[p.way]
        if way == "raise":
            raise ZeroDivisionError("doomed to fail")
        if way == "nan":
            community.residents.wellbeing[:] = np.nan
        if way == "exit":
            os._exit(3)
        if way == "kill":
            os.kill(os.getpid(), signal.SIGKILL)
        if way == "kill once":
            _once(p.mark)
        if way == "hang":
            time.sleep(600)
        if way == "pause":
            time.sleep(p.seconds)


def _once(number: int) -> None:
    """Kill this process unless that was done before, which a file tells."""
    mark = Path(tempfile.gettempdir()) / f"doomed-{number}"
    try:
        mark.touch(exist_ok=False)
    except FileExistsError:
        return
    os.kill(os.getpid(), signal.SIGKILL)
