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
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, Self

import mesa
import numpy as np
from mesa.agentset import AbstractAgentSet, GroupBy
from numpy.typing import NDArray

from simulation.errors import InputError
from simulation.state import Ints
from simulation.views import ID_SPAN, AgentView, views_of

if TYPE_CHECKING:
    from simulation.community import CommunityModel

ADDED_IDS = 4_000_000_000
"""Mesa's ids of agents that somebody adds start here, so that newcomers keep counting from 1."""


class Members(NamedTuple):
    """The agents of a set, in its order: one value each."""

    codes: Ints
    """Permanent id; Mesa's id for an added agent."""
    kinds: Ints
    """Index into `Views.kinds`; one past the last for an added agent."""
    rows: Ints
    """Row in the table of that kind; place among the added agents."""

    def at(self, chosen: Any) -> Members:
        """Return some of them, by places or flags."""
        return Members(self.codes[chosen], self.kinds[chosen], self.rows[chosen])


class AgentRows(AbstractAgentSet[mesa.Agent]):  # type: ignore[misc]
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
        self._codes: Ints = np.array([_code(agent) for agent in chosen], dtype=np.int64)

    @classmethod
    def of(cls, model: CommunityModel, codes: Ints, random: Random | None = None) -> AgentRows:
        """Return the set of the agents with these codes, without making a view."""
        made = AgentRows((), random or model.random)
        made._model, made._codes = model, codes
        return made

    # ------------------------------------------------------------- members

    def _members(self) -> Members:
        """Return who is in the set now; who is no longer in the model is left out."""
        codes, model = self._codes, self._model
        if model is None:
            none = np.empty(0, np.int64)
            return Members(none, none, none)
        views = views_of(model)
        kinds, rows = np.full(codes.size, len(views.kinds)), np.full(codes.size, -1)
        for number, kind in enumerate(views.kinds):
            own = (codes >= kind.first_id) & (codes < kind.first_id + ID_SPAN)
            if own.any():
                kinds[own], rows[own] = number, kind.rows_of(model, codes[own])
        if (codes >= ADDED_IDS).any():
            place = {agent.unique_id: n for n, agent in enumerate(views.added)}
            for n in np.flatnonzero(codes >= ADDED_IDS).tolist():
                rows[n] = place.get(int(codes[n]), -1)
        members = Members(codes, kinds, rows)
        return members if (rows >= 0).all() else members.at(rows >= 0)

    def _agents_of(self, members: Members) -> Iterator[mesa.Agent]:
        if self._model is None:
            return
        views = views_of(self._model)
        added = list(views.added)
        for code, number, row in zip(*(m.tolist() for m in members), strict=True):
            if number < len(views.kinds):
                yield views.view(views.kinds[number], code, row)
            else:
                yield added[row]

    def _values(self, members: Members, name: str) -> NDArray[Any] | None:
        """Return one attribute of all members as an array; None where that needs views."""
        kind = self._kind_of(members)
        if kind is None or self._model is None:
            return None
        return kind.values_of(self._model, name, members.rows)

    def _kind_of(self, members: Members) -> type[AgentView] | None:
        """Return the kind of view that all members are; None for a mixture or added agents."""
        if self._model is None or not members.kinds.size:
            return None
        kinds, number = views_of(self._model).kinds, int(members.kinds[0])
        alike = number < len(kinds) and bool((members.kinds == number).all())
        return kinds[number] if alike else None

    def _parts(self, members: Members) -> Iterator[tuple[Ints, Members]]:
        """Split members by kind; yield their places in the set, and themselves."""
        for number in np.unique(members.kinds).tolist():
            places = np.flatnonzero(members.kinds == number)
            yield places, members.at(places)

    def _take(self, members: Members, places: Any) -> AgentRows:
        assert self._model is not None
        return AgentRows.of(self._model, members.codes[places], self.random)

    # ---------------------------------------------------------- collection

    def __len__(self) -> int:
        return int(self._members().codes.size)

    def __iter__(self) -> Iterator[mesa.Agent]:
        return self._agents_of(self._members())

    def __contains__(self, agent: object) -> bool:
        if not isinstance(agent, mesa.Agent) or agent.model is not self._model:
            return False
        return _code(agent) in self._members().codes

    def __getitem__(self, item: int | slice) -> Any:
        members = self._members()
        if isinstance(item, slice):
            return list(self._agents_of(members.at(item)))
        return next(self._agents_of(members.at([item])))

    def to_list(self) -> list[mesa.Agent]:
        """Return the agents as a list (of views)."""
        return list(self)

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
        self._codes = np.array([_code(a) for a in dict.fromkeys(agents)], dtype=np.int64)
        return self

    def add(self, agent: mesa.Agent) -> None:
        """Add an agent of the same community."""
        if self._model is None:
            self._model = agent.model
        if agent.model is not self._model:
            raise InputError("a set holds agents of one community", found=agent)
        if agent not in self:
            self._codes = np.append(self._codes, _code(agent))

    def discard(self, agent: mesa.Agent) -> None:
        """Take an agent out of the set, if it is there."""
        if agent in self:
            self._codes = self._codes[self._codes != _code(agent)]

    def remove(self, agent: mesa.Agent) -> None:
        """Take an agent out of the set.

        Raises:
            KeyError: where it is not there.
        """
        if agent not in self:
            raise KeyError(agent)
        self.discard(agent)

    # ------------------------------------------------------ values at once

    def get(
        self,
        attr_names: str | list[str],
        handle_missing: Literal["error", "default"] = "error",
        default_value: Any = None,
    ) -> Any:
        """Return an attribute of every agent as a list; a list of lists for several attributes.

        Raises:
            AttributeError: where an agent has no such attribute and `handle_missing` is "error".
            ValueError: for another `handle_missing`.
        """
        if handle_missing not in ("error", "default"):
            raise ValueError(
                f"Unknown handle_missing option: {handle_missing}, "
                "should be one of 'error' or 'default'"
            )
        default = (default_value,) if handle_missing == "default" else ()
        members = self._members()
        if isinstance(attr_names, str):
            return self._list(members, attr_names, default)
        columns = [self._list(members, name, default) for name in attr_names]
        return [list(row) for row in zip(*columns, strict=True)] or [[] for _ in members.codes]

    def _list(self, members: Members, name: str, default: tuple[Any, ...]) -> list[Any]:
        values = self._values(members, name)
        if values is not None:
            return values.tolist() if values.ndim == 1 else list(values)
        parts = list(self._parts(members))
        if len(parts) <= 1:
            return [getattr(agent, name, *default) for agent in self._agents_of(members)]
        result: list[Any] = [None] * members.codes.size
        for places, part in parts:
            for place, value in zip(places.tolist(), self._list(part, name, default), strict=True):
                result[place] = value
        return result

    def agg(self, attribute: str, func: Callable[..., Any] | Iterable[Callable[..., Any]]) -> Any:
        """Return `func` of the list of an attribute; a list of results for several functions.

        NumPy's functions are given the column itself instead of a list: the result is the same.
        """
        values = self._values(self._members(), attribute)
        functions = [func] if callable(func) else list(func)
        listed = self.get(attribute) if values is None or not all(map(_numpy, functions)) else []
        results = [f(values if values is not None and _numpy(f) else listed) for f in functions]
        return results[0] if callable(func) else results

    def set(self, attr_name: str, value: Any) -> Self:
        """Set an attribute of every agent to one value; return this set."""
        for _, part in self._parts(self._members()):
            kind = self._kind_of(part)
            column = None if kind is None else kind.columns.get(attr_name)
            if kind is None or column is None:
                for agent in self._agents_of(part):
                    setattr(agent, attr_name, value)
            else:
                getattr(getattr(self._model, kind.table), attr_name)[part.rows] = column.fitting(
                    value
                )
        return self

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


def _code(agent: mesa.Agent) -> int:
    return agent._id if isinstance(agent, AgentView) else int(agent.unique_id)


def _numpy(function: Callable[..., Any]) -> bool:
    return (getattr(function, "__module__", None) or "").split(".")[0] == "numpy"


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
