"""Views: Mesa agents that hold nothing and read and write one row of the columns.

A view knows its model and a permanent id. Each access looks the table up afresh, so it stays right
when rows are appended, columns replaced or a snapshot restored. A model makes a view when somebody
asks for one and forgets it when nobody holds it any longer; meanwhile the same person is always the
same object. A view on which somebody sets an attribute of their own is kept as long as the model.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, ClassVar, NoReturn
from weakref import WeakValueDictionary

import mesa
import numpy as np
from numpy.typing import NDArray

from simulation.errors import InputError
from simulation.state import Column, Ints, Table

if TYPE_CHECKING:
    from simulation.community import CommunityModel

ID_SPAN = 1_000_000_000
"""Ids of one kind of agent lie within this many of its first id."""


class ColumnValue:
    """Attribute of a view: its row's value in one column.

    Plain columns give Python numbers; columns with several values a row give the row itself as a
    live array, so that `resident.wellbeing[1] = 0.4` writes through.
    """

    def __init__(self, name: str, column: Column) -> None:
        self.name = name
        self.column = column
        self.wide = column.width > 0
        self.__doc__ = f"{column.meaning} ({column.unit})"

    def __get__(self, view: AgentView | None, kind: type[AgentView]) -> Any:
        if view is None:
            return self
        own = view.__dict__
        table, row = getattr(own["model"], view.table), own["_row"]
        ids = table.id
        if not (0 <= row < len(ids) and ids.item(row) == own["_id"]):
            table, row = view._where()
        values: NDArray[Any] = getattr(table, self.name)
        return values[row] if self.wide else values.item(row)

    def __set__(self, view: AgentView, value: Any) -> None:
        table, row = view._where()
        getattr(table, self.name)[row] = self.fitting(value)

    def fitting(self, value: Any) -> NDArray[Any]:
        """Return the value as the column holds it.

        Raises:
            InputError: for the permanent id, and for values the column cannot hold exactly.
        """
        if self.name == "id":
            raise InputError("the id of an agent is permanent", key="id", found=value)
        shape = (self.column.width,) if self.column.width else ()
        try:
            given = np.asarray(value)
            held = given.astype(self.column.dtype)
            fits = held.shape == shape and (held.dtype.kind == "f" or bool(np.all(held == given)))
        except (TypeError, ValueError):
            fits = False
        if not fits:
            many = f"{self.column.width} values of type " if self.column.width else ""
            raise InputError(
                "not a value of this column",
                key=self.name,
                found=value,
                allowed=f"{many}{self.column.dtype}, {self.column.unit}",
            )
        return held


class AgentView(mesa.Agent):  # type: ignore[misc]
    """A Mesa agent that is a row of a table; subclasses say of which.

    Attributes:
        model: the community.
        pos: None, as the columns hold no coordinates; free for whoever wants to use it.
    """

    table: ClassVar[str]
    first_id: ClassVar[int]
    columns: ClassVar[dict[str, ColumnValue]] = {}
    pos: Any = None
    _id: int
    _row: int

    def __init_subclass__(
        cls,
        table: str | None = None,
        columns: type[Table] | None = None,
        first_id: int = 0,
        **more: Any,
    ) -> None:
        """Give the class one attribute for each column of its table."""
        super().__init_subclass__(**more)
        if table is None or columns is None:
            return
        cls.table, cls.first_id = table, first_id
        cls.columns = {name: ColumnValue(name, c) for name, c in columns.COLUMNS.items()}
        for name, attribute in cls.columns.items():
            setattr(cls, name, attribute)

    def __init__(self, *_: Any, **__: Any) -> None:
        raise InputError(
            f"a {type(self).__name__} cannot be made by hand",
            mend="people and institutions come from the specification and its events",
        )

    if TYPE_CHECKING:

        def __getattr__(self, name: str) -> Any: ...

    # ------------------------------------------------------------ the row

    def _where(self) -> tuple[Any, int]:
        """Return the table as it stands now and this agent's row in it."""
        table = getattr(self.model, self.table)
        row = self._row
        if not (0 <= row < len(table.id) and table.id.item(row) == self._id):
            row = int(self.rows_of(self.model, np.array([self._id]))[0])
            object.__setattr__(self, "_row", row)
        if row < 0:
            raise InputError(
                f"{type(self).__name__} {self._id} is not in the community as it stands",
                mend="its state was restored to a time before they came",
            )
        return table, row

    @property
    def exists(self) -> bool:
        """Whether the model has this agent; not so before a newcomer came, after a restore."""
        try:
            return self._where()[1] >= 0
        except InputError:
            return False

    @classmethod
    def rows_of(cls, model: CommunityModel, ids: Ints) -> Ints:
        """Return the rows of these ids; -1 where there is no such row."""
        known: Ints = getattr(model, cls.table).id
        rows = np.full(ids.size, -1)
        if known.size:
            order = np.argsort(known, kind="stable")
            place = np.minimum(np.searchsorted(known[order], ids), known.size - 1)
            found = known[order[place]] == ids
            rows[found] = order[place[found]]
        return rows

    @classmethod
    def values_of(cls, model: CommunityModel, name: str, rows: Ints) -> NDArray[Any] | None:
        """Return an attribute of many rows at once, or None where it is not held in columns."""
        if name == "unique_id":
            return rows + (1 + cls.first_node(model))
        if name == "person_id":
            name = "id"
        if name not in cls.columns:
            return None
        values: NDArray[Any] = getattr(getattr(model, cls.table), name)
        return values[rows]

    @classmethod
    def first_node(cls, model: CommunityModel) -> int:
        """Return the node, in the graph of ties, of the first row of this kind of agent."""
        raise NotImplementedError

    @property
    def node(self) -> int:
        """This agent's node in the graph of ties."""
        return self.first_node(self.model) + self._where()[1]

    @property
    def unique_id(self) -> int:
        """Mesa's id: 1, 2, … for institutions, then connectors, then residents as they came."""
        return self.node + 1

    @property
    def person_id(self) -> int:
        """The permanent id, never used again (the column `id`)."""
        return self._id

    # --------------------------------------------------------- as an object

    def __setattr__(self, name: str, value: Any) -> None:
        object.__setattr__(self, name, value)
        if name in self.__dict__:
            views_of(self.model).keep(self)

    def remove(self) -> NoReturn:
        """Refuse: people leave through the model's processes and events, and keep their row.

        Raises:
            InputError: always.
        """
        raise InputError(
            f"{type(self).__name__} {self._id} cannot be removed by hand",
            mend="people leave through the model and are followed: see the column 'present'",
        )

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickle as "this row of that model", with what somebody set on it."""
        own = {k: v for k, v in self.__dict__.items() if k not in ("model", "_id", "_row")}
        return (_revive, (type(self), self.model, self._id), own or None)

    def __setstate__(self, own: dict[str, Any]) -> None:
        self.__dict__.update(own)
        views_of(self.model).keep(self)

    def __copy__(self) -> AgentView:
        return self

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self._id}>"


class Views:
    """The views of one model that somebody holds, and the agents somebody added.

    Attributes:
        kinds: the kinds of views, in the order of Mesa's ids.
        added: Mesa agents of other kinds that registered with the model, in order.
    """

    def __init__(self, model: CommunityModel) -> None:
        self.model = model
        self.kinds: tuple[type[AgentView], ...] = ()
        self.added: dict[mesa.Agent, None] = {}
        self._kept: dict[int, AgentView] = {}
        self._alive: WeakValueDictionary[int, AgentView] = WeakValueDictionary()

    def view(self, kind: type[AgentView], person: int, row: int = -1) -> AgentView:
        """Return the one view of this id; `row` is where it is probably stored."""
        found = self._alive.get(person)
        if found is None:
            found = kind.__new__(kind)
            found.__dict__.update(model=self.model, _id=person, _row=row)
            self._alive[person] = found
        return found

    def keep(self, view: AgentView) -> None:
        """Hold a view as long as the model lives."""
        self._kept[view._id] = view

    def __reduce__(self) -> tuple[Callable[..., Views], tuple[Any, ...], dict[str, Any]]:
        state = {"kinds": self.kinds, "added": self.added, "_kept": self._kept}
        return (views_of, (self.model,), state)


def views_of(model: CommunityModel) -> Views:
    """Return the views of a model; made with it, or while it is being unpickled."""
    views: Views | None = model.__dict__.get("_views")
    if views is None:
        views = model.__dict__["_views"] = Views(model)
    return views


def _revive(kind: type[AgentView], model: CommunityModel, person: int) -> AgentView:
    return views_of(model).view(kind, person)
