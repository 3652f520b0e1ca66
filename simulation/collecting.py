"""The record of a community as a Mesa `DataCollector`, so that `mesa.batch_run` reports it.

Nothing is stored twice: what Mesa asks for is read from `simulation.recorder`. A researcher who
wants other data sets `model.datacollector` to a collector of their own, as in any Mesa model.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import mesa

from simulation.recorder import ALL, Measure

if TYPE_CHECKING:
    from simulation.community import CommunityModel


class RecordedData(mesa.DataCollector):  # type: ignore[misc]
    """All recorded measures as model variables, one value a month from month 0.

    A measure of everyone in the place has its own name (`wellbeing`); others carry the group and,
    for people followed wherever they are, the boundary (`wellbeing:north`, `wellbeing:all:people`).
    Values not taken in a month are nan.
    """

    def __init__(self, model: CommunityModel) -> None:
        self._model = model
        self._read: tuple[Any, int, dict[str, list[float]]] = (None, 0, {})
        super().__init__()

    @property
    def model_reporters(self) -> dict[str, Any]:
        """Names of the measures, and functions of the model that return the last value."""
        keys = self._model.recorder.keys
        return {reporter_name(key): partial(_latest, key=key) for key in keys}

    @model_reporters.setter
    def model_reporters(self, value: Any) -> None: ...

    @property
    def model_vars(self) -> dict[str, list[float]]:
        """All values so far, by measure."""
        recorder = self._model.recorder
        months = recorder.months.size
        if self._read[0] is not recorder or self._read[1] != months:
            columns = recorder.values.T.tolist()
            names = map(reporter_name, recorder.keys)
            self._read = (recorder, months, dict(zip(names, columns, strict=True)))
        return self._read[2]

    @model_vars.setter
    def model_vars(self, value: Any) -> None: ...

    @property
    def _collection_steps(self) -> list[int]:
        steps: list[int] = self._model.recorder.months.tolist()
        return steps

    @_collection_steps.setter
    def _collection_steps(self, value: Any) -> None: ...

    def collect(self, model: CommunityModel) -> None:
        """Do nothing: the last process of each month has recorded it."""


def reporter_name(key: Measure) -> str:
    """Return the name under which Mesa reports a measure."""
    if key.boundary != "place":
        return f"{key.measure}:{key.group}:{key.boundary}"
    return key.measure if key.group == ALL else f"{key.measure}:{key.group}"


def _latest(model: CommunityModel, key: Measure) -> float:
    return model.recorder.latest(*key)
