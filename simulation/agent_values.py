"""Reading and writing many agents at once: who is in a set, and whole columns of them.

Numbers of one kind of agent come straight from its columns, without making a view; whatever else is
asked, or of a mixture of kinds, is asked of each agent in turn.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, Self

import mesa
import numpy as np
from mesa.agentset import AbstractAgentSet
from numpy.typing import NDArray

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


class AgentValues(AbstractAgentSet[mesa.Agent]):  # type: ignore[misc]
    """What every set of agents can tell; subclasses say who is in it."""

    _model: CommunityModel | None
    _codes: Ints

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

    # ---------------------------------------------------------- collection

    def __len__(self) -> int:
        return int(self._members().codes.size)

    def __iter__(self) -> Iterator[mesa.Agent]:
        return self._agents_of(self._members())

    def __contains__(self, agent: object) -> bool:
        if not isinstance(agent, mesa.Agent) or agent.model is not self._model:
            return False
        return code_of(agent) in self._members().codes

    def __getitem__(self, item: int | slice) -> Any:
        members = self._members()
        if isinstance(item, slice):
            return list(self._agents_of(members.at(item)))
        return next(self._agents_of(members.at([item])))

    def to_list(self) -> list[mesa.Agent]:
        """Return the agents as a list (of views)."""
        return list(self)

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


def code_of(agent: mesa.Agent) -> int:
    """Return the number that stands for an agent in a set (see `Members.codes`)."""
    return agent._id if isinstance(agent, AgentView) else int(agent.unique_id)


def _numpy(function: Callable[..., Any]) -> bool:
    return (getattr(function, "__module__", None) or "").split(".")[0] == "numpy"
