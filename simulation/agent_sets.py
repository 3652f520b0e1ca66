"""Sets of agents, as Mesa knows them, that are rows of columns.

`model.agents` and `model.agents_by_type[...]` are always everyone there is: institutions, then
connectors, then residents in the order in which they came, then agents that somebody added. People
who had to leave are among them (`present` is False), because they go on being followed. Reading,
aggregating, setting, choosing and sorting by a column work on whole columns and make no view;
whatever needs an agent at hand makes views one by one.
"""

from __future__ import annotations

import warnings
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from operator import attrgetter
from random import Random
from typing import TYPE_CHECKING, Any, Literal, Self

import mesa
import numpy as np
from mesa.agentset import GroupBy

from simulation.agent_values import AgentValues, Members, code_of
from simulation.errors import InputError
from simulation.state import Ints
from simulation.views import AgentView, views_of

if TYPE_CHECKING:
    from simulation.community import CommunityModel


class AgentRows(AgentValues):
    """An ordered set of agents of one community, chosen once.

    Args:
        agents: agents of one model.
        random: generator for shuffling; the model's own if None.
    """

    def __init__(self, agents: Iterable[mesa.Agent], random: Random | None = None) -> None:
        chosen = list(dict.fromkeys(agents))
        self._model: CommunityModel | None = chosen[0].model if chosen else None
        if random is None and self._model is None:
            warnings.warn("an empty set of agents has no generator: pass one", stacklevel=2)
            random = Random()
        self.random: Random = random or self._model.random  # type: ignore[union-attr]
        self._codes: Ints = np.array([code_of(agent) for agent in chosen], dtype=np.int64)

    @classmethod
    def of(cls, model: CommunityModel, codes: Ints, random: Random | None = None) -> AgentRows:
        """Return the set of the agents with these codes, without making a view."""
        made = AgentRows((), random or model.random)
        made._model, made._codes = model, codes
        return made

    def _take(self, members: Members, places: Any) -> AgentRows:
        assert self._model is not None
        return AgentRows.of(self._model, members.codes[places], self.random)

    def copy(self) -> AgentRows:
        """Return an independent set of the same agents."""
        twin = AgentRows((), self.random)
        twin._model, twin._codes = self._model, self._members().codes.copy()
        return twin

    __copy__ = copy

    @classmethod
    def _from_iterable(cls, it: Iterable[mesa.Agent]) -> AgentRows:
        return AgentRows(it)

    def _update(self, agents: Iterable[mesa.Agent]) -> Self:
        self._codes = np.array([code_of(a) for a in dict.fromkeys(agents)], dtype=np.int64)
        return self

    def add(self, agent: mesa.Agent) -> None:
        """Add an agent of the same community."""
        if self._model is None:
            self._model = agent.model
        if agent.model is not self._model:
            raise InputError("a set holds agents of one community", found=agent)
        if agent not in self:
            self._codes = np.append(self._codes, code_of(agent))

    def discard(self, agent: mesa.Agent) -> None:
        """Take an agent out of the set, if it is there."""
        if agent in self:
            self._codes = self._codes[self._codes != code_of(agent)]

    def remove(self, agent: mesa.Agent) -> None:
        """Take an agent out of the set.

        Raises:
            KeyError: where it is not there.
        """
        if agent not in self:
            raise KeyError(agent)
        self.discard(agent)

    # ------------------------------------------------ choosing and ordering

    def select(
        self,
        filter_func: Callable[[Any], bool] | None = None,
        at_most: int | float = float("inf"),
        inplace: bool = False,
        agent_type: type[mesa.Agent] | None = None,
    ) -> AgentRows:
        """Return the agents for which `filter_func` holds, of a type, and the first so many.

        Args:
            filter_func: called with each agent; everyone if None.
            at_most: a number of agents, or a share of this set as a float up to 1.
            inplace: change this set instead of making a new one.
            agent_type: class of the agents to choose.
        """
        members = self._members()
        if isinstance(at_most, float) and at_most <= 1.0:
            at_most = int(members.codes.size * at_most)
        places = np.arange(members.codes.size)
        if agent_type is not None:
            kinds = views_of(self._model).kinds if self._model is not None else ()
            fitting = [n for n, kind in enumerate(kinds) if issubclass(kind, agent_type)]
            chosen = np.isin(members.kinds, fitting)
            others = np.flatnonzero(members.kinds == len(kinds))
            agents = self._agents_of(members.at(others))
            chosen[others] = [isinstance(agent, agent_type) for agent in agents]
            places = places[chosen]
        if filter_func is not None:
            places = _first(places, self._agents_of(members.at(places)), filter_func, at_most)
        if at_most < places.size:
            places = places[: max(int(at_most), 0)]
        return self._ordered(members, places, inplace)

    def sort(
        self,
        key: Callable[[Any], Any] | str,
        ascending: bool = False,
        inplace: bool = False,
    ) -> AgentRows:
        """Return the agents sorted by an attribute or a function; from the largest by default."""
        members = self._members()
        values = self._values(members, key) if isinstance(key, str) else None
        if values is not None and values.ndim == 1:
            if ascending:
                places = np.argsort(values, kind="stable")
            else:
                places = values.size - 1 - np.argsort(values[::-1], kind="stable")[::-1]
        else:
            value = attrgetter(key) if isinstance(key, str) else key
            keys = [value(agent) for agent in self._agents_of(members)]
            ordered = sorted(range(len(keys)), key=keys.__getitem__, reverse=not ascending)
            places = np.array(ordered, dtype=np.int64)
        return self._ordered(members, places, inplace)

    def shuffle(self, inplace: bool = False) -> AgentRows:
        """Return the agents in random order, drawn as Mesa does."""
        members = self._members()
        places = list(range(members.codes.size))
        self.random.shuffle(places)
        return self._ordered(members, np.array(places, dtype=np.int64), inplace)

    def _ordered(self, members: Members, places: Ints, inplace: bool) -> AgentRows:
        codes = members.codes[places]
        target = self if inplace else self.copy()
        target._codes = codes
        return target

    def groupby(
        self,
        by: Callable[[Any], Any] | str,
        result_type: Literal["agentset", "list"] = "agentset",
    ) -> GroupBy:
        """Group the agents by an attribute or a function; groups come in order of appearance."""
        members = self._members()
        if isinstance(by, str):
            keys = self._list(members, by, ())
        else:
            keys = [by(agent) for agent in self._agents_of(members)]
        places: dict[Any, list[int]] = defaultdict(list)
        for place, key in enumerate(keys):
            places[key].append(place)
        if result_type == "list":
            return GroupBy({k: list(self._agents_of(members.at(p))) for k, p in places.items()})
        return GroupBy({k: self._take(members, p) for k, p in places.items()})

    # ------------------------------------------------------- one by one

    def do(self, method: str | Callable[..., Any], *args: Any, **kwargs: Any) -> Self:
        """Call a method or function on each agent in turn; return this set."""
        self._call(self._members(), method, args, kwargs)
        return self

    def shuffle_do(self, method: str | Callable[..., Any], *args: Any, **kwargs: Any) -> Self:
        """Call a method or function on each agent in random order; return this set."""
        members = self._members()
        places = list(range(members.codes.size))
        self.random.shuffle(places)
        self._call(members.at(places), method, args, kwargs)
        return self

    def map(self, method: str | Callable[..., Any], *args: Any, **kwargs: Any) -> list[Any]:
        """Return the results of a method or function called on each agent in turn."""
        return self._call(self._members(), method, args, kwargs)

    def _call(
        self, members: Members, method: str | Callable[..., Any], args: Any, kwargs: Any
    ) -> list[Any]:
        results = []
        for agent in self._agents_of(members):
            if not isinstance(agent, AgentView) and agent not in self:
                continue  # an earlier call has removed it
            if isinstance(method, str):
                results.append(getattr(agent, method)(*args, **kwargs))
            else:
                results.append(method(agent, *args, **kwargs))
        return results


class Everyone(AgentRows):
    """All agents of a community, or all of one kind, at any moment; its members do not change.

    Args:
        model: the community.
        kind: index of a kind of view; None for everyone, added agents included.
    """

    def __init__(self, model: CommunityModel, kind: int | None = None) -> None:
        self._model: CommunityModel = model
        self._kind = kind

    @property
    def random(self) -> Random:  # type: ignore[override]
        """The model's generator."""
        generator: Random = self._model.random
        return generator

    def _members(self) -> Members:
        views = views_of(self._model)
        numbers = range(len(views.kinds)) if self._kind is None else (self._kind,)
        ids = [getattr(self._model, views.kinds[n].table).id for n in numbers]
        kinds = [np.full(i.size, n) for n, i in zip(numbers, ids, strict=True)]
        rows = [np.arange(i.size) for i in ids]
        if self._kind is None:
            ids.append(np.array([a.unique_id for a in views.added], dtype=np.int64))
            kinds.append(np.full(len(views.added), len(views.kinds)))
            rows.append(np.arange(len(views.added)))
        return Members(np.concatenate(ids), np.concatenate(kinds), np.concatenate(rows))

    def __len__(self) -> int:
        views = views_of(self._model)
        if self._kind is not None:
            return len(getattr(self._model, views.kinds[self._kind].table))
        return sum(len(getattr(self._model, k.table)) for k in views.kinds) + len(views.added)

    def __contains__(self, agent: object) -> bool:
        views = views_of(self._model)
        if not isinstance(agent, AgentView):
            return self._kind is None and agent in views.added
        kind = AgentView if self._kind is None else views.kinds[self._kind]
        return isinstance(agent, kind) and agent.model is self._model and agent.exists

    def add(self, agent: mesa.Agent) -> None:
        """Take in an agent that registers with the model; views are in already."""
        if isinstance(agent, AgentView) or self._kind is not None:
            if agent not in self:
                raise InputError("not an agent of this kind and community", found=agent)
            return
        views_of(self._model).added[agent] = None

    def discard(self, agent: mesa.Agent) -> None:
        """Let go of an agent that somebody added."""
        if agent in self:
            self.remove(agent)

    def remove(self, agent: mesa.Agent) -> None:
        """Let go of an agent that somebody added.

        Raises:
            KeyError: where it is not there.
            InputError: for people and institutions, which stay.
        """
        if isinstance(agent, AgentView):
            agent.remove()
        del views_of(self._model).added[agent]

    def _update(self, agents: Iterable[mesa.Agent]) -> Self:
        raise _fixed()

    def _ordered(self, members: Members, places: Ints, inplace: bool) -> AgentRows:
        if inplace:
            raise _fixed()
        return self._take(members, places)


def _fixed() -> InputError:
    return InputError(
        "the model's own set of agents cannot be changed in place", mend="change a copy of it"
    )


def _first(
    places: Ints, agents: Iterator[Any], wanted: Callable[[Any], bool], at_most: float
) -> Ints:
    """Return the first places whose agents are wanted."""
    found: list[int] = []
    for place in places.tolist():
        if len(found) >= at_most:
            break
        if wanted(next(agents)):
            found.append(place)
    return np.array(found, dtype=np.int64)
