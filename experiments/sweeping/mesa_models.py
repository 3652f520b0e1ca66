"""Any Mesa model as something that can be swept, kept and asked like a community.

A `MesaModel` is a class, the values of its parameters, and how many steps to take. Its months are
its steps; its measures are what its own `DataCollector` reports, or reporters named here. What a
run comes to is the last value of each. Nothing in the model has to be changed.
"""

from __future__ import annotations

import importlib
import inspect
import random
import sys
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, get_type_hints

import numpy as np

from experiments.store.schema import EVERYTHING
from experiments.sweeping.mesa_notes import Notes, Reporters, named
from experiments.sweeping.mesa_sources import digest, function_code, model_code, plain
from experiments.sweeping.subject import Simulated, Stage
from simulation.chance import derive
from simulation.errors import InputError

LARGEST_SEED = 2**32


def seed_of(seed: int, replicate: int) -> int:
    """Return the seed that a Mesa model is given for a replicate: `rng=` or `seed=`.

    Below 2³², as some of the libraries that models use take no larger one.
    """
    return derive(seed, replicate) % LARGEST_SEED


@dataclass(frozen=True, eq=False)
class MesaModel:
    """A Mesa model, the values of its parameters, and what is kept of it.

    Attributes:
        model: the class, or "module:Class"; then the module is looked for in this folder too.
        parameters: values for its constructor, or for its `Scenario`; seeds are given by the run.
        steps: most steps to take; fewer where the model sets `running` to False. Part of the id:
            a model may look at it, so a longer run does not begin with the shorter one.
        reporters: what to keep: names, or names with functions of the model; default: all that its
            own `DataCollector` reports of the model.
        missing: whether a reporter may give no number (`None`, nan, infinity); otherwise that run
            has failed.
        scenario: the class of its `mesa.experimental.scenarios.Scenario`, for a model that takes
            one; found by itself where the model's module has one only.

    Raises:
        InputError: there is no such class, it takes no seed, or a value is of a strange kind.
    """

    model: type
    parameters: Mapping[str, Any] = field(default_factory=dict)
    steps: int = 1000
    reporters: Reporters | None = None
    missing: bool = False
    scenario: type | None = None
    kind: str = "mesa"
    code: str = field(init=False)
    id: str = field(init=False)

    def __post_init__(self) -> None:
        """Find the class and work out the ids, once and for all processes."""
        put = object.__setattr__
        put(self, "model", found_class(self.model))
        put(self, "parameters", dict(self.parameters))
        if not isinstance(self.steps, int) or self.steps < 0:
            raise InputError("steps must be whole, from 0", key="steps", found=self.steps)
        if self.scenario is None and _takes(self.model) == "scenario":
            put(self, "scenario", _scenario_of(self.model))
        put(self, "code", model_code(self.model))
        asked = [plain(self.parameters, "parameters"), self.steps, self._asked(), self.missing]
        scenario = None if self.scenario is None else plain(self.scenario, "scenario")
        put(self, "id", digest([self.model.__qualname__, self.code, scenario, asked]))

    def __eq__(self, other: object) -> bool:
        """Tell whether its runs are the same."""
        return isinstance(other, MesaModel) and self.id == other.id

    def __hash__(self) -> int:
        """Hash by what decides its runs."""
        return hash(self.id)

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickle as what it was made of: a worker works the ids out from its own source."""
        made_of = (self.model, self.parameters, self.steps, self.reporters, self.missing)
        return MesaModel, (*made_of, self.scenario)

    @property
    def months(self) -> int:
        """How many steps to take."""
        return self.steps

    @property
    def kept(self) -> str:
        """All that is reported is kept."""
        return EVERYTHING

    def with_parameters(self, **values: Any) -> MesaModel:
        """Return the same model with some parameters set."""
        return MesaModel(
            self.model,
            {**self.parameters, **values},
            self.steps,
            self.reporters,
            self.missing,
            self.scenario,
        )

    def simulate(self, seed: int, stage: Stage) -> Simulated:
        """Run the model on one seed.

        Python's and NumPy's shared generators are seeded as well, and put back afterwards: a model
        that draws on them by oversight is repeatable too.

        Raises:
            InputError: nothing is reported, or something that is not a number.
        """
        stage("building")
        number = seed % LARGEST_SEED
        with _shared_chance(number):
            model = self._build(number)
            notes = Notes(model, named(self.reporters))
            notes.take(0)
            for step in range(1, self.steps + 1):
                if not model.running:
                    break
                stage(f"step {step}")
                model.step()
                notes.take(step)
        stage("recording")
        return notes.simulated(missing=self.missing, parameters=self.parameters)

    def _build(self, seed: int) -> Any:
        way = _takes(self.model)
        if way == "scenario":
            kind: Any = self.scenario
            return self.model(scenario=kind(rng=seed, **self.parameters))
        given = {"rng", "seed"} & set(self.parameters)
        if given:
            raise InputError("the run gives the seed", key=f"parameters.{min(given)}")
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", "The use of the `seed` keyword", FutureWarning)
            return self.model(**self.parameters, **{way: seed})

    def _asked(self) -> Any:
        if self.reporters is None or not isinstance(self.reporters, Mapping):
            return None if self.reporters is None else list(self.reporters)
        items = self.reporters.items()
        return {name: r if isinstance(r, str) else function_code(r) for name, r in items}


def found_class(model: Any) -> type:
    """Return a Mesa model class from itself or from "module:Class".

    Raises:
        InputError: there is no such class.
    """
    found: Any = model
    if isinstance(model, str):
        module, _, name = model.partition(":")
        if not module or not name:
            raise InputError("not a model", key="model", found=model, allowed="module:Class")
        if (here := str(Path.cwd())) not in sys.path:
            sys.path.append(here)
        try:
            found = importlib.import_module(module)
        except Exception as problem:
            reason = " ".join(f"{type(problem).__name__}: {problem}".split())
            raise InputError(
                f"the module cannot be imported: {reason}", key="model", found=model
            ) from problem
        for part in name.split("."):
            found = getattr(found, part, None)
    if not (isinstance(found, type) and callable(getattr(found, "step", None))):
        raise InputError("not a Mesa model class", key="model", found=str(model))
    return found


def _takes(model: type) -> str:
    """Return how a model takes its seed: "rng", "seed", or within a "scenario"."""
    parameters = inspect.signature(model).parameters
    for way in ("rng", "seed", "scenario"):
        if way in parameters:
            return way
    if any(p.kind is p.VAR_KEYWORD for p in parameters.values()):
        return "rng"
    raise InputError(
        "the model takes no seed, so its runs could not be repeated",
        key=model.__qualname__,
        mend="let its constructor take rng=None and hand it on: super().__init__(rng=rng)",
    )


def _scenario_of(model: type) -> type:
    """Return the class of scenario that a model takes.

    That of its annotation; else the only one its module has.
    """
    from mesa.experimental.scenarios import Scenario

    try:
        hint = get_type_hints(inspect.unwrap(vars(model)["__init__"])).get("scenario")
    except (KeyError, NameError, TypeError):
        hint = None
    kinds = [k for k in (hint, *getattr(hint, "__args__", ())) if isinstance(k, type)]
    members = vars(sys.modules[model.__module__]).values()
    kinds += [k for k in members if isinstance(k, type)]
    found = list(dict.fromkeys(k for k in kinds if issubclass(k, Scenario) and k is not Scenario))
    if len(found) > 1 and found[0] is not hint and found[0] not in getattr(hint, "__args__", ()):
        raise InputError(
            "the model's module has several scenarios",
            key=model.__qualname__,
            found=", ".join(k.__name__ for k in found),
            mend="say which with scenario=",
        )
    return found[0] if found else Scenario


@contextmanager
def _shared_chance(seed: int) -> Iterator[None]:
    """Seed the generators that a whole process shares, and put them back afterwards."""
    python, numpy = random.getstate(), np.random.get_state()  # noqa: NPY002
    random.seed(seed)
    np.random.seed(seed)  # noqa: NPY002
    try:
        yield
    finally:
        random.setstate(python)
        np.random.set_state(numpy)  # noqa: NPY002
